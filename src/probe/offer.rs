//! What is offered.

use crate::proposal::Proposal;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

/// The methods that most gateways have one of in common with us, the best first.
pub(super) const METHODS: &[KeMethod] = &[
    KeMethod::CURVE25519,
    KeMethod::ECP_256,
    KeMethod::ECP_384,
    KeMethod::ECP_521,
    KeMethod::MODP_2048,
    KeMethod::MODP_3072,
    KeMethod::MODP_4096,
    KeMethod::MODP_1536,
    KeMethod::MODP_1024,
];
const PRFS: [Prf; 4] = [Prf::PRF_HMAC_SHA2_256, Prf::PRF_HMAC_SHA2_384, Prf::PRF_HMAC_SHA2_512, Prf::PRF_HMAC_SHA1];
const INTEGS: [Integ; 4] =
    [Integ::AUTH_HMAC_SHA2_256_128, Integ::AUTH_HMAC_SHA2_384_192, Integ::AUTH_HMAC_SHA2_512_256, Integ::AUTH_HMAC_SHA1_96];

/// What most gateways have something in common with: with AES-GCM or ChaCha20-Poly1305, and with AES-CBC or 3DES.
pub(super) fn broad(methods: &[KeMethod]) -> Vec<Proposal> {
    let sizes = |cipher| [256, 192, 128].map(|bits| Transform::encr_bits(cipher, bits));
    let rest = || PRFS.map(Transform::prf).into_iter().chain(methods.iter().copied().map(Transform::ke));
    let ciphers = sizes(Encr::ENCR_AES_GCM_16).into_iter().chain([Transform::encr(Encr::ENCR_CHACHA20_POLY1305)]);
    let aead: Vec<_> = ciphers.chain(rest()).collect();
    let ciphers = sizes(Encr::ENCR_AES_CBC).into_iter().chain([Transform::encr(Encr::ENCR_3DES)]);
    let plain: Vec<_> = ciphers.chain(INTEGS.map(Transform::integ)).chain(rest()).collect();
    [aead, plain].into_iter().map(|transforms| Proposal::new(SecurityProtocol::IKE, transforms)).collect()
}

/// The same with a transform of another type in each proposal.
pub(super) fn with_each(mut offer: Vec<Proposal>, transforms: &[Transform]) -> Vec<Proposal> {
    offer.iter_mut().for_each(|proposal| proposal.transforms.extend_from_slice(transforms));
    offer
}

/// The method of a KE payload that an offer cannot be accepted with, for it is not in the offer, and octets of its data.
///
/// strongSwan 5.9 and 6.1, libreswan 4.10 and 5.2, and OpenIKED 7.2 and 7.4 answer INVALID_KE_PAYLOAD and keep nothing; libreswan calls a
/// method that nobody has assigned INVALID_SYNTAX.
pub(super) fn never_of(offer: &[Proposal]) -> (KeMethod, usize) {
    const NEVER: [(KeMethod, usize); 3] = [(KeMethod::MODP_768, 96), (KeMethod::MODP_1024_160, 128), (KeMethod::MODP_1536, 192)];
    let has = |method: KeMethod| offer.iter().any(|proposal| proposal.of_type(TransformType::KE).any(|t| t.id.0 == method.0));
    NEVER.into_iter().find(|(method, _)| !has(*method)).unwrap_or((KeMethod::MODP_768, 96))
}
