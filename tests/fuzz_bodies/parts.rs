//! The typed view of a message against the payloads one by one.

use ikev2::error::ParseError;
use ikev2::registry::PayloadType;
use ikev2::wire::rules::{self, Protection};
use ikev2::wire::{Header, Parts, Payload, Payloads, RawPayload};

/// `parts` and its fault are what reading each of `payloads` as far as it goes gives, of a chain with the fault `framing`.
pub fn holds(
    parts: &Parts<'_>,
    fault: Option<ParseError>,
    framing: Option<ParseError>,
    payloads: &Payloads<'_>,
    header: &Header,
    protection: Protection,
) {
    let raws: Vec<RawPayload<'_>> = payloads.clone().collect();
    let read: Vec<(Payload<'_>, Option<ParseError>)> = raws.iter().map(|raw| raw.parse_lenient()).collect();
    let faults = raws.iter().zip(&read).filter(|(raw, _)| raw.ty != PayloadType::SA).filter_map(|(_, (_, fault))| *fault);
    assert_eq!(faults.chain(framing).min_by_key(|fault| fault.offset), fault);
    firsts(parts, &read);
    lists(parts, &raws);
    let sa = raws.iter().find(|raw| raw.ty == PayloadType::SA);
    assert_eq!(parts.sa().map(|sa| sa.map(Payload::Sa)), sa.map(|raw| raw.parse()));
    for ty in (0..=u8::MAX).map(PayloadType) {
        let all: Vec<_> = raws.iter().filter(|raw| raw.ty == ty).collect();
        assert_eq!(parts.first(ty).as_ref(), all.first().copied());
        let may_repeat = [PayloadType::CERT, PayloadType::CERTREQ, PayloadType::N, PayloadType::D, PayloadType::V].contains(&ty);
        assert_eq!(parts.duplicates().filter(|other| *other == ty).count(), usize::from(all.len() > 1 && !may_repeat), "{ty}");
    }
    let conformance = rules::check(header.exchange, header.response, protection, payloads.clone()).filter(|_| framing.is_none());
    let told = |conformance: &rules::Conformance<'_>| (conformance.form().name, conformance.deviations().collect::<Vec<_>>());
    assert_eq!(parts.conformance().as_ref().map(told), conformance.as_ref().map(told));
}

/// Each field holds the first payload that can be read as what it is for.
fn firsts(parts: &Parts<'_>, read: &[(Payload<'_>, Option<ParseError>)]) {
    macro_rules! first {
        ($($variant:ident in $field:ident),+) => {
            $(assert_eq!(parts.$field, read.iter().find_map(|(payload, _)| match payload {
                Payload::$variant(body) => Some(*body),
                _ => None,
            }));)+
        };
    }
    first!(
        KeyExchange in key_exchange, Nonce in nonce, IdI in id_i, IdR in id_r, Cert in cert, CertReq in cert_req, Auth in auth, Delete in delete,
        TsI in ts_i, TsR in ts_r, Configuration in configuration, Eap in eap, PuzzleSolution in puzzle_solution
    );
}

/// The lists hold every payload of their type whose body is whole.
fn lists(parts: &Parts<'_>, raws: &[RawPayload<'_>]) {
    let strict: Vec<_> = raws.iter().filter_map(|raw| raw.parse().ok()).collect();
    macro_rules! all {
        ($($variant:ident in $list:ident),+) => {
            $(assert_eq!(
                parts.$list().map(Payload::$variant).collect::<Vec<_>>(),
                strict.iter().filter(|payload| matches!(payload, Payload::$variant(_))).copied().collect::<Vec<_>>()
            );)+
        };
    }
    all!(Notify in notifies, Cert in certs, CertReq in cert_reqs, Delete in deletes, VendorId in vendor_ids);
    for notify in parts.notifies() {
        assert_eq!(parts.notify(notify.ty), parts.notifies().find(|other| other.ty == notify.ty));
    }
    assert_eq!(parts.error(), parts.notifies().find(|notify| (1..16384).contains(&notify.ty.0)));
}
