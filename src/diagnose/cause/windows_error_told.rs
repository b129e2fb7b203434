//! An event of Windows tells that a connection failed, or what it was refused for.
//!
//! Where the error has one meaning the cause that it means is found as well; where it has several, which of them it is cannot be told from
//! the event. The events are those of the sources `RasClient` (20221 to 20227) and `RemoteAccess` (20209, 20255, 20271).

use super::contract::{Contract, Detect, Headline};
use super::detail::{DetailValue, Details, maybe, number, texts};
use super::found::Found;
use super::whole::{Place, Whole};
use super::windows_errors::{Row, Says, row};
use super::words::Joined;
use crate::diagnose::facts::EventSeen;
use crate::diagnose::observation::WindowsEvent;
use crate::diagnose::settings::Product::{Rras, WindowsClient};
use crate::diagnose::settings::{Setting, SettingList};
use crate::diagnose::severity::{Confidence, Severity};
use crate::wire::IkeSpis;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::SocketAddr;

/// Events of a client: a connection failed, and a connection was made.
const FAILED: u32 = 20227;
const CONNECTED: [u32; 3] = [20223, 20224, 20225];
/// Events of a server: a user was refused, the negotiation of PPP failed, a connection could not be completed.
const REFUSED: u32 = 20271;
const PPP: u32 = 20255;
const INCOMPLETE: u32 = 20209;

const REMEDY: &[Setting] = &[
    Setting::new(
        WindowsClient,
        "capture packets while the connection fails: pktmon start --capture --pkt-size 0 --comp nics, connect, pktmon stop, pktmon etl2pcap, then \
         ike diagnose; see that outbound UDP 500 and 4500 are allowed, and that the name of the server leads to its address",
    ),
    Setting::new(
        Rras,
        "capture packets there at the same time; Get-VpnServerConfiguration; UDP 500 and 4500 inbound; the events of the source RemoteAccess in the \
         System log",
    ),
];

/// An event of Windows tells of a connection that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WindowsErrorTold {
    /// Event ID, and the error in its text.
    pub event: WindowsEvent,
    /// What the error is called; `None` for one that is not in the table.
    pub meaning: Option<&'static str>,
    /// The codes of causes that lead to it.
    pub causes: Vec<&'static str>,
    /// How often it was told.
    pub times: u64,
}

impl Contract for WindowsErrorTold {
    const CODE: &'static str = "WindowsErrorTold";
    const DETECT: Detect<Self> = Detect::Capture(detect);

    fn headline(&self) -> Option<Headline> {
        let usual = "Windows tells that the connection failed, and its error has several causes: capture packets to tell them apart.";
        let case = self.event.error.map(|error| {
            let meaning = self.meaning.map(|meaning| alloc::format!(" ({meaning})")).unwrap_or_default();
            let which = if self.causes.len() > 1 { ", which has several causes: capture packets to tell them apart" } else { "" };
            alloc::format!("Windows tells that the connection failed with error {error}{meaning}{which}.")
        });
        Some(Headline { usual, case: case.or_else(|| Some(String::from(usual))) })
    }

    fn who(&self) -> Option<&'static str> {
        Some("whoever runs the client and the server: the event alone does not tell which of them")
    }

    fn remedy(&self) -> SettingList {
        REMEDY.into()
    }

    fn windows_error(&self, _: bool) -> Option<u32> {
        self.event.error
    }

    fn details(&self) -> Details {
        alloc::vec![
            ("event", number(self.event.event)),
            ("error", maybe(self.event.error, number)),
            ("server", DetailValue::Bool(self.event.server)),
            ("causes", texts(&self.causes)),
            ("times", number(self.times)),
        ]
    }

    #[cfg(test)]
    fn samples() -> Vec<Self> {
        let of = |event, error, server, causes: &[&'static str]| Self {
            event: WindowsEvent::new(event, error, server),
            meaning: error.and_then(row).map(|row| row.1),
            causes: causes.to_vec(),
            times: 1,
        };
        alloc::vec![
            of(FAILED, Some(809), false, &["PortBlocked", "RequestUnanswered"]),
            Self { times: 3, ..of(FAILED, Some(13868), false, &["NoProposalChosen"]) },
            of(REFUSED, None, true, &["EapFailed"]),
            of(PPP, None, true, &[]),
        ]
    }
}

/// Whether an event tells of a failure.
pub(in crate::diagnose) fn is_failure(event: WindowsEvent) -> bool {
    matches!(event.event, FAILED | REFUSED | PPP | INCOMPLETE) || event.error.is_some() && event.event == 0
}

/// Whether a connection of the same client was made after it: then it is no alarm.
pub(in crate::diagnose) fn is_taken_back(whole: &Whole<'_>, seen: &EventSeen) -> bool {
    let made = |other: &EventSeen| CONNECTED.contains(&other.event.event) && !other.event.server && other.last > seen.last;
    !seen.event.server && whole.surroundings.windows.all().any(made)
}

pub(in crate::diagnose) fn place(seen: &EventSeen) -> Place {
    Place { spis: IkeSpis::default(), client: SocketAddr::new(seen.client.ip(), 0) }
}

/// The row that an event leads to: by its error, or by what it is.
pub(in crate::diagnose) fn says(event: WindowsEvent) -> Option<Says> {
    match (event.error.and_then(row), event.event) {
        (Some(Row(_, _, says)), _) => Some(*says),
        (None, REFUSED) => Some(Says::User),
        _ => None,
    }
}

fn detect(whole: &Whole<'_>) -> Vec<(Place, Found<WindowsErrorTold>)> {
    let found = whole.surroundings.windows.all().filter(|seen| is_failure(seen.event)).map(|seen| {
        let says = says(seen.event);
        let causes = says.map(|says| says.codes().to_vec()).unwrap_or_default();
        let event = seen.event;
        let cause = WindowsErrorTold { event, meaning: event.error.and_then(row).map(|row| row.1), causes, times: seen.times };
        // Which cause it is cannot be told, or it is told by that cause.
        let severity = match says {
            _ if is_taken_back(whole, seen) => Severity::Info,
            Some(Says::Itself) => Severity::Error,
            Some(Says::OneOf(_)) | None => Severity::Warning,
            Some(_) => Severity::Info,
        };
        (place(seen), Found { cause, severity, confidence: Confidence::Medium, packets: seen.lines.clone(), time: seen.first })
    });
    found.collect()
}

impl fmt::Display for WindowsErrorTold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let WindowsEvent { event, error, server } = self.event;
        let side = if server { "server" } else { "client" };
        match event {
            0 => write!(f, "the Windows {side} tells that a connection failed")?,
            REFUSED => write!(f, "event {event} of the Windows {side} tells that a user was refused")?,
            INCOMPLETE => write!(f, "event {event} of the Windows {side} tells that a connection could not be completed")?,
            _ => write!(f, "event {event} of the Windows {side} tells that a connection failed")?,
        }
        if let Some(error) = error {
            write!(f, " with error {error}")?;
        }
        if let Some(meaning) = self.meaning {
            write!(f, " ({meaning})")?;
        }
        if self.times > 1 {
            write!(f, ", {} times", self.times)?;
        }
        match &*self.causes {
            [] if self.meaning.is_some() => Ok(()),
            [] => f.write_str("; what it was refused for stands in other events, or can be seen in a capture"),
            [one] => write!(f, "; see {one}"),
            all => write!(f, "; the number alone does not tell which it is: {}", Joined(all, ", ")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnose::cause::kit::at;
    use crate::diagnose::facts::Surroundings;
    use crate::diagnose::observation::{Observation, Observed, Transport};

    /// Events by seconds; what they lead to.
    fn found(events: &[(u64, WindowsEvent)]) -> Vec<(&'static str, Severity)> {
        let mut surroundings = Surroundings::default();
        for (seconds, event) in events {
            let end = "192.0.2.1:0".parse().unwrap();
            let lines = [*seconds];
            let seen = Observation::new(at(*seconds), end, end, Transport::Udp, Observed::WindowsEvent(*event)).with_packets(&lines);
            surroundings.windows.see(&seen, *event);
        }
        let whole = Whole { surroundings: &surroundings, ike_sas: 0 };
        let told = detect(&whole).into_iter().map(|(_, found)| (WindowsErrorTold::CODE, found.severity));
        let meant = crate::diagnose::meant::meant_by_events(&whole).into_iter();
        told.chain(meant.map(|(_, found)| (found.cause.code(), found.severity))).collect()
    }

    fn client(event: u32, error: u32) -> WindowsEvent {
        WindowsEvent::new(event, Some(error).filter(|error| *error != 0), false)
    }

    #[test]
    fn an_error_with_one_meaning_is_that_cause_and_one_with_several_is_none() {
        assert_eq!(found(&[(1, client(FAILED, 13868))]), [("WindowsErrorTold", Severity::Info), ("NoProposalChosen", Severity::Error)]);
        assert_eq!(found(&[(1, client(FAILED, 809))]), [("WindowsErrorTold", Severity::Warning)]);
        assert_eq!(found(&[(1, client(FAILED, 13806))])[1], ("StoppedAfterInit", Severity::Error));
        assert_eq!(found(&[(1, client(FAILED, 868))]), [("WindowsErrorTold", Severity::Error)]);
        assert_eq!(found(&[(1, client(20222, 0)), (2, client(20221, 0))]), []);
    }

    #[test]
    fn a_connection_that_is_made_later_takes_it_back() {
        assert_eq!(found(&[(1, client(FAILED, 809)), (9, client(20225, 0))]), [("WindowsErrorTold", Severity::Info)]);
        assert_eq!(found(&[(9, client(FAILED, 809)), (1, client(20225, 0))]), [("WindowsErrorTold", Severity::Warning)]);
        let refused = (1, WindowsEvent::new(REFUSED, None, true));
        assert_eq!(found(&[refused, (2, client(20225, 0))])[1], ("EapFailed", Severity::Error));
    }
}
