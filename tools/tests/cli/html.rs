//! The pages of `ike negotiate`, `ike certificate` and `ike notation`: whole, harmless, and as much as the text says.

use crate::kit::ike;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

static PAGES: AtomicUsize = AtomicUsize::new(0);

const CHAIN: &str = "tests/data/certificates-made/key-rsa4096.pem";

/// What stands between two texts, each time they occur.
pub(crate) fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from).skip(1).filter_map(|rest| rest.split_once(to)).map(|(inside, _)| inside).collect()
}

/// Every element that is opened is closed, in order.
pub(crate) fn balanced(html: &str) {
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').unwrap();
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap();
        if tag.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !tag.ends_with('/') && !tag.starts_with('!') && !["meta", "br"].contains(&name) {
            open.push(name);
        }
    }
    assert_eq!(open, [""; 0]);
}

/// HTML of this program as text.
pub(crate) fn plain(html: &str) -> String {
    let text = html.replace("<span>", "").replace("</span>", "");
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")]
        .iter()
        .fold(text, |text, (of, to)| text.replace(of, to))
}

/// The text of a report, and its page.
fn both(args: &[&str], input: &str) -> (String, String) {
    let number = PAGES.fetch_add(1, Ordering::Relaxed);
    let page = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("report-{number}.html"));
    let (status, text, complaints) = ike(args.iter().copied().chain(["--html", page.to_str().unwrap()]), input);
    assert!(status < 2 || status == 3, "{args:?}: {status}: {complaints}");
    (text, std::fs::read_to_string(page).unwrap())
}

fn notations() -> Vec<String> {
    let folder = crate::kit::root().join("tests/data/notations");
    let mut all: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    all.sort();
    assert!(all.len() > 30, "{all:?}");
    all.iter().map(|path| path.to_str().unwrap().to_owned()).collect()
}

/// The words of a page, without its look, in one line each element.
fn words(page: &str) -> String {
    let body = between(page, "<main>", "</main>")[0];
    let text: String = body.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect::<Vec<_>>().join(" ");
    plain(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn whole(page: &str) {
    balanced(page);
    assert!(page.starts_with("<!doctype html>\n<html lang=\"en\">"), "{page}");
    assert_eq!((page.matches("<h1>").count(), page.matches("<main>").count(), page.matches("<script").count()), (1, 1, 1));
    for outside in ["http:", "https:", "src=", "url(", "onclick"] {
        // An address in a report is text.
        assert!(!between(page, "<", ">").iter().any(|tag| tag.contains(outside)), "{outside}");
    }
}

#[test]
fn a_page_has_all_that_the_text_has_of_a_notation() {
    for file in notations() {
        let (text, page) = both(&["notation", &file], "");
        whole(&page);
        let shown = words(&page);
        for line in text.lines().skip(1) {
            let (label, what) = line.split_once(':').unwrap();
            let row = format!("{label} {}", what.split_whitespace().collect::<Vec<_>>().join(" "));
            assert!(shown.contains(&row), "{file}: {row}: {shown}");
        }
    }
}

#[test]
fn a_page_has_all_that_the_text_has_of_two_sides() {
    let all = notations();
    let mut states = [0; 3];
    let pairs = all.iter().enumerate().map(|(n, initiator)| (initiator.as_str(), all[(n * 7 + 3) % all.len()].as_str()));
    for (initiator, responder) in pairs.chain([("aes256-sha256-modp2048", "esp_proposals = aes256gcm16")]) {
        let (text, page) = both(&["negotiate", initiator, responder], "");
        whole(&page);
        let shown = words(&page);
        states[["The two sides agree", "The two sides do not agree", "It cannot be told"]
            .iter()
            .position(|s| shown.starts_with(s))
            .unwrap()] += 1;
        let commands: Vec<String> = between(&page, "<code>", "</code>")
            .iter()
            .flat_map(|code| plain(code).lines().map(str::to_owned).collect::<Vec<_>>())
            .collect();
        for line in text.lines().filter(|line| line.starts_with("           ")).map(str::trim) {
            // Further lines of what is folded begin there, too.
            assert!(commands.iter().any(|command| command.trim() == line) || shown.contains(line), "{initiator} {responder}: {line}");
        }
        for exchange in ["IKE SA (IKE_SA_INIT)", "First Child SA (IKE_AUTH)", "Child SA rekeyed", "IKE SA rekeyed"] {
            assert!(shown.contains(exchange), "{shown}");
        }
        let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for lint in between(&page, "<ul><li>", "</ul>").iter().flat_map(|list| list.split("</li><li>")) {
            let lint = plain(lint.trim_end_matches("</li>"));
            assert!(said.contains(&lint), "{initiator} {responder}: {lint}");
        }
        let remedies = text.lines().filter(|line| line.starts_with("Change:")).count();
        assert_eq!(page.matches("<strong>Change:</strong>").count(), remedies, "{initiator} {responder}");
    }
    assert!(states[0] > 0 && states[1] > 5 && states[2] > 0, "{states:?}");
}

#[test]
fn a_page_has_all_that_the_text_has_of_a_chain() {
    for (args, answer) in [
        (&["--name", "vpn2.example.net", "--at", "2027-01-01"][..], "It is not fit"),
        (&["--name", "vpn.example.net", "--at", "2027-01-01"], "It is fit"),
        (&["--role", "client", "--at", "2027-01-01"], "It is not fit"),
    ] {
        let line = [&["certificate"], args, &[CHAIN]].concat();
        let (text, page) = both(&line, "");
        whole(&page);
        let shown = words(&page);
        assert!(shown.starts_with(answer), "{shown}");
        let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let facts = between(&page, "<dd>", "</dd>");
        assert!(facts.len() > 15, "{facts:?}");
        for fact in facts.into_iter().chain(between(&page, "<span class=\"code\">", "</span>")) {
            let fact = plain(fact);
            assert!(said.contains(&fact), "{fact}: {said}");
        }
        for problem in text.lines().filter(|line| line.starts_with("  ERROR") || line.starts_with("  WARNING")) {
            let code = problem.split_whitespace().nth(1).unwrap().trim_end_matches(':');
            assert!(shown.contains(code), "{code}: {shown}");
        }
        assert_eq!(page.matches("<tr>").count(), 2 + 4 + 5, "{page}");
    }
}

#[test]
fn a_page_escapes_what_it_is_given() {
    let hostile = "<img src=x onerror=alert(1)>&\"'";
    let escaped = "&lt;img src=x onerror=alert(1)&gt;&amp;&quot;&#39;";
    let (_, page) = both(&["certificate", "--name", hostile, "--at", "2027-01-01", CHAIN], "");
    whole(&page);
    assert!(page.contains(escaped), "{page}");
    let config = "connections { a { remote_addrs = 192.0.2.1\n remote { id = \"<img src=x>&\" }\n proposals = aes256-sha256-modp2048\n } }";
    let (text, page) = both(&["notation", "-"], config);
    whole(&page);
    assert!(text.contains("<img src=x>&") && page.contains("&lt;img src=x&gt;&amp;"), "{text}");
    // A label is the first line of a text.
    let (_, page) = both(&["negotiate", "aes256-sha256-modp2048", "windows10"], "");
    whole(&page);
}

#[test]
fn a_page_that_cannot_be_written_is_told() {
    for args in [&["notation", "aes256-sha256-modp2048"][..], &["negotiate", "windows10", "windows10"], &["certificate", CHAIN]] {
        let (status, text, complaints) = ike(args.iter().copied().chain(["--html", "no/such/folder/report.html"]), "");
        assert_eq!((status, text.as_str()), (2, ""), "{complaints}");
        assert!(complaints.contains("no/such/folder/report.html: "), "{complaints}");
    }
}
