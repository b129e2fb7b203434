//! IKE_SA_INIT, RFC 7296 section 1.2, from both sides.

use super::announce::{Announced, announce, fragmentation, has, nat_between, peer_hashes, turn_of_ppk};
use super::{methods, redirect};
use crate::error::{BuildError, ParseError};
use crate::exchange::{Protected, ProtectedSetup, Retransmission, SaOrigin};
use crate::fragment::FragmentationSupport;
use crate::instant::Instant;
use crate::keys::{IkeKeys, IntAuth, Nonces, Skeyseed};
use crate::proposal::{InvalidKeRetries, NegotiationContext, Question, Refusal, Selection, check_response, emit_all, negotiate};
use crate::registry::{CertEncoding, ExchangeType, KeMethod, NotifyType, PayloadType};
use crate::role::Role;
use crate::session::algorithms::Algorithms;
use crate::session::close::{CloseReason, Violation};
use crate::session::config::Config;
use crate::session::configuration::ConfigurationSet;
use crate::session::context::{Context, NONCE};
use crate::session::event::Event;
use crate::session::id::SaId;
use crate::session::ignored::Ignored;
use crate::session::ike_sa::IkeSa;
use crate::session::key_exchange::{self, OwnKeyExchange};
use crate::session::path::NetworkPath;
use crate::session::peer::PeerConfig;
use crate::session::phase::{Handshake, Initiating, Phase, Rivals};
use crate::session::ppk::{Ppk, PpkNumbers, PpkTurn};
use crate::session::sa::Sa;
use crate::wire::{CertReq, Header, IkeSpis, KeyExchange, Message, MessageBuilder, Nonce, Notify, NotifyData, Parts, Payload};
use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use bytes::Bytes;

/// Octets of the buffer that an IKE_SA_INIT message is tried in first.
const USUAL: usize = 1024;

/// Writes a message into a buffer that fits it.
pub(in crate::session) fn message(build: impl Fn(&mut [u8]) -> Result<usize, BuildError>) -> Result<Bytes, BuildError> {
    let mut buf = vec![0; USUAL];
    let len = match build(&mut buf) {
        Err(BuildError::BufferTooSmall { needed }) => {
            buf = vec![0; needed];
            build(&mut buf)?
        }
        built => built?,
    };
    buf.truncate(len);
    Ok(buf.into())
}

/// An IKE SA that we begin: its first request is on its way.
pub(in crate::session) fn begin(
    id: SaId,
    config: Arc<Config>,
    path: NetworkPath,
    peer: Arc<PeerConfig>,
    cx: &mut Context<'_>,
) -> Result<Sa, CloseReason> {
    let method = key_exchange::first_method(&config.ike, peer.first_ke).ok_or(Violation::Missing(PayloadType::SA))?;
    let ke = OwnKeyExchange::begin(cx, method)?;
    let nonce = cx.octets()?;
    let spi = cx.ike_spi(id)?;
    let begun = Initiating {
        spi,
        path,
        nonce,
        ke,
        retries: InvalidKeRetries::new(method),
        former: Vec::new(),
        has_gone_back: false,
        cookie: None,
        rounds: 0,
        request: Bytes::new(),
        timer: Retransmission::new(config.schedule, cx.now),
        sent_at: cx.now,
        held: None,
        last_resort: None,
    };
    let mut sa = Sa::new(id, config, Role::Initiator, path, Phase::Initiating(Box::new(begun)), cx.now);
    sa.peer = Some(peer);
    if let Err(error) = ask(&mut sa, cx) {
        cx.names.release_ike(spi);
        return Err(error);
    }
    Ok(sa)
}

/// Sends the request, the first one or one that a cookie or another key exchange method changed.
fn ask(sa: &mut Sa, cx: &mut Context<'_>) -> Result<(), CloseReason> {
    let (config, path) = (sa.config.clone(), sa.path);
    let Some(peer) = sa.peer.clone() else { return Ok(()) };
    let ppk = peer.ppk.as_ref();
    let early_ppk = ppk.map_or(&[][..], Ppk::numbers);
    let Phase::Initiating(begun) = &mut sa.phase else { return Ok(()) };
    let spis = IkeSpis { initiator: begun.spi, responder: 0 };
    let header = Header { spis, exchange: ExchangeType::IKE_SA_INIT, initiator: true, response: false, message_id: 0 };
    let announced = Announced {
        hashes: config.hashes,
        fragmentation: config.fragmentation,
        intermediate: !early_ppk.is_empty() || key_exchange::offers_additional(&config.ike),
        childless: false,
        ppk: ppk.is_some(),
        redirect: peer.takes_redirects && peer.redirected_from.is_none(),
        early_ppk,
        vendor_ids: config.vendor_ids,
        pretend_nat: peer.forces_nat,
    };
    let request = message(|buf| {
        let mut builder = MessageBuilder::new(buf, &header);
        if let Some(cookie) = &begun.cookie {
            builder.notify(NotifyData::Cookie(cookie));
        }
        builder.sa(|sa| emit_all(config.ike.proposals(), sa, &[]));
        builder.push(Payload::KeyExchange(begun.ke.payload()));
        builder.push(Payload::Nonce(Nonce { data: &begun.nonce }));
        announce(&mut builder, cx.provider, path, spis, announced);
        if let Some(gateway) = &peer.redirected_from {
            gateway.announce(&mut builder);
        }
        builder.finish().map(|message| message.len())
    })?;
    begun.request = request;
    send(sa, cx.now);
    Ok(())
}

/// Sends the request for the first time, or one that was sent before another.
fn send(sa: &mut Sa, now: Instant) {
    let (path, schedule) = (sa.path, sa.config.schedule);
    let Phase::Initiating(begun) = &mut sa.phase else { return };
    begun.timer = Retransmission::new(schedule, now);
    begun.sent_at = now;
    begun.held = None;
    begun.last_resort = None;
    let request = begun.request.clone();
    sa.send_plain(path, request, now);
}

/// Takes an IKE_SA_INIT response. What nobody vouches for ends nothing: it is ignored, held back, or leads to another request.
pub(in crate::session) fn response(sa: &mut Sa, cx: &mut Context<'_>, datagram: &[u8], message: &Message<'_>) -> Result<(), Ignored> {
    let parts = message.parts().map_err(|error| Ignored::Unprotected(error.into()))?;
    if let Some(asked) = parts.notify(NotifyType::COOKIE) {
        return cookie(sa, cx, asked.typed_data().ok());
    }
    if let Some(error) = parts.error() {
        return match error.typed_data() {
            Ok(NotifyData::InvalidKePayload(wanted)) => other_method(sa, cx, wanted),
            _ => Err(refused(sa, error.ty)),
        };
    }
    if has(&parts, NotifyType::REDIRECT) {
        return Err(redirected(sa, &parts));
    }
    let Phase::Initiating(mut begun) = core::mem::replace(&mut sa.phase, Phase::Closed) else { return Err(Ignored::Over) };
    match taken(sa, cx, &mut begun, (datagram, message, &parts)) {
        Ok(()) => {
            if sa.config.is_adaptive && begun.timer.retransmissions() == 0 {
                // Karn: a round trip of a request that was sent once (RFC 6298 section 3).
                sa.schedule = sa.config.schedule.with_round_trip(cx.now - begun.sent_at);
            }
            let until = cx.now + sa.config.schedule.give_up;
            if let Phase::Handshaking(handshake) = &mut sa.phase {
                handshake.rivals = Some(Box::new(Rivals { begun, waiting: VecDeque::new(), demands: Vec::new(), has_asked: false, until }));
            }
            Ok(())
        }
        Err(why) => {
            sa.phase = Phase::Initiating(begun);
            Err(if let Ignored::Unprotected(violation) = why { violated(sa, violation) } else { why })
        }
    }
}

/// Takes a response that agrees. It may answer our request as it was before somebody made us take another method.
fn taken(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    begun: &mut Initiating,
    (datagram, message, parts): (&[u8], &Message<'_>, &Parts<'_>),
) -> Result<(), Ignored> {
    let method = begun.ke.method;
    if let Some(theirs) = parts.key_exchange.filter(|theirs| theirs.method != method) {
        begun.go_back(theirs.method);
    }
    agreed(sa, cx, begun, (datagram, message, parts)).inspect_err(|_| {
        begun.go_back(method);
    })
}

/// What a response that was kept while another one was tried may come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Kept {
    /// Keys.
    Agreement,
    /// Another request, with a cookie or with another method.
    Demand,
}

/// What a response may come to, for all that can be seen of it at little cost.
pub(in crate::session) fn kind(message: &Message<'_>, begun: &Initiating) -> Option<Kept> {
    let parts = message.parts().ok()?;
    if let Some(asked) = parts.notify(NotifyType::COOKIE) {
        return (begun.cookie.as_deref() != Some(asked.data)).then_some(Kept::Demand);
    }
    if let Some(error) = parts.error() {
        let is_other = |wanted| wanted != begun.ke.method;
        return matches!(error.typed_data(), Ok(NotifyData::InvalidKePayload(wanted)) if is_other(wanted)).then_some(Kept::Demand);
    }
    let is_asked = |method| begun.ke.method == method || begun.former.iter().any(|(ke, _)| ke.method == method);
    let has_keys = parts.key_exchange.is_some_and(|theirs| is_asked(theirs.method)) && parts.nonce.is_some();
    (parts.first(PayloadType::SA).is_some() && has_keys && message.header().spis.responder != 0).then_some(Kept::Agreement)
}

/// Takes a response that was kept and may agree.
pub(in crate::session) fn kept_answer(sa: &mut Sa, cx: &mut Context<'_>, begun: &mut Initiating, datagram: &[u8]) -> Result<(), Ignored> {
    let unprotected = |error: ParseError| Ignored::Unprotected(error.into());
    let message = Message::parse(datagram).map_err(unprotected)?;
    taken(sa, cx, begun, (datagram, &message, &message.parts().map_err(unprotected)?))
}

fn refused(sa: &mut Sa, notify: NotifyType) -> Ignored {
    hold(sa, CloseReason::Refused { exchange: ExchangeType::IKE_SA_INIT, notify })
}

/// An answer that sends us elsewhere. It counts only from who has seen our request (RFC 5685 section 3).
fn redirected(sa: &mut Sa, parts: &Parts<'_>) -> Ignored {
    let Phase::Initiating(begun) = &sa.phase else { return Ignored::Over };
    let is_first = begun.held.is_none();
    match redirect::read(parts) {
        Some((to, nonce)) if nonce == begun.nonce => {
            if is_first {
                sa.tell(Event::Redirected { to, is_authentic: false });
            }
            hold(sa, CloseReason::Redirected)
        }
        _ => Ignored::Unprotected(Violation::Missing(PayloadType::NONCE)),
    }
}

/// An answer that agrees to nothing we can go on with.
fn violated(sa: &mut Sa, violation: Violation) -> Ignored {
    hold(sa, violation.into())
}

/// Keeps an answer that nobody vouches for: it ends the exchange when the request would be sent again, unless something better comes
/// (RFC 7296 section 2.21.1).
fn hold(sa: &mut Sa, reason: CloseReason) -> Ignored {
    if let Phase::Initiating(begun) = &mut sa.phase {
        if begun.held.is_none() {
            begun.held = Some(reason);
            sa.tell(Event::Suspected(reason));
        }
    }
    Ignored::HeldBack
}

/// The same request with the cookie (RFC 7296 section 2.6).
fn cookie(sa: &mut Sa, cx: &mut Context<'_>, asked: Option<NotifyData<'_>>) -> Result<(), Ignored> {
    let Some(NotifyData::Cookie(cookie)) = asked else { return Err(Ignored::Unprotected(Violation::MissingNotify(NotifyType::COOKIE))) };
    let Phase::Initiating(begun) = &mut sa.phase else { return Err(Ignored::Over) };
    if begun.cookie.as_deref() == Some(cookie) {
        // A late copy: the cookie was shown.
        return Err(Ignored::Repeated);
    }
    if !is_next_round(begun, sa.config.limits.init_rounds) {
        return Err(violated(sa, Violation::TooManyRounds));
    }
    begun.cookie = Some(cookie.to_vec());
    ask(sa, cx).map_err(|_| Ignored::Unprotected(Violation::TooManyRounds))
}

/// The same request with another key exchange method, and with the cookie shown before (RFC 7296 section 2.6.1); or one that was sent before.
fn other_method(sa: &mut Sa, cx: &mut Context<'_>, wanted: KeMethod) -> Result<(), Ignored> {
    let config = sa.config.clone();
    let Phase::Initiating(begun) = &mut sa.phase else { return Err(Ignored::Over) };
    if wanted == begun.ke.method {
        // A late copy of the answer that was obeyed, unless nothing else comes.
        let notify = NotifyType::INVALID_KE_PAYLOAD;
        begun.last_resort = Some(CloseReason::Refused { exchange: ExchangeType::IKE_SA_INIT, notify });
        return Err(Ignored::Repeated);
    }
    let is_former = begun.retries.has_tried(wanted) && !begun.has_gone_back;
    let is_taken = is_former || begun.retries.accept(wanted, &config.ike);
    if !is_taken || !is_next_round(begun, config.limits.init_rounds) {
        return Err(refused(sa, NotifyType::INVALID_KE_PAYLOAD));
    }
    if begun.go_back(wanted) {
        begun.has_gone_back = true;
    } else {
        let ke = OwnKeyExchange::begin(cx, wanted).map_err(|_| Ignored::Unprotected(Violation::KeData(wanted)))?;
        begun.give_up(ke);
    }
    // Without a cookie that is new, a request that was sent before has the octets that it had.
    ask(sa, cx).map_err(|_| Ignored::Unprotected(Violation::TooManyRounds))
}

fn is_next_round(begun: &mut Initiating, most: u32) -> bool {
    begun.rounds = begun.rounds.saturating_add(1);
    begun.rounds <= most
}

/// The response that agrees: keys come of it.
fn agreed(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    begun: &Initiating,
    (datagram, message, parts): (&[u8], &Message<'_>, &Parts<'_>),
) -> Result<(), Ignored> {
    let config = sa.config.clone();
    let unprotected = Ignored::Unprotected;
    let missing = |ty| unprotected(Violation::Missing(ty));
    let answer = parts.first(PayloadType::SA).ok_or(missing(PayloadType::SA))?.body;
    let theirs = parts.key_exchange.ok_or(missing(PayloadType::KE))?;
    let n_r = parts.nonce.ok_or(missing(PayloadType::NONCE))?.data;
    let spis = message.header().spis;
    if spis.responder == 0 {
        return Err(unprotected(Violation::Spi));
    }
    let selection = check_response(answer, NegotiationContext::IkeSaInit, &config.ike).map_err(|error| unprotected(error.into()))?;
    let exchanges = selection.key_exchanges().map_err(|error| unprotected(error.into()))?;
    if !exchanges.additional().is_empty() && !has(parts, NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED) {
        return Err(unprotected(Violation::IntermediateMissing));
    }
    let ppk = sa.peer.as_ref().and_then(|peer| peer.ppk.as_ref());
    let ppk_turn = ppk.map_or(PpkTurn::Never, |ppk| turn_of_ppk(parts, true, ppk.numbers()));
    if ppk.is_some_and(|ppk| ppk.is_mandatory) && ppk_turn == PpkTurn::Never {
        return Err(unprotected(Violation::MissingNotify(NotifyType::USE_PPK)));
    }
    let due = begun.ke.method;
    if selection.ke_method() != Some(due) || theirs.method != due {
        return Err(unprotected(Violation::KeMethod { found: theirs.method, due }));
    }
    let secret = begun.ke.finish(&theirs).map_err(unprotected)?;
    let agreed = Agreed {
        role: Role::Initiator,
        spis,
        selection: &selection,
        method: due,
        secret: secret.as_octets(),
        messages: (begun.request.clone(), Bytes::copy_from_slice(datagram)),
        nonces: (&begun.nonce, n_r),
        fragmentation: fragmentation(config.fragmentation, has(parts, NotifyType::IKEV2_FRAGMENTATION_SUPPORTED)),
        childless: has(parts, NotifyType::CHILDLESS_IKEV2_SUPPORTED),
        ppk_turn,
        until: Instant::FAR_FUTURE,
    };
    let (ike, handshake) = establish(cx, &config, agreed, parts).map_err(|_| unprotected(Violation::KeData(due)))?;
    sa.nat = nat_between(parts, cx.provider, sa.path, spis);
    float(sa, cx.provider.sha1().is_ok() && has(parts, NotifyType::NAT_DETECTION_SOURCE_IP));
    take(sa, ike, handshake);
    Ok(())
}

/// On to port 4500, where a NAT is in the way (RFC 7296 section 2.23), or may be where we move to: with MOBIKE, if both find NATs (RFC 4555
/// section 3.3). A TCP connection stays where it is (RFC 9329 section 6.5).
fn float(sa: &mut Sa, finds_nats: bool) {
    if sa.path.is_tcp() {
        return;
    }
    let Some(peer) = &sa.peer else { return };
    let is_due = sa.nat.ours || sa.nat.theirs || peer.forces_nat || peer.mobike && finds_nats;
    if let Some(path) = peer.nat_path.filter(|_| is_due) {
        sa.path = path;
    }
}

fn take(sa: &mut Sa, mut ike: IkeSa, handshake: Handshake) {
    // An initiator takes no request before the responder has authenticated itself.
    ike.protected.set_takes_requests(sa.role == Role::Responder);
    sa.current = ike.spi();
    sa.add_generation(ike);
    sa.tell_keys(sa.current);
    sa.phase = Phase::Handshaking(Box::new(handshake));
}

/// What both sides know after IKE_SA_INIT.
struct Agreed<'a> {
    role: Role,
    spis: IkeSpis,
    selection: &'a Selection,
    method: KeMethod,
    secret: &'a [u8],
    messages: (Bytes, Bytes),
    nonces: (&'a [u8], &'a [u8]),
    fragmentation: FragmentationSupport,
    childless: bool,
    ppk_turn: PpkTurn,
    until: Instant,
}

/// The first keys of an IKE SA.
fn establish(cx: &mut Context<'_>, config: &Config, agreed: Agreed<'_>, parts: &Parts<'_>) -> Result<(IkeSa, Handshake), CloseReason> {
    let algorithms = Algorithms::of(cx.provider, agreed.selection)?;
    let nonces = Nonces { initiator: agreed.nonces.0, responder: agreed.nonces.1 };
    let exchanges = agreed.selection.key_exchanges()?;
    let (skeyseed, additional) = Skeyseed::initial(algorithms.prf, nonces, exchanges, agreed.method, agreed.secret)?;
    let keys = IkeKeys::derive(algorithms.prf, &skeyseed, nonces, agreed.spis, algorithms.lengths())?;
    let setup = ProtectedSetup {
        spis: agreed.spis,
        role: agreed.role,
        origin: SaOrigin::InitialExchange(agreed.role),
        suite: algorithms.suite,
        fragmentation: agreed.fragmentation,
        limits: config.limits.reassembly,
    };
    let protected = Protected::new(cx.provider, cx.random, setup, keys)?;
    let handshake = Handshake {
        request: agreed.messages.0,
        response: agreed.messages.1,
        n_i: nonces.initiator.to_vec(),
        n_r: nonces.responder.to_vec(),
        int_auth: IntAuth::new(algorithms.prf),
        has_intermediate: false,
        peer_hashes: peer_hashes(parts),
        peer_methods: methods::read(parts),
        additional,
        until: agreed.until,
        childless: agreed.childless,
        ppk_turn: agreed.ppk_turn,
        ppk: None,
        auth_id: 0,
        eap: None,
        configuration: ConfigurationSet::new(),
        auth_lifetime: None,
        rivals: None,
    };
    Ok((IkeSa::new(protected, algorithms, Box::new(*agreed.selection)), handshake))
}

/// How an IKE_SA_INIT request is answered.
pub(in crate::session) enum Answer {
    /// An IKE SA is half open; its response is on its way.
    HalfOpen(Box<Sa>),
    /// An error, and nothing is kept.
    Refused(Box<Refusal>),
}

/// Answers an IKE_SA_INIT request that was let in.
pub(in crate::session) fn answer(
    id: SaId,
    config: &Arc<Config>,
    path: NetworkPath,
    cx: &mut Context<'_>,
    (datagram, parts): (&[u8], &Parts<'_>),
) -> Result<Answer, CloseReason> {
    let missing = |ty| CloseReason::Violation(Violation::Missing(ty));
    let offer = parts.first(PayloadType::SA).ok_or(missing(PayloadType::SA))?.body;
    let theirs = parts.key_exchange.ok_or(missing(PayloadType::KE))?;
    let n_i = parts.nonce.ok_or(missing(PayloadType::NONCE))?.data;
    let selection = match negotiate(offer, Question::of_init(parts), &config.ike) {
        Ok(selection) => selection,
        Err(refusal) => return Ok(Answer::Refused(Box::new(refusal))),
    };
    let is_additional = !selection.key_exchanges()?.additional().is_empty();
    if is_additional && !has(parts, NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED) {
        return Err(Violation::IntermediateMissing.into());
    }
    let (public, secret) = key_exchange::answer(cx, &theirs)?;
    let n_r = cx.octets::<NONCE>()?;
    let initiator = Header::peek(datagram).map_err(Violation::Syntax)?.header.spis.initiator;
    let spis = IkeSpis { initiator, responder: cx.ike_spi(id)? };
    let half =
        Half { datagram, parts, selection, method: theirs.method, public, secret: secret.as_octets(), n_i, n_r, spis, is_additional };
    let made = half_open(id, config, path, cx, half);
    if made.is_err() {
        cx.names.release_ike(spis.responder);
    }
    made.map(|sa| Answer::HalfOpen(Box::new(sa)))
}

/// What a half-open IKE SA is made of.
struct Half<'a> {
    datagram: &'a [u8],
    parts: &'a Parts<'a>,
    selection: Selection,
    method: KeMethod,
    public: Vec<u8>,
    secret: &'a [u8],
    n_i: &'a [u8],
    n_r: [u8; NONCE],
    spis: IkeSpis,
    is_additional: bool,
}

fn half_open(id: SaId, config: &Arc<Config>, path: NetworkPath, cx: &mut Context<'_>, half: Half<'_>) -> Result<Sa, CloseReason> {
    let asks_fragments = has(half.parts, NotifyType::IKEV2_FRAGMENTATION_SUPPORTED);
    let ppk_turn = turn_of_ppk(half.parts, config.ppk, if config.early_ppks.is_empty() { &[] } else { PpkNumbers::ALL });
    let early_ppk = ppk_turn.numbers();
    let announced = Announced {
        hashes: config.hashes,
        // RFC 7383 section 2.3: a responder announces it only to an initiator that does.
        fragmentation: config.fragmentation && asks_fragments,
        intermediate: half.is_additional || !early_ppk.is_empty(),
        childless: config.childless,
        ppk: ppk_turn == PpkTurn::Auth,
        redirect: false,
        early_ppk,
        vendor_ids: config.vendor_ids,
        pretend_nat: false,
    };
    let header = Header { spis: half.spis, exchange: ExchangeType::IKE_SA_INIT, initiator: false, response: true, message_id: 0 };
    let authorities = config.authorities.concat();
    let methods = methods::octets(config.hashes, None);
    let response = message(|buf| {
        let mut builder = MessageBuilder::new(buf, &header);
        builder.sa(|sa| half.selection.emit(sa, &[]));
        builder.push(Payload::KeyExchange(KeyExchange { method: half.method, data: &half.public }));
        builder.push(Payload::Nonce(Nonce { data: &half.n_r }));
        announce(&mut builder, cx.provider, path, half.spis, announced);
        if config.announces_methods {
            builder.push(Payload::Notify(Notify::new(NotifyType::SUPPORTED_AUTH_METHODS, &methods)));
        }
        if !authorities.is_empty() {
            builder.push(Payload::CertReq(CertReq { encoding: CertEncoding::X509_SIGNATURE, authorities: &authorities }));
        }
        builder.finish().map(|message| message.len())
    })?;
    let agreed = Agreed {
        role: Role::Responder,
        spis: half.spis,
        selection: &half.selection,
        method: half.method,
        secret: half.secret,
        messages: (Bytes::copy_from_slice(half.datagram), response.clone()),
        nonces: (half.n_i, &half.n_r),
        fragmentation: fragmentation(asks_fragments, announced.fragmentation),
        childless: config.childless,
        ppk_turn,
        until: cx.now + config.limits.half_open_lifetime,
    };
    let (ike, handshake) = establish(cx, config, agreed, half.parts)?;
    let mut sa = Sa::new(id, config.clone(), Role::Responder, path, Phase::Closed, cx.now);
    sa.nat = nat_between(half.parts, cx.provider, path, IkeSpis { responder: 0, ..half.spis });
    take(&mut sa, ike, handshake);
    sa.send_plain(path, response, cx.now);
    Ok(sa)
}
