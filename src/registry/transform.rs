//! Code points of the Security Association payload.

use super::registry;

registry! {
    /// IKEv2 Transform Types (RFC 7296 section 3.3.2, RFC 9370).
    pub struct TransformType(u8);
    ENCR = 1, "Encryption Algorithm (ENCR)", "RFC 7296";
    PRF = 2, "Pseudorandom Function (PRF)", "RFC 7296";
    INTEG = 3, "Integrity Algorithm (INTEG)", "RFC 7296";
    KE = 4, "Key Exchange Method (KE)", "RFC 7296, RFC 9370";
    SN = 5, "Sequence Numbers (SN)", "RFC 7296, RFC 9827";
    ADDKE1 = 6, "Additional Key Exchange 1 (ADDKE1)", "RFC 9370";
    ADDKE2 = 7, "Additional Key Exchange 2 (ADDKE2)", "RFC 9370";
    ADDKE3 = 8, "Additional Key Exchange 3 (ADDKE3)", "RFC 9370";
    ADDKE4 = 9, "Additional Key Exchange 4 (ADDKE4)", "RFC 9370";
    ADDKE5 = 10, "Additional Key Exchange 5 (ADDKE5)", "RFC 9370";
    ADDKE6 = 11, "Additional Key Exchange 6 (ADDKE6)", "RFC 9370";
    ADDKE7 = 12, "Additional Key Exchange 7 (ADDKE7)", "RFC 9370";
    KWA = 13, "Key Wrap Algorithm (KWA)", "RFC 9838";
    GCAUTH = 14, "Group Controller Authentication Method (GCAUTH)", "RFC 9838";
}

registry! {
    /// IKEv2 Transform Attribute Types (RFC 7296 section 3.3.5); 15 bits, without the AF bit.
    pub struct AttributeType(u16);
    KEY_LENGTH = 14, "Key Length (in bits) [TV]", "RFC 7296";
    SIGNATURE_ALGORITHM_IDENTIFIER = 18, "Signature Algorithm Identifier [TLV]", "RFC 9838";
}

registry! {
    /// Transform type 1: Encryption Algorithm (ENCR).
    pub struct Encr(u16);
    ENCR_DES_IV64 = 1, "ENCR_DES_IV64", "unspecified";
    ENCR_DES = 2, "ENCR_DES", "RFC 2405";
    ENCR_3DES = 3, "ENCR_3DES", "RFC 2451";
    ENCR_RC5 = 4, "ENCR_RC5", "RFC 2451";
    ENCR_IDEA = 5, "ENCR_IDEA", "RFC 2451";
    ENCR_CAST = 6, "ENCR_CAST", "RFC 2451";
    ENCR_BLOWFISH = 7, "ENCR_BLOWFISH", "RFC 2451";
    ENCR_3IDEA = 8, "ENCR_3IDEA", "unspecified";
    ENCR_DES_IV32 = 9, "ENCR_DES_IV32", "unspecified";
    ENCR_NULL = 11, "ENCR_NULL", "RFC 2410";
    ENCR_AES_CBC = 12, "ENCR_AES_CBC", "RFC 3602";
    ENCR_AES_CTR = 13, "ENCR_AES_CTR", "RFC 3686, RFC 5930";
    ENCR_AES_CCM_8 = 14, "ENCR_AES_CCM_8", "RFC 4309, RFC 5282";
    ENCR_AES_CCM_12 = 15, "ENCR_AES_CCM_12", "RFC 4309, RFC 5282";
    ENCR_AES_CCM_16 = 16, "ENCR_AES_CCM_16", "RFC 4309, RFC 5282";
    ENCR_AES_GCM_8 = 18, "ENCR_AES_GCM_8", "RFC 4106, RFC 5282";
    ENCR_AES_GCM_12 = 19, "ENCR_AES_GCM_12", "RFC 4106, RFC 5282";
    ENCR_AES_GCM_16 = 20, "ENCR_AES_GCM_16", "RFC 4106, RFC 5282";
    ENCR_NULL_AUTH_AES_GMAC = 21, "ENCR_NULL_AUTH_AES_GMAC", "RFC 4543";
    ENCR_CAMELLIA_CBC = 23, "ENCR_CAMELLIA_CBC", "RFC 5529";
    ENCR_CAMELLIA_CTR = 24, "ENCR_CAMELLIA_CTR", "RFC 5529";
    ENCR_CAMELLIA_CCM_8 = 25, "ENCR_CAMELLIA_CCM_8", "RFC 5529";
    ENCR_CAMELLIA_CCM_12 = 26, "ENCR_CAMELLIA_CCM_12", "RFC 5529";
    ENCR_CAMELLIA_CCM_16 = 27, "ENCR_CAMELLIA_CCM_16", "RFC 5529";
    ENCR_CHACHA20_POLY1305 = 28, "ENCR_CHACHA20_POLY1305", "RFC 7634";
    ENCR_AES_CCM_8_IIV = 29, "ENCR_AES_CCM_8_IIV", "RFC 8750";
    ENCR_AES_GCM_16_IIV = 30, "ENCR_AES_GCM_16_IIV", "RFC 8750";
    ENCR_CHACHA20_POLY1305_IIV = 31, "ENCR_CHACHA20_POLY1305_IIV", "RFC 8750";
    ENCR_KUZNYECHIK_MGM_KTREE = 32, "ENCR_KUZNYECHIK_MGM_KTREE", "RFC 9227, RFC 9385";
    ENCR_MAGMA_MGM_KTREE = 33, "ENCR_MAGMA_MGM_KTREE", "RFC 9227, RFC 9385";
    ENCR_KUZNYECHIK_MGM_MAC_KTREE = 34, "ENCR_KUZNYECHIK_MGM_MAC_KTREE", "RFC 9227";
    ENCR_MAGMA_MGM_MAC_KTREE = 35, "ENCR_MAGMA_MGM_MAC_KTREE", "RFC 9227";
}

registry! {
    /// Transform type 2: Pseudorandom Function (PRF).
    pub struct Prf(u16);
    PRF_HMAC_MD5 = 1, "PRF_HMAC_MD5", "RFC 2104";
    PRF_HMAC_SHA1 = 2, "PRF_HMAC_SHA1", "RFC 2104";
    PRF_HMAC_TIGER = 3, "PRF_HMAC_TIGER", "unspecified";
    PRF_AES128_XCBC = 4, "PRF_AES128_XCBC", "RFC 4434";
    PRF_HMAC_SHA2_256 = 5, "PRF_HMAC_SHA2_256", "RFC 4868";
    PRF_HMAC_SHA2_384 = 6, "PRF_HMAC_SHA2_384", "RFC 4868";
    PRF_HMAC_SHA2_512 = 7, "PRF_HMAC_SHA2_512", "RFC 4868";
    PRF_AES128_CMAC = 8, "PRF_AES128_CMAC", "RFC 4615";
    PRF_HMAC_STREEBOG_512 = 9, "PRF_HMAC_STREEBOG_512", "RFC 9385";
}

registry! {
    /// Transform type 3: Integrity Algorithm (INTEG).
    pub struct Integ(u16);
    NONE = 0, "NONE", "RFC 7296";
    AUTH_HMAC_MD5_96 = 1, "AUTH_HMAC_MD5_96", "RFC 2403";
    AUTH_HMAC_SHA1_96 = 2, "AUTH_HMAC_SHA1_96", "RFC 2404";
    AUTH_DES_MAC = 3, "AUTH_DES_MAC", "unspecified";
    AUTH_KPDK_MD5 = 4, "AUTH_KPDK_MD5", "unspecified";
    AUTH_AES_XCBC_96 = 5, "AUTH_AES_XCBC_96", "RFC 3566";
    AUTH_HMAC_MD5_128 = 6, "AUTH_HMAC_MD5_128", "RFC 4595";
    AUTH_HMAC_SHA1_160 = 7, "AUTH_HMAC_SHA1_160", "RFC 4595";
    AUTH_AES_CMAC_96 = 8, "AUTH_AES_CMAC_96", "RFC 4494";
    AUTH_AES_128_GMAC = 9, "AUTH_AES_128_GMAC", "RFC 4543";
    AUTH_AES_192_GMAC = 10, "AUTH_AES_192_GMAC", "RFC 4543";
    AUTH_AES_256_GMAC = 11, "AUTH_AES_256_GMAC", "RFC 4543";
    AUTH_HMAC_SHA2_256_128 = 12, "AUTH_HMAC_SHA2_256_128", "RFC 4868";
    AUTH_HMAC_SHA2_384_192 = 13, "AUTH_HMAC_SHA2_384_192", "RFC 4868";
    AUTH_HMAC_SHA2_512_256 = 14, "AUTH_HMAC_SHA2_512_256", "RFC 4868";
}

registry! {
    /// Transform types 4 and 6..=12: Key Exchange Method (KE, ADDKE1..7; RFC 9370).
    pub struct KeMethod(u16);
    NONE = 0, "NONE", "RFC 7296";
    MODP_768 = 1, "768-bit MODP Group", "RFC 7296";
    MODP_1024 = 2, "1024-bit MODP Group", "RFC 7296";
    MODP_1536 = 5, "1536-bit MODP Group", "RFC 3526";
    MODP_2048 = 14, "2048-bit MODP Group", "RFC 3526";
    MODP_3072 = 15, "3072-bit MODP Group", "RFC 3526";
    MODP_4096 = 16, "4096-bit MODP Group", "RFC 3526";
    MODP_6144 = 17, "6144-bit MODP Group", "RFC 3526";
    MODP_8192 = 18, "8192-bit MODP Group", "RFC 3526";
    ECP_256 = 19, "256-bit random ECP group", "RFC 5903";
    ECP_384 = 20, "384-bit random ECP group", "RFC 5903";
    ECP_521 = 21, "521-bit random ECP group", "RFC 5903";
    MODP_1024_160 = 22, "1024-bit MODP with 160-bit Prime Order Subgroup", "RFC 5114";
    MODP_2048_224 = 23, "2048-bit MODP with 224-bit Prime Order Subgroup", "RFC 5114";
    MODP_2048_256 = 24, "2048-bit MODP with 256-bit Prime Order Subgroup", "RFC 5114";
    ECP_192 = 25, "192-bit Random ECP Group", "RFC 5114";
    ECP_224 = 26, "224-bit Random ECP Group", "RFC 5114";
    BRAINPOOL_P224R1 = 27, "brainpoolP224r1", "RFC 6954";
    BRAINPOOL_P256R1 = 28, "brainpoolP256r1", "RFC 6954";
    BRAINPOOL_P384R1 = 29, "brainpoolP384r1", "RFC 6954";
    BRAINPOOL_P512R1 = 30, "brainpoolP512r1", "RFC 6954";
    CURVE25519 = 31, "Curve25519", "RFC 8031";
    CURVE448 = 32, "Curve448", "RFC 8031";
    GOST3410_2012_256 = 33, "GOST3410_2012_256", "RFC 9385";
    GOST3410_2012_512 = 34, "GOST3410_2012_512", "RFC 9385";
    ML_KEM_512 = 35, "ml-kem-512", "draft-ietf-ipsecme-ikev2-mlkem-05";
    ML_KEM_768 = 36, "ml-kem-768", "draft-ietf-ipsecme-ikev2-mlkem-05";
    ML_KEM_1024 = 37, "ml-kem-1024", "draft-ietf-ipsecme-ikev2-mlkem-05";
}

registry! {
    /// Transform type 5: Sequence Numbers (SN; RFC 9827, formerly ESN).
    pub struct SequenceNumbers(u16);
    SEQUENTIAL_32 = 0, "32-bit Sequential Numbers", "RFC 7296, RFC 9827";
    PARTIALLY_TRANSMITTED_64 = 1, "Partially Transmitted 64-bit Sequential Numbers", "RFC 7296, RFC 9827";
    UNSPECIFIED_32 = 2, "32-bit Unspecified Numbers", "RFC 9838";
}

registry! {
    /// Transform type 13: Key Wrap Algorithm (KWA; RFC 9838).
    pub struct KeyWrap(u16);
    KW_5649_128 = 1, "KW_5649_128", "RFC 9838";
    KW_5649_192 = 2, "KW_5649_192", "RFC 9838";
    KW_5649_256 = 3, "KW_5649_256", "RFC 9838";
    KW_ARX = 4, "KW_ARX", "RFC 9838";
}

registry! {
    /// Transform type 14: Group Controller Authentication Method (GCAUTH; RFC 9838).
    pub struct GcAuth(u16);
    IMPLICIT = 1, "Implicit", "RFC 9838";
    DIGITAL_SIGNATURE = 2, "Digital Signature", "RFC 9838";
}
