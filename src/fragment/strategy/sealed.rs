//! The datagrams of one message, sealed once.

use super::{Carrier, Transmit};
use crate::error::SealError;
use crate::fragment::{FragmentationSupport, Layout, OutgoingMessage, Path, Splitter};
use crate::protect::Sealer;
use crate::wire::HEADER_LEN;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use bytes::Bytes;

/// The datagrams of one message for one path, as a [`Splitter`] cut them: what a [`Strategy`](super::Strategy) sends and resends.
///
/// A clone shares the octets.
#[derive(Clone, Debug)]
pub struct SealedMessage {
    datagrams: Arc<[Bytes]>,
    path: Path,
}

impl SealedMessage {
    /// Cuts and seals a message, into one SK datagram if it fits the path and SKF datagrams if not.
    ///
    /// # Errors
    /// [`Fragment`](SealMessageError::Fragment) as [`Splitter::datagrams`], [`Seal`](SealMessageError::Seal) from the Sealer.
    pub fn new(path: Path, layout: Layout, message: &OutgoingMessage<'_>, sealer: &mut dyn Sealer) -> Result<Self, SealMessageError> {
        Self::with(path, &Splitter::new(path, layout, FragmentationSupport::Both), message, sealer)
    }

    /// Seals a message into one SK datagram, however large: IP is to cut it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn whole(path: Path, message: &OutgoingMessage<'_>, sealer: &mut dyn Sealer) -> Result<Self, SealMessageError> {
        Self::with(path, &Splitter::new(path, Layout::Fill, FragmentationSupport::Neither), message, sealer)
    }

    /// Cuts and seals a message as it was negotiated in IKE_SA_INIT: unless both sides announced fragmentation, into one SK datagram.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn negotiated(
        path: Path,
        negotiated: FragmentationSupport,
        message: &OutgoingMessage<'_>,
        sealer: &mut dyn Sealer,
    ) -> Result<Self, SealMessageError> {
        Self::with(path, &Splitter::new(path, Layout::Fill, negotiated), message, sealer)
    }

    /// The datagrams in ascending order of their fragment numbers, without the non-ESP marker.
    #[must_use]
    pub fn datagrams(&self) -> &[Bytes] {
        &self.datagrams
    }

    /// Octets of all datagrams together.
    #[must_use]
    pub fn octets(&self) -> usize {
        self.datagrams.iter().map(Bytes::len).fold(0, usize::saturating_add)
    }

    /// The IKE header of the first datagram, which IntAuth covers (RFC 9242 section 3.3.2).
    #[must_use]
    pub fn header(&self) -> [u8; HEADER_LEN] {
        self.datagrams.first().and_then(|first| first.first_chunk()).copied().unwrap_or([0; HEADER_LEN])
    }

    fn with(path: Path, splitter: &Splitter, message: &OutgoingMessage<'_>, sealer: &mut dyn Sealer) -> Result<Self, SealMessageError> {
        let datagrams = splitter.datagrams(message, sealer)?;
        let mut buf = vec![0; datagrams.total_len()];
        let lens = datagrams.fill(&mut buf).map_err(SealError::from)?.map(|datagram| datagram.map(<[u8]>::len));
        let lens = lens.collect::<Result<Vec<_>, _>>()?;
        let mut octets = Bytes::from(buf);
        let datagrams = lens.into_iter().map(|len| octets.split_to(len.min(octets.len()))).collect();
        Ok(Self { datagrams, path })
    }

    /// How many datagrams there are: 1 is SK, more are SKF. Never 0.
    #[must_use]
    pub fn count(&self) -> u16 {
        // A Splitter makes 65535 at most.
        u16::try_from(self.datagrams.len()).unwrap_or(u16::MAX)
    }

    /// The datagram with an index from 0, which is Fragment Number - 1.
    #[must_use]
    pub fn get(&self, index: u16) -> Option<Transmit<'_>> {
        let octets = self.datagrams.get(usize::from(index))?;
        Some(Transmit { octets, packet_len: self.path.packet_len(octets.len()), may_fragment: true, carrier: Carrier::Udp })
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = Transmit<'_>> {
        (0..self.count()).filter_map(|index| self.get(index))
    }

    /// The path they were sealed for.
    #[must_use]
    pub const fn path(&self) -> Path {
        self.path
    }
}

/// A message that cannot be cut or sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SealMessageError {
    /// It cannot be cut.
    #[error(transparent)]
    Fragment(#[from] crate::error::FragmentError),
    /// It cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}
