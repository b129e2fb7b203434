//! Runs the program, in the repository's folder.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder in which `tests/captures` is.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// Exit status, standard output, standard error.
pub(crate) fn ike(args: impl IntoIterator<Item = impl AsRef<OsStr>>, input: impl AsRef<[u8]>) -> (u8, String, String) {
    run(&mut program(args), input)
}

pub(crate) fn program(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_ike"));
    program.args(args).current_dir(root()).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    program
}

pub(crate) fn run(program: &mut Command, input: impl AsRef<[u8]>) -> (u8, String, String) {
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.as_ref().to_vec();
    // Who answers line by line must be read from meanwhile; who reads nothing has closed it.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    let status = output.status.code().and_then(|code| u8::try_from(code).ok());
    (status.unwrap_or_else(|| panic!("{}", output.status)), text(output.stdout), text(output.stderr))
}
