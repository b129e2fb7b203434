//! The receiving end of the TCP model.

use super::tcp::{ACK, SYN, Segment};
use super::{Arrival, Receiver, Transmit};
use crate::error::FragmentError;
use crate::fragment::{Progress, Reassembler, ReassemblyLimits};
use crate::instant::Instant;
use crate::protect::{Opener, open};
use crate::wire::transport::{Frame, MAX_FRAME, Packet, STREAM_PREFIX, StreamReader};
use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;

/// The receiving end of [`Tcp`](super::Tcp): segments in order become frames (RFC 9329 section 3), frames are opened and pushed.
///
/// Each segment is acknowledged at once; the answer is not part of the model, since TCP delivers it like the message.
pub struct TcpReceiver<'k> {
    opener: &'k dyn Opener,
    reassembler: Reassembler,
    reader: StreamReader<Vec<u8>>,
    /// Octets of the stream that are in order.
    taken: usize,
    /// Segments ahead of that, by where they begin.
    ahead: BTreeMap<usize, Vec<u8>>,
    due: usize,
    syn: bool,
    buf: Vec<u8>,
}

/// No frame is longer: what begins beyond is not kept.
const MAX_STREAM: usize = MAX_FRAME + STREAM_PREFIX.len();

impl<'k> TcpReceiver<'k> {
    /// `opener` opens what the sender sealed.
    #[must_use]
    pub fn new(limits: ReassemblyLimits, opener: &'k dyn Opener) -> Self {
        let (reassembler, reader) = (Reassembler::new(limits), StreamReader::originator(vec![0; MAX_FRAME]));
        Self { opener, reassembler, reader, taken: 0, ahead: BTreeMap::new(), due: 0, syn: false, buf: Vec::new() }
    }

    /// Takes octets of the stream that are next in order.
    fn read_stream(&mut self, data: &[u8], now: Instant) -> Result<Option<Progress>, FragmentError> {
        self.taken = self.taken.saturating_add(data.len());
        let mut input = data;
        let mut progress = None;
        while let Ok(Some(frame)) = self.reader.push(&mut input) {
            let Frame::Packet(Packet::Ike(message)) = frame else { continue };
            let mut message = message.to_vec();
            if let Ok(opened) = open(&mut message, self.opener) {
                progress = Some(self.reassembler.push(&opened, now)?);
            }
        }
        Ok(progress)
    }
}

impl Receiver for TcpReceiver<'_> {
    fn handle_datagram(&mut self, received: Arrival<'_>, now: Instant) -> Result<Option<Progress>, FragmentError> {
        let Arrival::Segment(octets) = received else { return Ok(None) };
        let Some(segment) = Segment::parse(octets) else { return Ok(None) };
        self.due = self.due.saturating_add(1);
        if segment.flags & SYN != 0 {
            self.syn = true;
            return Ok(None);
        }
        let from = usize::try_from(segment.sequence.saturating_sub(1)).unwrap_or(usize::MAX);
        if from > self.taken {
            if from < MAX_STREAM && from.saturating_add(segment.data.len()) <= MAX_STREAM {
                self.ahead.entry(from).or_insert_with(|| segment.data.to_vec());
            }
            return Ok(None);
        }
        let mut progress = None;
        let fresh = segment.data.get(self.taken.saturating_sub(from)..).unwrap_or_default();
        if !fresh.is_empty() {
            progress = self.read_stream(fresh, now)?;
        }
        while let Some((from, data)) = self
            .ahead
            .first_key_value()
            .map(|(from, _)| *from)
            .filter(|from| *from <= self.taken)
            .and_then(|from| self.ahead.remove_entry(&from))
        {
            let fresh = data.get(self.taken.saturating_sub(from)..).unwrap_or_default();
            if !fresh.is_empty() {
                progress = self.read_stream(fresh, now)?.or(progress);
            }
        }
        Ok(progress)
    }

    fn mark_answered(&mut self, message_id: u32) {
        self.reassembler.mark_answered(message_id);
    }

    fn poll_transmit(&mut self, _now: Instant) -> Option<Transmit<'_>> {
        self.due = self.due.checked_sub(1)?;
        let acknowledgment = u32::try_from(self.taken).ok()?.wrapping_add(1);
        let flags = if core::mem::take(&mut self.syn) { SYN | ACK } else { ACK };
        Some(Segment { sequence: 0, acknowledgment, flags, data: &[] }.emit(&mut self.buf))
    }

    fn next_timeout(&self) -> Option<Instant> {
        if self.due == 0 { None } else { Some(Instant::START) }
    }

    fn octets(&self) -> usize {
        self.ahead.values().map(Vec::len).fold(self.reader.pending(), usize::saturating_add)
    }
}

impl core::fmt::Debug for TcpReceiver<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("TcpReceiver").field("taken", &self.taken).field("ahead", &self.ahead.len()).finish_non_exhaustive()
    }
}
