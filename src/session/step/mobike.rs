//! MOBIKE: the initiator of an IKE SA takes it along to other addresses, RFC 4555, from both sides.
//!
//! The window has room for one request, so that two updates do not overtake each other on one generation of the IKE SA; on two they can.

use super::announce::{NatHashes, has, nat_between, nat_hashes};
use crate::exchange::MessageContent;
use crate::fragment::Reassembled;
use crate::fragment::strategy::SealedMessage;
use crate::instant::Instant;
use crate::provider::{Provider, SHA1_LEN};
use crate::registry::{ExchangeType, NotifyType};
use crate::role::Role;
use crate::session::close::{CloseReason, Refusing, Violation};
use crate::session::command::Command;
use crate::session::context::Context;
use crate::session::event::{Event, OwnRequest};
use crate::session::ike_sa::{Fate, IkeSa};
use crate::session::mobike::{AddressCommand, AddressTask, MOST_ADDRESSES, Mobike, SMALLEST_MTU, Tunnel};
use crate::session::path::{NetworkPath, PathEncapsulation};
use crate::session::peer::PeerConfig;
use crate::session::reply::{Next, Refused};
use crate::session::sa::{Outgoing, Sa};
use crate::session::task::Task;
use crate::wire::{ChainBuilder, IkeSpis, Notify, NotifyData, Parts, Payload};
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};

/// Updates in a row that may meet a NAT where none is allowed: whoever changes a single packet does not keep us from a path (RFC 4555 section 3.9).
const ATTEMPTS: u32 = 3;

fn push(chain: &mut ChainBuilder<'_>, ty: NotifyType, data: &[u8]) {
    chain.push(Payload::Notify(Notify::new(ty, data)));
}

/// Our half of the agreement, in the IKE_AUTH message that has the SA payload (RFC 4555 section 3.2): a responder says it to whoever has said it.
pub(super) fn push_support(chain: &mut ChainBuilder<'_>, sa: &Sa, peer: &PeerConfig) {
    if peer.mobike && (sa.role == Role::Initiator || sa.mobike.is_some()) {
        push(chain, NotifyType::MOBIKE_SUPPORTED, &[]);
        for address in peer.addresses.iter().flat_map(|addresses| addresses.iter()).take(MOST_ADDRESSES) {
            chain.notify(NotifyData::AdditionalAddress(*address));
        }
    }
}

/// As initiator: the same, and that no NAT is allowed, where we could not find one.
pub(super) fn push_offer(chain: &mut ChainBuilder<'_>, provider: &Provider, sa: &Sa, peer: &PeerConfig) {
    push_support(chain, sa, peer);
    if peer.mobike {
        push_no_nats(chain, provider, sa.path);
    }
}

/// NAT traversal takes SHA-1. Without it, the addresses are protected (RFC 4555 section 3.9).
fn push_no_nats(chain: &mut ChainBuilder<'_>, provider: &Provider, path: NetworkPath) {
    if provider.sha1().is_err() {
        let end = |end: SocketAddr| (end.ip(), end.port());
        chain.notify(NotifyData::NoNatsAllowed(end(path.local), end(path.peer)));
    }
}

/// The peer's half of the agreement.
pub(super) fn heard(sa: &mut Sa, parts: &Parts<'_>) {
    let theirs = addresses(parts).collect();
    sa.mobike = has(parts, NotifyType::MOBIKE_SUPPORTED).then(|| Box::new(Mobike { theirs, ..Mobike::default() }));
}

fn addresses<'a>(parts: &Parts<'a>) -> impl Iterator<Item = IpAddr> + use<'a> {
    let address = |notify: Notify<'a>| match notify.typed_data() {
        Ok(NotifyData::AdditionalAddress(address)) => Some(address),
        _ => None,
    };
    parts.notifies().filter_map(address).take(MOST_ADDRESSES)
}

/// As responder: the first IKE_AUTH request may say that no NAT is allowed (RFC 4555 section 3.9).
pub(super) fn refuse_nats(sa: &Sa, parts: &Parts<'_>) -> Result<(), Refused> {
    let is_agreed = sa.mobike.is_some() && sa.peer.as_ref().is_some_and(|peer| peer.mobike);
    if is_agreed && is_translated(parts, sa.path) {
        let notify = NotifyType::UNEXPECTED_NAT_DETECTED;
        return Err(Refused::new(notify).closing(CloseReason::WeRefused(notify)));
    }
    Ok(())
}

fn is_translated(parts: &Parts<'_>, path: NetworkPath) -> bool {
    let is_it = |(ip, port): (IpAddr, u16), end: SocketAddr| (ip, port) == (end.ip(), end.port());
    parts.notifies().any(|notify| match notify.typed_data() {
        Ok(NotifyData::NoNatsAllowed(from, to)) => !is_it(from, path.peer) || !is_it(to, path.local),
        _ => false,
    })
}

/// The IKE SA is up: what one side alone has said is forgotten.
pub(super) fn up(sa: &mut Sa) {
    sa.mobike.take_if(|_| !sa.peer.as_ref().is_some_and(|peer| peer.mobike));
    if let Some(theirs) = sa.mobike.as_mut().map(|mobike| core::mem::take(&mut mobike.theirs)).filter(|theirs| !theirs.is_empty()) {
        sa.tell(Event::PeerAddresses(theirs));
    }
}

/// As initiator: the host has moved (RFC 4555 section 3.5).
pub(in crate::session) fn begin(sa: &mut Sa, cx: &mut Context<'_>, path: NetworkPath, mtu: Option<u16>) {
    leave(sa, path);
    sa.mtu = mtu.map_or(sa.mtu, |mtu| mtu.max(SMALLEST_MTU));
    if let Some(mobike) = &mut sa.mobike {
        mobike.attempts = 0;
    }
    take_along(sa, cx);
    next(sa, AddressCommand::Update);
}

/// The IKE SA goes; its Child SAs stay where they are. What was asked about before counts no more.
fn leave(sa: &mut Sa, path: NetworkPath) {
    let tunnel = sa.tunnel();
    if let Some(mobike) = &mut sa.mobike {
        mobike.left.get_or_insert(tunnel);
        mobike.moves = mobike.moves.wrapping_add(1);
    }
    // Whatever carried it before, a TCP connection that is gone does not keep it silent here.
    (sa.path, sa.is_lost) = (path, false);
}

/// What comes before everything else that waits, unless all is to end: then the path of the Delete is enough. What an exchange that is over leaves to be
/// deleted goes before it: the peer's own rekey of that would come between.
fn next(sa: &mut Sa, what: AddressCommand) {
    let is_ending = sa.ending().is_some() || sa.commands.iter().any(|command| matches!(command, Command::Delete));
    let command = Command::Addresses(what);
    if !is_ending && !sa.commands.iter().any(|waiting| waiting.is_same(&command)) {
        sa.commands.push_front(command);
    }
}

/// Our requests that wait for their responses go out again along the new path. Their timers run on.
fn take_along(sa: &mut Sa, cx: &mut Context<'_>) {
    let (path, mtu) = (sa.path, sa.mtu);
    for spi in sa.ikes.iter().map(IkeSa::spi).collect::<Vec<_>>() {
        let Some(ike) = sa.ike_mut(spi).filter(|ike| !ike.is_gone()) else { continue };
        let Some(before) = ike.protected.outstanding().map(|(_, sealed)| sealed.clone()) else { continue };
        let is_of_it = |outgoing: &Outgoing| before.datagrams().contains(&outgoing.octets);
        match cut_anew(ike, (path, mtu), cx.now) {
            Some(sealed) => {
                sa.outgoing.retain(|outgoing| !is_of_it(outgoing));
                sa.send(cx, path, &sealed, None);
            }
            None => {
                // What was not sent before has lost nothing yet.
                sa.outgoing.iter_mut().filter(|outgoing| is_of_it(outgoing)).for_each(|outgoing| outgoing.path = path);
                sa.send_again(cx, path, &before);
            }
        }
    }
}

/// Our request in more fragments than before, if it does not fit the path as it is. The receiver takes another set only if Total Fragments is greater
/// (RFC 7383 section 2.6), so that they may have to be smaller than the path asks for.
fn cut_anew(ike: &mut IkeSa, (path, mtu): (NetworkPath, u16), now: Instant) -> Option<SealedMessage> {
    let most = path.limit(mtu).max_message();
    let (_, sealed) = ike.protected.outstanding()?;
    if !ike.protected.setup().fragmentation.is_negotiated() || sealed.datagrams().iter().all(|datagram| datagram.len() <= most) {
        return None;
    }
    let mut size = mtu;
    while size >= SMALLEST_MTU {
        if let Some(sealed) = ike.protected.cut_smaller_in_turn(path.limit(size), now).ok()? {
            return Some(sealed.clone());
        }
        size = size.saturating_sub(size.checked_div(8).unwrap_or(size));
    }
    None
}

/// The request that carries out a command; `None` if there is nothing left to do.
pub(in crate::session) fn request(
    sa: &Sa,
    cx: &mut Context<'_>,
    what: AddressCommand,
) -> Result<Option<(Task, MessageContent)>, CloseReason> {
    let (Some(mobike), Some(peer)) = (&sa.mobike, &sa.peer) else { return Ok(None) };
    let (is_update, is_check) = (what == AddressCommand::Update, what == AddressCommand::Check);
    if is_check && mobike.left.is_none() {
        // It has come back to where it was known to be.
        return Ok(None);
    }
    let wants_cookie = is_check || is_update && peer.checks_addresses;
    let cookie = wants_cookie.then(|| cx.octets()).transpose()?;
    let own = mobike.own.as_deref().or(peer.addresses.as_deref()).unwrap_or_default();
    let content = MessageContent::build(|chain| {
        match what {
            AddressCommand::Update => {
                push(chain, NotifyType::UPDATE_SA_ADDRESSES, &[]);
                push_nat(chain, cx.provider, sa);
            }
            AddressCommand::Announce if own.is_empty() => push(chain, NotifyType::NO_ADDITIONAL_ADDRESSES, &[]),
            AddressCommand::Announce => own.iter().take(MOST_ADDRESSES).for_each(|address| {
                chain.notify(NotifyData::AdditionalAddress(*address));
            }),
            AddressCommand::Check => {}
        }
        if !is_check {
            push_no_nats(chain, cx.provider, sa.path);
        }
        if let Some(cookie) = &cookie {
            chain.notify(NotifyData::Cookie2(cookie));
        }
    })?;
    Ok(Some((Task::Addresses(AddressTask { what, number: mobike.moves, cookie }), content)))
}

/// NAT_DETECTION payloads of a request on the generation in use.
fn push_nat(chain: &mut ChainBuilder<'_>, provider: &Provider, sa: &Sa) {
    let Some(spis) = sa.ike(sa.current).map(IkeSa::spis) else { return };
    if let Some((source, destination)) = nat_hashes(provider, spis, sa.path) {
        let is_forced = sa.role == Role::Initiator && sa.peer.as_ref().is_some_and(|peer| peer.forces_nat);
        let source = if is_forced { [0; SHA1_LEN] } else { source };
        chain.notify(NotifyData::NatDetectionSourceIp(&source));
        chain.notify(NotifyData::NatDetectionDestinationIp(&destination));
    }
}

/// The response to [`request`].
pub(in crate::session) fn response(
    sa: &mut Sa,
    cx: &mut Context<'_>,
    spi: u64,
    task: AddressTask,
    message: &Reassembled,
) -> Result<Next, CloseReason> {
    let parts = message.parts()?;
    if let Some(cookie) = task.cookie {
        // RFC 4555 section 3.7: "If the values do not match, the IKE_SA MUST be closed."
        let theirs = parts.notify(NotifyType::COOKIE2).ok_or(Violation::OtherCookie)?;
        if theirs.data != cookie {
            return Err(Violation::OtherCookie.into());
        }
    }
    // What was sent to several addresses says nothing about the last of them: another request follows.
    let is_newest = sa.mobike.as_ref().is_some_and(|mobike| mobike.moves == task.number);
    match task.what {
        AddressCommand::Update if is_newest => updated(sa, cx, spi, &parts),
        AddressCommand::Check if is_newest => arrive(sa),
        AddressCommand::Announce => {
            may_try_again(sa, &parts, AddressCommand::Announce);
        }
        AddressCommand::Update | AddressCommand::Check => {}
    }
    Ok(Next::Done)
}

/// As initiator: the responder has answered where we are now.
fn updated(sa: &mut Sa, cx: &mut Context<'_>, spi: u64, parts: &Parts<'_>) {
    if may_try_again(sa, parts, AddressCommand::Update) {
        return;
    }
    if let Some(error) = parts.error() {
        return sa.refused_ours(Refusing::Peer, ExchangeType::INFORMATIONAL, error.ty, OwnRequest::PathUpdate);
    }
    let tunnel = sa.tunnel();
    let left = sa.mobike.as_ref().and_then(|mobike| mobike.left).unwrap_or(tunnel);
    if let (true, Some(spis)) = (has(parts, NotifyType::NAT_DETECTION_SOURCE_IP), sa.ike(spi).map(IkeSa::spis)) {
        sa.nat = nat_between(parts, cx.provider, sa.path, spis);
        let seen = parts.notify(NotifyType::NAT_DETECTION_DESTINATION_IP).map(|notify| (spis, notify.data.to_vec()));
        if let Some(mobike) = &mut sa.mobike {
            mobike.mapping = seen;
        }
    }
    let floated = floated(sa);
    if let Some(mobike) = &mut sa.mobike {
        mobike.left = Some(left);
    }
    match floated {
        Some(path) => {
            // The responder has to hear of the other port, too.
            leave(sa, path);
            next(sa, AddressCommand::Update);
        }
        None => arrive(sa),
    }
}

/// Where a NAT was found where there was none, the IKE SA goes on to port 4500.
fn floated(sa: &Sa) -> Option<NetworkPath> {
    let natt = sa.peer.as_ref()?.nat_path.filter(|_| sa.nat.ours || sa.nat.theirs)?;
    let at = |mut end: SocketAddr, port| {
        end.set_port(port);
        end
    };
    let path = NetworkPath::new(at(sa.path.local, natt.local.port()), at(sa.path.peer, natt.peer.port()), natt.encapsulation);
    (sa.path.encapsulation == PathEncapsulation::Udp && natt.encapsulation != PathEncapsulation::Udp).then_some(path)
}

/// The same once more, where a NAT was found and none is allowed.
fn may_try_again(sa: &mut Sa, parts: &Parts<'_>, what: AddressCommand) -> bool {
    let is_translated = has(parts, NotifyType::UNEXPECTED_NAT_DETECTED);
    let Some(mobike) = &mut sa.mobike else { return false };
    mobike.attempts = if is_translated { mobike.attempts.saturating_add(1) } else { 0 };
    let may = is_translated && mobike.attempts < ATTEMPTS;
    if may {
        next(sa, what);
    }
    may
}

/// The Child SAs follow the IKE SA.
fn arrive(sa: &mut Sa) {
    let now = sa.tunnel();
    let left = sa.mobike.as_mut().and_then(|mobike| mobike.left.take());
    if left.is_some_and(|left| left != now) {
        sa.tell(Event::PathChanged(sa.path));
    }
}

/// The liveness check. An initiator behind a NAT asks with it how the responder sees it (RFC 4555 section 3.8).
pub(in crate::session) fn ping(sa: &Sa, cx: &Context<'_>) -> Result<MessageContent, CloseReason> {
    let asks = sa.mobike.is_some() && sa.role == Role::Initiator && sa.nat.ours;
    Ok(MessageContent::build(|chain| {
        if asks {
            push_nat(chain, cx.provider, sa);
        }
    })?)
}

/// As initiator: the responder may see us elsewhere than before. What it said under other SPIs cannot be compared, and may have changed.
pub(in crate::session) fn pinged(sa: &mut Sa, spi: u64, message: &Reassembled) -> Result<Next, CloseReason> {
    let parts = message.parts()?;
    let Some(spis) = sa.ike(spi).map(IkeSa::spis).filter(|_| sa.role == Role::Initiator) else { return Ok(Next::Done) };
    let Some(seen) = parts.notify(NotifyType::NAT_DETECTION_DESTINATION_IP) else { return Ok(Next::Done) };
    let is_same = |(of, hash): &(IkeSpis, Vec<u8>)| *of == spis && hash == seen.data;
    if sa.mobike.as_ref().is_some_and(|mobike| !mobike.mapping.as_ref().is_some_and(is_same)) {
        let path = sa.path;
        leave(sa, path);
        next(sa, AddressCommand::Update);
    }
    Ok(Next::Done)
}

/// A request with COOKIE2 is answered with the same (RFC 4555 section 3.7).
pub(super) fn push_cookie(chain: &mut ChainBuilder<'_>, parts: &Parts<'_>) {
    if let Some(Ok(NotifyData::Cookie2(cookie))) = parts.notify(NotifyType::COOKIE2).map(|notify| notify.typed_data()) {
        chain.notify(NotifyData::Cookie2(cookie));
    }
}

/// What the response to a request says about addresses.
#[derive(Default)]
pub(super) struct Said {
    error: Option<NotifyType>,
    nat: Option<NatHashes>,
}

impl Said {
    pub(super) fn push(&self, chain: &mut ChainBuilder<'_>) {
        if let Some(error) = self.error {
            push(chain, error, &[]);
        }
        if let Some((source, destination)) = &self.nat {
            chain.notify(NotifyData::NatDetectionSourceIp(source));
            chain.notify(NotifyData::NatDetectionDestinationIp(destination));
        }
    }
}

/// Does what a request says about addresses, which came by `path` on the generation with this SPI of ours.
pub(super) fn respond(sa: &mut Sa, cx: &mut Context<'_>, (spi, path): (u64, NetworkPath), parts: &Parts<'_>) -> Said {
    let (Some(spis), true) = (sa.ike(spi).map(IkeSa::spis), sa.mobike.is_some()) else { return Said::default() };
    let asks = has(parts, NotifyType::NAT_DETECTION_SOURCE_IP) || has(parts, NotifyType::NAT_DETECTION_DESTINATION_IP);
    let nat = if asks { nat_hashes(cx.provider, spis, path) } else { None };
    let is_update = sa.role == Role::Responder && has(parts, NotifyType::UPDATE_SA_ADDRESSES);
    let theirs: Vec<IpAddr> = addresses(parts).collect();
    let is_list = !theirs.is_empty() || has(parts, NotifyType::NO_ADDITIONAL_ADDRESSES);
    if !(is_update || is_list) || is_outdated(sa, spi) {
        return Said { error: None, nat };
    }
    if let Some(error) = refusal(sa, path, parts, is_update) {
        sa.refused_theirs(ExchangeType::INFORMATIONAL, error);
        return Said { error: Some(error), nat };
    }
    if let Some(mobike) = &mut sa.mobike {
        mobike.newest = Some(spi);
    }
    if is_list {
        sa.tell(Event::PeerAddresses(theirs));
    }
    if is_update {
        let before = sa.tunnel();
        if asks {
            sa.nat = nat_between(parts, cx.provider, path, spis);
        }
        moved(sa, cx, path, before);
    }
    Said { error: None, nat }
}

/// Whether something newer has come already, on a generation that took the place of this one: a request that was late undoes nothing.
fn is_outdated(sa: &Sa, spi: u64) -> bool {
    let age = |spi| sa.ike(spi).map(|ike| ike.fate);
    let newest = sa.mobike.as_ref().and_then(|mobike| mobike.newest).filter(|newest| *newest != spi);
    match (newest.and_then(age), age(spi)) {
        (Some(Fate::Live), Some(Fate::Replaced(_))) => true,
        (Some(Fate::Replaced(newest)), Some(Fate::Replaced(this))) => newest > this,
        _ => false,
    }
}

/// Why addresses are not taken.
fn refusal(sa: &Sa, path: NetworkPath, parts: &Parts<'_>, is_update: bool) -> Option<NotifyType> {
    if is_translated(parts, path) {
        return Some(NotifyType::UNEXPECTED_NAT_DETECTED);
    }
    let is_elsewhere = (path.peer.ip(), path.local.ip()) != (sa.path.peer.ip(), sa.path.local.ip());
    let may_move = sa.peer.as_ref().is_some_and(|peer| peer.lets_move);
    (is_update && is_elsewhere && !may_move).then_some(NotifyType::UNACCEPTABLE_ADDRESSES)
}

/// As responder: the peer is there. Its Child SAs follow once it has shown so.
fn moved(sa: &mut Sa, cx: &mut Context<'_>, path: NetworkPath, before: Tunnel) {
    let is_elsewhere = path != sa.path;
    if let Some(mobike) = &mut sa.mobike {
        mobike.left.get_or_insert(before);
    }
    leave(sa, path);
    if is_elsewhere {
        take_along(sa, cx);
    }
    let known = sa.mobike.as_ref().and_then(|mobike| mobike.left).map(|(path, _)| path.peer);
    let is_checked = sa.peer.as_ref().is_some_and(|peer| peer.checks_addresses);
    if is_checked && known != Some(path.peer) { next(sa, AddressCommand::Check) } else { arrive(sa) }
}

/// Authentic ESP of the peer came from elsewhere (RFC 4555 section 3.8): a NAT before it has changed its mind. An initiator stays with what it chose.
pub(in crate::session) fn translated(sa: &mut Sa, cx: &mut Context<'_>, path: NetworkPath) {
    // What comes while the new address is being checked tells nothing new.
    if sa.role == Role::Responder && sa.nat.theirs && !sa.nat.ours && path != sa.path {
        let before = sa.tunnel();
        moved(sa, cx, path, before);
    }
}
