//! AES-GCM by ring for the simulated SA, with keys nobody else uses.

use ikev2::Role;
use ikev2::error::SuiteError;
use ikev2::protect::{Ivs, Opener, Sealer, Suite};
use ikev2::provider::Provider;
use ikev2::registry::Encr;
use ikev2::sim::{Cipher, NoCipher};

pub(crate) struct AesGcm(Suite);

impl AesGcm {
    pub(crate) fn new() -> Result<Self, SuiteError> {
        Suite::new(Encr::ENCR_AES_GCM_16, Some(128), None).map(Self)
    }
}

impl Cipher for AesGcm {
    fn sealer(&self, sender: Role) -> Box<dyn Sealer> {
        // A suite that was made takes keys of its lengths: nothing else fails.
        let sealer = self.0.sealer(&Provider::builtin(), &[u8::from(sender.is_initiator()); 20], &[], Ivs::new(&[3; 16]));
        sealer.unwrap_or_else(|_| NoCipher.sealer(sender))
    }

    fn opener(&self, sender: Role) -> Box<dyn Opener> {
        self.0.opener(&Provider::builtin(), &[u8::from(sender.is_initiator()); 20], &[]).unwrap_or_else(|_| NoCipher.opener(sender))
    }
}
