//! Thousands of IKE SAs: the causes first, an example of each, and no report that grows without bound.

use super::Edit;
use serde_json::Value;
use std::path::{Path, PathBuf};

const SAS: usize = 5000;

fn start(args: &[&str], file: &Path) -> (u8, String) {
    let (status, out, _) = crate::kit::ike(["diagnose"].iter().chain(args).copied().chain([file.to_str().unwrap()]), "");
    (status, out)
}

/// IKE SAs of two kinds, each from a client of its own: of the second one in ten.
fn many(name: &str) -> PathBuf {
    let kinds = [Edit::of("err-auth-failed-psk"), Edit::of("err-npc-init")];
    let mut many = kinds[0].clone().keep(|_| false);
    for sa in 0..SAS {
        let kind = &kinds[usize::from(sa % 10 == 9)];
        let client = kind.packets[0].1[26..30].to_vec();
        for (time, frame) in &kind.packets {
            let mut frame = frame.clone();
            let at = if frame[26..30] == client { 26 } else { 30 };
            frame[at..at + 4].copy_from_slice(&[10, 9, (sa / 256) as u8, (sa % 256) as u8]);
            // Both SPIs: of the responder only where there is one.
            frame[42..46].copy_from_slice(&(sa as u32).to_be_bytes());
            if frame[50..58] != [0; 8] {
                frame[50..54].copy_from_slice(&(sa as u32).to_be_bytes());
            }
            many.packets.push((sa as u64 * 1000 + time, frame));
        }
    }
    many.write(name)
}

#[test]
fn thousands_of_ike_sas_are_judged_and_the_bounds_are_told() {
    let file = many("thousands");
    let (status, out) = start(&["--json"], &file);
    assert_eq!(status, 1);
    let lines: Vec<Value> = out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let (verdict, findings) = lines.split_last().unwrap();
    assert_eq!((&verdict["ike_sas"], &verdict["failed"], &verdict["closed_early"]), (&SAS.into(), &SAS.into(), &(SAS - 4096).into()));
    assert_eq!(findings.iter().filter(|f| f["code"] == "AuthenticationFailed").count(), SAS / 10 * 9);
    assert_eq!(verdict["codes"], serde_json::json!(["NoProposalChosen", "AuthenticationFailed"]));
    let page = file.with_extension("html");
    let (_, text) = start(&["--html", page.to_str().unwrap()], &file);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].ends_with("(5000 of 5000 IKE SAs failed) [Windows error 800]"), "{}", lines[0]);
    // How many have what is on the first screen.
    let row = |cause: &str| lines.iter().take(20).find(|line| line.contains(cause) && line.trim_start().starts_with(char::is_numeric));
    assert!(row("NoProposalChosen").unwrap().starts_with("      500     500  "), "{text}");
    assert!(row("AuthenticationFailed").unwrap().starts_with("     4500    4096  "), "{text}");
    // One in full for each, the most important first, and the index is bounded.
    let heads: Vec<&str> = lines.iter().filter(|line| line.starts_with("IKE SA ")).map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(heads, ["IKE SA 10", "IKE SA 1"]);
    assert!(text.contains("4958 more IKE SAs are not shown") && text.contains("Bounds reached: 904 IKE SAs were judged"), "{text}");
    assert!(lines.len() < 200, "{} lines", lines.len());
    let html = std::fs::metadata(&page).unwrap().len();
    assert!(html < 400_000, "{html} octets");
    // Every one of which messages were kept, its remedy said once.
    let (_, all) = start(&["--all"], &file);
    assert_eq!(all.lines().filter(|line| line.starts_with("IKE SA ")).count(), 2048);
    assert_eq!(all.matches("DWORD NegotiateDH2048_AES256").count() + all.matches("/v NegotiateDH2048_AES256").count(), 1);
    assert!(all.contains("to change: the same as for IKE SA 1\n") && !all.contains("are not shown"));
}
