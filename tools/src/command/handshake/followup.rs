//! Additional key exchanges of a rekey or a new Child SA: IKE_FOLLOWUP_KE, RFC 9370 section 2.2.4.

use super::create::successor;
use super::failure::Failure;
use super::ke;
use super::payloads::{Content, content, error, missing};
use super::sa::Child;
use super::session::Session;
use super::suite::Algorithms;
use ikev2::Role;
use ikev2::fragment::Reassembled;
use ikev2::ke::{KeyExchangeSecrets, PendingKeyExchanges};
use ikev2::keys::{ChildKeys, KeyLengths, Nonces};
use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::wire::{IkeSpis, KeyExchange, Notify, Parts, Payload};

/// A CREATE_CHILD_SA exchange we answered and that is not complete before its additional key exchanges are.
pub(crate) struct Pending {
    /// What the initiator shows to say which exchange it goes on with.
    pub(crate) blob: [u8; 8],
    pub(crate) exchanges: PendingKeyExchanges,
    pub(crate) n_i: Vec<u8>,
    pub(crate) n_r: Vec<u8>,
    pub(crate) target: Target,
}

/// What comes of it.
pub(crate) enum Target {
    Ike { spis: IkeSpis, algorithms: Algorithms },
    Child { spi_in: [u8; 4], spi_out: [u8; 4], lengths: KeyLengths },
}

/// As initiator: one exchange for each method still to run; gives the secrets of all. `response` is that of CREATE_CHILD_SA.
pub(crate) fn initiate(
    session: &mut Session,
    key: u64,
    response: &Parts<'_>,
    mut exchanges: PendingKeyExchanges,
) -> Result<KeyExchangeSecrets, Failure> {
    let link = |parts: &Parts<'_>| parts.notify(NotifyType::ADDITIONAL_KEY_EXCHANGE).map(|notify| notify.data.to_vec());
    let mut blob = link(response);
    while let Some(method) = exchanges.next_method() {
        let shown = blob.take().ok_or_else(|| missing("ADDITIONAL_KEY_EXCHANGE notify"))?;
        let key_pair = ke::begin(method)?;
        let request = content(|b| {
            b.push(Payload::KeyExchange(key_pair.payload()));
            b.push(Payload::Notify(Notify::new(NotifyType::ADDITIONAL_KEY_EXCHANGE, &shown)));
        })?;
        let (response, _) = session.exchange(key, ExchangeType::IKE_FOLLOWUP_KE, &request)?;
        let parts = response.parts()?;
        if let Some(error) = parts.error() {
            session.link.report.seen.notify = Some(error.ty);
            return Err(Failure::Refused(error.ty));
        }
        exchanges.add_secret(method, key_pair.finish(&parts.key_exchange.ok_or_else(|| missing("KE"))?)?.as_octets())?;
        blob = link(&parts);
    }
    Ok(exchanges.finish()?)
}

/// As responder: sets up what was chosen, or keeps it until its additional key exchanges are over: then gives what the initiator is
/// to show.
pub(crate) fn go_on(session: &mut Session, key: u64, pending: Pending) -> Result<Option<[u8; 8]>, Failure> {
    if pending.exchanges.next_method().is_none() {
        complete(session, key, pending)?;
        return Ok(None);
    }
    let blob = pending.blob;
    session.sa(key)?.pending = Some(pending);
    Ok(Some(blob))
}

/// As responder: the next additional key exchange; after the last the SA is there.
pub(crate) fn respond(session: &mut Session, key: u64, message: &Reassembled) -> Result<Content, Failure> {
    let parts = message.parts()?;
    let (Some(theirs), Some(shown)) = (parts.key_exchange, parts.notify(NotifyType::ADDITIONAL_KEY_EXCHANGE)) else {
        return Err(missing("KE or ADDITIONAL_KEY_EXCHANGE notify"));
    };
    let pending = session.sa(key)?.pending.take().filter(|pending| shown.data == pending.blob);
    let Some(mut pending) = pending.filter(|pending| pending.exchanges.next_method() == Some(theirs.method)) else {
        return Ok(error(NotifyType::STATE_NOT_FOUND, &[])?);
    };
    let (public, secret) = ke::answer(&theirs)?;
    pending.exchanges.add_secret(theirs.method, secret.as_octets())?;
    let more = go_on(session, key, pending)?;
    Ok(content(|b| {
        b.push(Payload::KeyExchange(KeyExchange { method: theirs.method, data: &public }));
        if let Some(blob) = &more {
            b.push(Payload::Notify(Notify::new(NotifyType::ADDITIONAL_KEY_EXCHANGE, blob)));
        }
    })?)
}

/// All secrets are there.
fn complete(session: &mut Session, key: u64, pending: Pending) -> Result<(), Failure> {
    let secrets = pending.exchanges.finish()?;
    let nonces = Nonces { initiator: &pending.n_i, responder: &pending.n_r };
    match pending.target {
        Target::Ike { spis, algorithms } => successor(session, key, (spis, Role::Responder), &algorithms, nonces, &secrets).map(|_| ()),
        Target::Child { spi_in, spi_out, lengths } => {
            let sa = session.sa(key)?;
            let keys = ChildKeys::derive(sa.algorithms.prf, sa.keys.sk_d(), nonces, &secrets, lengths)?;
            session.add_child(key, Child::new(spi_in, spi_out, keys))
        }
    }
}
