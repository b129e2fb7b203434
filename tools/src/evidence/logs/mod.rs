//! Logs of IKE daemons and of Windows, diagnosed as captures are.
//!
//! ```text
//! line.rs     a file -> its lines, in constant memory
//!   stamp.rs  the time a line begins with
//! charon.rs pluto.rs iked.rs fortigate.rs cisco.rs windows.rs    one kind of log each: lines -> messages, and what is said outright
//!   text.rs names.rs   pieces of lines, and the names in them
//! message.rs  a message that a log tells of
//!   forge.rs  its octets, as far as they are told
//! scene.rs    messages -> observations of `ikev2::diagnose`
//! ```
//!
//! What a log does not say is not seen: no size, no payload and no silence is concluded from a line that is missing. A log tells what its
//! daemon has sent and received, and nothing of the way between.

mod charon;
mod cisco;
mod forge;
mod fortigate;
mod iked;
mod line;
mod message;
mod names;
mod pluto;
mod scene;
mod several;
mod stamp;
mod text;
mod windows;

use super::diagnosis::frame::Frame;
use super::diagnosis::{DiagnoseOptions, Diagnosis, Watcher};
use crate::capture::Time;
use charon::Charon;
use cisco::Cisco;
use fortigate::FortiGate;
use iked::Iked;
use line::Lines;
use pluto::Pluto;
use scene::Scene;
pub use several::diagnose_logs;
use std::io::{self, Read};
use windows::Windows;

/// A log that is to be read.
pub struct Log {
    /// What it is called, as it may be printed.
    pub name: String,
    /// Its text, which gzip may have compressed.
    pub source: Box<dyn Read + Send>,
}

/// Octets at the beginning of a file by which a log is told from other things.
pub const HEAD: usize = 1 << 16;

/// Every kind of log at once: a line is taken by the one that knows it.
#[derive(Default)]
struct Readers {
    charon: Charon,
    pluto: Pluto,
    iked: Iked,
    fortigate: FortiGate,
    cisco: Cisco,
    windows: Windows,
}

impl Readers {
    /// The kind of log that has such lines, when the line tells something.
    fn line(&mut self, line: line::Line<'_>, scene: &mut Scene) -> Option<&'static str> {
        let stamped = stamp::stamp(line.text);
        if let Some((stamp, _)) = stamped {
            scene.clock.see(stamp);
        }
        let rest = stamped.map_or(line.text, |(_, rest)| rest);
        if let Some((thread, said)) = charon::words(rest) {
            return self.charon.line(line, thread, said, scene).then_some("strongSwan (charon)");
        }
        if let Some(said) = pluto::words(rest) {
            return self.pluto.line(line, said, scene).then_some("libreswan (pluto)");
        }
        if let Some(said) = iked::words(rest) {
            return self.iked.line(line, said, scene).then_some("OpenIKED (iked)");
        }
        if let Some((tunnel, said)) = fortigate::words(rest) {
            return self.fortigate.line(line, tunnel, said, scene).then_some("FortiGate");
        }
        if self.cisco.line(line, rest, scene) {
            return Some("Cisco IOS");
        }
        self.windows.line(line, scene).then_some("Windows (RasClient, RemoteAccess)")
    }

    fn finish(&mut self, scene: &mut Scene) {
        self.charon.finish(scene);
        self.iked.finish(scene);
        self.fortigate.finish(scene);
        self.cisco.finish(scene);
        self.windows.finish(scene);
        scene.release();
    }
}

/// The kind of log that a file begins as; `None` if it is none that can be read.
#[must_use]
pub fn recognise(head: &[u8]) -> Option<&'static str> {
    let mut lines = Lines::new(Box::new(io::Cursor::new(head.to_vec()))).ok()?;
    let mut readers = Readers::default();
    let mut scene = Scene::new(Watcher::new(None));
    while let Ok(Some(line)) = lines.next() {
        if let Some(kind) = readers.line(line, &mut scene) {
            return Some(kind);
        }
    }
    None
}

/// Reads a log to its end, in constant memory and linear time.
///
/// # Errors
/// It cannot be read; a log of no known kind is none.
pub fn diagnose_log(log: Log, options: DiagnoseOptions) -> io::Result<Diagnosis> {
    let Log { name, source } = log;
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{name}: {error}"));
    let mut lines = Lines::new(source).map_err(named)?;
    let mut readers = Readers::default();
    let mut scene = Scene::new(Watcher::new(options.policy));
    let (mut count, mut kind) = (0, None);
    while let Some(line) = lines.next().map_err(named)? {
        count = line.number;
        let told = readers.line(line, &mut scene);
        if told.is_some() {
            scene.understood = scene.understood.saturating_add(1);
        }
        kind = kind.or(told);
    }
    readers.finish(&mut scene);
    let Some(kind) = kind else {
        let all = "strongSwan (charon), libreswan (pluto), OpenIKED (iked), FortiGate (diagnose debug application ike), Cisco IOS (debug crypto ikev2), \
                   Windows (events of RasClient and RemoteAccess)";
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("{name}: no line of a log that can be read: {all}")));
    };
    let now = scene.clock.now();
    scene.watcher.goes_on(now);
    let mut warnings = options.warnings;
    if !scene.clock.is_told() {
        warnings.push(format!("{name}: the lines have no times: only their order is known"));
    }
    let end = options.watched.map_or(now, |span| now.saturating_add(span));
    let frame = Frame {
        name,
        files: Vec::new(),
        packets: count,
        messages: scene.messages,
        broken: false,
        start: scene.clock.start(),
        origin: Time::default(),
        end,
        watched: options.watched.is_some(),
        cut: None,
        later_fragments: false,
        went_back: false,
        log: Some(kind),
    };
    let mut diagnosis = scene.watcher.finish(frame);
    diagnosis.warnings = warnings;
    Ok(diagnosis)
}
