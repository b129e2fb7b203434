//! The secrets of key exchanges: one for each, and all of them.

use super::KeyExchanges;
use crate::registry::KeMethod;
use alloc::vec::Vec;
use core::fmt;
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::Zeroizing;

/// Why a secret was not taken, or secrets are not complete.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum KeyExchangeError {
    /// A secret of another method than the one that is next.
    #[error("a secret of method {found} where {}", Due(*.due))]
    OutOfTurn {
        /// The method that came.
        found: KeMethod,
        /// The method that is next; `None` if all have been run.
        due: Option<KeMethod>,
    },
    /// The secret has no octets, or zeros only: the key exchange had no usable result (RFC 8031 section 2.3, RFC 7748 section 6).
    #[error("the secret of method {0} is empty or zero")]
    Unusable(KeMethod),
    /// The secret of this method is missing, and perhaps those of later ones.
    #[error("the secret of method {0} is missing")]
    Missing(KeMethod),
}

struct Due(Option<KeMethod>);

impl fmt::Display for Due {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(due) => write!(f, "{due} is next"),
            None => f.write_str("no further one was negotiated"),
        }
    }
}

/// Key exchanges on the way: those that have been run gave a secret. Erased on drop, never printed.
#[must_use = "the secrets are complete only when `finish` says so"]
pub struct PendingKeyExchanges {
    exchanges: KeyExchanges,
    secrets: Vec<Zeroizing<Vec<u8>>>,
}

impl KeyExchanges {
    /// Begins: no secret is there yet.
    pub const fn start(self) -> PendingKeyExchanges {
        PendingKeyExchanges { exchanges: self, secrets: Vec::new() }
    }

    /// Whether `method` is next after so many that have been run, and its secret is one.
    pub(crate) fn check(&self, run: usize, method: KeMethod, secret: &[u8]) -> Result<(), KeyExchangeError> {
        let due = self.methods().get(run).copied();
        if due != Some(method) {
            return Err(KeyExchangeError::OutOfTurn { found: method, due });
        }
        let some_bit = secret.iter().fold(0, |bits, octet| bits | octet);
        if bool::from(some_bit.ct_eq(&0)) { Err(KeyExchangeError::Unusable(method)) } else { Ok(()) }
    }
}

impl PendingKeyExchanges {
    /// What was negotiated.
    #[must_use]
    pub const fn exchanges(&self) -> &KeyExchanges {
        &self.exchanges
    }

    /// The method to run next; `None` when all have been run.
    #[must_use]
    pub fn next_method(&self) -> Option<KeMethod> {
        self.exchanges.methods().get(self.secrets.len()).copied()
    }

    /// Takes the shared secret of the method that is [next](Self::next_method).
    ///
    /// # Errors
    /// [`OutOfTurn`](KeyExchangeError::OutOfTurn) and [`Unusable`](KeyExchangeError::Unusable); nothing is taken then.
    pub fn add_secret(&mut self, method: KeMethod, secret: &[u8]) -> Result<(), KeyExchangeError> {
        self.exchanges.check(self.secrets.len(), method, secret)?;
        self.secrets.push(Zeroizing::new(secret.to_vec()));
        Ok(())
    }

    /// All secrets, once every exchange has been run.
    ///
    /// # Errors
    /// [`Missing`](KeyExchangeError::Missing) names the exchange to run next. The secrets so far are erased.
    pub fn finish(self) -> Result<KeyExchangeSecrets, KeyExchangeError> {
        match self.next_method() {
            Some(missing) => Err(KeyExchangeError::Missing(missing)),
            None => Ok(KeyExchangeSecrets(self.secrets)),
        }
    }
}

impl fmt::Debug for PendingKeyExchanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PendingKeyExchanges").field("exchanges", &self.exchanges).field("run", &self.secrets.len()).finish()
    }
}

/// The secrets of every key exchange that was negotiated: SK(0), then SK(1) to SK(n) (RFC 9370 section 2.2.4), or none at all. Erased on
/// drop, never printed.
pub struct KeyExchangeSecrets(Vec<Zeroizing<Vec<u8>>>);

impl KeyExchangeSecrets {
    /// SK(0), and SK(1) to SK(n); `None` without a key exchange.
    pub(crate) fn split(&self) -> Option<(&[u8], impl Iterator<Item = &[u8]>)> {
        let (first, additional) = self.0.split_first()?;
        Some((first, additional.iter().map(|secret| secret.as_slice())))
    }
}

impl fmt::Debug for KeyExchangeSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyExchangeSecrets({})", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;

    const X25519: KeMethod = KeMethod::CURVE25519;
    const ML_KEM: KeMethod = KeMethod::ML_KEM_768;

    fn pending() -> PendingKeyExchanges {
        KeyExchanges::new(Some(X25519), [ML_KEM].into_iter()).unwrap().start()
    }

    #[test]
    fn every_exchange_gives_its_secret_in_turn() {
        let mut pending = pending();
        let out_of_turn = |found, due| Err(KeyExchangeError::OutOfTurn { found, due });
        assert_eq!(pending.add_secret(ML_KEM, &[1]), out_of_turn(ML_KEM, Some(X25519)));
        assert_eq!(pending.add_secret(X25519, &[1; 32]), Ok(()));
        assert_eq!(pending.add_secret(X25519, &[1; 32]), out_of_turn(X25519, Some(ML_KEM)));
        assert_eq!(pending.next_method(), Some(ML_KEM));
        assert_eq!(pending.add_secret(ML_KEM, &[2; 32]), Ok(()));
        assert_eq!(pending.add_secret(ML_KEM, &[2; 32]), out_of_turn(ML_KEM, None));
        let secrets = pending.finish().unwrap();
        let (first, additional) = secrets.split().unwrap();
        assert_eq!((first, additional.collect::<Vec<_>>()), (&[1; 32][..], alloc::vec![&[2; 32][..]]));
        assert_eq!(format!("{secrets:?}"), "KeyExchangeSecrets(2)");
    }

    #[test]
    fn a_negotiated_exchange_cannot_be_left_out() {
        let mut pending = pending();
        pending.add_secret(X25519, &[1; 32]).unwrap();
        assert_eq!(pending.finish().map(drop), Err(KeyExchangeError::Missing(ML_KEM)));
        assert!(KeyExchanges::NONE.start().finish().unwrap().split().is_none());
    }

    #[test]
    fn hostile_31_an_empty_or_zero_secret_is_refused() {
        for bad in [&[][..], &[0], &[0; 32], &[0; 512]] {
            let mut pending = pending();
            assert_eq!(pending.add_secret(X25519, bad), Err(KeyExchangeError::Unusable(X25519)));
            assert_eq!(pending.next_method(), Some(X25519));
        }
        let error = KeyExchangeError::OutOfTurn { found: X25519, due: None };
        assert!(error.to_string().ends_with("where no further one was negotiated"));
    }
}
