//! What is known of a capture as a file, or of several as one.

use super::files::File;
use crate::capture::Time;

/// What is known of the capture as a file.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) name: String,
    /// Where there are several, what is known of each.
    pub(crate) files: Vec<File>,
    pub(crate) packets: u64,
    pub(crate) messages: u64,
    /// Reading ended before the capture did.
    pub(crate) broken: bool,
    /// When its first packet was seen, in nanoseconds since 1970 (UTC).
    pub(crate) start: Option<i128>,
    /// The time from which times are counted here, on the clock of the capture.
    pub(crate) origin: Time,
    /// Until when it was watched.
    pub(crate) end: Time,
    /// The file, or who captured, says for how long.
    pub(crate) watched: bool,
    pub(crate) cut: Option<u32>,
    pub(crate) later_fragments: bool,
    pub(crate) went_back: bool,
    /// It is a log, and what packets are of a capture are its lines: what kind of log.
    pub(crate) log: Option<&'static str>,
}
