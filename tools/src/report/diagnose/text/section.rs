//! One IKE SA in text: what was found, what to change, its messages, its sizes.

use super::super::commands::{self, Piece};
use super::super::{head, view::View};
use super::ladder;
use crate::evidence::diagnosis::files;
use crate::evidence::diagnosis::overview::{Cure, Shown, Told};
use crate::evidence::diagnosis::track::{Diagnosis, fact};
use crate::report::clock::{self, Clock};
use crate::report::text::{Ink, Page};
use core::fmt::Write as _;
use ikev2::diagnose::cause::NoProposalChosen;
use ikev2::diagnose::{Cause, Finding, Setting, Severity, order, sizes};

/// Columns before the words of a finding.
const INDENT: usize = 10;
/// Columns from which on settings stand beside the names of their products.
const TWO_COLUMNS: usize = 80;
/// Columns from which on they stand behind the names.
const NAMES: usize = 60;

/// What is the same for every IKE SA of a report.
pub(super) struct Around<'r> {
    pub(super) report: &'r Diagnosis,
    pub(super) view: View,
    pub(super) clock: Clock,
}

pub(super) fn sa(text: &mut Page, shown: &Shown<'_>, around: &Around<'_>, told: &mut Told) {
    let track = shown.track;
    text.end_line();
    if track.is_of_no_sa() {
        text.words(Ink::Strong, "Events that name no IKE SA:", 2, "");
    } else {
        let ends = format!("{} (initiator) > {} (responder)", track.initiator, track.responder);
        text.foldable(Ink::Strong, &format!("IKE SA {}: ", track.number), 2, &ends);
        text.foldable(Ink::Plain, "  ", 2, &format!("SPIs {}; {}", track.spis, head::taken(around.report, track)));
    }
    if let Some(stacks) = shown.findings.first().and_then(|finding| stacks(finding)) {
        text.words(Ink::Plain, "  ", 2, &stacks);
    }
    for (at, finding) in shown.findings.iter().enumerate() {
        one(text, finding, &shown.cure(at, told), around);
    }
    ladder::ladder(text, &track.ladder, head::unit(around.report), around.clock);
    for (label, packet, report) in &track.sizes {
        size(text, &label.0, *packet, report);
    }
}

/// Who the two sides are, as far as their first messages tell.
fn stacks(finding: &Finding) -> Option<String> {
    let side = |name, stacks: &[_]| head::stack(stacks).map(|stack| format!("{name} {stack}"));
    let sides = [side("initiator", &finding.initiator), side("responder", &finding.responder)];
    let sides: Vec<_> = sides.into_iter().flatten().collect();
    (!sides.is_empty()).then(|| format!("by their fingerprints: {}", sides.join(", ")))
}

fn one(text: &mut Page, finding: &Finding, cure: &Cure, around: &Around<'_>) {
    let kind = &finding.cause;
    let (ink, label) = match finding.severity {
        Severity::Error => (Ink::Bad, "  ERROR   "),
        Severity::Warning => (Ink::Doubtful, "  WARNING "),
        Severity::Info => (Ink::Plain, "  info    "),
    };
    text.words(ink, label, INDENT, &format!("{}: {kind}.", kind.code()));
    if finding.severity == Severity::Info {
        return;
    }
    text.words(Ink::Plain, "          ", INDENT, &evidence(finding, around.report, around.clock));
    let change = match cure {
        Cure::Settings(_) => format!("to change: {}", kind.who().unwrap_or("nobody")),
        Cure::Same => "to change: the same as above".into(),
        Cure::As(number) => format!("to change: the same as for IKE SA {number}"),
        Cure::Follows => "it follows from what is told above".into(),
    };
    text.words(Ink::Plain, "          ", INDENT, &change);
    if let Cure::Settings(settings) = cure {
        let (first, folded) = order(settings, &finding.products);
        first.into_iter().for_each(|one| setting(text, one));
        if around.view.all_products {
            folded.into_iter().for_each(|one| setting(text, one));
        } else if !folded.is_empty() {
            let names: Vec<_> = folded.iter().map(|setting| setting.product.name()).collect();
            text.words(
                Ink::Plain,
                "            ",
                12,
                &format!("not seen here (--all-products shows their settings): {}", names.join(", ")),
            );
        }
    }
    if let Cause::NoProposalChosen(NoProposalChosen { offer, change, .. }) = kind {
        for (n, proposal) in (1_usize..).zip(offer) {
            text.words(Ink::Plain, &format!("            offer {n:<3} "), 22, &proposal.to_string());
        }
        if let Some(change) = change {
            text.words(Ink::Plain, "            would do: ", 22, change);
        }
    }
}

/// What proves it, when, and how sure it is.
fn evidence(finding: &Finding, report: &Diagnosis, clock: Clock) -> String {
    let packets: Vec<_> = finding.packets.iter().copied().map(files::shown).collect();
    let at = clock.time(clock::of_instant(finding.time)).map(|time| format!(" ({time} {})", clock.zone())).unwrap_or_default();
    format!(
        "evidence: {}{} {} from {:.3} s on{at}; confidence {}",
        head::unit(report),
        if packets.len() == 1 { "" } else { "s" },
        if packets.is_empty() { "-".to_owned() } else { packets.join(", ") },
        finding.time.elapsed_since_start().as_secs_f64(),
        finding.confidence.name()
    )
}

/// A setting: its words folded, what is to be pasted in a line of its own that nothing breaks.
fn setting(text: &mut Page, setting: &Setting) {
    let wide = text.width >= TWO_COLUMNS;
    let (mut prefix, indent) =
        if wide { (format!("            {:<15}", setting.product), 27) } else { (format!("            {}: ", setting.product), 14) };
    if text.width < NAMES {
        text.line(prefix.trim_end());
        prefix = " ".repeat(indent);
    }
    for piece in commands::pieces(&setting.text) {
        match piece {
            Piece::Words(words) => text.words(Ink::Plain, &prefix, indent, &words),
            Piece::Command(command) if prefix.trim().is_empty() => text.line(&format!("{prefix}{command}")),
            Piece::Command(command) => {
                text.line(prefix.trim_end());
                text.line(&format!("{:indent$}{command}", ""));
            }
        }
        prefix = " ".repeat(indent);
    }
}

fn size(text: &mut Page, label: &str, packet: u64, report: &sizes::SizeReport) {
    let sizes = format!(
        "Size of the {label} of packet {}: {} octets of content, {} as one message, {} as one IP packet",
        files::shown(packet),
        report.content_len,
        report.message_len,
        report.packet_len
    );
    text.foldable(Ink::Plain, "  ", 4, &sizes);
    if !report.payloads.is_empty() {
        let parts: Vec<_> = report.payloads.iter().map(fact).collect();
        text.words(Ink::Plain, "    payloads:     ", 18, &parts.join(", "));
    }
    // A name of 18 columns, and 5 for each path MTU: as many in a line as fit.
    let fit = text.width.saturating_sub(18).checked_div(5).unwrap_or(1).max(1);
    for plan in report.plan.chunks(fit) {
        let row = |name: &str, value: &dyn Fn(&sizes::MtuRow) -> String| {
            let cells: Vec<_> = plan.iter().map(|row| format!("{:>5}", value(row))).collect();
            format!("    {name:<14}{}", cells.join(""))
        };
        let _ = writeln!(text, "{}", row("path MTU", &|row| row.mtu.to_string()));
        let _ = writeln!(text, "{}", row("IP packets", &|row| row.ip_packets.to_string()));
        let _ = writeln!(text, "{}", row("IKE messages", &|row| row.messages.map_or("-".into(), |n| n.to_string())));
    }
    for advice in &report.advice {
        text.words(Ink::Plain, "    advice:       ", 18, &advice.to_string());
    }
}
