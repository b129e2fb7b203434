//! IKE_AUTH from our side.

use super::failure::Failure;
use super::payloads::{body, content, missing};
use super::sa::{Child, Handshake};
use super::session::Session;
use super::{create, explain, random, suite};
use ikev2::auth::SignedOctets;
use ikev2::identity::Identity;
use ikev2::keys::ChildKeys;
use ikev2::proposal::{NegotiationContext, check_response};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::selectors::{self, Selector};
use ikev2::wire::{Auth, ChainBuilder, Notify, Payload, TrafficSelectors};

pub(crate) fn initiate(session: &mut Session, key: u64, handshake: &Handshake) -> Result<(), Failure> {
    let sa = session.sas.iter().find(|sa| sa.key() == key).ok_or(Failure::NoAnswer)?;
    let prf = sa.algorithms.prf;
    let int_auth = handshake.int_auth(sa.requests.next().unwrap_or(1))?;
    let credentials = &session.credentials;
    let id_body = credentials.id.id().to_body();
    let octets = SignedOctets::new(prf, sa.keys.sk_pi(), &handshake.request, &handshake.n_r, &id_body).with_int_auth(&int_auth);
    let (method, data) = credentials.authenticate(&octets, &handshake.peer_hashes)?;
    session.link.report.say(format_args!("   we are {}, AUTH by {method}", credentials.id));
    let childless = session.args.childless && handshake.childless;
    let spi_in = random::child_spi()?;
    let args = &session.args;
    let request = content(|b| {
        b.push(Payload::IdI(credentials.id.id()));
        credentials.push_certificates(b);
        if let Some(id) = &credentials.peer_id {
            b.push(Payload::IdR(id.id()));
        }
        b.push(Payload::Auth(Auth { method, data: &data }));
        b.push(Payload::Notify(Notify::new(NotifyType::INITIAL_CONTACT, &[])));
        if !childless {
            b.sa(|sa| {
                for (number, proposal) in (1_u8..).zip(args.esp_in_auth.proposals()) {
                    proposal.emit(sa, number, &spi_in);
                }
            });
            push_selectors(b, args.ts_local, args.ts_remote);
        }
    })?;
    let (response, _) = session.exchange(key, ExchangeType::IKE_AUTH, &request)?;
    let parts = response.parts()?;
    let (Some(auth), Some(id_body), Some(id)) = (parts.auth, body(&parts, PayloadType::IDR), parts.id_r) else {
        return match parts.error() {
            Some(error) => {
                let ty = error.ty;
                explain::refused(session, ty, NegotiationContext::IkeAuth, None)?;
                Err(Failure::Refused(ty))
            }
            None => Err(missing("AUTH and IDr")),
        };
    };
    let sa = session.sas.iter().find(|sa| sa.key() == key).ok_or(Failure::NoAnswer)?;
    let octets = SignedOctets::new(prf, sa.keys.sk_pr(), &handshake.response, &handshake.n_i, id_body).with_int_auth(&int_auth);
    match session.credentials.verify(&octets, &auth, &id, &parts.certs().collect::<Vec<_>>()) {
        Ok(how) => session.link.report.say(format_args!("   the peer is {}, {how}", Identity::of(&id))),
        Err(failure) => {
            // RFC 7296 section 2.21.2: the responder is told in an exchange of its own.
            let phase = session.link.report.seen.phase;
            let told = super::payloads::error(NotifyType::AUTHENTICATION_FAILED, &[])?;
            let outcome = session.exchange(key, ExchangeType::INFORMATIONAL, &told);
            session.link.report.seen.phase = phase;
            session.link.report.say(format_args!("   the peer was {}told", if outcome.is_ok() { "" } else { "not " }));
            return Err(failure);
        }
    }
    session.sa(key)?.awaits_auth = false;
    if childless {
        return Ok(());
    }
    let (Some(answer), Some(ts_i), Some(ts_r)) = (body(&parts, PayloadType::SA), parts.ts_i, parts.ts_r) else {
        let ty = parts.error().map(|error| error.ty).ok_or_else(|| missing("SA, TSi or TSr"))?;
        explain::refused(session, ty, NegotiationContext::IkeAuth, None)?;
        // The IKE SA is up, and of no use without a child (RFC 7296 section 1.2).
        let phase = session.link.report.seen.phase;
        let outcome = create::delete(session, key);
        session.link.report.seen.phase = phase;
        return outcome.and(Err(Failure::Refused(ty)));
    };
    check_narrowed(&ts_i, session.args.ts_local)?;
    check_narrowed(&ts_r, session.args.ts_remote)?;
    let selection = check_response(answer, NegotiationContext::IkeAuth, &session.args.esp_in_auth)?;
    let notation = suite::notation(&selection);
    session.link.report.say(format_args!("   ESP: {notation}"));
    session.link.report.seen.esp = Some(notation);
    let lengths = suite::child_lengths(&selection)?;
    let spi_out = selection.peer_spi().try_into().map_err(|_| missing("SPI"))?;
    let sa = session.sa(key)?;
    let keys = ChildKeys::derive(prf, sa.keys.sk_d(), handshake.nonces(), &selection.key_exchanges()?.start().finish()?, lengths)?;
    session.add_child(key, Child::new(spi_in, spi_out, keys))
}

pub(crate) fn push_selectors(b: &mut ChainBuilder<'_>, initiator: Selector, responder: Selector) {
    b.ts_i(|ts| {
        ts.selector(initiator.wire());
    })
    .ts_r(|ts| {
        ts.selector(responder.wire());
    });
}

/// The responder narrows what was offered, it does not widen it (RFC 7296 section 2.9).
pub(crate) fn check_narrowed(answered: &TrafficSelectors<'_>, offered: Selector) -> Result<(), Failure> {
    match selectors::read(answered) {
        (answered, false) if selectors::within(&answered, &[offered]) => Ok(()),
        _ => Err(Failure::Protocol("the traffic selectors answered are not within those offered".into())),
    }
}
