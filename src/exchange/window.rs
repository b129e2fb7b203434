//! Where the Message IDs of an IKE SA begin, and how far apart they may be: RFC 7296 sections 2.2 and 2.3.

use crate::role::Role;

/// The widest window: what is outstanding is the bits of one word.
pub const MAX_WINDOW: u32 = u64::BITS;

/// The width of a window until a SET_WINDOW_SIZE says otherwise (RFC 7296 section 2.3).
pub(super) const FIRST_WIDTH: u32 = 1;

/// The exchange that set up an IKE SA: the first Message ID in each direction follows from it (RFC 7296 section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SaOrigin {
    /// IKE_SA_INIT, or IKE_SESSION_RESUME of RFC 5723. We have this role in it.
    ///
    /// Its request, retries included, has Message ID 0 and is not authentic, so it passes through no window. The next request of
    /// the initiator has Message ID 1; the first of the responder has 0.
    InitialExchange(Role),
    /// CREATE_CHILD_SA on the IKE SA that this one replaces. Both directions begin at 0, whoever asked for it.
    Rekey,
}

impl SaOrigin {
    /// The Message ID of our first request that passes through a window.
    pub(super) const fn first_sent(self) -> u32 {
        match self {
            Self::InitialExchange(role) => after_initial_exchange(role),
            Self::Rekey => 0,
        }
    }

    /// The Message ID of the peer's first request that passes through a window.
    pub(super) const fn first_received(self) -> u32 {
        match self {
            Self::InitialExchange(role) => after_initial_exchange(role.other()),
            Self::Rekey => 0,
        }
    }
}

const fn after_initial_exchange(requester: Role) -> u32 {
    match requester {
        Role::Initiator => 1,
        Role::Responder => 0,
    }
}
