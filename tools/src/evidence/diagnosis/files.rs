//! Several captures in one diagnosis: which packet is of which.
//!
//! A diagnosis knows packets by number alone. With several captures the number says which one it is of as well; with one capture it is
//! the packet's own.

use crate::capture::Time;
use core::fmt::Write as _;
use core::time::Duration;

/// Bits of a packet's own number.
const BITS: u32 = 48;

/// One of several captures.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) name: String,
    pub(crate) packets: u64,
    /// How far its clock is ahead of that of the first; `None` where they have nothing in common to tell it by.
    pub(crate) clock: Option<Ahead>,
}

/// A difference of clocks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ahead(pub(crate) i64);

impl Ahead {
    pub(crate) fn seconds(self) -> f64 {
        let seconds = Duration::from_micros(Time::from_nanos(self.0).micros().unsigned_abs()).as_secs_f64();
        if self.0 < 0 { -seconds } else { seconds }
    }
}

/// The number of a packet of one of several captures, counted from 0.
pub(crate) fn number(file: usize, packet: u64) -> u64 {
    let place = u64::try_from(file).unwrap_or(u64::MAX).saturating_add(1);
    place.checked_shl(BITS).unwrap_or(0) | packet
}

/// Which of several captures a packet is of, and its own number.
pub(crate) fn place(number: u64) -> (Option<usize>, u64) {
    let file = number.checked_shr(BITS).unwrap_or(0).checked_sub(1).and_then(|file| usize::try_from(file).ok());
    let mask = 1_u64.checked_shl(BITS).unwrap_or(0).saturating_sub(1);
    (file, number & mask)
}

/// `17`; of several captures `17a`, `17b`.
pub(crate) fn shown(number: u64) -> String {
    match place(number) {
        (None, packet) => packet.to_string(),
        (Some(file), packet) => format!("{packet}{}", letter(file)),
    }
}

/// `1, 2`; of several captures `1a, 2a, 1b`.
pub(crate) fn all_shown(numbers: &[u64]) -> String {
    numbers.iter().copied().map(shown).collect::<Vec<_>>().join(", ")
}

/// `a` for the first.
pub(crate) fn letter(file: usize) -> char {
    ('a'..='z').nth(file).unwrap_or('?')
}

/// What the letters stand for; empty with one capture.
pub(crate) fn legend(files: &[File], unit: &str) -> String {
    let mut text = String::new();
    for (n, file) in files.iter().enumerate() {
        let _ = write!(text, "{}{} = {}: {} {unit}s", if n == 0 { "" } else { "; " }, letter(n), file.name, file.packets);
        match file.clock {
            Some(ahead) if n > 0 => {
                let by = Duration::from_nanos(ahead.0.unsigned_abs()).as_secs_f64();
                let _ = write!(text, ", its clock {by:.3} s {} that of a", if ahead.0 < 0 { "behind" } else { "ahead of" });
            }
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_says_which_capture_it_is_of() {
        assert_eq!((place(17), place(number(0, 17)), place(number(1, 3))), ((None, 17), (Some(0), 17), (Some(1), 3)));
        assert_eq!(all_shown(&[number(0, 1), number(1, 2), 7]), "1a, 2b, 7");
    }

    #[test]
    fn the_legend_tells_how_the_clocks_differ() {
        let file = |name: &str, clock| File { name: name.into(), packets: 2, clock };
        let files = [file("client.pcap", None), file("server.pcap", Some(Ahead(-1_700_000_000)))];
        assert_eq!(legend(&files, "packet"), "a = client.pcap: 2 packets; b = server.pcap: 2 packets, its clock 1.700 s behind that of a");
    }
}
