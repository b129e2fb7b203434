//! Settings as `New-AzIpsecPolicy`, or as `New-AzVpnClientIpsecParameter` where they are for one protocol.

use super::super::Unwritable;
use super::super::settings::{Pfs, Settings, Stated, Written};
use super::values::{self, CHILD_CIPHERS, CHILD_INTEGRITY, Cipher, GROUPS, Group, Hash, IKE_CIPHERS, IKE_INTEGRITY, PFS_GROUPS};
use crate::proposal::suite::Proposal;
use crate::registry::{KeMethod, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    if settings.ike.is_empty() && settings.esp.is_empty() {
        return Err(Unwritable::Nothing);
    }
    let mut remarks = Vec::new();
    let mut values: Vec<(&str, String)> = Vec::new();
    if let Some((place, ike)) = first(&settings.ike, ike_values)? {
        left_out(&settings.ike, place, "IKE", &ike.kept, &mut remarks);
        values.extend(ike.values);
    }
    if let Some((place, child)) = first(&settings.esp, child_values)? {
        left_out(&settings.esp, place, "ESP", &child.kept, &mut remarks);
        values.extend(child.values);
        let group = rule(settings, settings.esp.get(place).map(|stated| &stated.value), &mut remarks)?;
        if group.is_none() && !settings.ike.is_empty() {
            remarks.push(String::from("The settings do not say whether there is PFS; Azure wants it said, and None is written."));
        }
        let written = group.or((!settings.ike.is_empty()).then_some(Group::None));
        values.extend(written.and_then(|group| PFS_GROUPS.name(|known| *known == group)).map(|name| ("PfsGroup", String::from(name))));
    }
    let whole = !settings.ike.is_empty() && !settings.esp.is_empty();
    let mut text = String::from(if whole { "New-AzIpsecPolicy" } else { "New-AzVpnClientIpsecParameter" });
    if let Some(seconds) = settings.esp_lifetime {
        values.push((if whole { "SALifeTimeSeconds" } else { "SALifeTime" }, seconds.value.to_string()));
    }
    if let Some(octets) = settings.esp_octets {
        if octets.value % 1024 != 0 {
            remarks.push(format!("{} octets are no whole number of kilobytes; rounded down.", octets.value));
        }
        let kilobytes = octets.value.checked_div(1024).unwrap_or(0);
        values.push((if whole { "SADataSizeKilobytes" } else { "SADataSize" }, kilobytes.to_string()));
    }
    for (name, value) in values {
        let _ = write!(text, " -{name} {value}");
    }
    text.push('\n');
    unsaid(settings, &mut remarks);
    Ok(Written { text, remarks })
}

fn unsaid(settings: &Settings, remarks: &mut Vec<String>) {
    let mut say = |is: bool, what: &str| {
        if is {
            remarks.push(format!("A policy of Azure cannot say {what}."));
        }
    };
    say(settings.ike_lifetime.is_some(), "the lifetime of the IKE SA");
    say(settings.remote_identity.is_some(), "the name of the other side");
    say(settings.tunnel_type.is_some(), "the tunnel type");
    say(settings.fragmentation.is_some(), "whether IKE fragmentation is announced");
}

/// Values of a proposal, and the transforms they stand for.
struct Values {
    values: Vec<(&'static str, String)>,
    kept: Vec<Transform>,
}

/// The first proposal that can be said, and its place.
fn first(all: &[Stated<Proposal>], values: fn(&Proposal) -> Result<Values, Unwritable>) -> Result<Option<(usize, Values)>, Unwritable> {
    let mut refused = None;
    for (place, stated) in all.iter().enumerate() {
        match values(&stated.value) {
            Ok(found) => return Ok(Some((place, found))),
            Err(error) => refused = refused.or(Some(error)),
        }
    }
    refused.map_or(Ok(None), Err)
}

fn lacking(proposal: &Proposal, ty: TransformType) -> Unwritable {
    proposal.of_type(ty).next().map_or(Unwritable::Missing(ty), Unwritable::Transform)
}

fn without_methods(proposal: &Proposal) -> Result<(), Unwritable> {
    for ty in TransformType::ADDITIONAL_KEY_EXCHANGES {
        if !proposal.of_type(ty).any(|t| t.is_none()) {
            proposal.of_type(ty).next().map_or(Ok(()), |method| Err(Unwritable::Transform(method)))?;
        }
    }
    Ok(())
}

fn ike_values(proposal: &Proposal) -> Result<Values, Unwritable> {
    without_methods(proposal)?;
    let cipher =
        proposal.of_type(TransformType::ENCR).find_map(|t| IKE_CIPHERS.name(|value: &Cipher| value.ike() == Some(t)).map(|name| (name, t)));
    let (cipher_name, cipher) = cipher.ok_or_else(|| lacking(proposal, TransformType::ENCR))?;
    let integs: Vec<Transform> = proposal.of_type(TransformType::INTEG).collect();
    let hash = proposal.of_type(TransformType::PRF).find_map(|t| {
        let goes = |value: &Hash| {
            let (integ, prf) = value.ike();
            !value.is_gcm() && Transform::prf(prf) == t && (cipher.is_aead() || integs.contains(&Transform::integ(integ)))
        };
        let value = IKE_INTEGRITY.rows.iter().map(|(_, value)| *value).find(|value| goes(value))?;
        IKE_INTEGRITY.name(goes).map(|name| (name, value))
    });
    let (hash_name, hash) = hash.ok_or_else(|| lacking(proposal, TransformType::PRF))?;
    let group =
        proposal.of_type(TransformType::KE).find_map(|t| GROUPS.name(|value| value.map(Transform::ke) == Some(t)).map(|name| (name, t)));
    let (group_name, group) = group.ok_or_else(|| lacking(proposal, TransformType::KE))?;
    let (integ, prf) = hash.ike();
    let values = [("IkeEncryption", cipher_name), ("IkeIntegrity", hash_name), ("DhGroup", group_name)];
    Ok(Values {
        values: values.into_iter().map(|(name, value)| (name, String::from(value))).collect(),
        kept: Vec::from([cipher, Transform::prf(prf), Transform::integ(integ), group]),
    })
}

fn child_values(proposal: &Proposal) -> Result<Values, Unwritable> {
    if proposal.protocol != SecurityProtocol::ESP {
        return Err(Unwritable::Protocol(proposal.protocol));
    }
    without_methods(proposal)?;
    let narrow = Transform::sn(SequenceNumbers::SEQUENTIAL_32);
    if let Some(wide) = proposal.of_type(TransformType::SN).next().filter(|_| !proposal.of_type(TransformType::SN).any(|t| t == narrow)) {
        return Err(Unwritable::Transform(wide));
    }
    let integs: Vec<Transform> = proposal.of_type(TransformType::INTEG).filter(|t| !t.is_none()).collect();
    let pairs =
        || CHILD_CIPHERS.rows.iter().flat_map(|(c, cipher)| CHILD_INTEGRITY.rows.iter().map(move |(h, hash)| (*c, *cipher, *h, *hash)));
    for cipher in proposal.of_type(TransformType::ENCR) {
        let asked: Vec<Option<Transform>> = if cipher.is_aead() { Vec::from([None]) } else { integs.iter().copied().map(Some).collect() };
        for integ in asked {
            let fits = pairs().find(|(_, c, _, h)| values::child(*c, *h) == Some([Some(cipher), integ]));
            if let Some((cipher_name, _, hash_name, _)) = fits {
                let values = [("IpsecEncryption", cipher_name), ("IpsecIntegrity", hash_name)];
                return Ok(Values {
                    values: values.into_iter().map(|(name, value)| (name, String::from(value))).collect(),
                    kept: [cipher, narrow].into_iter().chain(integ).collect(),
                });
            }
        }
    }
    let first = integs.first().copied().or_else(|| proposal.of_type(TransformType::ENCR).next());
    Err(first.map_or(Unwritable::Missing(TransformType::ENCR), Unwritable::Transform))
}

/// The PFS group; `None` when the settings do not say.
fn rule(settings: &Settings, chosen: Option<&Proposal>, remarks: &mut Vec<String>) -> Result<Option<Group>, Unwritable> {
    let own = || chosen.into_iter().flat_map(|p| p.of_type(TransformType::KE)).map(|t| KeMethod(t.id.0)).collect::<Vec<_>>();
    let groups = match settings.pfs.as_ref().map(|stated| &stated.value) {
        Some(Pfs::None) => return Ok(Some(Group::None)),
        Some(Pfs::IkeGroup) => return Ok(Some(Group::OfIke)),
        Some(Pfs::Groups(groups)) if own().is_empty() => groups.clone(),
        _ => own(),
    };
    let said = groups.iter().copied().find(|method| PFS_GROUPS.name(|known| *known == Group::Of(*method)).is_some());
    let Some(method) = said else {
        return match groups.iter().find(|method| **method != KeMethod::NONE) {
            Some(method) if !groups.contains(&KeMethod::NONE) => Err(Unwritable::Transform(Transform::ke(*method))),
            None if groups.is_empty() => Ok(None),
            _ => Ok(Some(Group::None)),
        };
    };
    let others: Vec<String> = groups.iter().filter(|other| **other != method).map(|other| Transform::ke(*other).to_string()).collect();
    if !others.is_empty() {
        remarks.push(format!("PfsGroup takes one group; left out: {}.", others.join(", ")));
    }
    Ok(Some(Group::Of(method)))
}

fn left_out(all: &[Stated<Proposal>], place: usize, protocol: &str, kept: &[Transform], remarks: &mut Vec<String>) {
    let others = all.len().saturating_sub(1);
    if others > 0 {
        let noun = if others == 1 { "1 further proposal is" } else { &format!("{others} further proposals are") };
        remarks.push(format!(
            "A policy of Azure holds one {protocol} proposal: number {} is written, {noun} left out.",
            place.saturating_add(1)
        ));
    }
    let Some(chosen) = all.get(place) else { return };
    let counts = |t: &&Transform| !kept.contains(t) && !t.is_none() && !(protocol == "ESP" && t.ty == TransformType::KE);
    let lost: Vec<String> = chosen.value.transforms.iter().filter(counts).map(ToString::to_string).collect();
    if !lost.is_empty() {
        remarks.push(format!("A policy of Azure holds one value of each kind; left out of the {protocol} proposal: {}.", lost.join(", ")));
    }
    if protocol == "ESP" && chosen.value.of_type(TransformType::SN).next().is_none() {
        remarks.push(String::from("Azure offers sequence numbers of 32 bits, of which the ESP proposal says nothing."));
    }
}
