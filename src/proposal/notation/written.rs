//! What writers have in common: leaving out what a notation has no word for, and telling of it.

use super::Unwritable;
use super::settings::{Pfs, Settings};
use crate::proposal::Proposal;
use crate::registry::TransformType;
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// A proposal as a notation has it, without the transforms it has no word for; a remark tells of each. `None` when nothing is left.
pub(super) fn without(
    proposal: &Proposal,
    product: &str,
    emit: &dyn Fn(&Proposal) -> Result<String, Unwritable>,
    remarks: &mut Vec<String>,
) -> Option<String> {
    let mut left = proposal.clone();
    // Every round takes a transform away or adds one that is due.
    for _ in 0..=proposal.transforms.len().saturating_mul(2).saturating_add(4) {
        match emit(&left) {
            Ok(text) => return Some(text),
            Err(Unwritable::Transform(lost)) if left.transforms.contains(&lost) => {
                remarks.push(format!("{product} has no word for {lost} in a proposal; it is left out."));
                left.transforms.retain(|t| *t != lost);
            }
            Err(Unwritable::Implied(added)) if !left.transforms.contains(&added) => {
                remarks.push(format!("{product} adds {added} to such a proposal."));
                left.transforms.push(added);
            }
            Err(error) => {
                remarks.push(format!("A proposal is left out: {error}."));
                return None;
            }
        }
    }
    remarks.push(format!("A proposal is left out: {product} cannot say it."));
    None
}

/// The groups that go with every ESP proposal because Child SAs take that of the IKE SA, for a product that names groups.
pub(super) fn follows(settings: &Settings, product: &str, setting: &str, remarks: &mut Vec<String>) -> Vec<Transform> {
    let mut groups: Vec<Transform> = Vec::new();
    match settings.pfs.as_ref().map(|pfs| &pfs.value) {
        Some(Pfs::IkeGroup) => {
            for group in settings.ike.iter().flat_map(|ike| ike.value.of_type(TransformType::KE)) {
                if !groups.contains(&group) {
                    groups.push(group);
                }
            }
            remarks.push(format!(
                "{product} names the groups of PFS in {setting} and cannot say that it is the group of the IKE SA; all groups of the IKE \
                 proposals are written."
            ));
        }
        None if !settings.esp.is_empty() => {
            remarks.push(String::from("Whether there is PFS is not known; what is written has none but of the groups that are named."));
        }
        _ => {}
    }
    groups
}
