//! Code points of the Security Association payload.

use super::facts::{EncrFacts, IntegFacts, KeFacts, KeyLengthRule, PrfFacts};
use super::table::registry;

registry! {
    /// IKEv2 Transform Types (RFC 7296 section 3.3.2, RFC 9370).
    pub struct TransformType(u8);
    ENCR = 1, "Encryption Algorithm (ENCR)", "RFC 7296", "The cipher of IKE and ESP.";
    PRF = 2, "Pseudorandom Function (PRF)", "RFC 7296", "The function that derives the keys of an IKE SA and makes shared-key AUTH data.";
    INTEG = 3, "Integrity Algorithm (INTEG)", "RFC 7296", "The integrity algorithm of IKE, AH and ESP; none beside an AEAD cipher.";
    KE = 4, "Key Exchange Method (KE)", "RFC 7296, RFC 9370",
        "The method of the first key exchange; formerly Diffie-Hellman Group.";
    SN = 5, "Sequence Numbers (SN)", "RFC 7296, RFC 9827",
        "The sequence numbers of AH and ESP; formerly Extended Sequence Numbers (ESN).";
    ADDKE1 = 6, "Additional Key Exchange 1 (ADDKE1)", "RFC 9370", "The method of the first key exchange after KE.";
    ADDKE2 = 7, "Additional Key Exchange 2 (ADDKE2)", "RFC 9370", "The method of the second key exchange after KE.";
    ADDKE3 = 8, "Additional Key Exchange 3 (ADDKE3)", "RFC 9370", "The method of the third key exchange after KE.";
    ADDKE4 = 9, "Additional Key Exchange 4 (ADDKE4)", "RFC 9370", "The method of the fourth key exchange after KE.";
    ADDKE5 = 10, "Additional Key Exchange 5 (ADDKE5)", "RFC 9370", "The method of the fifth key exchange after KE.";
    ADDKE6 = 11, "Additional Key Exchange 6 (ADDKE6)", "RFC 9370", "The method of the sixth key exchange after KE.";
    ADDKE7 = 12, "Additional Key Exchange 7 (ADDKE7)", "RFC 9370", "The method of the seventh key exchange after KE.";
    KWA = 13, "Key Wrap Algorithm (KWA)", "RFC 9838", "The algorithm that wraps the keys of a group.";
    GCAUTH = 14, "Group Controller Authentication Method (GCAUTH)", "RFC 9838",
        "How members authenticate the rekey messages of their controller.";
}

registry! {
    /// IKEv2 Transform Attribute Types (RFC 7296 section 3.3.5); 15 bits, without the AF bit.
    pub struct TransformAttributeType(u16);
    KEY_LENGTH = 14, "Key Length (in bits) [TV]", "RFC 7296", "The length of the cipher's key in bits, as a value of 2 octets.";
    SIGNATURE_ALGORITHM_IDENTIFIER = 18, "Signature Algorithm Identifier [TLV]", "RFC 9838",
        "The algorithm of the controller's signatures, an AlgorithmIdentifier in DER.";
}

/// The lengths RFC 2451 section 2.2 gives Blowfish.
const BLOWFISH: KeyLengthRule = KeyLengthRule::Optional { default: 128, min: 40, max: 448 };
/// The lengths RFC 2451 section 2.2 gives CAST-128.
const CAST: KeyLengthRule = KeyLengthRule::Optional { default: 128, min: 40, max: 128 };
/// The lengths RFC 2451 section 2.2 gives RC5.
const RC5: KeyLengthRule = KeyLengthRule::Optional { default: 128, min: 40, max: 2040 };

registry! {
    /// Transform type 1: Encryption Algorithm (ENCR).
    pub struct Encr(u16): EncrFacts;
    ENCR_DES_IV64 as "des_iv64" = 1, "ENCR_DES_IV64", "unspecified",
        "DES in CBC mode with an IV of 64 bits; deprecated, and no document fixes its form in IKEv2.";
    ENCR_DES as "des" = 2, "ENCR_DES", "RFC 2405",
        "DES in CBC mode: a key of 56 bits in 8 octets; broken by search."
        => EncrFacts::cbc(KeyLengthRule::Fixed(64), 8);
    ENCR_3DES as "3des" = 3, "ENCR_3DES", "RFC 2451",
        "Triple DES in CBC mode: three keys of 56 bits in 24 octets, blocks of 8 octets."
        => EncrFacts::cbc(KeyLengthRule::Fixed(192), 8);
    ENCR_RC5 as "rc5" = 4, "ENCR_RC5", "RFC 2451",
        "RC5 in CBC mode: a key of 40 to 2040 bits, 128 by default; deprecated by RFC 9395."
        => EncrFacts::cbc(RC5, 8);
    ENCR_IDEA as "idea" = 5, "ENCR_IDEA", "RFC 2451",
        "IDEA in CBC mode: a key of 128 bits; deprecated by RFC 9395."
        => EncrFacts::cbc(KeyLengthRule::Fixed(128), 8);
    ENCR_CAST as "cast128" = 6, "ENCR_CAST", "RFC 2451",
        "CAST-128 in CBC mode: a key of 40 to 128 bits, 128 by default; deprecated by RFC 9395."
        => EncrFacts::cbc(CAST, 8);
    ENCR_BLOWFISH as "blowfish" = 7, "ENCR_BLOWFISH", "RFC 2451",
        "Blowfish in CBC mode: a key of 40 to 448 bits, 128 by default; deprecated by RFC 9395."
        => EncrFacts::cbc(BLOWFISH, 8);
    ENCR_3IDEA as "3idea" = 8, "ENCR_3IDEA", "unspecified",
        "Triple IDEA; deprecated, and no document fixes its form in IKEv2.";
    ENCR_DES_IV32 as "des_iv32" = 9, "ENCR_DES_IV32", "unspecified",
        "DES in CBC mode with an IV of 32 bits; deprecated, and no document fixes its form in IKEv2.";
    ENCR_NULL as "null" = 11, "ENCR_NULL", "RFC 2410",
        "No encryption, for ESP with integrity alone; not allowed for an IKE SA."
        => EncrFacts::NULL;
    ENCR_AES_CBC as "aes" = 12, "ENCR_AES_CBC", "RFC 3602",
        "AES in CBC mode: a key of 128, 192 or 256 bits, an IV of 16 octets."
        => EncrFacts::cbc16();
    ENCR_AES_CTR as "aesctr" = 13, "ENCR_AES_CTR", "RFC 3686, RFC 5930",
        "AES in counter mode: a key of 128, 192 or 256 bits, a nonce of 4 octets behind it, an IV of 8 octets."
        => EncrFacts::ctr();
    ENCR_AES_CCM_8 as "aesccm8" = 14, "ENCR_AES_CCM_8", "RFC 4309, RFC 5282",
        "AES in CCM mode, an AEAD cipher: a key of 128, 192 or 256 bits, 3 octets of salt, an ICV of 8 octets."
        => EncrFacts::ccm(8);
    ENCR_AES_CCM_12 as "aesccm12" = 15, "ENCR_AES_CCM_12", "RFC 4309, RFC 5282",
        "AES in CCM mode, an AEAD cipher: a key of 128, 192 or 256 bits, 3 octets of salt, an ICV of 12 octets."
        => EncrFacts::ccm(12);
    ENCR_AES_CCM_16 as "aesccm16" = 16, "ENCR_AES_CCM_16", "RFC 4309, RFC 5282",
        "AES in CCM mode, an AEAD cipher: a key of 128, 192 or 256 bits, 3 octets of salt, an ICV of 16 octets."
        => EncrFacts::ccm(16);
    ENCR_AES_GCM_8 as "aesgcm8" = 18, "ENCR_AES_GCM_8", "RFC 4106, RFC 5282",
        "AES in GCM mode, an AEAD cipher: a key of 128, 192 or 256 bits, 4 octets of salt, an ICV of 8 octets."
        => EncrFacts::gcm(8);
    ENCR_AES_GCM_12 as "aesgcm12" = 19, "ENCR_AES_GCM_12", "RFC 4106, RFC 5282",
        "AES in GCM mode, an AEAD cipher: a key of 128, 192 or 256 bits, 4 octets of salt, an ICV of 12 octets."
        => EncrFacts::gcm(12);
    ENCR_AES_GCM_16 as "aesgcm16" = 20, "ENCR_AES_GCM_16", "RFC 4106, RFC 5282",
        "AES in GCM mode, an AEAD cipher: a key of 128, 192 or 256 bits, 4 octets of salt, an ICV of 16 octets."
        => EncrFacts::gcm(16);
    ENCR_NULL_AUTH_AES_GMAC as "aesgmac" = 21, "ENCR_NULL_AUTH_AES_GMAC", "RFC 4543",
        "Integrity by AES-GMAC without encryption, for ESP: a key of 128, 192 or 256 bits, 4 octets of salt, an ICV of 16 octets."
        => EncrFacts::gcm(16);
    ENCR_CAMELLIA_CBC as "camellia" = 23, "ENCR_CAMELLIA_CBC", "RFC 5529",
        "Camellia in CBC mode: a key of 128, 192 or 256 bits, an IV of 16 octets."
        => EncrFacts::cbc16();
    ENCR_CAMELLIA_CTR as "camelliactr" = 24, "ENCR_CAMELLIA_CTR", "RFC 5529",
        "Camellia in counter mode: a key of 128, 192 or 256 bits, a nonce of 4 octets behind it, an IV of 8 octets."
        => EncrFacts::ctr();
    ENCR_CAMELLIA_CCM_8 as "camelliaccm8" = 25, "ENCR_CAMELLIA_CCM_8", "RFC 5529",
        "Camellia in CCM mode, an AEAD cipher: a key of 128, 192 or 256 bits, 3 octets of salt, an ICV of 8 octets."
        => EncrFacts::ccm(8);
    ENCR_CAMELLIA_CCM_12 as "camelliaccm12" = 26, "ENCR_CAMELLIA_CCM_12", "RFC 5529",
        "Camellia in CCM mode, an AEAD cipher: a key of 128, 192 or 256 bits, 3 octets of salt, an ICV of 12 octets."
        => EncrFacts::ccm(12);
    ENCR_CAMELLIA_CCM_16 as "camelliaccm16" = 27, "ENCR_CAMELLIA_CCM_16", "RFC 5529",
        "Camellia in CCM mode, an AEAD cipher: a key of 128, 192 or 256 bits, 3 octets of salt, an ICV of 16 octets."
        => EncrFacts::ccm(16);
    ENCR_CHACHA20_POLY1305 as "chacha20poly1305" = 28, "ENCR_CHACHA20_POLY1305", "RFC 7634",
        "ChaCha20 with Poly1305, an AEAD cipher: a key of 256 bits, 4 octets of salt, an ICV of 16 octets; no Key Length attribute."
        => EncrFacts::chacha20_poly1305();
    ENCR_AES_CCM_8_IIV as "aesccm8iiv" = 29, "ENCR_AES_CCM_8_IIV", "RFC 8750",
        "AES in CCM mode with an ICV of 8 octets and the sequence number as IV, for ESP."
        => EncrFacts::ccm(8).implicit_iv();
    ENCR_AES_GCM_16_IIV as "aesgcm16iiv" = 30, "ENCR_AES_GCM_16_IIV", "RFC 8750",
        "AES in GCM mode with an ICV of 16 octets and the sequence number as IV, for ESP."
        => EncrFacts::gcm(16).implicit_iv();
    ENCR_CHACHA20_POLY1305_IIV as "chacha20poly1305iiv" = 31, "ENCR_CHACHA20_POLY1305_IIV", "RFC 8750",
        "ChaCha20 with Poly1305 and the sequence number as IV, for ESP."
        => EncrFacts::chacha20_poly1305().implicit_iv();
    ENCR_KUZNYECHIK_MGM_KTREE as "kuznyechikmgm" = 32, "ENCR_KUZNYECHIK_MGM_KTREE", "RFC 9227, RFC 9385",
        "Kuznyechik in MGM mode with a key tree, an AEAD cipher: a key of 256 bits, 12 octets of salt, an ICV of 12 octets."
        => EncrFacts::mgm(12, 12);
    ENCR_MAGMA_MGM_KTREE as "magmamgm" = 33, "ENCR_MAGMA_MGM_KTREE", "RFC 9227, RFC 9385",
        "Magma in MGM mode with a key tree, an AEAD cipher: a key of 256 bits, 4 octets of salt, an ICV of 8 octets."
        => EncrFacts::mgm(4, 8);
    ENCR_KUZNYECHIK_MGM_MAC_KTREE as "kuznyechikmgmmac" = 34, "ENCR_KUZNYECHIK_MGM_MAC_KTREE", "RFC 9227",
        "Integrity by Kuznyechik in MGM mode with a key tree, without encryption, for ESP: an ICV of 12 octets."
        => EncrFacts::mgm(12, 12);
    ENCR_MAGMA_MGM_MAC_KTREE as "magmamgmmac" = 35, "ENCR_MAGMA_MGM_MAC_KTREE", "RFC 9227",
        "Integrity by Magma in MGM mode with a key tree, without encryption, for ESP: an ICV of 8 octets."
        => EncrFacts::mgm(4, 8);
}

registry! {
    /// Transform type 2: Pseudorandom Function (PRF).
    pub struct Prf(u16): PrfFacts;
    PRF_HMAC_MD5 as "prfmd5" = 1, "PRF_HMAC_MD5", "RFC 2104",
        "HMAC with MD5: 16 octets; MUST NOT be used by RFC 8247." => PrfFacts::hmac(16);
    PRF_HMAC_SHA1 as "prfsha1" = 2, "PRF_HMAC_SHA1", "RFC 2104", "HMAC with SHA-1: 20 octets." => PrfFacts::hmac(20);
    PRF_HMAC_TIGER as "prftiger" = 3, "PRF_HMAC_TIGER", "unspecified",
        "HMAC with Tiger; deprecated, and no document fixes its form in IKEv2.";
    PRF_AES128_XCBC as "prfaesxcbc" = 4, "PRF_AES128_XCBC", "RFC 4434",
        "AES-128 in XCBC mode: 16 octets." => PrfFacts::aes128();
    PRF_HMAC_SHA2_256 as "prfsha256" = 5, "PRF_HMAC_SHA2_256", "RFC 4868",
        "HMAC with SHA-256: 32 octets." => PrfFacts::hmac(32);
    PRF_HMAC_SHA2_384 as "prfsha384" = 6, "PRF_HMAC_SHA2_384", "RFC 4868",
        "HMAC with SHA-384: 48 octets." => PrfFacts::hmac(48);
    PRF_HMAC_SHA2_512 as "prfsha512" = 7, "PRF_HMAC_SHA2_512", "RFC 4868",
        "HMAC with SHA-512: 64 octets." => PrfFacts::hmac(64);
    PRF_AES128_CMAC as "prfaescmac" = 8, "PRF_AES128_CMAC", "RFC 4615", "AES-128 in CMAC mode: 16 octets." => PrfFacts::aes128();
    PRF_HMAC_STREEBOG_512 as "prfstreebog512" = 9, "PRF_HMAC_STREEBOG_512", "RFC 9385",
        "HMAC with GOST R 34.11-2012: 64 octets." => PrfFacts::hmac(64);
}

registry! {
    /// Transform type 3: Integrity Algorithm (INTEG).
    pub struct Integ(u16): IntegFacts;
    NONE = 0, "NONE", "RFC 7296", "No integrity algorithm, as beside an AEAD cipher.";
    AUTH_HMAC_MD5_96 as "md5" = 1, "AUTH_HMAC_MD5_96", "RFC 2403",
        "HMAC with MD5: a key of 16 octets, an ICV of 12; MUST NOT be used by RFC 8247." => IntegFacts::new(16, 12);
    AUTH_HMAC_SHA1_96 as "sha1" = 2, "AUTH_HMAC_SHA1_96", "RFC 2404",
        "HMAC with SHA-1: a key of 20 octets, an ICV of 12." => IntegFacts::new(20, 12);
    AUTH_DES_MAC as "desmac" = 3, "AUTH_DES_MAC", "unspecified",
        "A MAC with DES; deprecated, and no document fixes its form in IKEv2.";
    AUTH_KPDK_MD5 as "kpdkmd5" = 4, "AUTH_KPDK_MD5", "unspecified",
        "MD5 over key, padding, data and key; deprecated, and no document fixes its form in IKEv2.";
    AUTH_AES_XCBC_96 as "aesxcbc" = 5, "AUTH_AES_XCBC_96", "RFC 3566",
        "AES-128 in XCBC mode: a key of 16 octets, an ICV of 12." => IntegFacts::new(16, 12);
    AUTH_HMAC_MD5_128 as "md5_128" = 6, "AUTH_HMAC_MD5_128", "RFC 4595",
        "HMAC with MD5 for Fibre Channel: a key of 16 octets, an ICV of 16; deprecated by RFC 9395." => IntegFacts::new(16, 16);
    AUTH_HMAC_SHA1_160 as "sha1_160" = 7, "AUTH_HMAC_SHA1_160", "RFC 4595",
        "HMAC with SHA-1 for Fibre Channel: a key of 20 octets, an ICV of 20; deprecated by RFC 9395." => IntegFacts::new(20, 20);
    AUTH_AES_CMAC_96 as "aescmac" = 8, "AUTH_AES_CMAC_96", "RFC 4494",
        "AES-128 in CMAC mode: a key of 16 octets, an ICV of 12." => IntegFacts::new(16, 12);
    AUTH_AES_128_GMAC as "aes128gmac" = 9, "AUTH_AES_128_GMAC", "RFC 4543",
        "AES-GMAC for AH: a key of 16 octets, 4 octets of salt, an ICV of 16." => IntegFacts::gmac(16);
    AUTH_AES_192_GMAC as "aes192gmac" = 10, "AUTH_AES_192_GMAC", "RFC 4543",
        "AES-GMAC for AH: a key of 24 octets, 4 octets of salt, an ICV of 16." => IntegFacts::gmac(24);
    AUTH_AES_256_GMAC as "aes256gmac" = 11, "AUTH_AES_256_GMAC", "RFC 4543",
        "AES-GMAC for AH: a key of 32 octets, 4 octets of salt, an ICV of 16." => IntegFacts::gmac(32);
    AUTH_HMAC_SHA2_256_128 as "sha256" = 12, "AUTH_HMAC_SHA2_256_128", "RFC 4868",
        "HMAC with SHA-256: a key of 32 octets, an ICV of 16." => IntegFacts::new(32, 16);
    AUTH_HMAC_SHA2_384_192 as "sha384" = 13, "AUTH_HMAC_SHA2_384_192", "RFC 4868",
        "HMAC with SHA-384: a key of 48 octets, an ICV of 24." => IntegFacts::new(48, 24);
    AUTH_HMAC_SHA2_512_256 as "sha512" = 14, "AUTH_HMAC_SHA2_512_256", "RFC 4868",
        "HMAC with SHA-512: a key of 64 octets, an ICV of 32." => IntegFacts::new(64, 32);
}

registry! {
    /// Transform types 4 and 6..=12: Key Exchange Method (KE, ADDKE1..7; RFC 9370).
    pub struct KeMethod(u16): KeFacts;
    NONE = 0, "NONE", "RFC 7296", "No key exchange, as a Child SA without perfect forward secrecy has it.";
    MODP_768 as "modp768" = 1, "768-bit MODP Group", "RFC 7296",
        "Diffie-Hellman modulo a prime of 768 bits; MUST NOT be used by RFC 8247." => KeFacts::modp(96);
    MODP_1024 as "modp1024" = 2, "1024-bit MODP Group", "RFC 7296",
        "Diffie-Hellman modulo a prime of 1024 bits; SHOULD NOT be used by RFC 8247." => KeFacts::modp(128);
    MODP_1536 as "modp1536" = 5, "1536-bit MODP Group", "RFC 3526",
        "Diffie-Hellman modulo a prime of 1536 bits; SHOULD NOT be used by RFC 8247." => KeFacts::modp(192);
    MODP_2048 as "modp2048" = 14, "2048-bit MODP Group", "RFC 3526", "Diffie-Hellman modulo a prime of 2048 bits." => KeFacts::modp(256);
    MODP_3072 as "modp3072" = 15, "3072-bit MODP Group", "RFC 3526", "Diffie-Hellman modulo a prime of 3072 bits." => KeFacts::modp(384);
    MODP_4096 as "modp4096" = 16, "4096-bit MODP Group", "RFC 3526", "Diffie-Hellman modulo a prime of 4096 bits." => KeFacts::modp(512);
    MODP_6144 as "modp6144" = 17, "6144-bit MODP Group", "RFC 3526", "Diffie-Hellman modulo a prime of 6144 bits." => KeFacts::modp(768);
    MODP_8192 as "modp8192" = 18, "8192-bit MODP Group", "RFC 3526", "Diffie-Hellman modulo a prime of 8192 bits." => KeFacts::modp(1024);
    ECP_256 as "ecp256" = 19, "256-bit random ECP group", "RFC 5903", "Diffie-Hellman on the curve P-256 (secp256r1)." => KeFacts::ecp(64);
    ECP_384 as "ecp384" = 20, "384-bit random ECP group", "RFC 5903", "Diffie-Hellman on the curve P-384 (secp384r1)." => KeFacts::ecp(96);
    ECP_521 as "ecp521" = 21, "521-bit random ECP group", "RFC 5903", "Diffie-Hellman on the curve P-521 (secp521r1)." => KeFacts::ecp(132);
    MODP_1024_160 as "modp1024s160" = 22, "1024-bit MODP with 160-bit Prime Order Subgroup", "RFC 5114",
        "Diffie-Hellman modulo a prime of 1024 bits in a subgroup of 160 bits; MUST NOT be used by RFC 8247." => KeFacts::modp(128);
    MODP_2048_224 as "modp2048s224" = 23, "2048-bit MODP with 224-bit Prime Order Subgroup", "RFC 5114",
        "Diffie-Hellman modulo a prime of 2048 bits in a subgroup of 224 bits; SHOULD NOT be used by RFC 8247." => KeFacts::modp(256);
    MODP_2048_256 as "modp2048s256" = 24, "2048-bit MODP with 256-bit Prime Order Subgroup", "RFC 5114",
        "Diffie-Hellman modulo a prime of 2048 bits in a subgroup of 256 bits; SHOULD NOT be used by RFC 8247." => KeFacts::modp(256);
    ECP_192 as "ecp192" = 25, "192-bit Random ECP Group", "RFC 5114", "Diffie-Hellman on the curve P-192 (secp192r1)." => KeFacts::ecp(48);
    ECP_224 as "ecp224" = 26, "224-bit Random ECP Group", "RFC 5114", "Diffie-Hellman on the curve P-224 (secp224r1)." => KeFacts::ecp(56);
    BRAINPOOL_P224R1 as "ecp224bp" = 27, "brainpoolP224r1", "RFC 6954",
        "Diffie-Hellman on the Brainpool curve of 224 bits." => KeFacts::ecp(56);
    BRAINPOOL_P256R1 as "ecp256bp" = 28, "brainpoolP256r1", "RFC 6954",
        "Diffie-Hellman on the Brainpool curve of 256 bits." => KeFacts::ecp(64);
    BRAINPOOL_P384R1 as "ecp384bp" = 29, "brainpoolP384r1", "RFC 6954",
        "Diffie-Hellman on the Brainpool curve of 384 bits." => KeFacts::ecp(96);
    BRAINPOOL_P512R1 as "ecp512bp" = 30, "brainpoolP512r1", "RFC 6954",
        "Diffie-Hellman on the Brainpool curve of 512 bits." => KeFacts::ecp(128);
    CURVE25519 as "x25519" = 31, "Curve25519", "RFC 8031",
        "Diffie-Hellman on Curve25519 (X25519): public values of 32 octets." => KeFacts::montgomery(32);
    CURVE448 as "x448" = 32, "Curve448", "RFC 8031",
        "Diffie-Hellman on Curve448 (X448): public values of 56 octets." => KeFacts::montgomery(56);
    GOST3410_2012_256 = 33, "GOST3410_2012_256", "RFC 9385",
        "Key agreement by GOST R 34.10-2012 on a curve of 256 bits." => KeFacts::gost(64);
    GOST3410_2012_512 = 34, "GOST3410_2012_512", "RFC 9385",
        "Key agreement by GOST R 34.10-2012 on a curve of 512 bits." => KeFacts::gost(128);
    ML_KEM_512 as "mlkem512" = 35, "ml-kem-512", "draft-ietf-ipsecme-ikev2-mlkem-05",
        "ML-KEM of FIPS 203, category 1: 800 octets from the initiator, 768 from the responder." => KeFacts::ml_kem(800, 768);
    ML_KEM_768 as "mlkem768" = 36, "ml-kem-768", "draft-ietf-ipsecme-ikev2-mlkem-05",
        "ML-KEM of FIPS 203, category 3: 1184 octets from the initiator, 1088 from the responder." => KeFacts::ml_kem(1184, 1088);
    ML_KEM_1024 as "mlkem1024" = 37, "ml-kem-1024", "draft-ietf-ipsecme-ikev2-mlkem-05",
        "ML-KEM of FIPS 203, category 5: 1568 octets from each side." => KeFacts::ml_kem(1568, 1568);
}

registry! {
    /// Transform type 5: Sequence Numbers (SN; RFC 9827, formerly ESN).
    pub struct SequenceNumbers(u16);
    SEQUENTIAL_32 as "noesn" = 0, "32-bit Sequential Numbers", "RFC 7296, RFC 9827",
        "Sequence numbers of 32 bits, sent whole; formerly No Extended Sequence Numbers.";
    PARTIALLY_TRANSMITTED_64 as "esn" = 1, "Partially Transmitted 64-bit Sequential Numbers", "RFC 7296, RFC 9827",
        "Sequence numbers of 64 bits, of which the low 32 are sent; formerly Extended Sequence Numbers.";
    UNSPECIFIED_32 = 2, "32-bit Unspecified Numbers", "RFC 9838",
        "Numbers of 32 bits that need not rise, so that many senders can share an SA and replays are not detected.";
}

registry! {
    /// Transform type 13: Key Wrap Algorithm (KWA; RFC 9838).
    pub struct KeyWrap(u16);
    KW_5649_128 = 1, "KW_5649_128", "RFC 9838", "AES key wrap with padding (RFC 5649) with a key of 128 bits.";
    KW_5649_192 = 2, "KW_5649_192", "RFC 9838", "AES key wrap with padding (RFC 5649) with a key of 192 bits.";
    KW_5649_256 = 3, "KW_5649_256", "RFC 9838", "AES key wrap with padding (RFC 5649) with a key of 256 bits.";
    KW_ARX = 4, "KW_ARX", "RFC 9838", "Key wrap by ARX-KW, which is made of SipHash and ChaCha.";
}

registry! {
    /// Transform type 14: Group Controller Authentication Method (GCAUTH; RFC 9838).
    pub struct GcAuth(u16);
    IMPLICIT = 1, "Implicit", "RFC 9838", "Whoever knows the keys of the group is taken for its controller.";
    DIGITAL_SIGNATURE = 2, "Digital Signature", "RFC 9838", "The controller signs its rekey messages with a key that the members know.";
}

/// A transform id whose meaning depends on its [`TransformType`] (RFC 7296 section 3.3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct TransformId(pub u16);

impl TransformId {
    /// The name of this id within the table of transform type `ty`.
    #[must_use]
    pub const fn name(self, ty: TransformType) -> Option<&'static str> {
        match ty {
            TransformType::ENCR => Encr(self.0).name(),
            TransformType::PRF => Prf(self.0).name(),
            TransformType::INTEG => Integ(self.0).name(),
            TransformType::SN => SequenceNumbers(self.0).name(),
            TransformType::KWA => KeyWrap(self.0).name(),
            TransformType::GCAUTH => GcAuth(self.0).name(),
            ty if ty.is_key_exchange() => KeMethod(self.0).name(),
            _ => None,
        }
    }
}

macro_rules! transform_ids {
    ($($ty:ident),+) => { $(
        impl From<$ty> for TransformId {
            fn from(id: $ty) -> Self {
                Self(id.0)
            }
        }
    )+ };
}
transform_ids!(Encr, Prf, Integ, KeMethod, SequenceNumbers, KeyWrap, GcAuth);

impl TransformType {
    /// Reserved (RFC 7296 section 3.3.2).
    pub const RESERVED: Self = Self(0);

    /// ADDKE1 to ADDKE7, in the order in which their key exchanges are done (RFC 9370 section 2.2.1).
    pub const ADDITIONAL_KEY_EXCHANGES: [Self; 7] =
        [Self::ADDKE1, Self::ADDKE2, Self::ADDKE3, Self::ADDKE4, Self::ADDKE5, Self::ADDKE6, Self::ADDKE7];

    /// KE and ADDKE1 to ADDKE7, in the order in which their key exchanges are done (RFC 9370 section 2.2.1).
    pub const KEY_EXCHANGES: [Self; 8] =
        [Self::KE, Self::ADDKE1, Self::ADDKE2, Self::ADDKE3, Self::ADDKE4, Self::ADDKE5, Self::ADDKE6, Self::ADDKE7];

    /// The place of ADDKE1 to ADDKE7 among the additional key exchanges, from 1; `None` for other types.
    #[must_use]
    pub const fn additional_key_exchange(self) -> Option<u8> {
        Some(match self {
            Self::ADDKE1 => 1,
            Self::ADDKE2 => 2,
            Self::ADDKE3 => 3,
            Self::ADDKE4 => 4,
            Self::ADDKE5 => 5,
            Self::ADDKE6 => 6,
            Self::ADDKE7 => 7,
            _ => return None,
        })
    }

    /// KE and ADDKE1..7 share one table of ids (RFC 9370 section 2.2.1).
    #[must_use]
    #[inline]
    pub const fn is_key_exchange(self) -> bool {
        matches!(self, Self::KE | Self::ADDKE1 | Self::ADDKE2 | Self::ADDKE3 | Self::ADDKE4 | Self::ADDKE5 | Self::ADDKE6 | Self::ADDKE7)
    }
}

impl Encr {
    /// Whether the cipher authenticates as well, so that a proposal needs no INTEG transform (RFC 5282, RFC 7634, RFC 9227).
    #[must_use]
    #[inline]
    pub const fn is_aead(self) -> bool {
        // Asked for every cipher of an offer: one bit of a word, not a row.
        const AEAD: u64 = Encr::aead_bits();
        self.0 < 64 && AEAD >> self.0 & 1 == 1
    }

    /// The ids of the AEAD ciphers as bits.
    const fn aead_bits() -> u64 {
        let mut bits = 0;
        let mut rows = Self::ASSIGNED;
        while let Some((row, rest)) = rows.split_first() {
            if matches!(row.facts(), Some(EncrFacts { aead: true, .. })) {
                assert!(row.0 < 64, "one word is not enough for the ids of the AEAD ciphers");
                bits |= 1 << row.0;
            }
            rows = rest;
        }
        bits
    }
}

impl KeMethod {
    /// Octets of Key Exchange Data for methods whose size is fixed: `(from the initiator, from the responder)`.
    ///
    /// `None` for a method this crate has no size for. MODP: RFC 7296 section 3.4; ECP: RFC 5903; ML-KEM: FIPS 203.
    #[must_use]
    #[inline]
    pub const fn data_len(self) -> Option<(usize, usize)> {
        match self.facts() {
            Some(facts) => Some((facts.data_len_i, facts.data_len_r)),
            None => None,
        }
    }
}
