//! Requests of the peer on an IKE SA, and what follows from answering them.

use super::authenticate::push_selectors;
use super::failure::Failure;
use super::followup::{Pending, Target};
use super::payloads::{Content, body, content, error, missing};
use super::session::Session;
use super::suite::{self, Algorithms};
use super::{answer, followup, intermediate, ke, random};
use ikev2::error::{ParseError, ParseErrorKind};
use ikev2::fragment::Reassembled;
use ikev2::ke::PendingKeyExchanges;
use ikev2::keys::IkeKeys;
use ikev2::proposal::{NegotiationContext, Policy, Question, Refusal, Selection, negotiate};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType, SecurityProtocol};
use ikev2::selectors::{self, Selector};
use ikev2::wire::{ChainBuilder, IkeSpis, KeyExchange, Nonce, Notify, Parts, Payload};

/// IKE SAs at a time, half open or not.
pub(crate) const SAS: usize = 256;
/// Child SAs of one IKE SA at a time.
const CHILDREN: usize = 64;

pub(crate) struct Answer {
    pub(crate) content: Content,
    pub(crate) after: After,
}

/// What happens once the response is sent.
pub(crate) enum After {
    Nothing,
    /// An additional key exchange took effect.
    Keys(Box<IkeKeys>),
    /// The IKE SA is over.
    Gone(Result<(), Failure>),
}

impl From<Content> for Answer {
    fn from(content: Content) -> Self {
        Self { content, after: After::Nothing }
    }
}

/// The answer to an authentic request. What is wrong with it is answered, never fatal.
pub(crate) fn request(session: &mut Session, key: u64, message: &Reassembled) -> Result<Answer, Failure> {
    let half_open = session.sa(key)?.handshake.is_some();
    let outcome = match (message.header().exchange, half_open) {
        (ExchangeType::IKE_INTERMEDIATE, true) => {
            intermediate::respond(session, key, message).map(|(content, keys)| Answer { content, after: After::Keys(Box::new(keys)) })
        }
        (ExchangeType::IKE_AUTH, true) => answer::respond(session, key, message),
        (ExchangeType::CREATE_CHILD_SA, false) => create_child_sa(session, key, message).map(Answer::from),
        (ExchangeType::IKE_FOLLOWUP_KE, false) => followup::respond(session, key, message).map(Answer::from),
        (ExchangeType::INFORMATIONAL, false) => informational(session, key, message),
        (exchange, _) => Err(Failure::Protocol(format!("{exchange} is not due"))),
    };
    match outcome {
        Ok(answer) => Ok(answer),
        Err(failure) => {
            session.link.report.say(format_args!("   the request is refused: {failure}"));
            let content = error_for(&failure)?;
            // RFC 7296 section 2.21.3: INVALID_SYNTAX in an authentic request ends the SA; here only one not yet up.
            let after = if half_open { After::Gone(Err(failure)) } else { After::Nothing };
            Ok(Answer { content, after })
        }
    }
}

/// What the peer is told: UNSUPPORTED_CRITICAL_PAYLOAD names the payload type (RFC 7296 section 2.5).
fn error_for(failure: &Failure) -> Result<Content, Failure> {
    let content = match failure {
        Failure::Parse(ParseError { kind: ParseErrorKind::UnsupportedCritical(ty), .. }) => {
            error(NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD, &[ty.0])
        }
        _ => error(NotifyType::INVALID_SYNTAX, &[]),
    };
    Ok(content?)
}

pub(crate) fn afterwards(session: &mut Session, key: u64, content: &Content, datagrams: &[Vec<u8>], after: After) -> Result<(), Failure> {
    match after {
        After::Nothing => Ok(()),
        After::Keys(keys) => intermediate::responded(session, key, content, datagrams, *keys),
        After::Gone(outcome) => {
            let replaced = session.replaced.iter().any(|(old, _)| *old == key);
            session.remove(key);
            if !replaced {
                session.link.report.say(format_args!("   the IKE SA is over"));
                session.ended.push(outcome);
            }
            Ok(())
        }
    }
}

fn informational(session: &mut Session, key: u64, message: &Reassembled) -> Result<Answer, Failure> {
    let parts = message.parts()?;
    if parts.notify(NotifyType::AUTHENTICATION_FAILED).is_some() {
        session.link.report.seen.notify = Some(NotifyType::AUTHENTICATION_FAILED);
        let after = After::Gone(Err(Failure::Refused(NotifyType::AUTHENTICATION_FAILED)));
        return Ok(Answer { content: content(|_| {})?, after });
    }
    if parts.deletes().any(|delete| delete.protocol() == SecurityProtocol::IKE) {
        session.link.report.seen.step("deleted".into());
        return Ok(Answer { content: content(|_| {})?, after: After::Gone(Ok(())) });
    }
    let sa = session.sa(key)?;
    let mut gone = Vec::new();
    for spi in parts.deletes().filter(|delete| delete.protocol() == SecurityProtocol::ESP).flat_map(|delete| delete.spis()) {
        // The peer names what it receives under, we answer with ours (RFC 7296 section 1.4.1).
        if let Some(index) = sa.children.iter().position(|child| child.spi_out == *spi) {
            gone.push(sa.children.swap_remove(index).spi_in);
        }
    }
    let what = if parts.delete.is_none() { "dpd" } else { "delete-child" };
    session.link.report.seen.step(what.into());
    Ok(content(|b| {
        if !gone.is_empty() {
            b.delete(SecurityProtocol::ESP, &gone);
        }
    })?
    .into())
}

fn create_child_sa(session: &mut Session, key: u64, message: &Reassembled) -> Result<Content, Failure> {
    let parts = message.parts()?;
    // RFC 7296 section 2.25: not on an IKE SA that is being replaced, or was.
    if session.sa(key)?.rekeying || session.replaced.iter().any(|(old, _)| *old == key) {
        return Ok(error(NotifyType::TEMPORARY_FAILURE, &[])?);
    }
    // Authentic peers, too, have only so much of our memory.
    if session.sas.len() >= SAS || session.sa(key)?.children.len() >= CHILDREN {
        return Ok(error(NotifyType::NO_ADDITIONAL_SAS, &[])?);
    }
    match (body(&parts, PayloadType::SA), parts.nonce.map(|nonce| nonce.data)) {
        (Some(offer), Some(n_i)) if parts.ts_i.is_none() => rekey_ike(session, key, &parts, offer, n_i),
        (Some(offer), Some(n_i)) => child(session, key, &parts, offer, n_i),
        _ => Err(missing("SA or Nonce")),
    }
}

fn rekey_ike(session: &mut Session, key: u64, parts: &Parts<'_>, offer: &[u8], n_i: &[u8]) -> Result<Content, Failure> {
    let policy = session.args.ike.clone();
    let selection = match choose(session, offer, NegotiationContext::RekeyIkeSa, parts.key_exchange.map(|ke| ke.method), &policy) {
        Ok(selection) => selection,
        Err(refusal) => return refused(&refusal),
    };
    let theirs = parts.key_exchange.ok_or_else(|| missing("KE"))?;
    let mut exchanges = selection.key_exchanges()?.start();
    let (public, secret) = ke::answer(&theirs)?;
    exchanges.add_secret(theirs.method, secret.as_octets())?;
    let (spi_r, n_r) = (random::spi()?, random::array::<32>()?);
    let spi_i = super::payloads::ike_spi(selection.peer_spi())?;
    let spis = IkeSpis { initiator: spi_i, responder: spi_r };
    let target = Target::Ike { spis, algorithms: Algorithms::of(&selection)? };
    let blob = begin(session, key, exchanges, (n_i, &n_r), target)?;
    session.link.report.seen.ike = Some(suite::notation(&selection));
    session.link.report.seen.step("rekey-ike".into());
    Ok(content(|b| {
        b.sa(|sa| selection.emit(sa, &spi_r.to_be_bytes()));
        b.push(Payload::Nonce(Nonce { data: &n_r })).push(Payload::KeyExchange(KeyExchange { method: theirs.method, data: &public }));
        push_blob(b, blob.as_ref());
    })?)
}

fn child(session: &mut Session, key: u64, parts: &Parts<'_>, offer: &[u8], n_i: &[u8]) -> Result<Content, Failure> {
    if let Some(rekey) = parts.notify(NotifyType::REKEY_SA) {
        let known = session.sa(key)?.children.iter().any(|child| child.spi_out == *rekey.spi);
        if !known {
            let about = Notify { protocol: rekey.protocol, spi: rekey.spi, ty: NotifyType::CHILD_SA_NOT_FOUND, data: &[] };
            return Ok(content(|b| {
                b.push(Payload::Notify(about));
            })?);
        }
    }
    let policy = session.args.esp.clone();
    let selection = match choose(session, offer, NegotiationContext::CreateChildSa, parts.key_exchange.map(|ke| ke.method), &policy) {
        Ok(selection) => selection,
        Err(refusal) => return refused(&refusal),
    };
    let Some((ts_i, ts_r)) = narrowed(session, parts)? else { return Ok(error(NotifyType::TS_UNACCEPTABLE, &[])?) };
    let mut exchanges = selection.key_exchanges()?.start();
    let mut public = None;
    if let Some(method) = exchanges.next_method() {
        let (octets, secret) = ke::answer(&parts.key_exchange.ok_or_else(|| missing("KE"))?)?;
        exchanges.add_secret(method, secret.as_octets())?;
        public = Some((method, octets));
    }
    let (spi_in, n_r) = (random::child_spi()?, random::array::<32>()?);
    let spi_out = selection.peer_spi().try_into().map_err(|_| missing("SPI"))?;
    let target = Target::Child { spi_in, spi_out, lengths: suite::child_lengths(&selection)? };
    let blob = begin(session, key, exchanges, (n_i, &n_r), target)?;
    session.link.report.seen.esp = Some(suite::notation(&selection));
    let step = if parts.notify(NotifyType::REKEY_SA).is_some() { "rekey-child" } else { "child" };
    session.link.report.seen.step(step.into());
    Ok(content(|b| {
        b.sa(|sa| selection.emit(sa, &spi_in)).push(Payload::Nonce(Nonce { data: &n_r }));
        if let Some((method, public)) = &public {
            b.push(Payload::KeyExchange(KeyExchange { method: *method, data: public }));
        }
        push_selectors(b, ts_i, ts_r);
        push_blob(b, blob.as_ref());
    })?)
}

/// Goes on to the additional key exchanges, or sets up what was chosen.
fn begin(
    session: &mut Session,
    key: u64,
    exchanges: PendingKeyExchanges,
    (n_i, n_r): (&[u8], &[u8]),
    target: Target,
) -> Result<Option<[u8; 8]>, Failure> {
    let (n_i, n_r) = (n_i.to_vec(), n_r.to_vec());
    followup::go_on(session, key, Pending { blob: random::array()?, exchanges, n_i, n_r, target })
}

fn push_blob(b: &mut ChainBuilder<'_>, blob: Option<&[u8; 8]>) {
    if let Some(blob) = blob {
        b.push(Payload::Notify(Notify::new(NotifyType::ADDITIONAL_KEY_EXCHANGE, blob)));
    }
}

/// The choice, said aloud either way.
pub(crate) fn choose(
    session: &mut Session,
    offer: &[u8],
    context: NegotiationContext,
    ke: Option<ikev2::registry::KeMethod>,
    policy: &Policy,
) -> Result<Selection, Refusal> {
    let outcome = negotiate(offer, Question::new(context, ke), policy);
    match &outcome {
        Ok(selection) => session.link.report.say(format_args!("   chosen: {}", suite::notation(selection))),
        Err(refusal) => session.link.report.say(format_args!("   {refusal}")),
    }
    outcome
}

pub(crate) fn refused(refusal: &Refusal) -> Result<Content, Failure> {
    let notify = refusal.notify().ok_or_else(|| missing("acceptable proposal"))?;
    Ok(error(notify.ty, notify.data)?)
}

/// The peer's selectors as far as they lie within ours (RFC 7296 section 2.9): one each.
pub(crate) fn narrowed(session: &Session, parts: &Parts<'_>) -> Result<Option<(Selector, Selector)>, Failure> {
    let (Some(ts_i), Some(ts_r)) = (parts.ts_i, parts.ts_r) else { return Err(missing("TSi or TSr")) };
    let narrow = |offered, own| selectors::narrow_to_one(&selectors::read(offered).0, &[own]);
    Ok(narrow(&ts_i, session.args.ts_remote).zip(narrow(&ts_r, session.args.ts_local)))
}
