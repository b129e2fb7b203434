//! What a log tells, handed to the library.

use super::Watcher;
use crate::capture::Time;
use crate::evidence::decode::{Content, Parts};
use crate::evidence::diagnosis::ladder::{self, Step};
use core::net::SocketAddr;
use ikev2::diagnose::{Account, Decrypted, Observation, Observed, Said, Sight, Transport, WindowsEvent, sizes};
use ikev2::registry::PayloadType;
use ikev2::wire::{Header, IkeSpis, Message, Received};

/// A message that a log tells of.
pub(crate) struct Word<'a> {
    /// The numbers of the lines.
    pub(crate) lines: &'a [u64],
    pub(crate) time: Time,
    /// Source and destination.
    pub(crate) ends: (SocketAddr, SocketAddr),
    /// The marker stands before it.
    pub(crate) marked: bool,
    /// The daemon that wrote the log sent it.
    pub(crate) outgoing: bool,
    pub(crate) account: Account,
    pub(crate) octets: &'a [u8],
    pub(crate) content: Option<(PayloadType, &'a [u8])>,
    pub(crate) fragment: Option<(Vec<u16>, u16)>,
}

impl Watcher {
    /// Takes a message that a log tells of.
    pub(crate) fn told(&mut self, word: Word<'_>) {
        let Word { lines, time, ends: (src, dst), marked, outgoing, account, octets, content, fragment } = word;
        self.clock = self.clock.max(time);
        let transport = if marked { Transport::UdpNonEspMarker } else { Transport::Udp };
        let decrypted = content.map(|(first, content)| Decrypted::new(first, content));
        let observed = Observed::Message { octets, fragments: &[], decrypted };
        let seen = Observation::new(time.instant(), src, dst, transport, observed);
        let seen = seen.with_packets(lines).with_sight(Sight::new(None, Some(outgoing))).with_account(account);
        let Some(sighting) = self.diagnoser.observe(&seen) else { return };
        self.take_findings();
        let Ok(Received { header, .. }) = Header::peek(octets) else { return };
        let size = match account {
            Account::Log { octets: Some(octets) } => sizes::Encapsulation { ipv6: src.is_ipv6(), marker: marked }.packet_len(octets),
            _ => 0,
        };
        let notes = match (content, Message::parse_lenient(octets)) {
            (Some((first, content)), _) => ladder::notes(&Parts { faults: Vec::new(), ..Content::read(first, content).parts }),
            (None, Ok(read)) if account != (Account::Log { octets: None }) || !read.payloads().any(|raw| raw.ty == PayloadType::SK) => {
                ladder::notes(&Parts { faults: Vec::new(), ..Parts::of(&read) })
            }
            _ => Vec::new(),
        };
        let ends = if header.initiator { (src, dst) } else { (dst, src) };
        let Some(track) = self.track(sighting.sa_number, ends) else { return };
        track.spis = sighting.spis;
        let before = track.ladder.steps.len();
        let told = Step::told(lines, time, &header, sighting.sender, size);
        track.ladder.push(Step { fragments: fragment, notes, port: dst.port(), again: sighting.again && !sighting.copy, ..told });
        let added = track.ladder.steps.len().saturating_sub(before);
        self.steps = self.steps.saturating_add(added);
    }

    /// Takes what a log says outright of an IKE SA.
    pub(crate) fn said(&mut self, spis: IkeSpis, said: Said, line: u64, time: Time) {
        self.log(Observed::Said { spis, said }, &[line], time, super::nowhere());
    }

    /// Takes an event of Windows about a client, which may not be told.
    pub(crate) fn event(&mut self, event: WindowsEvent, client: SocketAddr, lines: &[u64], time: Time) {
        self.log(Observed::WindowsEvent(event), lines, time, client);
    }

    /// The time of another line: the log went on until then.
    pub(crate) fn goes_on(&mut self, time: Time) {
        self.clock = self.clock.max(time);
    }

    fn log(&mut self, observed: Observed<'_>, lines: &[u64], time: Time, src: SocketAddr) {
        self.clock = self.clock.max(time);
        let seen = Observation::new(time.instant(), src, super::nowhere(), Transport::Udp, observed);
        self.diagnoser.observe(&seen.with_packets(lines).with_account(Account::Log { octets: None }));
    }
}
