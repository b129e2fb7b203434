//! Subcommands, their arguments, options and the words these take, as `--help` shows them.

use super::hold;
use crate::kit::ike;

fn help(args: &[&str]) -> String {
    let (status, out, err) = ike(args.iter().chain(&["--help"]), "");
    assert_eq!((status, &*err), (0, ""), "{args:?}");
    out
}

/// The words behind `[possible values: ` or `[default: `.
fn listed<'t>(line: &'t str, what: &str) -> Option<&'t str> {
    line.strip_prefix('[')?.strip_prefix(what)?.strip_prefix(": ")?.strip_suffix(']')
}

/// A list that explains what an option takes: `  name   what it is`.
fn row(line: &str) -> Option<&str> {
    let (name, text) = line.strip_prefix("  ")?.split_once("  ")?;
    (!name.is_empty() && !name.contains(' ') && !text.is_empty()).then_some(name)
}

/// What can be said to the program, or to a subcommand.
fn words(command: &str, help: &str) -> Vec<String> {
    let mut found = vec![command.to_owned()];
    let (mut section, mut of) = ("", String::new());
    for line in help.lines() {
        let text = line.trim_start();
        if !line.starts_with(' ') && !line.is_empty() {
            section = line;
        }
        let is_list = matches!(section, "Strategies:" | "Paths:" | "Messages:");
        if let Some(name) = row(line).filter(|_| is_list) {
            found.push(format!("{command} {section} {name}"));
        }
        if !matches!(section, "Arguments:" | "Options:") && !section.starts_with("The path ") {
            continue;
        }
        let indent = line.len() - text.len();
        if (indent == 2 || indent == 6) && text.starts_with(['-', '<', '[']) {
            of = format!("{command} {}", text.split("  ").next().unwrap());
            found.push(of.clone());
        } else if let Some((word, _)) = text.strip_prefix("- ").and_then(|text| text.split_once(':')) {
            found.push(format!("{of} = {word}"));
        } else if let Some(values) = listed(text, "possible values") {
            found.extend(values.split(", ").map(|word| format!("{of} = {word}")));
        } else if let Some(default) = listed(text, "default") {
            found.push(format!("{of} by default {default}"));
        }
    }
    found
}

/// Words that an option takes and help names in a sentence.
const SENTENCES: [(&str, &[&str]); 4] = [
    ("handshake --do", &["dpd", "rekey-child", "rekey-ike", "child", "delete-child", "delete", "wait=1"]),
    ("compare --receiver", &["ours", "strongswan", "libreswan", "openiked"]),
    ("compare --timers", &["strongswan", "libreswan", "android", "1,200,3,20"]),
    ("compare --ip-fragments", &["pass", "drop", "first-only", "37"]),
];

/// Those of [`SENTENCES`] that are taken.
fn taken() -> Vec<String> {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("contracts_words");
    let is_taken = |option: &str, word: &str| {
        let (command, option) = option.split_once(' ').unwrap();
        let rest = match command {
            // The word is read before help is shown.
            "handshake" => "initiate 127.0.0.1 --help",
            _ => "--runs 1 --strategy paced --path custom --size 1598 --out",
        };
        let words = [command, option, word].into_iter().chain(rest.split(' '));
        ike(words.chain((command == "compare").then_some(folder.to_str().unwrap())), "").0 == 0
    };
    let mut found = Vec::new();
    for (option, words) in SENTENCES {
        assert!(!is_taken(option, "nonsense"), "{option} takes anything");
        found.extend(words.iter().filter(|word| is_taken(option, word)).map(|word| format!("ike {option} takes {word}")));
    }
    found
}

#[test]
fn the_command_line_takes_the_words_others_rely_on() {
    let whole = help(&[]);
    let (_, commands) = whole.split_once("\nCommands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    let mut found = words("ike", &whole);
    for command in commands.lines().filter_map(row) {
        found.extend(words(&format!("ike {command}"), &help(&[command])));
    }
    found.extend(taken());
    assert!(found.len() > 150, "{} words", found.len());
    hold("command-line", found);
}
