//! What is known beside single IKE SAs: who was heard, what ICMP said, who carries ESP, who came up.

use super::esp::EspFlow;
use super::flow::Packets;
use super::ikev1::Ikev1s;
use super::scope::Scope;
use super::windows::WindowsEvents;
use crate::diagnose::observation::{IcmpReport, Observation, Transport};
use crate::instant::Instant;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::vec::Vec;
use core::net::{IpAddr, SocketAddr};
use core::time::Duration;

/// Ends heard from, ICMP errors kept, pairs of hosts with IKE_AUTH: each so many at most, further ones are not remembered.
const MOST: usize = 4096;
/// Different ICMP errors kept about one flow.
const ERRORS: usize = 4;
/// Who has sent something and heard nothing for so long waits in vain.
const WAIT: Duration = Duration::from_secs(10);
/// A success that comes so long after a failure of the same client, or sooner, takes it back.
const SOON: Duration = Duration::from_secs(120);

/// An ICMP error about a packet of a flow.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct Icmp {
    pub(in crate::diagnose) report: IcmpReport,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) first: Instant,
    pub(in crate::diagnose) last: Instant,
}

/// An IKE SA that came up.
#[derive(Clone, Copy, Debug)]
pub(in crate::diagnose) struct Success {
    pub(in crate::diagnose) number: u64,
    pub(in crate::diagnose) initiator: SocketAddr,
    /// No translator stands before it: the address is its own.
    pub(in crate::diagnose) own_address: bool,
    pub(in crate::diagnose) responder: IpAddr,
    pub(in crate::diagnose) began: Instant,
    pub(in crate::diagnose) time: Instant,
}

/// Who began an IKE SA.
#[derive(Clone, Copy, Debug)]
pub(in crate::diagnose) struct Client {
    pub(in crate::diagnose) end: SocketAddr,
    /// A translator may stand before it, so that its address may be that of others.
    pub(in crate::diagnose) translated: bool,
}

/// A client that tells in IKE_SA_INIT from which gateway it was sent (RFC 5685 section 6.2).
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct Moved {
    pub(in crate::diagnose) number: u64,
    pub(in crate::diagnose) client: IpAddr,
    /// Its address, unless it is told by name.
    pub(in crate::diagnose) from: Option<IpAddr>,
    pub(in crate::diagnose) to: IpAddr,
    pub(in crate::diagnose) time: Instant,
    pub(in crate::diagnose) packets: Packets,
}

/// What passes between two hosts under protection, at one port of the second.
struct Spoken {
    port: u16,
    /// When the second last sent something.
    sent: Option<Instant>,
    /// When the first did.
    heard: Option<Instant>,
}

#[derive(Default)]
pub(in crate::diagnose) struct Surroundings {
    pub(in crate::diagnose) scope: Scope,
    heard: BTreeSet<(IpAddr, u16)>,
    /// Responders that are known to have answered: an initiator uses an SPI of theirs.
    answers: BTreeSet<IpAddr>,
    /// Source and destination of the packet complained about -> what was said.
    icmp: BTreeMap<(SocketAddr, SocketAddr), Vec<Icmp>>,
    /// Initiator and responder of which IKE_AUTH was seen.
    ike_auth: BTreeSet<(IpAddr, IpAddr)>,
    /// Two hosts, the lesser first, between which CREATE_CHILD_SA was seen, and by which IKE SAs, with when first.
    rekeys: BTreeMap<(IpAddr, IpAddr), Vec<(u64, Instant)>>,
    esp: BTreeMap<(SocketAddr, SocketAddr), EspFlow>,
    /// The same where only IKE is read, on port 500.
    misplaced: BTreeMap<(SocketAddr, SocketAddr), EspFlow>,
    /// From whom to whom -> at each port of the latter, when something was last sent under the protection of an IKE SA there and back.
    protected: BTreeMap<(IpAddr, IpAddr), Vec<Spoken>>,
    /// The same of answers to IKE_SA_INIT.
    init_answers: BTreeMap<(IpAddr, IpAddr), Instant>,
    /// The latest.
    successes: VecDeque<Success>,
    /// IKE SAs that began, by initiator and responder: their numbers, and when.
    begun: BTreeMap<(IpAddr, IpAddr), Vec<(u64, Instant)>>,
    moves: Vec<Moved>,
    pub(in crate::diagnose) ikev1: Ikev1s,
    pub(in crate::diagnose) windows: WindowsEvents,
    /// Two hosts, the lesser first, between which IKEv2 was seen.
    ikev2: BTreeSet<(IpAddr, IpAddr)>,
    /// When somebody opened a connection to TCP port 443: client and server.
    tls: BTreeMap<(IpAddr, IpAddr), Vec<(Instant, Packets)>>,
}

/// What follows in this time is by the same hand.
const AT_ONCE: Duration = Duration::from_secs(2);
/// A client that begins anew waits longer than that.
const MOMENT: Duration = Duration::from_secs(10);
/// IKE SAs between the same two hosts of which a rekeying is remembered; connections to port 443 between them.
const SEVERAL: usize = 8;

impl Surroundings {
    pub(in crate::diagnose) fn note_sender(&mut self, end: SocketAddr) {
        if self.heard.len() < MOST {
            self.heard.insert((end.ip(), end.port()));
        }
    }

    pub(in crate::diagnose) fn note_icmp(&mut self, seen: &Observation<'_>, report: IcmpReport) {
        let key = (seen.src, seen.dst);
        if self.icmp.len() < MOST || self.icmp.contains_key(&key) {
            let errors = self.icmp.entry(key).or_default();
            let room = errors.len() < ERRORS;
            match errors.iter_mut().find(|known| known.report == report) {
                Some(known) => {
                    known.packets.add(seen.packets);
                    (known.first, known.last) = (known.first.min(seen.time), known.last.max(seen.time));
                }
                None if room => {
                    errors.push(Icmp { report, packets: seen.packets.into(), first: seen.time, last: seen.time });
                }
                None => {}
            }
        }
    }

    pub(in crate::diagnose) fn note_ike_auth(&mut self, initiator: IpAddr, responder: IpAddr) {
        if self.ike_auth.len() < MOST {
            self.ike_auth.insert((initiator, responder));
        }
    }

    pub(in crate::diagnose) fn note_create_child_sa(&mut self, number: u64, a: IpAddr, b: IpAddr, time: Instant) {
        if self.rekeys.len() < MOST {
            let sas = self.rekeys.entry((a.min(b), a.max(b))).or_default();
            if sas.len() < SEVERAL && !sas.iter().any(|(known, _)| *known == number) {
                sas.push((number, time));
            }
        }
    }

    pub(in crate::diagnose) fn note_esp(&mut self, seen: &Observation<'_>, spi: u32) {
        let key = (seen.src, seen.dst);
        let misplaced = seen.transport == Transport::Udp && key.1.port() != 0;
        let flows = if misplaced { &mut self.misplaced } else { &mut self.esp };
        let room = flows.len() < MOST;
        match flows.get_mut(&key) {
            Some(flow) => flow.see(spi, seen.time, seen.packets),
            None if room => flows.entry(key).or_default().see(spi, seen.time, seen.packets),
            None => {}
        }
        if !misplaced {
            self.note_protected(seen.src, seen.dst, seen.time);
        }
    }

    /// Something was sent under the protection of an IKE SA, or of a child SA.
    pub(in crate::diagnose) fn note_protected(&mut self, from: SocketAddr, to: SocketAddr, time: Instant) {
        let mut note = |pair: (IpAddr, IpAddr), port: u16, sent: Option<Instant>, heard: Option<Instant>| {
            let room = self.protected.len() < MOST;
            // A pair is new once, and looked up with every packet.
            let all = match self.protected.get_mut(&pair) {
                Some(all) => all,
                None if room => self.protected.entry(pair).or_default(),
                None => return,
            };
            let room = all.len() < SEVERAL;
            match all.iter_mut().find(|spoken| spoken.port == port) {
                Some(spoken) => (spoken.sent, spoken.heard) = (sent.or(spoken.sent), heard.or(spoken.heard)),
                None if room => all.push(Spoken { port, sent, heard }),
                None => {}
            }
        };
        note((from.ip(), to.ip()), to.port(), None, Some(time));
        note((to.ip(), from.ip()), from.port(), Some(time), None);
    }

    /// IKE_SA_INIT was answered.
    pub(in crate::diagnose) fn note_init_answer(&mut self, from: IpAddr, to: IpAddr, time: Instant) {
        note_last(&mut self.init_answers, from, to, time);
    }

    pub(in crate::diagnose) fn note_tls(&mut self, seen: &Observation<'_>) {
        if self.tls.len() < MOST {
            let times = self.tls.entry((seen.src.ip(), seen.dst.ip())).or_default();
            if times.len() < SEVERAL {
                times.push((seen.time, seen.packets.into()));
            }
        }
    }

    pub(in crate::diagnose) fn note_begun(&mut self, number: u64, initiator: IpAddr, responder: IpAddr, time: Instant) {
        if self.begun.len() < MOST {
            let sas = self.begun.entry((initiator, responder)).or_default();
            if sas.iter().any(|(known, _)| *known == number) {
                return;
            }
            if sas.len() >= SEVERAL {
                sas.remove(0);
            }
            sas.push((number, time));
        }
    }

    /// Whether another IKE SA between the two began at some time or after it.
    pub(in crate::diagnose) fn began_at_or_after(&self, number: u64, initiator: IpAddr, responder: IpAddr, time: Instant) -> bool {
        let sas = self.begun.get(&(initiator, responder));
        sas.is_some_and(|sas| sas.iter().any(|(other, began)| *other != number && *began >= time))
    }

    /// Whether another IKE SA between the two began after some time, by more than a moment.
    pub(in crate::diagnose) fn began_after(&self, number: u64, initiator: IpAddr, responder: IpAddr, time: Instant) -> bool {
        let sas = self.begun.get(&(initiator, responder));
        sas.is_some_and(|sas| sas.iter().any(|(other, began)| *other != number && *began - time >= MOMENT))
    }

    /// Whether ESP flows were seen that are not remembered.
    pub(in crate::diagnose) fn esp_is_full(&self) -> bool {
        self.esp.len() >= MOST
    }

    pub(in crate::diagnose) fn note_success(&mut self, success: Success) {
        if self.successes.len() >= MOST {
            self.successes.pop_front();
        }
        self.successes.push_back(success);
    }

    pub(in crate::diagnose) fn note_ikev2(&mut self, a: IpAddr, b: IpAddr) {
        if self.ikev2.len() < MOST {
            self.ikev2.insert((a.min(b), a.max(b)));
        }
    }

    /// Whether IKEv2 was seen between the two.
    pub(in crate::diagnose) fn spoke_ikev2(&self, a: IpAddr, b: IpAddr) -> bool {
        self.ikev2.contains(&(a.min(b), a.max(b)))
    }

    /// When the client began IKEv1 with the server, after some time and soon.
    pub(in crate::diagnose) fn ikev1_after(&self, client: IpAddr, server: IpAddr, time: Instant) -> Option<(Instant, &Packets)> {
        self.ikev1.after(client, server, time, SOON)
    }

    pub(in crate::diagnose) fn note_moved(&mut self, moved: Moved) {
        if self.moves.len() < MOST {
            self.moves.push(moved);
        }
    }

    /// Where a client went soon after it had begun with a gateway, when it tells that this one sent it.
    pub(in crate::diagnose) fn moved_from(&self, number: u64, client: IpAddr, gateway: IpAddr, began: Instant) -> Option<&Moved> {
        self.moves.iter().find(|moved| {
            let from = moved.from.map_or(moved.to != gateway, |from| from == gateway);
            moved.number != number && moved.client == client && from && moved.time >= began && moved.time - began <= SOON
        })
    }

    /// Whether an IKE SA of this number that began then may be one that took the place of another.
    pub(in crate::diagnose) fn rekeyed(&self, number: u64, a: IpAddr, b: IpAddr, time: Instant) -> bool {
        let sas = self.rekeys.get(&(a.min(b), a.max(b)));
        sas.is_some_and(|sas| sas.iter().any(|(other, first)| *other != number && *first <= time))
    }

    pub(in crate::diagnose) fn note_answers(&mut self, responder: IpAddr) {
        if self.answers.len() < MOST {
            self.answers.insert(responder);
        }
    }

    /// Whether a host is known to have answered somebody, and nothing that it sent is in the capture.
    pub(in crate::diagnose) fn is_hidden(&self, host: IpAddr) -> bool {
        self.answers.contains(&host) && self.heard.range((host, 0)..=(host, u16::MAX)).next().is_none()
    }

    /// Whether anything came from another port of the host.
    pub(in crate::diagnose) fn heard_on_another(&self, host: IpAddr, port: u16) -> bool {
        self.heard.range((host, 0)..=(host, u16::MAX)).any(|(_, other)| *other != port)
    }

    /// Whether anything came from there.
    pub(in crate::diagnose) fn heard(&self, host: IpAddr, port: u16) -> bool {
        // Of those that were not remembered nothing can be said.
        self.heard.len() >= MOST || self.heard.contains(&(host, port))
    }

    /// ICMP errors about packets from one end to another; a port of 0 is one that was not quoted.
    pub(in crate::diagnose) fn icmp(&self, src: SocketAddr, dst: SocketAddr) -> impl Iterator<Item = &Icmp> {
        let unknown = (SocketAddr::new(src.ip(), 0), SocketAddr::new(dst.ip(), 0));
        let both = [self.icmp.get(&(src, dst)), self.icmp.get(&unknown).filter(|_| unknown != (src, dst))];
        both.into_iter().flatten().flatten()
    }

    /// Whether IKE_AUTH was seen between the two.
    pub(in crate::diagnose) fn saw_ike_auth(&self, initiator: IpAddr, responder: IpAddr) -> bool {
        self.ike_auth.contains(&(initiator, responder))
    }

    /// What carries ESP from one end to another: on the ports of IKE, or by itself.
    pub(in crate::diagnose) fn esp(&self, from: SocketAddr, to: SocketAddr) -> Option<&EspFlow> {
        let plain = (SocketAddr::new(from.ip(), 0), SocketAddr::new(to.ip(), 0));
        self.esp.get(&(from, to)).or_else(|| self.esp.get(&plain))
    }

    /// What carries ESP from one end to another where it does not belong.
    pub(in crate::diagnose) fn misplaced_esp(&self, from: SocketAddr, to: SocketAddr) -> Option<&EspFlow> {
        self.misplaced.get(&(from, to))
    }

    /// Whether one host goes on sending to another, after some time, what an IKE SA or a child SA protects, and leaves nobody there waiting.
    pub(in crate::diagnose) fn goes_on(&self, from: IpAddr, to: IpAddr, time: Instant) -> bool {
        let all = self.protected.get(&(from, to)).map_or(&[][..], Vec::as_slice);
        let waits = |spoken: &Spoken| spoken.sent.is_some_and(|sent| sent >= time && spoken.heard.is_none_or(|heard| sent - heard >= WAIT));
        all.iter().any(|spoken| spoken.heard.is_some_and(|heard| heard >= time)) && !all.iter().any(waits)
    }

    /// When one host last answered IKE_SA_INIT of another.
    pub(in crate::diagnose) fn last_init_answer(&self, from: IpAddr, to: IpAddr) -> Option<Instant> {
        self.init_answers.get(&(from, to)).copied()
    }

    /// Whether the same client came up soon after: a neighbour behind the same address is another client where the ports are translated.
    pub(in crate::diagnose) fn came_up_after(&self, number: u64, client: Client, responder: IpAddr, began: Instant, last: Instant) -> bool {
        self.successes.iter().any(|success| {
            let translated =
                !success.own_address && client.translated && (!is_standard(success.initiator.port()) || !is_standard(client.end.port()));
            let same = success.initiator.ip() == client.end.ip() && success.responder == responder;
            let port = !translated || success.initiator.port() == client.end.port();
            success.number != number && same && port && success.began >= began && success.time >= last && success.began - last <= SOON
        })
    }

    /// Whether an IKE SA that began at once after some time, from the same address, came up.
    pub(in crate::diagnose) fn came_up_beside(&self, number: u64, initiator: IpAddr, responder: IpAddr, time: Instant) -> bool {
        self.successes.iter().any(|success| {
            let same = success.number != number && success.initiator.ip() == initiator && success.responder == responder;
            same && success.began >= time && success.began - time <= AT_ONCE
        })
    }

    /// When the client opened a connection to TCP port 443 of the server, after some time and soon.
    pub(in crate::diagnose) fn tls_after(&self, client: IpAddr, server: IpAddr, time: Instant) -> Option<&(Instant, Packets)> {
        self.tls.get(&(client, server))?.iter().find(|(at, _)| *at >= time && *at - time <= SOON)
    }
}

fn note_last(all: &mut BTreeMap<(IpAddr, IpAddr), Instant>, from: IpAddr, to: IpAddr, time: Instant) {
    if all.len() < MOST || all.contains_key(&(from, to)) {
        all.insert((from, to), time);
    }
}

const fn is_standard(port: u16) -> bool {
    matches!(port, 500 | 4500)
}
