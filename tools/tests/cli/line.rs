//! The command line itself: help, version, completions, manual pages, colours, names of files.

use crate::kit::{ike, program, run};
use std::process::Stdio;

/// Of a build with every feature, which tests/README.md asks for.
const COMMANDS: &[&str] = &["diagnose", "inspect", "negotiate", "handshake", "compare", "completions", "man"];

#[test]
fn help_shows_every_subcommand_and_examples() {
    let (status, out, _) = ike(["--help"], "");
    assert_eq!(status, 0);
    for command in COMMANDS {
        assert!(out.contains(&format!("\n  {command}")), "{command}: {out}");
        let (status, help, err) = ike([command, "--help"], "");
        assert_eq!((status, &*err), (0, ""), "{command}");
        assert!(help.contains("Usage: ike "), "{command}: {help}");
    }
    assert!(out.contains("Examples:") && out.contains("Exit status:"), "{out}");
    for command in ["diagnose", "inspect", "negotiate"] {
        let (_, help, _) = ike([command, "--help"], "");
        assert!(help.contains("Examples:") && help.contains("exit status"), "{command}: {help}");
    }
}

#[test]
fn the_version_is_the_packages() {
    let version = format!("ike {}\n", env!("CARGO_PKG_VERSION"));
    assert_eq!(ike(["--version"], ""), (0, version, String::new()));
}

#[test]
fn a_wrong_line_ends_with_2_and_says_what_may_be_meant() {
    let (status, out, err) = ike(["diagnos", "x.pcap"], "");
    assert_eq!((status, &*out), (2, ""));
    assert!(err.contains("diagnose"), "{err}");
    let (status, _, err) = ike(["inspect", "--jsn", "x.pcap"], "");
    assert!(status == 2 && err.contains("--json"), "{err}");
    assert_eq!(ike([""; 0], "").0, 2);
}

#[test]
fn completions_and_manual_pages_know_every_option() {
    for (shell, word) in
        [("bash", "complete -F"), ("zsh", "#compdef ike"), ("fish", "complete -c ike"), ("powershell", "Register-ArgumentCompleter")]
    {
        let (status, out, _) = ike(["completions", shell], "");
        assert!(status == 0 && out.contains(word) && out.contains("peer-policy"), "{shell}");
    }
    let (status, page, _) = ike(["man"], "");
    assert!(status == 0 && page.contains(".TH ike 1") && page.contains("diagnose"), "{page}");
    for command in COMMANDS {
        let (status, page, _) = ike(["man", command], "");
        assert!(status == 0 && page.contains(&format!(".TH ike-{command} 1")), "{page}");
    }
    assert_eq!(ike(["man", "dance"], "").0, 2);
}

#[test]
fn colours_are_for_terminals_or_for_who_asks() {
    let capture = "tests/captures/err-npc-init.pcap";
    let plain = ike(["diagnose", capture], "").1;
    assert!(!plain.contains('\u{1b}'), "{plain}");
    let coloured = ike(["diagnose", "--color", "always", capture], "").1;
    assert!(coloured.starts_with("\u{1b}[1m\u{1b}[31mThe two sides have"), "{coloured}");
    for command in [
        &["inspect", "--color", "always", capture][..],
        &["negotiate", "--color=always", "--offer", "windows10", "--local", "aes256-sha384-ecp384"],
    ] {
        assert!(ike(command, "").1.contains("\u{1b}[1m"), "{command:?}");
    }
    // Whoever says `always` means it; the variable is for those who say nothing.
    let mut forced = program(["diagnose", capture]);
    forced.env("NO_COLOR", "1").env("CLICOLOR_FORCE", "1");
    assert_eq!(run(&mut forced, "").1, plain);
    assert!(!ike(["diagnose", "--color", "always", "--json", capture], "").1.contains('\u{1b}'));
}

#[cfg(unix)]
#[test]
fn a_name_of_a_file_moves_no_cursor() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("names");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("evil\u{1b}[2J\n\u{202e}.pcap");
    std::fs::copy(crate::kit::root().join("tests/captures/psk-v4.pcap"), &path).unwrap();
    for command in ["diagnose", "inspect"] {
        let (status, out, _) = ike([command.as_ref(), path.as_os_str()], "");
        assert!(status == 0 && out.contains(r"evil\u{1b}[2J\n\u{202e}.pcap") && !out.contains(['\u{1b}', '\u{202e}']), "{out}");
    }
    let missing = folder.join("none\u{1b}[2J");
    for command in ["diagnose", "inspect"] {
        let (status, _, err) = ike([command.as_ref(), missing.as_os_str()], "");
        assert!(status == 2 && err.contains(r"none\u{1b}[2J") && !err.contains('\u{1b}'), "{err}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_that_is_closed_ends_it_well_and_a_full_disk_does_not() {
    let capture = "tests/captures/rsa4096-frag576-aes256gcm16.pcap";
    for command in ["inspect", "diagnose"] {
        let mut child = program([command, capture]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), &*ended.stderr), (Some(0), &b""[..]), "{command}");
    }
    if let Ok(full) = std::fs::File::options().write(true).open("/dev/full") {
        for command in ["inspect", "diagnose"] {
            let ended = program([command, capture]).stdout(full.try_clone().unwrap()).stderr(Stdio::piped()).output().unwrap();
            let said = String::from_utf8(ended.stderr).unwrap();
            assert!(ended.status.code() == Some(2) && said.contains("cannot write: "), "{command}: {said}");
        }
    }
}
