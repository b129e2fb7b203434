//! What is true of a degraded capture though the whole one does not say so.

/// Parts of the names of capture and degradation, the code, and why it is true.
const TRUTH: [(&str, &[&str], &str, &str); 1] = [(
    "healthy-too-big-then-smaller",
    &["last-4-gone", "second-half-gone"],
    "PathMtuTold",
    "a router says that the packets are too big for 7 s on end, and what is gone is that the sender took its word at last",
)];

/// The codes that are true of a degraded capture.
pub(super) fn codes(capture: &str, degradation: &str) -> Vec<&'static str> {
    let is_of = |(part, ways, ..): &&(&str, &[&str], &str, &str)| capture.contains(part) && ways.contains(&degradation);
    TRUTH.iter().filter(is_of).map(|(_, _, code, _)| *code).collect()
}

#[test]
fn each_is_about_a_capture_and_has_a_reason() {
    for (part, ways, _, why) in TRUTH {
        let file = crate::kit::cases().join(format!("{part}.pcap"));
        assert!(file.exists() && !ways.is_empty() && why.contains(' '), "{part}");
        assert!(!codes(&file.display().to_string(), ways[0]).is_empty() && codes("other", ways[0]).is_empty());
    }
}
