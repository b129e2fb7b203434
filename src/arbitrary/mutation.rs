//! What can be changed in a message.

/// The kind of thing that was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Mutation {
    /// A length field: of the header, a payload, a proposal, a transform, an attribute, a selector or an EAP packet.
    Length,
    /// A count field: transforms of a proposal, selectors of a TS payload, SPIs of a Delete payload.
    Count,
    /// An SPI Size field.
    SpiSize,
    /// The octet that says whether a proposal or transform is the last.
    LastSubstructure,
    /// A Proposal Num field.
    ProposalNumber,
    /// A Next Payload field: the payload after it becomes one of another type, vanishes, or is one too many.
    NextPayload,
    /// A critical bit.
    Critical,
    /// Major and minor version.
    Version,
    /// A Fragment Number or Total Fragments field.
    FragmentNumber,
    /// A TS Type, ID Type, EAP Code or other field that decides the shape of what follows.
    Type,
    /// Reserved bits, which a receiver ignores.
    Reserved,
    /// Octets were taken off the end.
    Truncated,
    /// Octets were added at the end.
    Appended,
}
