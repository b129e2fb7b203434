//! Names in logs: payloads, notifies, algorithms, exchanges.
//!
//! strongSwan writes short names of its own (`notify_payload.c`, `payload.c`, `proposal_keywords_static.txt`), libreswan and OpenIKED
//! those of IANA with a prefix or without, FortiGate and Cisco IOS those of IANA in other letters.

use super::message::{Proposal, Transform};
use ikev2::registry::{AuthMethod, ExchangeType, KeMethod, NotifyType, PayloadType, SecurityProtocol, TransformType};

/// Short names of strongSwan.
const NOTIFIES: &[(&str, NotifyType)] = &[
    ("ADD_4_ADDR", NotifyType::ADDITIONAL_IP4_ADDRESS),
    ("ADD_6_ADDR", NotifyType::ADDITIONAL_IP6_ADDRESS),
    ("ADD_KE", NotifyType(16441)),
    ("AUTH_FAILED", NotifyType::AUTHENTICATION_FAILED),
    ("AUTH_FOLLOWS", NotifyType::ANOTHER_AUTH_FOLLOWS),
    ("CHDLESS_SUP", NotifyType::CHILDLESS_IKEV2_SUPPORTED),
    ("CRIT", NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD),
    ("EAP_ONLY", NotifyType::EAP_ONLY_AUTHENTICATION),
    ("ESP_TFC_PAD_N", NotifyType::ESP_TFC_PADDING_NOT_SUPPORTED),
    ("FAIL_CP_REQ", NotifyType::FAILED_CP_REQUIRED),
    ("FRAGMENTATION_SUPPORTED", NotifyType::IKEV2_FRAGMENTATION_SUPPORTED),
    ("FRAG_SUP", NotifyType::IKEV2_FRAGMENTATION_SUPPORTED),
    ("HASH_ALG", NotifyType::SIGNATURE_HASH_ALGORITHMS),
    ("HTTP_CERT_LOOK", NotifyType::HTTP_CERT_LOOKUP_SUPPORTED),
    ("IKE_INT_SUP", NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED),
    ("INIT_CONTACT", NotifyType::INITIAL_CONTACT),
    ("INTERM_SUP", NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED),
    ("INT_ADDR_FAIL", NotifyType::INTERNAL_ADDRESS_FAILURE),
    ("INVAL_IKE_SPI", NotifyType::INVALID_IKE_SPI),
    ("INVAL_KE", NotifyType::INVALID_KE_PAYLOAD),
    ("INVAL_MAJOR", NotifyType::INVALID_MAJOR_VERSION),
    ("INVAL_MID", NotifyType::INVALID_MESSAGE_ID),
    ("INVAL_SEL", NotifyType::INVALID_SELECTORS),
    ("INVAL_SPI", NotifyType::INVALID_SPI),
    ("INVAL_SYN", NotifyType::INVALID_SYNTAX),
    ("MOBIKE_SUP", NotifyType::MOBIKE_SUPPORTED),
    ("MSG_ID_SYN_SUP", NotifyType(16420)),
    ("MULT_AUTH", NotifyType::MULTIPLE_AUTH_SUPPORTED),
    ("NATD_D_IP", NotifyType::NAT_DETECTION_DESTINATION_IP),
    ("NATD_S_IP", NotifyType::NAT_DETECTION_SOURCE_IP),
    ("NON_FIRST_FRAG", NotifyType::NON_FIRST_FRAGMENTS_ALSO),
    ("NO_ADD_ADDR", NotifyType::NO_ADDITIONAL_ADDRESSES),
    ("NO_ADD_SAS", NotifyType::NO_ADDITIONAL_SAS),
    ("NO_CHILD_SA", NotifyType::CHILD_SA_NOT_FOUND),
    ("NO_PPK", NotifyType::NO_PPK_AUTH),
    ("NO_PROP", NotifyType::NO_PROPOSAL_CHOSEN),
    ("PPK_ID", NotifyType::PPK_IDENTITY),
    ("REDIR", NotifyType::REDIRECT),
    ("REDIR_FROM", NotifyType::REDIRECTED_FROM),
    ("REDIR_SUP", NotifyType::REDIRECT_SUPPORTED),
    ("SINGLE_PAIR", NotifyType::SINGLE_PAIR_REQUIRED),
    ("TEMP_FAIL", NotifyType::TEMPORARY_FAILURE),
    ("TS_UNACCEPT", NotifyType::TS_UNACCEPTABLE),
    ("UNACCEPT_ADDR", NotifyType::UNACCEPTABLE_ADDRESSES),
    ("UPD_SA_ADDR", NotifyType::UPDATE_SA_ADDRESSES),
    ("USE_TRANSP", NotifyType::USE_TRANSPORT_MODE),
];

/// The ranges in which notifies have names.
const NUMBERS: [core::ops::Range<u16>; 2] = [1..64, 16384..16460];

/// A notify by the name of strongSwan, that of IANA, or its number in brackets.
pub(super) fn notify(name: &str) -> Option<NotifyType> {
    let name = name.trim().trim_start_matches("v2N_");
    if let Ok(at) = NOTIFIES.binary_search_by_key(&name, |(known, _)| *known) {
        return NOTIFIES.get(at).map(|(_, ty)| *ty);
    }
    let number = name.trim_matches(['(', ')']);
    if let Ok(number) = number.parse() {
        return Some(NotifyType(number));
    }
    if !name.bytes().all(|octet| octet.is_ascii_uppercase() || octet.is_ascii_digit() || octet == b'_') {
        return None;
    }
    NUMBERS.into_iter().flatten().map(NotifyType).find(|ty| ty.name() == Some(name))
}

/// A payload by its symbol in RFC 7296, or by the name of a daemon.
pub(super) fn payload(name: &str) -> Option<PayloadType> {
    Some(match name.trim().trim_start_matches("v2") {
        "SA" => PayloadType::SA,
        "KE" => PayloadType::KE,
        "IDi" | "IDI" => PayloadType::IDI,
        "IDr" | "IDR" => PayloadType::IDR,
        "CERT" => PayloadType::CERT,
        "CERTREQ" | "CERT_REQ" => PayloadType::CERTREQ,
        "AUTH" => PayloadType::AUTH,
        "No" | "Ni" | "Nr" | "NONCE" => PayloadType::NONCE,
        "D" | "DELETE" => PayloadType::D,
        "V" | "VID" | "VENDOR" => PayloadType::V,
        "TSi" | "TSI" => PayloadType::TSI,
        "TSr" | "TSR" => PayloadType::TSR,
        "CP" | "CFG" | "CONFIG" => PayloadType::CP,
        "N" | "NOTIFY" => PayloadType::N,
        "EAP" => PayloadType::EAP,
        _ => return None,
    })
}

/// An exchange by its name, with or without the prefix `IKE_`.
pub(super) fn exchange(name: &str) -> Option<ExchangeType> {
    Some(match name.trim().trim_start_matches("ISAKMP_v2_") {
        "IKE_SA_INIT" | "SA_INIT" => ExchangeType::IKE_SA_INIT,
        "IKE_AUTH" | "AUTH" => ExchangeType::IKE_AUTH,
        "CREATE_CHILD_SA" | "CREATE_CHILD" => ExchangeType::CREATE_CHILD_SA,
        "INFORMATIONAL" => ExchangeType::INFORMATIONAL,
        "IKE_INTERMEDIATE" => ExchangeType::IKE_INTERMEDIATE,
        "IKE_SESSION_RESUME" => ExchangeType::IKE_SESSION_RESUME,
        _ => return None,
    })
}

/// The same of IKEv1, as strongSwan names them.
pub(super) fn exchange_v1(name: &str) -> Option<ExchangeType> {
    Some(ExchangeType(match name.trim() {
        "ID_PROT" => 2,
        "AGGRESSIVE" => 4,
        "INFORMATIONAL_V1" => 5,
        "QUICK_MODE" => 32,
        _ => return None,
    }))
}

/// Names of transforms without what is neither letter nor digit, in capitals.
const TRANSFORMS: &[(&str, TransformType, u16)] = &[
    ("3DES", TransformType::ENCR, 3),
    ("3DESCBC", TransformType::ENCR, 3),
    ("AES", TransformType::ENCR, 12),
    ("AESCBC", TransformType::ENCR, 12),
    ("AESCCM12", TransformType::ENCR, 15),
    ("AESCCM16", TransformType::ENCR, 16),
    ("AESCCM8", TransformType::ENCR, 14),
    ("AESCMAC96", TransformType::INTEG, 8),
    ("AESCTR", TransformType::ENCR, 13),
    ("AESGCM", TransformType::ENCR, 20),
    ("AESGCM12", TransformType::ENCR, 19),
    ("AESGCM16", TransformType::ENCR, 20),
    ("AESGCM8", TransformType::ENCR, 18),
    ("AESGCMA", TransformType::ENCR, 18),
    ("AESGCMB", TransformType::ENCR, 19),
    ("AESGCMC", TransformType::ENCR, 20),
    ("AESXCBC96", TransformType::INTEG, 5),
    ("BRAINPOOL256", TransformType::KE, 28),
    ("BRAINPOOL384", TransformType::KE, 29),
    ("BRAINPOOL512", TransformType::KE, 30),
    ("CAMELLIACBC", TransformType::ENCR, 23),
    ("CHACHA20POLY1305", TransformType::ENCR, 28),
    ("CURVE25519", TransformType::KE, 31),
    ("CURVE448", TransformType::KE, 32),
    ("DESCBC", TransformType::ENCR, 2),
    ("DISABLED", TransformType::SN, 0),
    ("ECP192", TransformType::KE, 25),
    ("ECP224", TransformType::KE, 26),
    ("ECP256", TransformType::KE, 19),
    ("ECP256BP", TransformType::KE, 28),
    ("ECP384", TransformType::KE, 20),
    ("ECP384BP", TransformType::KE, 29),
    ("ECP512BP", TransformType::KE, 30),
    ("ECP521", TransformType::KE, 21),
    ("ENABLED", TransformType::SN, 1),
    ("ESN", TransformType::SN, 1),
    ("EXTSEQ", TransformType::SN, 1),
    ("HMACMD596", TransformType::INTEG, 1),
    ("HMACSHA196", TransformType::INTEG, 2),
    ("HMACSHA2256", TransformType::PRF, 5),
    ("HMACSHA2256128", TransformType::INTEG, 12),
    ("HMACSHA2384", TransformType::PRF, 6),
    ("HMACSHA2384192", TransformType::INTEG, 13),
    ("HMACSHA2512", TransformType::PRF, 7),
    ("HMACSHA2512256", TransformType::INTEG, 14),
    ("KE1MLKEM1024", TransformType(6), 37),
    ("KE1MLKEM512", TransformType(6), 35),
    ("KE1MLKEM768", TransformType(6), 36),
    ("MLKEM1024", TransformType::KE, 37),
    ("MLKEM512", TransformType::KE, 35),
    ("MLKEM768", TransformType::KE, 36),
    ("MODP1024", TransformType::KE, 2),
    ("MODP1024160", TransformType::KE, 22),
    ("MODP1536", TransformType::KE, 5),
    ("MODP2048", TransformType::KE, 14),
    ("MODP2048224", TransformType::KE, 23),
    ("MODP2048256", TransformType::KE, 24),
    ("MODP3072", TransformType::KE, 15),
    ("MODP4096", TransformType::KE, 16),
    ("MODP6144", TransformType::KE, 17),
    ("MODP768", TransformType::KE, 1),
    ("MODP8192", TransformType::KE, 18),
    ("NOEXTSEQ", TransformType::SN, 0),
    ("NULL", TransformType::ENCR, 11),
    ("PRFAES128CMAC", TransformType::PRF, 8),
    ("PRFAES128XCBC", TransformType::PRF, 4),
    ("PRFHMACMD5", TransformType::PRF, 1),
    ("PRFHMACSHA1", TransformType::PRF, 2),
    ("PRFHMACSHA2256", TransformType::PRF, 5),
    ("PRFHMACSHA2384", TransformType::PRF, 6),
    ("PRFHMACSHA2512", TransformType::PRF, 7),
];

/// A name as [`TRANSFORMS`] has it.
fn plain(name: &str) -> String {
    let kept = name.chars().filter(char::is_ascii_alphanumeric).take(40).map(|c| c.to_ascii_uppercase());
    kept.collect()
}

/// A transform by its name in a log, in which the bits of a key may be the last part: `AES_CBC_256`. A `ty` chooses where names are short.
pub(super) fn transform(name: &str, ty: Option<TransformType>) -> Option<Transform> {
    let name = name.trim().trim_start_matches("AUTH_").trim_start_matches("ENCR_");
    let find = |name: &str| {
        let at = TRANSFORMS.binary_search_by_key(&name, |row| row.0).ok()?;
        TRANSFORMS.get(at).filter(|row| ty.is_none_or(|ty| ty == row.1)).map(|row| (row.1, row.2))
    };
    let whole = plain(name);
    if let Some((ty, id)) = find(&whole) {
        return Some(Transform { ty, id, bits: None });
    }
    if let Some((ty, id)) = ty.and_then(|ty| hash(&whole, ty)) {
        return Some(Transform { ty, id, bits: None });
    }
    let (start, bits) = name.rsplit_once(['_', '-'])?;
    let bits = bits.parse().ok().filter(|bits| matches!(bits, 128 | 192 | 256))?;
    let (ty, id) = find(&plain(start)).filter(|(ty, _)| *ty == TransformType::ENCR)?;
    Some(Transform { ty, id, bits: Some(bits) })
}

/// A hash function, as libreswan, OpenIKED and Cisco IOS name PRF and integrity by.
fn hash(plain: &str, ty: TransformType) -> Option<(TransformType, u16)> {
    let size = match plain.trim_start_matches("PRF").trim_start_matches("HMAC") {
        "SHA1" | "SHA196" | "SHA" => 0,
        "SHA256" | "SHA2256" | "SHA2256128" => 1,
        "SHA384" | "SHA2384" | "SHA2384192" => 2,
        "SHA512" | "SHA2512" | "SHA2512256" => 3,
        _ => return None,
    };
    let ids: [u16; 4] = match ty {
        TransformType::PRF => [2, 5, 6, 7],
        TransformType::INTEG => [2, 12, 13, 14],
        _ => return None,
    };
    ids.get(size).map(|id| (ty, *id))
}

/// A group by its name: `MODP_2048`, `ECP_256`, `MODP2048`.
pub(super) fn group(name: &str) -> Option<KeMethod> {
    transform(name.trim_end_matches(['.', ',', ';', ')']), Some(TransformType::KE)).map(|transform| KeMethod(transform.id))
}

/// The proposals of a line of strongSwan: `IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048, ESP:..`.
pub(super) fn proposals(text: &str) -> Vec<Proposal> {
    let one = |text: &str| {
        let (protocol, transforms) = text.trim().split_once(':')?;
        let protocol = match protocol {
            "IKE" => SecurityProtocol::IKE,
            "ESP" => SecurityProtocol::ESP,
            "AH" => SecurityProtocol::AH,
            _ => return None,
        };
        let transforms = transforms.split('/').filter_map(|name| transform(name, None)).take(128).collect();
        Some(Proposal { protocol, transforms })
    };
    text.split(", ").filter_map(one).take(64).collect()
}

/// How somebody proves who he is, by the words of strongSwan.
pub(super) fn auth_method(words: &str) -> Option<AuthMethod> {
    let words = words.trim().trim_end_matches(" successful").trim_end_matches(" failed");
    Some(match words {
        "pre-shared key" | "PSK" | "shared-key MAC" => AuthMethod::SHARED_KEY_MIC,
        "EAP" => AuthMethod::SHARED_KEY_MIC,
        "RSA signature" | "RSA_EMSA_PKCS1_SHA1" => AuthMethod::RSA_DIGITAL_SIGNATURE,
        "ECDSA-256 signature" | "ECDSA-256" => AuthMethod::ECDSA_SHA_256_P256,
        "ECDSA-384 signature" | "ECDSA-384" => AuthMethod::ECDSA_SHA_384_P384,
        "ECDSA-521 signature" | "ECDSA-521" => AuthMethod::ECDSA_SHA_512_P521,
        "NULL authentication" => AuthMethod::NULL,
        _ if ["RSA_EMSA", "RSASSA", "ECDSA_WITH", "ED25519", "ED448"].iter().any(|start| words.starts_with(start)) => {
            AuthMethod::DIGITAL_SIGNATURE
        }
        _ => return None,
    })
}

/// The number of a TLS alert by its name in RFC 8446 section 6.2.
pub(super) fn alert(name: &str) -> Option<u8> {
    Some(match name.trim().replace(' ', "_").as_str() {
        "close_notify" => 0,
        "unexpected_message" => 10,
        "bad_record_mac" => 20,
        "handshake_failure" => 40,
        "bad_certificate" => 42,
        "unsupported_certificate" => 43,
        "certificate_revoked" => 44,
        "certificate_expired" => 45,
        "certificate_unknown" => 46,
        "illegal_parameter" => 47,
        "unknown_ca" => 48,
        "access_denied" => 49,
        "decode_error" => 50,
        "decrypt_error" => 51,
        "protocol_version" => 70,
        "insufficient_security" => 71,
        "internal_error" => 80,
        "user_canceled" => 90,
        "missing_extension" => 109,
        "unsupported_extension" => 110,
        "certificate_required" => 116,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn tables_are_in_order() {
        assert!(NOTIFIES.is_sorted_by(|a, b| a.0 < b.0) && TRANSFORMS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn every_daemon_has_names_of_its_own() {
        for name in ["AUTH_FAILED", "AUTHENTICATION_FAILED", "v2N_AUTHENTICATION_FAILED", "(24)"] {
            assert_eq!(notify(name), Some(NotifyType::AUTHENTICATION_FAILED), "{name}");
        }
        assert_eq!(
            (notify("FRAG_SUP"), notify("no such"), payload("No"), payload("X")),
            (Some(NotifyType(16430)), None, Some(PayloadType::NONCE), None)
        );
        assert_eq!((exchange("SA_INIT"), exchange_v1("ID_PROT").map(|e| e.0)), (Some(ExchangeType::IKE_SA_INIT), Some(2)));
    }

    #[test]
    fn a_transform_has_its_bits_behind_it() {
        let of = |name| transform(name, None).map(|t| (t.ty.0, t.id, t.bits));
        assert_eq!(
            (of("AES_CBC_256"), of("AES_GCM_16_128"), of("HMAC_SHA2_256_128")),
            (Some((1, 12, Some(256))), Some((1, 20, Some(128))), Some((3, 12, None)))
        );
        assert_eq!(
            (of("MODP_2048"), of("CURVE_25519"), of("NO_EXT_SEQ"), of("FOO_256")),
            (Some((4, 14, None)), Some((4, 31, None)), Some((5, 0, None)), None)
        );
        let as_prf = transform("SHA256", Some(TransformType::PRF)).map(|t| t.id);
        assert_eq!((as_prf, group("MODP2048").map(|g| g.0)), (Some(5), Some(14)));
    }

    #[test]
    fn strongswan_lists_proposals() {
        let read = proposals("IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048, ESP:AES_GCM_16_128/NO_EXT_SEQ");
        let counts: Vec<_> = read.iter().map(|p| (p.protocol, p.transforms.len())).collect();
        assert_eq!(counts, [(SecurityProtocol::IKE, 4), (SecurityProtocol::ESP, 2)]);
    }
}
