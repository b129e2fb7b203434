//! VyOS: `vpn ipsec ike-group` and `esp-group`, as set lines and with braces.
//!
//! Nodes, values and defaults are those of the VyOS interface definitions (vyos-1x, `vpn_ipsec.xml.in`), and what VyOS makes of them
//! for strongSwan: `encryption-hash-group` for each numbered proposal, in the order of the numbers. `pfs enable`, the default, is the
//! group of the IKE SA. Those groups count which the first site-to-site peer or remote-access connection names, else the first.

#[cfg(test)]
mod tests;

use super::assemble::{Lists, NO_ESN, add, group, groups, nothing};
use super::hierarchy::{Statement, statements};
use super::likeness::{Certainty, Likeness};
use super::lines::{Named, likeness, number, tokens};
use super::names::Names;
use super::settings::{Pfs, Settings, Stated, Written};
use super::span::{Span, extend};
use super::words::Word;
use super::{Hint, Notation, NotationError, Unwritable};
use crate::registry::private::{encr, integ};
use crate::registry::{Encr, Integ, KeMethod, Prf};
use crate::transform::Transform;
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;

macro_rules! ciphers {
    ($($name:literal $encr:expr, $($suffix:literal)?;)+) => {
        &[
            $(
                (concat!($name, "128", $($suffix)?), Transform::encr_bits($encr, 128)),
                (concat!($name, "192", $($suffix)?), Transform::encr_bits($encr, 192)),
                (concat!($name, "256", $($suffix)?), Transform::encr_bits($encr, 256)),
            )+
            ("3des", Transform::encr(Encr::ENCR_3DES)),
            ("cast128", Transform::encr_bits(Encr::ENCR_CAST, 128)),
            ("chacha20poly1305", Transform::encr(Encr::ENCR_CHACHA20_POLY1305)),
            ("null", Transform::encr(Encr::ENCR_NULL)),
        ]
    };
}

/// `encryption`.
const ENCRYPTION: Names<Transform> = Names {
    expected: "an encryption algorithm of VyOS, as aes256 or aes256gcm128",
    rows: ciphers! {
        "aes" Encr::ENCR_AES_CBC,;
        "aes" Encr::ENCR_AES_CTR, "ctr";
        "aes" Encr::ENCR_AES_CCM_8, "ccm64";
        "aes" Encr::ENCR_AES_CCM_12, "ccm96";
        "aes" Encr::ENCR_AES_CCM_16, "ccm128";
        "aes" Encr::ENCR_AES_GCM_8, "gcm64";
        "aes" Encr::ENCR_AES_GCM_12, "gcm96";
        "aes" Encr::ENCR_AES_GCM_16, "gcm128";
        "aes" Encr::ENCR_NULL_AUTH_AES_GMAC, "gmac";
        "blowfish" Encr::ENCR_BLOWFISH,;
        "camellia" Encr::ENCR_CAMELLIA_CBC,;
        "camellia" Encr::ENCR_CAMELLIA_CTR, "ctr";
        "camellia" Encr::ENCR_CAMELLIA_CCM_8, "ccm64";
        "camellia" Encr::ENCR_CAMELLIA_CCM_12, "ccm96";
        "camellia" Encr::ENCR_CAMELLIA_CCM_16, "ccm128";
        "serpent" encr::STRONGSWAN_SERPENT_CBC,;
        "twofish" encr::STRONGSWAN_TWOFISH_CBC,;
    },
};

/// `hash`.
const HASHES: Names<Integ> = Names {
    expected: "a hash algorithm of VyOS, as sha256",
    rows: &[
        ("md5", Integ::AUTH_HMAC_MD5_96),
        ("md5_128", Integ::AUTH_HMAC_MD5_128),
        ("sha1", Integ::AUTH_HMAC_SHA1_96),
        ("sha1_160", Integ::AUTH_HMAC_SHA1_160),
        ("sha256", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha256_96", integ::STRONGSWAN_AUTH_HMAC_SHA2_256_96),
        ("sha384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha512", Integ::AUTH_HMAC_SHA2_512_256),
        ("aesxcbc", Integ::AUTH_AES_XCBC_96),
        ("aescmac", Integ::AUTH_AES_CMAC_96),
        ("aes128gmac", Integ::AUTH_AES_128_GMAC),
        ("aes192gmac", Integ::AUTH_AES_192_GMAC),
        ("aes256gmac", Integ::AUTH_AES_256_GMAC),
    ],
};

/// `prf`, in an IKE group alone.
const PRFS: Names<Prf> = Names {
    expected: "a PRF of VyOS, as prfsha256",
    rows: &[
        ("prfmd5", Prf::PRF_HMAC_MD5),
        ("prfsha1", Prf::PRF_HMAC_SHA1),
        ("prfaesxcbc", Prf::PRF_AES128_XCBC),
        ("prfaescmac", Prf::PRF_AES128_CMAC),
        ("prfsha256", Prf::PRF_HMAC_SHA2_256),
        ("prfsha384", Prf::PRF_HMAC_SHA2_384),
        ("prfsha512", Prf::PRF_HMAC_SHA2_512),
    ],
};

/// Of `dh-group` and `pfs`.
const GROUPS: &[u16] = &[1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32];

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    likeness(text, sign)
}

fn sign(line: Word<'_>) -> Option<Certainty> {
    let words = tokens(line);
    if words.behind(&["set", "vpn", "ipsec"]).is_some() {
        return Some(Certainty::Certain);
    }
    let group = |name: &&str| words.behind(&[name]).is_some_and(|rest| rest.rest().text.ends_with('{') || rest.rest().text.contains('}'));
    ["ike-group", "esp-group"].iter().any(group).then_some(Certainty::Certain)
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

/// A numbered proposal.
#[derive(Default)]
struct Configured {
    lists: Lists,
    span: Option<Span>,
}

/// An IKE group or an ESP group.
#[derive(Default)]
struct Group<'a> {
    proposals: BTreeMap<u64, Configured>,
    lifetime: Option<Stated<u64>>,
    octets: Option<Stated<u64>>,
    pfs: Option<Stated<Pfs>>,
    exchange: Option<Word<'a>>,
    span: Option<Span>,
}

/// A site-to-site peer, or a connection of remote access.
#[derive(Default)]
struct Peer<'a> {
    ike: Option<Word<'a>>,
    esp: Option<Word<'a>>,
    identity: Option<Stated<String>>,
    is_disabled: bool,
}

#[derive(Default)]
struct Config<'a> {
    ike: Named<'a, Group<'a>>,
    esp: Named<'a, Group<'a>>,
    peers: Named<'a, Peer<'a>>,
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let mut config = Config::default();
    statements(text, |statement| visit(statement, &mut config))?;
    let mut settings = Settings::new(Notation::Vyos);
    let peers = config.peers.in_order();
    let peer = peers.iter().map(|(_, peer)| *peer).find(|peer| !peer.is_disabled && (peer.ike.is_some() || peer.esp.is_some()));
    if let Some(group) = chosen(&config.ike, peer.and_then(|peer| peer.ike), "IKE", &mut settings) {
        ike(group, &mut settings);
    }
    if let Some(group) = chosen(&config.esp, peer.and_then(|peer| peer.esp), "ESP", &mut settings) {
        esp(group, &mut settings);
    }
    settings.remote_identity = peer.and_then(|peer| peer.identity.clone());
    if settings.ike.is_empty() && settings.esp.is_empty() { Err(nothing()) } else { Ok(settings) }
}

/// The group of a name, else the first with proposals.
fn chosen<'c, 'a>(all: &'c Named<'a, Group<'a>>, name: Option<Word<'_>>, kind: &str, settings: &mut Settings) -> Option<&'c Group<'a>> {
    let rows = all.in_order();
    let named = name.and_then(|name| rows.iter().find(|(known, _)| *known == name.text));
    let found = named.or_else(|| rows.iter().find(|(_, group)| !group.proposals.is_empty())).copied()?;
    for (name, group) in rows.iter().filter(|(name, _)| *name != found.0).take(8) {
        settings.remark(format!("The {kind} group {name} is another one, and not read here."), group.span);
    }
    Some(found.1)
}

fn visit<'a>(statement: &Statement<'_, 'a>, config: &mut Config<'a>) -> Result<(), NotationError> {
    let is = |name: &str| statement.path.iter().any(|word| word.text.eq_ignore_ascii_case(name));
    if is("site-to-site") || is("remote-access") {
        peer(statement, config);
        return Ok(());
    }
    if let Some([name, rest @ ..]) = statement.behind(&["ike-group"]) {
        return group_statement(statement, rest, config.ike.of(name.text));
    }
    if let Some([name, rest @ ..]) = statement.behind(&["esp-group"]) {
        return group_statement(statement, rest, config.esp.of(name.text));
    }
    Ok(())
}

fn peer<'a>(statement: &Statement<'_, 'a>, config: &mut Config<'a>) {
    let found = statement.behind(&["site-to-site", "peer"]).or_else(|| statement.behind(&["remote-access", "connection"]));
    let Some([name, rest @ ..]) = found else { return };
    let peer = config.peers.of(name.text);
    match rest {
        [key, value, ..] if key.text.eq_ignore_ascii_case("ike-group") => peer.ike = Some(*value),
        [key, ..] if key.text.eq_ignore_ascii_case("disable") => peer.is_disabled = true,
        // The group of a tunnel, of the VTI, or the default of the peer: the first.
        [.., key, value] if key.text.eq_ignore_ascii_case("esp-group") || key.text.eq_ignore_ascii_case("default-esp-group") => {
            peer.esp = peer.esp.or(Some(*value));
        }
        [.., key, value] if key.text.eq_ignore_ascii_case("remote-id") => {
            peer.identity = Some(Stated::at(value.text.to_owned(), value.span()));
        }
        _ => {}
    }
}

fn group_statement<'a>(statement: &Statement<'_, 'a>, rest: &[Word<'a>], group: &mut Group<'a>) -> Result<(), NotationError> {
    extend(&mut group.span, statement.span);
    let [key, value, rest @ ..] = rest else { return Ok(()) };
    match key.text.to_ascii_lowercase().as_str() {
        "lifetime" => group.lifetime = Some(Stated::at(number(*value, "a lifetime in seconds")?, value.span())),
        "life-bytes" => group.octets = Some(Stated::at(number(*value, "a lifetime in octets")?, value.span())),
        "key-exchange" => group.exchange = Some(*value),
        "pfs" => group.pfs = Some(Stated::at(pfs(*value)?, value.span())),
        "proposal" => {
            let configured = group.proposals.entry(number(*value, "the number of a proposal")?).or_default();
            extend(&mut configured.span, statement.span);
            return proposal(rest, &mut configured.lists);
        }
        _ => {}
    }
    Ok(())
}

fn pfs(value: Word<'_>) -> Result<Pfs, NotationError> {
    Ok(match value.text.to_ascii_lowercase().as_str() {
        "enable" => Pfs::IkeGroup,
        "disable" => Pfs::None,
        _ => Pfs::Groups(groups(&[group(value, "dh-group", GROUPS, "enable, disable, or a group of VyOS, as dh-group14")?])),
    })
}

fn proposal(rest: &[Word<'_>], lists: &mut Lists) -> Result<(), NotationError> {
    let [key, value, ..] = rest else { return Ok(()) };
    match key.text.to_ascii_lowercase().as_str() {
        "encryption" => add(&mut lists.encr, ENCRYPTION.read(*value)?),
        "hash" => add(&mut lists.integ, Transform::integ(HASHES.read(*value)?)),
        "prf" => add(&mut lists.prf, Transform::prf(PRFS.read(*value)?)),
        "dh-group" => add(&mut lists.ke, group(*value, "", GROUPS, "a group of VyOS, as 14 or 19")?),
        _ => {}
    }
    Ok(())
}

/// The values VyOS has where the text is silent: aes128, sha1.
fn with_defaults(number: u64, configured: &Configured, kind: &str, settings: &mut Settings) -> Lists {
    let mut lists = configured.lists.clone();
    if lists.encr.is_empty() {
        lists.encr.push(Transform::encr_bits(Encr::ENCR_AES_CBC, 128));
        settings.remark(format!("The {kind} proposal {number} has no encryption: VyOS has aes128 then."), configured.span);
    }
    if lists.integ.is_empty() && (kind == "IKE" || !lists.encr.iter().all(|t| t.is_aead())) && lists.prf.is_empty() {
        lists.integ.push(Transform::integ(Integ::AUTH_HMAC_SHA1_96));
        settings.remark(format!("The {kind} proposal {number} has no hash: VyOS has sha1 then."), configured.span);
    }
    lists
}

fn ike(group: &Group<'_>, settings: &mut Settings) {
    for (number, configured) in &group.proposals {
        let mut lists = with_defaults(*number, configured, "IKE", settings);
        if lists.ke.is_empty() {
            lists.ke.push(Transform::ke(KeMethod::MODP_1024));
            settings.remark(format!("The IKE proposal {number} has no dh-group: VyOS has group 2 then."), configured.span);
        }
        settings.ike.extend(lists.ike().into_iter().map(|value| Stated { value, span: configured.span }));
    }
    settings.ike_lifetime = group.lifetime;
    if let Some(exchange) = group.exchange.filter(|exchange| exchange.text.eq_ignore_ascii_case("ikev1")) {
        settings.remark("The IKE group is for IKEv1: it has key-exchange ikev1.", Some(exchange.span()));
    }
}

fn esp(group: &Group<'_>, settings: &mut Settings) {
    for (number, configured) in &group.proposals {
        let lists = with_defaults(*number, configured, "ESP", settings);
        settings.esp.extend(lists.esp(NO_ESN).into_iter().map(|value| Stated { value, span: configured.span }));
    }
    if settings.esp.is_empty() {
        return;
    }
    settings.set_pfs(group.pfs.clone().unwrap_or(Stated::assumed(Pfs::IkeGroup)));
    settings.esp_lifetime = group.lifetime;
    settings.esp_octets = group.octets;
}
