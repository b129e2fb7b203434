//! AES in CBC mode (RFC 3602).

use super::cbc::Cbc;
use crate::provider::{Algorithms, ModeRow};
use crate::registry::Encr;
use aes::{Aes128, Aes192, Aes256};

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: aes-cbc").with_modes(&[
    ModeRow::new(Encr::ENCR_AES_CBC, 128, Cbc::<Aes128>::boxed),
    ModeRow::new(Encr::ENCR_AES_CBC, 192, Cbc::<Aes192>::boxed),
    ModeRow::new(Encr::ENCR_AES_CBC, 256, Cbc::<Aes256>::boxed),
]);
