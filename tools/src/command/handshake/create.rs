//! CREATE_CHILD_SA and INFORMATIONAL from our side.

use super::authenticate::{check_narrowed, push_selectors};
use super::failure::Failure;
use super::initiator::first_method;
use super::ke::{self, KeyPair};
use super::payloads::{Content, body, content, missing};
use super::sa::{Child, IkeSa};
use super::session::Session;
use super::suite::{self, Algorithms};
use super::{explain, followup, random};
use ikev2::Role;
use ikev2::exchange::SaOrigin;
use ikev2::fragment::Reassembled;
use ikev2::ke::KeyExchangeSecrets;
use ikev2::keys::{ChildKeys, IkeKeys, Nonces, Skeyseed};
use ikev2::proposal::{InvalidKeRetries, NegotiationContext, Policy, check_response};
use ikev2::registry::{ExchangeType, KeMethod, NotifyType, PayloadType, SecurityProtocol};
use ikev2::wire::{Delete, IkeSpis, Nonce, Notify, NotifyData, Payload};

/// Rekeyings remembered: a plan follows the newest ones, and a peer may rekey as often as it likes.
const REPLACED: usize = 1024;

/// Is the peer alive (RFC 7296 section 2.4)?
pub(crate) fn dpd(session: &mut Session, key: u64) -> Result<(), Failure> {
    let empty = content(|_| {})?;
    session.exchange(key, ExchangeType::INFORMATIONAL, &empty).map(|_| ())
}

pub(crate) fn delete(session: &mut Session, key: u64) -> Result<(), Failure> {
    let request = content(|b| {
        b.push(Payload::Delete(Delete::IKE_SA));
    })?;
    match session.exchange(key, ExchangeType::INFORMATIONAL, &request) {
        Ok(_) => {}
        // The peer may have deleted it, and its answer was lost: then nobody is left to answer us (RFC 7296 section 1.4.1).
        Err(_) if session.sas.iter().all(|sa| sa.key() != key) => {
            session.link.report.say(format_args!("   the peer has deleted the SA at the same time"));
        }
        Err(Failure::NoAnswer) => session.link.report.say(format_args!("   no answer to the deletion; the SA is gone all the same")),
        Err(failure) => return Err(failure),
    }
    session.remove(key);
    Ok(())
}

pub(crate) fn delete_child(session: &mut Session, key: u64) -> Result<(), Failure> {
    let spi = session.sa(key)?.children.last().map(|child| child.spi_in).ok_or_else(|| Failure::Usage("there is no child SA".into()))?;
    delete_children(session, key, spi)
}

fn delete_children(session: &mut Session, key: u64, spi: [u8; 4]) -> Result<(), Failure> {
    let request = content(|b| {
        b.delete(SecurityProtocol::ESP, [&spi]);
    })?;
    session.exchange(key, ExchangeType::INFORMATIONAL, &request)?;
    session.sa(key)?.children.retain(|child| child.spi_in != spi);
    Ok(())
}

/// One CREATE_CHILD_SA exchange, again with another method when the peer wants one. `build` writes the request.
fn create(
    session: &mut Session,
    key: u64,
    (context, policy): (NegotiationContext, &Policy),
    mut method: Option<KeMethod>,
    build: impl Fn(Option<&KeyPair>) -> Result<Content, Failure>,
) -> Result<(Reassembled, Option<KeyPair>), Failure> {
    let mut retries = method.map(InvalidKeRetries::new);
    loop {
        let key_pair = method.map(ke::begin).transpose()?;
        let (response, _) = session.exchange(key, ExchangeType::CREATE_CHILD_SA, &build(key_pair.as_ref())?)?;
        let parts = response.parts()?;
        let Some(error) = parts.error() else { return Ok((response, key_pair)) };
        if let (NotifyType::INVALID_KE_PAYLOAD, Ok(NotifyData::InvalidKePayload(wanted)), Some(retries)) =
            (error.ty, error.typed_data(), &mut retries)
        {
            session.link.report.seen.wanted_group = Some(wanted);
            if ke::is_supported(wanted) && retries.accept(wanted, policy) {
                let seen = &mut session.link.report.seen;
                seen.ke_retries = seen.ke_retries.saturating_add(1);
                method = Some(wanted);
                continue;
            }
        }
        let ty = error.ty;
        explain::refused(session, ty, context, method)?;
        return Err(Failure::Refused(ty));
    }
}

/// A new Child SA, or one in the place of the newest.
pub(crate) fn child(session: &mut Session, key: u64, rekey: bool) -> Result<(), Failure> {
    let old = match rekey {
        true => {
            Some(session.sa(key)?.children.last().map(|child| child.spi_in).ok_or_else(|| Failure::Usage("there is no child SA".into()))?)
        }
        false => None,
    };
    let (spi_in, n_i) = (random::child_spi()?, random::array::<32>()?);
    let policy = session.args.esp.clone();
    let (local, remote) = (session.args.ts_local, session.args.ts_remote);
    let method = first_method(&policy, None).ok();
    let build = |key_pair: Option<&KeyPair>| {
        Ok(content(|b| {
            if let Some(old) = &old {
                b.push(Payload::Notify(Notify { protocol: SecurityProtocol::ESP, spi: old, ty: NotifyType::REKEY_SA, data: &[] }));
            }
            b.sa(|sa| {
                for (number, proposal) in (1_u8..).zip(policy.proposals()) {
                    proposal.emit(sa, number, &spi_in);
                }
            });
            b.push(Payload::Nonce(Nonce { data: &n_i }));
            if let Some(key_pair) = key_pair {
                b.push(Payload::KeyExchange(key_pair.payload()));
            }
            push_selectors(b, local, remote);
        })?)
    };
    let (response, key_pair) = create(session, key, (NegotiationContext::CreateChildSa, &policy), method, build)?;
    let parts = response.parts()?;
    let (Some(answer), Some(n_r), Some(ts_i), Some(ts_r)) =
        (body(&parts, PayloadType::SA), parts.nonce.map(|nonce| nonce.data), parts.ts_i, parts.ts_r)
    else {
        return Err(missing("SA, Nonce, TSi or TSr"));
    };
    check_narrowed(&ts_i, local)?;
    check_narrowed(&ts_r, remote)?;
    let selection = check_response(answer, NegotiationContext::CreateChildSa, &policy)?;
    let mut exchanges = selection.key_exchanges()?.start();
    if let Some(method) = exchanges.next_method() {
        let (Some(key_pair), Some(theirs)) = (key_pair, parts.key_exchange) else { return Err(missing("KE")) };
        exchanges.add_secret(method, key_pair.finish(&theirs)?.as_octets())?;
    }
    let notation = suite::notation(&selection);
    session.link.report.say(format_args!("   ESP: {notation}"));
    session.link.report.seen.esp = Some(notation);
    let spi_out = selection.peer_spi().try_into().map_err(|_| missing("SPI"))?;
    let lengths = suite::child_lengths(&selection)?;
    let secrets = followup::initiate(session, key, &parts, exchanges)?;
    let sa = session.sa(key)?;
    let nonces = Nonces { initiator: &n_i, responder: n_r };
    let keys = ChildKeys::derive(sa.algorithms.prf, sa.keys.sk_d(), nonces, &secrets, lengths)?;
    session.add_child(key, Child::new(spi_in, spi_out, keys))?;
    // RFC 7296 section 2.8: who rekeyed deletes the old one.
    old.map_or(Ok(()), |old| delete_children(session, key, old))
}

/// A new IKE SA in the place of this one; gives what it is known by.
pub(crate) fn rekey_ike(session: &mut Session, key: u64) -> Result<u64, Failure> {
    let (spi_i, n_i) = (random::spi()?, random::array::<32>()?);
    let policy = session.args.ike.clone();
    let current = session.sa(key)?.algorithms.ke;
    let method = Some(first_method(&policy, current)?);
    let build = |key_pair: Option<&KeyPair>| {
        Ok(content(|b| {
            b.sa(|sa| {
                for (number, proposal) in (1_u8..).zip(policy.proposals()) {
                    proposal.emit(sa, number, &spi_i.to_be_bytes());
                }
            });
            b.push(Payload::Nonce(Nonce { data: &n_i }));
            if let Some(key_pair) = key_pair {
                b.push(Payload::KeyExchange(key_pair.payload()));
            }
        })?)
    };
    session.sa(key)?.rekeying = true;
    let outcome = create(session, key, (NegotiationContext::RekeyIkeSa, &policy), method, build);
    let (response, key_pair) = match outcome {
        Ok(outcome) => outcome,
        Err(failure) => {
            session.sas.iter_mut().filter(|sa| sa.key() == key).for_each(|sa| sa.rekeying = false);
            return Err(failure);
        }
    };
    let parts = response.parts()?;
    let (Some(answer), Some(n_r), Some(theirs), Some(key_pair)) =
        (body(&parts, PayloadType::SA), parts.nonce.map(|nonce| nonce.data), parts.key_exchange, key_pair)
    else {
        return Err(missing("SA, Nonce or KE"));
    };
    let selection = check_response(answer, NegotiationContext::RekeyIkeSa, &policy)?;
    let mut exchanges = selection.key_exchanges()?.start();
    let method = key_pair.method();
    exchanges.add_secret(method, key_pair.finish(&theirs)?.as_octets())?;
    let responder = super::payloads::ike_spi(selection.peer_spi())?;
    let spis = IkeSpis { initiator: spi_i, responder };
    let secrets = followup::initiate(session, key, &parts, exchanges)?;
    let new = successor(
        session,
        key,
        (spis, Role::Initiator),
        &Algorithms::of(&selection)?,
        Nonces { initiator: &n_i, responder: n_r },
        &secrets,
    )?;
    let notation = suite::notation(&selection);
    session.link.report.say(format_args!("   IKE: {notation}"));
    session.link.report.seen.ike = Some(notation);
    delete(session, key)?;
    Ok(new)
}

/// The IKE SA that takes the place of `key`, with its children (RFC 7296 section 2.18).
pub(crate) fn successor(
    session: &mut Session,
    key: u64,
    (spis, role): (IkeSpis, Role),
    algorithms: &Algorithms,
    nonces: Nonces<'_>,
    secrets: &KeyExchangeSecrets,
) -> Result<u64, Failure> {
    let old = session.sa(key)?;
    let skeyseed = Skeyseed::rekeyed(old.algorithms.prf, old.keys.sk_d(), nonces, secrets)?;
    let keys = IkeKeys::derive(algorithms.prf, &skeyseed, nonces, spis, algorithms.lengths())?;
    let mut new = IkeSa::new((spis, role, SaOrigin::Rekey), *algorithms, keys, (old.peer, old.mtu), old.negotiated())?;
    new.children = std::mem::take(&mut old.children);
    let new_key = new.key();
    if session.replaced.len() >= REPLACED {
        session.replaced.remove(0);
    }
    session.replaced.push((key, new_key));
    session.add(new)?;
    Ok(new_key)
}
