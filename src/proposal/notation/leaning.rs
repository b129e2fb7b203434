//! Whether an ipsec.conf, its lines, or a list of proposals is of strongSwan or of libreswan, which descend from one ancestor.
//!
//! Told by the settings that only one of them has (their ipsec.conf(5)), and by whose grammar reads the proposals.

use super::assignments::unquoted;
use super::ipsec_conf::{Conf, Setting};
use super::libreswan::{self, Release};
use super::likeness::Certainty;
use super::words::Word;
use super::{Notation, strongswan};

/// Lists longer than this are not read to find out whose they are.
const LONGEST: usize = 4096;

/// Settings that are weighed; those of the first connections tell whose file it is.
const MOST: usize = 500;

/// Lists of proposals that are read for that.
const MOST_LISTS: u32 = 16;

/// Signs of one and of the other.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Leaning {
    strongswan: u32,
    libreswan: u32,
    /// Sections are there, and not settings or proposals alone.
    sections: bool,
    lists: u32,
}

const STRONGSWAN: &[&str] = &[
    "leftauth",
    "rightauth",
    "leftauth2",
    "rightauth2",
    "leftfirewall",
    "rightfirewall",
    "leftsourceip",
    "rightsourceip",
    "eap_identity",
    "aaa_identity",
    "rightdns",
    "leftdns",
    "closeaction",
    "forceencaps",
    "reauth",
    "charondebug",
    "strictcrlpolicy",
    "cachecrls",
    "leftsendcert",
    "inactivity",
    "installpolicy",
    "mark_in",
    "mark_out",
    "lifetime",
    "lifebytes",
    "lifepackets",
    "margintime",
    "replay_window",
    "tfc",
    "xauth_identity",
    "leftgroups",
    "rightgroups",
    "keyexchange",
    "mediation",
    "mobike",
];

const LIBRESWAN: &[&str] = &[
    "ikev2",
    "phase2",
    "phase2alg",
    "salifetime",
    "pfs",
    "esn",
    "authby",
    "encapsulation",
    "narrowing",
    "intermediate",
    "leftrsasigkey",
    "rightrsasigkey",
    "rightaddresspool",
    "leftaddresspool",
    "modecfgdns",
    "modecfgpull",
    "leftmodecfgclient",
    "rightmodecfgclient",
    "leftmodecfgserver",
    "rightmodecfgserver",
    "leftxauthclient",
    "rightxauthclient",
    "leftxauthserver",
    "rightxauthserver",
    "retransmit-timeout",
    "retransmit-interval",
    "replay-window",
    "vti-interface",
    "vti-routing",
    "ipsec-interface",
    "nic-offload",
    "sha2-truncbug",
    "ppk",
    "logfile",
    "plutodebug",
    "protostack",
    "virtual-private",
    "virtual_private",
    "plutostderrlog",
    "dumpdir",
    "nhelpers",
    "ikelifetime-max",
    "leftsubnets",
    "rightsubnets",
    "overlapip",
    "priority",
    "ms-dh-downgrade",
    "dns-match-id",
    "fake-strongswan",
    "initial-contact",
    "decap-dscp",
    "enable-tcp",
    "tcp-remoteport",
    "leftcat",
    "rightcat",
    "require-id-on-certificate",
];

const PROPOSALS: &[&str] = &["ike", "esp", "ah", "phase2alg"];

impl Leaning {
    /// How sure it is that the text is in the notation of one of the two.
    pub(super) fn confidence(self, notation: Notation) -> Option<Certainty> {
        let own = notation == Notation::StrongSwan;
        let (mine, others) = if own { (self.strongswan, self.libreswan) } else { (self.libreswan, self.strongswan) };
        match (self.sections, mine.cmp(&others)) {
            (true, core::cmp::Ordering::Greater) => Some(Certainty::Certain),
            (true, core::cmp::Ordering::Equal) | (false, core::cmp::Ordering::Greater) => Some(Certainty::Likely),
            (true, core::cmp::Ordering::Less) | (false, core::cmp::Ordering::Equal) => Some(Certainty::Possible),
            (false, core::cmp::Ordering::Less) => None,
        }
    }

    const fn add(&mut self, strongswan: u32, libreswan: u32) {
        self.strongswan = self.strongswan.saturating_add(strongswan);
        self.libreswan = self.libreswan.saturating_add(libreswan);
    }

    fn setting(&mut self, setting: &Setting<'_>) {
        let among = |keys: &[&str]| keys.iter().any(|key| key.eq_ignore_ascii_case(setting.key.text));
        self.add(u32::from(among(STRONGSWAN)), u32::from(among(LIBRESWAN)));
        if among(PROPOSALS) && self.lists < MOST_LISTS {
            self.lists = self.lists.saturating_add(1);
            self.proposals(setting.value.text);
        }
    }

    /// Weighs a list of proposals by who reads it, and where both or neither do, by signs.
    fn proposals(&mut self, text: &str) {
        let text = text.get(..LONGEST).map_or(text, |front| front.rsplit_once(',').map_or(front, |(front, _)| front));
        let strong = text.len() <= LONGEST && (strongswan::parse_ike(text).is_ok() || strongswan::parse_esp(text).is_ok());
        let libre =
            text.len() <= LONGEST && (libreswan::parse_ike(text, Release::V5).is_ok() || libreswan::parse_esp(text, Release::V5).is_ok());
        match (strong, libre) {
            (true, false) => self.add(3, 0),
            (false, true) => self.add(0, 3),
            _ => {
                let lower = text.to_ascii_lowercase();
                let has = |signs: &[&str]| signs.iter().any(|sign| lower.contains(sign));
                self.add(u32::from(has(&["prf", "!", "gcm16", "x25519", "ke1_"])), u32::from(has(&[";", "+", "aes_", "-dh", "sha2"])));
            }
        }
    }
}

/// Whether a word begins with the name of a cipher of either.
fn is_cipher(text: &str) -> bool {
    const STEMS: [&str; 10] = ["aes", "3des", "des", "camellia", "chacha20", "null", "cast", "blowfish", "serpent", "twofish"];
    STEMS.iter().any(|stem| text.get(..stem.len()).is_some_and(|front| front.eq_ignore_ascii_case(stem)))
}

/// Of an ipsec.conf, or of lines as `ike=..`; `None` when the text is neither.
pub(super) fn of_conf(text: &str) -> Option<Leaning> {
    if !text.contains('=') {
        return None;
    }
    let conf = Conf::parse(text);
    let mut leaning = Leaning { sections: conf.own().any(|conn| !conn.settings.is_empty()), ..Leaning::default() };
    let is_list = |setting: &&Setting<'_>| {
        PROPOSALS.iter().any(|key| key.eq_ignore_ascii_case(setting.key.text))
            && (is_cipher(setting.value.text) || (setting.key.text.eq_ignore_ascii_case("ah")) || setting.value.text.starts_with("default"))
    };
    if !leaning.sections && !conf.loose.iter().any(|setting| is_list(&setting)) {
        return None;
    }
    for setting in conf.conns.iter().flat_map(|conn| &conn.settings).chain(&conf.setup).chain(&conf.loose).take(MOST) {
        leaning.setting(setting);
    }
    Some(leaning)
}

/// Of a list of proposals that stands alone; `None` when the text is none.
pub(super) fn of_list(text: &str) -> Option<Leaning> {
    let list = unquoted(Word::whole(text).trim()).text;
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ',' | '-' | ';' | '+' | '=' | '!' | ' ' | '\t');
    if !is_cipher(list) || !list.chars().all(allowed) {
        return None;
    }
    // Blanks stand around the signs alone.
    let mut words = list.split([',', '-', ';', '+', '=', '!']).map(str::trim);
    if words.any(|word| word.contains([' ', '\t'])) {
        return None;
    }
    let mut leaning = Leaning::default();
    leaning.proposals(list);
    Some(leaning)
}
