//! The generic configuration text that the console of AWS has for download ("Download configuration", vendor Generic): what a
//! customer gateway is to be set to, the least of what AWS takes.

use super::super::likeness::{Certainty, Likeness};
use super::super::lists::{List, Lists, holds, missing, seconds};
use super::super::names::Names;
use super::super::settings::{Pfs, Settings, Stated};
use super::super::span::{Span, extend};
use super::super::words::Word;
use super::super::{Notation, NotationError};
use super::names::PFS_GROUPS;
use crate::registry::{Encr, Integ, SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

const CIPHERS: Names<Transform> = Names {
    expected: "an encryption algorithm, as aes-256-cbc",
    rows: &[
        ("aes-128-cbc", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("aes-256-cbc", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("aes-128-gcm-16", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes-256-gcm-16", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("aes-128-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("aes-256-gcm", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
    ],
};

const INTEGS: Names<Integ> = Names {
    expected: "an authentication algorithm, as sha256 or hmac-sha1-96",
    rows: &[
        ("sha1", Integ::AUTH_HMAC_SHA1_96),
        ("hmac-sha1-96", Integ::AUTH_HMAC_SHA1_96),
        ("sha256", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha2-256", Integ::AUTH_HMAC_SHA2_256_128),
        ("hmac-sha2-256", Integ::AUTH_HMAC_SHA2_256_128),
        ("hmac-sha256-128", Integ::AUTH_HMAC_SHA2_256_128),
        ("sha384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha2-384", Integ::AUTH_HMAC_SHA2_384_192),
        ("hmac-sha2-384", Integ::AUTH_HMAC_SHA2_384_192),
        ("sha512", Integ::AUTH_HMAC_SHA2_512_256),
        ("sha2-512", Integ::AUTH_HMAC_SHA2_512_256),
        ("hmac-sha2-512", Integ::AUTH_HMAC_SHA2_512_256),
    ],
};

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    let at = holds(text, "Internet Key Exchange Configuration")?;
    holds(text, "IPSec Configuration")?;
    holds(text, "Authentication Algorithm")?;
    let sure = holds(text, "Amazon Web Services").is_some() || holds(text, "Phase 1 Negotiation Mode").is_some();
    let confidence = if sure { Certainty::Certain } else { Certainty::Likely };
    Some(Likeness { span: Span { at, len: text.len().saturating_sub(at) }, confidence })
}

/// One of the two halves of a tunnel.
#[derive(Default)]
struct Half<'a> {
    cipher: List<'a>,
    integ: List<'a>,
    group: List<'a>,
    lifetime: List<'a>,
    span: Option<Span>,
}

impl Half<'_> {
    fn lists(&self, protocol: SecurityProtocol) -> Result<Lists, NotationError> {
        let place = self.span.unwrap_or(Span { at: 0, len: 0 });
        if self.cipher.is_default() {
            return Err(missing(place.at, place.len, protocol, TransformType::ENCR));
        }
        let ciphers = self.cipher.read(&CIPHERS)?;
        if self.integ.is_default() && ciphers.iter().any(|cipher| !cipher.is_aead()) {
            return Err(missing(place.at, place.len, protocol, TransformType::INTEG));
        }
        if self.group.is_default() {
            return Err(missing(place.at, place.len, protocol, TransformType::KE));
        }
        let groups = self.group.read(&PFS_GROUPS)?;
        Ok(Lists { ciphers, integs: self.integ.read(&INTEGS)?, prfs: Vec::new(), groups, span: self.span })
    }
}

pub(super) fn read(text: &str) -> Result<Settings, NotationError> {
    let [ike, esp] = halves(text);
    let mut settings = Settings::new(Notation::Aws);
    settings.ike = ike.lists(SecurityProtocol::IKE)?.proposals(SecurityProtocol::IKE);
    let lists = esp.lists(SecurityProtocol::ESP)?;
    settings.esp = lists.proposals(SecurityProtocol::ESP);
    settings.set_pfs(Stated { value: Pfs::Groups(lists.groups), span: esp.group.span });
    settings.ike_lifetime = seconds(&ike.lifetime);
    settings.esp_lifetime = seconds(&esp.lifetime);
    settings.remark("This is what AWS tells the customer gateway to be set to: the least it takes, and not all that it takes.", None);
    settings.remark("AWS does not say which PRFs it takes; that of the integrity algorithm is assumed.", None);
    Ok(settings)
}

/// The settings of the first tunnel.
fn halves(text: &str) -> [Half<'_>; 2] {
    let mut halves = [Half::default(), Half::default()];
    let mut at = None;
    for line in Word::whole(text).split(&['\n']) {
        if holds(line.text, "Internet Key Exchange Configuration").is_some() {
            if at.is_some() {
                break;
            }
            at = Some(0);
        } else if holds(line.text, "IPSec Configuration").is_some() {
            at = at.map(|_| 1);
        }
        let Some(half) = at.and_then(|at: usize| halves.get_mut(at)) else { continue };
        let Some((name, _)) = line.text.split_once(':') else { continue };
        let name = name.trim_start_matches(['-', ' ', '\t', '>']).trim_end();
        let value = line.behind(line.text.find(':').unwrap_or(0).saturating_add(1)).trim();
        let last = Word { text: value.text.rsplit(' ').next().unwrap_or(""), ..value };
        let last = value.behind(value.text.len().saturating_sub(last.text.len()));
        let first = Word { text: value.text.split(' ').next().unwrap_or(""), ..value };
        let (field, word) = match name {
            "Authentication Algorithm" => (&mut half.integ, first),
            "Encryption Algorithm" => (&mut half.cipher, first),
            "Lifetime" => (&mut half.lifetime, first),
            "Diffie-Hellman" | "Perfect Forward Secrecy" => (&mut half.group, last),
            _ => continue,
        };
        *field = List::new(line, Vec::from([word]));
        extend(&mut half.span, line.span());
    }
    halves
}
