//! What `ike probe --json` measured of a path, for who sends there.

use core::net::IpAddr;
use core::time::Duration;
use ikev2::exchange::RetransmissionSchedule;
use serde_json::{Map, Value};

/// The longest round trip that anybody waits for, in milliseconds.
const LONGEST: u64 = 600_000;

/// What is known of a path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeasuredPath {
    /// The path MTU to the gateway, in octets.
    pub mtu: Option<u16>,
    /// The shortest round trip.
    pub round_trip: Option<Duration>,
    /// Whether IP fragments pass both ways; `None` where that is not known of each.
    pub ip_fragments: Option<bool>,
}

impl MeasuredPath {
    /// Reads JSON lines of `ike probe`: the answers about one address, or about the first that an MTU or a round trip is known of.
    ///
    /// # Errors
    /// It is no such text, or says nothing of the address.
    pub fn read(text: &str, address: Option<IpAddr>) -> Result<Self, String> {
        let rows: Vec<Map<String, Value>> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .map(serde_json::from_str)
            .collect::<Result<_, _>>()
            .map_err(|error| format!("no JSON lines of `ike probe`: {error}"))?;
        let rows: Vec<_> = rows.iter().filter(|row| word(row, "kind") == Some("answer")).collect();
        let about = |row: &&&Map<String, Value>| address.is_none_or(|address| word(row, "address") == Some(address.to_string().as_str()));
        let known = rows.iter().filter(about).find(|row| {
            let question = word(row, "question");
            question == Some("mtu") && word(row, "result") == Some("yes") || question == Some("loss") && number(row).is_some()
        });
        let of = known.and_then(|row| word(row, "address")).ok_or_else(|| match address {
            Some(address) => format!("nothing was measured of the way to {address}"),
            None => "nothing was measured of any way".to_owned(),
        })?;
        let answer = |question| rows.iter().find(|row| word(row, "address") == Some(of) && word(row, "question") == Some(question));
        let is = |question| answer(question).and_then(|row| word(row, "result"));
        let mtu = answer("mtu").filter(|row| word(row, "result") == Some("yes")).and_then(|row| number(row));
        let trip = answer("loss").and_then(|row| number(row)).filter(|millis| *millis <= LONGEST);
        let ip_fragments = match (is("fragments_to"), is("fragments_from")) {
            (Some("no"), _) | (_, Some("no")) => Some(false),
            (Some("yes"), Some("yes")) => Some(true),
            _ => None,
        };
        Ok(Self { mtu: mtu.and_then(|mtu| u16::try_from(mtu).ok()), round_trip: trip.map(Duration::from_millis), ip_fragments })
    }

    /// How long to wait before the first retransmission (RFC 6298 section 2.2).
    #[must_use]
    pub fn first_timer(&self) -> Option<Duration> {
        self.round_trip.map(|trip| RetransmissionSchedule::default().with_round_trip(trip).first)
    }
}

fn word<'r>(row: &'r Map<String, Value>, name: &str) -> Option<&'r str> {
    row.get(name).and_then(Value::as_str)
}

fn number(row: &Map<String, Value>) -> Option<u64> {
    row.get("value").and_then(Value::as_u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(question: &str, address: &str, result: &str, value: &str) -> String {
        format!("{{\"kind\":\"answer\",\"question\":\"{question}\",\"address\":\"{address}\",\"result\":\"{result}\",\"value\":{value}}}\n")
    }

    #[test]
    fn what_was_measured_of_an_address_is_found() {
        let text = [
            row("mtu", "192.0.2.1", "unknown", "576"),
            row("loss", "192.0.2.1", "unknown", "null"),
            row("fragments_to", "192.0.2.2", "no", "null"),
            row("mtu", "192.0.2.2", "yes", "1373"),
            row("loss", "192.0.2.2", "no", "250"),
            "{\"kind\":\"verdict\",\"state\":\"fit\"}\n".to_owned(),
        ]
        .concat();
        let path = MeasuredPath::read(&text, None).unwrap();
        let trip = Duration::from_millis(250);
        assert_eq!(path, MeasuredPath { mtu: Some(1373), round_trip: Some(trip), ip_fragments: Some(false) });
        assert_eq!(path.first_timer(), Some(RetransmissionSchedule::default().with_round_trip(trip).first));
        assert_eq!(MeasuredPath::read(&text, Some([192, 0, 2, 2].into())), Ok(path));
        let nothing = MeasuredPath::read(&text, Some([192, 0, 2, 1].into()));
        assert_eq!(nothing, Err("nothing was measured of the way to 192.0.2.1".to_owned()));
    }

    #[test]
    fn what_is_no_report_is_told() {
        for text in ["MTU 1400", "[]", "{\"kind\":1}\n3"] {
            assert!(MeasuredPath::read(text, None).unwrap_err().starts_with("no JSON lines of `ike probe`"), "{text}");
        }
        assert_eq!(MeasuredPath::read("{\"kind\":\"verdict\"}", None), Err("nothing was measured of any way".to_owned()));
        let large = MeasuredPath::read(&row("mtu", "::1", "yes", "99999"), None).unwrap();
        assert_eq!(large, MeasuredPath::default());
    }
}
