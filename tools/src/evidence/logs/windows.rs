//! Windows: events of `RasClient` (a client, Application log) and of `RemoteAccess` (a server, System log), in English: copied from the event
//! viewer, by `wevtutil qe .. /f:text` or `/f:xml`, by `Get-WinEvent`, or a sentence alone.
//!
//! ```text
//! Event ID:      20227
//! CoId={..}: The user CONTOSO\carol has dialed a connection named Office which has failed. The error code returned on failure is 809.
//! ```
//!
//! The IDs and sentences are those of Microsoft's documentation of both sources. A log of Windows tells of no message.

use super::line::Line;
use super::scene::{Scene, nowhere};
use super::stamp;
use super::text::{between, number};
use core::net::{IpAddr, SocketAddr};
use ikev2::diagnose::WindowsEvent;

/// Events of a client, and of a server.
const CLIENT: core::ops::RangeInclusive<u32> = 20221..=20227;
const SERVER: [u32; 8] = [20209, 20253, 20255, 20258, 20271, 20272, 20274, 20275];
/// A connection was made; one failed; a user was refused; PPP failed.
const CONNECTED: u32 = 20225;
const FAILED: u32 = 20227;
const REFUSED: u32 = 20271;
const PPP: u32 = 20255;

/// What is said of a failure without its number.
const REASONS: &[(&str, u32)] = &[
    ("prevented because of a policy configured on your RAS/VPN server", 812),
    ("user name and password combination you provided is not recognized", 691),
    ("Authentication failure due to a user credentials mismatch", 691),
    ("IKE authentication credentials are unacceptable", 13801),
    ("IKE failed to find valid machine certificate", 13806),
    ("Policy match error", 13868),
    ("Invalid payload received", 13843),
    ("does not have permission to dial in", 649),
    ("account has expired", 646),
    ("password has expired", 648),
    ("account is disabled", 647),
    ("Negotiation timed out", 718),
];

/// An event that is being read.
#[derive(Default)]
struct Event {
    id: Option<u32>,
    server: bool,
    error: Option<u32>,
    client: Option<IpAddr>,
    lines: Vec<u64>,
    /// It is of one of the two sources.
    ours: bool,
}

/// The reader of this log.
#[derive(Default)]
pub(super) struct Windows {
    event: Event,
}

impl Windows {
    /// Takes a line; whether it belongs to an event of one of the sources.
    pub(super) fn line(&mut self, line: Line<'_>, scene: &mut Scene) -> bool {
        if line.text.contains("<Event") || line.text.contains("<Data") {
            return self.xml(line, scene);
        }
        let text = line.text.trim();
        if text.starts_with("Event[") || text.starts_with("Log Name:") || text.starts_with("TimeCreated") {
            self.flush(scene);
        }
        let Some((name, value)) = text.split_once(':').map(|(name, value)| (name.trim(), value.trim())) else {
            return self.sentence(text, line.number, scene);
        };
        match name {
            "Date" | "TimeCreated" => {
                let whole = stamp::stamp(value).filter(|_| value.starts_with(|c: char| c.is_ascii_digit()) && value.contains('-'));
                let stamp = whole.map(|(stamp, _)| stamp).or_else(|| stamp::viewer(value));
                stamp.into_iter().for_each(|stamp| scene.clock.see(stamp));
                false
            }
            "Source" | "ProviderName" | "Provider" => {
                self.source(value);
                false
            }
            "Event ID" | "EventID" | "Id" | "InstanceId" => {
                self.event.id = number(value);
                false
            }
            _ => self.sentence(text, line.number, scene),
        }
    }

    pub(super) fn finish(&mut self, scene: &mut Scene) {
        self.flush(scene);
    }

    fn source(&mut self, name: &str) {
        let name = name.trim_start_matches("Microsoft-Windows-");
        self.event.ours = matches!(name, "RasClient" | "RemoteAccess");
        self.event.server = name == "RemoteAccess";
    }

    /// What an event says in words.
    fn sentence(&mut self, text: &str, line: u64, scene: &mut Scene) -> bool {
        let event = &mut self.event;
        let mut known = event.ours;
        if let Some(error) = between(text, "error code returned on failure is ", "").and_then(number) {
            (event.error, event.id, known) = (Some(error), event.id.or(Some(FAILED)), true);
        } else if text.contains("error occurred in the Point to Point Protocol module on port") {
            (event.id, event.server, known) = (event.id.or(Some(PPP)), true, true);
        } else if text.contains("but failed an authentication attempt due to the following reason") {
            (event.id, event.server, known) = (event.id.or(Some(REFUSED)), true, true);
            event.client = between(text, "connected from ", " ").and_then(|address| address.parse().ok());
        } else if text.contains("to the Remote Access Server which has successfully connected") {
            (event.id, known) = (event.id.or(Some(CONNECTED)), true);
        } else if let Some(error) = alone(text) {
            (event.error, known) = (Some(error), true);
        }
        if !known {
            return false;
        }
        event.ours = true;
        if event.error.is_none() && (event.server || event.id == Some(FAILED)) {
            event.error = reason(text);
        }
        if event.lines.len() < 4 {
            event.lines.push(line);
        }
        // A sentence alone is an event; another one in the same event says no more.
        if event.error.is_some() || event.id.is_some_and(|id| CLIENT.contains(&id) && text.contains("CoId=")) {
            self.flush(scene);
        }
        true
    }

    /// Events as XML, of which a line may hold several, and one may have several lines.
    fn xml(&mut self, line: Line<'_>, scene: &mut Scene) -> bool {
        let mut told = false;
        for (n, piece) in line.text.split("<Event ").enumerate() {
            if n > 0 {
                self.flush(scene);
            }
            if let Some(time) = between(piece, "<TimeCreated ", ">")
                .and_then(|time| between(time, "=", ""))
                .map(|time| time.trim_matches(['\'', '"', '/', ' ']))
            {
                stamp::stamp(time).into_iter().for_each(|(stamp, _)| scene.clock.see(stamp));
            }
            if let Some(name) = between(piece, "Provider Name=", ">").map(|name| name.trim_start_matches(['\'', '"'])) {
                self.source(name.split(['\'', '"']).next().unwrap_or(name));
            }
            if let Some(id) = between(piece, "<EventID", "</EventID>").and_then(|id| number(id.split_once('>')?.1)) {
                self.event.id = Some(id);
            }
            for data in
                piece.split("<Data").skip(1).filter_map(|data| data.split_once('>')).filter_map(|(_, data)| data.split_once("</Data>"))
            {
                self.data(data.0.trim());
            }
            if self.event.ours && self.event.id.is_some() {
                told = true;
                if self.event.lines.is_empty() {
                    self.event.lines.push(line.number);
                }
            }
        }
        told
    }

    /// A part of the text of an event: the error of a failed connection is its last number, the reason of a server stands in words.
    fn data(&mut self, data: &str) {
        if self.event.id == Some(FAILED) {
            self.event.error = data.parse().ok().or(self.event.error);
        } else if self.event.server {
            self.event.error = reason(data).or(self.event.error);
            self.event.client = data.parse().ok().or(self.event.client);
        }
    }

    fn flush(&mut self, scene: &mut Scene) {
        let event = core::mem::take(&mut self.event);
        let id = event.id.unwrap_or(0);
        let known = CLIENT.contains(&id) || SERVER.contains(&id) || event.error.is_some();
        if !event.ours || !known || event.lines.is_empty() {
            return;
        }
        scene.clock.step();
        let client = event.client.map_or(nowhere(0), |client| SocketAddr::new(client, 0));
        scene.event(WindowsEvent::new(id, event.error, event.server), client, &event.lines);
    }
}

fn reason(text: &str) -> Option<u32> {
    REASONS.iter().find(|(words, _)| text.contains(words)).map(|(_, error)| *error)
}

/// `Error 809: ..`, as a dialog of Windows has it.
fn alone(text: &str) -> Option<u32> {
    let rest = text.strip_prefix("Error ").or_else(|| text.strip_prefix("error "))?;
    let error: u32 = number(rest)?;
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    (after.is_empty() || after.starts_with(':')).then_some(error).filter(|error| matches!(error, 600..=900 | 13800..=13924))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_alone_is_an_error_of_the_two_ranges() {
        assert_eq!(
            (alone("Error 809: The network"), alone("Error 13801"), alone("Error 404: x"), alone("Error 8090")),
            (Some(809), Some(13801), None, None)
        );
        assert_eq!(reason("x because of a policy configured on y"), None);
        assert_eq!(reason("The connection was prevented because of a policy configured on your RAS/VPN server. y"), Some(812));
    }
}
