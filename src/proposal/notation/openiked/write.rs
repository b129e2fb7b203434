//! Settings as the words of a policy of iked.conf.

use super::names::{AUTH, CHILD_ENC, GROUP, IKE_ENC, PRF};
use super::policy::Policies;
use crate::proposal::Proposal;
use crate::proposal::notation::settings::{Settings, Written};
use crate::proposal::notation::written::{follows, without};
use crate::proposal::notation::{Unwritable, same};
use crate::registry::{SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// The word of a kind, and the name.
fn words(transform: Transform, is_ike: bool) -> Option<(&'static str, &'static str)> {
    match transform.ty {
        TransformType::ENCR if is_ike => Some(("enc", IKE_ENC.name(transform)?)),
        TransformType::ENCR => Some(("enc", CHILD_ENC.name(transform)?)),
        TransformType::INTEG => Some(("auth", AUTH.name(transform)?)),
        TransformType::PRF => Some(("prf", PRF.name(transform)?)),
        TransformType::KE => Some(("group", GROUP.name(transform)?)),
        _ if transform == Transform::sn(SequenceNumbers::SEQUENTIAL_32) => Some(("", "noesn")),
        _ if transform == Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64) => Some(("", "esn")),
        _ => None,
    }
}

/// `ikesa enc aes-256 ..`, when it is read back as the same proposal.
pub(in crate::proposal::notation) fn emit(proposal: &Proposal) -> Result<String, Unwritable> {
    let is_ike = proposal.protocol == SecurityProtocol::IKE;
    let mut text = String::from(if is_ike { "ikesa" } else { "childsa" });
    for transform in &proposal.transforms {
        let (kind, name) = words(*transform, is_ike).ok_or(Unwritable::Transform(*transform))?;
        for word in [kind, name].into_iter().filter(|word| !word.is_empty()) {
            text.push(' ');
            text.push_str(word);
        }
    }
    let whole = if proposal.protocol == SecurityProtocol::AH { format!("ah \\\n{text}") } else { text.clone() };
    let read = Policies::read(&whole).and_then(|policies| policies.settings());
    let read = read.map(|settings| settings.ike.into_iter().chain(settings.esp).map(|stated| stated.value).collect());
    same(proposal, read).map(|()| text)
}

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    let mut remarks = Vec::new();
    let mut lines: Vec<String> = Vec::new();
    let extra = if settings.esp.is_empty() { Vec::new() } else { follows(settings, "iked", "childsa", &mut remarks) };
    let ah = settings.esp.iter().any(|esp| esp.value.protocol == SecurityProtocol::AH);
    for stated in settings.ike.iter().chain(&settings.esp) {
        let mut proposal = stated.value.clone();
        if proposal.protocol != SecurityProtocol::IKE {
            if ah && proposal.protocol != SecurityProtocol::AH {
                remarks.push(String::from("A policy of iked is for ESP or for AH: an ESP proposal is left out."));
                continue;
            }
            proposal.transforms.extend_from_slice(&extra);
        }
        lines.extend(without(&proposal, "iked", &emit, &mut remarks));
    }
    if lines.is_empty() {
        return Err(Unwritable::Nothing);
    }
    if ah {
        lines.insert(0, String::from("ah"));
    }
    if let Some(id) = &settings.remote_identity {
        lines.push(format!("dstid \"{}\"", id.value.replace(['"', '\\', '\n'], "")));
    }
    if let Some(seconds) = settings.ike_lifetime {
        lines.push(format!("ikelifetime {}", seconds.value));
    }
    match (settings.esp_lifetime, settings.esp_octets) {
        (Some(seconds), Some(octets)) => lines.push(format!("lifetime {} bytes {}", seconds.value, octets.value)),
        (Some(seconds), None) => lines.push(format!("lifetime {}", seconds.value)),
        (None, Some(_)) => remarks.push(String::from("iked takes a limit of octets only behind one of seconds; it is left out.")),
        (None, None) => {}
    }
    if settings.tunnel_type.is_some() {
        remarks.push(String::from("iked has no setting for the tunnel type."));
    }
    let set = match settings.fragmentation.map(|stated| stated.value) {
        Some(true) => "set fragmentation\n",
        Some(false) => "set nofragmentation\n",
        None => "",
    };
    Ok(Written { text: format!("{set}{}\n", lines.join(" \\\n\t")), remarks })
}
