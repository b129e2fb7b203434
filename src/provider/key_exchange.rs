//! Key exchanges: a row of a provider's table, what is begun with it, and the secret that comes of it.

use super::random::Random;
use crate::error::CryptoError;
use crate::registry::KeMethod;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::fmt;
use zeroize::Zeroizing;

/// The shared secret of one key exchange: g^ir of RFC 7296 section 2.14, or SK(n) of RFC 9370 section 2.2.2. Erased on drop, never printed.
pub struct SharedSecret(Zeroizing<Vec<u8>>);

impl SharedSecret {
    /// Takes the octets. The vector is erased when the secret is dropped; copies that its growth left behind are not.
    #[must_use]
    pub fn new(octets: Vec<u8>) -> Self {
        Self(Zeroizing::new(octets))
    }

    /// The octets.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedSecret({} octets)", self.0.len())
    }
}

/// A key exchange that its initiator has begun. It holds a private key, which is erased on drop, and which serves for one request.
pub trait KeyExchangeInProgress: Send + Sync {
    /// The Key Exchange Data of the KE payload to send (RFC 7296 section 3.4).
    fn public(&self) -> &[u8];

    /// The secret, by the Key Exchange Data of the responder's KE payload.
    ///
    /// Anybody can answer an IKE_SA_INIT request, and who has is not known before IKE_AUTH: several answers may have to be tried (RFC 7296
    /// section 2.4). One of them at most comes to anything.
    ///
    /// # Errors
    /// [`CryptoError`] for data of another length than the method's, and for a public value that the method's rules refuse.
    fn finish(&self, data: &[u8]) -> Result<SharedSecret, CryptoError>;
}

type Begin = fn(random: &mut dyn Random) -> Result<Box<dyn KeyExchangeInProgress>, CryptoError>;
type Respond = fn(random: &mut dyn Random, data: &[u8]) -> Result<(Vec<u8>, SharedSecret), CryptoError>;

/// A key exchange method (transform type 4, and 6 to 12).
#[derive(Clone, Copy)]
pub struct KeyExchangeRow {
    method: KeMethod,
    begin: Begin,
    respond: Respond,
}

impl KeyExchangeRow {
    /// `begin` is the initiator's part. `respond` is the responder's: it gets the initiator's Key Exchange Data, and gives its own and the
    /// secret.
    ///
    /// The lengths of all data are checked against the registry ([`KeMethod::data_len`]) outside the functions. What else makes a public
    /// value invalid is theirs to find: RFC 6989 section 2 for Diffie-Hellman, FIPS 203 section 7 for ML-KEM.
    #[must_use]
    pub const fn new(method: KeMethod, begin: Begin, respond: Respond) -> Self {
        Self { method, begin, respond }
    }

    /// The method.
    #[must_use]
    pub const fn method(&self) -> KeMethod {
        self.method
    }
}

impl fmt::Debug for KeyExchangeRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyExchangeRow").field("method", &self.method).finish_non_exhaustive()
    }
}

/// A key exchange method of a provider: [`Provider::key_exchange`](super::Provider::key_exchange) gives it.
///
/// Two functions are equal if their methods are.
///
/// ```
/// # #[cfg(feature = "ke-x25519")] {
/// use ikev2::error::CryptoError;
/// use ikev2::provider::{Provider, Random};
/// use ikev2::registry::KeMethod;
///
/// /// A stand-in for the generator of the operating system.
/// struct Counter(u8);
///
/// impl Random for Counter {
///     fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
///         for octet in octets {
///             self.0 = self.0.wrapping_add(1);
///             *octet = self.0;
///         }
///         Ok(())
///     }
/// }
///
/// let (mut initiator, mut responder) = (Counter(0), Counter(100));
/// let x25519 = Provider::builtin().key_exchange(KeMethod::CURVE25519)?;
/// let begun = x25519.begin(&mut initiator)?;
/// // begun.public() goes into the initiator's KE payload, `data` into the responder's.
/// let (data, of_responder) = x25519.respond(&mut responder, begun.public())?;
/// let of_initiator = begun.finish(&data)?;
/// assert_eq!(of_initiator.as_octets(), of_responder.as_octets());
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy)]
pub struct KeyExchangeFunction(&'static KeyExchangeRow);

impl KeyExchangeFunction {
    pub(super) const fn new(row: &'static KeyExchangeRow) -> Self {
        Self(row)
    }

    /// The method.
    #[must_use]
    pub const fn method(self) -> KeMethod {
        self.0.method
    }

    /// Begins a key exchange as its initiator: draws a private key.
    ///
    /// # Errors
    /// [`CryptoError`] if there is no randomness, or none that a key can be made of.
    pub fn begin(&self, random: &mut dyn Random) -> Result<Box<dyn KeyExchangeInProgress>, CryptoError> {
        let begun = (self.0.begin)(random)?;
        check_len(self.0.method, Side::Initiator, begun.public())?;
        Ok(Box::new(Checked { method: self.0.method, begun }))
    }

    /// Answers the initiator's Key Exchange Data as the responder: the Key Exchange Data to send back, and the secret.
    ///
    /// # Errors
    /// [`CryptoError`] for data of another length than the method's, for a public value that the method's rules refuse, and as
    /// [`begin`](Self::begin).
    pub fn respond(&self, random: &mut dyn Random, data: &[u8]) -> Result<(Vec<u8>, SharedSecret), CryptoError> {
        check_len(self.0.method, Side::Initiator, data)?;
        let (answer, secret) = (self.0.respond)(random, data)?;
        check_len(self.0.method, Side::Responder, &answer)?;
        Ok((answer, secret))
    }
}

impl PartialEq for KeyExchangeFunction {
    fn eq(&self, other: &Self) -> bool {
        self.method() == other.method()
    }
}

impl Eq for KeyExchangeFunction {}

impl core::hash::Hash for KeyExchangeFunction {
    fn hash<H: core::hash::Hasher>(&self, state: &mut H) {
        self.method().hash(state);
    }
}

impl fmt::Debug for KeyExchangeFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.method(), f)
    }
}

/// What a row began; the length of the answer is checked before the row sees it.
struct Checked {
    method: KeMethod,
    begun: Box<dyn KeyExchangeInProgress>,
}

impl KeyExchangeInProgress for Checked {
    fn public(&self) -> &[u8] {
        self.begun.public()
    }

    fn finish(&self, data: &[u8]) -> Result<SharedSecret, CryptoError> {
        check_len(self.method, Side::Responder, data)?;
        self.begun.finish(data)
    }
}

#[derive(Clone, Copy)]
enum Side {
    Initiator,
    Responder,
}

/// Of a method whose length the registry does not know, only empty data is refused.
fn check_len(method: KeMethod, from: Side, data: &[u8]) -> Result<(), CryptoError> {
    let fits = match (method.data_len(), from) {
        (Some((due, _)), Side::Initiator) | (Some((_, due)), Side::Responder) => data.len() == due,
        (None, _) => !data.is_empty(),
    };
    if fits { Ok(()) } else { Err(CryptoError) }
}
