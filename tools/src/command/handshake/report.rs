//! What is printed: the exchange as it happens, and the verdict.

use super::failure::{Failure, notify};
use ikev2::Instant;
use ikev2::registry::{ExchangeType, KeMethod, NotifyType};
use ikev2_tools::report::{Style, fold};
use serde_json::json;
use std::fmt::Arguments;
use std::io::Write;
use std::time::Instant as Clock;

pub(crate) struct Report {
    out: Box<dyn Write + Send>,
    quiet: bool,
    style: Style,
    started: Clock,
    begun: Instant,
    /// Of the SA that the next verdict is about.
    pub(crate) seen: Seen,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) phase: Option<ExchangeType>,
    /// The last error notify.
    pub(crate) notify: Option<NotifyType>,
    pub(crate) ike: Option<String>,
    pub(crate) esp: Option<String>,
    pub(crate) sent: u64,
    pub(crate) received: u64,
    pub(crate) fragments_sent: u64,
    pub(crate) fragments_received: u64,
    pub(crate) largest_sent: usize,
    pub(crate) retransmissions: u64,
    pub(crate) cookies: u64,
    pub(crate) ke_retries: u64,
    pub(crate) wanted_group: Option<KeMethod>,
    pub(crate) steps: Vec<String>,
    /// The mode of the Child SA.
    pub(crate) mode: Option<&'static str>,
    /// What the method of EAP has come to.
    pub(crate) eap: Option<String>,
    /// A PPK is part of the keys.
    pub(crate) ppk: bool,
    /// What the initiator was given.
    pub(crate) addresses: Vec<String>,
    pub(crate) dns: Vec<String>,
    /// The IKE SA was authenticated by both sides.
    pub(crate) established: bool,
}

/// Steps that are counted up in the verdict.
const STEPS: usize = 1000;

impl Seen {
    /// Notes a step; a peer that goes on for ever does not make the list longer.
    pub(crate) fn step(&mut self, step: String) {
        if self.steps.len() < STEPS {
            self.steps.push(step);
        }
    }
}

impl Report {
    pub(crate) fn new(out: Box<dyn Write + Send>, quiet: bool, style: Style) -> Self {
        Self { out, quiet, style, started: Clock::now(), begun: Instant::START, seen: Seen::default() }
    }

    /// The clock that timers count by; it starts with the program.
    pub(crate) fn now(&self) -> Instant {
        Instant::since_start(self.started.elapsed())
    }

    pub(crate) fn say(&mut self, text: Arguments<'_>) {
        if !self.quiet {
            let now = self.now().elapsed_since_start();
            let line = format!("{:4}.{:03} {text}", now.as_secs(), now.subsec_millis());
            self.line(format_args!("{}", fold(&line, self.style, 12)));
        }
    }

    /// Whoever reads the other end of a pipe may have gone: that ends nothing here.
    fn line(&mut self, text: Arguments<'_>) {
        let _ = writeln!(self.out, "{text}");
        let _ = self.out.flush();
    }

    /// Forgets what was seen, for the next SA.
    pub(crate) fn begin(&mut self) {
        self.begun = self.now();
        self.seen = Seen::default();
    }

    /// The last line; gives the exit status.
    pub(crate) fn verdict(&mut self, outcome: &Result<(), Failure>) -> u8 {
        if let Err(failure) = outcome {
            self.say(format_args!("ended: {failure}"));
        }
        let (verdict, status) = match outcome {
            Ok(()) => ("established", 0),
            Err(Failure::Refused(_) | Failure::EapFailed) => ("refused", 1),
            Err(Failure::NoAnswer | Failure::Unreachable(..)) => ("no_answer", 3),
            Err(Failure::Usage(_) | Failure::Io(_)) => ("protocol_error", 2),
            Err(_) => ("protocol_error", 4),
        };
        let seen = &self.seen;
        let phase = seen.phase.and_then(ExchangeType::name).unwrap_or("IKE_SA_INIT");
        let line = json!({
            "verdict": verdict,
            "phase": phase,
            "notify": seen.notify.map(notify),
            "ike": seen.ike,
            "esp": seen.esp,
            "sent": seen.sent,
            "received": seen.received,
            "fragments_sent": seen.fragments_sent,
            "fragments_received": seen.fragments_received,
            "largest_sent": seen.largest_sent,
            "retransmissions": seen.retransmissions,
            "cookies": seen.cookies,
            "ke_retries": seen.ke_retries,
            "wanted_group": seen.wanted_group.map(|method| method.0),
            "mode": seen.mode,
            "eap": seen.eap,
            "ppk": seen.ppk,
            "addresses": seen.addresses,
            "dns": seen.dns,
            "steps": seen.steps,
            "time_ms": u64::try_from((self.now() - self.begun).as_millis()).unwrap_or(u64::MAX),
        });
        self.line(format_args!("{line}"));
        status
    }
}
