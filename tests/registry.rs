//! Every code point against a snapshot of IANA's tables, both ways.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use ikev2::registry::*;
use std::collections::BTreeSet;

const SNAPSHOT: &str = include_str!("data/iana.csv");

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
    assert_eq!(rows.len(), 498);
    rows
}

/// One table of ours: name and reference of a value, and which values it has.
struct Table {
    names: &'static [&'static str],
    name: fn(u16) -> Option<&'static str>,
    reference: fn(u16) -> Option<&'static str>,
    assigned: Vec<u16>,
    private_name: fn(u16) -> Option<&'static str>,
    private_known: Vec<u16>,
}

macro_rules! table {
    ($($names:literal),+ => $ty:ident $(, $private:ident)?) => {{
        #[allow(unused_assignments, unused_mut, reason = "most tables have no private rows")]
        let (mut private_name, mut private_known): (fn(u16) -> Option<&'static str>, Vec<u16>) = (|_| None, Vec::new());
        $(
            private_name = |value| value.try_into().ok().and_then(|value| private::$private::name($ty(value)));
            private_known = private::$private::KNOWN.iter().map(|row| row.0.into()).collect();
        )?
        Table {
            names: &[$($names),+],
            name: |value| value.try_into().ok().and_then(|value| $ty(value).name()),
            reference: |value| value.try_into().ok().and_then(|value| $ty(value).reference()),
            assigned: $ty::ASSIGNED.iter().map(|row| row.0.into()).collect(),
            private_name,
            private_known,
        }
    }};
}

fn tables() -> Vec<Table> {
    vec![
        table!("exchange-types" => ExchangeType),
        table!("payload-types" => PayloadType, payload_type),
        table!("transform-types" => TransformType),
        table!("transform-attribute-types" => AttributeType),
        table!("encr" => Encr, encr),
        table!("prf" => Prf),
        table!("integ" => Integ),
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
        table!("cfg-types" => CfgType),
        table!("cfg-attributes" => CfgAttributeType, cfg_attribute_type),
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
