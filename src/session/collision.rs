//! Rekeys that cross, RFC 7296 sections 2.8.1 and 2.25.
//!
//! Both sides rekey the same SA at once. Each answers the other's request as usual; once all four nonces are known, the exchange with the
//! lowest of them has lost: its initiator deletes the SA that it made, the other initiator deletes the SA that was rekeyed.
//!
//! | what arrives | while we | is answered by |
//! |---|---|---|
//! | rekey of a Child SA | rekey it | as usual; the nonces decide |
//! | rekey of a Child SA | delete it | TEMPORARY_FAILURE |
//! | rekey of a Child SA | do not have it, and ask for none | CHILD_SA_NOT_FOUND |
//! | rekey of a Child SA | have answered a rekey of it | TEMPORARY_FAILURE |
//! | rekey of a Child SA | have asked for one, and the response is not here or it is being installed | TEMPORARY_FAILURE |
//! | delete of a Child SA | rekey it | as usual; our rekey is given up, unless it succeeds |
//! | delete of a Child SA | have asked for it, and the response is not here or it is being installed | as usual; it is never up |
//! | delete of a Child SA | delete it | without a Delete payload for it (RFC 7296 section 1.4.1) |
//! | rekey of the IKE SA | rekey it | as usual; the nonces decide |
//! | rekey of the IKE SA | create, rekey or delete a Child SA | TEMPORARY_FAILURE |
//! | rekey of the IKE SA | delete it | TEMPORARY_FAILURE |
//! | create or rekey of a Child SA | rekey or delete the IKE SA | TEMPORARY_FAILURE |
//! | delete of the IKE SA | rekey it | as usual; all is over, unless the peer has rekeyed it too: what it made goes on |
//! | delete of the IKE SA | delete it | as usual; both are over |

use alloc::vec::Vec;

/// An exchange of the peer that rekeyed an SA which we may be rekeying too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Crossed<T> {
    /// The lower nonce of the exchange.
    lowest: Vec<u8>,
    /// The SA that came of it.
    pub(super) made: T,
}

/// Who of two that rekeyed the same SA has to delete what it made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// We delete the SA that was rekeyed.
    Won,
    /// We delete the SA that we made.
    Lost,
}

impl<T> Crossed<T> {
    pub(super) fn new((n_i, n_r): (&[u8], &[u8]), made: T) -> Self {
        Self { lowest: lowest(n_i, n_r).to_vec(), made }
    }

    /// Our exchange, by its nonces, held against the peer's.
    pub(super) fn decide(&self, n_i: &[u8], n_r: &[u8]) -> Outcome {
        // RFC 7296 section 2.8.1: octet by octet, and of two of which one begins the other, the shorter is lower. That is how slices
        // compare. Of equal nonces, which no two honest sides draw, neither loses alone.
        if lowest(n_i, n_r) < self.lowest.as_slice() { Outcome::Lost } else { Outcome::Won }
    }
}

fn lowest<'n>(n_i: &'n [u8], n_r: &'n [u8]) -> &'n [u8] {
    if n_r < n_i { n_r } else { n_i }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_7296_section_2_8_1_the_exchange_with_the_lowest_nonce_loses() {
        let outcome = |ours: (&[u8], &[u8]), theirs: (&[u8], &[u8])| {
            let (us, them) = (Crossed::new(ours, ()).decide(theirs.0, theirs.1), Crossed::new(theirs, ()).decide(ours.0, ours.1));
            assert_ne!(us, them, "both sides see the same");
            them
        };
        assert_eq!(outcome((&[5], &[9]), (&[6], &[7])), Outcome::Lost);
        assert_eq!(outcome((&[9], &[5]), (&[6], &[7])), Outcome::Lost);
        assert_eq!(outcome((&[8], &[9]), (&[6], &[7])), Outcome::Won);
        // A proper prefix is lower.
        assert_eq!(outcome((&[6], &[9]), (&[6, 0], &[7])), Outcome::Lost);
        assert_eq!(outcome((&[0xff; 16], &[0x80; 17]), (&[0x80; 16], &[0xff])), Outcome::Won);
    }
}
