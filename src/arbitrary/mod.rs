//! Structured generators for fuzzing: messages that are valid, nearly valid, and the content of SK payloads.
//!
//! A fuzzer that starts from raw octets spends most of its time in the header. These types implement [`Arbitrary`], so a
//! campaign can ask for messages that reach the code behind the parser, and for messages that are wrong in one known place.
//! Every draw is bounded: a message has at most [`MAX_LEN`] octets. Any input gives a message, the empty one included.
//!
//! ```
//! use arbitrary::{Arbitrary, Unstructured};
//! use ikev2::arbitrary::{NearlyValidMessage, ValidMessage};
//! use ikev2::wire::Message;
//!
//! let octets: Vec<u8> = (0..=255).collect();
//! let valid = ValidMessage::arbitrary(&mut Unstructured::new(&octets))?;
//! let message = Message::parse(valid.as_octets()).unwrap();
//! assert!(message.payloads().all(|raw| raw.parse().is_ok()));
//!
//! let broken = NearlyValidMessage::arbitrary(&mut Unstructured::new(&octets))?;
//! for change in broken.mutations() {
//!     println!("{change}"); // such as "Length at octet 30: 48 became 49"
//! }
//! # Ok::<(), arbitrary::Error>(())
//! ```

mod change;
mod draw;
mod fields;
mod mutation;
mod payloads;
mod sink;
#[cfg(test)]
mod tests;
mod values;

pub use change::AppliedMutation;
pub use mutation::Mutation;

use crate::registry::PayloadType;
use crate::wire::{ChainBuilder, Header, IkeSpis, MessageBuilder};
use ::arbitrary::{Arbitrary, Error, Result, Unstructured};
use alloc::vec;
use alloc::vec::Vec;
use draw::Draw;

/// The most octets a generated message or content has.
///
/// At most 12 payloads of at most 1604 octets each: the bulk is a Key Exchange payload of ML-KEM-1024.
pub const MAX_LEN: usize = 20_480;

/// A message that [`Message::parse`](crate::wire::Message::parse) and [`RawPayload::parse`](crate::wire::RawPayload::parse) of
/// each of its payloads accept, written by [`MessageBuilder`]; typed notification data and configuration values too have the
/// shape of their type. It is canonical: written back from what was read it is the same, octet for octet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValidMessage {
    octets: Vec<u8>,
}

/// The chain of payloads inside an SK payload: [`Chain::parse`](crate::wire::Chain::parse) and
/// [`RawPayload::parse`](crate::wire::RawPayload::parse) of each payload accept it; written by [`ChainBuilder`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ValidContent {
    first: PayloadType,
    octets: Vec<u8>,
}

/// A valid message with one to three changes, each of which it can name. Most are refused; some changes leave a message that
/// is valid in another way, such as a payload that became one of another type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NearlyValidMessage {
    octets: Vec<u8>,
    changes: Vec<AppliedMutation>,
}

impl ValidMessage {
    /// The message.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        &self.octets
    }

    /// The message, owned.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }
}

impl ValidContent {
    /// The type of the first payload: the Next Payload field of SK, or of the first SKF.
    #[must_use]
    pub const fn first_payload(&self) -> PayloadType {
        self.first
    }

    /// The chain.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        &self.octets
    }

    /// The chain, owned.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }
}

impl NearlyValidMessage {
    /// The message.
    #[must_use]
    pub fn as_octets(&self) -> &[u8] {
        &self.octets
    }

    /// The message, owned.
    #[must_use]
    pub fn into_octets(self) -> Vec<u8> {
        self.octets
    }

    /// What was changed, at least one thing; no octet was changed twice.
    #[must_use]
    pub fn mutations(&self) -> &[AppliedMutation] {
        &self.changes
    }
}

impl<'a> Arbitrary<'a> for ValidMessage {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let draw = &mut Draw(u);
        let header = Header {
            spis: IkeSpis { initiator: draw.u64(), responder: draw.u64() },
            exchange: payloads::exchange(draw),
            initiator: draw.flag(),
            response: draw.flag(),
            message_id: draw.u32(),
        };
        let mut octets = vec![0; MAX_LEN];
        let mut builder = MessageBuilder::new(&mut octets, &header);
        payloads::clear(draw, &header, &mut builder);
        let len = builder.finish().map_err(|_| Error::IncorrectFormat)?.len();
        octets.truncate(len);
        Ok(Self { octets })
    }
}

impl<'a> Arbitrary<'a> for ValidContent {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let draw = &mut Draw(u);
        let mut octets = vec![0; MAX_LEN];
        let mut builder = ChainBuilder::new(&mut octets);
        payloads::inner(draw, &mut builder);
        let (first, chain) = builder.finish().map_err(|_| Error::IncorrectFormat)?;
        let len = chain.len();
        octets.truncate(len);
        Ok(Self { first, octets })
    }
}

impl<'a> Arbitrary<'a> for NearlyValidMessage {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        // The changes are drawn first: an input that runs dry in the message still says what is to be wrong with it.
        let plan = change::Plan::draw(&mut Draw(u));
        let mut octets = ValidMessage::arbitrary(u)?.into_octets();
        let changes = plan.apply(&mut octets);
        Ok(Self { octets, changes })
    }
}
