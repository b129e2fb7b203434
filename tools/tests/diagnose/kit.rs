//! Captures diagnosed: in this process, or by the program where only it can tell.

use ikev2_tools::capture::Source;
use ikev2_tools::evidence::diagnosis::{DiagnoseOptions, diagnose};
use ikev2_tools::evidence::{keys, negotiation};
use ikev2_tools::report;
use serde_json::Value;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The folder of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

/// What came of a diagnosis.
pub(crate) struct Outcome {
    pub(crate) status: u8,
    /// JSON lines.
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program's exit status and what it writes, run in `folder`.
pub(crate) fn program(folder: &Path, files: &[String], args: &[String]) -> Outcome {
    let mut ike = Command::new(env!("CARGO_BIN_EXE_ike"));
    ike.args(["diagnose", "--json"]).args(args).args(files).current_dir(folder).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE");
    let output = ike.output().unwrap();
    let text = |octets| String::from_utf8(octets).unwrap();
    let status = output.status.code().and_then(|code| u8::try_from(code).ok());
    Outcome { status: status.unwrap_or_else(|| panic!("{}", output.status)), out: text(output.stdout), err: text(output.stderr) }
}

/// The same files and options without the program: JSON lines, or why there are none.
pub(crate) fn library(folder: &Path, files: &[String], args: &[String]) -> Result<String, String> {
    let [file] = files else { return Err(format!("{} files", files.len())) };
    let mut options = DiagnoseOptions::default();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        let value = words.next().ok_or_else(|| format!("{word} without a value"))?;
        match word.as_str() {
            "--keys" => {
                let file = keys::parse(&read(&folder.join(value)))?;
                options.keys.get_or_insert_default().extend(file.entries);
                options.warnings.extend(file.warnings.iter().map(|warning| format!("keys {value}: {warning}; the line is not used")));
            }
            "--policy" => options.policy = Some(negotiation::policy_of_either(value)?),
            "--watched" => options.watched = Some(Duration::from_secs(value.parse().map_err(|error| format!("{word} {value}: {error}"))?)),
            _ => return Err(format!("{word}: no option of a case")),
        }
    }
    json(file, read(&folder.join(file)), options)
}

/// JSON lines about the octets of a capture.
pub(crate) fn json(name: &str, octets: Vec<u8>, options: DiagnoseOptions) -> Result<String, String> {
    let size = octets.len() as u64;
    let source = Source::new(name, Cursor::new(octets)).with_len(size);
    let diagnosis = diagnose(source, options, &mut |_| ()).map_err(|error| error.to_string())?;
    Ok(report::diagnose::json(&diagnosis))
}

pub(crate) fn read(file: &Path) -> Vec<u8> {
    std::fs::read(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The lines of a JSON Lines file.
pub(crate) fn rows(file: &Path) -> Vec<Value> {
    let text = String::from_utf8(read(file)).unwrap();
    let row = |(n, line): (usize, &str)| serde_json::from_str(line).unwrap_or_else(|error| panic!("{}:{n}: {error}", file.display()));
    (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()).map(row).collect()
}

/// The folder of the cases, and of the failures made with daemons.
pub(crate) fn cases() -> PathBuf {
    root().join("tools/tests/cases/diagnose")
}

pub(crate) fn recorded() -> PathBuf {
    root().join("tests/captures-causes")
}

/// A report read again.
pub(crate) struct Report {
    pub(crate) findings: Vec<Value>,
    pub(crate) verdict: Value,
}

impl Report {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut findings = Vec::new();
        for line in text.lines() {
            findings.push(serde_json::from_str::<Value>(line).map_err(|error| format!("no JSON: {error}: {line}"))?);
        }
        let verdict = findings.pop().ok_or("nothing on standard output")?;
        if verdict["kind"] != "verdict" || findings.iter().any(|finding| finding["kind"] != "finding") {
            return Err("the verdict is not the last line, and the only one".into());
        }
        Ok(Self { findings, verdict })
    }

    /// Findings of an IKE SA, by its initiator's SPI.
    pub(crate) fn of_sa(&self, spi: &str) -> Vec<&Value> {
        self.findings.iter().filter(|finding| finding["sa"].as_str().is_some_and(|sa| sa.starts_with(spi))).collect()
    }
}

/// The texts of an array; none where there is no array.
pub(crate) fn texts(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}
