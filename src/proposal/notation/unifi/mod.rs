//! UniFi: the network object of a site-to-site VPN, as the controller's API has it (`/rest/networkconf`), alone, in a list or in
//! `{"data": [..]}`.
//!
//! Fields and values are those of the controller's own API description (`api/fields/NetworkConf.json`): `ipsec_encryption` and
//! `ipsec_hash` are for IKE and ESP; newer controllers have `ipsec_ike_..` and `ipsec_esp_..` for each. `ipsec_dh_group` was one
//! for both before `ipsec_ike_dh_group` and `ipsec_esp_dh_group`. The gateway runs strongSwan: the PRF follows from the hash, and
//! sequence numbers have 32 bits.

#[cfg(test)]
mod tests;

use super::likeness::{Certainty, Likeness};
use super::lists::{List, Lists, NAMED, NOTHING, around, holds, missing, seconds, shown};
use super::names::Names;
use super::settings::{Pfs, Settings, Stated, Written};
use super::span::Span;
use super::tokens::{Event, Reader};
use super::words::Word;
use super::{Hint, Notation, NotationError, Unwritable};
use crate::registry::{Encr, Integ, KeMethod, SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const CIPHERS: Names<Transform> = Names {
    expected: "an encryption of UniFi: aes128, aes192, aes256 or 3des",
    rows: &[
        ("aes128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192)),
        ("aes256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("3des", Transform::encr(Encr::ENCR_3DES)),
        ("aes128gcm16", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes256gcm16", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
    ],
};

const INTEGS: Names<Integ> = Names {
    expected: "a hash of UniFi: sha1, sha256, sha384, sha512 or md5",
    rows: &[
        ("sha1", Integ::AUTH_HMAC_SHA1_96),
        ("sha256", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha512", Integ::AUTH_HMAC_SHA2_512_256),
        ("md5", Integ::AUTH_HMAC_MD5_96),
    ],
};

const GROUPS: Names<KeMethod> = Names {
    expected: "a Diffie-Hellman group of UniFi: 1, 2, 5 or 14 to 32",
    rows: &[
        ("1", KeMethod::MODP_768),
        ("2", KeMethod::MODP_1024),
        ("5", KeMethod::MODP_1536),
        ("14", KeMethod::MODP_2048),
        ("15", KeMethod::MODP_3072),
        ("16", KeMethod::MODP_4096),
        ("17", KeMethod::MODP_6144),
        ("18", KeMethod::MODP_8192),
        ("19", KeMethod::ECP_256),
        ("20", KeMethod::ECP_384),
        ("21", KeMethod::ECP_521),
        ("22", KeMethod::MODP_1024_160),
        ("23", KeMethod::MODP_2048_224),
        ("24", KeMethod::MODP_2048_256),
        ("25", KeMethod::ECP_192),
        ("26", KeMethod::ECP_224),
        ("27", KeMethod::BRAINPOOL_P224R1),
        ("28", KeMethod::BRAINPOOL_P256R1),
        ("29", KeMethod::BRAINPOOL_P384R1),
        ("30", KeMethod::BRAINPOOL_P512R1),
        ("31", KeMethod::CURVE25519),
        ("32", KeMethod::CURVE448),
    ],
};

/// The fields that make a network an IPsec one.
const FIELDS: [&str; 9] = [
    "ipsec_encryption",
    "ipsec_hash",
    "ipsec_dh_group",
    "ipsec_ike_encryption",
    "ipsec_ike_hash",
    "ipsec_ike_dh_group",
    "ipsec_esp_encryption",
    "ipsec_esp_hash",
    "ipsec_esp_dh_group",
];

/// Fields that say more of such a network.
const MORE: [&str; 10] = [
    "ipsec_pfs",
    "ipsec_key_exchange",
    "ipsec_profile",
    "ipsec_ike_lifetime",
    "ipsec_esp_lifetime",
    "ipsec_peer_ip",
    "ipsec_remote_identifier",
    "ipsec_remote_identifier_enabled",
    "name",
    "enabled",
];

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    // Policies of Azure have `ipsec_encryption` too, and this beside it.
    if holds(text, "ipsec_integrity").is_some() {
        return None;
    }
    let at = FIELDS.iter().filter_map(|field| holds(text, field)).min();
    let profile = holds(text, "ipsec_profile").filter(|_| holds(text, "ipsec_key_exchange").is_some());
    let at = at.into_iter().chain(profile).min()?;
    let span = around(text, Span { at, len: "ipsec_".len() });
    Some(Likeness { span, confidence: Certainty::Certain })
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

/// A network: its fields as they stand.
#[derive(Clone, Debug)]
struct Network<'a> {
    /// The bracket they stand in.
    block: usize,
    fields: Vec<(&'static str, List<'a>)>,
}

impl<'a> Network<'a> {
    /// The value of the first of these fields that has one.
    fn field(&self, names: &[&str]) -> List<'a> {
        let found = names.iter().find_map(|name| self.fields.iter().rev().find(|(known, list)| known == name && !list.is_default()));
        found.map(|(_, list)| list.clone()).unwrap_or_default()
    }

    fn word(&self, name: &str) -> Option<Word<'a>> {
        self.field(&[name]).given().next().copied().filter(|word| !word.text.is_empty())
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.word(name).is_some_and(|word| word.text.eq_ignore_ascii_case(value))
    }

    fn label(&self) -> String {
        self.word("name").map_or_else(|| String::from("a network without a name"), |name| shown(name.text))
    }

    fn is_ipsec(&self) -> bool {
        self.fields.iter().any(|(name, _)| FIELDS.contains(name) || *name == "ipsec_profile" || *name == "ipsec_key_exchange")
    }

    fn span(&self) -> Option<Span> {
        let own = self.fields.iter().filter(|(name, _)| name.starts_with("ipsec_"));
        own.filter_map(|(_, list)| list.span).reduce(Span::cover)
    }
}

fn networks(text: &str) -> Vec<Network<'_>> {
    let mut open: Vec<Network<'_>> = Vec::from([Network { block: 0, fields: Vec::new() }]);
    let mut found = Vec::new();
    let mut reader = Reader::of(text);
    while let Some(event) = reader.next() {
        match event {
            Event::Key { name, .. } => {
                let known = FIELDS.iter().chain(&MORE).find(|known| known.eq_ignore_ascii_case(name.text));
                if let (Some(known), Some(network)) = (known, open.last_mut()) {
                    network.fields.push((known, List::new(name, reader.values())));
                }
            }
            Event::Open => open.push(Network { block: reader.block().map_or(0, |block| block.number), fields: Vec::new() }),
            Event::Close => {
                if open.len() > 1 {
                    found.extend(open.pop().filter(Network::is_ipsec));
                }
            }
            Event::Word(_) => {}
        }
    }
    found.extend(open.into_iter().filter(Network::is_ipsec));
    found.sort_by_key(|network| network.block);
    found
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let networks = networks(text);
    let active = networks.iter().position(|network| !network.is("enabled", "false"));
    let chosen = active.unwrap_or(0);
    let Some(network) = networks.get(chosen) else {
        return Err(NOTHING);
    };
    let mut settings = Settings::new(Notation::Unifi);
    fill(&mut settings, network)?;
    remark(&mut settings, network);
    let others: Vec<String> =
        networks.iter().enumerate().filter(|(index, _)| *index != chosen).take(NAMED).map(|(_, other)| other.label()).collect();
    if !others.is_empty() {
        settings.remark(format!("This is {}; the text holds other VPN networks: {}.", network.label(), others.join(", ")), None);
    }
    Ok(settings)
}

fn fill(settings: &mut Settings, network: &Network<'_>) -> Result<(), NotationError> {
    settings.ike_lifetime = seconds(&network.field(&["ipsec_ike_lifetime"]));
    settings.esp_lifetime = seconds(&network.field(&["ipsec_esp_lifetime"]));
    let names_none = FIELDS.iter().all(|field| network.field(&[field]).is_default());
    if names_none {
        return Ok(());
    }
    let ike = lists(network, SecurityProtocol::IKE, ["ipsec_ike_encryption", "ipsec_ike_hash", "ipsec_ike_dh_group"])?;
    settings.ike = ike.proposals(SecurityProtocol::IKE);
    let esp = lists(network, SecurityProtocol::ESP, ["ipsec_esp_encryption", "ipsec_esp_hash", "ipsec_esp_dh_group"])?;
    settings.esp = esp.proposals(SecurityProtocol::ESP);
    let switch = network.field(&["ipsec_pfs"]);
    let group = network.field(&["ipsec_esp_dh_group", "ipsec_dh_group"]);
    let pfs = if network.is("ipsec_pfs", "false") {
        Some(Stated { value: Pfs::None, span: switch.span })
    } else if !group.is_default() {
        Some(Stated { value: Pfs::Groups(esp.groups), span: group.span })
    } else if network.is("ipsec_pfs", "true") {
        Some(Stated { value: Pfs::IkeGroup, span: switch.span })
    } else {
        None
    };
    if let Some(pfs) = pfs {
        settings.set_pfs(pfs);
    }
    Ok(())
}

fn lists(network: &Network<'_>, protocol: SecurityProtocol, [cipher, hash, group]: [&str; 3]) -> Result<Lists, NotationError> {
    let cipher = network.field(&[cipher, "ipsec_encryption"]);
    let hash = network.field(&[hash, "ipsec_hash"]);
    let group = network.field(&[group, "ipsec_dh_group"]);
    let span = [&cipher, &hash, &group].into_iter().filter_map(|list| list.span).reduce(Span::cover);
    let place = network.span().unwrap_or(Span { at: 0, len: 0 });
    let lacks = |ty| missing(place.at, place.len, protocol, ty);
    if cipher.is_default() {
        return Err(lacks(TransformType::ENCR));
    }
    let ciphers = cipher.read(&CIPHERS)?;
    if hash.is_default() {
        return Err(lacks(TransformType::INTEG));
    }
    if group.is_default() && protocol == SecurityProtocol::IKE {
        return Err(lacks(TransformType::KE));
    }
    let groups = if group.is_default() { Vec::new() } else { group.read(&GROUPS)? };
    Ok(Lists { ciphers, integs: hash.read(&INTEGS)?, prfs: Vec::new(), groups, span })
}

fn remark(settings: &mut Settings, network: &Network<'_>) {
    if network.is("ipsec_key_exchange", "ikev1") {
        let span = network.field(&["ipsec_key_exchange"]).span;
        settings.remark("The network uses IKEv1 (ipsec_key_exchange); IKEv2 does not negotiate with it.", span);
    }
    if network.is("enabled", "false") {
        settings.remark("The network is switched off.", network.field(&["enabled"]).span);
    }
    if let Some(profile) = network.word("ipsec_profile").filter(|profile| !profile.text.eq_ignore_ascii_case("customized")) {
        let text = match profile.text {
            "azure_dynamic" => "for Azure gateways with dynamic routing (IKEv2)",
            "azure_static" => "for Azure gateways with static routing (IKEv1)",
            _ => "which is not customized",
        };
        let text = format!(
            "The network follows the profile {}, {text}; the gateway may set other algorithms than the fields name.",
            shown(profile.text)
        );
        settings.remark(text, Some(profile.span()));
    }
    identity(settings, network);
}

/// The identity the other side has to have: the one that is set, else its address.
fn identity(settings: &mut Settings, network: &Network<'_>) {
    let set = network.word("ipsec_remote_identifier").filter(|_| !network.is("ipsec_remote_identifier_enabled", "false"));
    if let Some(word) = set.or_else(|| network.word("ipsec_peer_ip")) {
        settings.remote_identity = Some(Stated::at(word.text.to_string(), word.span()));
    }
}
