//! What the signs of one message say together.

use super::form::payloads;
use super::order::is_plain;
use super::stack::{Stack, StackSet};
use super::table::{MARKS, Mark, ORDERS};
use crate::registry::PayloadType;
use crate::wire::LenientMessage;
use core::fmt;

/// By what a stack was recognised, the strongest sign first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Sign {
    /// A vendor ID: it says so itself.
    VendorId,
    /// Values and an order of payloads that no other stack is known to have together.
    Form,
    /// An order of payloads that, of the stacks known, this one has. Another may have come to it by itself.
    Order,
}

impl Sign {
    /// Its name in a report.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::VendorId => "vendor_id",
            Self::Form => "form",
            Self::Order => "order",
        }
    }

    /// Whether a verdict may rest on it: whether it is more than an [`Order`](Self::Order).
    #[must_use]
    pub const fn is_certain(self) -> bool {
        !matches!(self, Self::Order)
    }
}

/// The stacks that a message may be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recognised<'a> {
    stacks: StackSet,
    sign: Sign,
    release: Option<&'a str>,
}

impl<'a> Recognised<'a> {
    /// The stacks: several where they share their signs.
    pub fn stacks(&self) -> impl Iterator<Item = Stack> + use<> {
        self.stacks.iter()
    }

    /// The strongest sign.
    #[must_use]
    pub const fn sign(&self) -> Sign {
        self.sign
    }

    /// The release, as a vendor ID says it in text.
    #[must_use]
    pub const fn release(&self) -> Option<&'a str> {
        self.release
    }
}

/// The stacks with `or` between them, and the release; `perhaps` before them when the sign is not certain.
impl fmt::Display for Recognised<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.sign.is_certain() {
            f.write_str("perhaps ")?;
        }
        for (at, stack) in self.stacks().enumerate() {
            if at > 0 {
                f.write_str(" or ")?;
            }
            f.write_str(stack.name())?;
        }
        self.release.map_or(Ok(()), |release| write!(f, " {release}"))
    }
}

impl Stack {
    /// The stacks that send a vendor ID; none when it is not known.
    ///
    /// ```
    /// use ikev2::fingerprint::Stack;
    /// assert_eq!(Stack::senders(b"CISCO-DELETE-REASON"), [Stack::CiscoIos, Stack::CiscoAsa]);
    /// ```
    #[must_use]
    pub fn senders(vendor_id: &[u8]) -> &'static [Self] {
        mark(vendor_id).map_or(&[], |mark| mark.stacks)
    }
}

fn mark(vendor_id: &[u8]) -> Option<&'static Mark> {
    MARKS.iter().find(|mark| vendor_id.starts_with(mark.start))
}

pub(super) fn recognise<'a>(message: &LenientMessage<'a>) -> Option<Recognised<'a>> {
    let mut release = None;
    let mut said: Option<StackSet> = None;
    for raw in payloads(message).filter(|raw| raw.ty == PayloadType::V) {
        let Some(mark) = mark(raw.body) else { continue };
        let stacks = StackSet::of(mark.stacks);
        said = Some(said.map_or(stacks, |said| said.and(stacks)));
        if mark.release {
            release = raw.body.get(mark.start.len()..).and_then(text);
        }
    }
    let (done, certain) = by_order(message);
    let (stacks, sign) = match said {
        None => (done, if certain { Sign::Form } else { Sign::Order }),
        Some(said) if done.is_empty() => (said, Sign::VendorId),
        Some(said) => match (said.and(done), certain) {
            (both, true) => (both, Sign::VendorId),
            // An order that another stack may have as well contradicts no vendor ID, and tells which of its senders it may be.
            (both, false) if both.is_empty() || both == said => (said, Sign::VendorId),
            (both, false) => (both, Sign::Order),
        },
    };
    (!stacks.is_empty()).then_some(Recognised { stacks, sign, release })
}

/// The stacks whose order the message has, and whether that is certain of each.
fn by_order(message: &LenientMessage<'_>) -> (StackSet, bool) {
    if !is_plain(message) {
        return (StackSet::default(), false);
    }
    let rows = || ORDERS.iter().filter(|order| order.holds(message));
    let certain = rows().all(|order| order.certain);
    (rows().fold(StackSet::default(), |all, order| all.or(StackSet::one(order.stack))), certain)
}

/// The text of a release: what a report may print as it is.
fn text(octets: &[u8]) -> Option<&str> {
    let is_plain = |octet: &u8| octet.is_ascii_alphanumeric() || b".-_+~".contains(octet);
    let text = core::str::from_utf8(octets).ok()?;
    (!octets.is_empty() && octets.len() <= 64 && octets.iter().all(is_plain)).then_some(text)
}
