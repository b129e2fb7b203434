//! From what a log tells to observations: IKE SAs with SPIs, and messages with a direction.

use super::forge;
use super::message::{Ends, Told};
use super::stamp::Clock;
use crate::capture::Time;
use crate::evidence::diagnosis::{Watcher, Word};
use crate::evidence::ports::NAT_T;
use core::net::{Ipv4Addr, SocketAddr};
use ikev2::Role;
use ikev2::diagnose::{Account, Said, WindowsEvent};
use ikev2::registry::NotifyType;
use ikev2::wire::IkeSpis;
use std::collections::BTreeMap;

/// IKE SAs of a log that are known at one time; the oldest is forgotten.
const MOST: usize = 4096;
/// What the SPIs begin with that are made up, where a log does not tell them: `LOG`.
const MADE_UP: u64 = 0x4c4f_4700_0000_0000;
/// The bit that tells a made-up SPI of the responder from that of the initiator.
const OF_RESPONDER: u64 = 0x80_0000_0000;

/// An IKE SA of the log, by the number of its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sa(u64);

struct Known {
    spis: IkeSpis,
    /// What the daemon is in it that wrote the log.
    own: Role,
    ends: Ends,
    /// The last request that began it, to be sent again.
    requests: u64,
    /// The answer seen last asks for another try: by a cookie or another group.
    asked_again: bool,
    /// The greatest message ID of a request of this daemon, and of the other side.
    asked: [Option<u32>; 2],
    /// The last request of each side, by which a repetition is made.
    last: BTreeMap<(bool, bool), Told>,
    /// IKE_AUTH was told of.
    pub(super) auth: bool,
}

/// What a log has told so far.
pub(super) struct Scene {
    pub(super) watcher: Watcher,
    pub(super) clock: Clock,
    sas: BTreeMap<Sa, Known>,
    /// A message of which the next line may tell more.
    held: Option<(Sa, Told, Time)>,
    begun: u64,
    pub(super) messages: u64,
    /// Lines that were understood.
    pub(super) understood: u64,
}

/// An end that a log does not tell.
pub(super) fn nowhere(port: u16) -> SocketAddr {
    SocketAddr::new(Ipv4Addr::UNSPECIFIED.into(), port)
}

impl Scene {
    pub(super) fn new(watcher: Watcher) -> Self {
        Self { watcher, clock: Clock::default(), sas: BTreeMap::new(), held: None, begun: 0, messages: 0, understood: 0 }
    }

    /// Begins an IKE SA, in which the daemon is the initiator or the responder.
    pub(super) fn begin(&mut self, own: Role, ends: Ends, spis: Option<IkeSpis>) -> Sa {
        self.begun = self.begun.saturating_add(1);
        let made_up = MADE_UP | (self.begun & 0xff_ffff);
        let spis = IkeSpis { initiator: spis.map_or(0, |spis| spis.initiator), responder: spis.map_or(0, |spis| spis.responder) };
        let spis = IkeSpis {
            initiator: if spis.initiator == 0 { made_up } else { spis.initiator },
            responder: if spis.responder == 0 { made_up | OF_RESPONDER } else { spis.responder },
        };
        if self.sas.len() >= MOST {
            self.sas.pop_first();
        }
        let known = Known { spis, own, ends, requests: 0, asked_again: false, asked: [None; 2], last: BTreeMap::new(), auth: false };
        self.sas.insert(Sa(self.begun), known);
        Sa(self.begun)
    }

    /// Whether the last answer of IKE_SA_INIT was no end, so that a new request belongs to the same IKE SA.
    pub(super) fn is_asked_again(&self, sa: Sa) -> bool {
        self.sas.get(&sa).is_some_and(|known| known.asked_again)
    }

    /// Whether nothing but IKE_SA_INIT was told of it.
    pub(super) fn is_in_init(&self, sa: Sa) -> bool {
        self.sas.get(&sa).is_some_and(|known| !known.auth)
    }

    /// Whether a request shows that another IKE SA has taken the place of this one: its message IDs begin anew.
    pub(super) fn is_renewed(&self, sa: Sa, told: &Told) -> bool {
        let asked = |known: &Known| {
            let [own, peer] = known.asked;
            if told.outgoing { own } else { peer }
        };
        !told.response && self.sas.get(&sa).is_some_and(|known| asked(known) > Some(told.id))
    }

    /// Whether a message is the last of its kind once more, as a log tells that names every packet.
    pub(super) fn is_repeated(&self, sa: Sa, told: &Told) -> bool {
        let last = self.sas.get(&sa).and_then(|known| known.last.get(&(told.outgoing, told.response)));
        last.is_some_and(|last| last.exchange == told.exchange && last.id == told.id && last.pieces == told.pieces)
    }

    pub(super) fn ends(&self, sa: Sa) -> Option<Ends> {
        self.sas.get(&sa).map(|known| known.ends)
    }

    pub(super) fn own(&self, sa: Sa) -> Option<Role> {
        self.sas.get(&sa).map(|known| known.own)
    }

    /// What the responder's SPI turns out to be.
    pub(super) fn learn(&mut self, sa: Sa, spis: IkeSpis) {
        if let Some(known) = self.sas.get_mut(&sa).filter(|_| spis.responder != 0) {
            known.spis.responder = spis.responder;
        }
    }

    pub(super) fn move_to(&mut self, sa: Sa, ends: Ends) {
        if let Some(known) = self.sas.get_mut(&sa) {
            known.ends = ends;
        }
    }

    /// Takes a message of which the next line may tell more.
    pub(super) fn hold(&mut self, sa: Sa, told: Told) {
        self.release();
        self.held = Some((sa, told, self.clock.now()));
    }

    /// What a message holds that is held back; if none is, it is a message.
    pub(super) fn replace(&mut self, sa: Sa, told: Told) {
        match self.held.take() {
            Some((held, before, time)) if held == sa => {
                let lines = before.lines.into_iter().chain(told.lines).collect();
                self.message_at(sa, Told { lines, octets: before.octets, ..told }, time);
            }
            other => {
                self.held = other;
                self.message(sa, told);
            }
        }
    }

    /// Nothing more is told of a message that is held back.
    pub(super) fn release(&mut self) {
        if let Some((sa, told, time)) = self.held.take() {
            self.message_at(sa, told, time);
        }
    }

    /// Takes a message of an IKE SA.
    pub(super) fn message(&mut self, sa: Sa, told: Told) {
        self.release();
        self.clock.step();
        let time = self.clock.now();
        self.message_at(sa, told, time);
    }

    /// The same of a message that was told at some time before.
    pub(super) fn message_at(&mut self, sa: Sa, told: Told, time: Time) {
        let Some(known) = self.sas.get_mut(&sa) else { return };
        if told.is_init() {
            if told.response {
                known.asked_again = told.has(NotifyType::COOKIE) || told.has(NotifyType::INVALID_KE_PAYLOAD);
            } else {
                known.requests = known.requests.saturating_add(1);
                known.asked_again = false;
            }
        } else {
            known.auth = true;
        }
        if !told.response && told.version == 2 {
            let [own, peer] = &mut known.asked;
            let asked = if told.outgoing { own } else { peer };
            *asked = (*asked).max(Some(told.id));
        }
        self.put(sa, &told, time);
        if let Some(known) = self.sas.get_mut(&sa) {
            known.last.insert((told.outgoing, told.response), told);
        }
    }

    /// The last request or response of a direction goes again, as a line says.
    pub(super) fn again(&mut self, sa: Sa, outgoing: bool, response: bool, id: Option<u32>, line: u64) {
        let Some(known) = self.sas.get(&sa) else { return };
        let Some(told) = known.last.get(&(outgoing, response)).filter(|told| id.is_none_or(|id| told.id == id)) else { return };
        let mut told = told.clone();
        told.lines = vec![line];
        self.clock.step();
        self.put(sa, &told, self.clock.now());
    }

    fn put(&mut self, sa: Sa, told: &Told, time: Time) {
        let Some(known) = self.sas.get(&sa) else { return };
        let by_initiator = (known.own == Role::Initiator) == told.outgoing;
        let forged = match &told.raw {
            Some(raw) => forge::Forged { octets: raw.clone(), content: None },
            None => forge::message(told, known.spis, by_initiator, known.requests),
        };
        let Ends { own, peer } = known.ends;
        let (src, dst) = if told.outgoing { (own, peer) } else { (peer, own) };
        let octets = told.octets.or_else(|| told.raw.as_ref().map(Vec::len));
        self.messages = self.messages.saturating_add(1);
        let word = Word {
            lines: &told.lines,
            time,
            ends: (src, dst),
            marked: src.port() == NAT_T || dst.port() == NAT_T,
            outgoing: told.outgoing,
            account: Account::Log { octets },
            octets: &forged.octets,
            content: forged.content.as_ref().map(|(first, octets)| (*first, octets.as_slice())),
            fragment: told.fragment.map(|(number, total)| (vec![number], total)),
        };
        self.watcher.told(word);
    }

    /// What the log says outright.
    pub(super) fn said(&mut self, sa: Sa, said: Said, line: u64) {
        self.release();
        if let Some(known) = self.sas.get(&sa) {
            self.watcher.said(known.spis, said, line, self.clock.now());
        }
    }

    /// An event of Windows.
    pub(super) fn event(&mut self, event: WindowsEvent, client: SocketAddr, lines: &[u64]) {
        self.watcher.event(event, client, lines, self.clock.now());
    }
}
