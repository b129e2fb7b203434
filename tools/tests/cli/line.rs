//! The command line itself: help, version, completions, manual pages, colours, names of files.

use crate::kit::{ike, program, run};
use std::process::Stdio;

/// Of a build with every feature, which tests/README.md asks for.
const COMMANDS: &[&str] = &["diagnose", "inspect", "negotiate", "certificate", "handshake", "compare", "completions", "man"];

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
    for command in ["diagnose", "inspect", "negotiate", "certificate"] {
        let (_, help, _) = ike([command, "--help"], "");
        assert!(help.contains("Examples:") && help.contains("Exit status"), "{command}: {help}");
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

/// Windows calls the program `ike.exe`, and `cmd` knows no single quotes.
#[test]
fn help_is_the_same_on_every_system() {
    for args in [&["--help"][..], &["diagnose", "--help"], &["negotiate", "--help"], &["notation", "--help"], &["certificate", "--help"]] {
        let help = ike(args, "").1;
        #[cfg(unix)]
        assert_eq!(run(std::os::unix::process::CommandExt::arg0(&mut program(args), "ike.exe"), "").1, help);
        assert!(help.contains("Usage: ike "), "{help}");
        let examples: Vec<_> = help.lines().filter(|line| line.starts_with("  ike ")).collect();
        assert!(!examples.is_empty() && examples.iter().all(|line| !line.contains('\'')), "{examples:?}");
    }
}

/// A folder, and a pattern that no shell has expanded, as `cmd` and PowerShell leave them all.
#[test]
fn a_folder_and_a_pattern_are_told_as_such() {
    let lines =
        [&["diagnose"][..], &["inspect"], &["diagnose", "--log"], &["certificate"], &["inspect", "tests/captures/psk-v4.pcap", "--keys"]];
    for line in lines {
        for (name, words) in [("tests/captures", "it is a folder"), ("tests/captures/*.pcap", "patterns are not expanded")] {
            let (status, _, err) = ike(line.iter().chain([&name]), "");
            assert!(status == 2 && err.contains(name) && err.contains(words), "{line:?} {name}: {err}");
        }
    }
}

/// Keys, as PowerShell writes a file: UTF-16 with a byte order mark.
#[test]
fn keys_may_be_utf_16() {
    let text = std::fs::read_to_string(crate::kit::root().join("tests/captures/rsa2048.keys.json")).unwrap();
    let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(text.replace('\n', "\r\n").encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("utf-16.keys.json");
    std::fs::write(&path, wide).unwrap();
    let shown = |keys: &std::ffi::OsStr| ike(["inspect".as_ref(), "--keys".as_ref(), keys, "tests/captures/rsa2048.pcap".as_ref()], "");
    assert_eq!(shown(path.as_os_str()), shown("tests/captures/rsa2048.keys.json".as_ref()));
    assert_ne!(shown(path.as_os_str()).1, ike(["inspect", "tests/captures/rsa2048.pcap"], "").1);
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
        // What help shows as a table stands in lines of its own.
        let help = ike([command, "--help"], "").1;
        let (_, more) = help.split_once("Examples").unwrap_or_default();
        for line in more.lines().filter(|line| line.starts_with("  ")) {
            let line = line.replace('\\', "\\e").replace('-', "\\-");
            assert!(page.lines().any(|found| found == line), "{command}: {line}\n{page}");
        }
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
    // The variables are for those who say nothing, and the one that wants no colours counts more.
    let with = |args: &[&str], variables: &[&str]| {
        let mut program = program(args);
        program.envs(variables.iter().map(|name| (name, "1")));
        run(&mut program, "").1
    };
    assert!(with(&["diagnose", capture], &["CLICOLOR_FORCE"]).contains('\u{1b}'));
    assert_eq!(with(&["diagnose", capture], &["CLICOLOR_FORCE", "NO_COLOR"]), plain);
    assert_eq!(with(&["diagnose", "--color", "always", capture], &["NO_COLOR"]), coloured);
    assert_eq!(with(&["diagnose", "--color", "never", capture], &["CLICOLOR_FORCE"]), plain);
    // The same goes for help.
    assert!(
        ike(["--color", "always", "--help"], "").1.contains('\u{1b}')
            && ike(["diagnose", "--help", "--color=always"], "").1.contains('\u{1b}')
    );
    assert!(!ike(["--help"], "").1.contains('\u{1b}'));
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
    // One name too many is a fault of the command line.
    let (status, _, err) = ike(["inspect".as_ref(), path.as_os_str(), path.as_os_str()], "");
    assert!(status == 2 && err.contains(r"evil\u{1b}[2J\n\u{202e}.pcap") && !err.contains(['\u{1b}', '\u{202e}']), "{err}");
    for args in [
        &["handshake", "initiate", "127.0.0.1", "--id", "a", "--psk", "b", "--ca"][..],
        &["compare", "--path"],
        &["inspect", "x", "--keys"],
    ] {
        let (status, _, err) = ike(args.iter().map(AsRef::as_ref).chain([missing.as_os_str()]), "");
        assert!(status == 2 && err.contains(r"none\u{1b}[2J") && !err.contains('\u{1b}'), "{args:?}: {err}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_that_is_closed_ends_it_well_and_a_full_disk_does_not() {
    // Of the first more is printed than is held back before it is written.
    let (long, faulty) = ("tests/captures/rsa4096-frag576-aes256gcm16.pcap", "tests/captures/err-npc-init.pcap");
    let lines = [
        (&["inspect", long][..], 0),
        (&["inspect", "--json", long], 0),
        (&["diagnose", long], 0),
        (&["diagnose", faulty], 1),
        (&["negotiate", "--offer", "windows10", "--local", "aes256-sha384-ecp384"], 1),
        (&["negotiate", "--list"], 0),
        (&["man"], 0),
        (&["completions", "bash"], 0),
        (&["--help"], 0),
        (&["inspect", "--help"], 0),
        (&["--version"], 0),
    ];
    for (line, status) in lines {
        let mut child = program(line).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = child.wait_with_output().unwrap();
        assert_eq!((ended.status.code(), &*ended.stderr), (Some(status), &b""[..]), "{line:?}");
    }
    let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
    for (line, _) in lines {
        let ended = program(line).stdout(full.try_clone().unwrap()).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(ended.status.code() == Some(2) && said.contains("cannot write: "), "{line:?}: {said}");
    }
}
