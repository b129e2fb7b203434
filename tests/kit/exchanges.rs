//! Key exchanges, and the secrets of them, as a negotiation of these methods with ourselves gives them: there is no other way to them.

use ikev2::ke::{KeyExchangeError, KeyExchangeSecrets, KeyExchanges};
use ikev2::keys::{Nonces, PrfFunction, Skeyseed};
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Proposal, Question, negotiate};
use ikev2::registry::{Encr, KeMethod, SecurityProtocol, SequenceNumbers, TransformType};
use ikev2::transform::Transform;

/// The methods of KE, and of ADDKE1 and so on.
pub(crate) const METHODS: [KeMethod; 3] = [KeMethod::CURVE25519, KeMethod::ML_KEM_768, KeMethod::ML_KEM_1024];

/// So many of [`METHODS`].
pub(crate) fn exchanges(count: usize) -> KeyExchanges {
    let mut transforms = vec![Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256), Transform::sn(SequenceNumbers(0))];
    for (ty, method) in [TransformType::KE, TransformType::ADDKE1, TransformType::ADDKE2].into_iter().zip(METHODS).take(count) {
        transforms.push(Transform::new(ty, method.0));
    }
    let policy = Policy::new(Dialect::Rfc, [Proposal::new(SecurityProtocol::ESP, transforms)]).unwrap();
    let method = METHODS.into_iter().take(count).next();
    let selection = negotiate(&policy.offer(&[1; 4]).unwrap(), Question::new(NegotiationContext::CreateChildSa, method), &policy).unwrap();
    let exchanges = selection.key_exchanges().unwrap();
    assert_eq!(exchanges.methods(), METHODS.get(..count).unwrap());
    exchanges
}

/// These secrets, one for each of the first methods.
#[allow(dead_code, reason = "not every test makes keys of several exchanges")]
pub(crate) fn secrets(secrets: &[&[u8]]) -> KeyExchangeSecrets {
    let mut pending = exchanges(secrets.len()).start();
    for (method, secret) in METHODS.into_iter().zip(secrets) {
        pending.add_secret(method, secret).unwrap();
    }
    pending.finish().unwrap()
}

/// SKEYSEED of IKE_SA_INIT.
#[allow(dead_code, reason = "not every test makes keys of IKE_SA_INIT")]
pub(crate) fn initial(prf: PrfFunction, nonces: Nonces<'_>, secret: &[u8]) -> Result<Skeyseed, KeyExchangeError> {
    Skeyseed::initial(prf, nonces, exchanges(1), METHODS[0], secret).map(|(skeyseed, _)| skeyseed)
}

/// SKEYSEED after one IKE_INTERMEDIATE exchange.
#[allow(dead_code, reason = "not every test makes keys of IKE_INTERMEDIATE")]
pub(crate) fn updated(prf: PrfFunction, sk_d: &[u8], nonces: Nonces<'_>, secret: &[u8]) -> Result<Skeyseed, KeyExchangeError> {
    let (_, mut additional) = Skeyseed::initial(prf, nonces, exchanges(2), METHODS[0], &[1])?;
    Skeyseed::updated(prf, sk_d, nonces, &mut additional, METHODS[1], secret)
}
