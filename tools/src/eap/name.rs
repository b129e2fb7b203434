//! Names of peers and users.

use thiserror::Error;

/// A name that goes into an EAP packet: the identity of a peer (RFC 3748 section 5.1, a NAI of RFC 7542), or the name of a user or server
/// in MS-CHAPv2. It has [`Name::MAX`] octets at most; any octets are taken, as text is UTF-8 today and was not always.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(Vec<u8>);

/// A name is longer than [`Name::MAX`] octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a name of {0} octets; {max} is the most", max = Name::MAX)]
pub struct NameTooLong(pub usize);

impl Name {
    /// The longest name, in octets: that of a user in RFC 2759 section 4. A NAI has 253 at most (RFC 7542 section 2.3).
    pub const MAX: usize = 256;

    /// A name of these octets.
    ///
    /// # Errors
    /// [`NameTooLong`] if they are more than [`Name::MAX`].
    pub fn new(octets: impl Into<Vec<u8>>) -> Result<Self, NameTooLong> {
        let octets = octets.into();
        if octets.len() > Self::MAX { Err(NameTooLong(octets.len())) } else { Ok(Self(octets)) }
    }

    /// Its octets.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.0
    }
}
