//! What the readers refuse, and where they point.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use super::libreswan::{self, Release};
use super::windows::{self, Parameter, WindowsPolicy};
use super::{Expected, NotationError, NotationErrorKind as Kind, Unwritable, strongswan};
use crate::proposal::Proposal;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use alloc::{format, vec};

const IKE: SecurityProtocol = SecurityProtocol::IKE;
const ESP: SecurityProtocol = SecurityProtocol::ESP;
const AH: SecurityProtocol = SecurityProtocol::AH;

/// The token an error points at, and its cause.
fn fault<T: core::fmt::Debug>(text: &str, read: Result<T, NotationError>) -> (&str, Kind) {
    let error = read.unwrap_err();
    (&text[error.at..error.at + error.len], error.kind)
}

const fn named(expected: &'static str, meant: Option<&'static str>) -> Kind {
    Kind::Name { expected, meant }
}

fn missing(protocol: SecurityProtocol, ty: TransformType) -> Kind {
    Kind::Missing { protocol, ty }
}

fn spell(read: &[Proposal]) -> Vec<Vec<String>> {
    read.iter().map(|p| p.transforms.iter().map(ToString::to_string).collect()).collect()
}

#[test]
fn strongswan_points_at_the_token() {
    let keyword = |meant| {
        named(
            "a strongSwan keyword: a cipher (aes256, aes256gcm16), an integrity algorithm (sha256), a PRF (prfsha256), \
             a key exchange method (modp2048, ecp256, x25519, ke1_mlkem768), esn or noesn",
            meant,
        )
    };
    let cases = [
        ("", "", Kind::Empty(Expected::Proposal)),
        ("   ", "", Kind::Empty(Expected::Proposal)),
        ("!", "", Kind::Empty(Expected::Proposal)),
        (" , ", ",", Kind::Empty(Expected::Proposal)),
        ("aes256-sha265-modp2048", "sha265", keyword(Some("sha256"))),
        ("aes128-sha256-modp2048, aes256 - sha999 -modp2048", "sha999", keyword(None)),
        ("aes256-größe-modp2048", "größe", keyword(None)),
        ("aes256-\u{1f511}", "\u{1f511}", keyword(None)),
        ("aes256-sha256\0-modp2048", "sha256\0", keyword(Some("sha256"))),
        ("AES256-sha256-modp2048", "AES256", keyword(Some("aes256"))),
        ("aes512-sha256-modp2048", "aes512", keyword(None)),
        ("aes256gcm17-prfsha256-modp2048", "aes256gcm17", keyword(Some("aes256gcm16"))),
        ("aes256-sha256-ke8_mlkem768-x25519", "ke8_mlkem768", keyword(None)),
        ("aes256-sha256-ke1_mlkem786-x25519", "ke1_mlkem786", keyword(Some("mlkem768"))),
        ("aes256-sha256-x448-ke4_hqc5", "ke4_hqc5", keyword(None)),
        ("aes256-sha256-dh14", "dh14", keyword(None)),
        ("aes256-sha256-modp2048!!", "modp2048!", keyword(Some("modp2048"))),
        ("default", "default", Kind::Default),
        ("sha256-prfsha256-modp2048", "sha256-prfsha256-modp2048", missing(IKE, TransformType::ENCR)),
        ("aes256-sha256", "aes256-sha256", missing(IKE, TransformType::KE)),
        ("aes256-sha256-none", "aes256-sha256-none", missing(IKE, TransformType::KE)),
        ("aes256-prfsha256-x25519", "aes256-prfsha256-x25519", missing(IKE, TransformType::INTEG)),
        ("aes256gcm16-x25519", "aes256gcm16-x25519", missing(IKE, TransformType::PRF)),
        ("aes256-sha256_96-x25519", "aes256-sha256_96-x25519", missing(IKE, TransformType::PRF)),
        ("aes256gcm16-aes256-sha256-x25519", "aes256", Kind::AeadMixed),
    ];
    for (text, token, kind) in cases {
        assert_eq!(fault(text, strongswan::parse_ike(text)), (token, kind), "{text:?}");
    }
    // charon takes no notice of commas and hyphens too many.
    assert_eq!(strongswan::parse_ike("aes256--sha256-modp2048,,"), strongswan::parse_ike("aes256-sha256-modp2048"));
}

#[test]
fn strongswan_says_that_a_suite_is_impossible() {
    let kind = Kind::IntegWithAead {
        cipher: Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256),
        integ: Transform::integ(Integ::AUTH_HMAC_SHA2_256_128),
    };
    for text in ["aes256gcm16-sha256", "aes256gcm16-sha256-prfsha256-ecp256"] {
        assert_eq!(fault(text, strongswan::parse_ike(text)), ("sha256", kind));
    }
    assert_eq!(fault("aes256gcm16-sha256", strongswan::parse_esp("aes256gcm16-sha256")), ("sha256", kind));
    assert_eq!(
        kind.to_string(),
        "impossible suite: AES_GCM_16_256 authenticates by itself, HMAC_SHA2_256_128 cannot be its integrity algorithm"
    );
    // Here it names the PRF.
    assert_eq!(
        spell(&strongswan::parse_ike("aes256gcm16-sha256-ecp256").unwrap()),
        [["AES_GCM_16_256", "PRF_HMAC_SHA2_256", "ECP_256 (group 19)"]]
    );
}

#[test]
fn strongswan_keywords() {
    let read = strongswan::parse_ike(" aes - sha1 - sha512-modp2048-curve25519 -ke1_mlkem768-ke1_none , 3des-md5-x448-ecp512bp! ").unwrap();
    assert_eq!(
        spell(&read),
        [
            vec![
                "AES_CBC_128",
                "HMAC_SHA1_96",
                "HMAC_SHA2_512_256",
                "PRF_HMAC_SHA1",
                "PRF_HMAC_SHA2_512",
                "MODP_2048 (group 14)",
                "CURVE25519 (group 31)",
                "ADDKE1 ML_KEM_768 (36)",
                "ADDKE1 NONE",
            ],
            vec!["3DES", "HMAC_MD5_96", "PRF_HMAC_MD5", "CURVE448 (group 32)", "BRAINPOOL_P512R1 (group 30)"],
        ]
    );
    let same = |a, b| assert_eq!(strongswan::parse_esp(a).unwrap(), strongswan::parse_esp(b).unwrap(), "{a} {b}");
    same("aes-sha-modpnone", "aes128-sha1-none");
    same("camellia-sha2_256", "camellia128-sha256-noesn");
    same("aes192gcm-aes256ccm96", "aes192gcm128-aes256ccm12");
    same("aes128-sha384-prfsha1", "aes128-sha384");
    same("null-sha512!", "null-sha2_512");
    assert_eq!(strongswan::parse_ah("aes256-aes256gmac").unwrap()[0].transforms[0], Transform::integ(Integ::AUTH_AES_256_GMAC));
    assert_eq!(fault("aes256", strongswan::parse_ah("aes256")), ("aes256", missing(AH, TransformType::INTEG)));
}

#[test]
fn libreswan_points_at_the_token() {
    let cipher = |meant| named("an encryption algorithm of libreswan, as aes256 or aes_gcm256", meant);
    let prf = |meant| named("a PRF of libreswan, as sha2_256", meant);
    let group = |meant| named("a key exchange group of libreswan, as dh19 or modp2048", meant);
    let either = |meant| named("a PRF or an integrity algorithm of libreswan, as sha2_256", meant);
    let cases = [
        ("", "", Kind::Empty(Expected::Proposal)),
        ("aes256-sha2,", "", Kind::Empty(Expected::Proposal)),
        ("sha2-dh14", "sha2", cipher(None)),
        ("aes-sha3;dh14", "sha3", either(None)),
        ("aes-sha2+sha9;dh14", "sha9", either(None)),
        ("aes-dh14", "dh14", either(None)),
        ("aes-sha2_256_128-sha9", "sha9", prf(None)),
        ("aes-sha2;dh14+dh99", "dh99", group(None)),
        ("aes-sha2-dh14-dh19", "dh19", Kind::Unknown(Expected::End)),
        ("aes-sha2;dh14;addke1=ml_kem_768", "addke1=ml_kem_768", Kind::Unknown(Expected::End)),
        ("aes;", "", Kind::Empty(Expected::Algorithm(TransformType::KE))),
        ("aes+", "", Kind::Empty(Expected::Algorithm(TransformType::ENCR))),
        ("aes-", "", Kind::Empty(Expected::IntegOrPrf)),
        ("aes257", "aes257", Kind::KeyBits(Transform::encr(Encr::ENCR_AES_CBC))),
        ("aes99999999999", "aes99999999999", Kind::KeyBits(Transform::encr(Encr::ENCR_AES_CBC))),
        ("aes-1x", "1x", Kind::KeyBits(Transform::encr(Encr::ENCR_AES_CBC))),
        ("3des168", "3des168", Kind::KeyBits(Transform::encr(Encr::ENCR_3DES))),
        ("chacha20_poly1305_256", "chacha20_poly1305_256", Kind::KeyBits(Transform::encr(Encr::ENCR_CHACHA20_POLY1305))),
        ("aes-sha2;x25519", "x25519", group(None)),
        ("aes256-sh2;dh19", "sh2", either(Some("sha2"))),
        ("aesgcm256-sha2", "aesgcm256", cipher(Some("aes_gcm256"))),
        ("256", "256", cipher(None)),
        ("aés-sha2", "aés", cipher(Some("aes"))),
        ("null-sha1;dh14", "null", Kind::Protocol { protocol: IKE, transform: Transform::encr(Encr::ENCR_NULL) }),
        ("aes-sha1;none", "none", Kind::Protocol { protocol: IKE, transform: Transform::ke(KeMethod::NONE) }),
        ("aes_gcm+aes-sha2;dh14", "aes", Kind::AeadMixed),
        ("aes256-none-sha2-dh14", "none", Kind::IntegNone(Transform::encr_bits(Encr::ENCR_AES_CBC, 256))),
        (
            "aes_gcm256-hmac_sha1_96-sha2-dh14",
            "hmac_sha1_96",
            Kind::IntegWithAead {
                cipher: Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256),
                integ: Transform::integ(Integ::AUTH_HMAC_SHA1_96),
            },
        ),
    ];
    for (text, token, kind) in cases {
        assert_eq!(fault(text, libreswan::parse_ike(text, Release::V4)), (token, kind), "{text:?}");
    }
    assert_eq!(fault("none", libreswan::parse_ah("none", Release::V5)), ("none", missing(AH, TransformType::INTEG)));
    let text = "aes_gcm256-sha2";
    assert_eq!(fault(text, libreswan::parse_esp(text, Release::V5)).0, "sha2");
}

#[test]
fn libreswan_names_and_defaults() {
    let ike = |text| spell(&libreswan::parse_ike(text, Release::V4).unwrap());
    assert_eq!(ike("aes_gcm256-sha2_512+sha2_256-dh19+dh14"), ike("AES_GCM_16_256-SHA512+sha256;ecp_256+modp2048"));
    assert_eq!(ike("aes-128-sha1;dh5"), ike("aes_cbc_128-hmac_sha1_96-sha1-modp1536"));
    assert_eq!(ike("aes_gcm_16-none-sha2;dh14"), ike("aes_gcm256+aes_gcm128-sha2;dh14"));
    assert_eq!(ike("chacha20poly1305-sha2;curve25519"), ike("chacha20_poly1305-hmac_sha2_256-dh31"));
    assert_eq!(
        ike("aes256"),
        [[
            "AES_CBC_256",
            "HMAC_SHA2_512_256",
            "HMAC_SHA2_256_128",
            "PRF_HMAC_SHA2_512",
            "PRF_HMAC_SHA2_256",
            "MODP_2048 (group 14)",
            "MODP_3072 (group 15)",
            "MODP_4096 (group 16)",
            "MODP_8192 (group 18)",
            "ECP_256 (group 19)",
            "ECP_384 (group 20)",
            "ECP_521 (group 21)",
            "CURVE25519 (group 31)",
        ]]
    );
    let read = libreswan::parse_ike("aes256-sha2;dh19;addke1=ml_kem_768+none;addke2=none", Release::V5).unwrap();
    assert_eq!(spell(&read)[0][4..], ["ADDKE1 ML_KEM_768 (36)", "ADDKE1 NONE", "ADDKE2 NONE"]);
    let esp = |text| spell(&libreswan::parse_esp(text, Release::V4).unwrap());
    let both = ["64-bit sequence numbers (ESN)", "32-bit sequence numbers (no ESN)"];
    assert_eq!(esp("aes-sha1")[0][..3], ["AES_CBC_128", "AES_CBC_256", "HMAC_SHA1_96"]);
    assert_eq!(esp("null-sha1;dh31")[0], [&["NULL", "HMAC_SHA1_96", "CURVE25519 (group 31)"][..], &both].concat());
    assert_eq!(spell(&libreswan::parse_ah("sha1+sha2-dh14", Release::V4).unwrap())[0][..2], ["HMAC_SHA1_96", "HMAC_SHA2_256_128"]);
}

const SHELL: &str = "Set-VpnConnectionIPsecConfiguration -ConnectionName \"a -DHGroup b\" `\r\n -AuthenticationTransformConstants GCMAES256 \
    -ciphertransformconstants:gcmaes256 -EncryptionMethod 'AES256' -IntegrityCheckMethod SHA384 -DHGroup ECP384 -PfsGroup \"ECP384\" -Force";

#[test]
fn windows_reads_its_parameters() {
    let shell = windows::parse_powershell(SHELL).unwrap();
    assert_eq!(strongswan::emit(&shell.ike().unwrap()).unwrap(), "aes256-sha384-prfsha384-ecp384");
    assert_eq!(strongswan::emit(&shell.child().unwrap()).unwrap(), "aes256gcm16-ecp384");
    assert_eq!(windows::parse_powershell(&shell.powershell().to_string()), Ok(shell));
}

#[test]
fn windows_points_at_the_token() {
    let shell = |from: &str, to: &str, token: &str, kind: Kind| {
        let text = SHELL.replace(from, to);
        assert_ne!(text, SHELL);
        assert_eq!(fault(&text, windows::parse_powershell(&text)), (token, kind), "{text}");
    };
    shell("SHA384", "SHA512", "SHA512", Kind::Value { parameter: Parameter::IntegrityCheckMethod, meant: None });
    shell("'AES256'", "'ÄES256'", "ÄES256", Kind::Value { parameter: Parameter::EncryptionMethod, meant: Some("AES256") });
    shell("-PfsGroup \"ECP384\"", "-PfsGroup", "", Kind::Empty(Expected::Value(Parameter::PfsGroup)));
    shell("-DHGroup ECP384", "-DHGruop ECP384", "-DHGruop", Kind::Unknown(Expected::ParameterName));
    shell("-Force", "-DHGroup ECP256", "-DHGroup", Kind::Twice(Parameter::DHGroup));
    shell("-DHGroup ECP384", "-DHGroup None", "None", missing(IKE, TransformType::KE));
    shell(":gcmaes256", ":GCMAES128", "GCMAES128", Kind::Transforms);
    let text = SHELL.replace("-EncryptionMethod 'AES256'", "");
    assert_eq!(fault(&text, windows::parse_powershell(&text)), (&text[..], Kind::Parameter(Parameter::EncryptionMethod)));
}

#[test]
fn windows_says_what_it_has_no_value_for() {
    let ike = |text| strongswan::parse_ike(text).unwrap().remove(0);
    let esp = |text| strongswan::parse_esp(text).unwrap().remove(0);
    let good = ("aes256-sha256-ecp256", "aes256gcm16");
    let write = |a, b| WindowsPolicy::from_proposals(&ike(a), &esp(b));
    assert_eq!(
        write(good.0, good.1).unwrap().powershell().to_string(),
        "-AuthenticationTransformConstants GCMAES256 \
        -CipherTransformConstants GCMAES256 -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup ECP256 -PfsGroup None"
    );
    let no = |transform| Err(Unwritable::Transform(transform));
    assert_eq!(write("aes256-sha256-x25519", good.1), no(Transform::ke(KeMethod::CURVE25519)));
    assert_eq!(write("aes256-sha512-ecp256", good.1), no(Transform::prf(Prf::PRF_HMAC_SHA2_512)));
    assert_eq!(write("aes256-sha256-ecp256-ecp384", good.1), no(Transform::ke(KeMethod::ECP_384)));
    assert_eq!(write("aes256-sha384-prfsha256-ecp256", good.1), no(Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)));
    assert_eq!(write(good.0, "aes256-sha512"), no(Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)));
    assert_eq!(write(good.0, "aes256gcm16-esn"), no(Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64)));
    assert_eq!(write(good.0, "chacha20poly1305"), no(Transform::encr(Encr::ENCR_CHACHA20_POLY1305)));
}

#[test]
fn windows_there_and_back_with_every_value() {
    let mut written = 0;
    for encryption in windows::Encryption::ALL {
        for integrity in windows::Integrity::ALL {
            for cipher in windows::Cipher::ALL {
                for authentication in windows::Authentication::ALL {
                    for (dh, pfs) in windows::DhGroup::ALL.iter().flat_map(|dh| windows::PfsGroup::ALL.iter().map(move |pfs| (*dh, *pfs))) {
                        let (encryption, integrity, cipher, authentication) = (*encryption, *integrity, *cipher, *authentication);
                        let policy = WindowsPolicy { authentication, cipher, encryption, integrity, dh, pfs };
                        let (Ok(ike), Ok(child)) = (policy.ike(), policy.child()) else { continue };
                        let back = WindowsPolicy::from_proposals(&ike, &child).unwrap();
                        assert_eq!((back.ike(), back.child()), (Ok(ike), Ok(child)));
                        written += 1;
                    }
                }
            }
        }
    }
    // 7 ciphers x 4 x (6 plain with 3 each, 3 GCM, 3 GMAC) x 6 groups x 8.
    assert_eq!(written, 7 * 4 * (6 * 3 + 3 + 3) * 6 * 8);
}

#[test]
fn writers_say_what_cannot_be_written() {
    let esp = |sn: &[SequenceNumbers]| {
        let cipher = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256);
        Proposal::new(ESP, [&[cipher][..], &sn.iter().map(|id| Transform::sn(*id)).collect::<Vec<_>>()].concat())
    };
    let (narrow, wide) = (SequenceNumbers::SEQUENTIAL_32, SequenceNumbers::PARTIALLY_TRANSMITTED_64);
    assert_eq!(strongswan::emit(&esp(&[])), Err(Unwritable::Implied(Transform::sn(narrow))));
    assert_eq!(strongswan::emit(&esp(&[wide, narrow])).unwrap(), "aes256gcm16-esn-noesn");
    assert_eq!(libreswan::emit(&esp(&[narrow])), Err(Unwritable::Implied(Transform::sn(wide))));
    assert_eq!(libreswan::emit(&esp(&[wide, narrow])).unwrap(), "aes_gcm256");
    let bare = Transform::encr(Encr::ENCR_AES_CBC);
    assert_eq!(strongswan::emit(&Proposal::new(IKE, [bare])), Err(Unwritable::Transform(bare)));
    assert_eq!(libreswan::emit(&Proposal::new(IKE, [bare])), Err(Unwritable::Transform(bare)));
    let odd = SecurityProtocol(9);
    assert_eq!(strongswan::emit(&Proposal::new(odd, [])), Err(Unwritable::Protocol(odd)));
    assert_eq!(libreswan::emit(&Proposal::new(odd, [])), Err(Unwritable::Protocol(odd)));
    let refused = strongswan::emit(&Proposal::new(IKE, [])).unwrap_err();
    assert_eq!(refused, Unwritable::Combination(Kind::Empty(Expected::Proposal)));
    assert_eq!(libreswan::emit(&Proposal::new(IKE, [])), Err(Unwritable::Missing(TransformType::PRF)));
}

#[test]
fn marks_stand_below_what_they_mark() {
    let text = "aes256\t-größe-modp2048";
    let shown = strongswan::parse_ike(text).unwrap_err().on(text).to_string();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines[1..], ["aes256\\t-größe-modp2048", "         ^^^^^"]);
    let text = SHELL.replace("SHA384", "SHA1024");
    let shown = windows::parse_powershell(&text).unwrap_err().on(&text).to_string();
    let lines: Vec<_> = shown.lines().collect();
    assert_eq!(lines.len(), 3, "{shown}");
    assert_eq!(lines[1].find("SHA1024"), lines[2].find('^'));
    assert!(lines[0].starts_with("unknown here, expected one of MD5, SHA1, SHA256, SHA384"), "{}", lines[0]);
    // An error shown on another text is no panic.
    let error = strongswan::parse_ike("ä-b").unwrap_err();
    for other in ["", "x", "ä", "\u{1f511}\n"] {
        assert!(format!("{}", error.on(other)).contains('^'));
    }
}
