//! AES-CCM with an ICV of 8, 12 or 16 octets (RFC 4309, RFC 5282).

use super::aead::Aead;
use crate::provider::{AeadRow, Algorithms};
use crate::registry::Encr;
use aes::{Aes128, Aes192, Aes256};
use ccm::Ccm;
use ccm::consts::{U8, U11, U12, U16};

type Ccm8<C> = Aead<Ccm<C, U8, U11>, 3>;
type Ccm12<C> = Aead<Ccm<C, U12, U11>, 3>;
type Ccm16<C> = Aead<Ccm<C, U16, U11>, 3>;

pub(super) static ALGORITHMS: Algorithms = Algorithms::new("rustcrypto: aes-ccm").with_aeads(&[
    AeadRow::new(Encr::ENCR_AES_CCM_8, 128, Ccm8::<Aes128>::boxed),
    AeadRow::new(Encr::ENCR_AES_CCM_8, 192, Ccm8::<Aes192>::boxed),
    AeadRow::new(Encr::ENCR_AES_CCM_8, 256, Ccm8::<Aes256>::boxed),
    AeadRow::new(Encr::ENCR_AES_CCM_12, 128, Ccm12::<Aes128>::boxed),
    AeadRow::new(Encr::ENCR_AES_CCM_12, 192, Ccm12::<Aes192>::boxed),
    AeadRow::new(Encr::ENCR_AES_CCM_12, 256, Ccm12::<Aes256>::boxed),
    AeadRow::new(Encr::ENCR_AES_CCM_16, 128, Ccm16::<Aes128>::boxed),
    AeadRow::new(Encr::ENCR_AES_CCM_16, 192, Ccm16::<Aes192>::boxed),
    AeadRow::new(Encr::ENCR_AES_CCM_16, 256, Ccm16::<Aes256>::boxed),
]);
