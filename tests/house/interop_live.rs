//! Live handshakes with strongSwan, libreswan and OpenIKED. They need the daemons, root and network namespaces: the test is ignored until
//! it is asked for, and then `IKEV2_INTEROP` holds the words for `tests/interop/run.sh` (`--ci`, `--all`, names of cases).

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// How many cases passed, by the script's summary: `interop: 41 passed, 0 failed, ..`.
fn passed(line: &str) -> Option<u32> {
    line.strip_prefix("interop: ")?.split_once(" passed, 0 failed")?.0.parse().ok()
}

#[test]
#[ignore = "needs IKEV2_INTEROP, root and Debian"]
fn live_handshakes() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/run.sh");
    let words =
        std::env::var("IKEV2_INTEROP").expect("set IKEV2_INTEROP to `--ci`, `--all` or names of cases, or leave the ignored tests out");
    let mut run = Command::new("bash").arg(&script).args(words.split_whitespace()).stdout(Stdio::piped()).spawn().unwrap();
    let mut count = None;
    for line in BufReader::new(run.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        count = count.or(passed(&line));
        // Not `println!`: of a run of minutes its progress is wanted, which the harness would keep to itself.
        writeln!(std::io::stdout(), "{line}").unwrap();
    }
    let status = run.wait().unwrap();
    assert!(status.success(), "{} {words}: {status}", script.display());
    assert!(count.is_some_and(|count| count > 0), "{} {words}: no case passed", script.display());
}

#[test]
fn the_summary_is_read() {
    assert_eq!(passed("interop: 41 passed, 0 failed, 1 the daemon cannot do; 200 s"), Some(41));
    assert_eq!(passed("interop: 41 passed, 2 failed, 1 the daemon cannot do; 200 s"), None);
    assert_eq!(passed("strongswan-responder-psk"), None);
}
