//! The report to read: the verdict first.

use crate::evidence::diagnosis::State;
use crate::evidence::diagnosis::files;
use crate::evidence::diagnosis::ladder::{Ladder, Step};
use crate::evidence::diagnosis::track::{Cure, Diagnosis, Shown, fact};
use crate::report::Style;
use crate::report::text::{Ink, Page};
use core::fmt::Write as _;
use ikev2::Role;
use ikev2::diagnose::cause::NoProposalChosen;
use ikev2::diagnose::sizes;
use ikev2::diagnose::{Finding, Severity, order};

/// Columns when nobody asks for others.
const WIDTH: usize = 110;
/// Columns before the words of a finding.
const INDENT: usize = 10;
/// Columns from which on settings stand beside the names of their products.
const TWO_COLUMNS: usize = 80;
/// Columns that the ladder takes; where there are fewer, messages are listed.
const LADDER: usize = 100;
/// Columns before what is remarkable of a message, where that does not fit beside it.
const MARKS: usize = 26;

pub(super) fn report(report: &Diagnosis, all: bool, style: Style) -> String {
    let mut text = Page::new(style, WIDTH);
    let verdict = &report.verdict;
    let windows = verdict.windows_error.map(|error| format!(" [Windows error {error}]")).unwrap_or_default();
    let first = format!("{}{windows}", verdict.text);
    // A program that reads the first line gets the whole verdict, unless a terminal is to show it.
    let (ink, lines) = (verdict_ink(report), style.width.map_or_else(|| vec![first.clone()], |width| folded(&first, width)));
    for line in lines {
        text.ink(ink, &line);
        text.end_line();
    }
    let about = format!(
        "{}: {} packets, {} IKE messages; IKE SAs: {} ({} failed, {} came up); {} s",
        report.frame.name,
        report.frame.packets,
        report.frame.messages,
        verdict.ike_sas,
        verdict.failed,
        verdict.established,
        report.duration
    );
    text.foldable(Ink::Plain, "", 2, &about);
    if !report.frame.files.is_empty() {
        text.foldable(Ink::Plain, "", 2, &format!("Captures: {}", files::legend(&report.frame.files)));
    }
    if !verdict.codes.is_empty() {
        text.foldable(Ink::Plain, "", 2, &format!("Codes: {}", verdict.codes.join(", ")));
    }
    let (shown, left_out) = report.shown(all);
    for shown in &shown {
        sa(&mut text, shown, report.view(shown.track));
    }
    if left_out > 0 {
        text.end_line();
        text.foldable(Ink::Plain, "", 2, &format!("{left_out} more IKE SAs are not shown (--all shows them, --json has every finding)."));
    }
    if verdict.closed_early > 0 || verdict.dropped > 0 || report.untold > 0 {
        text.end_line();
        let bounds = format!(
            "Bounds reached: {} IKE SAs were judged before the capture ended, {} findings dropped, {} messages not kept for the ladder.",
            verdict.closed_early, verdict.dropped, report.untold
        );
        text.foldable(Ink::Plain, "", 2, &bounds);
    }
    for warning in &report.warnings {
        text.words(Ink::Doubtful, "Warning: ", 9, warning);
    }
    for problem in &report.problems {
        text.words(Ink::Plain, "Capture: ", 9, problem);
    }
    if report.more_problems > 0 {
        let _ = writeln!(text, "Capture: {} more problems", report.more_problems);
    }
    text.take()
}

fn verdict_ink(report: &Diagnosis) -> Ink {
    match report.state() {
        State::Fault => Ink::Bad,
        State::Healthy if !report.is_broken() => Ink::Good,
        State::Healthy | State::Undetermined => Ink::Doubtful,
    }
}

fn folded(line: &str, width: usize) -> Vec<String> {
    let mut page = Page::new(Style { width: Some(width), colour: false }, width);
    page.words(Ink::Plain, "", 0, line);
    page.take().lines().map(str::to_owned).collect()
}

fn sa(text: &mut Page, shown: &Shown<'_>, view: &str) {
    let track = shown.track;
    text.end_line();
    let ends = format!("{} (initiator) > {} (responder)", track.initiator, track.responder);
    text.foldable(Ink::Strong, &format!("IKE SA {}: ", track.number), 2, &ends);
    text.foldable(Ink::Plain, "  ", 2, &format!("SPIs {}; {view}", track.spis));
    for (at, finding) in shown.findings.iter().enumerate() {
        one(text, finding, &shown.cure(at));
    }
    ladder(text, &track.ladder);
    for (label, packet, report) in &track.sizes {
        size(text, &label.0, *packet, report);
    }
}

fn one(text: &mut Page, finding: &Finding, cure: &Cure) {
    let kind = &finding.cause;
    let packets: Vec<_> = finding.packets.iter().copied().map(files::shown).collect();
    let (ink, label) = match finding.severity {
        Severity::Error => (Ink::Bad, "  ERROR   "),
        Severity::Warning => (Ink::Doubtful, "  WARNING "),
        Severity::Info => (Ink::Plain, "  info    "),
    };
    let what = format!("{}: {kind}.", kind.code());
    text.words(ink, label, INDENT, &what);
    let evidence = format!(
        "evidence: packet{} {} from {:.3} s on; confidence {}",
        if packets.len() == 1 { "" } else { "s" },
        if packets.is_empty() { "-".to_owned() } else { packets.join(", ") },
        finding.time.elapsed_since_start().as_secs_f64(),
        finding.confidence.name()
    );
    if finding.severity == Severity::Info {
        return;
    }
    text.words(Ink::Plain, "          ", INDENT, &evidence);
    let change = match cure {
        Cure::Settings(_) => format!("to change: {}", kind.who().unwrap_or("nobody")),
        Cure::Same => "to change: the same as above".into(),
        Cure::Follows => "it follows from what is told above".into(),
    };
    text.words(Ink::Plain, "          ", INDENT, &change);
    if let Cure::Settings(settings) = cure {
        let (first, folded) = order(settings, &finding.products);
        for setting in first {
            if text.width >= TWO_COLUMNS {
                text.words(Ink::Plain, &format!("            {:<15}", setting.product), 27, &setting.text);
            } else {
                text.words(Ink::Plain, &format!("            {}: ", setting.product), 14, &setting.text);
            }
        }
        if !folded.is_empty() {
            let names: Vec<_> = folded.iter().map(|setting| setting.product.name()).collect();
            text.words(
                Ink::Plain,
                "            ",
                12,
                &format!("not seen here (--html and --json have their settings): {}", names.join(", ")),
            );
        }
    }
    if let ikev2::diagnose::Cause::NoProposalChosen(NoProposalChosen { offer, change, .. }) = kind {
        for (n, proposal) in (1_usize..).zip(offer) {
            text.words(Ink::Plain, &format!("            offer {n:<3} "), 22, &proposal.to_string());
        }
        if let Some(change) = change {
            text.words(Ink::Plain, "            would do: ", 22, change);
        }
    }
}

fn ladder(text: &mut Page, ladder: &Ladder) {
    if ladder.steps.is_empty() {
        return;
    }
    let wide = text.width >= LADDER;
    if wide {
        let space = " ".repeat(58);
        let _ = writeln!(text, "  {:>11} {:>7}  initiator{space}responder", "seconds", "packet");
    }
    for step in &ladder.steps {
        if wide { rung(text, step) } else { listed(text, step) }
    }
    if ladder.more > 0 {
        let _ = writeln!(text, "  {:>19}  {} more messages", "", ladder.more);
    }
}

/// The first packet of a message, with a mark when there are more.
fn first_packet(step: &Step) -> String {
    let more = if step.packets.len() > 1 { "+" } else { "" };
    step.packets.first().map(|packet| format!("{}{more}", files::shown(*packet))).unwrap_or_default()
}

/// A message where the ladder has no room.
fn listed(text: &mut Page, step: &Step) {
    let from = if step.from.is_initiator() { "initiator" } else { "responder" };
    let packet = first_packet(step);
    let marks = step.marks();
    let marks = if marks.is_empty() { String::new() } else { format!("; {}", marks.join("; ")) };
    let prefix = format!("  {:>11} {packet:>5} {from} > ", step.time.to_string());
    let ink = if step.is_lost() { Ink::Bad } else { Ink::Plain };
    text.words(ink, &prefix, 20, &format!("{}{marks}", step.words()));
}

fn rung(text: &mut Page, step: &Step) {
    const ARROW: usize = 66;
    let words = step.words();
    let fill = ARROW.saturating_sub(words.chars().count()).max(4);
    let line = "-".repeat(fill.saturating_sub(3));
    let end = if step.is_lost() { "x" } else { ">" };
    let arrow = match step.from {
        Role::Initiator => format!("|- {words} {line}{end} |"),
        Role::Responder => format!("| {}{line} {words} -|", if step.is_lost() { "x" } else { "<" }),
    };
    let marks = step.marks().join("; ");
    let packet = first_packet(step);
    let rung = format!("  {:>11} {packet:>7}  {arrow}", step.time.to_string());
    let room = text.width.saturating_sub(rung.chars().count()).saturating_sub(2);
    let fits = !text.is_for_terminal() || marks.chars().count() <= room;
    text.push(&rung);
    match (marks.is_empty(), fits) {
        (true, _) => text.end_line(),
        (false, true) => {
            let _ = writeln!(text, "  {marks}");
        }
        (false, false) => {
            text.end_line();
            let indent = " ".repeat(MARKS);
            text.words(Ink::Plain, &indent, MARKS, &marks);
        }
    }
}

fn size(text: &mut Page, label: &str, packet: u64, report: &sizes::SizeReport) {
    let sizes = format!(
        "Size of the {label} of packet {}: {} octets of content, {} as one message, {} as one IP packet",
        files::shown(packet),
        report.content_len, report.message_len, report.packet_len
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
