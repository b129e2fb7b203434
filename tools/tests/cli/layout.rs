//! Reports as wide as the terminal they are shown on: what the library makes of a width.

use crate::recorded::capture_path;
use ikev2_tools::capture::Source;
use ikev2_tools::evidence::diagnosis;
use ikev2_tools::report::{self, Style};
use std::collections::BTreeSet;
use std::path::Path;

fn source(path: &Path) -> Source {
    let octets = std::fs::read(path).unwrap();
    Source::new("name.pcap", std::io::Cursor::new(octets))
}

/// Lines that are wider, but for those with a word that cannot be broken: a registry key, a hash.
fn too_wide(text: &str, width: usize) -> Vec<&str> {
    let unbreakable = |line: &str| {
        line.split_whitespace().count() == 1 || line.split_whitespace().any(|word| word.trim_end_matches(',').chars().count() >= 40)
    };
    text.lines().filter(|line| line.chars().count() > width && !unbreakable(line)).collect()
}

/// The lines to paste of a page: nothing folds them.
fn pasted(html: &str) -> BTreeSet<String> {
    let commands = html.split("<code>").skip(1).filter_map(|rest| rest.split_once("</code>"));
    commands.flat_map(|(command, _)| command.lines()).map(plain).collect()
}

fn plain(html: &str) -> String {
    let marks = [("<span>", ""), ("</span>", ""), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    marks.iter().fold(html.to_owned(), |text, (of, to)| text.replace(of, to))
}

#[test]
fn a_diagnosis_fits_the_terminal() {
    let folder = crate::recorded::root().join("tests/captures-diagnose");
    let mut captures: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    captures.retain(|path| path.extension().is_some_and(|extension| extension == "pcap"));
    captures.push(capture_path("rsa4096-nofrag-v4", ".pcap"));
    assert!(captures.len() > 20, "{captures:?}");
    for capture in captures {
        let diagnosis = diagnosis::diagnose(source(&capture), diagnosis::DiagnoseOptions::default(), &mut |_| ()).unwrap();
        let view = report::diagnose::View { all: true, all_products: true, ..report::diagnose::View::default() };
        let pasted = pasted(report::diagnose::html(&diagnosis, view).body());
        for width in [40, 64, 72, 80, 99, 100, 105, 112, 121] {
            let text = report::diagnose::text(&diagnosis, view, Style { width: Some(width), colour: false });
            let wide = too_wide(&text, width);
            let wide: Vec<_> = wide.into_iter().filter(|line| !pasted.iter().any(|one| line.ends_with(&**one))).collect();
            assert_eq!(wide, [""; 0], "{width} columns: {}", capture.display());
            // All is said, whatever the width.
            let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
            for finding in diagnosis.findings() {
                let what = finding.cause.to_string();
                assert!(said.contains(&what), "{width} columns: {}: {what}", capture.display());
            }
        }
    }
}

#[test]
fn a_tree_fits_the_terminal() {
    for name in ["err-npc-init", "psk-many-proposals", "rsa4096-frag576-aes256gcm16"] {
        for width in [60, 80, 132] {
            let style = Style { width: Some(width), colour: false };
            let options = report::inspect::ShowOptions { style, ..report::inspect::ShowOptions::default() };
            let mut out = Vec::new();
            report::inspect::show(source(&capture_path(name, ".pcap")), options, &mut out, &mut |_| ()).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert_eq!(too_wide(&text, width), [""; 0], "{width} columns: {name}");
        }
    }
}
