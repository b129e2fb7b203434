//! Files as they come: compressed, of other programs, with odd names; keys of which a line is bad; integrity algorithms of the past.

use crate::kit::ike;
use std::path::{Path, PathBuf};

fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/diagnose").join(name)
}

#[test]
fn gzip_is_read_from_a_file_and_from_standard_input() {
    let file = case("gzip-pcap.pcap.gz");
    let octets = std::fs::read(&file).unwrap();
    let from_file = ike(["diagnose", "--json", file.to_str().unwrap()], "");
    assert_eq!((from_file.0, &*from_file.2), (1, ""));
    assert!(from_file.1.lines().last().unwrap().contains("\"codes\":[\"NoProposalChosen\"]"), "{}", from_file.1);
    let (status, from_pipe, complaints) = ike(["diagnose", "--json", "-"], &octets);
    let named = from_pipe.replace("\"standard input\"", &serde_json::Value::from(file.to_str().unwrap()).to_string());
    assert_eq!((status, named, complaints), from_file);
    // What was cut off at the end is told, and what came before is judged.
    let (status, text, _) = ike(["diagnose", "-"], &octets[..octets.len() - 4]);
    assert_eq!(status, 1);
    assert!(text.contains("the gzip file is cut short: packets after packet 2 may be missing"), "{text}");
    let (status, shown, _) = ike(["inspect", "--json", file.to_str().unwrap()], "");
    assert_eq!((status, shown.lines().filter(|line| line.contains("\"message\"")).count()), (0, 2));
}

#[test]
fn other_formats_are_unusable_and_named_with_what_to_do() {
    for (name, words) in [
        ("trace-a.cap", "Microsoft Network Monitor"),
        ("trace-b.pcap", "zstd -d FILE"),
        ("trace-c.etl", "etl2pcapng FILE.etl FILE.pcapng"),
        ("trace-f.cap", "zip archive"),
    ] {
        let octets = std::fs::read(case(name)).unwrap();
        for command in ["diagnose", "inspect"] {
            for (file, input) in [(case(name).to_str().unwrap(), &[][..]), ("-", &octets[..])] {
                let (status, out, err) = ike([command, file], input);
                assert_eq!((status, &*out), (2, ""), "{command} {file}");
                assert!(err.contains(words), "{command} {file}: {err}");
            }
        }
    }
}

#[test]
fn a_bad_line_of_a_key_table_is_a_warning_in_every_output() {
    let (keys, capture) = (case("key-table-null-line.keys.txt"), case("key-table-null-line.pcap"));
    let page = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bad-line.html");
    let args = ["diagnose", "--html", page.to_str().unwrap(), "--keys", keys.to_str().unwrap(), capture.to_str().unwrap()];
    let (status, text, err) = ike(args, "");
    // The other line opens the refusal.
    assert!(status == 1 && text.contains("INTERNAL_ADDRESS_FAILURE"), "{text}");
    let warning = "line 2: ENCR_NULL (11) needs an integrity transform; the line is not used";
    let html = std::fs::read_to_string(page).unwrap();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    for told in [&text, &err, &html] {
        assert!(words(told).contains(warning), "{told}");
    }
}

#[test]
fn a_recording_with_sha1_that_is_not_cut_is_opened() {
    let (keys, capture) = (case("integrity-sha1-160.keys.txt"), case("integrity-sha1-160.pcap"));
    let (status, text, err) = ike(["inspect", "--keys", keys.to_str().unwrap(), capture.to_str().unwrap()], "");
    assert_eq!((status, &*err), (0, ""));
    assert!(text.contains("with keys: 2 messages opened") && text.contains("FAILED_CP_REQUIRED (37)"), "{text}");
}

#[cfg(unix)]
#[test]
fn a_name_moves_no_cursor_and_turns_no_text_wherever_it_is_printed() {
    use std::os::unix::ffi::OsStrExt;
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("names");
    std::fs::create_dir_all(&folder).unwrap();
    // Escape sequence, carriage return, override of the direction of writing, half a character, and markup.
    let name = folder.join(std::ffi::OsStr::from_bytes(b"a\x1b[2J\r\xe2\x80\xae\xff<b>.pcap"));
    let page = folder.join("page.html");
    let hostile = |text: &str| text.chars().any(|c| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c));
    let runs: [&[&str]; 5] =
        [&["diagnose"], &["diagnose", "--json"], &["diagnose", "--html", page.to_str().unwrap()], &["inspect"], &["inspect", "--json"]];
    let psk = crate::recorded::capture_path("psk-v4", ".pcap");
    for content in [std::fs::read(&psk).unwrap(), std::fs::read(&psk).unwrap()[..700].to_vec(), b"PK\x03\x04".to_vec(), Vec::new()] {
        std::fs::write(&name, &content).unwrap();
        let _ = std::fs::remove_file(&page);
        for run in runs {
            let args: Vec<_> = run.iter().map(std::ffi::OsStr::new).chain([name.as_os_str()]).collect();
            let (_, out, err) = ike(args, "");
            assert!(!hostile(&out) && !hostile(&err), "{run:?}: {out}{err}");
            let html = std::fs::read_to_string(&page).unwrap_or_default();
            assert!(!hostile(&html) && !html.contains("<b>"), "{html}");
        }
    }
    // Also where it names keys, a page to be written, another subcommand's files, and what is not there.
    std::fs::write(&name, "no keys").unwrap();
    let psk = psk.as_os_str();
    for option in ["--keys", "--html", "--policy"] {
        let odd = if option == "--html" { name.join("no-folder") } else { name.clone() };
        let args = [std::ffi::OsStr::new("diagnose"), option.as_ref(), odd.as_os_str(), psk];
        let (status, _, err) = ike(args, "");
        assert!(status == 2 && !hostile(&err) && !err.is_empty(), "{option}: {err}");
    }
    let absent = folder.join(std::ffi::OsStr::from_bytes(b"none\x1b]0;x\x07.pcap"));
    for command in ["diagnose", "inspect"] {
        let (status, out, err) = ike([command.as_ref(), absent.as_os_str()], "");
        assert!(status == 2 && out.is_empty() && !hostile(&err) && err.contains("none\\u{1b}]0;x"), "{err}");
    }
}
