//! The rows of a provider's tables, and what the functions in them set up.

use crate::error::CryptoError;
use crate::registry::{Encr, Integ, Prf};
use crate::signature::{EcdsaForm, KeyType, SignatureScheme};
use alloc::boxed::Box;
use core::fmt;

/// A cipher that authenticates, under one key and salt (RFC 5282).
///
/// The caller checks the lengths of `iv` and `icv` against those of the transform before it calls.
pub trait Aead: Send + Sync {
    /// Encrypts `text` in place and fills `icv`, which authenticates `aad` as well. `iv` has 8 octets.
    ///
    /// # Errors
    /// [`CryptoError`] if a length is not right.
    fn encrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &mut [u8]) -> Result<(), CryptoError>;

    /// Verifies `aad` and `text` against `icv` in constant time, then decrypts `text` in place.
    ///
    /// # Errors
    /// [`CryptoError`], the same for every cause.
    fn decrypt(&self, aad: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError>;
}

/// A cipher that does not authenticate, under one key.
///
/// The caller has verified a MAC before it calls `decrypt`, and checks that `text` has whole blocks.
pub trait Mode: Send + Sync {
    /// Fills `iv` with what belongs to `counter`. Distinct counters give distinct IVs; a mode that needs unpredictable IVs (CBC) derives
    /// them from the secret `seed` under its own key (NIST SP 800-38A appendix C).
    ///
    /// # Errors
    /// [`CryptoError`] if `iv` does not have the mode's length.
    fn derive_iv(&self, counter: u64, seed: &[u8; 16], iv: &mut [u8]) -> Result<(), CryptoError>;

    /// Encrypts `text` in place.
    ///
    /// # Errors
    /// [`CryptoError`] if a length is not right.
    fn encrypt(&self, iv: &[u8], text: &mut [u8]) -> Result<(), CryptoError>;

    /// Decrypts `text` in place.
    ///
    /// # Errors
    /// [`CryptoError`] if a length is not right.
    fn decrypt(&self, iv: &[u8], text: &mut [u8]) -> Result<(), CryptoError>;
}

/// A keyed function: the MAC of an integrity transform, or a pseudorandom function.
pub trait Mac: Send + Sync {
    /// Fills `out` with the leading octets of the function over the concatenated `parts`.
    ///
    /// # Errors
    /// [`CryptoError`] if `out` is longer than the function's output, or the function could not be computed. `out` is then not used.
    fn compute(&self, parts: &mut dyn Iterator<Item = &[u8]>, out: &mut [u8]) -> Result<(), CryptoError>;
}

type NewAead = fn(key: &[u8], salt: &[u8]) -> Result<Box<dyn Aead>, CryptoError>;
type NewMode = fn(key: &[u8], salt: &[u8]) -> Result<Box<dyn Mode>, CryptoError>;
type NewMac = fn(key: &[u8]) -> Result<Box<dyn Mac>, CryptoError>;
type NewPrf = fn(key: &[&[u8]]) -> Box<dyn Mac>;
type Verify = fn(key: &[u8], octets: &[u8], signature: &[u8]) -> Result<(), CryptoError>;

/// A cipher that authenticates, with one key length.
#[derive(Clone, Copy)]
pub struct AeadRow {
    encr: Encr,
    key_bits: u16,
    new: NewAead,
}

impl AeadRow {
    /// `new` gets the key and the salt, each of the transform's length.
    #[must_use]
    pub const fn new(encr: Encr, key_bits: u16, new: NewAead) -> Self {
        Self { encr, key_bits, new }
    }

    pub(super) fn is(&self, encr: Encr, key_bits: u16) -> bool {
        (self.encr, self.key_bits) == (encr, key_bits)
    }

    pub(crate) fn key(&self, key: &[u8], salt: &[u8]) -> Result<Box<dyn Aead>, CryptoError> {
        (self.new)(key, salt)
    }
}

/// A cipher that does not authenticate, with one key length; 0 bits for NULL.
#[derive(Clone, Copy)]
pub struct ModeRow {
    encr: Encr,
    key_bits: u16,
    new: NewMode,
}

impl ModeRow {
    /// `new` gets the key and the salt (of AES-CTR; else empty), each of the transform's length.
    #[must_use]
    pub const fn new(encr: Encr, key_bits: u16, new: NewMode) -> Self {
        Self { encr, key_bits, new }
    }

    pub(super) fn is(&self, encr: Encr, key_bits: u16) -> bool {
        (self.encr, self.key_bits) == (encr, key_bits)
    }

    pub(crate) fn key(&self, key: &[u8], salt: &[u8]) -> Result<Box<dyn Mode>, CryptoError> {
        (self.new)(key, salt)
    }
}

/// An integrity algorithm.
#[derive(Clone, Copy)]
pub struct MacRow {
    integ: Integ,
    new: NewMac,
}

impl MacRow {
    /// `new` gets the key, of the transform's length.
    #[must_use]
    pub const fn new(integ: Integ, new: NewMac) -> Self {
        Self { integ, new }
    }

    pub(super) const fn id(&self) -> Integ {
        self.integ
    }

    pub(crate) fn key(&self, key: &[u8]) -> Result<Box<dyn Mac>, CryptoError> {
        (self.new)(key)
    }
}

/// A pseudorandom function.
#[derive(Clone, Copy)]
pub struct PrfRow {
    id: Prf,
    output_len: usize,
    new: NewPrf,
}

impl PrfRow {
    /// `output_len` is the length of the output in octets, 1 to 64, of a function whose length the registry does not know; a value outside
    /// is taken as the nearest one inside. The length of other functions is that of the registry. `new` gets the key in parts, of any length: an AES function
    /// brings it to its own length (RFC 4434 section 2, RFC 4615 section 3).
    #[must_use]
    pub const fn new(id: Prf, output_len: usize, new: NewPrf) -> Self {
        let output_len = match (id.facts(), output_len) {
            (Some(facts), _) => facts.output_len,
            (None, 0) => 1,
            (None, 1..=64) => output_len,
            (None, _) => 64,
        };
        Self { id, output_len, new }
    }

    pub(crate) const fn id(&self) -> Prf {
        self.id
    }

    pub(crate) const fn output_len(&self) -> usize {
        self.output_len
    }

    pub(crate) fn key(&self, key: &[&[u8]]) -> Box<dyn Mac> {
        (self.new)(key)
    }
}

/// Verification of the signatures of one scheme by one type of key.
#[derive(Clone, Copy)]
pub struct VerifierRow {
    scheme: SignatureScheme,
    key: KeyType,
    form: EcdsaForm,
    verify: Verify,
}

impl VerifierRow {
    /// `verify` gets the contents of the BIT STRING of the key's SubjectPublicKeyInfo, the signed octets and the signature. `form`
    /// counts for ECDSA only.
    #[must_use]
    pub const fn new(scheme: SignatureScheme, key: KeyType, form: EcdsaForm, verify: Verify) -> Self {
        Self { scheme, key, form, verify }
    }

    pub(super) fn is(&self, scheme: SignatureScheme, key: KeyType, form: EcdsaForm) -> bool {
        (self.scheme, self.key) == (scheme, key) && (self.form == form || !key.is_ecdsa())
    }

    pub(crate) fn verify(&self, key: &[u8], octets: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        (self.verify)(key, octets, signature)
    }
}

macro_rules! debug {
    ($($row:ident { $($field:ident),+ })+) => {$(
        impl fmt::Debug for $row {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($row))$(.field(stringify!($field), &self.$field))+.finish_non_exhaustive()
            }
        }
    )+};
}

debug! {
    AeadRow { encr, key_bits }
    ModeRow { encr, key_bits }
    MacRow { integ }
    PrfRow { id }
    VerifierRow { scheme, key, form }
}
