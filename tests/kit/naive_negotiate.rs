//! The rules of RFC 7296, 5282 and 9370 by trying everything: every transform of every type of every pair.

use ikev2::proposal::{NegotiationContext, Preference, Proposal, Question};
use ikev2::registry::{Encr, KeMethod, SecurityProtocol, TransformType};
use ikev2::transform::Transform;

/// An offered proposal, decoded; `usable` is false for a transform with an attribute nobody knows.
#[derive(Clone, Debug)]
pub struct Offered {
    pub number: u8,
    pub protocol: SecurityProtocol,
    pub spi_size: usize,
    pub transforms: Vec<(Transform, bool)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Selected { number: u8, transforms: Vec<Transform> },
    InvalidKe(KeMethod),
    NoProposalChosen,
}

/// The best choice by exhaustive search.
pub fn negotiate(offer: &[Offered], question: Question, locals: &[Proposal], prefer: Preference) -> Outcome {
    let mut pairs = Vec::new();
    match prefer {
        Preference::Configured => locals.iter().for_each(|local| offer.iter().for_each(|offered| pairs.push((offered, local)))),
        Preference::Supplied => offer.iter().for_each(|offered| locals.iter().for_each(|local| pairs.push((offered, local)))),
    }
    for (offered, local) in pairs {
        let Some(chosen) = best(offered, local, question, prefer) else { continue };
        let wanted = chosen.iter().find(|t| t.ty == TransformType::KE && t.id.0 != 0).map(|t| KeMethod(t.id.0));
        return match wanted {
            Some(wanted) if question.context() != NegotiationContext::IkeAuth && question.ke() != Some(wanted) => {
                Outcome::InvalidKe(wanted)
            }
            _ => Outcome::Selected { number: offered.number, transforms: chosen },
        };
    }
    Outcome::NoProposalChosen
}

fn best(offered: &Offered, local: &Proposal, question: Question, prefer: Preference) -> Option<Vec<Transform>> {
    let context = question.context();
    // RFC 9370 section 2.2.1: an IKE_SA_INIT without the notify is not followed by an additional key exchange.
    let none_follows = context == NegotiationContext::IkeSaInit && question.announces_intermediate() == Some(false);
    let adds = |chosen: &[Transform]| chosen.iter().any(|t| t.ty.additional_key_exchange().is_some() && !none(t));
    let ike = matches!(context, NegotiationContext::IkeSaInit | NegotiationContext::RekeyIkeSa);
    let protocol_fits = if ike {
        offered.protocol == SecurityProtocol::IKE
    } else {
        matches!(offered.protocol, SecurityProtocol::ESP | SecurityProtocol::AH)
    };
    let spi = match context {
        NegotiationContext::IkeSaInit => 0,
        NegotiationContext::RekeyIkeSa => 8,
        _ => 4,
    };
    if !protocol_fits || offered.spi_size != spi || local.protocol != offered.protocol {
        return None;
    }
    let compared = |ty: TransformType| !(context == NegotiationContext::IkeAuth && ty.is_key_exchange());
    let mut types: Vec<TransformType> = offered.transforms.iter().map(|(t, _)| t.ty).filter(|ty| compared(*ty)).collect();
    types.sort();
    types.dedup();
    let usable: Vec<Transform> = offered.transforms.iter().filter(|(_, usable)| *usable).map(|(t, _)| *t).collect();
    let mut winner: Option<(Vec<usize>, Vec<Transform>)> = None;
    every_choice(&types, &usable, &mut Vec::new(), &mut |chosen| {
        if !acceptable(chosen, &usable, local, &compared) || none_follows && adds(chosen) {
            return;
        }
        let ranks: Vec<usize> = chosen
            .iter()
            .map(|t| match prefer {
                Preference::Configured => local.of_type(t.ty).position(|own| own == *t).unwrap_or(0),
                Preference::Supplied => usable.iter().filter(|o| o.ty == t.ty).position(|o| o == t).unwrap(),
            })
            .collect();
        if winner.as_ref().is_none_or(|(best, _)| ranks < *best) {
            winner = Some((ranks, chosen.to_vec()));
        }
    });
    winner.map(|(_, chosen)| chosen)
}

/// Choices the search tries for one offered proposal and one of ours.
pub fn choices(offered: &Offered) -> usize {
    let mut types: Vec<_> = offered.transforms.iter().map(|(t, _)| t.ty).collect();
    types.sort();
    types.dedup();
    types.iter().map(|ty| offered.transforms.iter().filter(|(t, _)| t.ty == *ty).count()).fold(1, usize::saturating_mul)
}

fn every_choice(types: &[TransformType], usable: &[Transform], chosen: &mut Vec<Transform>, found: &mut impl FnMut(&[Transform])) {
    let Some((ty, rest)) = types.split_first() else {
        return found(chosen);
    };
    for transform in usable.iter().filter(|t| t.ty == *ty) {
        chosen.push(*transform);
        every_choice(rest, usable, chosen, found);
        chosen.pop();
    }
}

fn none(t: &Transform) -> bool {
    t.id.0 == 0 && t.key_bits.is_none() && (t.ty == TransformType::INTEG || t.ty.is_key_exchange())
}

/// Whether there are methods for additional key exchanges, and none for the first.
pub fn adds_to_nothing(transforms: &[Transform]) -> bool {
    let methods = || transforms.iter().filter(|t| t.ty.is_key_exchange() && !none(t));
    methods().any(|t| t.ty != TransformType::KE) && !methods().any(|t| t.ty == TransformType::KE)
}

fn acceptable(chosen: &[Transform], usable: &[Transform], local: &Proposal, compared: &impl Fn(TransformType) -> bool) -> bool {
    let aead = |t: &Transform| t.ty == TransformType::ENCR && Encr(t.id.0).is_aead();
    let ciphers: Vec<bool> = usable.iter().filter(|t| t.ty == TransformType::ENCR).map(aead).collect();
    if ciphers.contains(&true) && ciphers.contains(&false) {
        return false;
    }
    let combined = ciphers.contains(&true);
    let ike = local.protocol == SecurityProtocol::IKE;
    let needs_integ = !combined && local.protocol != SecurityProtocol::ESP;
    // What may be NONE, or left out, which is the same.
    let optional = |ty: TransformType| match ty {
        TransformType::INTEG => !needs_integ,
        TransformType::KE => !ike,
        ty => ty.is_key_exchange(),
    };
    let allowed = |ty: TransformType| -> Vec<Transform> {
        let own: Vec<Transform> = local.of_type(ty).collect();
        if optional(ty) && (own.is_empty() || ty == TransformType::INTEG && combined) {
            return vec![Transform::new(ty, 0)];
        }
        own
    };
    // A type nobody has assigned spoils the proposal on either side.
    if chosen.iter().chain(&local.transforms).any(|t| !(1..=14).contains(&t.ty.0)) {
        return false;
    }
    // Each choice is one of ours, and NONE only where it may be.
    if !chosen.iter().all(|t| allowed(t.ty).contains(t) && (!none(t) || optional(t.ty))) {
        return false;
    }
    // What we need is there.
    let mut needed: Vec<TransformType> = local.transforms.iter().map(|t| t.ty).collect();
    needed.extend(match local.protocol {
        SecurityProtocol::IKE => vec![TransformType::ENCR, TransformType::PRF, TransformType::KE],
        SecurityProtocol::AH => vec![TransformType::INTEG, TransformType::SN],
        _ => vec![TransformType::ENCR, TransformType::SN],
    });
    if ike && needs_integ {
        needed.push(TransformType::INTEG);
    }
    for ty in needed.into_iter().filter(|ty| compared(*ty)) {
        let there = chosen.iter().any(|t| t.ty == ty);
        if !(there || optional(ty) && allowed(ty).iter().any(none)) {
            return false;
        }
    }
    // Nothing is added to no key exchange.
    if adds_to_nothing(chosen) {
        return false;
    }
    // A method once.
    let methods: Vec<u16> = chosen.iter().filter(|t| t.ty.is_key_exchange() && !none(t)).map(|t| t.id.0).collect();
    (1..methods.len()).all(|n| !methods[..n].contains(&methods[n]))
}
