//! Whether a degraded capture's verdict may follow from that of the whole.

use super::degrade::{Degraded, Taken};
use super::record::{Record, View};
use crate::kit::{Report, texts};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Nothing was taken away, and the verdict is another one.
pub(super) const WEAKER: &str = "not as strong";
const OTHER_ERROR: &str = "another error";
const ALARM: &str = "an alarm about what is healthy";
const FROM_NOTHING: &str = "a fault of what was undetermined";
const ALL_CLEAR: &str = "a false all-clear";

/// What is said of a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) state: String,
    /// Of errors.
    pub(super) codes: BTreeSet<String>,
    /// What speaks against each IKE SA, by the initiator's SPI.
    blamed: BTreeMap<String, Blamed>,
}

/// The errors of an IKE SA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Blamed {
    /// Those that prove them.
    packets: BTreeSet<usize>,
    /// One of them is that an answer does not arrive.
    not_received: bool,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let codes: Vec<_> = self.codes.iter().map(String::as_str).collect();
        write!(f, "{} [{}]", self.state, codes.join(", "))
    }
}

impl Told {
    pub(super) fn parse(lines: &str) -> Result<Self, String> {
        let report = Report::parse(lines)?;
        let state = report.verdict["state"].as_str().ok_or("the verdict has no state")?;
        let mut told = Self { state: state.into(), codes: texts(&report.verdict["codes"]).into_iter().collect(), ..Self::default() };
        for finding in report.findings.iter().filter(|finding| finding["severity"] == "error") {
            let spi = finding["sa"].as_str().unwrap().split(':').next().unwrap();
            let packets = finding["packets"].as_array().unwrap().iter().map(|packet| packet.as_u64().unwrap() as usize);
            let blamed = told.blamed.entry(spi.into()).or_default();
            blamed.packets.extend(packets);
            blamed.not_received |= finding["code"] == "ResponseNotReceived";
        }
        Ok(told)
    }

    pub(super) fn is_as_strong_as(&self, whole: &Self) -> bool {
        (&self.state, &self.codes) == (&whole.state, &whole.codes)
    }
}

/// The rules that the verdict about the degraded capture breaks; `truth` has the codes that are true of it all the same.
pub(super) fn violations(whole: &Told, records: &[Record], degraded: &Degraded, told: &Told, truth: &[&str]) -> Vec<&'static str> {
    let is_known = |code: &String| whole.codes.contains(code) || truth.contains(&code.as_str());
    let more = !told.codes.iter().all(is_known) || told.state == "fault" && told.codes.is_empty();
    let is_healthy = told.state == "healthy";
    let broken = match whole.state.as_str() {
        "healthy" => [more.then_some(ALARM), None],
        // A stranger that is healthy makes what was undetermined healthy only where there was nothing of IKEv2 to judge.
        "undetermined" => [more.then_some(FROM_NOTHING), None],
        _ => [more.then_some(OTHER_ERROR), (is_healthy && !is_proved(whole, records, degraded)).then_some(ALL_CLEAR)],
    };
    broken.into_iter().flatten().collect()
}

/// Whether what is left of each IKE SA with an error can look healthy: its success is left, and of what speaks against it some is gone.
fn is_proved(whole: &Told, records: &[Record], degraded: &Degraded) -> bool {
    let can = |(spi, blamed): (&String, &Blamed)| may_look_healthy(spi, blamed, records, degraded);
    degraded.taken != Taken::Nothing && !whole.blamed.is_empty() && whole.blamed.iter().all(can)
}

fn may_look_healthy(spi: &str, blamed: &Blamed, records: &[Record], degraded: &Degraded) -> bool {
    // Packets are counted from 1.
    let left = |packet: usize| degraded.records.iter().find(|record| record.was == packet.checked_sub(1));
    let is_whole = |packet: usize| left(packet).is_some_and(|record| records.get(packet - 1) == Some(record));
    let of_sa = |record: &Record| Message::of(record).filter(|message| message.spi == spi);
    let is_left = |packet: &usize| left(*packet).is_some();
    if !blamed.packets.iter().any(is_left) && !degraded.records.iter().any(|record| of_sa(record).is_some()) {
        // Nothing of it is left.
        return true;
    }
    let responses: Vec<_> =
        (1..).zip(records).filter_map(|(n, record)| Some((n, of_sa(record)?))).filter(|(_, of)| of.is_response).collect();
    let last_auth = responses.iter().filter(|(_, message)| message.exchange == IKE_AUTH).map(|(n, _)| *n).max();
    // What comes after IKE_AUTH, and the end of IKE_AUTH, are successes if the first sign of what is wrong is later. An answer that is
    // not received is one, however often it was sent.
    let is_success = |(n, message): &(usize, Message)| match message.exchange {
        IKE_AUTH if blamed.not_received => true,
        IKE_AUTH => last_auth == Some(*n) && blamed.packets.iter().all(|packet| packet > n),
        CREATE_CHILD_SA | INFORMATIONAL => blamed.packets.iter().all(|packet| packet > n),
        _ => false,
    };
    responses.iter().filter(|response| is_success(response)).any(|(n, _)| is_left(n)) && !blamed.packets.iter().all(|n| is_whole(*n))
}

const IKE_AUTH: u8 = 35;
const CREATE_CHILD_SA: u8 = 36;
const INFORMATIONAL: u8 = 37;

struct Message {
    spi: String,
    exchange: u8,
    is_response: bool,
}

impl Message {
    fn of(record: &Record) -> Option<Self> {
        let view = View::of(record).filter(View::is_ike)?;
        let head = view.ike().get(..20)?;
        let spi = head[..8].iter().map(|octet| format!("{octet:02x}")).collect();
        Some(Self { spi, exchange: head[18], is_response: head[19] & 0x20 != 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::packet::datagram;
    use super::super::record::link;
    use super::*;

    const SPI: u8 = 7;

    /// A message of the IKE SA 07..07: exchange, and whether it is a response.
    fn record((exchange, is_response): (u8, bool)) -> Record {
        let mut message = [SPI; 28];
        (message[18], message[19]) = (exchange, u8::from(is_response) << 5);
        let octets = datagram(&[192, 0, 2, 1], &[192, 0, 2, 2], (500, 500), &message, 64);
        Record::new(0, link::RAW, octets, 56)
    }

    /// IKE_SA_INIT, IKE_AUTH, INFORMATIONAL: packets 1 to 6.
    fn whole() -> Vec<Record> {
        let all = [(34, false), (34, true), (35, false), (35, true), (37, false), (37, true)];
        all.into_iter().enumerate().map(|(n, of)| record(of).at(n)).collect()
    }

    fn told(state: &str, codes: &[&str], packets: &[usize]) -> Told {
        let blamed = Blamed { packets: packets.iter().copied().collect(), not_received: codes.contains(&"ResponseNotReceived") };
        let blamed = codes.first().map(|_| ("07".repeat(8), blamed)).into_iter().collect();
        Told { state: state.into(), codes: codes.iter().map(|code| (*code).to_owned()).collect(), blamed }
    }

    fn without(gone: &[usize], taken: Taken) -> Degraded {
        let records = whole().into_iter().filter(|record| !gone.contains(&(record.was.unwrap() + 1))).collect();
        Degraded { name: String::new(), records, taken }
    }

    fn rules(whole_said: &Told, degraded: &Degraded, said: &Told) -> Vec<&'static str> {
        violations(whole_said, &whole(), degraded, said, &["T"])
    }

    #[test]
    fn another_verdict_is_seen() {
        let (fault, healthy, unknown) = (told("fault", &["A"], &[4]), told("healthy", &[], &[]), told("undetermined", &[], &[]));
        let other = told("fault", &["A", "B"], &[4]);
        let less = without(&[1], Taken::Packets);
        assert_eq!(rules(&fault, &less, &other), [OTHER_ERROR]);
        assert_eq!(rules(&healthy, &less, &fault), [ALARM]);
        assert_eq!(rules(&unknown, &less, &fault), [FROM_NOTHING]);
        assert_eq!(rules(&fault, &less, &healthy), [ALL_CLEAR]);
        for (said, less_said) in [(&other, &fault), (&fault, &unknown), (&healthy, &unknown), (&healthy, &told("fault", &["T"], &[]))] {
            assert!(rules(said, &less, less_said).is_empty(), "{said} -> {less_said}");
        }
        assert!(
            fault.is_as_strong_as(&told("fault", &["A"], &[1])) && !fault.is_as_strong_as(&other) && !healthy.is_as_strong_as(&unknown)
        );
    }

    #[test]
    fn an_all_clear_needs_a_success_and_something_gone() {
        let healthy = told("healthy", &[], &[]);
        let clear =
            |codes: &[&str], packets: &[usize], degraded: &Degraded| rules(&told("fault", codes, packets), degraded, &healthy).is_empty();
        assert!(clear(&["A"], &[5], &without(&[5, 6], Taken::Packets)));
        assert!(!clear(&["A"], &[5], &without(&[5, 6], Taken::Nothing)), "nothing was taken");
        assert!(!clear(&["A"], &[5], &without(&[1], Taken::Packets)), "what speaks against it is left");
        assert!(!clear(&["A"], &[4, 5], &without(&[5, 6], Taken::Packets)), "the end of IKE_AUTH speaks against it");
        assert!(!clear(&["A"], &[5], &without(&[4, 5, 6], Taken::Packets)), "no success is left");
        assert!(clear(&["ResponseNotReceived"], &[3, 4, 5], &without(&[5, 6], Taken::Packets)));
        let mut cut = without(&[], Taken::Octets);
        assert!(!clear(&["A"], &[5], &cut));
        cut.records[4].octets.truncate(30);
        assert!(clear(&["A"], &[5], &cut));
        assert!(clear(&["A"], &[4], &Degraded { records: Vec::new(), ..cut }), "nothing of it is left");
    }
}
