//! The provider's key exchanges, with random octets from the operating system.

use super::failure::Failure;
use super::random::System;
use super::suite::PROVIDER;
use ikev2::provider::{KeyExchangeInProgress, SharedSecret};
use ikev2::registry::KeMethod;
use ikev2::wire::KeyExchange;

/// A key exchange that we have begun.
pub(crate) struct KeyPair {
    method: KeMethod,
    begun: Box<dyn KeyExchangeInProgress>,
}

/// Whether the method is done here.
pub(crate) fn is_supported(method: KeMethod) -> bool {
    PROVIDER.has_key_exchange(method)
}

/// Begins a key exchange as its initiator.
pub(crate) fn begin(method: KeMethod) -> Result<KeyPair, Failure> {
    let function = PROVIDER.key_exchange(method).map_err(|_| Failure::KeMethod(method))?;
    Ok(KeyPair { method, begun: function.begin(&mut System)? })
}

/// Answers a key exchange: what to send back, and the shared secret.
pub(crate) fn answer(ke: &KeyExchange<'_>) -> Result<(Vec<u8>, SharedSecret), Failure> {
    let function = PROVIDER.key_exchange(ke.method).map_err(|_| Failure::KeMethod(ke.method))?;
    let bad = |_| Failure::Protocol(format!("KE data of {} octets is no key of method {}", ke.data.len(), ke.method));
    function.respond(&mut System, ke.data).map_err(bad)
}

impl KeyPair {
    pub(crate) fn method(&self) -> KeMethod {
        self.method
    }

    /// The KE payload to send.
    pub(crate) fn payload(&self) -> KeyExchange<'_> {
        KeyExchange { method: self.method, data: self.begun.public() }
    }

    /// Ends it with the responder's payload.
    pub(crate) fn finish(self, ke: &KeyExchange<'_>) -> Result<SharedSecret, Failure> {
        if ke.method != self.method || ke.check_len(true).is_err() {
            return Err(Failure::Protocol(format!(
                "a KE payload of method {} and {} octets does not answer ours",
                ke.method,
                ke.data.len()
            )));
        }
        self.begun.finish(ke.data).map_err(|_| Failure::Protocol("the peer's public value is not a valid one".into()))
    }
}
