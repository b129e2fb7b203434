//! `Ikev2VpnProfile`: what the VPN client of the platform offers.
//!
//! `VpnIkev2Utils` of AOSP: for IKE two proposals that cannot be set; for ESP one with the ciphers of normal mode and one with
//! those of combined mode, of each those whose names of `IpSecAlgorithm` are allowed. The lists are those of the profiles
//! `android-ikev2vpnprofile-ike` and `-esp`.

use super::super::names::Names;
use super::super::settings::{Pfs, Settings, Span, Stated};
use super::super::words::Word;
use super::super::{NotationError, proposal};
use super::constant;
use crate::proposal::profiles;
use crate::registry::{Encr, Integ, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

/// What an allowed algorithm lets pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pass {
    Encr(Encr),
    Gcm,
    Integ(Integ),
    /// An algorithm that the platform does not offer.
    Nothing,
}

const ALGORITHMS: Names<Pass> = Names {
    expected: "a constant of IpSecAlgorithm, as AUTH_CRYPT_AES_GCM",
    rows: &[
        ("CRYPT_AES_CBC", Pass::Encr(Encr::ENCR_AES_CBC)),
        ("CRYPT_AES_CTR", Pass::Encr(Encr::ENCR_AES_CTR)),
        ("AUTH_CRYPT_AES_GCM", Pass::Gcm),
        ("AUTH_CRYPT_CHACHA20_POLY1305", Pass::Encr(Encr::ENCR_CHACHA20_POLY1305)),
        ("AUTH_HMAC_SHA256", Pass::Integ(Integ::AUTH_HMAC_SHA2_256_128)),
        ("AUTH_HMAC_SHA384", Pass::Integ(Integ::AUTH_HMAC_SHA2_384_192)),
        ("AUTH_HMAC_SHA512", Pass::Integ(Integ::AUTH_HMAC_SHA2_512_256)),
        ("AUTH_AES_XCBC", Pass::Integ(Integ::AUTH_AES_XCBC_96)),
        ("AUTH_AES_CMAC", Pass::Integ(Integ::AUTH_AES_CMAC_96)),
        ("AUTH_HMAC_MD5", Pass::Nothing),
        ("AUTH_HMAC_SHA1", Pass::Nothing),
    ],
};

/// The algorithms that are allowed; all of them when none is named.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed {
    passes: Vec<Pass>,
    span: Option<Span>,
}

impl Allowed {
    pub(super) fn allow(&mut self, words: &[Word<'_>], span: Span) -> Result<(), NotationError> {
        for word in words.iter().copied().map(constant) {
            // `Arrays.asList`, `List.of`, `listOf`, `new ArrayList`, and variables begin in lower case or end in a method.
            if word.text.contains(|c: char| c.is_ascii_lowercase()) || word.text.is_empty() {
                continue;
            }
            let pass = ALGORITHMS.read(word)?;
            if !self.passes.contains(&pass) {
                self.passes.push(pass);
            }
        }
        self.span = Some(span);
        Ok(())
    }

    fn passes(&self, transform: Transform) -> bool {
        let asked = match transform.ty {
            TransformType::ENCR => match Encr(transform.id.0) {
                Encr::ENCR_AES_GCM_8 | Encr::ENCR_AES_GCM_12 | Encr::ENCR_AES_GCM_16 => Pass::Gcm,
                other => Pass::Encr(other),
            },
            TransformType::INTEG => Pass::Integ(Integ(transform.id.0)),
            _ => return true,
        };
        self.passes.is_empty() || self.passes.contains(&asked)
    }

    /// Puts what the platform offers behind what builders made.
    pub(super) fn fill(&self, settings: &mut Settings) {
        let profile = |name| profiles::find(name).into_iter().flat_map(|profile| profile.to_proposals());
        settings.ike.extend(profile("android-ikev2vpnprofile-ike").map(Stated::assumed));
        for mut esp in profile("android-ikev2vpnprofile-esp") {
            esp.transforms.retain(|transform| self.passes(*transform));
            let of = |ty| esp.of_type(ty).next();
            let Some(cipher) = of(TransformType::ENCR) else { continue };
            if cipher.is_aead() || of(TransformType::INTEG).is_some() {
                settings.esp.push(Stated { value: proposal(esp.protocol, esp.transforms), span: self.span });
            }
        }
        settings.pfs.get_or_insert(Stated::assumed(Pfs::None));
        let text = "The IKE proposals of Ikev2VpnProfile cannot be set; those of Android 12 and later are taken.";
        settings.remark(text, None);
        if self.passes.is_empty() {
            settings.remark("The text names no allowed algorithms: the default of the platform is taken.", self.span);
        }
    }
}
