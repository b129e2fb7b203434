//! Every IKEv2 message, read and written: header, payload chain, and every payload to its last field.
//!
//! Reading is zero-copy and allocates nothing. It takes two steps: [`Message::parse`] checks the header and the framing of
//! every payload, [`RawPayload::parse`] checks one body. What returned `Ok` never fails, panics or loops later: iterators over
//! it are infallible. Writing goes into a caller's buffer in one pass; the same structs are read and written.
//!
//! ```
//! use ikev2::registry::{ExchangeType, NotifyType};
//! use ikev2::wire::{Header, IkeSpis, Message, MessageBuilder, Notify, Payload};
//!
//! let header = Header {
//!     spis: IkeSpis { initiator: 1, responder: 2 }, exchange: ExchangeType::INFORMATIONAL, initiator: true, response: false, message_id: 7,
//! };
//! let mut buf = [0; 64];
//! let octets = MessageBuilder::new(&mut buf, &header).push(Payload::Notify(Notify::new(NotifyType::INITIAL_CONTACT, &[]))).finish()?;
//!
//! let message = Message::parse(octets)?;
//! assert_eq!(message.header(), &header);
//! for raw in message.payloads() {
//!     match raw.parse()? {
//!         Payload::Notify(notify) => assert_eq!(notify.ty, NotifyType::INITIAL_CONTACT),
//!         other => panic!("not sent: {other:?}"),
//!     }
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod audit;
mod builder;
mod chain;
pub(crate) mod codec;
mod header;
mod ikev1;
mod iterate;
mod message;
mod parts;
mod payload;
mod received;
pub mod rules;
mod spis;
pub mod transport;
pub(crate) mod writer;

pub use audit::{Remark, RemarkKind, audit, audit_content};
pub use builder::{ChainBuilder, MessageBuilder};
pub use chain::{Chain, LenientChain, PAYLOAD_HEADER_LEN, Payloads, RawPayload};
pub(crate) use chain::{FRAGMENT_HEADER_LEN, PAYLOAD_LENGTH, fragment_header};
pub(crate) use header::LENGTH;
#[cfg(feature = "alloc")]
pub(crate) use header::NEXT_PAYLOAD;
pub use header::{HEADER_LEN, Header};
pub use ikev1::Ikev1Header;
pub use message::{LenientMessage, Message};
pub use parts::Parts;
#[cfg(all(test, feature = "arbitrary"))]
pub(crate) use payload::SHAPED_NOTIFY_TYPES;
pub use payload::*;
pub use received::Received;
pub use spis::{IkeSpis, NoIkeSpis};
