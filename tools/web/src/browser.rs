//! The desk for JavaScript.

use crate::desk::{self, Ask, Handed};
use ikev2::proposal::{Dialect, profiles};
use js_sys::{Function, Uint8Array};
use serde_json::{Value, json};
use std::io::{self, Read};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsError, JsValue};
use web_sys::{File, FileReaderSync};

/// Octets that are read from a file at one time.
const PIECE: u64 = 1 << 20;

/// A report for the page.
#[wasm_bindgen(getter_with_clone)]
#[derive(Debug)]
pub struct Shown {
    /// What it is a report of.
    pub title: String,
    /// The report, for a page with the style and the script of reports.
    pub body: String,
    /// The report as a page of its own.
    pub page: String,
    /// The report for programs.
    pub json: String,
}

/// Answers what `ask`, a JSON object with the fields of [`Ask`], asks of `files`. `progress` is called with the octets of a file
/// that were read, and with all that it has.
///
/// # Errors
/// An `Error` whose message is for people.
#[wasm_bindgen]
pub fn answer(files: Vec<File>, ask: &str, progress: &Function) -> Result<Shown, JsError> {
    let ask = asked(ask).ok_or_else(|| JsError::new("the page asked something else than its program answers"))?;
    let files = files.into_iter().map(|file| handed(file, progress)).collect();
    let report = desk::answer(files, &ask).map_err(|error| JsError::new(&error))?;
    Ok(Shown { title: report.html.title().to_owned(), body: report.html.body().to_owned(), page: report.html.page(), json: report.json })
}

/// What a person can choose from, as JSON: the names of profiles and of dialects, each with what it is called.
#[wasm_bindgen]
#[must_use]
pub fn choices() -> String {
    let aliases = profiles::ALIASES.iter().map(|alias| alias.name);
    let names: Vec<&str> = aliases.chain(profiles::ALL.iter().map(|profile| profile.name)).collect();
    let dialects: Vec<Value> = Dialect::ALL.iter().map(|dialect| json!([dialect.to_string(), dialect.name()])).collect();
    json!({ "profiles": names, "dialects": dialects, "version": env!("CARGO_PKG_VERSION") }).to_string()
}

fn asked(ask: &str) -> Option<Ask> {
    let value: Value = serde_json::from_str(ask).ok()?;
    let text = |field: &str| value.get(field).and_then(Value::as_str).map(str::to_owned);
    Some(Ask {
        client: text("client")?,
        server: text("server")?,
        dialect: text("dialect")?,
        name: text("name")?,
        role: text("role")?,
        utc_offset: text("utc_offset")?,
        all: value.get("all").and_then(Value::as_bool)?,
        now: value.get("now").and_then(Value::as_i64)?,
    })
}

/// JavaScript counts octets in doubles, which are exact up to 2^53.
#[allow(clippy::as_conversions, reason = "no other conversion from a double exists; what is no number of octets becomes 0")]
fn octets_of(file: &File) -> u64 {
    file.size() as u64
}

fn handed(file: File, progress: &Function) -> Handed {
    let progress = progress.clone();
    let open = {
        let file = file.clone();
        move || -> Box<dyn Read> { Box::new(Pieces { file: file.clone(), progress: progress.clone(), at: 0, piece: Vec::new(), used: 0 }) }
    };
    Handed::new(file.name(), octets_of(&file), open)
}

/// A file that is read piece by piece, so that a capture is never in memory as a whole. `progress` hears of each piece.
struct Pieces {
    file: File,
    progress: Function,
    at: u64,
    piece: Vec<u8>,
    used: usize,
}

impl Pieces {
    #[allow(clippy::as_conversions, reason = "a file has less than 2^53 octets, which a double counts")]
    fn next(&mut self) -> Result<(), JsValue> {
        let all = octets_of(&self.file);
        let end = self.at.saturating_add(PIECE).min(all);
        let (from, to) = (self.at as f64, end as f64);
        let blob = self.file.slice_with_f64_and_f64(from, to)?;
        self.piece = Uint8Array::new(&FileReaderSync::new()?.read_as_array_buffer(&blob)?.into()).to_vec();
        self.used = 0;
        self.at = end;
        self.progress.call2(&JsValue::NULL, &JsValue::from(to), &JsValue::from(all as f64))?;
        Ok(())
    }
}

impl Read for Pieces {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.used >= self.piece.len() {
            self.next().map_err(|_| io::Error::other("the browser cannot read the file any more; was it changed or removed?"))?;
        }
        let read = self.piece.get(self.used..).unwrap_or_default().read(into)?;
        self.used = self.used.saturating_add(read);
        Ok(read)
    }
}
