//! Notations read and written, profiles against the data they were made of.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use ikev2::proposal::notation::{NotationErrorKind as Kind, libreswan, strongswan, windows};
use ikev2::proposal::profiles::{self, Confidence, Role, compare};
use ikev2::proposal::{Advice, Proposal, Transform, weakness};
use ikev2::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformId, TransformType};
use serde_json::Value;

const IKE: SecurityProtocol = SecurityProtocol::IKE;
const ESP: SecurityProtocol = SecurityProtocol::ESP;
const AH: SecurityProtocol = SecurityProtocol::AH;

fn ids(proposal: &Proposal) -> Vec<(u8, u16, u16)> {
    proposal.transforms.iter().map(|t| (t.ty.0, t.id.0, t.key_bits.unwrap_or(0))).collect()
}

#[test]
fn strongswan_is_read_and_written() {
    for (text, protocol, expected) in [
        ("aes256-sha384-ecp384", IKE, vec![vec![(1, 12, 256), (3, 13, 0), (4, 20, 0), (2, 6, 0)]]),
        ("aes256gcm16-prfsha384-ecp384", IKE, vec![vec![(1, 20, 256), (2, 6, 0), (4, 20, 0)]]),
        ("aes256gcm16-sha384-ecp384", IKE, vec![vec![(1, 20, 256), (4, 20, 0), (2, 6, 0)]]),
        (
            "aes128gcm8-aes192gcm12-prfsha1-x25519 , 3des-md5-modp1024!",
            IKE,
            vec![vec![(1, 18, 128), (1, 19, 192), (2, 2, 0), (4, 31, 0)], vec![(1, 3, 0), (3, 1, 0), (4, 2, 0), (2, 1, 0)]],
        ),
        (
            "aes256-sha256-curve25519-ke1_mlkem768-ke1_none-ke7_x448",
            IKE,
            vec![vec![(1, 12, 256), (3, 12, 0), (4, 31, 0), (6, 36, 0), (6, 0, 0), (12, 32, 0), (2, 5, 0)]],
        ),
        ("aes256ccm64-camellia256ccm12", ESP, vec![vec![(1, 14, 256), (1, 26, 256), (5, 0, 0)]]),
        ("chacha20poly1305-none-modp2048-esn-noesn", ESP, vec![vec![(1, 28, 0), (4, 0, 0), (4, 14, 0), (5, 1, 0), (5, 0, 0)]]),
        ("null-sha256", ESP, vec![vec![(1, 11, 0), (3, 12, 0), (5, 0, 0)]]),
        ("aes128gmac-sha512", AH, vec![vec![(3, 9, 0), (3, 14, 0), (5, 0, 0)]]),
    ] {
        let read = strongswan::parse(text, protocol).unwrap_or_else(|error| panic!("{}", error.in_text(text)));
        assert_eq!(read.iter().map(ids).collect::<Vec<_>>(), expected, "{text}");
        let written = strongswan::write(&read).unwrap();
        let again = strongswan::parse(&written, protocol).unwrap_or_else(|error| panic!("{}", error.in_text(&written)));
        let sorted = |list: &[Proposal]| {
            list.iter()
                .map(|p| {
                    let mut ids = ids(p);
                    ids.sort_by_key(|t| t.0);
                    ids
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(sorted(&again), sorted(&read), "{text} -> {written}");
    }
    // What strongSwan supplies by itself is not written.
    let plain = strongswan::parse("aes256-sha256-prfsha256-modp2048", IKE).unwrap();
    assert_eq!(strongswan::write(&plain).unwrap(), "aes256-sha256-modp2048");
    let esp = strongswan::parse("aes256-sha256-noesn", ESP).unwrap();
    assert_eq!(strongswan::write(&esp).unwrap(), "aes256-sha256");
}

#[test]
fn every_word_of_strongswan_survives() {
    let words = "null des 3des aes128 aes192 aes256 aes128ctr aes192ctr aes256ctr aes128ccm8 aes192ccm12 aes256ccm16 aes128gcm8 \
        aes192gcm12 aes256gcm16 aes128gmac aes192gmac aes256gmac chacha20poly1305 chacha20poly1305compat blowfish128 blowfish192 \
        blowfish256 camellia128 camellia192 camellia256 camellia128ctr camellia192ctr camellia256ctr camellia128ccm8 \
        camellia192ccm12 camellia256ccm16 cast128";
    for cipher in words.split_whitespace() {
        // A cipher with integrity of its own stands alone, another does not in ESP; either way it comes back.
        let read = strongswan::parse(cipher, ESP).unwrap();
        assert_eq!(strongswan::write(&read).unwrap(), cipher);
    }
    for integ in "sha1 sha1_160 sha256 sha384 sha512 sha256_96 md5 md5_128 aesxcbc aescmac".split_whitespace() {
        let text = format!("aes256-{integ}");
        assert_eq!(strongswan::write(&strongswan::parse(&text, ESP).unwrap()).unwrap(), text);
    }
    for prf in "prfsha1 prfsha384 prfsha512 prfmd5 prfaesxcbc prfaescmac".split_whitespace() {
        let text = format!("aes256-sha256-{prf}-modp2048");
        assert_eq!(strongswan::write(&strongswan::parse(&text, IKE).unwrap()).unwrap(), text);
    }
    let groups = "modp768 modp1024 modp1536 modp2048 modp3072 modp4096 modp6144 modp8192 ecp192 ecp224 ecp256 ecp384 ecp521 \
        modp1024s160 modp2048s224 modp2048s256 ecp224bp ecp256bp ecp384bp ecp512bp curve25519 curve448 mlkem512 mlkem768 mlkem1024 \
        ntru112 ntru128 ntru192 ntru256 newhope128";
    for group in groups.split_whitespace() {
        for text in [format!("aes256-sha256-{group}"), format!("aes256-sha256-modp2048-ke3_{group}")] {
            assert_eq!(strongswan::write(&strongswan::parse(&text, IKE).unwrap()).unwrap(), text);
        }
    }
}

#[test]
fn errors_point_at_the_token() {
    for (text, protocol, kind, token) in [
        ("", IKE, Kind::Empty, ""),
        ("aes256--modp2048", IKE, Kind::Empty, ""),
        ("aes256-sha256-modp2048,", IKE, Kind::Empty, ""),
        ("aes256-shazam-modp2048", IKE, Kind::Unknown, "shazam"),
        ("aes256-sha256-modp2048,aes512-sha256-modp2048", IKE, Kind::Unknown, "aes512"),
        ("aes256-sha256-ke8_modp2048", IKE, Kind::Unknown, "ke8_modp2048"),
        ("aes256-sha256-ke1_sha1", IKE, Kind::Unknown, "ke1_sha1"),
        ("default", IKE, Kind::Default, "default"),
        ("sha256-modp2048", IKE, Kind::NoCipher, "sha256-modp2048"),
        ("aes256-modp2048", IKE, Kind::NoIntegrity, "aes256"),
        ("aes256gcm16-modp2048", IKE, Kind::NoPrf, "aes256gcm16-modp2048"),
        ("aes256-sha256", IKE, Kind::NoKeyExchange, "aes256-sha256"),
        ("aes256-sha256-none", IKE, Kind::NoKeyExchange, "aes256-sha256-none"),
        ("aes256gcm16-aes256-sha256-modp2048", IKE, Kind::MixedCiphers, "aes256"),
        ("aes256gcm16-sha256-prfsha256-modp2048", IKE, Kind::IntegWithAead, "sha256"),
        ("aes256gcm16-sha256", ESP, Kind::IntegWithAead, "sha256"),
        ("aes256-sha256-modp2048-esn", IKE, Kind::Misplaced, "esn"),
        ("aes128", AH, Kind::NoIntegrity, "aes128"),
    ] {
        let error = strongswan::parse(text, protocol).expect_err(text);
        assert_eq!((error.kind, &text[error.offset..error.offset + error.len]), (kind, token), "{text}");
    }
    for (text, kind, token) in [
        ("", Kind::Empty, ""),
        ("aes256-sha2_256", Kind::NoKeyExchange, "aes256-sha2_256"),
        ("aes256-sha3;dh14", Kind::Unknown, "sha3"),
        ("aes256+-sha2_256;dh14", Kind::Empty, ""),
        ("aes256-sha2_256;dh14+ecp999", Kind::Unknown, "ecp999"),
        ("aes256-sha2_256;dh14,aes_gcm999-sha2_256;dh14", Kind::Unknown, "aes_gcm999"),
        ("aes_gcm256-sha2_256-sha2_256;dh14", Kind::IntegWithAead, "sha2_256"),
        ("aes_gcm256+aes256-sha2_256;dh14", Kind::MixedCiphers, "aes256"),
        ("aes256-none-sha2_256;dh14", Kind::NoIntegrity, "aes256"),
        ("aes256-sha1-sha1-sha1;dh14", Kind::Misplaced, "sha1"),
    ] {
        let error = libreswan::parse(text, IKE).expect_err(text);
        assert_eq!((error.kind, &text[error.offset..error.offset + error.len]), (kind, token), "{text}");
    }
    let marked = strongswan::parse("aes256-shazam-modp2048", IKE).unwrap_err().in_text("aes256-shazam-modp2048").to_string();
    assert_eq!(marked, "aes256-shazam-modp2048\n       ^^^^^^ no such algorithm in this notation");
    let lines = "aes256-sha256-modp2048,\naes256-shäzam";
    let marked = strongswan::parse(lines, IKE).unwrap_err().in_text(lines).to_string();
    assert!(marked.starts_with("aes256-shäzam\n       ^"), "{marked}");
}

#[test]
fn libreswan_is_read_and_written() {
    for (text, protocol, expected, written) in [
        (
            "aes_gcm256-sha2_512+sha2_256-dh19+dh14",
            IKE,
            vec![(1, 20, 256), (2, 7, 0), (2, 5, 0), (4, 19, 0), (4, 14, 0)],
            "aes_gcm256-sha2_512+sha2_256;dh19+dh14",
        ),
        ("aes256-sha2_256;dh14", IKE, vec![(1, 12, 256), (2, 5, 0), (3, 12, 0), (4, 14, 0)], "aes256-sha2_256;dh14"),
        ("AES_CBC_128-SHA1-SHA2_512-MODP2048", IKE, vec![(1, 12, 128), (2, 7, 0), (3, 2, 0), (4, 14, 0)], "aes128-sha1-sha2_512;dh14"),
        ("aes-sha1;modp1536", IKE, vec![(1, 12, 256), (1, 12, 128), (2, 2, 0), (3, 2, 0), (4, 5, 0)], "aes256+aes128-sha1;dh5"),
        ("aes_gcm256-none-sha2_512;dh21", IKE, vec![(1, 20, 256), (2, 7, 0), (4, 21, 0)], "aes_gcm256-sha2_512;dh21"),
        ("chacha20_poly1305-sha2_256;dh31", IKE, vec![(1, 28, 0), (2, 5, 0), (4, 31, 0)], "chacha20_poly1305-sha2_256;dh31"),
        ("aes_gcm256-null", ESP, vec![(1, 20, 256), (5, 1, 0), (5, 0, 0)], "aes_gcm256"),
        (
            "aes256-sha2_512;none+dh14",
            ESP,
            vec![(1, 12, 256), (3, 14, 0), (4, 0, 0), (4, 14, 0), (5, 1, 0), (5, 0, 0)],
            "aes256-sha2_512;none+dh14",
        ),
        ("3des-md5;dh2", ESP, vec![(1, 3, 0), (3, 1, 0), (4, 2, 0), (5, 1, 0), (5, 0, 0)], "3des-md5;dh2"),
        ("sha2_256", AH, vec![(3, 12, 0), (5, 1, 0), (5, 0, 0)], "sha2_256"),
        ("aes_gcm_b192", ESP, vec![(1, 19, 192), (5, 1, 0), (5, 0, 0)], "aes_gcm_b192"),
        ("null_auth_aes_gmac256", ESP, vec![(1, 21, 256), (5, 1, 0), (5, 0, 0)], "null_auth_aes_gmac256"),
    ] {
        let read = libreswan::parse(text, protocol).unwrap_or_else(|error| panic!("{}", error.in_text(text)));
        assert_eq!(ids(&read[0]), expected, "{text}");
        assert_eq!(libreswan::write(&read).unwrap(), written, "{text}");
        assert_eq!(libreswan::parse(written, protocol).unwrap(), read, "{text}");
    }
    let addke = Proposal::new(IKE, [Transform::addke(TransformType::ADDKE1, KeMethod::ML_KEM_768)]);
    let error = libreswan::write(&[addke]).unwrap_err();
    assert_eq!((error.proposal, error.transform.ty), (0, TransformType::ADDKE1));
}

/// The rows of the oracles are a policy in strongSwan's and in libreswan's words: both give the structure the daemon had.
#[test]
fn notations_agree_with_the_daemons() {
    let set = |p: &Proposal, derived: bool| {
        let mut list: Vec<_> = ids(p).into_iter().filter(|t| derived || t.0 != 5).collect();
        list.sort_unstable();
        list
    };
    let mut read = 0;
    for (rows, protocol, theirs) in [
        (include_str!("oracles/proposals-libreswan.jsonl"), IKE, true),
        (include_str!("oracles/proposals-child-libreswan.jsonl"), ESP, true),
        (include_str!("oracles/proposals-strongswan.jsonl"), IKE, false),
    ] {
        for line in rows.lines() {
            let row: Value = serde_json::from_str(line).unwrap();
            let config = row["config"].as_str().unwrap();
            let parsed = if theirs {
                libreswan::parse(config.trim_start_matches("esp="), protocol).unwrap()
            } else {
                strongswan::parse(config, protocol).unwrap()
            };
            let number = |v: &Value| u16::try_from(v.as_u64().unwrap()).unwrap();
            let structured: Vec<Vec<(u8, u16, u16)>> = row["responder"]
                .as_array()
                .unwrap()
                .iter()
                .map(|p| {
                    let mut list: Vec<_> = p["transforms"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|t| (u8::try_from(number(&t[0])).unwrap(), number(&t[1]), t.get(2).map_or(0, number)))
                        .collect();
                    list.sort_unstable();
                    list
                })
                .collect();
            let ours: Vec<_> = parsed.iter().map(|p| set(p, true)).collect();
            assert_eq!(ours, structured, "{config}");
            read += 1;
        }
    }
    assert_eq!(read, 212 + 113 + 466);
}

#[test]
fn windows_is_read_and_written() {
    let command = "Set-VpnConnectionIPsecConfiguration -ConnectionName \"Branch office\" -AuthenticationTransformConstants SHA256128 \
        -CipherTransformConstants AES256 -DHGroup ECP384 -EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -PfsGroup PFS2048 -Force";
    let suite = windows::parse_powershell(command).unwrap();
    assert_eq!(ids(&suite.ike), [(1, 12, 256), (3, 13, 0), (2, 6, 0), (4, 20, 0)]);
    assert_eq!(ids(&suite.esp), [(1, 12, 256), (3, 12, 0), (4, 14, 0), (5, 0, 0)]);
    assert_eq!(windows::parse_powershell(&suite.to_powershell("x").unwrap()).unwrap(), suite);
    assert_eq!(windows::parse_xml(&suite.to_xml().unwrap()).unwrap(), suite);
    assert!(suite.to_powershell("it's").unwrap().contains("-ConnectionName 'it''s'"));

    let gcm = windows::parse_powershell(
        "-encryptionmethod:GCMAES256 -IntegrityCheckMethod SHA384 -DHGroup Group24 -CipherTransformConstants GCMAES128 \
         -AuthenticationTransformConstants GCMAES128 -PfsGroup PFSMM",
    )
    .unwrap();
    assert_eq!(ids(&gcm.ike), [(1, 20, 256), (2, 6, 0), (4, 24, 0)]);
    assert_eq!(ids(&gcm.esp), [(1, 20, 128), (4, 24, 0), (5, 0, 0)]);
    assert_eq!(windows::parse_powershell(&gcm.to_powershell("x").unwrap()).unwrap(), gcm);
    assert_eq!(windows::parse_xml(&gcm.to_xml().unwrap()).unwrap(), gcm);

    let document = "<VPNProfile><NativeProfile><Servers>vpn.example</Servers><NativeProtocolType>IKEv2</NativeProtocolType>\n\
        <CryptographySuite>\n <AuthenticationTransformConstants>SHA196</AuthenticationTransformConstants>\n\
        <CipherTransformConstants>AES128</CipherTransformConstants><EncryptionMethod>AES_GCM_128</EncryptionMethod>\n\
        <IntegrityCheckMethod>SHA256</IntegrityCheckMethod><DHGroup>Group14</DHGroup><PfsGroup>None</PfsGroup>\n\
        </CryptographySuite></NativeProfile></VPNProfile>";
    let suite = windows::parse_xml(document).unwrap();
    assert_eq!(ids(&suite.ike), [(1, 20, 128), (2, 5, 0), (4, 14, 0)]);
    assert_eq!(ids(&suite.esp), [(1, 12, 128), (3, 2, 0), (5, 0, 0)]);

    let full = "-EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384 -CipherTransformConstants AES256 \
        -AuthenticationTransformConstants SHA256128 -PfsGroup None";
    for (change, kind, token) in [
        (("AES256 -Integrity", "AES512 -Integrity"), Kind::Unknown, "AES512"),
        (("AES256 -Integrity", "GCMAES192 -Integrity"), Kind::Misplaced, "GCMAES192"),
        (("-DHGroup ECP384", "-DHGroup None"), Kind::NoKeyExchange, "None"),
        (("SHA256128", "GCMAES256"), Kind::Contradiction, "GCMAES256"),
        (("SHA256128", "None"), Kind::NoIntegrity, "None"),
        (("-CipherTransformConstants AES256", "-CipherTransformConstants GCMAES256"), Kind::IntegWithAead, "SHA256128"),
        (("-PfsGroup None", "-PfsGroup"), Kind::Empty, "-PfsGroup"),
        (("-PfsGroup None", "-PfsGroup None -PfsGroup ECP256"), Kind::Twice, "ECP256"),
    ] {
        let text = full.replace(change.0, change.1);
        assert_ne!(text, full, "{change:?}");
        let error = windows::parse_powershell(&text).expect_err(&text);
        assert_eq!((error.kind, &text[error.offset..error.offset + error.len]), (kind, token), "{text}");
    }
    let missing = full.replace("-DHGroup ECP384", "");
    assert_eq!(windows::parse_powershell(&missing).unwrap_err().kind, Kind::Missing("DHGroup"));
    let bad = document.replace("SHA256", "SHA3");
    let error = windows::parse_xml(&bad).unwrap_err();
    assert_eq!((error.kind, &bad[error.offset..error.offset + error.len]), (Kind::Unknown, "SHA3"));
    // What no setting stands for is not written.
    let mut other = suite.clone();
    other.ike.transforms[0] = Transform::encr(Encr::ENCR_CHACHA20_POLY1305);
    assert_eq!(other.to_powershell("x").unwrap_err().setting, "EncryptionMethod");
    let mut two = suite;
    two.ike.transforms.push(Transform::ke(KeMethod::ECP_256));
    assert_eq!(two.to_xml().unwrap_err().setting, "DHGroup");
}

#[test]
fn windows_values_are_those_of_the_table() {
    let Some(data) = shared() else { return };
    let table = &data["windows_custom_policy"];
    let transform = |v: &Value| {
        let bits = v[1].as_u64().map(|bits| u16::try_from(bits).unwrap());
        Transform { ty: TransformType::ENCR, id: TransformId(u16::try_from(v[0].as_u64().unwrap()).unwrap()), key_bits: bits }
    };
    let parse = |change: (&str, &str)| {
        let mut text = String::new();
        for (name, value) in [
            ("EncryptionMethod", "AES256"),
            ("IntegrityCheckMethod", "SHA384"),
            ("DHGroup", "ECP384"),
            ("CipherTransformConstants", "AES256"),
            ("AuthenticationTransformConstants", "SHA256128"),
            ("PfsGroup", "None"),
        ] {
            let value = if name == change.0 { change.1 } else { value };
            text.push_str(&format!("-{name} {value} "));
        }
        windows::parse_powershell(&text)
    };
    for (value, expected) in table["EncryptionMethod"].as_object().unwrap().iter().filter(|(_, v)| v.is_array()) {
        assert_eq!(parse(("EncryptionMethod", value)).unwrap().ike.of_type(TransformType::ENCR).collect::<Vec<_>>(), [transform(expected)]);
    }
    for (value, expected) in table["IntegrityCheckMethod"].as_object().unwrap().iter().filter(|(_, v)| v.is_object()) {
        let ike = parse(("IntegrityCheckMethod", value)).unwrap().ike;
        let id = |ty| u64::from(ike.of_type(ty).next().unwrap().id.0);
        assert_eq!(Some(id(TransformType::INTEG)), expected["integ"].as_u64());
        assert_eq!(Some(id(TransformType::PRF)), expected["prf"].as_u64());
    }
    for (value, expected) in table["DHGroup"].as_object().unwrap().iter().filter(|(_, v)| v.is_u64()) {
        let ike = parse(("DHGroup", value)).unwrap().ike;
        assert_eq!(Some(u64::from(ike.of_type(TransformType::KE).next().unwrap().id.0)), expected.as_u64());
    }
    for (value, expected) in table["PfsGroup"].as_object().unwrap().iter().filter(|(_, v)| v.is_u64()) {
        let esp = parse(("PfsGroup", value)).unwrap().esp;
        assert_eq!(Some(u64::from(esp.of_type(TransformType::KE).next().unwrap().id.0)), expected.as_u64());
    }
    for (value, expected) in table["AuthenticationTransformConstants"].as_object().unwrap().iter().filter(|(_, v)| v.is_u64()) {
        let esp = parse(("AuthenticationTransformConstants", value)).unwrap().esp;
        assert_eq!(Some(u64::from(esp.of_type(TransformType::INTEG).next().unwrap().id.0)), expected.as_u64());
    }
}

fn shared() -> Option<Value> {
    let Some(shared) = std::env::var_os("IKEV2_SHARED") else {
        eprintln!("not run: set IKEV2_SHARED to the folder that holds data/");
        return None;
    };
    let text = std::fs::read_to_string(std::path::Path::new(&shared).join("data/vendor-profiles.json")).unwrap();
    Some(serde_json::from_str(&text).unwrap())
}

#[test]
fn profiles_are_those_of_the_data() {
    let Some(data) = shared() else { return };
    let theirs = data["profiles"].as_array().unwrap();
    assert_eq!(theirs.len(), profiles::all().count());
    for row in theirs {
        let profile = profiles::find(row["id"].as_str().unwrap()).unwrap();
        assert_eq!(profile.vendor, row["vendor"].as_str().unwrap());
        assert_eq!(profile.versions, row["versions"].as_str().unwrap());
        assert_eq!(profile.protocol.name(), row["protocol"].as_str());
        assert_eq!(profile.confidence_note, row["confidence"].as_str().unwrap());
        assert_eq!(profile.notes, row["notes"].as_str().unwrap_or(""));
        let role = match profile.role {
            Role::Initiator => "initiator",
            Role::Responder => "responder",
            Role::Both => "both",
        };
        assert_eq!(role, row["role"].as_str().unwrap());
        let sources: Vec<&str> = row["sources"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        assert_eq!(profile.sources, sources);
        if profile.confidence == Confidence::High {
            assert!(profile.confidence_note.starts_with("high") && !profile.confidence_note.contains("low"), "{}", profile.id);
        }
        let expected: Vec<Vec<(u8, u16, u16)>> = row["proposals"]
            .as_array()
            .unwrap()
            .iter()
            .map(|p| {
                let mut list = Vec::new();
                for (ty, name) in [(1, "encr"), (2, "prf"), (3, "integ"), (4, "ke"), (5, "sn")] {
                    for t in p.get(name).and_then(Value::as_array).into_iter().flatten() {
                        let number = |field: &str| u16::try_from(t.get(field).and_then(Value::as_u64).unwrap_or(0)).unwrap();
                        list.push((ty, number("id"), number("keylen")));
                    }
                }
                list
            })
            .collect();
        assert_eq!(profile.proposals().iter().map(ids).collect::<Vec<_>>(), expected, "{}", profile.id);
    }
}

#[test]
fn profiles_make_policies() {
    let mut names: Vec<&str> = profiles::all().flat_map(|p| p.aliases.iter().copied().chain([p.id])).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count, "a name stands for one profile");
    for profile in profiles::all() {
        let policy = profile.policy().unwrap();
        assert_eq!(policy.proposals(), profile.proposals());
        assert!(!profile.sources.is_empty(), "{}", profile.id);
        // A stack agrees with itself.
        let comparison = compare(profile, profile);
        assert!(comparison.same_transforms());
        let outcome = comparison.a_to_b.unwrap().outcome;
        let own = outcome.map_err(|refusal| refusal.to_string());
        assert!(own.is_ok(), "{}: {}", profile.id, own.unwrap_err());
    }
}

#[test]
fn profiles_are_compared() {
    let old = profiles::find("strongswan-5.9-default-ike").unwrap();
    let new = profiles::find("strongswan-6.0-default-ike").unwrap();
    let comparison = compare(old, new);
    assert!(comparison.a_to_b.unwrap().outcome.is_ok());
    assert!(comparison.b_to_a.unwrap().outcome.is_ok());
    assert!(!comparison.both.is_empty());
    // IKE and ESP have nothing to say to each other.
    let esp = profiles::find("strongswan-5.9-default-esp").unwrap();
    assert!(compare(old, esp).a_to_b.is_none());
    // A Windows client and a server with modern groups only; the server's KE payload makes Windows no better.
    let windows = profiles::find("windows10").unwrap();
    let aws = profiles::find("aws").unwrap();
    let agreement = compare(windows, aws).a_to_b.unwrap();
    assert!(agreement.outcome.is_ok(), "{}", agreement.outcome.unwrap_err());
}

#[test]
fn weaknesses() {
    let worst = |t| weakness(IKE, t).map(|w| w.advice);
    assert_eq!(worst(Transform::ke(KeMethod::MODP_1024)), Some(Advice::ShouldNot));
    assert_eq!(worst(Transform::ke(KeMethod::MODP_768)), Some(Advice::MustNot));
    assert_eq!(worst(Transform::ke(KeMethod::MODP_2048)), None);
    assert_eq!(worst(Transform::encr(Encr::ENCR_3DES)), Some(Advice::Downgraded));
    assert_eq!(weakness(ESP, Transform::encr(Encr::ENCR_3DES)).map(|w| w.advice), Some(Advice::ShouldNot));
    assert_eq!(worst(Transform::encr(Encr::ENCR_DES)), Some(Advice::MustNot));
    assert_eq!(worst(Transform::prf(Prf::PRF_HMAC_MD5)), Some(Advice::MustNot));
    assert_eq!(worst(Transform::integ(Integ::AUTH_HMAC_SHA1_96)), Some(Advice::Ageing));
    assert_eq!(worst(Transform::sn(SequenceNumbers::SEQUENTIAL_32)), None);
    assert!(Advice::MustNot > Advice::ShouldNot && Advice::ShouldNot > Advice::Ageing && Advice::Ageing > Advice::Downgraded);
    let text = weakness(IKE, Transform::ke(KeMethod::MODP_1024)).unwrap().to_string();
    assert_eq!(text, "MODP_1024 (group 2) is weak (RFC 8247: SHOULD NOT)");
}
