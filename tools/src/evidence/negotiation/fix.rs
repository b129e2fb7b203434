//! A remedy as an edit of a side's own text, tried before it is told.

use super::question::question;
use super::side::{Offer, Side};
use super::terms::Terms;
use ikev2::proposal::notation::{self, Amendment, Notation, TunnelType, amend};
use ikev2::proposal::{self, Policy, Question, Refusal, RefusalResponse, Remedy, Selection, negotiate};

/// A change of a side's own text with which the two agree.
#[derive(Clone, Debug)]
pub struct Fix {
    /// Whose text it is.
    pub side: proposal::Side,
    /// The notation of the text.
    pub notation: Notation,
    /// The lines or parameters that are new.
    pub changed: Vec<String>,
    /// The whole text after the change.
    pub text: String,
    /// What speaks against the change, in words; empty when nothing does.
    pub warning: String,
}

/// The changes that would do, of the initiator's text and of the responder's.
pub(super) fn fixes(offer: &Offer, local: &Side, terms: &Terms, refusal: &Refusal) -> Vec<Fix> {
    let initiator = offer.side.as_ref();
    let theirs = initiator.and_then(|side| automatic(side, local, terms).or_else(|| of_initiator(side, local, terms, refusal)));
    let agrees = |amended: &Side| agree(offer, amended, terms);
    let ours = of_remedy(local, refusal.local_remedy(), terms, &agrees);
    theirs.into_iter().chain(ours).collect()
}

fn of_initiator(side: &Side, local: &Side, terms: &Terms, refusal: &Refusal) -> Option<Fix> {
    let agrees = |amended: &Side| amended.offer(terms).is_ok_and(|offer| agree(&offer, local, terms));
    of_remedy(side, refusal.peer_remedy(), terms, &agrees)
}

/// Whether an offer and a side agree, at once or after INVALID_KE_PAYLOAD.
fn agree(offer: &Offer, local: &Side, terms: &Terms) -> bool {
    last(offer, local, terms).is_some_and(|last| last.is_ok())
}

/// What becomes of an offer at last; `None` when it cannot be asked.
fn last(offer: &Offer, local: &Side, terms: &Terms) -> Option<Result<Selection, Refusal>> {
    let policy = local.policy(terms).ok()?;
    let asked = question(terms, &policy, offer);
    let first = negotiate(&offer.body, asked, &policy);
    let again = first.as_ref().err().and_then(|refusal| retry(offer, asked, &policy, refusal));
    Some(again.unwrap_or(first))
}

/// What becomes of an offer after the initiator has obeyed INVALID_KE_PAYLOAD (RFC 7296 section 1.3); `None` where nothing asks it to.
pub(super) fn retry(offer: &Offer, asked: Question, policy: &Policy, refusal: &Refusal) -> Option<Result<Selection, Refusal>> {
    let RefusalResponse::InvalidKePayload { wanted } = refusal.response() else { return None };
    Some(negotiate(&offer.body, asked.with_ke(Some(wanted)), policy))
}

fn of_remedy(side: &Side, remedy: Option<Remedy>, terms: &Terms, agrees: &dyn Fn(&Side) -> bool) -> Option<Fix> {
    let Side::Text { text, settings, hint } = side else { return None };
    let remedy = remedy?;
    let amendments = amend(text, settings, &remedy, terms.context, *hint);
    let amended = amendments.into_iter().find(|amendment| agrees(&with(side, amendment)))?;
    Some(told(remedy.side, settings.notation, amended, &remedy))
}

fn told(side: proposal::Side, notation: Notation, amended: Amendment, remedy: &Remedy) -> Fix {
    let mut against: Vec<String> = remedy.weaknesses.iter().map(ToString::to_string).collect();
    if remedy.gives_up().next().is_some() {
        against.push("this gives up a key exchange".to_owned());
    }
    Fix { side, notation, changed: amended.changed, text: amended.text, warning: against.join(", ") }
}

fn with(side: &Side, amendment: &Amendment) -> Side {
    match side {
        Side::Text { hint, .. } => Side::Text { text: amendment.text.clone(), settings: Box::new(amendment.settings.clone()), hint: *hint },
        other => other.clone(),
    }
}

/// A Windows client with NativeProtocolType Automatic offers its defaults whatever its profile says: with IKEv2 its suite counts.
fn automatic(side: &Side, local: &Side, terms: &Terms) -> Option<Fix> {
    let Side::Text { text, settings, hint } = side else { return None };
    let span = settings.tunnel_type.filter(|stated| stated.value == TunnelType::Automatic)?.span?;
    let name = TunnelType::IkeV2.name();
    let edited = [text.get(..span.at)?, name, text.get(span.at.checked_add(span.len)?..)?].concat();
    let read = Box::new(notation::read(&edited, *hint).ok()?);
    let notation = read.notation;
    let changed = vec![format!("<NativeProtocolType>{name}</NativeProtocolType>")];
    let amended = Side::Text { text: edited.clone(), settings: read, hint: *hint };
    match last(&amended.offer(terms).ok()?, local, terms)? {
        Ok(_) => Some(Fix { side: proposal::Side::Peer, notation, changed, text: edited, warning: String::new() }),
        // The suite of the profile is not the right one either.
        Err(refusal) => {
            let mut fix = of_initiator(&amended, local, terms, &refusal)?;
            fix.changed.splice(0..0, changed);
            Some(fix)
        }
    }
}
