//! The algorithms of an IKE SA, as chosen.

use super::close::{CloseReason, Violation};
use crate::error::SuiteError;
use crate::keys::{KeyLengths, PrfFunction};
use crate::proposal::Selection;
use crate::protect::Suite;
use crate::provider::Provider;
use crate::registry::{KeMethod, PayloadType};

/// What is computed with the keys of an IKE SA.
#[derive(Clone, Copy, Debug)]
pub(super) struct Algorithms {
    pub(super) prf: PrfFunction,
    pub(super) suite: Suite,
    /// The method of the first key exchange: the one to begin a rekey with.
    pub(super) ke: Option<KeMethod>,
}

impl Algorithms {
    pub(super) fn of(provider: &Provider, selection: &Selection) -> Result<Self, CloseReason> {
        let prf = selection.prf().ok_or(Violation::Missing(PayloadType::SA))?;
        let suite = selection.suite().map_err(|error| match error {
            SuiteError::Unsupported(error) => CloseReason::Unsupported(error),
            _ => Violation::Missing(PayloadType::SA).into(),
        })?;
        Ok(Self { prf: PrfFunction::new(provider, prf)?, suite, ke: selection.ke_method() })
    }

    pub(super) const fn lengths(&self) -> KeyLengths {
        KeyLengths { encr: self.suite.sk_e_len(), integ: self.suite.sk_a_len() }
    }
}
