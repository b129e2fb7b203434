//! TLS messages in EAP packets, RFC 5216 sections 2.1.5 and 3.1.
//!
//! ```text
//! Flags(1) [TLS Message Length(4)] TLS Data
//! Flags: L 0x80 the length is there, M 0x40 more fragments follow, S 0x20 start
//! ```

use super::fault::{FramingFault, MAX_MESSAGE};

const LENGTH: u8 = 0x80;
const MORE: u8 = 0x40;
const START: u8 = 0x20;

/// The message that is being sent, and the one that is being received.
pub(super) struct Fragments {
    /// TLS Data of one packet, in octets.
    size: usize,
    /// What is not sent yet.
    out: Vec<u8>,
    input: Vec<u8>,
    /// The TLS Message Length of what is being received: a claim, which nothing is allocated for.
    claimed: Option<u32>,
}

/// What a packet brought.
pub(super) enum Heard {
    /// A part: this is the Type-Data that answers it.
    Part(Vec<u8>),
    /// A whole message; it may be empty.
    Whole(Vec<u8>),
}

/// Type-Data that begins the conversation.
pub(super) fn start() -> Vec<u8> {
    vec![START]
}

/// Checks that Type-Data begins the conversation.
pub(super) fn expect_start(data: &[u8]) -> Result<(), FramingFault> {
    match Packet::read(data)? {
        Packet { start: true, more: false, octets: [], .. } => Ok(()),
        _ => Err(FramingFault::Start),
    }
}

struct Packet<'a> {
    length: Option<u32>,
    more: bool,
    start: bool,
    octets: &'a [u8],
}

impl<'a> Packet<'a> {
    fn read(data: &'a [u8]) -> Result<Self, FramingFault> {
        let (&flags, rest) = data.split_first().ok_or(FramingFault::Short)?;
        let (length, octets) = if flags & LENGTH == 0 {
            (None, rest)
        } else {
            let (length, octets) = rest.split_first_chunk().ok_or(FramingFault::Short)?;
            (Some(u32::from_be_bytes(*length)), octets)
        };
        Ok(Self { length, more: flags & MORE != 0, start: flags & START != 0, octets })
    }
}

impl Fragments {
    pub(super) const fn new(size: usize) -> Self {
        Self { size, out: Vec::new(), input: Vec::new(), claimed: None }
    }

    /// Type-Data with the first part of a message, or the whole of it: an acknowledgement, if it is empty.
    pub(super) fn say(&mut self, message: Vec<u8>) -> Vec<u8> {
        let length = u32::try_from(message.len()).unwrap_or(u32::MAX).to_be_bytes();
        self.out = message;
        let (flags, part) = self.part();
        if flags & MORE == 0 { [&[flags], &*part].concat() } else { [&[flags | LENGTH], &length[..], &part].concat() }
    }

    fn part(&mut self) -> (u8, Vec<u8>) {
        let rest = self.out.split_off(self.size.min(self.out.len()));
        let part = std::mem::replace(&mut self.out, rest);
        (if self.out.is_empty() { 0 } else { MORE }, part)
    }

    /// Takes Type-Data of the other side.
    pub(super) fn hear(&mut self, data: &[u8]) -> Result<Heard, FramingFault> {
        let packet = Packet::read(data)?;
        if packet.start {
            return Err(FramingFault::Start);
        }
        if self.out.is_empty() { self.receive(&packet) } else { self.acknowledged(&packet) }
    }

    fn acknowledged(&mut self, packet: &Packet<'_>) -> Result<Heard, FramingFault> {
        if packet.more || !packet.octets.is_empty() {
            return Err(FramingFault::NoAcknowledgement);
        }
        let (flags, part) = self.part();
        Ok(Heard::Part([&[flags], &*part].concat()))
    }

    fn receive(&mut self, packet: &Packet<'_>) -> Result<Heard, FramingFault> {
        self.claim(packet.length)?;
        let due = self.claimed.and_then(|length| usize::try_from(length).ok());
        if self.input.len().saturating_add(packet.octets.len()) > due.unwrap_or(MAX_MESSAGE) {
            return Err(if due.is_some() { FramingFault::Length } else { FramingFault::TooLong });
        }
        self.input.extend_from_slice(packet.octets);
        if packet.more {
            return if packet.octets.is_empty() { Err(FramingFault::Empty) } else { Ok(Heard::Part(vec![0])) };
        }
        self.claimed = None;
        let whole = std::mem::take(&mut self.input);
        if due.is_some_and(|due| due != whole.len()) { Err(FramingFault::Length) } else { Ok(Heard::Whole(whole)) }
    }

    /// Some send the length with each fragment: then it is the same each time.
    fn claim(&mut self, length: Option<u32>) -> Result<(), FramingFault> {
        match (length, self.claimed) {
            (Some(length), _) if !usize::try_from(length).is_ok_and(|length| length <= MAX_MESSAGE) => Err(FramingFault::TooLong),
            (Some(length), None) if self.input.is_empty() => {
                self.claimed = Some(length);
                Ok(())
            }
            (Some(length), claimed) if claimed != Some(length) => Err(FramingFault::Length),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All packets from one to the other until the message is whole, and how many it took.
    fn carry(message: &[u8], size: usize) -> (Vec<u8>, usize) {
        let (mut from, mut to) = (Fragments::new(size), Fragments::new(size));
        let mut packet = from.say(message.to_vec());
        for count in 1.. {
            assert!(packet.len().saturating_sub(5) <= size);
            match to.hear(&packet).unwrap() {
                Heard::Whole(whole) => return (whole, count),
                Heard::Part(acknowledgement) => {
                    assert_eq!(acknowledgement, [0]);
                    let Heard::Part(next) = from.hear(&acknowledgement).unwrap() else { panic!("nothing follows") };
                    packet = next;
                }
            }
        }
        panic!("no end")
    }

    #[test]
    fn a_message_arrives_whole_by_fragments_of_any_size() {
        let message: Vec<u8> = (0..=255).cycle().take(1000).collect();
        for length in [0, 1, 99, 100, 101, 199, 200, 1000] {
            for size in [1, 7, 100, 999, 1000, 1001] {
                let (whole, count) = carry(&message[..length], size);
                assert_eq!(whole, message[..length]);
                assert_eq!(count, length.div_ceil(size).max(1));
            }
        }
    }

    #[test]
    fn what_fits_into_one_packet_has_no_length() {
        let mut fragments = Fragments::new(3);
        assert_eq!(fragments.say(vec![1, 2, 3]), [0, 1, 2, 3]);
        assert_eq!(fragments.say(vec![1, 2, 3, 4]), [LENGTH | MORE, 0, 0, 0, 4, 1, 2, 3]);
    }

    fn faults(packets: &[&[u8]]) -> Option<FramingFault> {
        let mut fragments = Fragments::new(100);
        packets.iter().find_map(|packet| fragments.hear(packet).err())
    }

    #[test]
    fn a_length_is_a_claim() {
        let whole: &[u8] = &[LENGTH, 0, 0, 0, 2, 1, 2];
        assert_eq!(faults(&[whole, whole]), None);
        assert_eq!(faults(&[&[LENGTH | MORE, 0, 0, 0, 2, 1], &[LENGTH, 0, 0, 0, 2, 2]]), None);
        assert_eq!(faults(&[&[LENGTH | MORE, 0, 0, 0, 2, 1], &[LENGTH, 0, 0, 0, 3, 2]]), Some(FramingFault::Length));
        assert_eq!(faults(&[&[MORE, 1], &[LENGTH, 0, 0, 0, 2, 2]]), Some(FramingFault::Length));
        assert_eq!(faults(&[&[LENGTH, 0, 0, 0, 3, 1, 2]]), Some(FramingFault::Length));
        assert_eq!(faults(&[&[LENGTH | MORE, 0, 0, 0, 1, 1, 2]]), Some(FramingFault::Length));
        assert_eq!(faults(&[&[LENGTH | MORE, 0xff, 0, 0, 0, 1]]), Some(FramingFault::TooLong));
        assert_eq!(faults(&[&[LENGTH, 0, 0, 0]]), Some(FramingFault::Short));
        assert_eq!(faults(&[&[]]), Some(FramingFault::Short));
        assert_eq!(faults(&[&[MORE]]), Some(FramingFault::Empty));
        assert_eq!(faults(&[&[START]]), Some(FramingFault::Start));
        let many = [&[MORE][..], &[0; 1000]].concat();
        assert_eq!(faults(&vec![&*many; 65]), None);
        assert_eq!(faults(&vec![&*many; 66]), Some(FramingFault::TooLong));
    }

    #[test]
    fn a_fragment_waits_for_its_acknowledgement() {
        for (packet, fault) in [(&[0, 1][..], true), (&[MORE], true), (&[0], false)] {
            let mut fragments = Fragments::new(1);
            fragments.say(vec![1, 2]);
            assert_eq!(fragments.hear(packet).err(), fault.then_some(FramingFault::NoAcknowledgement));
        }
    }
}
