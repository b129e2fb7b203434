//! `ike diagnose` over recorded captures, whole and changed packet by packet.

mod around;
mod captures;
mod cases;
mod changed;
mod formats;
mod output;
mod page;
mod thousands;

use crate::kit::ike;
use crate::recorded::{capture_names, capture_path};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A classic pcap file in little endian, as packets.
#[derive(Clone)]
pub(crate) struct Edit {
    head: Vec<u8>,
    /// Octets kept of each packet.
    pub(crate) snap: usize,
    /// Microseconds since the first packet, and the frame.
    pub(crate) packets: Vec<(u64, Vec<u8>)>,
}

impl Edit {
    pub(crate) fn of(name: &str) -> Self {
        Self::read(&capture_path(name, ".pcap"))
    }

    pub(crate) fn read(path: &Path) -> Self {
        let file = std::fs::read(path).unwrap();
        assert_eq!(file[..4], [0xd4, 0xc3, 0xb2, 0xa1], "classic pcap, microseconds, little endian");
        let mut packets = Vec::new();
        let mut at = 24;
        let mut start = None;
        while at < file.len() {
            let word = |n: usize| u32::from_le_bytes(file[at + n..at + n + 4].try_into().unwrap());
            let time = u64::from(word(0)) * 1_000_000 + u64::from(word(4));
            let size = word(8) as usize;
            packets.push((time - *start.get_or_insert(time), file[at + 16..at + 16 + size].to_vec()));
            at += 16 + size;
        }
        Self { head: file[..24].to_vec(), snap: 65535, packets }
    }

    /// Only the packets with these numbers, counted from 1.
    pub(crate) fn keep(mut self, keep: impl Fn(usize) -> bool) -> Self {
        let mut n = 0;
        self.packets.retain(|_| {
            n += 1;
            keep(n)
        });
        self
    }

    /// Packet `n` once more, so many seconds after it was sent.
    pub(crate) fn again(mut self, n: usize, seconds: f64) -> Self {
        let (time, frame) = self.packets[n - 1].clone();
        self.packets.push((time + (seconds * 1e6) as u64, frame));
        self
    }

    /// Packets `numbers` again at each of these times after the first of them.
    pub(crate) fn retransmit(mut self, numbers: core::ops::RangeInclusive<usize>, seconds: &[f64]) -> Self {
        for at in seconds {
            for n in numbers.clone() {
                self = self.again(n, *at);
            }
        }
        self.sort()
    }

    /// Sorted by time, each IP packet with an identification of its own when it is sent again as fragments.
    pub(crate) fn sort(mut self) -> Self {
        self.packets.sort_by_key(|(time, _)| *time);
        self
    }

    /// Changes the identification of IPv4 packets that were sent so much later, so that they are other packets.
    pub(crate) fn renumber(mut self) -> Self {
        for (time, frame) in &mut self.packets {
            if frame[12..14] == [8, 0] && *time > 500_000 {
                let id = u16::from_be_bytes([frame[18], frame[19]]).wrapping_add((*time / 500_000) as u16 * 257);
                frame[18..20].copy_from_slice(&id.to_be_bytes());
            }
        }
        self
    }

    pub(crate) fn write(&self, name: &str) -> PathBuf {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("diagnose");
        std::fs::create_dir_all(&folder).unwrap();
        let mut file = self.head.clone();
        for (time, frame) in &self.packets {
            let seconds = 1_700_000_000 + time / 1_000_000;
            file.extend((seconds as u32).to_le_bytes());
            file.extend(((time % 1_000_000) as u32).to_le_bytes());
            let kept = &frame[..frame.len().min(self.snap)];
            file.extend((kept.len() as u32).to_le_bytes());
            file.extend((frame.len() as u32).to_le_bytes());
            file.extend(kept);
        }
        let path = folder.join(format!("{name}.pcap"));
        std::fs::write(&path, file).unwrap();
        path
    }

    pub(crate) fn diagnose(&self, name: &str) -> Diagnosis {
        run(&self.write(name), &[])
    }
}

/// What is printed with `--json`.
pub(crate) struct Diagnosis {
    pub(crate) status: u8,
    pub(crate) findings: Vec<Value>,
    pub(crate) verdict: Value,
}

pub(crate) fn run(file: &Path, options: &[&str]) -> Diagnosis {
    let args = ["--json"].iter().chain(options).map(std::ffi::OsString::from).chain([file.as_os_str().to_owned()]);
    let (status, out, complaints) = ike([std::ffi::OsString::from("diagnose")].into_iter().chain(args), "");
    assert!(status != 2, "{}: {complaints}", file.display());
    let mut findings: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let verdict = findings.pop().unwrap();
    assert_eq!(verdict["kind"], "verdict");
    Diagnosis { status, findings, verdict }
}

/// The same with the keys beside a recorded capture.
pub(crate) fn with_keys(name: &str) -> Diagnosis {
    run(&capture_path(name, ".pcap"), &["--keys", capture_path(name, ".keys.json").to_str().unwrap()])
}

impl Diagnosis {
    pub(crate) fn codes(&self) -> Vec<&str> {
        self.verdict["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect()
    }

    /// Codes of one severity, each once, sorted.
    pub(crate) fn of(&self, severity: &str) -> Vec<&str> {
        let mut codes: Vec<_> = self.findings.iter().filter(|f| f["severity"] == severity).map(|f| f["code"].as_str().unwrap()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    pub(crate) fn windows(&self) -> Option<u64> {
        self.verdict["windows_error"].as_u64()
    }

    pub(crate) fn finding(&self, code: &str) -> &Value {
        self.findings.iter().find(|f| f["code"] == code).unwrap_or_else(|| panic!("no {code} in {:?}", self.findings))
    }
}

/// A capture of a case.
pub(crate) fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/diagnose").join(name)
}

pub(crate) fn recorded() -> Vec<String> {
    capture_names()
}
