//! IKE_AUTH answered.

use super::authenticate::push_selectors;
use super::failure::Failure;
use super::payloads::{body, content, error, missing};
use super::sa::Child;
use super::serve::{After, Answer, choose, narrowed, refused};
use super::session::Session;
use super::{payloads, random, suite};
use ikev2::auth::SignedOctets;
use ikev2::fragment::Reassembled;
use ikev2::identity::Identity;
use ikev2::keys::ChildKeys;
use ikev2::proposal::{NegotiationContext, Selection};
use ikev2::registry::{NotifyType, PayloadType};
use ikev2::selectors::Selector;
use ikev2::wire::{Auth, Chain, Parts, Payload};

pub(crate) fn respond(session: &mut Session, key: u64, message: &Reassembled) -> Result<Answer, Failure> {
    let parts = message.parts()?;
    let (Some(id_body), Some(id), Some(auth)) = (body(&parts, PayloadType::IDI), parts.id_i, parts.auth) else {
        return Err(missing("IDi and AUTH"));
    };
    let sa = session.sa(key)?;
    let handshake = sa.handshake.take().ok_or_else(|| missing("handshake"))?;
    if handshake.additional.next_method().is_some() {
        return Err(Failure::Protocol("IKE_AUTH comes before the additional key exchanges agreed on".into()));
    }
    let prf = sa.algorithms.prf;
    let int_auth = handshake.int_auth(message.header().message_id)?;
    let theirs = SignedOctets::new(prf, sa.keys.sk_pi(), &handshake.request, &handshake.n_r, id_body).with_int_auth(&int_auth);
    let verified = session.credentials.verify(&theirs, &auth, &id, &parts.certs().collect::<Vec<_>>());
    match verified {
        Ok(how) => session.link.report.say(format_args!("   the peer is {}, {how}", Identity::of(&id))),
        Err(failure) => {
            session.link.report.say(format_args!("   {failure}"));
            session.link.report.seen.notify = Some(NotifyType::AUTHENTICATION_FAILED);
            return Ok(Answer { content: error(NotifyType::AUTHENTICATION_FAILED, &[])?, after: After::Gone(Err(failure)) });
        }
    }
    let id = session.credentials.id.clone();
    let own_body = id.id().to_body();
    let sa = session.sas.iter().find(|sa| sa.key() == key).ok_or(Failure::NoAnswer)?;
    let own = SignedOctets::new(prf, sa.keys.sk_pr(), &handshake.response, &handshake.n_i, &own_body).with_int_auth(&int_auth);
    let (method, data) = session.credentials.authenticate(&own, &handshake.peer_hashes)?;
    session.link.report.say(format_args!("   we are {id}, AUTH by {method}"));
    session.link.report.seen.established = true;
    let child = match body(&parts, PayloadType::SA) {
        None => ChildAnswer::None,
        Some(offer) => child(session, key, &parts, offer)?,
    };
    if let ChildAnswer::Agreed { selection, spi_in, .. } = &child {
        let notation = suite::notation(selection);
        session.link.report.seen.esp = Some(notation);
        let spi_out = selection.peer_spi().try_into().map_err(|_| missing("SPI"))?;
        let lengths = suite::child_lengths(selection)?;
        let sa = session.sa(key)?;
        let keys = ChildKeys::derive(prf, sa.keys.sk_d(), handshake.nonces(), &selection.key_exchanges()?.start().finish()?, lengths)?;
        session.add_child(key, Child::new(*spi_in, spi_out, keys))?;
    }
    let credentials = &session.credentials;
    let answer = content(|b| {
        b.push(Payload::IdR(id.id()));
        credentials.push_own_chain(b);
        b.push(Payload::Auth(Auth { method, data: &data }));
        match &child {
            ChildAnswer::None => {}
            ChildAnswer::Refused(error) => {
                if let Ok(chain) = Chain::parse(error.first, &error.octets) {
                    chain.payloads().filter_map(|raw| raw.parse().ok()).for_each(|payload| {
                        b.push(payload);
                    });
                }
            }
            ChildAnswer::Agreed { selection, spi_in, ts_i, ts_r } => {
                b.sa(|sa| selection.emit(sa, spi_in));
                push_selectors(b, *ts_i, *ts_r);
            }
        }
    })?;
    Ok(answer.into())
}

enum ChildAnswer {
    None,
    Refused(payloads::Content),
    Agreed { selection: Box<Selection>, spi_in: [u8; 4], ts_i: Selector, ts_r: Selector },
}

/// The first Child SA; what stands in its way leaves the IKE SA up (RFC 7296 section 1.2).
fn child(session: &mut Session, _key: u64, parts: &Parts<'_>, offer: &[u8]) -> Result<ChildAnswer, Failure> {
    let policy = session.args.esp_in_auth.clone();
    let selection = match choose(session, offer, NegotiationContext::IkeAuth, None, &policy) {
        Ok(selection) => selection,
        Err(refusal) => {
            session.link.report.seen.notify = refusal.notify().map(|notify| notify.ty);
            return refused(&refusal).map(ChildAnswer::Refused);
        }
    };
    let Some((ts_i, ts_r)) = narrowed(session, parts)? else {
        session.link.report.seen.notify = Some(NotifyType::TS_UNACCEPTABLE);
        return Ok(ChildAnswer::Refused(error(NotifyType::TS_UNACCEPTABLE, &[])?));
    };
    Ok(ChildAnswer::Agreed { selection: Box::new(selection), spi_in: random::child_spi()?, ts_i, ts_r })
}
