//! Settings as lines or a section of swanctl.conf.

use super::emit;
use crate::proposal::Proposal;
use crate::proposal::notation::Unwritable;
use crate::proposal::notation::settings::{Settings, Stated, Written};
use crate::proposal::notation::written::{follows, without};
use crate::registry::SecurityProtocol;
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// A list of proposals, and whether it is one of AH.
fn list(proposals: &[Stated<Proposal>], extra: &[Transform], remarks: &mut Vec<String>) -> String {
    let mut text = String::new();
    for proposal in proposals {
        let mut proposal = proposal.value.clone();
        proposal.transforms.extend_from_slice(extra);
        if let Some(one) = without(&proposal, "strongSwan", &emit, remarks) {
            if !text.is_empty() {
                text.push_str(", ");
            }
            text.push_str(&one);
        }
    }
    text
}

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    let mut remarks = Vec::new();
    let ike = list(&settings.ike, &[], &mut remarks);
    let extra = if settings.esp.is_empty() { Vec::new() } else { follows(settings, "strongSwan", "esp_proposals", &mut remarks) };
    let (ah, esp): (Vec<_>, Vec<_>) = settings.esp.iter().cloned().partition(|child| child.value.protocol == SecurityProtocol::AH);
    let (esp, ah) = (list(&esp, &extra, &mut remarks), list(&ah, &extra, &mut remarks));
    if ike.is_empty() && esp.is_empty() && ah.is_empty() {
        return Err(Unwritable::Nothing);
    }
    if !esp.is_empty() && !ah.is_empty() {
        remarks.push(String::from("The proposals for ESP and for AH are written in two lists, the ESP proposals first."));
    }
    let mut connection = Vec::new();
    let mut child = Vec::new();
    for (name, value) in [("proposals", &ike)] {
        if !value.is_empty() {
            connection.push(format!("{name} = {value}"));
        }
    }
    for (name, value) in [("esp_proposals", &esp), ("ah_proposals", &ah)] {
        if !value.is_empty() {
            child.push(format!("{name} = {value}"));
        }
    }
    let plain = (connection.len(), child.len());
    rest(settings, &mut connection, &mut child, &mut remarks);
    let remote = settings.remote_identity.as_ref().filter(|_| !ike.is_empty());
    let text = if plain == (connection.len(), child.len()) && remote.is_none() {
        connection.iter().chain(&child).flat_map(|line| [line.as_str(), "\n"]).collect()
    } else {
        section(&connection, &child, remote.map(|id| id.value.as_str()))
    };
    Ok(Written { text, remarks })
}

/// Lifetimes and the like.
fn rest(settings: &Settings, connection: &mut Vec<String>, child: &mut Vec<String>, remarks: &mut Vec<String>) {
    if connection.is_empty() {
        if settings.ike_lifetime.is_some() || settings.fragmentation.is_some() || settings.remote_identity.is_some() {
            remarks.push(String::from("There are no IKE proposals: what else is said of the IKE SA is not written."));
        }
    } else {
        if let Some(seconds) = settings.ike_lifetime {
            connection.push(format!("rekey_time = {}s", seconds.value));
        }
        if let Some(on) = settings.fragmentation {
            connection.push(format!("fragmentation = {}", if on.value { "yes" } else { "no" }));
        }
    }
    if child.is_empty() {
        if settings.esp_lifetime.is_some() || settings.esp_octets.is_some() {
            remarks.push(String::from("There are no ESP proposals: the lifetime of a Child SA is not written."));
        }
    } else {
        if let Some(seconds) = settings.esp_lifetime {
            child.push(format!("rekey_time = {}s", seconds.value));
        }
        if let Some(octets) = settings.esp_octets {
            child.push(format!("rekey_bytes = {}", octets.value));
        }
    }
    if settings.tunnel_type.is_some() {
        remarks.push(String::from("strongSwan has no setting for the tunnel type."));
    }
}

fn section(connection: &[String], child: &[String], remote: Option<&str>) -> String {
    let mut text = String::new();
    let indent = if connection.is_empty() { "" } else { "      " };
    let mut children = String::new();
    if !child.is_empty() {
        let _ = writeln!(children, "{indent}net {{");
        for line in child {
            let _ = writeln!(children, "{indent}  {line}");
        }
        let _ = writeln!(children, "{indent}}}");
    }
    if connection.is_empty() {
        return children;
    }
    text.push_str("connections {\n  peer {\n");
    for line in connection {
        let _ = writeln!(text, "    {line}");
    }
    if let Some(id) = remote {
        let _ = writeln!(text, "    remote {{\n      id = \"{}\"\n    }}", id.replace(['"', '\n'], ""));
    }
    if !children.is_empty() {
        let _ = write!(text, "    children {{\n{children}    }}\n");
    }
    text.push_str("  }\n}\n");
    text
}
