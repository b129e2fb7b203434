//! CREATE_CHILD_SA for Child SAs, new or rekeyed, RFC 7296 sections 1.3.1 and 1.3.3, from both sides; and what IKE_AUTH has in common with
//! it.

use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::ke::KeyExchangeSecrets;
use crate::keys::{ChildKeys, Nonces};
use crate::proposal::{InvalidKeRetries, NegotiationContext, Question as Asked, check_response, emit_all, negotiate};
use crate::registry::{ExchangeType, KeMethod, NotifyType, PayloadType, SecurityProtocol};
use crate::role::Role;
use crate::selectors::{self, Selector};
use crate::session::ask::Inquiry;
use crate::session::child::{Child, ChildDraft, ChildState, child_spi};
use crate::session::close::{CloseReason, Refusing, Violation};
use crate::session::collision::{Crossed, Outcome};
use crate::session::command::Command;
use crate::session::configuration::AddressAssignment;
use crate::session::context::{Context, NONCE};
use crate::session::event::OwnRequest;
use crate::session::id::ChildId;
use crate::session::ike_sa::IkeSa;
use crate::session::key_exchange::{self, OwnKeyExchange};
use crate::session::peer::{ChildConfig, ChildMode};
use crate::session::reply::{Next, Refused, Reply};
use crate::session::sa::Sa;
use crate::session::serving::{PeerInstall, Stage};
use crate::session::task::{Begun, ChildRekey, ChildTask, OwnInstall, Pending, Target, Task};
use crate::wire::{ChainBuilder, KeyExchange, Nonce, Notify, NotifyData, Parts, Payload};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// The traffic of a Child SA: on our side, and on the peer's.
pub(in crate::session) type Traffic = (Vec<Selector>, Vec<Selector>);

/// What an offered Child SA comes to.
pub(super) enum Choice {
    Agreed(Box<ChildDraft>),
    /// The application narrows the traffic.
    Ask(Inquiry),
}

/// Chooses from what the peer offers for a Child SA.
pub(super) fn choose(
    sa: &Sa,
    cx: &mut Context<'_>,
    parts: &Parts<'_>,
    (context, old): (NegotiationContext, Option<ChildId>),
    narrowed: Option<Traffic>,
) -> Result<Choice, Refused> {
    // What takes the place of a Child SA is agreed on as that was.
    if sa.role == Role::Responder && sa.peer.as_ref().is_some_and(|peer| peer.assignment == AddressAssignment::Required) {
        // It has no address, and asks for none here (RFC 7296 section 3.15.4).
        return Err(Refused::new(NotifyType::FAILED_CP_REQUIRED));
    }
    let of_old = old.and_then(|old| sa.child(old)).map(|old| &*old.config);
    let config = of_old.or_else(|| sa.peer.as_ref().and_then(|peer| peer.child.as_ref()));
    let config = config.ok_or(Refused::new(NotifyType::NO_ADDITIONAL_SAS))?;
    let offer = parts.first(PayloadType::SA).ok_or(Violation::Missing(PayloadType::SA))?.body;
    let asked = Asked::new(context, parts.key_exchange.map(|ke| ke.method));
    let selection = negotiate(offer, asked, config.policy(context)).map_err(Refused::declined)?;
    // The peer is the initiator of this exchange: TSi is its side.
    let (offered_remote, offered_local) = offered(parts)?;
    let local = narrow(config, &offered_local, &config.local);
    let remote = narrow(config, &offered_remote, &config.remote);
    let (local, remote) = match narrowed {
        Some(decided) if selectors::within(&decided.0, &local) && selectors::within(&decided.1, &remote) => decided,
        Some(_) => (Vec::new(), Vec::new()),
        None if config.asks_narrow && !local.is_empty() && !remote.is_empty() => {
            return Ok(Choice::Ask(Inquiry::Narrow { protocol: selection.protocol(), local, remote }));
        }
        None => (local, remote),
    };
    if local.is_empty() || remote.is_empty() {
        return Err(Refused::new(NotifyType::TS_UNACCEPTABLE));
    }
    let wants_transport = parts.notify(NotifyType::USE_TRANSPORT_MODE).is_some() && config.mode == ChildMode::Transport;
    let mode = if wants_transport { ChildMode::Transport } else { ChildMode::Tunnel };
    let spi_out = child_spi(&selection)?;
    let config = Box::new(config.clone());
    // Without an SPI left there is no Child SA, and the IKE SA stands.
    let spi_in = cx.child_spi(sa.id).map_err(|_| Refused::new(NotifyType::NO_ADDITIONAL_SAS))?;
    let draft = ChildDraft { spi_in, spi_out, selection, mode, local, remote, replaces: None, is_initiator: false, config };
    Ok(Choice::Agreed(Box::new(draft)))
}

/// What of the offered traffic is ours (RFC 7296 section 2.9).
fn narrow(config: &ChildConfig, offered: &[Selector], own: &[Selector]) -> Vec<Selector> {
    if config.is_one { selectors::narrow_to_one(offered, own).into_iter().collect() } else { selectors::narrow(offered, own) }
}

/// The traffic selectors of TSi and TSr that are addresses.
fn offered(parts: &Parts<'_>) -> Result<Traffic, Violation> {
    let ts_i = parts.ts_i.ok_or(Violation::Missing(PayloadType::TSI))?;
    let ts_r = parts.ts_r.ok_or(Violation::Missing(PayloadType::TSR))?;
    Ok((selectors::read(&ts_i).0, selectors::read(&ts_r).0))
}

/// The payloads of a response that agrees, after SA, Nonce and KE: TSi, TSr, and the mode.
pub(super) fn push_traffic(chain: &mut ChainBuilder<'_>, draft: &ChildDraft) {
    let (initiator, responder) = if draft.is_initiator { (&draft.local, &draft.remote) } else { (&draft.remote, &draft.local) };
    push_selectors(chain, (initiator, responder), draft.mode);
}

fn push_selectors(chain: &mut ChainBuilder<'_>, (initiator, responder): (&[Selector], &[Selector]), mode: ChildMode) {
    chain.ts_i(|ts| {
        for selector in initiator {
            ts.selector(selector.wire());
        }
    });
    chain.ts_r(|ts| {
        for selector in responder {
            ts.selector(selector.wire());
        }
    });
    if mode == ChildMode::Transport {
        chain.push(Payload::Notify(Notify::new(NotifyType::USE_TRANSPORT_MODE, &[])));
    }
}

/// The payloads of an offer after SA, Nonce and KE.
pub(super) fn push_offered_traffic(chain: &mut ChainBuilder<'_>, config: &ChildConfig) {
    push_selectors(chain, (&config.local, &config.remote), config.mode);
}

/// What the peer's response agrees to, held against our offer.
pub(super) fn agreed(
    parts: &Parts<'_>,
    context: NegotiationContext,
    config: &ChildConfig,
    spi_in: [u8; 4],
) -> Result<ChildDraft, Violation> {
    let answer = parts.first(PayloadType::SA).ok_or(Violation::Missing(PayloadType::SA))?.body;
    let selection = check_response(answer, context, config.policy(context))?;
    let (local, remote) = offered(parts)?;
    let is_within = selectors::within(&local, &config.local) && selectors::within(&remote, &config.remote);
    if !is_within || local.is_empty() || remote.is_empty() {
        return Err(Violation::Selectors);
    }
    let is_transport = config.mode == ChildMode::Transport && parts.notify(NotifyType::USE_TRANSPORT_MODE).is_some();
    let mode = if is_transport { ChildMode::Transport } else { ChildMode::Tunnel };
    let spi_out = child_spi(&selection)?;
    let config = Box::new(config.clone());
    Ok(ChildDraft { spi_in, spi_out, selection, mode, local, remote, replaces: None, is_initiator: true, config })
}

/// The keys of a Child SA, on the generation with this SPI of ours.
pub(super) fn keys(
    sa: &Sa,
    spi: u64,
    draft: &ChildDraft,
    nonces: Nonces<'_>,
    secrets: &KeyExchangeSecrets,
) -> Result<ChildKeys, CloseReason> {
    let ike = sa.ike(spi).ok_or(CloseReason::Deleted)?;
    Ok(ChildKeys::derive(ike.algorithms.prf, ike.protected.keys().sk_d(), nonces, secrets, draft.lengths()?)?)
}

/// As initiator: asks for a Child SA, new or in the place of `old`, with `method` for its first key exchange if it has one.
pub(in crate::session) fn request(
    sa: &Sa,
    cx: &mut Context<'_>,
    config: Box<ChildConfig>,
    old: Option<ChildId>,
    again: Option<(KeMethod, InvalidKeRetries)>,
) -> Result<(Task, MessageContent), CloseReason> {
    let method = again.map(|(method, _)| method).or_else(|| key_exchange::first_method(&config.policy, None));
    let ke = method.map(|method| OwnKeyExchange::begin(cx, method)).transpose()?;
    let retries = again.map(|(_, retries)| retries).or_else(|| method.map(InvalidKeRetries::new));
    let nonce = cx.octets::<NONCE>()?;
    let protocol = old.and_then(|old| sa.child(old)).map_or(SecurityProtocol::ESP, |child| child.protocol);
    let spi_in = cx.child_spi(sa.id)?;
    let content = MessageContent::build(|chain| {
        if let Some(old) = &old {
            chain.push(Payload::Notify(Notify { protocol, spi: &old.0, ty: NotifyType::REKEY_SA, data: &[] }));
        }
        chain.sa(|sa| emit_all(config.policy.proposals(), sa, &spi_in));
        chain.push(Payload::Nonce(Nonce { data: &nonce }));
        if let Some(ke) = &ke {
            chain.push(Payload::KeyExchange(ke.payload()));
        }
        push_offered_traffic(chain, &config);
    });
    let content = content.inspect_err(|_| cx.names.release_child(spi_in))?;
    let rekey = old.map(|old| ChildRekey { old, crossed: None });
    Ok((Task::CreateChild(Box::new(ChildTask { config, spi_in, nonce, ke, retries, rekey })), content))
}

/// As initiator: the response to [`request`].
pub(in crate::session) fn response(sa: &mut Sa, cx: &mut Context<'_>, task: ChildTask, message: &Reassembled) -> Result<Next, CloseReason> {
    let spi_in = task.spi_in;
    let parts = message.parts().inspect_err(|_| cx.names.release_child(spi_in))?;
    if let Some(error) = parts.error() {
        cx.names.release_child(spi_in);
        return Ok(refused(sa, cx, task, (error.ty, error.typed_data().ok())));
    }
    let begun = accept(task, &parts).inspect_err(|_| cx.names.release_child(spi_in))?;
    Ok(Next::KeysDue(Box::new(begun), link(&parts)))
}

/// The link to the next additional key exchange (RFC 9370 section 2.2.4).
pub(super) fn link(parts: &Parts<'_>) -> Option<Vec<u8>> {
    parts.notify(NotifyType::ADDITIONAL_KEY_EXCHANGE).map(|notify| notify.data.to_vec())
}

pub(super) fn push_link(chain: &mut ChainBuilder<'_>, link: Option<&[u8; 8]>) {
    if let Some(link) = link {
        chain.push(Payload::Notify(Notify::new(NotifyType::ADDITIONAL_KEY_EXCHANGE, link)));
    }
}

fn accept(task: ChildTask, parts: &Parts<'_>) -> Result<Begun, Violation> {
    let n_r = parts.nonce.ok_or(Violation::Missing(PayloadType::NONCE))?.data;
    let mut draft = agreed(parts, NegotiationContext::CreateChildSa, &task.config, task.spi_in)?;
    draft.replaces = task.rekey.as_ref().map(|rekey| rekey.old);
    let mut exchanges = draft.selection.key_exchanges()?.start();
    if let Some(method) = exchanges.next_method() {
        let theirs = parts.key_exchange.ok_or(Violation::Missing(PayloadType::KE))?;
        let ke = task.ke.ok_or(Violation::KeMethod { found: theirs.method, due: KeMethod::NONE })?;
        exchanges.add_secret(method, ke.finish(&theirs)?.as_octets())?;
    }
    let target = Target::Child(Box::new(draft));
    Ok(Begun { target, exchanges, n_i: task.nonce.to_vec(), n_r: n_r.to_vec(), rekey: task.rekey })
}

/// The peer refused.
fn refused(sa: &mut Sa, cx: &mut Context<'_>, task: ChildTask, error: (NotifyType, Option<NotifyData<'_>>)) -> Next {
    let old = task.rekey.as_ref().map(|rekey| rekey.old);
    match error {
        (_, Some(NotifyData::InvalidKePayload(wanted))) => {
            let mut retries = task.retries;
            let is_new = retries.as_mut().is_some_and(|retries| retries.accept(wanted, &task.config.policy));
            let again = retries.filter(|_| is_new && old.is_none_or(|old| is_up(sa, old)));
            let sent = again.map(|retries| request(sa, cx, task.config, old, Some((wanted, retries))));
            if let Some(Ok((task, content))) = sent {
                return Next::Send(task, ExchangeType::CREATE_CHILD_SA, content);
            }
        }
        (NotifyType::TEMPORARY_FAILURE, _) => {
            // RFC 7296 section 2.25: it is tried again, unless the peer's own rekey has made it needless.
            return match old {
                Some(old) if is_up(sa, old) => Next::Later(Command::RekeyChild(old)),
                Some(_) => Next::Done,
                None => Next::Later(Command::CreateChild(task.config)),
            };
        }
        (NotifyType::CHILD_SA_NOT_FOUND, _) => {
            // RFC 7296 section 2.25.1: the peer does not have it, so we do not either, and ask for one from scratch if no other is there.
            if let Some(old) = old.filter(|old| is_up(sa, *old)) {
                sa.drop_child(cx, old);
                let is_same = |child: &Child| child.state == ChildState::Up && child.config.is_for_the_same(&task.config);
                let is_there = sa.children.iter().any(is_same);
                if !is_there {
                    sa.enqueue(Command::CreateChild(task.config));
                }
                return Next::Done;
            }
        }
        _ => {}
    }
    sa.refused_ours(Refusing::Peer, ExchangeType::CREATE_CHILD_SA, error.0, OwnRequest::child(old));
    Next::Done
}

fn is_up(sa: &Sa, child: ChildId) -> bool {
    sa.child(child).is_some_and(|child| child.state == ChildState::Up)
}

/// As initiator: all key exchanges are done.
pub(super) fn complete(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    draft: ChildDraft,
    (nonces, secrets): (Nonces<'_>, &KeyExchangeSecrets),
    rekey: Option<ChildRekey>,
) -> Result<Next, CloseReason> {
    if crossed(sa, rekey.as_ref()).is_some_and(|crossed| crossed.decide(nonces.initiator, nonces.responder) == Outcome::Lost) {
        // The peer has the better one: ours is deleted before anybody uses it.
        sa.commands.push_front(Command::Disown(ChildId(draft.spi_in), draft.selection.protocol()));
        return Ok(Next::Done);
    }
    if sa.deleted_unborn.contains(&draft.spi_out) {
        // The peer has made it and deleted it, and the Delete came first.
        cx.names.release_child(draft.spi_in);
        return Ok(Next::Done);
    }
    let keys = keys(sa, spi, &draft, nonces, secrets).inspect_err(|_| cx.names.release_child(draft.spi_in))?;
    let rekey_at = sa.child_rekey_at(cx);
    let (child, install) = draft.finish(keys, rekey_at);
    let nonces = (nonces.initiator.to_vec(), nonces.responder.to_vec());
    Ok(Next::Install(Box::new(OwnInstall { child, rekey, nonces }), install))
}

/// The peer's rekey of the Child SA that we rekey, as far as we know of one.
pub(in crate::session) fn crossed<'a>(sa: &'a Sa, rekey: Option<&'a ChildRekey>) -> Option<&'a Crossed<ChildId>> {
    let rekey = rekey?;
    rekey.crossed.as_ref().or_else(|| sa.child(rekey.old).and_then(|old| old.crossed.as_ref()))
}

/// As responder: a request for a Child SA.
pub(in crate::session) fn respond(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    message: Reassembled,
    narrowed: Option<Traffic>,
) -> Result<Reply, Refused> {
    let parts = message.parts()?;
    let old = admit(sa, spi, &parts)?;
    let n_i = parts.nonce.ok_or(Violation::Missing(PayloadType::NONCE))?.data.to_vec();
    let draft = match choose(sa, cx, &parts, (NegotiationContext::CreateChildSa, old), narrowed)? {
        Choice::Ask(question) => return Ok(Reply::Wait(Stage::Narrow { message, auth: None }, question)),
        Choice::Agreed(draft) => draft,
    };
    let spi_in = draft.spi_in;
    let answered = answer(sa, cx, spi, &parts, (draft, old, n_i));
    if answered.is_err() {
        cx.names.release_child(spi_in);
    }
    answered
}

/// Whether the request may be served now (RFC 7296 section 2.25); gives the Child SA that it rekeys.
fn admit(sa: &Sa, spi: u64, parts: &Parts<'_>) -> Result<Option<ChildId>, Refused> {
    let ike = sa.ike(spi).ok_or(Refused::new(NotifyType::TEMPORARY_FAILURE))?;
    if ike.is_rekeying() || ike.is_closing() {
        return Err(Refused::new(NotifyType::TEMPORARY_FAILURE));
    }
    let Some(rekey) = parts.notify(NotifyType::REKEY_SA) else {
        let is_full = sa.children_in_all() >= sa.config.limits.children;
        return if is_full { Err(Refused::new(NotifyType::NO_ADDITIONAL_SAS)) } else { Ok(None) };
    };
    // A rekey is let in even where there are as many as there may be, or more by our own doing: each makes one more, for a moment, and one
    // for each has to do.
    let replaced = sa.children.iter().filter(|child| child.crossed.is_some()).count();
    if replaced >= sa.config.limits.children.max(sa.children.len().saturating_sub(replaced)) {
        return Err(Refused::new(NotifyType::TEMPORARY_FAILURE));
    }
    let Some(old) = sa.child_by_peer(rekey.spi).and_then(|id| sa.child(id)) else {
        if sa.asking.is_some() || sa.ikes.iter().any(IkeSa::changes_children) {
            // It may be the one that we have asked for, whose response is not here yet, or which the application installs.
            return Err(Refused::new(NotifyType::TEMPORARY_FAILURE));
        }
        return Err(Refused::new(NotifyType::CHILD_SA_NOT_FOUND).about(rekey.protocol, rekey.spi));
    };
    if old.state != ChildState::Up || old.crossed.is_some() {
        return Err(Refused::new(NotifyType::TEMPORARY_FAILURE));
    }
    Ok(Some(old.id))
}

fn answer(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    parts: &Parts<'_>,
    (mut draft, old, n_i): (Box<ChildDraft>, Option<ChildId>, Vec<u8>),
) -> Result<Reply, Refused> {
    draft.replaces = old;
    let mut exchanges = draft.selection.key_exchanges().map_err(Violation::from)?.start();
    let mut public = None;
    if let Some(method) = exchanges.next_method() {
        let theirs = parts.key_exchange.ok_or(Violation::Missing(PayloadType::KE))?;
        if theirs.method != method {
            return Err(Refused::new(NotifyType::INVALID_KE_PAYLOAD).with_data(&method.0.to_be_bytes()));
        }
        let (octets, secret) = key_exchange::answer(cx, &theirs)?;
        exchanges.add_secret(method, secret.as_octets()).map_err(Violation::from)?;
        public = Some((method, octets));
    }
    let n_r = cx.octets::<NONCE>()?;
    let link = if exchanges.next_method().is_some() { Some(cx.octets::<8>()?) } else { None };
    let content = MessageContent::build(|chain| {
        chain.sa(|sa| draft.selection.emit(sa, &draft.spi_in));
        chain.push(Payload::Nonce(Nonce { data: &n_r }));
        if let Some((method, data)) = &public {
            chain.push(Payload::KeyExchange(KeyExchange { method: *method, data }));
        }
        push_traffic(chain, &draft);
        push_link(chain, link.as_ref());
    })?;
    let crossed = old.map(|old| (old, Crossed::new((&n_i, &n_r), ChildId(draft.spi_in))));
    let Some(link) = link else {
        let secrets = exchanges.finish().map_err(Violation::from)?;
        let nonces = Nonces { initiator: &n_i, responder: &n_r };
        let installing = install(sa, cx, spi, *draft, (nonces, &secrets), (content, old))?;
        set_crossed(sa, crossed);
        return Ok(installing);
    };
    set_crossed(sa, crossed);
    let until = cx.now + sa.config.limits.decision;
    let pending = Pending { link, exchanges, n_i, n_r: n_r.to_vec(), target: Target::Child(draft), until };
    sa.keep_pending(cx, spi, pending);
    Ok(content.into())
}

/// The nonces are known from here on, though the Child SA is not there yet: it waits for its key exchanges, or for the application.
fn set_crossed(sa: &mut Sa, crossed: Option<(ChildId, Crossed<ChildId>)>) {
    if let Some((old, crossed)) = crossed {
        if let Some(old) = sa.child_mut(old) {
            old.crossed = Some(crossed);
        }
    }
}

/// As responder: all key exchanges are done; the response waits until the Child SA is installed.
pub(super) fn install(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    draft: ChildDraft,
    (nonces, secrets): (Nonces<'_>, &KeyExchangeSecrets),
    (content, old): (MessageContent, Option<ChildId>),
) -> Result<Reply, Refused> {
    let keys = keys(sa, spi, &draft, nonces, secrets)?;
    let rekey_at = sa.child_rekey_at(cx);
    let (child, install) = draft.finish(keys, rekey_at);
    let refusal = MessageContent::notify(NotifyType::NO_ADDITIONAL_SAS, &[])?;
    Ok(Reply::Install(Box::new(PeerInstall { child, content, refusal, old, is_auth: false }), install))
}
