//! How much content an encrypted message has room for, and what needs more.
//!
//! Encryption hides what stands in a message, not how much. With the suite that IKE_SA_INIT chose the octets of content are known to
//! within a block; without it they lie between what the thriftiest and the most lavish of all suites leave. What needs more octets than
//! there is room for cannot be in the message: the least sizes of RFC 7296 section 3 turn that into proof.

use crate::fragment::Overhead;
use crate::registry::Prf;

/// Octets of IV, and of ICV, that a suite spends at least and at most (AES-CCM with an ICV of 8 octets; AES-CBC with HMAC-SHA2-512).
const LEAST_IV: usize = 8;
const MOST_IV: usize = 16;
const LEAST_ICV: usize = 8;
const MOST_ICV: usize = 32;
/// The largest block that a message is padded to.
const MOST_BLOCK: usize = 16;
/// The octet that says how much padding there is.
const PAD_LENGTH: usize = 1;

/// The least and the most octets of content that a message can have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::diagnose) struct Room {
    pub(in crate::diagnose) least: usize,
    pub(in crate::diagnose) most: usize,
    /// The suite is known: both are right to within a block.
    pub(in crate::diagnose) exact: bool,
}

impl Room {
    /// The room in so many octets of IV, ciphertext and ICV: a sender pads to the block and no further. `None`: not even an empty
    /// content fits.
    pub(super) fn of(sealed: usize, overhead: Option<Overhead>) -> Option<Self> {
        let Some(overhead) = overhead else {
            let most = sealed.checked_sub(LEAST_IV.saturating_add(LEAST_ICV).saturating_add(PAD_LENGTH))?;
            let spent = MOST_IV.saturating_add(MOST_ICV).saturating_add(MOST_BLOCK);
            return Some(Self { least: sealed.saturating_sub(spent), most, exact: false });
        };
        let text = sealed.checked_sub(overhead.iv_len)?.checked_sub(overhead.icv_len)?;
        let least = text.saturating_sub(overhead.block_len.max(PAD_LENGTH));
        Some(Self { least, most: text.checked_sub(PAD_LENGTH)?, exact: true })
    }

    /// The room of a message of which this is one more fragment.
    pub(super) const fn and(self, next: Self) -> Self {
        let (least, most) = (self.least.saturating_add(next.least), self.most.saturating_add(next.most));
        Self { least, most, exact: self.exact && next.exact }
    }

    /// Whether so many octets fit.
    pub(in crate::diagnose) const fn holds(&self, octets: usize) -> bool {
        self.most >= octets
    }

    /// Whether it is one notify with at most so many octets of data, and nothing else, for certain.
    pub(in crate::diagnose) const fn is_notify(&self, data: usize) -> bool {
        self.exact
            && self.least <= NOTIFY.saturating_add(data)
            && self.most >= NOTIFY
            && !self.holds(NOTIFY.saturating_mul(2).saturating_add(data))
    }
}

/// Octets of a notify without data and without an SPI (section 3.10).
pub(in crate::diagnose) const NOTIFY: usize = 8;
/// Identification payload without a single octet of identity (section 3.5).
pub(in crate::diagnose) const IDENTIFICATION: usize = 8;
/// The shortest identity a gateway has in practice: an address, or a name of as many octets.
pub(in crate::diagnose) const NAMED: usize = IDENTIFICATION + 4;
/// EAP payload with a request of a type and no data (section 3.16).
pub(in crate::diagnose) const EAP_REQUEST: usize = 4 + 5;
/// EAP payload with success or failure.
pub(in crate::diagnose) const EAP_END: usize = 4 + 4;
/// Authentication payload by a signature: ECDSA with P-256 by method 9 (RFC 4754) has the shortest.
pub(in crate::diagnose) const SIGNATURE: usize = 8 + 64;
/// Authentication payload by a signature with an RSA key of 2048 bits. A certificate is about as large.
pub(in crate::diagnose) const RSA_SIGNATURE: usize = 8 + 256;
/// What makes a child SA: the security association payload (one proposal with an SPI of 4 octets and two transforms without attributes), and
/// both traffic selector payloads, with one IPv4 range each (section 3.13).
pub(in crate::diagnose) const CHILD: usize = (4 + 8 + 4 + 8 + 8) + 2 * (8 + 16);
/// Nonce payload (section 3.9).
pub(in crate::diagnose) const NONCE: usize = 4 + 16;
/// Delete payload for one child SA (section 3.11); that for the IKE SA itself has 8 octets.
pub(in crate::diagnose) const DELETE_CHILD: usize = 8 + 4;
/// The least answer that makes an SA in CREATE_CHILD_SA: of a rekeyed IKE SA (SA with an SPI and three transforms, nonce, and a KE
/// payload of 32 octets); that of a child SA is larger.
pub(in crate::diagnose) const CREATED: usize = (4 + 8 + 8 + 3 * 8) + NONCE + (8 + 24);

/// Authentication payload with a proof by a shared key under the PRF; of one that is unknown nothing smaller can be a proof.
///
/// Signatures are larger than it but where the PRF is HMAC-SHA2-512, with which the shortest are as long.
pub(in crate::diagnose) fn proof(prf: Option<Prf>) -> usize {
    let output = prf.and_then(Prf::facts).map_or(LEAST_PROOF, |facts| facts.output_len);
    8_usize.saturating_add(output)
}

/// The least message of IKE_AUTH with an identity, a proof under the PRF and a child SA (section 1.2).
pub(in crate::diagnose) fn with_child(prf: Option<Prf>) -> usize {
    IDENTIFICATION.saturating_add(proof(prf)).saturating_add(CHILD)
}

/// Octets of the shortest output of a PRF (PRF_HMAC_MD5, PRF_AES128_XCBC, PRF_AES128_CMAC).
const LEAST_PROOF: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const GCM: Overhead = Overhead { iv_len: 8, icv_len: 16, block_len: 1 };

    #[test]
    fn a_suite_leaves_room_to_within_a_block_and_an_unknown_one_anything_between() {
        // One notify under AES-GCM-16: IV 8, content 8, pad length 1, ICV 16.
        let room = Room::of(33, Some(GCM)).unwrap();
        assert_eq!((room.least, room.most, room.is_notify(0)), (8, 8, true));
        // Under AES-CBC with HMAC-SHA2-256-128 a block of 16 octets holds up to 15.
        let cbc = Overhead { iv_len: 16, icv_len: 16, block_len: 16 };
        let room = Room::of(48, Some(cbc)).unwrap();
        assert_eq!((room.least, room.most, room.is_notify(0)), (0, 15, true));
        let room = Room::of(33, None).unwrap();
        assert_eq!((room.least, room.most, room.is_notify(0)), (0, 16, false));
        assert_eq!((Room::of(24, Some(GCM)), Room::of(16, None)), (None, None));
    }

    #[test]
    fn fragments_add_up() {
        let one = Room::of(125, Some(GCM)).unwrap();
        let room = one.and(one);
        assert_eq!((room.least, room.most, room.holds(200), room.holds(201)), (200, 200, true, false));
        assert!(!room.and(Room::of(125, None).unwrap()).exact);
    }
}
