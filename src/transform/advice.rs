//! What RFC 8247 (IKE) and RFC 8221 (ESP and AH), both updated by RFC 9395, say against a transform.

use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, TransformType};
use crate::transform::Transform;

/// How strongly a standard advises against a transform; the worst is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
pub enum Advice {
    /// Downgraded to "MAY": neither required nor recommended any more.
    Downgraded,
    /// "MUST-": still required, about to be given up.
    Ageing,
    /// "SHOULD NOT".
    ShouldNot,
    /// "MUST NOT", or deprecated by RFC 9395.
    MustNot,
}

/// Advice against a transform, with its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Weakness {
    /// The transform advised against.
    pub transform: Transform,
    /// How strongly.
    pub advice: Advice,
    /// The document that says so.
    pub reference: &'static str,
}

impl core::fmt::Display for Weakness {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let advice = match self.advice {
            Advice::Downgraded => "downgraded to MAY",
            Advice::Ageing => "MUST-, about to be given up",
            Advice::ShouldNot => "SHOULD NOT",
            Advice::MustNot => "MUST NOT",
        };
        write!(f, "{} is weak ({}: {advice})", self.transform, self.reference)
    }
}

/// Advice against `transform` in an SA of `protocol`; `None` when there is none.
///
/// ```
/// use ikev2::transform::{Advice, Transform, advice_against};
/// use ikev2::registry::{KeMethod, SecurityProtocol};
/// let group2 = advice_against(SecurityProtocol::IKE, Transform::ke(KeMethod::MODP_1024)).unwrap();
/// assert_eq!((group2.advice, group2.reference), (Advice::ShouldNot, "RFC 8247"));
/// assert!(advice_against(SecurityProtocol::IKE, Transform::ke(KeMethod::ECP_384)).is_none());
/// ```
#[must_use]
pub fn advice_against(protocol: SecurityProtocol, transform: Transform) -> Option<Weakness> {
    let standard = if protocol == SecurityProtocol::IKE { "RFC 8247" } else { "RFC 8221" };
    let (advice, reference) = match transform.ty {
        TransformType::ENCR => encr(protocol, Encr(transform.id.0), standard)?,
        TransformType::PRF => prf(Prf(transform.id.0))?,
        TransformType::INTEG => integ(Integ(transform.id.0), standard)?,
        ty if ty.is_key_exchange() => ke(KeMethod(transform.id.0))?,
        _ => return None,
    };
    Some(Weakness { transform, advice, reference })
}

const RFC_9395: (Advice, &str) = (Advice::MustNot, "RFC 9395");

fn encr(protocol: SecurityProtocol, id: Encr, standard: &'static str) -> Option<(Advice, &'static str)> {
    Some(match id {
        Encr::ENCR_DES => (Advice::MustNot, standard),
        Encr::ENCR_DES_IV64
        | Encr::ENCR_DES_IV32
        | Encr::ENCR_RC5
        | Encr::ENCR_IDEA
        | Encr::ENCR_CAST
        | Encr::ENCR_BLOWFISH
        | Encr::ENCR_3IDEA => RFC_9395,
        Encr::ENCR_3DES if protocol != SecurityProtocol::IKE => (Advice::ShouldNot, standard),
        Encr::ENCR_3DES => (Advice::Downgraded, standard),
        Encr::ENCR_NULL if protocol == SecurityProtocol::IKE => (Advice::MustNot, "RFC 7296"),
        _ => return None,
    })
}

fn prf(id: Prf) -> Option<(Advice, &'static str)> {
    Some(match id {
        Prf::PRF_HMAC_MD5 => (Advice::MustNot, "RFC 8247"),
        Prf::PRF_HMAC_TIGER => RFC_9395,
        Prf::PRF_HMAC_SHA1 => (Advice::Ageing, "RFC 8247"),
        _ => return None,
    })
}

fn integ(id: Integ, standard: &'static str) -> Option<(Advice, &'static str)> {
    Some(match id {
        Integ::AUTH_HMAC_MD5_96 | Integ::AUTH_DES_MAC | Integ::AUTH_KPDK_MD5 => (Advice::MustNot, standard),
        Integ::AUTH_HMAC_MD5_128 | Integ::AUTH_HMAC_SHA1_160 => RFC_9395,
        Integ::AUTH_HMAC_SHA1_96 => (Advice::Ageing, standard),
        _ => return None,
    })
}

fn ke(id: KeMethod) -> Option<(Advice, &'static str)> {
    Some(match id {
        KeMethod::MODP_768 | KeMethod::MODP_1024_160 => (Advice::MustNot, "RFC 8247"),
        KeMethod::MODP_1024 | KeMethod::MODP_1536 | KeMethod::MODP_2048_224 | KeMethod::MODP_2048_256 => (Advice::ShouldNot, "RFC 8247"),
        _ => return None,
    })
}
