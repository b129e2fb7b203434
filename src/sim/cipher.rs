//! What protects the messages of a simulation.

use crate::error::{CryptoError, SuiteError};
use crate::protect::{IvSequence, Opener, Sealer, Suite};
use crate::provider::Provider;
use crate::role::Role;
use alloc::boxed::Box;
use alloc::vec;
use alloc::vec::Vec;

/// What protects the messages of a simulated SA.
///
/// A [`SuiteCipher`] does it as a real IKE SA would; [`NoCipher`] costs nothing. The keys are for one simulation: reporting receivers get a
/// Sealer of their own each run.
pub trait SimCipher: Send + Sync {
    /// A Sealer for what this side sends.
    fn sealer(&self, sender: Role) -> Box<dyn Sealer>;

    /// The Opener for it.
    fn opener(&self, sender: Role) -> Box<dyn Opener>;
}

/// A suite of a provider, under keys that are the same in every simulation and guard nothing.
#[derive(Debug)]
pub struct SuiteCipher {
    provider: Provider,
    suite: Suite,
}

/// The seed of the IVs of suites whose IVs come from one, as each run begins anew.
const IV_SEED: [u8; 16] = [3; 16];

impl SuiteCipher {
    /// # Errors
    /// The provider does not have the suite.
    pub fn new(provider: Provider, suite: Suite) -> Result<Self, SuiteError> {
        let cipher = Self { provider, suite };
        cipher.try_sealer(Role::Initiator)?;
        cipher.try_opener(Role::Initiator)?;
        Ok(cipher)
    }

    fn keys(&self, sender: Role) -> (Vec<u8>, Vec<u8>) {
        let octet = u8::from(sender.is_initiator());
        (vec![octet; self.suite.sk_e_len()], vec![octet; self.suite.sk_a_len()])
    }

    fn try_sealer(&self, sender: Role) -> Result<Box<dyn Sealer>, SuiteError> {
        let (sk_e, sk_a) = self.keys(sender);
        self.suite.sealer(&self.provider, &sk_e, &sk_a, IvSequence::new(&IV_SEED))
    }

    fn try_opener(&self, sender: Role) -> Result<Box<dyn Opener>, SuiteError> {
        let (sk_e, sk_a) = self.keys(sender);
        self.suite.opener(&self.provider, &sk_e, &sk_a)
    }
}

// `new` has made both once, of keys of the same lengths: what went well then goes well here. If not, nothing is sealed or opened.
impl SimCipher for SuiteCipher {
    fn sealer(&self, sender: Role) -> Box<dyn Sealer> {
        self.try_sealer(sender).unwrap_or_else(|_| Box::new(Refuses))
    }

    fn opener(&self, sender: Role) -> Box<dyn Opener> {
        self.try_opener(sender).unwrap_or_else(|_| Box::new(Refuses))
    }
}

/// Seals nothing and opens nothing.
struct Refuses;

impl Sealer for Refuses {
    fn iv_len(&self) -> usize {
        IV_LEN
    }

    fn icv_len(&self) -> usize {
        ICV_LEN
    }

    fn block_len(&self) -> usize {
        1
    }

    fn seal(&mut self, _aad: &[u8], _iv: &mut [u8], _text: &mut [u8], _icv: &mut [u8]) -> Result<(), CryptoError> {
        Err(CryptoError)
    }
}

impl Opener for Refuses {
    fn iv_len(&self) -> usize {
        IV_LEN
    }

    fn icv_len(&self) -> usize {
        ICV_LEN
    }

    fn block_len(&self) -> usize {
        1
    }

    fn open(&self, _aad: &[u8], _iv: &[u8], _text: &mut [u8], _icv: &[u8]) -> Result<(), CryptoError> {
        Err(CryptoError)
    }
}

/// The lengths of AES-GCM with an ICV of 16 octets, and no protection at all: for simulations and nothing else.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCipher;

/// Writes a counter as IV, so that no two datagrams are the same.
#[derive(Debug, Default)]
struct Plain {
    counter: u64,
}

impl SimCipher for NoCipher {
    fn sealer(&self, _sender: Role) -> Box<dyn Sealer> {
        Box::new(Plain::default())
    }

    fn opener(&self, _sender: Role) -> Box<dyn Opener> {
        Box::new(Plain::default())
    }
}

const IV_LEN: usize = 8;
const ICV_LEN: usize = 16;

impl Sealer for Plain {
    fn iv_len(&self) -> usize {
        IV_LEN
    }

    fn icv_len(&self) -> usize {
        ICV_LEN
    }

    fn block_len(&self) -> usize {
        1
    }

    fn seal(&mut self, _aad: &[u8], iv: &mut [u8], _text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError> {
        self.counter = self.counter.checked_add(1).ok_or(CryptoError)?;
        let iv: &mut [u8; IV_LEN] = iv.try_into().map_err(|_| CryptoError)?;
        *iv = self.counter.to_be_bytes();
        icv.fill(0);
        Ok(())
    }
}

impl Opener for Plain {
    fn iv_len(&self) -> usize {
        IV_LEN
    }

    fn icv_len(&self) -> usize {
        ICV_LEN
    }

    fn block_len(&self) -> usize {
        1
    }

    fn open(&self, _aad: &[u8], _iv: &[u8], _text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        if icv.iter().all(|octet| *octet == 0) { Ok(()) } else { Err(CryptoError) }
    }
}
