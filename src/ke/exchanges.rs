//! The list of key exchanges.

use crate::registry::KeMethod;
use core::fmt;
use thiserror::Error;

/// KE and ADDKE1 to ADDKE7.
const MOST: usize = 8;

/// The key exchanges that one choice demands, in the order in which they are run: that of the KE payload, then the additional ones
/// (RFC 9370 section 2.2.1). Empty for a Child SA without a key exchange of its own.
///
/// Only [`Selection::key_exchanges`](crate::proposal::Selection::key_exchanges) makes one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct KeyExchanges {
    methods: [KeMethod; MOST],
    len: u8,
}

/// Additional key exchanges were chosen without one to add them to: the secrets would have no place in KEYMAT (RFC 9370 section 2.2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[error("{0} is an additional key exchange, and there is no key exchange it could add to")]
pub struct AdditionalWithoutKeError(pub KeMethod);

impl KeyExchanges {
    /// No key exchange.
    pub(crate) const NONE: Self = Self { methods: [KeMethod::NONE; MOST], len: 0 };

    /// The method of transform type KE, and those of ADDKE1 to ADDKE7 in order; NONE counts as absent.
    pub(crate) fn new(ke: Option<KeMethod>, additional: impl Iterator<Item = KeMethod>) -> Result<Self, AdditionalWithoutKeError> {
        let mut list = Self::NONE;
        let ke = ke.filter(|method| *method != KeMethod::NONE);
        for method in ke.into_iter().chain(additional.filter(|method| *method != KeMethod::NONE)) {
            if ke.is_none() {
                return Err(AdditionalWithoutKeError(method));
            }
            if let Some(slot) = list.methods.get_mut(usize::from(list.len)) {
                *slot = method;
                list.len = list.len.saturating_add(1);
            }
        }
        Ok(list)
    }

    /// The methods, in order.
    #[must_use]
    pub fn methods(&self) -> &[KeMethod] {
        self.methods.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// The method of the KE payload; `None` if there is no key exchange.
    #[must_use]
    pub fn first(&self) -> Option<KeMethod> {
        self.methods().first().copied()
    }

    /// The methods of the additional key exchanges, in order.
    #[must_use]
    pub fn additional(&self) -> &[KeMethod] {
        self.methods().get(1..).unwrap_or_default()
    }
}

impl fmt::Debug for KeyExchanges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.methods()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_9370_section_2_2_4_an_additional_exchange_needs_one_to_add_to() {
        let (x25519, ml_kem, none) = (KeMethod::CURVE25519, KeMethod::ML_KEM_768, KeMethod::NONE);
        let list = |ke, additional: &[KeMethod]| KeyExchanges::new(ke, additional.iter().copied());
        assert_eq!(list(None, &[]), Ok(KeyExchanges::NONE));
        assert_eq!(list(Some(none), &[none, none]), Ok(KeyExchanges::NONE));
        assert_eq!(list(Some(x25519), &[none, ml_kem]).unwrap().methods(), [x25519, ml_kem]);
        assert_eq!(list(Some(x25519), &[ml_kem]).unwrap().additional(), [ml_kem]);
        for ke in [None, Some(none)] {
            assert_eq!(list(ke, &[none, ml_kem]), Err(AdditionalWithoutKeError(ml_kem)));
        }
        let all = list(Some(x25519), &[ml_kem; 7]).unwrap();
        assert_eq!((all.first(), all.methods().len(), all.additional().len()), (Some(x25519), 8, 7));
    }
}
