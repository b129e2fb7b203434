//! Settings as `New-AzIpsecPolicy`, or as `New-AzVpnClientIpsecParameter` where they are for one protocol.

use super::super::settings::{Settings, Written};
use super::super::{Unwritable, single};
use super::values::{self, CHILD_CIPHERS, CHILD_INTEGRITY, Cipher, GROUPS, Group, Hash, IKE_CIPHERS, IKE_INTEGRITY, PFS_GROUPS};
use crate::proposal::suite::Proposal;
use crate::registry::{SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;

const PRODUCT: &str = "Azure";

/// Values of a proposal, and the transforms they stand for.
struct Values {
    values: Vec<(&'static str, String)>,
    kept: Vec<Transform>,
}

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    if settings.ike.is_empty() && settings.esp.is_empty() {
        return Err(Unwritable::Nothing);
    }
    let mut remarks = Vec::new();
    let mut values: Vec<(&str, String)> = Vec::new();
    if let Some((place, ike)) = single::first(&settings.ike, ike_values)? {
        single::left_out(PRODUCT, &settings.ike, place, &ike.kept, &mut remarks);
        values.extend(ike.values);
    }
    if let Some((place, child)) = single::first(&settings.esp, child_values)? {
        single::left_out(PRODUCT, &settings.esp, place, &child.kept, &mut remarks);
        values.extend(child.values);
        let rules = single::Rules { none: Group::None, ike_group: Group::OfIke };
        let say = |method| Some(Group::Of(method)).filter(|group| PFS_GROUPS.name(|known| known == group).is_some());
        let chosen = settings.esp.get(place).map(|stated| &stated.value);
        let group = single::pfs(settings, chosen, rules, say, &mut remarks)?;
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
        let kilobytes = single::kilobytes(octets.value, &mut remarks);
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

fn ike_values(proposal: &Proposal) -> Result<Values, Unwritable> {
    single::without_methods(proposal)?;
    let cipher =
        proposal.of_type(TransformType::ENCR).find_map(|t| IKE_CIPHERS.name(|value: &Cipher| value.ike() == Some(t)).map(|name| (name, t)));
    let (cipher_name, cipher) = cipher.ok_or_else(|| single::lacking(proposal, TransformType::ENCR))?;
    let integs: Vec<Transform> = proposal.of_type(TransformType::INTEG).collect();
    let hash = proposal.of_type(TransformType::PRF).find_map(|t| {
        let goes = |value: &Hash| {
            let (integ, prf) = value.ike();
            !value.is_gcm() && Transform::prf(prf) == t && (cipher.is_aead() || integs.contains(&Transform::integ(integ)))
        };
        let value = IKE_INTEGRITY.rows.iter().map(|(_, value)| *value).find(|value| goes(value))?;
        IKE_INTEGRITY.name(goes).map(|name| (name, value))
    });
    let (hash_name, hash) = hash.ok_or_else(|| single::lacking(proposal, TransformType::PRF))?;
    let group =
        proposal.of_type(TransformType::KE).find_map(|t| GROUPS.name(|value| value.map(Transform::ke) == Some(t)).map(|name| (name, t)));
    let (group_name, group) = group.ok_or_else(|| single::lacking(proposal, TransformType::KE))?;
    let (integ, prf) = hash.ike();
    let values = [("IkeEncryption", cipher_name), ("IkeIntegrity", hash_name), ("DhGroup", group_name)];
    Ok(Values {
        values: values.into_iter().map(|(name, value)| (name, String::from(value))).collect(),
        kept: Vec::from([cipher, Transform::prf(prf), Transform::integ(integ), group]),
    })
}

fn child_values(proposal: &Proposal) -> Result<Values, Unwritable> {
    single::plain_esp(proposal)?;
    let narrow = Transform::sn(SequenceNumbers::SEQUENTIAL_32);
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
