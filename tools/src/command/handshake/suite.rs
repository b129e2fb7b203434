//! From what was negotiated to algorithms and key lengths.

use super::failure::Failure;
use ikev2::keys::{KeyLengths, PrfFunction};
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Policy, Proposal, Selection};
use ikev2::protect::Suite;
use ikev2::provider::{Provider, Sha1};
use ikev2::registry::{KeMethod, TransformType};

/// Where the cryptography comes from.
pub(crate) const PROVIDER: Provider = Provider::builtin();

/// The hash in NAT detection notifies and certificate requests.
pub(crate) fn sha1() -> Result<Sha1, Failure> {
    Ok(PROVIDER.sha1()?)
}

/// The algorithms of an IKE SA.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Algorithms {
    pub(crate) prf: PrfFunction,
    pub(crate) suite: Suite,
    /// The method of the first key exchange: the one to begin a rekey with.
    pub(crate) ke: Option<KeMethod>,
}

impl Algorithms {
    pub(crate) fn of(selection: &Selection) -> Result<Self, Failure> {
        let prf = selection.prf().ok_or_else(|| Failure::Protocol("no PRF was chosen".into()))?;
        Ok(Self { prf: PrfFunction::new(&PROVIDER, prf)?, suite: selection.suite()?, ke: selection.ke_method() })
    }

    pub(crate) fn lengths(&self) -> KeyLengths {
        KeyLengths { encr: self.suite.sk_e_len(), integ: self.suite.sk_a_len() }
    }
}

/// Key lengths of a Child SA.
pub(crate) fn child_lengths(selection: &Selection) -> Result<KeyLengths, Failure> {
    selection.key_lengths().ok_or_else(|| Failure::Protocol("the length of a key that was chosen is not known".into()))
}

/// Whether any proposal offers an additional key exchange.
pub(crate) fn offers_additional(policy: &Policy) -> bool {
    let is = |ty: TransformType| ty.is_key_exchange() && ty != TransformType::KE;
    policy.proposals().iter().any(|proposal| proposal.transforms.iter().any(|t| is(t.ty) && t.id.0 != 0))
}

/// The choice in strongSwan notation.
pub(crate) fn notation(selection: &Selection) -> String {
    let proposal = Proposal::new(selection.protocol(), selection.transforms());
    strongswan::emit(&proposal).unwrap_or_else(|_| format!("proposal {}", selection.number()))
}
