//! SK and SKF opened with the keys of their IKE SA, and fragments put together.
//!
//! All keys of an SA are tried, those of what its initiator sends on messages with the I flag: the right ones are those whose
//! ICV fits. A message is opened in a copy, since a key that does not fit spoils the octets.

use super::carrier::Carrier;
use super::keys::Entry;
use super::summary::Encrypted;
use ikev2::error::OpenError;
use ikev2::fragment::{IgnoreReason, Progress, Reassembled, Reassembler, ReassemblyLimits};
use ikev2::protect::{EncryptedPayload, Opened, Opener, open};
use ikev2::registry::PayloadType;
use ikev2::wire::{Chain, HEADER_LEN, Header, IkeSpis, LenientMessage};
use ikev2::{Instant, Role};
use std::collections::{BTreeSet, HashMap, VecDeque};

/// Fragment sets whose packets are remembered, for one side of an IKE SA: more than a reassembler has open.
const MAX_SETS: usize = 64;

/// What became of an encrypted message.
pub(crate) struct Attempt {
    pub(crate) verdict: Verdict,
    /// The message that this fragment completed.
    pub(crate) complete: Option<Complete>,
}

pub(crate) enum Verdict {
    /// SK: the type of its first payload, and its content.
    Content { first: PayloadType, octets: Vec<u8>, verified: bool },
    /// SKF, and how far its fragment set is.
    Fragment { progress: String, verified: bool },
    /// None of so many keys fits.
    IcvMismatch { keys: usize },
    /// Not opened for another reason.
    Failed(String),
    /// There is no key for this IKE SA.
    NoKey,
}

/// A message that came in fragments.
pub(crate) struct Complete {
    /// Every packet that carried one of them, in the order of the capture.
    pub(crate) packets: Vec<u64>,
    pub(crate) message: Reassembled,
}

pub(crate) struct Unlock {
    sas: HashMap<IkeSpis, Sa>,
    clock: Instant,
}

struct Sa {
    entries: Vec<Entry>,
    initiator: Side,
    responder: Side,
}

/// What one side of an IKE SA sends.
struct Side {
    reassembler: Reassembler,
    sets: VecDeque<Set>,
}

/// The packets of a fragment set: those whose fragments are used, without the copies that came later.
struct Set {
    message_id: u32,
    response: bool,
    packets: BTreeSet<u64>,
}

impl Unlock {
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        let mut sas: HashMap<_, Sa> = HashMap::new();
        for entry in entries {
            let sa = || Sa { entries: Vec::new(), initiator: Side::new(), responder: Side::new() };
            sas.entry(entry.spis).or_insert_with(sa).entries.push(entry);
        }
        Self { sas, clock: Instant::START }
    }

    /// Opens a message; `None` when it has nothing encrypted.
    pub(crate) fn message(&mut self, carrier: &Carrier, message: &LenientMessage<'_>) -> Option<Attempt> {
        if !message.payloads().any(|raw| matches!(raw.ty, PayloadType::SK | PayloadType::SKF)) {
            return None;
        }
        let header = message.header();
        let Some(sa) = self.sas.get_mut(&header.spis) else {
            return Some(Verdict::NoKey.into());
        };
        self.clock = self.clock.max(carrier.time.instant());
        let octets = message.as_octets();
        // Octets that follow the message are a fault of the datagram's, and no reason not to look into the message.
        let length = usize::try_from(message.length()).ok().filter(|length| *length >= HEADER_LEN);
        let octets = length.and_then(|length| octets.get(..length)).unwrap_or(octets);
        let Sa { entries, initiator, responder } = sa;
        let side = if header.initiator { initiator } else { responder };
        Some(attempt(entries, header.sender(), octets, |opened, verified| side.receive(opened, verified, carrier, self.clock)))
    }
}

/// Tries the keys one after the other, and those that no ICV can prove wrong last.
fn attempt(entries: &[Entry], sender: Role, octets: &[u8], done: impl FnOnce(&Opened<'_>, bool) -> Attempt) -> Attempt {
    let mut mismatches = 0_usize;
    let mut failure = None;
    let mut unverified: Vec<(&dyn Opener, usize)> = Vec::new();
    for entry in entries {
        let opener = match &entry.openers {
            Ok(openers) if sender.is_initiator() => &*openers.initiator,
            Ok(openers) => &*openers.responder,
            Err(unsupported) => {
                failure.get_or_insert_with(|| unsupported.to_string());
                continue;
            }
        };
        let mut copy = octets.to_vec();
        match open(&mut copy, opener) {
            Ok(opened) if entry.verifies => return done(&opened, true),
            Ok(opened) if is_plausible(&opened) => unverified.push((opener, opened.padding().len())),
            Ok(_) => {
                failure.get_or_insert_with(|| "decrypted without a look at the ICV, it is no content".into());
            }
            Err(OpenError::NotAuthentic(_)) => mismatches = mismatches.saturating_add(1),
            Err(error @ OpenError::PadLength { .. }) if entry.verifies => return Verdict::Failed(error.to_string()).into(),
            Err(error) => {
                failure.get_or_insert_with(|| error.to_string());
            }
        }
    }
    // A wrong key leaves some number for Pad Length; the right one mostly the least that fills a block.
    if let Some((opener, _)) = unverified.into_iter().min_by_key(|(_, padding)| *padding) {
        let mut copy = octets.to_vec();
        if let Ok(opened) = open(&mut copy, opener) {
            return done(&opened, false);
        }
    }
    match failure {
        Some(failure) if mismatches == 0 => Verdict::Failed(failure).into(),
        _ => Verdict::IcvMismatch { keys: mismatches }.into(),
    }
}

/// Whether content that nothing vouches for may be content at all.
fn is_plausible(opened: &Opened<'_>) -> bool {
    match opened.kind() {
        EncryptedPayload::Sk => Chain::parse(opened.first_payload(), opened.content()).is_ok(),
        EncryptedPayload::Skf { .. } => true,
    }
}

impl Attempt {
    pub(crate) fn count(&self, encrypted: &mut Encrypted) {
        let counter = match self.verdict {
            Verdict::Content { .. } | Verdict::Fragment { .. } => &mut encrypted.opened,
            Verdict::IcvMismatch { .. } => &mut encrypted.icv_mismatch,
            Verdict::Failed(_) => &mut encrypted.failed,
            Verdict::NoKey => &mut encrypted.no_key,
        };
        *counter = counter.saturating_add(1);
        if self.complete.is_some() {
            encrypted.reassembled = encrypted.reassembled.saturating_add(1);
        }
    }
}

impl From<Verdict> for Attempt {
    fn from(verdict: Verdict) -> Self {
        Self { verdict, complete: None }
    }
}

impl Side {
    fn new() -> Self {
        // A monitor shows every set that comes together: the content is bounded, the number of fragments only by its field.
        let limits = ReassemblyLimits { fragments: u16::MAX, ..ReassemblyLimits::default() };
        Self { reassembler: Reassembler::new(limits), sets: VecDeque::new() }
    }

    fn receive(&mut self, opened: &Opened<'_>, verified: bool, carrier: &Carrier, now: Instant) -> Attempt {
        // SK does not go to the reassembler: what was sent whole and then in fragments is shown in both forms.
        if opened.kind() == EncryptedPayload::Sk {
            return Verdict::Content { first: opened.first_payload(), octets: opened.content().to_vec(), verified }.into();
        }
        let header = opened.header();
        let (progress, complete) = match self.reassembler.push(opened, now) {
            Ok(Progress::Pending { received: have, total: of }) => {
                self.note(header, &carrier.packets, have == 1);
                (format!("{have} of {of} fragments are there"), None)
            }
            Ok(Progress::Complete(message)) => {
                self.note(header, &carrier.packets, message.fragments() == 1);
                let packets = self.forget(header);
                if !header.response {
                    // Who looks on sees a request once, and lets others answer it.
                    self.reassembler.mark_answered(header.message_id);
                }
                (format!("all {} fragments are there", message.fragments()), Some(Complete { packets, message }))
            }
            Ok(Progress::Ignored(reason)) => (format!("not used: {reason}"), None),
            // There is no response of ours to send again.
            Ok(Progress::ResendResponse) => (format!("not used: {}", IgnoreReason::Done), None),
            Ok(other) => (format!("not used: {other:?}"), None),
            Err(error) => {
                self.forget(header);
                (format!("the set is dropped: {error}"), None)
            }
        };
        Attempt { verdict: Verdict::Fragment { progress, verified }, complete }
    }

    /// Notes the packets of a fragment, `anew` of the first in its set.
    fn note(&mut self, header: &Header, packets: &[u64], anew: bool) {
        if anew {
            self.forget(header);
            if self.sets.len() >= MAX_SETS {
                self.sets.pop_front();
            }
            self.sets.push_back(Set { message_id: header.message_id, response: header.response, packets: BTreeSet::new() });
        }
        if let Some(set) = self.sets.iter_mut().find(|set| set.is_of(header)) {
            set.packets.extend(packets);
        }
    }

    fn forget(&mut self, header: &Header) -> Vec<u64> {
        let at = self.sets.iter().position(|set| set.is_of(header));
        at.and_then(|at| self.sets.remove(at)).map(|set| set.packets.into_iter().collect()).unwrap_or_default()
    }
}

impl Set {
    const fn is_of(&self, header: &Header) -> bool {
        self.message_id == header.message_id && self.response == header.response
    }
}
