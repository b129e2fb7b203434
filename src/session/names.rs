//! The SPIs that an endpoint has given out, and whose they are.

use super::id::SaId;
use crate::error::CryptoError;
use crate::provider::Random;
use alloc::collections::BTreeMap;
use alloc::collections::btree_map::Entry;
use core::ops::RangeInclusive;

/// Draws of an SPI before one is found that is not in use: with a million SPIs in use, each draw but one in 4,000 finds one.
const DRAWS: usize = 64;
/// SPIs of ESP and AH below are reserved (RFC 4303 section 2.1).
const FIRST_CHILD_SPI: u32 = 256;

/// Our SPIs, of IKE SAs and of Child SAs. What a peer chooses is no key of these tables.
#[derive(Debug, Default)]
pub(super) struct Names {
    ike: BTreeMap<u64, SaId>,
    child: BTreeMap<[u8; 4], SaId>,
}

impl Names {
    /// How many are given out, of IKE SAs and of Child SAs.
    pub(super) fn in_use(&self) -> (usize, usize) {
        (self.ike.len(), self.child.len())
    }

    pub(super) fn of_ike(&self, spi: u64) -> Option<SaId> {
        self.ike.get(&spi).copied()
    }

    pub(super) fn of_child(&self, spi: [u8; 4]) -> Option<SaId> {
        self.child.get(&spi).copied()
    }

    /// An SPI for an IKE SA, whose first bits are given.
    pub(super) fn claim_ike(&mut self, owner: SaId, (prefix, bits): (u64, u32), random: &mut dyn Random) -> Result<u64, CryptoError> {
        let fixed = prefix.checked_shl(u64::BITS.saturating_sub(bits)).unwrap_or(0);
        let free = u64::MAX.checked_shr(bits).unwrap_or(0);
        for _ in 0..DRAWS {
            let mut octets = [0; 8];
            random.fill(&mut octets)?;
            let spi = fixed | (u64::from_be_bytes(octets) & free);
            if spi != 0 && !self.ike.contains_key(&spi) {
                self.ike.insert(spi, owner);
                return Ok(spi);
            }
        }
        Err(CryptoError)
    }

    /// An SPI for the inbound direction of a Child SA.
    pub(super) fn claim_child(
        &mut self,
        owner: SaId,
        range: &RangeInclusive<u32>,
        random: &mut dyn Random,
    ) -> Result<[u8; 4], CryptoError> {
        let first = (*range.start()).max(FIRST_CHILD_SPI);
        let span = u64::from(*range.end()).checked_sub(u64::from(first)).ok_or(CryptoError)?.saturating_add(1);
        for _ in 0..DRAWS {
            let mut octets = [0; 8];
            random.fill(&mut octets)?;
            // Of 64 bits, so that no SPI of a range is drawn more often than another that anybody could tell.
            let drawn = u64::from_be_bytes(octets).checked_rem(span).unwrap_or(0);
            let spi = u32::try_from(u64::from(first).saturating_add(drawn)).map_err(|_| CryptoError)?.to_be_bytes();
            if let Entry::Vacant(free) = self.child.entry(spi) {
                free.insert(owner);
                return Ok(spi);
            }
        }
        Err(CryptoError)
    }

    pub(super) fn release_ike(&mut self, spi: u64) {
        self.ike.remove(&spi);
    }

    pub(super) fn release_child(&mut self, spi: [u8; 4]) {
        self.child.remove(&spi);
    }
}
