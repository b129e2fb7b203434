//! Live handshakes with strongSwan, libreswan and OpenIKED: they need the daemons, root and network namespaces, so without `IKEV2_INTEROP`
//! this only says how to run them. With it (`--ci`, `--all`, names of cases) it runs them.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::Write;
use std::path::Path;
use std::process::Command;

#[test]
fn live_handshakes() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/run.sh");
    assert!(script.is_file(), "{} is missing", script.display());
    match std::env::var("IKEV2_INTEROP") {
        Ok(cases) => {
            let status = Command::new("bash").arg(&script).args(cases.split_whitespace()).status().unwrap();
            assert!(status.success(), "{} {cases}: {status}", script.display());
        }
        // Not `eprintln!`: the harness keeps that to itself when a test passes.
        Err(_) => writeln!(
            std::io::stderr(),
            "live handshakes with strongSwan, libreswan and OpenIKED were not run; as root on Debian: bash tests/interop/run.sh --ci\n\
             (about 25 cases; --all runs the whole matrix; or set IKEV2_INTEROP to these words for this test)"
        )
        .unwrap(),
    }
}
