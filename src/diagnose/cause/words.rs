//! Words that several causes share.

use crate::diagnose::observation::Delivery;
use crate::role::Role;
use core::fmt;

/// Octets of an IP packet above which a path may drop it: what IPv6 guarantees.
pub(super) const SAFE: usize = 1280;

/// Between what every path should take and what Ethernet does.
pub(super) const fn is_near_mtu(largest: usize) -> bool {
    matches!(largest, SAFE..=1500)
}

/// What may be wrong with packets that fit most links, but not every path.
pub(super) const fn size_note(largest: usize) -> &'static str {
    if is_near_mtu(largest) { "; packets of this size may be too large for the path" } else { "" }
}

/// ` (1400 octets as an IP packet)`, or nothing where the size is not known.
pub(super) struct Size(pub(super) usize, pub(super) &'static str);

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self(0, _) => Ok(()),
            Self(octets, of) => write!(f, " ({of}{octets} octets as an IP packet)"),
        }
    }
}

/// Where a message was lost, if captures of both ends tell: a clause to follow others, or nothing.
pub(super) struct Whereabouts(pub(super) Role, pub(super) Option<Delivery>);

impl fmt::Display for Whereabouts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (from, to) = if self.0.is_initiator() { ("client", "server") } else { ("server", "client") };
        match self.1 {
            None => Ok(()),
            Some(Delivery::Nothing) => write!(f, "; it left the {from} and never reached the {to}, as the captures of both show"),
            Some(Delivery::Part(octets)) => {
                write!(f, "; it left the {from} whole, and only {octets} octets of it reached the {to}, as the captures of both show")
            }
            Some(Delivery::Whole) => write!(f, "; it reached the {to}, as the capture there shows"),
        }
    }
}

/// `once`, `twice`, `3 times`.
pub(super) struct Times(pub(super) u32);

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.write_str("once"),
            2 => f.write_str("twice"),
            n => write!(f, "{n} times"),
        }
    }
}

/// Things one after the other, with a word between them.
pub(super) struct Joined<'a, T>(pub(super) &'a [T], pub(super) &'static str);

impl<T: fmt::Display> fmt::Display for Joined<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, one) in self.0.iter().enumerate() {
            write!(f, "{}{one}", if n == 0 { "" } else { self.1 })?;
        }
        Ok(())
    }
}
