//! What goes with the package: the captures that the kit says, and all that the README names outside of its part for the repository.

use super::tree::paths;
use crate::kit::recorded::{PACKAGED, capture_path};
use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The patterns of `include` in Cargo.toml, without the slash that ties them to the top.
fn patterns() -> Vec<String> {
    let text = read("Cargo.toml");
    let (_, list) = text.split_once("\ninclude = [\n").unwrap();
    let (list, _) = list.split_once("\n]\n").unwrap();
    let lines = list.lines().filter(|line| !line.trim_start().starts_with('#'));
    lines.flat_map(|line| line.split('"').skip(1).step_by(2)).map(|pattern| pattern.strip_prefix('/').unwrap().to_owned()).collect()
}

/// Whether a pattern takes a file in: by its name, as one of a folder, or by what stands before and after the star.
fn takes(pattern: &str, file: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, after)) => {
            let rest = file.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            rest.is_some_and(|rest| !rest.contains('/'))
        }
        None => file.strip_prefix(pattern).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    }
}

#[test]
fn the_package_has_the_captures_that_its_tests_expect() {
    let patterns = patterns();
    let names: Vec<_> = patterns.iter().filter_map(|pattern| pattern.strip_prefix("tests/captures/")?.strip_suffix(".*")).collect();
    assert_eq!(names, PACKAGED);
    for name in names {
        for suffix in [".pcap", ".keys.json", ".messages.json"] {
            assert!(capture_path(name, suffix).exists(), "{name}{suffix}");
        }
    }
}

#[test]
fn every_pattern_of_the_package_finds_something() {
    for pattern in patterns() {
        let found = match pattern.rsplit_once('/') {
            Some((folder, name)) if name.contains('*') => root().join(folder).read_dir().unwrap().any(|entry| {
                let path = entry.unwrap().path();
                takes(&pattern, path.strip_prefix(root()).unwrap().to_str().unwrap())
            }),
            _ => root().join(&pattern).exists(),
        };
        assert!(found, "{pattern}");
    }
}

/// The README is that of the package as well: its first door is the library's, and what comes after it needs the repository.
#[test]
fn the_readme_names_only_what_the_package_has() {
    let text = read("README.md");
    let (of_package, _) = text.split_once("\n## A tunnel that fails\n").unwrap();
    let patterns = patterns();
    for path in paths(of_package) {
        assert!(patterns.iter().any(|pattern| takes(pattern, path)), "README.md: {path}");
    }
    // Where the repository is, no link of a package can know.
    let links: Vec<_> = of_package.split("](").skip(1).filter(|link| !link.starts_with("https://") && !link.starts_with('#')).collect();
    assert!(links.is_empty(), "README.md: {links:?}");
    for line in of_package.lines().filter(|line| line.starts_with("cargo ")) {
        assert!(!line.contains("--workspace") && !line.contains(" -p "), "README.md: {line}");
    }
}

#[test]
fn a_pattern_takes_what_cargo_takes() {
    assert!(takes("src", "src/wire/mod.rs") && takes("README.md", "README.md") && !takes("src", "srcs/a.rs"));
    assert!(takes("examples/*.rs", "examples/core.rs") && !takes("examples/*.rs", "examples/firmware/src/main.rs"));
    assert!(takes("tests/captures/rsa2048.*", "tests/captures/rsa2048.keys.json"));
    assert!(!takes("tests/captures/rsa2048.*", "tests/captures/rsa2048-noSigAuth.pcap"));
}
