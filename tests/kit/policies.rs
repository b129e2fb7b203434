//! Policies and offers the tests of the proposal rules share.

use ikev2::proposal::{Dialect, NegotiationContext, Policy, Proposal, Question, RefusalResponse, emit_offer, negotiate};
use ikev2::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use ikev2::transform::Transform;

pub(crate) const ESP: SecurityProtocol = SecurityProtocol::ESP;
pub(crate) const IKE: SecurityProtocol = SecurityProtocol::IKE;
pub(crate) const NONE: Option<KeMethod> = None;
pub(crate) const G14: Option<KeMethod> = Some(KeMethod::MODP_2048);
pub(crate) const G19: Option<KeMethod> = Some(KeMethod::ECP_256);
pub(crate) const G31: Option<KeMethod> = Some(KeMethod::CURVE25519);

pub(crate) fn policy(dialect: Dialect, proposals: Vec<Proposal>) -> Policy {
    Policy::new(dialect, proposals).unwrap()
}

pub(crate) fn spi(context: NegotiationContext) -> Vec<u8> {
    vec![9; usize::from(context.spi_size())]
}

pub(crate) fn short(outcome: Result<ikev2::proposal::Selection, ikev2::proposal::Refusal>) -> String {
    match outcome.map_err(|refusal| refusal.response()) {
        Ok(selection) => {
            let ke = selection.transform(TransformType::KE).map_or(String::new(), |t| format!(" ke {}", t.id.0));
            format!("chosen{ke}")
        }
        Err(RefusalResponse::NoProposalChosen) => "no proposal".into(),
        Err(RefusalResponse::InvalidKePayload { wanted }) => format!("wants {}", wanted.0),
        Err(RefusalResponse::InvalidSyntax(_)) => "syntax".into(),
        Err(RefusalResponse::Dropped(_)) => "dropped".into(),
        Err(RefusalResponse::EmptySaPayload) => "empty".into(),
        Err(other) => format!("{other:?}"),
    }
}

/// AES-256, SHA-1, the given groups, no ESN.
pub(crate) fn esp(groups: &[u16]) -> Proposal {
    let mut transforms = vec![Transform::encr_bits(Encr::ENCR_AES_CBC, 256), Transform::integ(Integ::AUTH_HMAC_SHA1_96)];
    transforms.extend(groups.iter().map(|g| Transform::ke(KeMethod(*g))));
    transforms.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32));
    Proposal::new(ESP, transforms)
}

pub(crate) fn ike(groups: &[u16]) -> Proposal {
    let mut transforms = vec![
        Transform::encr_bits(Encr::ENCR_AES_CBC, 256),
        Transform::prf(Prf::PRF_HMAC_SHA2_256),
        Transform::integ(Integ::AUTH_HMAC_SHA2_256_128),
    ];
    transforms.extend(groups.iter().map(|g| Transform::ke(KeMethod(*g))));
    Proposal::new(IKE, transforms)
}

pub(crate) type Row = (&'static [u16], &'static [u16], Option<KeMethod>, &'static str);

pub(crate) fn table(dialect: Dialect, context: NegotiationContext, rows: &[Row]) {
    let make = if context.is_ike() { ike } else { esp };
    for (local, offered, ke, expected) in rows {
        let offer = emit_offer(&[make(offered)], &spi(context)).unwrap();
        let outcome = short(negotiate(&offer, Question::new(context, *ke), &policy(dialect, vec![make(local)])));
        assert_eq!(outcome, *expected, "{dialect:?} {context:?}: local {local:?}, offered {offered:?}, KE {ke:?}");
    }
}
