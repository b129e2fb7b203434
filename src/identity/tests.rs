//! Identities written and read, compared, and refused.

use super::*;
use crate::cert::DistinguishedName;
use crate::registry::IdType;
use crate::wire::Id;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use proptest::prelude::*;

/// The subject that OpenSSL 3 makes of `-utf8 -multivalue-rdn -subj "/C=XX/DC=org/DC=example/O=Exämple, Inc./OU=Sales+CN=J.  Smith/
/// emailAddress=j@example.org/serialNumber=7"`.
const OPENSSL: &str = "3081a0310b300906035504061302585831133011060a0992268993f22c64011916036f726731173015060a0992268993f22c6401191607657861\
    6d706c6531173015060355040a0c0e4578c3a46d706c652c20496e632e3120300c060355040b0c0553616c6573301006035504030c094a2e2020536d697468311c301a\
    06092a864886f70d010901160d6a406578616d706c652e6f7267310a30080603550405130137";

fn read(text: &str) -> Result<Identity, IdentityError> {
    text.parse()
}

fn claimed(ty: IdType, data: &[u8]) -> Identity {
    Identity::of(&Id { ty, data })
}

#[test]
fn rfc_4514_names_are_what_openssl_makes_of_them() {
    let text = "C=XX, DC=org, DC=example, O=Exämple\\, Inc., OU=Sales+CN=J.  Smith, emailAddress=j@example.org, serialNumber=7";
    let openssl = hex::octets(OPENSSL).unwrap();
    let name = read(text).unwrap();
    assert_eq!((name.ty(), name.data()), (IdType::ID_DER_ASN1_DN, &openssl[..]));
    assert_eq!(name.to_string(), text);
    // Other spellings of the same octets.
    for same in [
        "c = XX,dc=org,DC=example ,O= Ex\\C3\\A4mple\\2C Inc. , OU=Sales+CN=J.  Smith,E=j@example.org,SERIALNUMBER=7",
        "2.5.4.6=#13025858, DC=org, OID.0.9.2342.19200300.100.1.25=example, O=Exämple\\, Inc., CN=J.  Smith+OU=Sales, E=j@example.org, serialNumber=7",
    ] {
        let read = read(same).unwrap();
        assert!(read.matches(&name), "{same}");
        assert_eq!(read.data().len(), openssl.len());
    }
    // As RFC 4514 turns it around, with other case and spaces.
    let turned = DistinguishedName::parse(&openssl).unwrap().to_string().replace("J.  Smith", "j. smith");
    assert!(read(&turned).unwrap().matches(&name) && read(&turned).unwrap() != name);
}

#[test]
fn rfc_5280_section_7_1_names_are_compared_part_by_part() {
    let matches = |one: &str, other: &str| read(one).unwrap().matches(&read(other).unwrap());
    for (one, other) in [
        ("C=XX, O=Example, CN=Moon", "CN=moon,  O=EXAMPLE,C=xx"),
        ("CN=a  b", "CN=\\ A B\\ "),
        ("CN=#130161", "CN=a"),
        ("CN=#1E020061", "CN=#1C0400000041"),
        ("OU=a+CN=b", "CN=b+OU=a"),
    ] {
        assert!(matches(one, other) && matches(other, one), "{one}, {other}");
    }
    for (one, other) in [
        ("C=XX, O=Example, CN=moon", "O=Example, C=XX, CN=moon"),
        ("CN=a\\,O=b", "CN=a, O=b"),
        ("CN=a\\, O\\=b", "CN=a, O=b"),
        ("CN=a, OU=b", "CN=a+OU=b"),
        ("CN=ab", "CN=a b"),
        ("CN=a", "CN=a, CN=a"),
        ("CN=a", "OU=a"),
        // Only the case of ASCII letters is set aside: the Kelvin sign is no k.
        ("CN=\u{212a}", "CN=k"),
        ("CN=É", "CN=é"),
        ("CN=*", "CN=a"),
    ] {
        assert!(!matches(one, other) && !matches(other, one), "{one}, {other}");
    }
}

#[test]
fn rfc_7296_section_3_5_domains_have_no_case() {
    let matches = |one: &str, other: &str| read(one).unwrap().matches(&read(other).unwrap());
    assert!(matches("moon.Example.org", "MOON.example.org") && matches("carol@Example.org", "carol@example.ORG"));
    for (one, other) in [
        ("Carol@example.org", "carol@example.org"),
        ("*.example.org", "moon.example.org"),
        ("fqdn:carol@example.org", "carol@example.org"),
        ("192.0.2.1", "fqdn:192.0.2.1"),
        ("keyid:A", "keyid:a"),
        ("moon", "moon."),
    ] {
        assert!(!matches(one, other), "{one}, {other}");
    }
    assert!(!claimed(IdType::ID_DER_ASN1_DN, b"a").matches(&claimed(IdType::ID_DER_ASN1_DN, b"A")));
}

#[test]
fn the_spelling_of_strongswan() {
    for (text, ty, data, shown) in [
        ("192.0.2.1", IdType::ID_IPV4_ADDR, &[192, 0, 2, 1][..], "192.0.2.1"),
        ("ipv4:#c0000201", IdType::ID_IPV4_ADDR, &[192, 0, 2, 1], "192.0.2.1"),
        ("::1", IdType::ID_IPV6_ADDR, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], "::1"),
        ("moon", IdType::ID_FQDN, b"moon", "moon"),
        ("@moon", IdType::ID_FQDN, b"moon", "moon"),
        ("dns:192.0.2.1", IdType::ID_FQDN, b"192.0.2.1", "fqdn:192.0.2.1"),
        ("fqdn:ID_NULL", IdType::ID_FQDN, b"ID_NULL", "fqdn:ID_NULL"),
        ("fqdn:#23", IdType::ID_FQDN, b"#", "#"),
        ("fqdn:dns:a", IdType::ID_FQDN, b"dns:a", "fqdn:dns:a"),
        ("carol@moon", IdType::ID_RFC822_ADDR, b"carol@moon", "carol@moon"),
        ("@@carol@moon", IdType::ID_RFC822_ADDR, b"carol@moon", "carol@moon"),
        ("email:a=b@moon", IdType::ID_RFC822_ADDR, b"a=b@moon", "rfc822:a=b@moon"),
        ("jörg@moon", IdType::ID_RFC822_ADDR, "jörg@moon".as_bytes(), "jörg@moon"),
        ("@#00ff", IdType::ID_KEY_ID, &[0, 255], "keyid:#00ff"),
        ("keyid:my key", IdType::ID_KEY_ID, b"my key", "keyid:my key"),
        ("keyid:#23", IdType::ID_KEY_ID, b"#", "keyid:#23"),
        ("asn1gn:#8203626f62", IdType::ID_DER_ASN1_GN, b"\x82\x03bob", "asn1gn:#8203626f62"),
        ("asn1dn:#3000", IdType::ID_DER_ASN1_DN, b"\x30\0", "asn1dn:#3000"),
        ("ID_NULL", IdType::ID_NULL, b"", "ID_NULL"),
        ("{12}:#0102", IdType::ID_FC_NAME, &[1, 2], "{12}:#0102"),
        ("{201}:", IdType(201), b"", "{201}:#"),
    ] {
        let identity = read(text).unwrap();
        assert_eq!((identity.ty(), identity.data(), identity.to_string().as_str()), (ty, data, shown), "{text}");
        assert_eq!(identity.to_body(), [&[ty.0, 0, 0, 0], data].concat());
    }
}

#[test]
fn what_is_no_identity_is_refused_where_it_fails() {
    use IdentityErrorKind as Kind;
    for (text, kind, offset) in [
        ("", Kind::Empty, 0),
        ("@", Kind::Empty, 1),
        ("keyid:", Kind::Empty, 6),
        ("%any", Kind::Pattern, 0),
        ("*", Kind::Pattern, 0),
        ("two words", Kind::Character, 3),
        ("mönch", Kind::Character, 1),
        ("carol\n@moon", Kind::Character, 5),
        ("carol@", Kind::Mailbox, 5),
        ("@@moon", Kind::Mailbox, 6),
        ("ipv4:#c00002", Kind::Size { size: 3, expected: 4 }, 0),
        ("@#abc", Kind::Hex, 2),
        ("@#+1", Kind::Hex, 2),
        ("{256}:a", Kind::Type, 1),
        ("{+1}:a", Kind::Type, 1),
        ("C=XX, moon", Kind::Attribute, 5),
        ("C=XX,X=moon", Kind::Attribute, 5),
        ("3.1=x", Kind::Attribute, 0),
        ("CN=,O=x", Kind::Value, 3),
        ("CN=a\\", Kind::Value, 4),
        ("CN=a\\4x", Kind::Hex, 4),
        ("CN=#0c", Kind::Der(crate::error::ParseErrorKind::Truncated { needed: 2, available: 1 }), 0),
        ("CN=\\ff", Kind::Utf8, 3),
        ("{13}:x", Kind::NotNull, 5),
    ] {
        let error = read(text).unwrap_err();
        if let Kind::Der(_) = kind {
            assert!(matches!(error.kind, Kind::Der(_)), "{text}: {error}");
        } else {
            assert_eq!((error.kind, error.offset), (kind, offset), "{text}");
        }
    }
    assert_eq!(Identity::new(IdType::ID_KEY_ID, [7; 65_527].to_vec()).map(drop), Ok(()));
    let long = Identity::new(IdType::ID_KEY_ID, [7; 65_528].to_vec()).unwrap_err();
    assert_eq!(long.kind, Kind::TooLong { maximum: 65_527 });
    assert_eq!(Identity::new(IdType::ID_FQDN, b"a\0".to_vec()).unwrap_err().to_string(), "a character that cannot stand here (octet 1)");
}

#[test]
fn hostile_41_nothing_of_a_peer_reaches_a_terminal_unescaped() {
    for (ty, data, shown) in [
        (IdType::ID_FQDN, &b"a\x1b[2J"[..], "fqdn:#611b5b324a"),
        (IdType::ID_FQDN, b"", "fqdn:#"),
        (IdType::ID_RFC822_ADDR, "a\u{202e}@b".as_bytes(), "rfc822:#61e280ae4062"),
        (IdType::ID_KEY_ID, "\u{feff}".as_bytes(), "keyid:#efbbbf"),
        (IdType::ID_IPV4_ADDR, b"\x01", "ipv4:#01"),
        (IdType::ID_DER_ASN1_DN, b"\x31", "asn1dn:#31"),
        (IdType::ID_NULL, b"x", "{13}:#78"),
    ] {
        assert_eq!(claimed(ty, data).to_string(), shown);
    }
    // CN=a, its value a PrintableString with an escape character.
    let name = claimed(IdType::ID_DER_ASN1_DN, b"\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x03\x13\x02a\x1b");
    assert_eq!(alloc::format!("{name:?}"), "Identity(CN=a\\1B)");
}

fn data() -> impl Strategy<Value = Vec<u8>> {
    let text =
        prop_oneof!["\\PC{0,12}", "[a-z@.:#*=,+\\\\ {}%]{0,10}", "(fqdn|dns|keyid|\\{[0-9]{1,3}\\}):#?[0-9a-f@.]{0,8}", any::<String>()];
    prop_oneof![text.prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..24), name().prop_map(|name| name.data().to_vec())]
}

/// Names with all that is escaped.
fn name() -> impl Strategy<Value = Identity> {
    let ty =
        prop::sample::select(&["C", "cn", "OU", "DC", "E", "serialNumber", "1.2.3", "2.999.340282366920938463463374607431768211375"][..]);
    let value = prop_oneof!["[a-zA-Z,+\\\\\"<>; #=é\u{202e}]{1,6}", "\\PC{1,6}"];
    prop::collection::vec((ty, value, any::<bool>()), 1..5).prop_map(|attributes| {
        let escape = |value: &str| value.bytes().map(|octet| alloc::format!("\\{octet:02x}")).collect::<String>();
        let mut text = String::new();
        for (ty, value, has_more) in &attributes {
            text.push_str(&alloc::format!("{ty}={}{}", escape(value), if *has_more { "+" } else { "," }));
        }
        text.truncate(text.len().saturating_sub(1));
        text.parse().unwrap()
    })
}

fn types() -> impl Strategy<Value = IdType> {
    prop_oneof![9 => prop::sample::select(IdType::ASSIGNED), 1 => any::<u8>().prop_map(IdType)]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    /// What is right comes back as it was, what is wrong is refused for what is wrong with it.
    #[test]
    fn what_is_written_reads_back((ty, data) in (types(), data())) {
        let identity = claimed(ty, &data);
        let text = identity.to_string();
        prop_assert!(!text.contains(crate::cert::is_layout));
        match (read(&text), Identity::new(ty, data)) {
            (Ok(read), Ok(new)) if ty == IdType::ID_DER_ASN1_DN => prop_assert!(read.matches(&new) && new.matches(&read), "{}", text),
            (Ok(read), Ok(new)) => prop_assert_eq!(read, new),
            (Err(read), Err(new)) => prop_assert_eq!(read.kind, new.kind),
            (read, new) => prop_assert!(false, "{:?} as {}: {:?}", new, text, read),
        }
    }

    #[test]
    fn what_is_read_is_written_the_same(identity in name()) {
        let text = identity.to_string();
        prop_assert!(text.contains('='), "{}", text);
        let again = read(&text).unwrap();
        prop_assert_eq!(again.to_string(), text);
        prop_assert!(again.matches(&identity) && identity.matches(&again));
    }

    #[test]
    fn no_text_is_too_strange(text in "\\PC{0,24}|[A-Z=,+\\\\# @{}:0-9a-f]{0,24}") {
        if let Ok(identity) = read(&text) {
            prop_assert!(Identity::new(identity.ty(), identity.data().to_vec()).is_ok());
            prop_assert!(read(&identity.to_string()).unwrap().matches(&identity));
        }
    }

    #[test]
    fn matching_goes_both_ways((one, other) in (name(), name())) {
        prop_assert!(one.matches(&one));
        prop_assert_eq!(one.matches(&other), other.matches(&one));
    }
}
