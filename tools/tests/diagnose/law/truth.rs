//! What is true of a degraded capture though the whole one does not say so.

/// Parts of the names of captures, the degradations, the code, and why it is true.
const TRUTH: [Row; 9] = [
    (
        &["healthy-too-big-then-smaller"],
        &["last-4-gone", "second-half-gone"],
        &["PathMtuTold", "RequestUnanswered"],
        "a router says that the packets are too big for 7 s on end, and what is gone is that the sender took its word at last",
    ),
    (
        &[
            "answered-elsewhere",
            "answered-from-other",
            "answered-to-port-500",
            "broken-answer",
            "answer-first-header",
            "answer-header-length",
            "libreswan-is-refused-proposal",
        ],
        &["only-to-server"],
        &["PortBlocked", "RequestUnanswered"],
        "an answer that is not taken for one was the only sign of the other direction: without it the requests look unanswered, and are",
    ),
    (
        &[
            "answer-transform-length",
            "ikev2-refused-by-ikev1-windows",
            "stops-three-tries",
            "stops-linux-three-tries",
            "stops-windows-three-tries",
        ],
        &["only-to-server"],
        &["PortBlocked", "RequestUnanswered"],
        "each attempt has one request, and no answer to any is left: nothing in what is left tells that there was one",
    ),
    (
        &["answered-elsewhere", "answered-from-other-address-v6"],
        &["first-1-gone", "first-3-gone"],
        &["PortBlocked", "RequestUnanswered"],
        "the answer comes from an address that nobody in what is left has asked",
    ),
    (
        &["openiked-npc-child"],
        &["last-1-gone", "only-to-server", "first-2-gone", "first-3-gone", "first-4-gone", "only-from-server"],
        &["AuthenticationFailed"],
        "OpenIKED refuses a child SA by a lone error; that the proof was not what it refused, only both messages together tell",
    ),
    (
        &["rekey-child-pfs-invalid-ke", "rekey-obeys"],
        &["last-4-gone", "last-2-gone", "last-1-gone", "second-half-gone"],
        &["RekeyRefused"],
        "under CBC an answer of that size may be any error; that it was INVALID_KE_PAYLOAD shows by the next try, which is gone",
    ),
    (
        &["marker-missing-answers"],
        &["esp-gone"],
        &["PortBlocked", "RequestUnanswered"],
        "what has no marker is ESP to a filter, and the answers had none",
    ),
    (&["no-marker"], &["only-to-server"], &["PortBlocked"], "nothing came back but what the sender of the answers lost"),
    (
        &["pair-loss-good"],
        &["last-1-gone"],
        &["PortBlocked", "RequestUnanswered"],
        "three requests in a row had no answer, and the one packet that is gone is the first answer",
    ),
];

type Row = (&'static [&'static str], &'static [&'static str], &'static [&'static str], &'static str);

/// The codes that are true of a degraded capture.
pub(super) fn codes(capture: &str, degradation: &str) -> Vec<&'static str> {
    let is_of = |(parts, ways, ..): &&Row| parts.iter().any(|part| capture.contains(part)) && ways.contains(&degradation);
    TRUTH.iter().filter(is_of).flat_map(|(_, _, codes, _)| codes.iter().copied()).collect()
}

#[test]
fn each_is_about_a_capture_and_has_a_reason() {
    let folders = [crate::kit::cases(), crate::kit::root().join("tests/captures"), crate::kit::root().join("tests/captures-causes")];
    let names: Vec<String> = folders
        .iter()
        .flat_map(|folder| std::fs::read_dir(folder).unwrap())
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    for (parts, ways, codes_of, why) in TRUTH {
        for part in parts {
            assert!(names.iter().any(|name| name.contains(part)), "{part}");
            assert!(codes(part, ways[0]).contains(&codes_of[0]) && codes("other", ways[0]).is_empty(), "{part}");
        }
        assert!(why.contains(' '));
    }
}
