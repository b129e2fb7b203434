//! Writing for products whose policy holds one proposal of each protocol, with one value of each kind: which proposal is written, and
//! what is said of the rest.

use super::Unwritable;
use super::settings::{Pfs, Settings, Stated};
use crate::proposal::suite::Proposal;
use crate::registry::{KeMethod, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The first proposal that can be said, with its place and what is said.
///
/// # Errors
/// The fault of the first proposal when none can be said.
pub(super) fn first<T>(
    all: &[Stated<Proposal>],
    say: impl Fn(&Proposal) -> Result<T, Unwritable>,
) -> Result<Option<(usize, T)>, Unwritable> {
    let mut refused = None;
    for (place, stated) in all.iter().enumerate() {
        match say(&stated.value) {
            Ok(said) => return Ok(Some((place, said))),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map_or(Ok(None), Err)
}

/// What lacks where no transform of a type can be said.
pub(super) fn lacking(proposal: &Proposal, ty: TransformType) -> Unwritable {
    proposal.of_type(ty).next().map_or(Unwritable::Missing(ty), Unwritable::Transform)
}

fn has_none(proposal: &Proposal, ty: TransformType) -> bool {
    proposal.of_type(ty).any(Transform::is_none)
}

/// Whether the proposal can do without additional key exchanges.
pub(super) fn without_methods(proposal: &Proposal) -> Result<(), Unwritable> {
    for ty in TransformType::ADDITIONAL_KEY_EXCHANGES {
        let method = proposal.of_type(ty).next().filter(|_| !has_none(proposal, ty));
        method.map_or(Ok(()), |method| Err(Unwritable::Transform(method)))?;
    }
    Ok(())
}

/// Whether it is an ESP proposal that can do without additional key exchanges and with sequence numbers of 32 bits.
pub(super) fn plain_esp(proposal: &Proposal) -> Result<(), Unwritable> {
    if proposal.protocol != SecurityProtocol::ESP {
        return Err(Unwritable::Protocol(proposal.protocol));
    }
    let narrow = Transform::sn(SequenceNumbers::SEQUENTIAL_32);
    let wide = proposal.of_type(TransformType::SN).next().filter(|_| !proposal.of_type(TransformType::SN).any(|t| t == narrow));
    wide.map_or_else(|| without_methods(proposal), |wide| Err(Unwritable::Transform(wide)))
}

/// Says what is not written of the proposals of a protocol: `kept` are the transforms that are.
pub(super) fn left_out(product: &str, all: &[Stated<Proposal>], place: usize, kept: &[Transform], remarks: &mut Vec<String>) {
    let Some(chosen) = all.get(place).map(|stated| &stated.value) else { return };
    let esp = chosen.protocol == SecurityProtocol::ESP;
    let protocol = if esp { "ESP" } else { "IKE" };
    let others = all.len().saturating_sub(1);
    if others > 0 {
        let noun = if others == 1 { "1 further proposal is" } else { &format!("{others} further proposals are") };
        let number = place.saturating_add(1);
        remarks.push(format!("A policy of {product} holds one {protocol} proposal: number {number} is written, {noun} left out."));
    }
    // The groups of ESP are a matter of PFS.
    let said = |t: &&Transform| kept.contains(t) || t.is_none() || (esp && t.ty == TransformType::KE);
    let lost: Vec<String> = chosen.transforms.iter().filter(|t| !said(t)).map(ToString::to_string).collect();
    if !lost.is_empty() {
        let lost = lost.join(", ");
        remarks.push(format!("A policy of {product} holds one value of each kind; left out of the {protocol} proposal: {lost}."));
    }
    if esp && chosen.of_type(TransformType::SN).next().is_none() {
        remarks.push(format!("{product} offers sequence numbers of 32 bits, of which the ESP proposal says nothing."));
    }
}

/// A PFS rule in the words of a product.
pub(super) struct Rules<T> {
    pub(super) none: T,
    pub(super) ike_group: T,
}

/// The PFS rule of the settings, or of the proposal that is written; `None` when nothing says.
///
/// # Errors
/// [`Unwritable::Transform`] when no group of it can be said, and there has to be one.
pub(super) fn pfs<T: Copy>(
    settings: &Settings,
    chosen: Option<&Proposal>,
    rules: Rules<T>,
    say: impl Fn(KeMethod) -> Option<T>,
    remarks: &mut Vec<String>,
) -> Result<Option<T>, Unwritable> {
    let own = || chosen.into_iter().flat_map(|p| p.of_type(TransformType::KE)).map(|t| KeMethod(t.id.0)).collect::<Vec<_>>();
    let groups = match settings.pfs.as_ref().map(|stated| &stated.value) {
        Some(Pfs::None) => return Ok(Some(rules.none)),
        Some(Pfs::IkeGroup) => return Ok(Some(rules.ike_group)),
        Some(Pfs::Groups(groups)) if own().is_empty() => groups.clone(),
        _ => own(),
    };
    let said = groups.iter().find_map(|method| say(*method).map(|value| (*method, value)));
    let others = |chosen: KeMethod| groups.iter().filter(move |other| **other != chosen).map(|other| Transform::ke(*other).to_string());
    match (said, groups.first()) {
        (Some((method, value)), _) => {
            let others: Vec<String> = others(method).collect();
            if !others.is_empty() {
                remarks.push(format!("PfsGroup takes one group; left out: {}.", others.join(", ")));
            }
            Ok(Some(value))
        }
        (None, None) => Ok(None),
        (None, Some(_)) if groups.contains(&KeMethod::NONE) => {
            let others: Vec<String> = others(KeMethod::NONE).collect();
            if !others.is_empty() {
                remarks.push(format!("PFS is optional, and no group of it can be said; left out: {}.", others.join(", ")));
            }
            Ok(Some(rules.none))
        }
        (None, Some(method)) => Err(Unwritable::Transform(Transform::ke(*method))),
    }
}

/// Octets as whole kilobytes.
pub(super) fn kilobytes(octets: u64, remarks: &mut Vec<String>) -> u64 {
    if octets % 1024 != 0 {
        remarks.push(format!("{octets} octets are no whole number of kilobytes; rounded down."));
    }
    octets.checked_div(1024).unwrap_or(0)
}
