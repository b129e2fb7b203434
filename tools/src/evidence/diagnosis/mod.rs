//! A capture diagnosed: what [`ikev2::diagnose`] says of it, and the messages of each IKE SA as they are to be shown.
//!
//! ```text
//! watcher.rs  IKE messages -> ikev2::diagnose
//!   ladder.rs what is shown of a message
//!   order.rs  packets in the order in which they went by
//!   sorted.rs items by time
//!   icmp.rs   ICMP errors about IKE packets and ESP
//! several/    several captures as one sequence
//! files.rs    which of several captures a packet is of
//! track.rs    what all outputs show
//! overview.rs the causes, an example of each, the other IKE SAs
//! ```

pub(crate) mod files;
pub(crate) mod frame;
mod icmp;
pub(crate) mod ladder;
#[cfg(test)]
mod memory;
mod order;
pub(crate) mod overview;
mod several;
mod sorted;
pub(crate) mod track;
mod watcher;

pub use ikev2::diagnose::State;
pub use track::Diagnosis;

use super::around::tls::HTTPS;
use super::keys::Entry;
use super::ports;
use super::unlock::Unlock;
use super::walk::Walk;
use crate::capture::{Interest, OpenError, Source, Traffic};
use core::time::Duration;
use frame::Frame;
use ikev2::proposal::Policy;
use order::Order;
use std::io;
use watcher::Place;
pub(crate) use watcher::{Watcher, Word};

/// Packets between two reports of progress.
const STEP: u64 = 1_000_000;

/// What a capture is diagnosed with.
#[derive(Default)]
pub struct DiagnoseOptions {
    /// UDP ports besides 500 and 4500.
    pub ports: Vec<u16>,
    /// Keys, if there are any to look into messages with.
    pub keys: Option<Vec<Entry>>,
    /// What the responder allows.
    pub policy: Option<Policy>,
    /// How long the capture went on after its last packet, if the file does not say it itself.
    pub watched: Option<Duration>,
    /// What is wrong with the keys or the rest of what was given, to be told with the verdict.
    pub warnings: Vec<String>,
}

/// How far a capture has been read.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// Packets so far.
    pub packets: u64,
    /// Octets so far.
    pub read: u64,
    /// Octets the capture has, where that is known.
    pub octets: Option<u64>,
}

impl Progress {
    fn of(traffic: &Traffic) -> Self {
        let (read, octets) = traffic.progress();
        Self { packets: traffic.packets(), read, octets }
    }
}

/// What a diagnosis is made of.
fn interest() -> Interest {
    Interest { ip_protocols: vec![ports::ESP, icmp::V4, icmp::V6], tcp_openings: vec![HTTPS], ..ports::interest() }
}

/// Reads the capture to its end; `progress` hears of it after every million packets.
///
/// # Errors
/// It is no capture.
pub fn diagnose(source: Source, options: DiagnoseOptions, progress: &mut dyn FnMut(Progress)) -> Result<Diagnosis, OpenError> {
    let name = source.name().to_owned();
    let only_esp = Some(ports::only_esp(&options.ports));
    let mut traffic = Traffic::open(source, Interest { only_esp, ..interest() })?;
    let mut walk = Walk::new(&options.ports, options.keys.map(Unlock::new));
    let mut watcher = Watcher::new(options.policy);
    let mut order = Order::default();
    let mut told = STEP;
    // A watcher writes nothing, so that nothing fails.
    let cannot = |source: io::Error| OpenError::Io { name: name.clone(), source };
    while let Some(item) = traffic.next() {
        order.push(item);
        while let Some(item) = order.next() {
            if let Some(problem) = walk.item(item, &mut watcher).map_err(cannot)? {
                watcher.problem(problem);
            }
        }
        if traffic.packets() >= told {
            told = told.saturating_add(STEP);
            progress(Progress::of(&traffic));
        }
    }
    for item in order.finish() {
        if let Some(problem) = walk.item(item, &mut watcher).map_err(cannot)? {
            watcher.problem(problem);
        }
    }
    walk.finish(&mut watcher).map_err(cannot)?;
    let watched = traffic.watched_until().or(options.watched.map(|span| traffic.clock().saturating_add(span)));
    let frame = Frame {
        name,
        files: Vec::new(),
        packets: traffic.packets(),
        messages: walk.summary.messages,
        broken: traffic.is_broken(),
        start: traffic.start(),
        origin: order.origin(),
        end: order.at(traffic.clock().max(watched.unwrap_or_default())),
        watched: watched.is_some_and(|until| until > traffic.clock()),
        cut: traffic.cut_at().and_then(|octets| u32::try_from(octets).ok()),
        later_fragments: traffic.later_fragments() > 0,
        went_back: order.went_back,
        log: None,
    };
    let mut diagnosis = watcher.finish(frame);
    diagnosis.warnings = options.warnings;
    Ok(diagnosis)
}

/// The same of several captures of one network, first of all one of the initiator's side and one of the responder's: their clocks are
/// aligned by the messages that both have, what both have counts once, and what was sent and never arrived is proved to be lost.
/// `progress` hears of each capture for itself.
///
/// # Errors
/// One of them is no capture.
pub fn diagnose_several(
    mut sources: Vec<Source>,
    options: DiagnoseOptions,
    progress: &mut dyn FnMut(Progress),
) -> Result<Diagnosis, OpenError> {
    if sources.len() == 1 {
        if let Some(only) = sources.pop() {
            return diagnose(only, options, progress);
        }
    }
    let mut told = STEP;
    let several = several::read(sources, &interest(), &mut |traffic| {
        let packets = traffic.packets();
        if packets >= told {
            progress(Progress::of(traffic));
        }
        // The next capture begins anew.
        told = packets.checked_div(STEP).unwrap_or(0).saturating_add(1).saturating_mul(STEP);
    })?;
    let mut walk = Walk::new(&options.ports, options.keys.map(Unlock::new));
    let mut watcher = Watcher::new(options.policy);
    let name = several.files.iter().map(|file| file.name.as_str()).collect::<Vec<_>>().join(", ");
    let cannot = |source: io::Error| OpenError::Io { name: name.clone(), source };
    for problem in several.problems {
        watcher.problem(problem);
    }
    for thing in several.things {
        watcher.place(Place { arrival: thing.arrival, near: thing.near });
        let packets = thing.item.packets().to_vec();
        if let Some(problem) = walk.item(thing.item, &mut watcher).map_err(cannot)? {
            let capture = several.files.get(thing.file).map_or("", |file| file.name.as_str());
            watcher.problem(several::named(capture, problem, &packets));
        }
    }
    watcher.place(Place::default());
    walk.finish(&mut watcher).map_err(cannot)?;
    let watched = options.watched.map(|span| several.end.saturating_add(span)).filter(|_| !several.watched);
    let frame = Frame {
        packets: several.files.iter().fold(0, |sum, file| sum.saturating_add(file.packets)),
        name,
        files: several.files,
        messages: walk.summary.messages,
        broken: several.broken,
        start: several.start,
        origin: several.origin,
        end: watched.unwrap_or(several.end),
        watched: several.watched || watched.is_some(),
        cut: several.cut.and_then(|octets| u32::try_from(octets).ok()),
        later_fragments: several.later_fragments,
        went_back: several.went_back,
        log: None,
    };
    let mut diagnosis = watcher.finish(frame);
    diagnosis.warnings = options.warnings;
    Ok(diagnosis)
}
