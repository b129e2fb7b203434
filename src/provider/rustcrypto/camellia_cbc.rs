//! Camellia in CBC mode (RFC 5529).

use super::cbc::Cbc;
use crate::provider::{Algorithms, ModeRow};
use crate::registry::Encr;
use camellia::{Camellia128, Camellia192, Camellia256};

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: camellia").with_modes(&[
    ModeRow::new(Encr::ENCR_CAMELLIA_CBC, 128, Cbc::<Camellia128>::boxed),
    ModeRow::new(Encr::ENCR_CAMELLIA_CBC, 192, Cbc::<Camellia192>::boxed),
    ModeRow::new(Encr::ENCR_CAMELLIA_CBC, 256, Cbc::<Camellia256>::boxed),
]);
