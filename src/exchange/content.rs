//! What a protected message holds: its payloads as one chain.

use crate::error::BuildError;
use crate::fragment::Reassembled;
use crate::registry::{NotifyType, PayloadType};
use crate::wire::{Chain, ChainBuilder, Notify, Payload};
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use zeroize::Zeroizing;

/// Octets that are tried first: most messages of an IKE SA are shorter, and then nothing is written twice.
const SMALL: usize = 1024;

/// The content of an SK payload, or of the SKF payloads that carry it in fragments: a chain of payloads (RFC 7296 section 3.14).
///
/// ```
/// use ikev2::exchange::MessageContent;
/// use ikev2::registry::{NotifyType, PayloadType};
/// use ikev2::wire::{Notify, Payload};
///
/// let content = MessageContent::build(|chain| {
///     chain.push(Payload::Notify(Notify::new(NotifyType::INITIAL_CONTACT, &[])));
/// })?;
/// assert_eq!((content.first_payload(), content.octets().len()), (PayloadType::N, 8));
/// # Ok::<(), ikev2::error::BuildError>(())
/// ```
pub struct MessageContent {
    first: PayloadType,
    /// Content may be secret as a key is: a password of EAP, a traffic selector.
    octets: Zeroizing<Vec<u8>>,
}

impl MessageContent {
    /// No payload, as in a liveness check (RFC 7296 section 1.4).
    #[must_use]
    pub fn empty() -> Self {
        Self { first: PayloadType::NO_NEXT_PAYLOAD, octets: Zeroizing::new(Vec::new()) }
    }

    /// Writes a chain. `payloads` is called again if the chain does not fit the first buffer, and has to write the same then.
    ///
    /// # Errors
    /// The first value that does not fit its field.
    pub fn build(payloads: impl Fn(&mut ChainBuilder<'_>)) -> Result<Self, BuildError> {
        let mut octets = Zeroizing::new(vec![0; SMALL]);
        let (first, len) = match Self::write(&mut octets, &payloads) {
            Err(BuildError::BufferTooSmall { needed }) => {
                octets = Zeroizing::new(vec![0; needed]);
                Self::write(&mut octets, &payloads)?
            }
            written => written?,
        };
        octets.truncate(len);
        octets.shrink_to_fit();
        Ok(Self { first, octets })
    }

    /// A message that is one notify about no SA in particular.
    ///
    /// # Errors
    /// If the data does not fit a payload.
    pub fn notify(ty: NotifyType, data: &[u8]) -> Result<Self, BuildError> {
        Self::build(|chain| {
            chain.push(Payload::Notify(Notify::new(ty, data)));
        })
    }

    fn write(buf: &mut [u8], payloads: impl Fn(&mut ChainBuilder<'_>)) -> Result<(PayloadType, usize), BuildError> {
        let mut builder = ChainBuilder::new(buf);
        payloads(&mut builder);
        builder.finish().map(|(first, octets)| (first, octets.len()))
    }

    /// The type of the first payload.
    #[must_use]
    pub const fn first_payload(&self) -> PayloadType {
        self.first
    }

    /// The chain.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }
}

impl From<&Reassembled> for MessageContent {
    fn from(message: &Reassembled) -> Self {
        Self { first: message.first_payload(), octets: Zeroizing::new(message.content().to_vec()) }
    }
}

/// Shows which payloads there are, and nothing of what they hold.
impl fmt::Debug for MessageContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let types = Chain::parse_lenient(self.first, &self.octets);
        f.debug_list().entries(types.payloads().map(|raw| raw.ty)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn what_does_not_fit_the_first_buffer_is_written_once_more() {
        for len in [0, 1, SMALL - 8, SMALL - 7, 5000, 60_000] {
            let data = vec![7; len];
            let content = MessageContent::notify(NotifyType::COOKIE2, &data).unwrap();
            assert_eq!(content.octets().len(), len + 8);
            assert_eq!(content.octets()[8..], data);
            assert_eq!(format!("{content:?}"), format!("[{:?}]", PayloadType::N));
        }
        assert!(MessageContent::notify(NotifyType::COOKIE2, &vec![7; 65_536]).is_err());
        assert!(MessageContent::empty().octets().is_empty());
    }
}
