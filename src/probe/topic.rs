//! What requests are about that are pursued until they have an outcome.

/// What a request is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Topic {
    /// What the server announces when it accepts.
    Announcements,
    /// Whether an answer that needs IP fragments comes back.
    LargeAnswer,
    /// Whether ML-KEM is taken as the first key exchange.
    MlKem,
    /// Whether ML-KEM is taken as an additional key exchange.
    Hybrid,
    /// The offer of the caller.
    ClientOffer,
    /// A step of the search for the policy, counted from 0.
    Policy(usize),
}

impl Topic {
    /// Whether the server may accept, and keep a half-open IKE SA.
    pub(super) const fn opens(self) -> bool {
        matches!(self, Self::Announcements | Self::LargeAnswer)
    }
}
