//! What a selection says about the protection of an IKE SA.

use crate::error::SuiteError;
use crate::proposal::Selection;
use crate::protect::Suite;
use crate::registry::{Encr, Integ, TransformType};

impl Selection {
    /// The cipher and the integrity algorithm chosen, for the SK and SKF payloads of an IKE SA (RFC 7296 section 3.14).
    ///
    /// # Errors
    /// [`SuiteError`] if no provider of this crate can have the suite ([`Policy::restrict`](crate::proposal::Policy::restrict) takes such
    /// transforms out of a policy), if the two do not belong together, which some dialects choose all the same, or if nothing was chosen
    /// that encrypts, as for AH.
    pub fn suite(&self) -> Result<Suite, SuiteError> {
        let encr = self.transform(TransformType::ENCR);
        let id = encr.map_or_else(Encr::default, |encr| Encr(encr.id.0));
        let integ = self.transform(TransformType::INTEG).map(|integ| Integ(integ.id.0));
        Suite::new(id, encr.and_then(|encr| encr.key_bits), integ)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Algorithm, Unsupported};
    use crate::keys::KeyLengths;
    use crate::proposal::{Dialect, NegotiationContext, Policy, Question, negotiate, notation::strongswan};
    use crate::registry::{KeMethod, Prf};

    fn select(policy: &Policy, context: NegotiationContext, spi: &[u8]) -> Selection {
        negotiate(&policy.offer(spi).unwrap(), Question::new(context, Some(KeMethod::CURVE25519)), policy).unwrap()
    }

    #[test]
    fn a_selection_gives_suite_prf_and_key_lengths() {
        let ike =
            |text| select(&Policy::new(Dialect::Rfc, strongswan::parse_ike(text).unwrap()).unwrap(), NegotiationContext::IkeSaInit, &[]);
        let cbc = ike("aes256-sha256-prfsha384-x25519");
        let suite = cbc.suite().unwrap();
        assert_eq!((suite.encr(), suite.key_bits(), suite.integ()), (Encr::ENCR_AES_CBC, 256, Integ::AUTH_HMAC_SHA2_256_128));
        assert_eq!(cbc.prf(), Some(Prf::PRF_HMAC_SHA2_384));
        assert_eq!(cbc.key_lengths(), Some(KeyLengths { encr: suite.sk_e_len(), integ: suite.sk_a_len() }));
        let gcm = ike("aes128gcm12-prfsha256-x25519");
        let suite = gcm.suite().unwrap();
        assert_eq!((suite.encr(), suite.key_bits(), suite.integ(), suite.icv_len()), (Encr::ENCR_AES_GCM_12, 128, Integ::NONE, 12));
        assert_eq!(gcm.key_lengths(), Some(KeyLengths { encr: 20, integ: 0 }));
    }

    #[test]
    fn a_child_has_no_prf_and_ah_no_suite() {
        let policy = |proposals| Policy::new(Dialect::Rfc, proposals).unwrap();
        let esp = select(&policy(strongswan::parse_esp("aes256gcm16").unwrap()), NegotiationContext::IkeAuth, &[1; 4]);
        assert_eq!((esp.prf(), esp.suite().map(|suite| suite.encr())), (None, Ok(Encr::ENCR_AES_GCM_16)));
        let ah = select(&policy(strongswan::parse_ah("sha256").unwrap()), NegotiationContext::IkeAuth, &[1; 4]);
        let none = Unsupported::new(Algorithm::Encr(Encr(0), None));
        assert_eq!(ah.suite().map(|suite| suite.encr()), Err(SuiteError::Unsupported(none)));
    }
}
