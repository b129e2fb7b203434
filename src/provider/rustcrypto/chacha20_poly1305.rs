//! ChaCha20-Poly1305 (RFC 7634).

use super::aead::Aead;
use crate::provider::{AeadRow, Algorithms};
use crate::registry::Encr;
use chacha20poly1305::ChaCha20Poly1305;

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: chacha20poly1305")
    .with_aeads(&[AeadRow::new(Encr::ENCR_CHACHA20_POLY1305, 256, Aead::<ChaCha20Poly1305, 4>::boxed)]);
