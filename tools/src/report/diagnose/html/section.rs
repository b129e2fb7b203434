//! One IKE SA on a page: what was found, what to change, its messages drawn, its sizes.

use super::super::{head, svg};
use super::settings;
use crate::evidence::diagnosis::files;
use crate::evidence::diagnosis::overview::{Cure, Shown, Told};
use crate::evidence::diagnosis::track::{Diagnosis, fact};
use crate::report::clock::{self, Clock};
use crate::report::escape_html as escape;
use crate::report::html::wide_table;
use core::fmt::Write as _;
use ikev2::diagnose::cause::NoProposalChosen;
use ikev2::diagnose::{Cause, Finding, Severity, order, sizes};

/// What is the same for every IKE SA of a page.
pub(super) struct Around<'r> {
    pub(super) report: &'r Diagnosis,
    pub(super) clock: Clock,
}

pub(super) fn sa(html: &mut String, shown: &Shown<'_>, around: &Around<'_>, told: &mut Told) {
    let track = shown.track;
    if track.is_of_no_sa() {
        html.push_str("<section id=\"sa-0\"><h2>Events that name no IKE SA</h2>");
    } else {
        let _ = write!(
            html,
            "<section id=\"sa-{0}\"><h2>IKE SA {0}: {1} &rarr; {2}</h2><p class=\"soft\">SPIs <span class=\"code\">{3}</span>; {4}</p>",
            track.number,
            escape(&track.initiator.to_string()),
            escape(&track.responder.to_string()),
            track.spis,
            escape(&head::taken(around.report, track))
        );
    }
    for (at, finding) in shown.findings.iter().enumerate() {
        one(html, finding, &shown.cure(at, told), around);
    }
    if !track.ladder.steps.is_empty() {
        html.push_str("<h3>Messages, from the initiator on the left to the responder on the right</h3>");
        html.push_str(&svg::draw(track, head::unit(around.report), around.clock));
        if track.ladder.more > 0 {
            let _ = write!(html, "<p class=\"soft\">{} more messages</p>", track.ladder.more);
        }
    }
    for (label, packet, report) in &track.sizes {
        size(html, &label.0, *packet, report);
    }
    html.push_str("</section>");
}

fn one(html: &mut String, finding: &Finding, cure: &Cure, around: &Around<'_>) {
    let clock = around.clock;
    let kind = &finding.cause;
    let severity = finding.severity.name();
    let at = clock.time(clock::of_instant(finding.time)).map(|time| format!(" ({time} {})", clock.zone())).unwrap_or_default();
    let _ = write!(
        html,
        "<article><span class=\"chip {severity}\">{severity}</span><span class=\"code\">{}</span><p>{}.</p>\
         <p class=\"soft\">evidence: {} {} from {:.3} s on{at}; confidence {}</p>",
        escape(kind.code()),
        escape(&head::sentence(&kind.to_string())),
        head::unit(around.report),
        escape(&files::all_shown(&finding.packets)),
        finding.time.elapsed_since_start().as_secs_f64(),
        finding.confidence.name()
    );
    if finding.severity != Severity::Info {
        change(html, finding, cure);
    }
    html.push_str("</article>");
}

fn change(html: &mut String, finding: &Finding, cure: &Cure) {
    let kind = &finding.cause;
    match cure {
        Cure::Settings(all) => {
            let _ = write!(html, "<p><strong>To change:</strong> {}</p>", escape(kind.who().unwrap_or("nobody")));
            let (first, folded) = order(all, &finding.products);
            settings::write(html, &first);
            if !folded.is_empty() {
                html.push_str("<details><summary>Products that were not seen here</summary>");
                settings::write(html, &folded);
                html.push_str("</details>");
            }
        }
        Cure::Same => html.push_str("<p>To change: the same as above</p>"),
        Cure::As(number) => {
            let _ = write!(html, "<p>To change: the same as for <a href=\"#sa-{number}\">IKE SA {number}</a></p>");
        }
        Cure::Follows => html.push_str("<p>It follows from what is told above.</p>"),
    }
    if let Cause::NoProposalChosen(NoProposalChosen { offer, change, .. }) = kind {
        let _ = write!(
            html,
            "<details><summary>What was offered: {}</summary><ol class=\"offer\">",
            head::count(u64::try_from(offer.len()).unwrap_or(0), "proposal")
        );
        for proposal in offer {
            let _ = write!(html, "<li>{}</li>", escape(&proposal.to_string()));
        }
        html.push_str("</ol></details>");
        if let Some(change) = change {
            let _ = write!(html, "<p>Would do: {}</p>", escape(change));
        }
    }
}

fn size(html: &mut String, label: &str, packet: u64, report: &sizes::SizeReport) {
    let _ = write!(
        html,
        "<h3>Size of the {} of packet {}</h3><p>{} octets of content, {} as one message, {} as one IP packet.</p>",
        escape(label),
        files::shown(packet),
        report.content_len,
        report.message_len,
        report.packet_len
    );
    if !report.payloads.is_empty() {
        let parts: Vec<_> = report.payloads.iter().map(fact).collect();
        let _ = write!(html, "<p class=\"soft\">Payloads: {}</p>", escape(&parts.join(", ")));
    }
    wide_table(html, &format!("Packets of the {label} of packet {}", files::shown(packet)), |html| plan(html, report));
    for advice in &report.advice {
        let _ = write!(html, "<p class=\"soft\">Advice: {}</p>", escape(&advice.to_string()));
    }
}

/// Into how many packets each path cuts the message.
fn plan(html: &mut String, report: &sizes::SizeReport) {
    html.push_str("<tr><th>path MTU</th>");
    for row in &report.plan {
        let _ = write!(html, "<th class=\"n\">{}</th>", row.mtu);
    }
    html.push_str("</tr><tr><td>IP packets</td>");
    for row in &report.plan {
        let _ = write!(html, "<td class=\"n\">{}</td>", row.ip_packets);
    }
    html.push_str("</tr><tr><td>IKE messages</td>");
    for row in &report.plan {
        let _ = write!(html, "<td class=\"n\">{}</td>", row.messages.map_or("&ndash;".into(), |n| n.to_string()));
    }
    html.push_str("</tr>");
}
