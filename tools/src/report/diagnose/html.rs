//! The report as one HTML page that needs nothing else. Whatever comes from the capture is escaped.

use super::svg;
use crate::evidence::diagnosis::track::{Cure, Diagnosis, Shown, fact};
use crate::evidence::diagnosis::files;
use crate::report::escape_html as escape;
use core::fmt::Write as _;
use ikev2::diagnose::cause::NoProposalChosen;
use ikev2::diagnose::sizes;
use ikev2::diagnose::{Cause, Finding, Setting, Severity, order};

const STYLE: &str = r"
:root{color-scheme:light;--ink:#1c2430;--soft:#5b6675;--line:#d9dfe7;--back:#f6f8fa;--red:#b3261e;--amber:#8a5a00;--green:#1b6e3c;--blue:#1f5fa8}
*{box-sizing:border-box}
body{margin:0;font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif;color:var(--ink);background:var(--back)}
main{max-width:64rem;margin:0 auto;padding:1rem}
h1{font-size:1.35rem;line-height:1.3;margin:.2rem 0 .6rem}
h2{font-size:1.1rem;margin:0 0 .2rem;overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.2rem 0 .4rem}
section,header.verdict{background:#fff;border:1px solid var(--line);border-radius:10px;padding:1rem 1.1rem;margin:0 0 1rem}
header.verdict{border-left:8px solid var(--green)}
header.verdict.bad{border-left-color:var(--red)}
.soft{color:var(--soft);font-size:.9rem;overflow-wrap:anywhere;margin:.2rem 0}
.code{font-family:ui-monospace,'DejaVu Sans Mono',Consolas,monospace;font-size:.9em;overflow-wrap:anywhere}
.chip{display:inline-block;border-radius:6px;padding:.05rem .5rem;font-size:.85rem;font-weight:600;margin:0 .3rem .3rem 0;background:#eef1f5}
.chip.error{background:#fbe9e7;color:var(--red)}.chip.warning{background:#fff4dc;color:var(--amber)}.chip.info{background:#e8f0fa;color:var(--blue)}
article{border-top:1px solid var(--line);padding:.7rem 0}
article p{margin:.2rem 0;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(7rem,auto) 1fr;gap:.25rem .9rem;margin:.5rem 0}
dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem}
th,td{border-bottom:1px solid var(--line);padding:.2rem .55rem;text-align:right;white-space:nowrap}
th:first-child,td:first-child{text-align:left}
ol.offer{margin:.3rem 0;padding-left:1.6rem;font-size:.9rem}
ol.offer li{overflow-wrap:anywhere}
.draw{overflow-x:auto}
svg{display:block;width:100%;max-width:600px;height:auto;font:12px system-ui,'DejaVu Sans',sans-serif}
svg text{fill:var(--ink)}
svg .end{font-weight:700}svg .at{fill:var(--soft);font-size:11px}svg .start{text-anchor:start}svg .stop{text-anchor:end}
svg .what{text-anchor:middle}svg .mark{text-anchor:middle;fill:var(--red);font-size:11px}
svg .when{fill:var(--soft);font-size:10.5px}
svg .life{stroke:var(--line);stroke-width:2}
svg line.sent{stroke:var(--blue);stroke-width:1.6}svg path.sent{fill:var(--blue)}
svg line.again{stroke:var(--amber);stroke-width:1.6;stroke-dasharray:6 4}svg path.again{fill:var(--amber)}
svg line.lost{stroke:var(--red);stroke-width:1.6;stroke-dasharray:3 4}svg .cross{stroke:var(--red);stroke-width:2.4;fill:none}
@media(max-width:560px){main{padding:.5rem}section,header.verdict{padding:.8rem}dl{grid-template-columns:1fr}dd{margin:0 0 .4rem}}
@media print{body{background:#fff}section,header.verdict{break-inside:avoid-page}}
";

pub(super) fn page(report: &Diagnosis, all: bool) -> String {
    let verdict = &report.verdict;
    let bad = if verdict.codes.is_empty() { "" } else { " bad" };
    let mut html = String::from("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">");
    html.push_str("<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">");
    html.push_str("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
    let _ = write!(html, "<title>IKEv2 diagnosis of {}</title><style>{STYLE}</style></head><body><main>", escape(&report.frame.name));
    let _ = write!(html, "<header class=\"verdict{bad}\"><h1>{}</h1>", escape(&verdict.text));
    if let Some(error) = verdict.windows_error {
        let _ = write!(html, "<span class=\"chip error\">Windows error {error}</span>");
    }
    for code in &verdict.codes {
        let _ = write!(html, "<span class=\"chip error code\">{}</span>", escape(code));
    }
    let _ = write!(
        html,
        "<p class=\"soft\">{}: {} packets, {} IKE messages; IKE SAs: {} ({} failed, {} came up); {} s</p></header>",
        escape(&report.frame.name),
        report.frame.packets,
        report.frame.messages,
        verdict.ike_sas,
        verdict.failed,
        verdict.established,
        report.duration
    );
    if !report.frame.files.is_empty() {
        let _ = write!(html, "<p class=\"soft\">Captures: {}</p>", escape(&files::legend(&report.frame.files)));
    }
    let (shown, left_out) = report.shown(all);
    for shown in &shown {
        sa(&mut html, shown, report.view(shown.track));
    }
    if left_out > 0 {
        let _ = write!(html, "<p class=\"soft\">{left_out} more IKE SAs are not shown (--all shows them, --json has every finding).</p>");
    }
    if verdict.closed_early > 0 || verdict.dropped > 0 || report.untold > 0 {
        let _ = write!(
            html,
            "<p class=\"soft\">Bounds reached: {} IKE SAs were judged before the capture ended, {} findings dropped, {} messages not drawn.</p>",
            verdict.closed_early, verdict.dropped, report.untold
        );
    }
    for warning in &report.warnings {
        let _ = write!(html, "<p class=\"soft\">Warning: {}</p>", escape(warning));
    }
    for problem in &report.problems {
        let _ = write!(html, "<p class=\"soft\">Capture: {}</p>", escape(problem));
    }
    html.push_str("</main></body></html>\n");
    html
}

fn sa(html: &mut String, shown: &Shown<'_>, view: &str) {
    let track = shown.track;
    let _ = write!(
        html,
        "<section><h2>IKE SA {}: {} &rarr; {}</h2><p class=\"soft\">SPIs <span class=\"code\">{}</span>; {}</p>",
        track.number,
        escape(&track.initiator.to_string()),
        escape(&track.responder.to_string()),
        track.spis,
        escape(view)
    );
    for (at, finding) in shown.findings.iter().enumerate() {
        one(html, finding, &shown.cure(at));
    }
    if !track.ladder.steps.is_empty() {
        html.push_str("<h3>Messages, from the initiator on the left to the responder on the right</h3><div class=\"draw\">");
        html.push_str(&svg::draw(&track.ladder, &track.initiator.ip().to_string(), &track.responder.ip().to_string()));
        html.push_str("</div>");
        if track.ladder.more > 0 {
            let _ = write!(html, "<p class=\"soft\">{} more messages</p>", track.ladder.more);
        }
    }
    for (label, packet, report) in &track.sizes {
        size(html, &label.0, *packet, report);
    }
    html.push_str("</section>");
}

fn list(html: &mut String, settings: &[&Setting]) {
    if settings.is_empty() {
        return;
    }
    html.push_str("<dl>");
    for setting in settings {
        let _ = write!(html, "<dt>{}</dt><dd>{}</dd>", escape(setting.product.name()), escape(&setting.text));
    }
    html.push_str("</dl>");
}

fn one(html: &mut String, finding: &Finding, cure: &Cure) {
    let kind = &finding.cause;
    let severity = finding.severity.name();
    let _ = write!(
        html,
        "<article><span class=\"chip {severity}\">{severity}</span><span class=\"code\">{}</span><p>{}.</p>\
         <p class=\"soft\">evidence: packet {} from {:.3} s on; confidence {}</p>",
        escape(kind.code()),
        escape(&kind.to_string()),
        escape(&files::all_shown(&finding.packets)),
        finding.time.elapsed_since_start().as_secs_f64(),
        finding.confidence.name()
    );
    if finding.severity != Severity::Info {
        let change = match cure {
            Cure::Settings(_) => format!("To change: {}", kind.who().unwrap_or("nobody")),
            Cure::Same => "To change: the same as above".into(),
            Cure::Follows => "It follows from what is told above.".into(),
        };
        let _ = write!(html, "<p>{}</p>", escape(&change));
        let settings = if let Cure::Settings(settings) = cure { &**settings } else { &[] };
        let (first, folded) = order(settings, &finding.products);
        list(html, &first);
        if !folded.is_empty() {
            html.push_str("<details><summary>Products that were not seen here</summary>");
            list(html, &folded);
            html.push_str("</details>");
        }
        if let Cause::NoProposalChosen(NoProposalChosen { offer, change, .. }) = kind {
            html.push_str("<p>What was offered:</p><ol class=\"offer\">");
            for proposal in offer {
                let _ = write!(html, "<li>{}</li>", escape(&proposal.to_string()));
            }
            html.push_str("</ol>");
            if let Some(change) = change {
                let _ = write!(html, "<p>Would do: {}</p>", escape(change));
            }
        }
    }
    html.push_str("</article>");
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
    html.push_str("<div class=\"scroll\"><table><tr><th>path MTU</th>");
    for row in &report.plan {
        let _ = write!(html, "<th>{}</th>", row.mtu);
    }
    html.push_str("</tr><tr><td>IP packets</td>");
    for row in &report.plan {
        let _ = write!(html, "<td>{}</td>", row.ip_packets);
    }
    html.push_str("</tr><tr><td>IKE messages</td>");
    for row in &report.plan {
        let _ = write!(html, "<td>{}</td>", row.messages.map_or("&ndash;".into(), |n| n.to_string()));
    }
    html.push_str("</tr></table></div>");
    for advice in &report.advice {
        let _ = write!(html, "<p class=\"soft\">Advice: {}</p>", escape(&advice.to_string()));
    }
}
