//! Settings as lines of a connection of ipsec.conf.

use super::emit;
use crate::proposal::Proposal;
use crate::proposal::notation::settings::{Pfs, Settings, Written};
use crate::proposal::notation::{Unwritable, without};
use crate::registry::{KeMethod, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const WIDE: Transform = Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64);
const NARROW: Transform = Transform::sn(SequenceNumbers::SEQUENTIAL_32);

fn list<'p>(proposals: impl Iterator<Item = &'p Proposal>, remarks: &mut Vec<String>) -> String {
    let mut text = String::new();
    for proposal in proposals {
        if let Some(one) = without(proposal, "libreswan", &emit, remarks) {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(&one);
        }
    }
    text
}

/// The value of `esn=`, where it is not libreswan's own: every proposal has the same sizes then.
fn sizes(settings: &Settings, remarks: &mut Vec<String>) -> Option<&'static str> {
    let mut all = settings.esp.iter().map(|esp| esp.value.of_type(TransformType::SN).collect::<Vec<_>>());
    let first = all.next()?;
    let same = all.all(|other| other == first);
    match first.as_slice() {
        [one] if same && *one == WIDE => return Some("yes"),
        [one] if same && *one == NARROW => return Some("no"),
        [one, other] if same && *one == WIDE && *other == NARROW => return None,
        _ => {}
    }
    remarks.push(String::from(
        "libreswan has one setting of sequence number sizes for all ESP proposals: both sizes are written, 64 bits first.",
    ));
    None
}

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    let mut remarks = Vec::new();
    let mut lines = Vec::new();
    let mut set = |name: &str, value: &str| {
        if !value.is_empty() {
            lines.push(format!("{name}={value}\n"));
        }
    };
    let ike = list(settings.ike.iter().map(|ike| &ike.value), &mut remarks);
    let esn = sizes(settings, &mut remarks);
    // The sizes are said for all; of each proposal, both are taken as said.
    let both = |mut proposal: Proposal| {
        proposal.transforms.retain(|t| t.ty != TransformType::SN);
        proposal.transforms.extend([WIDE, NARROW]);
        proposal
    };
    let (ah, esp): (Vec<_>, Vec<_>) =
        settings.esp.iter().map(|esp| both(esp.value.clone())).partition(|child| child.protocol == SecurityProtocol::AH);
    let esp = list(esp.iter(), &mut remarks);
    let mut ah = list(ah.iter(), &mut remarks);
    if !esp.is_empty() && !ah.is_empty() {
        remarks.push(String::from("A connection of libreswan is for ESP or for AH: the AH proposals are left out."));
        ah.clear();
    }
    if ike.is_empty() && esp.is_empty() && ah.is_empty() {
        return Err(Unwritable::Nothing);
    }
    set("ike", &ike);
    set("esp", &esp);
    set("ah", &ah);
    if !esp.is_empty() || !ah.is_empty() {
        set("esn", esn.unwrap_or(""));
    }
    match settings.pfs.as_ref().map(|pfs| &pfs.value) {
        Some(Pfs::None) => set("pfs", "no"),
        Some(Pfs::IkeGroup) => set("pfs", "yes"),
        Some(Pfs::Groups(groups)) => {
            set("pfs", "yes");
            if groups.iter().filter(|group| **group != KeMethod::NONE).count() > 1 {
                let text = "libreswan loads no connection whose ESP proposals begin with different groups.";
                remarks.push(String::from(text));
            }
        }
        None => {}
    }
    let number = |value: Option<u64>, unit: &str| value.map(|value| format!("{value}{unit}")).unwrap_or_default();
    set("ikelifetime", &number(settings.ike_lifetime.map(|stated| stated.value), "s"));
    set("salifetime", &number(settings.esp_lifetime.map(|stated| stated.value), "s"));
    set("ipsec-max-bytes", &number(settings.esp_octets.map(|stated| stated.value), ""));
    set("fragmentation", settings.fragmentation.map_or("", |stated| if stated.value { "yes" } else { "no" }));
    if let Some(id) = &settings.remote_identity {
        let plain = !id.value.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '#' | '='));
        set("rightid", &if plain { id.value.clone() } else { format!("\"{}\"", id.value.replace(['"', '\n'], "")) });
    }
    if settings.tunnel_type.is_some() {
        remarks.push(String::from("libreswan has no setting for the tunnel type."));
    }
    Ok(Written { text: lines.concat(), remarks })
}
