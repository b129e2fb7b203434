//! Every code point against a snapshot of IANA's tables, both ways.

use ikev2::registry::*;
use ikev2::wire::{Payload, RawPayload};
use std::collections::{BTreeMap, BTreeSet};

const SNAPSHOT: &str = include_str!("../data/iana.csv");
const FACTS: &str = include_str!("../data/registry-facts.csv");

struct Row {
    table: String,
    value: String,
    name: String,
    reference: String,
    confidence: String,
}

impl Row {
    fn is_private(&self) -> bool {
        self.name.starts_with("(private) ") || self.name.starts_with("(not IANA) ")
    }

    /// A single value that means something, as far as is known.
    fn is_assigned(&self) -> bool {
        let nothing = ["Reserved", "Unassigned", "Private Use"].iter().any(|word| self.name.starts_with(word));
        !self.value.contains('-') && !nothing && self.confidence != "unsure"
    }
}

/// A line of comma-separated values, of which only the last column is quoted, and not needed.
fn rows() -> Vec<Row> {
    let rows = SNAPSHOT.lines().skip(1).map(|line| {
        let mut columns = line.splitn(6, ',').map(str::to_owned);
        let mut next = || columns.next().unwrap();
        Row { table: next(), value: next(), name: next(), reference: next(), confidence: next() }
    });
    let rows: Vec<_> = rows.collect();
    assert!(rows.iter().all(|row| ["sure", "likely", "unsure"].contains(&row.confidence.as_str())));
    assert_eq!(rows.len(), 506);
    rows
}

/// One table of ours: name and reference of a value, and which values it has.
struct Table {
    names: &'static [&'static str],
    name: fn(u16) -> Option<&'static str>,
    constant: fn(u16) -> Option<&'static str>,
    ident: fn(u16) -> Option<&'static str>,
    description: fn(u16) -> Option<&'static str>,
    from_ident: fn(&str) -> Option<u16>,
    parse: fn(&str) -> Result<u16, UnknownCodePoint>,
    display: fn(u16) -> Option<String>,
    default: u16,
    reference: fn(u16) -> Option<&'static str>,
    assigned: Vec<u16>,
    private_name: fn(u16) -> Option<&'static str>,
    private_description: fn(u16) -> Option<&'static str>,
    private_known: Vec<u16>,
}

macro_rules! table {
    ($($names:literal),+ => $ty:ident $(, $private:ident)?) => {{
        #[allow(unused_assignments, unused_mut, reason = "most tables have no private rows")]
        let (mut private_name, mut private_known): (fn(u16) -> Option<&'static str>, Vec<u16>) = (|_| None, Vec::new());
        #[allow(unused_assignments, unused_mut, reason = "most tables have no private rows")]
        let mut private_description: fn(u16) -> Option<&'static str> = |_| None;
        $(
            private_name = |value| value.try_into().ok().and_then(|value| $ty(value).private_name());
            private_description = |value| value.try_into().ok().and_then(|value| private::$private::description($ty(value)));
            private_known = private::$private::KNOWN.iter().map(|row| row.0.into()).collect();
        )?
        Table {
            names: &[$($names),+],
            name: |value| value.try_into().ok().and_then(|value| $ty(value).name()),
            constant: |value| value.try_into().ok().and_then(|value| $ty(value).constant()),
            ident: |value| value.try_into().ok().and_then(|value| $ty(value).ident()),
            description: |value| value.try_into().ok().and_then(|value| $ty(value).description()),
            from_ident: |ident| $ty::from_ident(ident).map(|row| row.0.into()),
            parse: |text| text.parse::<$ty>().map(|row| row.0.into()),
            display: |value| value.try_into().ok().map(|value| $ty(value).to_string()),
            default: $ty::default().0.into(),
            reference: |value| value.try_into().ok().and_then(|value| $ty(value).reference()),
            assigned: $ty::ASSIGNED.iter().map(|row| row.0.into()).collect(),
            private_name,
            private_description,
            private_known,
        }
    }};
}

fn tables() -> Vec<Table> {
    vec![
        table!("exchange-types" => ExchangeType),
        table!("payload-types" => PayloadType, payload_type),
        table!("transform-types" => TransformType),
        table!("transform-attribute-types" => TransformAttributeType),
        table!("encr" => Encr, encr),
        table!("prf" => Prf, prf),
        table!("integ" => Integ, integ),
        table!("ke" => KeMethod, ke_method),
        table!("sequence-numbers" => SequenceNumbers),
        table!("kwa" => KeyWrap),
        table!("gcauth" => GcAuth),
        table!("id-types" => IdType),
        table!("cert-encodings" => CertEncoding),
        table!("auth-methods" => AuthMethod),
        table!("notify-error", "notify-status" => NotifyType, notify_type),
        table!("ipcomp-transforms" => IpcompTransform),
        table!("security-protocol-ids" => SecurityProtocol),
        table!("ts-types" => TsType),
        table!("cfg-types" => ConfigurationType),
        table!("cfg-attributes" => ConfigurationAttributeType, configuration_attribute_type),
        table!("redirect-gateway-id-types" => GatewayIdType),
        table!("rohc-attribute-types" => RohcAttributeType),
        table!("secure-password-methods" => SecurePasswordMethod),
        table!("hash-algorithms" => HashAlgorithm),
        table!("ppk-id-types" => PpkIdType),
        table!("gsa-attributes" => GsaAttributeType),
        table!("group-wide-policy-attributes" => GroupWidePolicyAttributeType),
        table!("group-key-bag-attributes" => GroupKeyBagAttributeType),
        table!("member-key-bag-attributes" => MemberKeyBagAttributeType),
    ]
}

/// Tables that are no code points of ours: flags and marks of the wire format, and sizes.
const ELSEWHERE: [&str; 3] = ["header-flags", "substructure-last", "sizes-key-exchange"];

/// "RFC7296;RFC9370" as it is written in the crate.
fn reference(text: &str) -> String {
    let one = |text: &str| match text.strip_prefix("RFC") {
        Some(number) => format!("RFC {number}"),
        None if text == "UNSPECIFIED" => "unspecified".to_owned(),
        None => text.to_owned(),
    };
    text.split(';').map(one).collect::<Vec<_>>().join(", ")
}

#[test]
fn every_row_of_the_snapshot_is_in_its_table_and_no_other() {
    let rows = rows();
    let tables = tables();
    for name in rows.iter().map(|row| &row.table).collect::<BTreeSet<_>>() {
        let ours = tables.iter().filter(|table| table.names.contains(&name.as_str())).count();
        assert_eq!(ours, usize::from(!ELSEWHERE.contains(&name.as_str())), "{name}");
    }
    for table in tables {
        let there: Vec<_> = rows.iter().filter(|row| table.names.contains(&row.table.as_str()) && row.is_assigned()).collect();
        assert!(!there.is_empty(), "{:?}", table.names);
        let (mut assigned, mut private) = (BTreeSet::new(), BTreeSet::new());
        for row in there {
            let value: u16 = row.value.parse().unwrap();
            let place = format!("{} {value}", row.table);
            match row.name.split_once(") ").filter(|_| row.is_private()) {
                Some((_, name)) => {
                    assert_eq!((table.name)(value), None, "{place}");
                    assert_eq!((table.private_name)(value), Some(name), "{place}");
                    private.insert(value);
                }
                None => {
                    assert_eq!((table.name)(value), Some(row.name.as_str()), "{place}");
                    assert_eq!((table.reference)(value), Some(reference(&row.reference).as_str()), "{place}");
                    assigned.insert(value);
                }
            }
        }
        assert_eq!(table.assigned, assigned.iter().copied().collect::<Vec<_>>(), "{:?}: all, in ascending order", table.names);
        assert_eq!(table.private_known.iter().copied().collect::<BTreeSet<_>>(), private, "{:?}", table.names);
        for value in 0..=u16::MAX {
            assert_eq!((table.name)(value).is_some(), assigned.contains(&value), "{:?} {value}", table.names);
            assert_eq!((table.private_name)(value).is_some(), private.contains(&value), "{:?} {value}", table.names);
        }
    }
}

#[test]
fn key_exchange_data_has_the_sizes_of_the_snapshot() {
    let mut sized = BTreeSet::new();
    for row in rows().iter().filter(|row| row.table == "sizes-key-exchange") {
        let numbers = |text: &str| text.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect::<Vec<usize>>();
        let expected = match row.name.split_once(" = ") {
            Some((_, size)) => (numbers(size)[0], numbers(size)[0]),
            None => match numbers(&row.name)[..] {
                [both] => (both, both),
                [initiator, responder] => (initiator, responder),
                _ => panic!("{}", row.name),
            },
        };
        let method: u16 = row.value.parse().unwrap();
        assert_eq!(KeMethod(method).data_len(), Some(expected), "{method}");
        sized.insert(method);
    }
    for method in 0..=u16::MAX {
        assert_eq!(KeMethod(method).data_len().is_some(), sized.contains(&method), "{method}");
    }
    // The sizes cover every method but NONE.
    assert_eq!(KeMethod::ASSIGNED.len(), sized.len() + 1);
}

#[test]
fn a_transform_id_has_the_name_of_its_types_table() {
    let types = [(1u8, "encr"), (2, "prf"), (3, "integ"), (5, "sequence-numbers"), (13, "kwa"), (14, "gcauth")];
    let key_exchanges = [4u8, 6, 7, 8, 9, 10, 11, 12].map(|ty| (ty, "ke"));
    let tables = tables();
    let mut seen = 0;
    for (ty, name) in types.into_iter().chain(key_exchanges) {
        let table = tables.iter().find(|table| table.names == [name]).unwrap();
        for id in 0..=u16::MAX {
            assert_eq!(TransformId(id).name(TransformType(ty)), (table.name)(id), "{name} {id}");
        }
        seen += 1;
    }
    assert_eq!(seen, TransformType::ASSIGNED.len());
    for ty in (0..=u8::MAX).filter(|ty| !TransformType::ASSIGNED.contains(&TransformType(*ty))) {
        assert!((0..=u16::MAX).all(|id| TransformId(id).name(TransformType(ty)).is_none()), "{ty}");
    }
}

/// The letters and digits of a text, in lower case.
fn letters(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

#[test]
fn every_row_says_what_it_means_in_a_sentence_of_its_own() {
    let mut rows = 0;
    for table in tables() {
        let mut seen = BTreeSet::new();
        let assigned = table.assigned.iter().map(|value| (*value, (table.name)(*value), (table.description)(*value)));
        let private = table.private_known.iter().map(|value| (*value, (table.private_name)(*value), (table.private_description)(*value)));
        for (value, name, sentence) in assigned.chain(private) {
            let (name, sentence) = (name.unwrap(), sentence.unwrap());
            let place = format!("{:?} {value} {name}: {sentence}", table.names);
            assert!(sentence.ends_with('.') && !sentence.ends_with("..") && sentence.starts_with(char::is_uppercase), "{place}");
            assert!(sentence.len() > 12 && sentence.len() <= 140 && sentence.contains(' '), "{place}");
            let constant = (table.constant)(value).unwrap_or(name);
            assert!(![letters(name), letters(constant)].contains(&letters(sentence)), "{place}");
            assert!(seen.insert(sentence), "twice: {place}");
            rows += 1;
        }
        assert!((0..=u16::MAX).all(|value| (table.description)(value).is_some() == (table.name)(value).is_some()), "{:?}", table.names);
    }
    assert!(rows > 350, "{rows}");
}

#[test]
fn an_identifier_is_one_word_in_lower_case_that_stands_for_one_value() {
    for table in tables() {
        let mut seen = BTreeSet::new();
        for value in 0..=u16::MAX {
            let (name, ident) = ((table.name)(value), (table.ident)(value));
            assert_eq!((name.is_some(), name.is_some()), (ident.is_some(), (table.constant)(value).is_some()), "{:?} {value}", table.names);
            let Some(ident) = ident else { continue };
            let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(!ident.is_empty() && ident.chars().all(word), "{ident}");
            assert!(seen.insert(ident), "{:?}: {ident} twice", table.names);
            assert_eq!((table.from_ident)(ident), Some(value), "{ident}");
            assert_eq!((table.from_ident)(&ident.to_uppercase()).is_some(), ident.to_uppercase() == ident, "{ident}");
        }
        assert_eq!(seen.len(), table.assigned.len(), "{:?}", table.names);
    }
    let keywords = [Encr::ENCR_AES_CBC.ident(), Prf::PRF_HMAC_SHA2_256.ident(), Integ::AUTH_HMAC_SHA2_256_128.ident()];
    assert_eq!(keywords, [Some("aes"), Some("prfsha256"), Some("sha256")]);
    let keywords = [KeMethod::MODP_2048.ident(), KeMethod::CURVE25519.ident(), KeMethod::ML_KEM_768.ident()];
    assert_eq!(keywords, [Some("modp2048"), Some("x25519"), Some("mlkem768")]);
    assert_eq!(NotifyType::NO_PROPOSAL_CHOSEN.ident(), Some("no_proposal_chosen"));
}

#[test]
fn every_value_is_read_back_from_what_it_is_written_as() {
    for table in tables() {
        let largest = if (table.display)(256).is_some() { u16::MAX } else { 255 };
        for value in 0..=largest {
            let display = (table.display)(value).unwrap();
            assert_eq!((table.parse)(&display), Ok(value), "{:?}: {display}", table.names);
            assert_eq!((table.parse)(&value.to_string()), Ok(value), "{:?} {value}", table.names);
            let Some(name) = (table.name)(value) else {
                assert_eq!(display, format!("unknown ({value})"));
                continue;
            };
            assert_eq!(display, format!("{name} ({value})"));
            for text in [name, &name.to_uppercase(), &name.to_lowercase(), (table.ident)(value).unwrap()] {
                assert_eq!((table.parse)(text), Ok(value), "{:?}: {text}", table.names);
            }
            // A number that is not the name's, and a name that is not the number's.
            let other = format!("{name} ({})", value.checked_add(1).unwrap_or(0));
            assert!((table.parse)(&other).is_err(), "{other}");
            assert!((table.parse)(&format!("unknown ({value})")).is_err(), "{display}");
        }
    }
    for text in [
        "",
        " ",
        "unknown",
        "()",
        " ()",
        "unknown ()",
        "unknown (99999)",
        "unknown (-1)",
        "99999",
        "-1",
        "aes ",
        "AES",
        "ENCR_AES_CBC ( 12)",
    ] {
        assert_eq!(text.parse::<Encr>().map_err(|unknown| unknown.table), Err("Encr"), "{text:?}");
    }
    assert_eq!("aes256".parse::<Encr>().unwrap_err().to_string(), "no code point of Encr has this name");
    // A private value of a vendor is read by number alone.
    assert_eq!("unknown (65004)".parse(), Ok(private::encr::SERPENT_CBC));
}

#[test]
fn a_notify_is_an_error_a_status_or_reserved() {
    for value in 0..=u16::MAX {
        assert_eq!(NotifyType(value).is_error(), (1..=16383).contains(&value), "{value}");
        assert_eq!(NotifyType(value).is_private_status(), value >= 40960, "{value}");
    }
    // The ranges are the snapshot's.
    for (table, name, range) in
        [("notify-error", "Reserved", "0"), ("notify-error", "Private Use", "8192-16383"), ("notify-status", "Private Use", "40960-65535")]
    {
        let row = rows().into_iter().find(|row| row.table == table && row.name.starts_with(name)).unwrap();
        assert_eq!(row.value, range, "{table}: {name}");
    }
    assert_eq!(NotifyType::RESERVED, NotifyType(0));
}

#[test]
fn the_default_of_every_table_is_the_value_that_names_nothing() {
    let rows = rows();
    // What 0 means where it is not reserved.
    let meanings = ["No Next Payload", "NONE", "32-bit Sequential Numbers"];
    for table in tables() {
        assert_eq!(table.default, 0);
        let zero = rows.iter().find(|row| table.names.contains(&row.table.as_str()) && row.value.split('-').next() == Some("0")).unwrap();
        assert!(zero.name == "Reserved" || meanings.contains(&zero.name.as_str()), "{}: {}", zero.table, zero.name);
        assert_eq!((table.name)(0).is_some(), zero.name != "Reserved", "{}", zero.table);
    }
}

/// The lines of a kind: the value, and the columns after it without the source.
fn facts(kind: &str) -> BTreeMap<u16, Vec<&'static str>> {
    let lines = FACTS.lines().filter(|line| !line.starts_with('#'));
    let of_kind = lines.filter_map(|line| line.strip_prefix(kind)?.strip_prefix(','));
    of_kind
        .map(|line| {
            let mut columns = line.split(',').collect::<Vec<_>>();
            assert!(!columns.pop().unwrap().is_empty(), "a source: {line}");
            (columns.remove(0).parse().unwrap(), columns)
        })
        .collect()
}

#[test]
fn the_facts_of_every_cipher_are_those_of_the_rfcs() {
    let table = facts("encr");
    for id in 0..=u16::MAX {
        let ours = Encr(id).facts().map(|facts| {
            let key = match facts.key_length {
                KeyLengthRule::Fixed(bits) => bits.to_string(),
                KeyLengthRule::Required(lengths) => lengths.iter().map(u16::to_string).collect::<Vec<_>>().join("/"),
                KeyLengthRule::Optional { default, min, max } => format!("{min}-{max}:{default}"),
            };
            let aead = if facts.aead { "aead" } else { "plain" };
            format!("{aead},{key},{},{},{},{}", facts.salt_len, facts.iv_len, facts.block_len, facts.icv_len)
        });
        assert_eq!(ours, table.get(&id).map(|columns| columns.join(",")), "{:?}", Encr(id));
        let row = table.get(&id);
        assert_eq!(Encr(id).is_aead(), row.is_some_and(|columns| columns[0] == "aead"), "{id}");
        let Some(row) = row else { continue };
        // The Key Length attribute, held against the text of the column.
        let key = Encr(id).facts().unwrap().key_length;
        assert_eq!((key.is_required(), key.is_forbidden()), (row[1].contains('/'), !row[1].contains(['/', '-'])), "{id}");
        for bits in 0..=u16::MAX {
            let allowed = match row[1].split_once('-') {
                Some((min, rest)) => (min.parse().unwrap()..=rest.split(':').next().unwrap().parse().unwrap()).contains(&bits),
                None => row[1].contains('/') && row[1].split('/').any(|length| length == bits.to_string()),
            };
            assert_eq!(key.bits(Some(bits)), allowed.then_some(bits), "{id} {bits}");
        }
        let without = row[1].rsplit(':').next().unwrap().parse().ok();
        assert_eq!(key.bits(None), without, "{id}");
    }
    assert_eq!(Encr::ASSIGNED.iter().filter(|id| id.facts().is_none()).count(), 3, "DES_IV64, 3IDEA and DES_IV32 have no document");
}

#[test]
fn the_facts_of_prfs_integrity_algorithms_and_key_exchanges_are_those_of_the_rfcs() {
    let (prfs, integs, methods) = (facts("prf"), facts("integ"), facts("ke"));
    for id in 0..=u16::MAX {
        let nonces = |half| if half { "half" } else { "whole" };
        let prf = Prf(id).facts().map(|f| format!("{},{},{}", f.output_len, f.key_len, nonces(f.half_nonces)));
        assert_eq!(prf, prfs.get(&id).map(|columns| columns.join(",")), "{:?}", Prf(id));
        let integ = Integ(id).facts().map(|f| format!("{},{},{}", f.key_len, f.salt_len, f.icv_len));
        assert_eq!(integ, integs.get(&id).map(|columns| columns.join(",")), "{:?}", Integ(id));
        let family = KeMethod(id).facts().map(|f| format!("{:?}", f.family).to_lowercase());
        assert_eq!(family, methods.get(&id).map(|columns| columns.join(",")), "{:?}", KeMethod(id));
    }
    assert_eq!((prfs.len(), integs.len(), methods.len()), (8, 12, 27));
}

#[test]
fn a_payload_is_known_when_this_crate_reads_it() {
    let table = facts("payload");
    for ty in 0..=u8::MAX {
        let columns = table.get(&ty.into());
        let (ty, read) = (PayloadType(ty), columns.is_some_and(|columns| columns[1] == "read"));
        assert_eq!(ty.symbol(), columns.map(|columns| columns[0]), "{ty}");
        assert_eq!(ty.is_known(), read, "{ty}");
        // The table of payloads agrees: a body that is kept as it is is never wrong, and a body that is read has its own type.
        let kept = matches!(RawPayload::new(ty, false, &[]).parse(), Ok(Payload::Unknown(_)));
        assert_eq!(kept, !read, "{ty}");
    }
}

#[test]
fn key_exchanges_are_counted_in_the_order_in_which_they_are_done() {
    for ty in (0..=u8::MAX).map(TransformType) {
        let name = ty.name().unwrap_or_default();
        let additional = name.strip_prefix("Additional Key Exchange ").map(|rest| rest[..1].parse::<u8>().unwrap());
        assert_eq!(ty.additional_key_exchange(), additional, "{ty}");
        assert_eq!(ty.is_key_exchange(), additional.is_some() || ty == TransformType::KE, "{ty}");
        assert_eq!(ty.is_assigned(), ty.name().is_some(), "{ty}");
        let place = TransformType::KEY_EXCHANGES.iter().position(|other| *other == ty);
        assert_eq!(place, additional.map(usize::from).or((ty == TransformType::KE).then_some(0)), "{ty}");
    }
    assert_eq!(TransformType::KEY_EXCHANGES[1..], TransformType::ADDITIONAL_KEY_EXCHANGES);
}
