//! Whether TCP ports take connections, as the caller tells: IKE by TCP (RFC 9329), and what SSTP needs.

use crate::diagnose::Confidence::{High, Medium};
use crate::probe::answer::AnswerResult::{No, Yes};
use crate::probe::answer::{ProbeAnswer, ProbeQuestion};
use crate::probe::evidence::Evidence;
use alloc::format;

pub(in crate::probe) fn answers(seen: &Evidence) -> impl Iterator<Item = ProbeAnswer> {
    seen.tcp.iter().map(|(question, connects)| {
        let port = if *question == ProbeQuestion::Tcp443 { 443 } else { 4500 };
        let (known, text) = if *connects {
            ((Yes, High), format!("TCP port {port} takes connections."))
        } else {
            ((No, Medium), format!("No connection to TCP port {port} came up."))
        };
        seen.say(*question, known, 0, text)
    })
}
