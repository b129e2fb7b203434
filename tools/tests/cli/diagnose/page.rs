//! The page of `ike diagnose --html`: whole, its own, and of use to who cannot see, cannot run a script, or holds a telephone.

use super::{Edit, case};
use crate::html::{balanced, between, plain};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

static PAGES: AtomicUsize = AtomicUsize::new(0);

/// The page of a capture.
fn page(file: &Path, args: &[&str]) -> String {
    // Tests run at one time, and look at the same captures.
    let number = PAGES.fetch_add(1, Ordering::Relaxed);
    let page = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("page-{number}.html"));
    let line = ["diagnose", "--html", page.to_str().unwrap()].into_iter().chain(args.iter().copied()).chain([file.to_str().unwrap()]);
    let (status, _, complaints) = crate::kit::ike(line, "");
    assert_ne!(status, 2, "{complaints}");
    std::fs::read_to_string(page).unwrap()
}

/// One of each kind: failed, many clients, not to be told, well, nothing there, cut.
fn pages() -> Vec<String> {
    let cases = ["mixed-40-clients.pcap", "filter-answer-lost.pcap", "healthy-both-sides-of-nat.pcap", "empty-file.pcap", "cut-at-68.pcap"];
    let mut files: Vec<_> = cases.iter().map(|name| case(name)).collect();
    files.push(crate::recorded::capture_path("err-npc-init", ".pcap"));
    files.iter().map(|file| page(file, &[])).collect()
}

#[test]
fn the_page_is_whole_and_escapes_what_it_is_given() {
    // A file name is somebody else's text, too.
    let edit = Edit::of("err-npc-init");
    let file = edit.write("<script>alert(1)</script>&\"'".replace('/', "").as_str());
    let html = page(&file, &[]);
    assert!(html.contains("&lt;script&gt;alert(1)&lt;script&gt;&amp;&quot;&#39;"), "{html}");
    assert_eq!((html.matches("<script").count(), html.matches("<script>const arm = (root) =>").count()), (1, 1));
    for outside in ["http://", "https://", "src=", "@import", "url(", "fetch(", "XMLHttp", "onclick"] {
        let rest = html.replace("http://www.w3.org/2000/svg", "");
        assert!(!rest.contains(outside), "{outside}");
    }
    assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">") && html.trim_end().ends_with("</html>") && html.contains("<svg "));
    for html in pages() {
        balanced(&html);
    }
}

#[test]
fn the_policy_of_the_page_lets_its_own_script_run_and_nothing_else() {
    let html = page(&case("filter-answer-lost.pcap"), &[]);
    let script = between(&html, "<script>", "</script>")[0];
    let digest = ring::digest::digest(&ring::digest::SHA256, script.as_bytes());
    let policy = between(&html, "Content-Security-Policy\" content=\"", "\">")[0];
    let hash = format!("script-src 'sha256-{}';", base64(digest.as_ref()));
    assert!(policy.starts_with("default-src 'none';") && policy.contains(&hash), "{policy} is not {hash}");
    assert_eq!(policy.matches("unsafe").count(), policy.matches("style-src 'unsafe-inline'").count(), "{policy}");
}

fn base64(octets: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in octets.chunks(3) {
        let bits = chunk.iter().fold(0_u32, |bits, octet| bits << 8 | u32::from(*octet)) << (8 * (3 - chunk.len()));
        let digits = (0..4).map(|n| char::from(DIGITS[(bits >> (18 - 6 * n)) as usize & 63]));
        text.extend(digits.enumerate().map(|(n, digit)| if n <= chunk.len() { digit } else { '=' }));
    }
    text
}

#[test]
fn every_line_to_paste_has_a_button_and_stands_whole_in_the_text_too() {
    let mut seen = 0;
    for name in ["filter-answer-lost.pcap", "mixed-40-clients.pcap", "ip-fragments-lost-client.pcap"] {
        let html = page(&case(name), &[]);
        let commands = between(&html, "<code>", "</code>");
        let with_button = html.matches("</code><button type=\"button\" class=\"copy\" hidden>Copy</button></div>").count();
        assert_eq!((commands.len(), html.matches("<button").count()), (with_button, with_button), "{name}");
        let (_, text, _) = crate::kit::ike(["diagnose", "--all-products", case(name).to_str().unwrap()], "");
        for line in commands.iter().flat_map(|command| command.lines()) {
            let line = plain(line);
            assert!(text.lines().any(|shown| shown.trim_start() == line), "{name}: {line}: {text}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen}");
}

#[test]
fn the_page_can_be_read_aloud() {
    for html in pages() {
        assert_eq!((html.matches("<h1>").count(), html.matches("<main>").count()), (1, 1));
        let (drawn, lists) = (between(&html, "<svg ", "</svg>"), between(&html, "<ol class=\"unseen\">", "</ol>"));
        assert_eq!(drawn.len(), lists.len());
        for (svg, list) in drawn.iter().zip(lists) {
            assert!(svg.contains("role=\"img\"") && svg.contains("<title id=") && svg.contains("<desc id="), "{svg}");
            let names = between(svg, "aria-labelledby=\"", "\"")[0];
            assert_eq!(names.split(' ').filter(|name| svg.contains(&format!("id=\"{name}\""))).count(), 2, "{names}");
            // An arrow for each message, and each in the list with its words.
            let arrows = between(svg, "class=\"what\">", "<");
            let said = between(list, "<li>", "</li>");
            assert_eq!(arrows.len(), said.len());
            assert!(arrows.iter().zip(said).all(|(words, said)| said.contains(words)), "{list}");
        }
        let ids = between(&html, " id=\"", "\"");
        let unique: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len());
        for target in between(&html, "href=\"#", "\"") {
            assert!(ids.contains(&target), "{target}");
        }
    }
    let html = page(&case("filter-answer-lost.pcap"), &[]);
    for rule in ["prefers-color-scheme:dark", "@media print", ":focus-visible", "@media(max-width:600px)"] {
        assert!(html.contains(rule), "{rule}");
    }
}

#[test]
fn the_page_says_the_state_what_was_not_seen_and_which_program_says_it() {
    let state = |html: &str| between(html, "<p class=\"state\">", "</p>")[0].to_owned();
    let states: Vec<_> = pages().iter().map(|html| state(html)).collect();
    assert_eq!(states[..4], ["Something is wrong", "It cannot be told", "It came up", "It cannot be told"]);
    let html = page(&case("filter-answer-lost.pcap"), &["--utc-offset", "+01:00"]);
    for words in
        ["<h2>Not seen in this capture</h2>", "pktmon etl2pcap ike.etl", concat!("Told by ike ", env!("CARGO_PKG_VERSION")), "UTC+01:00"]
    {
        assert!(html.contains(words), "{words}");
    }
}

/// Relative luminance, and the contrast of two colours, of WCAG 2.
fn contrast(a: &str, b: &str) -> f64 {
    let luminance = |colour: &str| {
        let digits: String = if colour.len() == 3 { colour.chars().flat_map(|c| [c, c]).collect() } else { colour.to_owned() };
        let part = |at: usize| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
        let linear = |c: f64| if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) };
        0.2126 * linear(part(0)) + 0.7152 * linear(part(2)) + 0.0722 * linear(part(4))
    };
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colours_can_be_told_from_what_is_behind_them() {
    let html = page(&case("empty-file.pcap"), &[]);
    let themes: Vec<Vec<(&str, &str)>> = between(&html, ":root{", "}")
        .into_iter()
        .map(|theme| theme.split("--").filter_map(|rule| rule.trim_end_matches(';').split_once(":#")).collect())
        .collect();
    assert_eq!(themes.len(), 3, "light, dark, print");
    let pairs = [
        ("ink", "card"),
        ("ink", "field"),
        ("soft", "card"),
        ("soft", "back"),
        ("red", "card"),
        ("amber", "card"),
        ("green", "card"),
        ("blue", "card"),
        ("red", "redback"),
        ("amber", "amberback"),
        ("blue", "blueback"),
    ];
    let first = &themes[0];
    for theme in &themes {
        let colour = |name: &str| theme.iter().chain(first).find(|(known, _)| *known == name).unwrap().1;
        for (above, below) in pairs {
            let contrast = contrast(colour(above), colour(below));
            assert!(contrast >= 4.5, "{above} on {below}: {contrast:.2} in {theme:?}");
        }
    }
}
