//! The table of cases: captures, and what must be said of them. A test a kind of case.

use crate::check::wrong;
use crate::kit::{Outcome, cases, library, program, recorded, rows, texts};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;

/// What the program does with the files of a case. The library reads one file, and says the same.
fn outcome(folder: &Path, case: &Value) -> Result<Outcome, String> {
    let (files, args) = (texts(&case["files"]), texts(&case["args"]));
    let outcome = program(folder, &files, &args);
    if files.len() == 1 {
        match library(folder, &files, &args) {
            Ok(out) if out != outcome.out => return Err(format!("the library says: {out}\nthe program: {}", outcome.out)),
            Err(error) if outcome.status != 2 => return Err(format!("the library cannot: {error}\nthe program: {}", outcome.out)),
            _ => {}
        }
    }
    Ok(outcome)
}

/// What is wrong with a case, a line each; a doubtful one is shown and not counted.
fn judged(folder: &Path, case: &Value) -> Vec<String> {
    let wrong = match outcome(folder, case) {
        Ok(outcome) => wrong(case, &outcome),
        Err(error) => vec![error],
    };
    let lines: Vec<_> = wrong.into_iter().map(|what| format!("{}: {what}", case["name"].as_str().unwrap())).collect();
    if case["doubtful"] == true {
        lines.iter().for_each(|line| println!("doubtful: {line}"));
        return Vec::new();
    }
    lines
}

fn all_are_right(folder: &Path, cases: &[&Value]) {
    assert!(!cases.is_empty(), "no case");
    let mut failed = 0;
    let mut lines = String::new();
    for case in cases {
        let wrong = judged(folder, case);
        failed += usize::from(!wrong.is_empty());
        wrong.iter().for_each(|line| lines.push_str(&format!("{line}\n")));
        if !wrong.is_empty() {
            lines.push_str(&format!("    why: {}\n", case["why"].as_str().unwrap_or_default()));
        }
    }
    assert!(lines.is_empty(), "{failed} of {} cases:\n{lines}", cases.len());
}

/// All cases of a kind.
fn kind(kind: &str) {
    let rows = rows(&cases().join("cases.jsonl"));
    all_are_right(&cases(), &rows.iter().filter(|row| row["kind"] == kind).collect::<Vec<_>>());
}

macro_rules! kinds {
    ($($test:ident $kind:literal)+) => {
        const KINDS: &[&str] = &[$($kind),+];
        $(
            #[test]
            fn $test() {
                kind($kind);
            }
        )+
    };
}

kinds! {
    child_refused_small "child-refused-small"
    childless "childless"
    rekey_refused "rekey-refused"
    rekey_ok "rekey-ok"
    eap_wanted "eap-wanted"
    proof_refused "proof-refused"
    child_refused_own_words "child-refused-own-words"
    refusal_of_3gpp "3gpp-refusal"
    stopped_after_init "stopped-after-init"
    auth_never_seen "auth-never-seen"
    unfinished "unfinished"
    answered_elsewhere "answered-elsewhere"
    marker_missing "marker-missing"
    esp_on_wrong_port "esp-on-wrong-port"
    spi_unknown "spi-unknown"
    back_to_500 "back-to-500"
    critical_payload "critical-payload"
    ikev1 "ikev1"
    version_refused "version-refused"
    fell_back "fell-back"
    no_fall_back "no-fall-back"
    redirect "redirect"
    ppk "ppk"
    intermediate_not_offered "intermediate-not-offered"
    transcript "transcript"
    init_too_large "init-too-large"
    path_mtu_told "path-mtu-told"
    icmp_of_another_client "icmp-of-another-client"
    icmp_own_words "icmp-own-words"
    transport_lost "transport-lost"
    tunnel_no_traffic "tunnel-no-traffic"
    child_deleted_at_once "child-deleted-at-once"
    new_sas_silent "new-sas-silent"
    broken_response "broken-response"
    port_filter "port-filter"
    midway "midway"
    single_messages "single-messages"
    capture_filter "capture-filter"
    ip_fragments "ip-fragments"
    snap_length "snap-length"
    time "time"
    success_elsewhere "success-elsewhere"
    many_clients "many-clients"
    copies "copies"
    two_captures "two-captures"
    key_table "key-table"
    old_integrity "old-integrity"
    eap "eap"
    offer_refused "offer-refused"
    cookie_and_group_loops "cookie-and-group-loops"
    split_servers "split-servers"
    lost_on_the_way "lost-on-the-way"
    healthy "healthy"
    encapsulation "encapsulation"
    format "format"
    nothing_here "nothing-here"
}

#[test]
fn no_kind_and_no_file_is_left_out() {
    let rows = rows(&cases().join("cases.jsonl"));
    assert!(rows.len() >= 211, "{} cases", rows.len());
    let kinds: BTreeSet<_> = rows.iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, KINDS.iter().copied().collect());
    let named: BTreeSet<_> = rows.iter().flat_map(|row| [texts(&row["files"]), texts(&row["args"])]).flatten().collect();
    let there = std::fs::read_dir(cases()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let alone: Vec<_> = there.filter(|name| name != "cases.jsonl" && !named.contains(name)).collect();
    assert_eq!(alone, Vec::<String>::new(), "no case is about these");
}

/// The failures that were made with daemons, with what was done to make them.
#[test]
fn failures_of_daemons() {
    if !recorded().exists() {
        return;
    }
    let rows = rows(&recorded().join("truth.jsonl"));
    assert!(!rows.is_empty(), "{} has captures and no truth about them", recorded().display());
    all_are_right(&recorded(), &rows.iter().collect::<Vec<_>>());
}
