//! Several logs in one diagnosis: each is judged by itself, because the clocks of their hosts differ and each tells of one side only.

use super::{Log, diagnose_log};
use crate::evidence::diagnosis::files::{self, File};
use crate::evidence::diagnosis::{DiagnoseOptions, Diagnosis, State};
use std::io;

/// Reads logs; with several the line numbers of each are told apart, and what they come to is counted together.
///
/// # Errors
/// One of them cannot be read, or is no log.
pub fn diagnose_logs(logs: Vec<Log>, options: DiagnoseOptions) -> io::Result<Diagnosis> {
    let several = logs.len() > 1;
    let DiagnoseOptions { policy, watched, warnings, .. } = options;
    let mut all: Option<Diagnosis> = None;
    for (n, log) in logs.into_iter().enumerate() {
        let name = log.name.clone();
        let options = DiagnoseOptions { policy: policy.clone(), watched, ..DiagnoseOptions::default() };
        let mut one = diagnose_log(log, options)?;
        if several {
            one.number(n, name);
        }
        match &mut all {
            Some(all) => all.join(one),
            None => all = Some(one),
        }
    }
    let mut all = all.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "no log"))?;
    all.warnings.splice(..0, warnings);
    Ok(all)
}

impl Diagnosis {
    /// Says of every line which of several logs it is of.
    fn number(&mut self, log: usize, name: String) {
        let mark = |numbers: &mut Vec<u64>| numbers.iter_mut().for_each(|number| *number = files::number(log, *number));
        self.findings.iter_mut().for_each(|finding| mark(&mut finding.packets));
        self.tracks.iter_mut().flat_map(|track| &mut track.ladder.steps).for_each(|step| mark(&mut step.packets));
        self.frame.files = vec![File { name, packets: self.frame.packets, clock: None }];
    }

    /// Takes what another log comes to.
    fn join(&mut self, other: Self) {
        let (frame, verdict) = (&mut self.frame, &mut self.verdict);
        let before = verdict.ike_sas;
        frame.name.push_str(", ");
        frame.name.push_str(&other.frame.name);
        frame.files.extend(other.frame.files);
        frame.packets = frame.packets.saturating_add(other.frame.packets);
        frame.messages = frame.messages.saturating_add(other.frame.messages);
        // Each log has a clock of its own.
        frame.start = frame.start.filter(|start| Some(*start) == other.frame.start);
        self.duration = self.duration.max(other.duration);
        self.findings.extend(other.findings);
        self.tracks.extend(other.tracks.into_iter().map(|mut track| {
            track.number = if track.is_of_no_sa() { 0 } else { track.number.saturating_add(before) };
            track
        }));
        self.untold = self.untold.saturating_add(other.untold);
        self.problems.extend(other.problems);
        self.warnings.extend(other.warnings);
        let more = other.verdict;
        let weight = |state: State| match state {
            State::Fault => 2,
            State::Undetermined => 1,
            State::Healthy => 0,
        };
        if weight(more.state) > weight(verdict.state) {
            (verdict.state, verdict.text, verdict.windows_error) = (more.state, more.text, more.windows_error.or(verdict.windows_error));
        }
        verdict.windows_error = verdict.windows_error.or(more.windows_error);
        for cause in more.causes {
            match verdict.causes.iter_mut().find(|known| known.code == cause.code) {
                Some(known) => {
                    (known.sas, known.clients) = (known.sas.saturating_add(cause.sas), known.clients.max(cause.clients));
                }
                None => verdict.causes.push(cause),
            }
        }
        verdict.codes = verdict.causes.iter().map(|cause| cause.code).collect();
        for one in more.not_seen {
            if !verdict.not_seen.contains(&one) {
                verdict.not_seen.push(one);
            }
        }
        verdict.ike_sas = before.saturating_add(more.ike_sas);
        verdict.failed = verdict.failed.saturating_add(more.failed);
        verdict.established = verdict.established.saturating_add(more.established);
        verdict.undetermined = verdict.undetermined.saturating_add(more.undetermined);
        verdict.closed_early = verdict.closed_early.saturating_add(more.closed_early);
        verdict.dropped = verdict.dropped.saturating_add(more.dropped);
    }
}
