//! Certificates of the captures and some with odd contents, against what OpenSSL says about them.

use crate::kit::handshake::{chain, octets, scenarios};
use crate::kit::recorded::figure;
use ikev2::auth::KeyType;
use ikev2::cert::{Certificate, DistinguishedName, GeneralName};
use ikev2::identity::Identity;
use ikev2::provider::Provider;
use ikev2::registry::{IdType, PayloadType};
use ikev2::wire::Id;
use serde_json::Value;
use std::collections::BTreeMap;

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

/// Every certificate in a CERT payload, by its serial number.
fn captured() -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for message in scenarios().iter().flat_map(|scenario| &scenario.messages).filter(|message| message.is("IKE_AUTH")) {
        let Some((first, content)) = message.content() else { continue };
        for payload in chain(first, &content).iter().filter(|payload| payload.ty == PayloadType::CERT.0) {
            assert_eq!(payload.body[0], 4);
            let der = payload.body[1..].to_vec();
            let serial = hex(Certificate::parse(&der).unwrap().serial());
            found.insert(serial.trim_start_matches("00").to_owned(), der);
        }
    }
    found
}

/// The certificates of the file with what it says about them.
fn all() -> Vec<(Vec<u8>, Value)> {
    let captured = captured();
    let file: Value = serde_json::from_str(include_str!("../data/certificates.json")).unwrap();
    let der = |row: &Value| match row.get("der") {
        Some(der) => Some(octets(der)),
        None => captured.get(row["serial"].as_str().unwrap()).cloned(),
    };
    let rows = file["certificates"].as_array().unwrap();
    let found: Vec<_> = rows.iter().filter_map(|row| Some((der(row)?, row.clone()))).collect();
    let of_captures = found.iter().filter(|(_, row)| row.get("der").is_none()).count();
    assert_eq!((of_captures, captured.len(), found.len()), figure((14, 14, rows.len()), (4, 4, 11)));
    found
}

fn find(all: &[(Vec<u8>, Value)], subject_part: &str) -> Vec<u8> {
    let fits = |(_, row): &&(Vec<u8>, Value)| row["subject"].as_str().unwrap().contains(subject_part) && row.get("der").is_some();
    all.iter().find(fits).unwrap().0.clone()
}

#[test]
fn facts_are_those_openssl_prints() {
    for (der, row) in all() {
        let certificate = Certificate::parse(&der).unwrap();
        assert_eq!(certificate.as_der().len(), usize::try_from(row["size"].as_u64().unwrap()).unwrap());
        // OpenSSL turns the attributes of one RDN around as well, which RFC 4514 leaves open.
        let subject = certificate.subject().to_string().replace("UID=u1+CN=multi valued", "CN=multi valued+UID=u1");
        let issuer = certificate.issuer().to_string().replace("UID=u1+CN=multi valued", "CN=multi valued+UID=u1");
        assert_eq!(subject, row["subject"].as_str().unwrap());
        assert_eq!(issuer, row["issuer"].as_str().unwrap());
        assert_eq!(hex(certificate.serial()).trim_start_matches("00"), row["serial"]);
        let time = |text: &str| row[text].as_str().unwrap().replace(' ', "T");
        assert_eq!(certificate.validity().not_before.to_string(), time("not_before"));
        assert_eq!(certificate.validity().not_after.to_string(), time("not_after"));

        let openssl = |name: GeneralName<'_>| match name {
            GeneralName::Ip(std::net::IpAddr::V6(address)) => {
                let parts: Vec<String> = address.segments().iter().map(|part| format!("{part:X}")).collect();
                format!("IP Address:{}", parts.join(":"))
            }
            GeneralName::Ip(address) => format!("IP Address:{address}"),
            GeneralName::RegisteredId(oid) => format!("Registered ID:{oid}"),
            // OpenSSL prints this one in its own way.
            GeneralName::Directory(name) if name.to_string() == "CN=In a dir,C=XX" => "DirName:/C=XX/CN=In a dir".to_owned(),
            name => name.to_string(),
        };
        let names: Vec<String> = certificate.alternative_names().map(openssl).collect();
        assert_eq!(names.join(", "), row["alternative_names"]);

        let key = certificate.public_key();
        let openssl = match key.key_type() {
            KeyType::Rsa => "rsaEncryption",
            KeyType::RsaPss => "rsassaPss",
            KeyType::Ed25519 => "ED25519",
            KeyType::Ed448 => "ED448",
            _ => "id-ecPublicKey",
        };
        assert_eq!(row["public_key"], openssl);
        if let Some(bits) = row["bits"].as_u64() {
            assert_eq!(key.bits(), Some(usize::try_from(bits).unwrap()));
        }
        let signature = match row["signature"].as_str().unwrap() {
            "sha256WithRSAEncryption" => "RSA PKCS#1 v1.5 with SHA2-256",
            "sha384WithRSAEncryption" => "RSA PKCS#1 v1.5 with SHA2-384",
            "ecdsa-with-SHA256" => "ECDSA with SHA2-256",
            "ED25519" => "Ed25519",
            "ED448" => "Ed448",
            "rsassaPss" => "RSASSA-PSS with SHA2-256 and 222 octets of salt",
            other => panic!("{other}"),
        };
        assert_eq!(certificate.signature_algorithm().to_string(), signature);
    }
}

/// The text that OpenSSL prints of a name, read, is that name again.
#[test]
fn rfc_4514_names_that_openssl_prints_are_read() {
    for (der, row) in all() {
        let certificate = Certificate::parse(&der).unwrap();
        let printed = row["subject"].as_str().unwrap();
        let subject = Identity::of(&Id { ty: IdType::ID_DER_ASN1_DN, data: certificate.subject().as_der() });
        // A name of no parts has no text.
        if certificate.subject().is_empty() {
            assert_eq!((printed, subject.to_string().as_str()), ("", "asn1dn:#3000"));
            continue;
        }
        let read: Identity = printed.parse().unwrap_or_else(|error| panic!("{printed}: {error}"));
        assert!(read.matches(&subject) && subject.matches(&read), "{printed}, {subject}");
        assert!(subject.matches_certificate(&certificate));
        let own = subject.to_string().parse::<Identity>().unwrap();
        assert!(own.matches(&read), "{printed}, {own}");
    }
}

#[test]
fn a_certificate_with_its_own_key_has_its_own_size() {
    for (der, _) in all() {
        let certificate = Certificate::parse(&der).unwrap();
        let (spki, signature) = (certificate.public_key().spki().len(), certificate.signature_len());
        // The AlgorithmIdentifier stands twice: what is left of the size says how long it is.
        let sizes: Vec<usize> = (5..90).filter(|algorithm| certificate.len_with(spki, *algorithm, signature) == der.len()).collect();
        assert_eq!(sizes.len(), 1, "{}: {sizes:?}", certificate.subject());
        let grown = certificate.len_with(spki + 1000, sizes[0], signature + 3000);
        assert!((der.len() + 4000..der.len() + 4012).contains(&grown), "{}: {grown}", certificate.subject());
    }
}

#[test]
fn a_signature_is_that_of_the_issuer_and_of_nobody_else() {
    let ders: Vec<Vec<u8>> = all().into_iter().map(|(der, _)| der).collect();
    let certificates: Vec<_> = ders.iter().map(|der| Certificate::parse(der).unwrap()).collect();
    let provider = Provider::builtin();
    let mut verified = 0;
    for certificate in &certificates {
        for issuer in &certificates {
            if certificate.verify_signature(&provider, &issuer.public_key()).is_ok() {
                assert_eq!(certificate.issuer(), issuer.subject());
                verified += 1;
            }
        }
    }
    assert!(verified >= figure(4, 1), "{verified}");
    // One bit of what is signed, or of the signature.
    let own = |certificate: &Certificate<'_>| certificate.verify_signature(&provider, &certificate.public_key()).is_ok();
    let place = certificates.iter().position(own).unwrap();
    for at in [ders[place].len() / 2, ders[place].len() - 1] {
        let mut changed = ders[place].clone();
        changed[at] ^= 1;
        let parsed = Certificate::parse(&changed);
        assert!(!parsed.is_ok_and(|certificate| own(&certificate)), "octet {at}");
    }
}

#[test]
fn extensions_say_what_a_certificate_is_for() {
    let all = all();
    let mut authorities = 0;
    for (der, _) in &all {
        let certificate = Certificate::parse(der).unwrap();
        let extensions = certificate.extensions();
        let is_ca = extensions.basic_constraints().unwrap().is_some_and(|constraints| constraints.is_ca);
        let signs = extensions.key_usage().unwrap().map(|usage| (usage.key_cert_sign(), usage.digital_signature()));
        if let Some((certificates, authentications)) = signs {
            assert!(certificates == is_ca && (is_ca || authentications), "{}", certificate.subject());
        }
        authorities += usize::from(is_ca);
        assert_eq!(extensions.iter().any(|one| one.oid.to_string() == "2.5.29.17"), certificate.alternative_names().next().is_some());
    }
    assert!(authorities > 0 && authorities < all.len());
}

#[test]
fn validity_is_from_the_first_second_to_the_last() {
    let (der, row) = all().remove(0);
    assert_eq!(row["not_before"], "2026-11-22 00:05:49Z");
    let validity = Certificate::parse(&der).unwrap().validity();
    let (first, last) = (validity.not_before.unix(), validity.not_after.unix());
    assert_eq!((first, last), (1_795_305_949, 2_106_345_949));
    for (unix, inside) in [(first - 1, false), (first, true), (last, true), (last + 1, false)] {
        assert_eq!(validity.contains(unix), inside);
    }
}

#[test]
fn identities_match_their_own_kind_of_name_only() {
    let all = all();
    let der = find(&all, "lead and trail");
    let certificate = Certificate::parse(&der).unwrap();
    let matches = |ty, data: &[u8]| certificate.matches(&Id { ty, data });
    assert!(matches(IdType::ID_FQDN, b"gate.example"));
    assert!(matches(IdType::ID_FQDN, b"GATE.example"));
    assert!(matches(IdType::ID_FQDN, b"*.wild.example"), "the name itself");
    for other in [&b"a.wild.example"[..], b"gate.example.", b"gate.example\0", b"", b"ate.example", b"a@b.example"] {
        assert!(!matches(IdType::ID_FQDN, other));
    }
    assert!(!matches(IdType::ID_KEY_ID, b"gate.example"));
    assert!(!matches(IdType::ID_RFC822_ADDR, b"gate.example"));
    assert!(!matches(IdType::ID_NULL, b""));
    assert!(matches(IdType::ID_RFC822_ADDR, b"Road.Warrior@Example.org"));
    assert!(matches(IdType::ID_RFC822_ADDR, b"Road.Warrior@EXAMPLE.ORG"));
    for other in [&b"road.warrior@Example.org"[..], b"Example.org", b"@Example.org", b"Road.Warrior@Example.or", b"a@b.example"] {
        assert!(!matches(IdType::ID_RFC822_ADDR, other));
    }
    assert!(matches(IdType::ID_IPV4_ADDR, &[192, 0, 2, 7]));
    assert!(!matches(IdType::ID_IPV4_ADDR, &[192, 0, 2, 8]));
    assert!(!matches(IdType::ID_IPV4_ADDR, &[192, 0, 2]));
    let v6 = [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 7];
    assert!(matches(IdType::ID_IPV6_ADDR, &v6));
    assert!(!matches(IdType::ID_IPV4_ADDR, &v6));
    assert!(matches(IdType::ID_DER_ASN1_DN, certificate.subject().as_der()));
    assert!(matches(IdType::ID_DER_ASN1_GN, b"\x82\x0cGate.Example"));
    assert!(!matches(IdType::ID_DER_ASN1_GN, b"\x82\x0cgate.example"));

    let other = find(&all, "multi valued");
    let other = Certificate::parse(&other).unwrap();
    assert!(!matches(IdType::ID_DER_ASN1_DN, other.subject().as_der()));
    assert!(!matches(IdType::ID_DER_ASN1_DN, b""));
    assert_eq!(other.alternative_names().count(), 0);
    // An empty subject is nobody.
    let nobody = all.iter().find(|(_, row)| row["subject"] == "").unwrap().0.clone();
    let nobody = Certificate::parse(&nobody).unwrap();
    assert!(nobody.subject().is_empty());
    assert!(!nobody.matches(&Id { ty: IdType::ID_DER_ASN1_DN, data: nobody.subject().as_der() }));
}

/// Every prefix is refused; every changed octet has some answer, and its text has no control characters.
#[test]
fn hostile_03_41_der_neither_panics_nor_prints() {
    let mut read = 0;
    for (der, _) in all() {
        for cut in 0..der.len() {
            assert!(Certificate::parse(&der[..cut]).is_err());
        }
        assert!(Certificate::parse(&[&der[..], &[0]].concat()).is_err());
        for (at, bits) in (0..der.len()).flat_map(|at| [0x01, 0x80, 0xff].map(|bits| (at, bits))) {
            let mut changed = der.clone();
            changed[at] ^= bits;
            let Ok(certificate) = Certificate::parse(&changed) else { continue };
            read += 1;
            let names: String = certificate.alternative_names().map(|name| name.to_string()).collect();
            let text = format!("{}{}{names}{certificate:?}", certificate.subject(), certificate.issuer());
            assert!(!text.chars().any(char::is_control));
        }
    }
    assert!(read > 10_000);
    assert!(Certificate::parse(&vec![0x30; 70_000]).is_err());
    assert!(DistinguishedName::parse(&vec![0x31; 70_000]).is_err());
}

/// The parser underneath allocates for each attribute and extension, so there may be 64 of them, by whatever route.
#[test]
fn what_would_make_the_parser_allocate_is_counted_first() {
    let tlv = |tag: u8, parts: &[Vec<u8>]| {
        let body = parts.concat();
        let length = u16::try_from(body.len()).unwrap().to_be_bytes();
        [&[tag, 0x82][..], &length, &body].concat()
    };
    let (der, _) = all().into_iter().find(|(_, row)| row["subject"] == "").unwrap();
    let key = Certificate::parse(&der).unwrap().public_key().spki().to_vec();
    let validity = {
        let at = der.windows(2).position(|pair| pair == [0x17, 13]).unwrap();
        der[at - 2..at + 30].to_vec()
    };
    let algorithm = b"\x30\x05\x06\x03\x2b\x65\x70".to_vec();
    let build = |rdns: usize, attributes: usize, extensions: usize| {
        let attribute = b"\x30\x07\x06\x03\x55\x04\x03\x0c\x00".repeat(attributes);
        let set = [&[0x31, 0x82][..], &u16::try_from(attribute.len()).unwrap().to_be_bytes(), &attribute].concat();
        let set = if attribute.len() < 256 { [&[0x31, 9][..], &attribute[..9]].concat() } else { set };
        let name = set.repeat(rdns);
        let name = if name.len() < 256 { [&[0x30, u8::try_from(name.len()).unwrap()][..], &name].concat() } else { tlv(0x30, &[name]) };
        let extension = b"\x30\x07\x06\x03\x2a\x03\x04\x04\x00".repeat(extensions);
        let extension = tlv(0xa3, &[tlv(0x30, &[extension])]);
        // `tlv` writes two octets of length, which DER allows from 256 on: the serial number fills up.
        let serial = tlv(2, &[vec![1; 300]]);
        let version = b"\xa0\x03\x02\x01\x02".to_vec();
        let tbs = tlv(0x30, &[version, serial, algorithm.clone(), name.clone(), validity.clone(), name, key.clone(), extension]);
        tlv(0x30, &[tbs, algorithm.clone(), b"\x03\x03\x00\x01\x01".to_vec()])
    };
    assert!(Certificate::parse(&build(1, 1, 64)).is_ok());
    assert!(Certificate::parse(&build(1, 64, 64)).is_ok());
    let kind = |der: &[u8]| Certificate::parse(der).unwrap_err().kind;
    let too_many = ikev2::error::ParseErrorKind::TooMany { maximum: 64 };
    for (rdns, attributes, extensions) in [(1, 1, 65), (1, 1, 5000), (1, 65, 1), (2, 64, 64), (2000, 1, 64)] {
        assert_eq!(kind(&build(rdns, attributes, extensions)), too_many);
    }
    assert_eq!(too_many.to_string(), "more than 64 elements");
    // The same extension as subjectAltName, which two readers could read differently.
    let names = |count| {
        let der = hex(&build(1, 1, 64)).replacen("06032A0304", "0603551D11", count);
        octets(&Value::from(der.to_lowercase()))
    };
    assert!(!matches!(kind(&names(1)), ikev2::error::ParseErrorKind::DuplicateExtension));
    assert_eq!(kind(&names(2)).to_string(), "the certificate has the same extension twice");
}
