//! The report to read: the verdict first.

use super::ladder::{Ladder, Step};
use super::report::{Cure, Report, Shown, fact};
use core::fmt::Write as _;
use ikev2::Role;
use ikev2::diagnose::cause::NoProposalChosen;
use ikev2::diagnose::sizes;
use ikev2::diagnose::{Finding, Severity};

const WIDTH: usize = 110;
/// Findings of one IKE SA.
const INDENT: usize = 10;

pub(crate) fn report(report: &Report, all: bool) -> String {
    let mut text = String::new();
    let verdict = &report.verdict;
    let windows = verdict.windows_error.map(|error| format!(" [Windows error {error}]")).unwrap_or_default();
    let _ = writeln!(text, "{}{windows}", verdict.text);
    let _ = writeln!(
        text,
        "{}: {} packets, {} IKE messages; IKE SAs: {} ({} failed, {} came up); {} s",
        report.name, report.packets, report.messages, verdict.sas, verdict.failed, verdict.established, report.duration
    );
    if !verdict.codes.is_empty() {
        let _ = writeln!(text, "Codes: {}", verdict.codes.join(", "));
    }
    let (shown, left_out) = report.shown(all);
    for shown in &shown {
        sa(&mut text, shown);
    }
    if left_out > 0 {
        let _ = writeln!(text, "\n{left_out} more IKE SAs are not shown (--all shows them, --json has every finding).");
    }
    if verdict.closed_early > 0 || verdict.dropped > 0 || report.untold > 0 {
        let _ = writeln!(
            text,
            "\nBounds reached: {} IKE SAs were judged before the capture ended, {} findings dropped, {} messages not kept for the ladder.",
            verdict.closed_early, verdict.dropped, report.untold
        );
    }
    for problem in &report.problems {
        wrap(&mut text, "Capture: ", 9, problem);
    }
    if report.more_problems > 0 {
        let _ = writeln!(text, "Capture: {} more problems", report.more_problems);
    }
    text
}

fn sa(text: &mut String, shown: &Shown<'_>) {
    let track = shown.track;
    let _ = writeln!(text, "\nIKE SA {}: {} (initiator) > {} (responder)", track.number, track.initiator, track.responder);
    let _ = writeln!(text, "  SPIs {}; {}", track.spis, track.view());
    for (at, finding) in shown.findings.iter().enumerate() {
        one(text, finding, &shown.cure(at));
    }
    ladder(text, &track.ladder);
    for (label, packet, report) in &track.sizes {
        size(text, &label.0, *packet, report);
    }
}

fn one(text: &mut String, finding: &Finding, cure: &Cure<'_>) {
    let kind = &finding.kind;
    let packets: Vec<_> = finding.packets.iter().map(u64::to_string).collect();
    let label = match finding.severity {
        Severity::Error => "  ERROR   ",
        Severity::Warning => "  WARNING ",
        Severity::Info => "  info    ",
    };
    let what = format!("{}: {kind}.", kind.code());
    wrap(text, label, INDENT, &what);
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
    wrap(text, "          ", INDENT, &evidence);
    let change = match cure {
        Cure::Settings(_) => format!("to change: {}", kind.who().unwrap_or("nobody")),
        Cure::Same => "to change: the same as above".into(),
        Cure::Follows => "it follows from what is told above".into(),
    };
    wrap(text, "          ", INDENT, &change);
    if let Cure::Settings(settings) = cure {
        for (product, setting) in *settings {
            let name = format!("            {:<15}", product.name());
            wrap(text, &name, 27, setting);
        }
    }
    if let ikev2::diagnose::Kind::NoProposalChosen(NoProposalChosen { offer, change, .. }) = kind {
        for (n, proposal) in (1_usize..).zip(offer) {
            wrap(text, &format!("            offer {n:<3} "), 22, &proposal.to_string());
        }
        if let Some(change) = change {
            wrap(text, "            would do: ", 22, change);
        }
    }
}

fn ladder(text: &mut String, ladder: &Ladder) {
    if ladder.steps.is_empty() {
        return;
    }
    let _ =
        writeln!(text, "  {:>11} {:>7}  initiator                                                          responder", "seconds", "packet");
    for step in &ladder.steps {
        rung(text, step);
    }
    if ladder.more > 0 {
        let _ = writeln!(text, "  {:>19}  {} more messages", "", ladder.more);
    }
}

fn rung(text: &mut String, step: &Step) {
    const ARROW: usize = 66;
    let words = step.words();
    let fill = ARROW.saturating_sub(words.chars().count()).max(4);
    let line = "-".repeat(fill.saturating_sub(3));
    let end = if step.lost.is_some() { "x" } else { ">" };
    let arrow = match step.from {
        Role::Initiator => format!("|- {words} {line}{end} |"),
        Role::Responder => format!("| {}{line} {words} -|", if step.lost.is_some() { "x" } else { "<" }),
    };
    let marks = step.marks();
    let marks = if marks.is_empty() { String::new() } else { format!("  {}", marks.join("; ")) };
    let packet = step.packets.first().map(u64::to_string).unwrap_or_default();
    let packet = if step.packets.len() > 1 { format!("{packet}+") } else { packet };
    let _ = writeln!(text, "  {:>11} {packet:>7}  {arrow}{marks}", step.time.to_string());
}

fn size(text: &mut String, label: &str, packet: u64, report: &sizes::Report) {
    let _ = writeln!(
        text,
        "  Size of the {label} of packet {packet}: {} octets of content, {} as one message, {} as one IP packet",
        report.content, report.message, report.packet
    );
    if !report.parts.is_empty() {
        let parts: Vec<_> = report.parts.iter().map(fact).collect();
        wrap(text, "    payloads:     ", 18, &parts.join(", "));
    }
    let row = |name: &str, value: &dyn Fn(&sizes::Row) -> String| {
        let cells: Vec<_> = report.plan.iter().map(|row| format!("{:>5}", value(row))).collect();
        format!("    {name:<14}{}", cells.join(""))
    };
    let _ = writeln!(text, "{}", row("path MTU", &|row| row.mtu.to_string()));
    let _ = writeln!(text, "{}", row("IP packets", &|row| row.ip_packets.to_string()));
    let _ = writeln!(text, "{}", row("IKE messages", &|row| row.messages.map_or("-".into(), |n| n.to_string())));
    for advice in &report.advice {
        wrap(text, "    advice:       ", 18, &advice.to_string());
    }
}

/// Appends `prefix` and the words of `body` in lines of at most [`WIDTH`] columns, further lines indented.
fn wrap(text: &mut String, prefix: &str, indent: usize, body: &str) {
    let mut line = prefix.to_owned();
    let mut empty = true;
    for word in body.split_whitespace() {
        if !empty && line.chars().count().saturating_add(word.chars().count()) >= WIDTH {
            text.push_str(line.trim_end());
            text.push('\n');
            line = " ".repeat(indent);
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    text.push_str(line.trim_end());
    text.push('\n');
}
