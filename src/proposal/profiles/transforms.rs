//! The transforms the profiles hold, each under the name of its registry row.

use crate::registry::{Encr, Integ, KeMethod, Prf, SequenceNumbers};
use crate::transform::Transform;

pub(super) const ENCR_DES: Transform = Transform::encr(Encr::ENCR_DES);
pub(super) const ENCR_3DES: Transform = Transform::encr(Encr::ENCR_3DES);
pub(super) const ENCR_NULL: Transform = Transform::encr(Encr::ENCR_NULL);
pub(super) const ENCR_AES_CBC_128: Transform = Transform::encr_bits(Encr::ENCR_AES_CBC, 128);
pub(super) const ENCR_AES_CBC_192: Transform = Transform::encr_bits(Encr::ENCR_AES_CBC, 192);
pub(super) const ENCR_AES_CBC_256: Transform = Transform::encr_bits(Encr::ENCR_AES_CBC, 256);
pub(super) const ENCR_AES_CTR_128: Transform = Transform::encr_bits(Encr::ENCR_AES_CTR, 128);
pub(super) const ENCR_AES_CTR_192: Transform = Transform::encr_bits(Encr::ENCR_AES_CTR, 192);
pub(super) const ENCR_AES_CTR_256: Transform = Transform::encr_bits(Encr::ENCR_AES_CTR, 256);
pub(super) const ENCR_AES_GCM_8_128: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_8, 128);
pub(super) const ENCR_AES_GCM_8_192: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_8, 192);
pub(super) const ENCR_AES_GCM_8_256: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_8, 256);
pub(super) const ENCR_AES_GCM_12_128: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_12, 128);
pub(super) const ENCR_AES_GCM_12_192: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_12, 192);
pub(super) const ENCR_AES_GCM_12_256: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_12, 256);
pub(super) const ENCR_AES_GCM_16_128: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128);
pub(super) const ENCR_AES_GCM_16_192: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192);
pub(super) const ENCR_AES_GCM_16_256: Transform = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256);
pub(super) const ENCR_CHACHA20_POLY1305: Transform = Transform::encr(Encr::ENCR_CHACHA20_POLY1305);

pub(super) const PRF_HMAC_MD5: Transform = Transform::prf(Prf::PRF_HMAC_MD5);
pub(super) const PRF_HMAC_SHA1: Transform = Transform::prf(Prf::PRF_HMAC_SHA1);
pub(super) const PRF_AES128_XCBC: Transform = Transform::prf(Prf::PRF_AES128_XCBC);
pub(super) const PRF_HMAC_SHA2_256: Transform = Transform::prf(Prf::PRF_HMAC_SHA2_256);
pub(super) const PRF_HMAC_SHA2_384: Transform = Transform::prf(Prf::PRF_HMAC_SHA2_384);
pub(super) const PRF_HMAC_SHA2_512: Transform = Transform::prf(Prf::PRF_HMAC_SHA2_512);
pub(super) const PRF_AES128_CMAC: Transform = Transform::prf(Prf::PRF_AES128_CMAC);

pub(super) const AUTH_HMAC_MD5_96: Transform = Transform::integ(Integ::AUTH_HMAC_MD5_96);
pub(super) const AUTH_HMAC_SHA1_96: Transform = Transform::integ(Integ::AUTH_HMAC_SHA1_96);
pub(super) const AUTH_AES_XCBC_96: Transform = Transform::integ(Integ::AUTH_AES_XCBC_96);
pub(super) const AUTH_AES_CMAC_96: Transform = Transform::integ(Integ::AUTH_AES_CMAC_96);
pub(super) const AUTH_HMAC_SHA2_256_128: Transform = Transform::integ(Integ::AUTH_HMAC_SHA2_256_128);
pub(super) const AUTH_HMAC_SHA2_384_192: Transform = Transform::integ(Integ::AUTH_HMAC_SHA2_384_192);
pub(super) const AUTH_HMAC_SHA2_512_256: Transform = Transform::integ(Integ::AUTH_HMAC_SHA2_512_256);

pub(super) const KE_NONE: Transform = Transform::ke(KeMethod::NONE);
pub(super) const MODP_768: Transform = Transform::ke(KeMethod::MODP_768);
pub(super) const MODP_1024: Transform = Transform::ke(KeMethod::MODP_1024);
pub(super) const MODP_1536: Transform = Transform::ke(KeMethod::MODP_1536);
pub(super) const MODP_2048: Transform = Transform::ke(KeMethod::MODP_2048);
pub(super) const MODP_3072: Transform = Transform::ke(KeMethod::MODP_3072);
pub(super) const MODP_4096: Transform = Transform::ke(KeMethod::MODP_4096);
pub(super) const MODP_6144: Transform = Transform::ke(KeMethod::MODP_6144);
pub(super) const MODP_8192: Transform = Transform::ke(KeMethod::MODP_8192);
pub(super) const ECP_256: Transform = Transform::ke(KeMethod::ECP_256);
pub(super) const ECP_384: Transform = Transform::ke(KeMethod::ECP_384);
pub(super) const ECP_521: Transform = Transform::ke(KeMethod::ECP_521);
pub(super) const MODP_1024_160: Transform = Transform::ke(KeMethod::MODP_1024_160);
pub(super) const MODP_2048_224: Transform = Transform::ke(KeMethod::MODP_2048_224);
pub(super) const MODP_2048_256: Transform = Transform::ke(KeMethod::MODP_2048_256);
pub(super) const BRAINPOOL_P256R1: Transform = Transform::ke(KeMethod::BRAINPOOL_P256R1);
pub(super) const BRAINPOOL_P384R1: Transform = Transform::ke(KeMethod::BRAINPOOL_P384R1);
pub(super) const BRAINPOOL_P512R1: Transform = Transform::ke(KeMethod::BRAINPOOL_P512R1);
pub(super) const CURVE25519: Transform = Transform::ke(KeMethod::CURVE25519);

pub(super) const SEQUENTIAL_32: Transform = Transform::sn(SequenceNumbers::SEQUENTIAL_32);
pub(super) const PARTIALLY_TRANSMITTED_64: Transform = Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64);
