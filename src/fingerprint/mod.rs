//! Which stack speaks: the fingerprint of an IKE_SA_INIT request or response, and the table of stacks known by it.
//!
//! Everything in IKE_SA_INIT is in clear, and much of it is decided by code and not by configuration: the order of payloads, notifies and
//! transform types, the length of the nonce, the fields that may be anything. The *form* of a message is these as one line of text; what
//! changes with every message (SPIs, nonces, public values, hashes of NAT detection, cookies) is not in it. It has two parts: that of the
//! stack, and that of the offer, which an administrator configures. docs/fingerprint.md specifies it to the octet, as version 1.
//!
//! [`Fingerprint::recognise`] looks the stack up. The table holds rules and no hashes, so that what an administrator or a path switches on
//! and off (fragmentation, NAT detection, cookies, PPK, redirection) leaves a stack what it is. It is silent about everything it was not
//! told of: a stack that is not in the table, or lost its marks, is unknown. Whoever wants to be taken for another can: nothing here is
//! authenticated.
//!
//! ```
//! use ikev2::fingerprint::{Fingerprint, Sign, Stack};
//! use ikev2::registry::{ExchangeType, NotifyType};
//! use ikev2::wire::{Header, IkeSpis, Message, MessageBuilder, Nonce, Notify, Payload, VendorId};
//!
//! let header = Header {
//!     spis: IkeSpis { initiator: 1, responder: 0 },
//!     exchange: ExchangeType::IKE_SA_INIT,
//!     initiator: true,
//!     response: false,
//!     message_id: 0,
//! };
//! let mut buf = [0; 256];
//! let octets = MessageBuilder::new(&mut buf, &header)
//!     .push(Payload::Nonce(Nonce { data: &[7; 32] }))
//!     .push(Payload::VendorId(VendorId { data: b"OpenIKED-7.4" }))
//!     .push(Payload::Notify(Notify::new(NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, &[])))
//!     .finish()?;
//!
//! let print = Fingerprint::of(Message::parse(octets)?).ok_or("not IKE_SA_INIT")?;
//! assert_eq!(print.to_string(), "1q_2008_40.32,43.4f70656e494b45442d372e34,41.16430_-_-");
//! assert_eq!(print.hash().to_string(), "1q-814c06694e3cedf5-af63a04c86018698");
//! let recognised = print.recognise().ok_or("unknown")?;
//! assert!(recognised.stacks().eq([Stack::OpenIked]));
//! assert_eq!((recognised.sign(), recognised.release()), (Sign::VendorId, Some("7.4")));
//! assert_eq!(recognised.to_string(), "OpenIKED 7.4");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! ```text
//! form.rs      a message -> its form
//! table.rs     the stacks: one row a sign, with its source
//! order.rs     whether a message has the form of a row
//! recognise.rs what the signs of one message say together
//! ```

mod form;
mod order;
mod recognise;
mod stack;
mod table;

pub use recognise::{Recognised, Sign};
pub use stack::Stack;

use crate::fnv::Fnv1a;
use crate::registry::ExchangeType;
use crate::wire::LenientMessage;
use core::fmt::{self, Write};

/// The fingerprint of one IKE_SA_INIT message; [`Display`](fmt::Display) writes its form.
///
/// The form is made while it is written, and nothing is allocated: it has at most four octets for each octet of the message, and 64.
#[derive(Clone, Copy, Debug)]
pub struct Fingerprint<'a> {
    message: LenientMessage<'a>,
}

/// The hashes of a form's two parts: FNV-1a of 64 bits over the octets before the last `_`, and over those after it.
///
/// A short name to count and to compare by. It is no proof against whoever makes a form for a hash: the form is the fingerprint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct FormHash {
    /// Whether the message is a response.
    pub response: bool,
    /// Of the part that the stack decides.
    pub stack: u64,
    /// Of the part that the configuration decides.
    pub offer: u64,
}

impl<'a> Fingerprint<'a> {
    /// The version of the form, which stands first in it.
    pub const VERSION: u8 = form::VERSION;

    /// The fingerprint of a message; `None` for all but IKE_SA_INIT of IKEv2.
    #[must_use]
    pub fn of(message: impl Into<LenientMessage<'a>>) -> Option<Self> {
        let message = message.into();
        let is_init = message.header().exchange == ExchangeType::IKE_SA_INIT && message.version().0 == 2;
        is_init.then_some(Self { message })
    }

    /// The hashes of the form.
    #[must_use]
    pub fn hash(&self) -> FormHash {
        let hash = |part: fn(&LenientMessage<'_>, &mut dyn Write) -> fmt::Result| {
            let mut hash = Fnv1a::EMPTY;
            // What writes into it says no.
            part(&self.message, &mut hash).map_or(0, |()| hash.0)
        };
        FormHash { response: self.message.header().response, stack: hash(form::stack), offer: hash(form::offer) }
    }

    /// The stacks that it may be of; `None` when it has no sign of any, or signs that contradict each other.
    #[must_use]
    pub fn recognise(&self) -> Option<Recognised<'a>> {
        recognise::recognise(&self.message)
    }
}

/// The form: `1`, `q` or `r`, and after each `_` the header, the payloads, the shape of the proposals, and the offer.
impl fmt::Display for Fingerprint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        form::stack(&self.message, f)?;
        f.write_char('_')?;
        form::offer(&self.message, f)
    }
}

/// `1q-` or `1r-`, and the two hashes as 16 hexadecimal digits each with `-` between them.
impl fmt::Display for FormHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { response, stack, offer } = self;
        write!(f, "{}{}-{stack:016x}-{offer:016x}", Fingerprint::VERSION, form::kind(*response))
    }
}
