//! Files and standard input.

use ikev2_tools::capture::{OpenError, Source};
use ikev2_tools::evidence::keys::{self, KeyFile};
use ikev2_tools::evidence::logs::{self, Log};
use ikev2_tools::evidence::text;
use ikev2_tools::report::printable;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The capture in a file, or on standard input for `-`.
pub(crate) fn capture(path: &Path) -> Result<Source, OpenError> {
    if path == Path::new("-") {
        return Ok(Source::new("standard input", io::stdin()));
    }
    let name = name(path);
    let failed = |source| OpenError::Io { name: name.clone(), source };
    let file = opened(path).map_err(failed)?;
    let octets = file.metadata().map_err(failed)?.len();
    Ok(Source::new(&path.to_string_lossy(), file).with_len(octets))
}

/// A capture, or a log.
pub(crate) enum Either {
    Capture(Source),
    Log(Log),
}

/// What is in a file, or on standard input for `-`: a log, if it begins as one does, else a capture.
pub(crate) fn either(path: &Path) -> Result<Either, String> {
    let (shown, mut source) = open(path)?;
    let mut head = Vec::new();
    let most = u64::try_from(logs::HEAD).unwrap_or(u64::MAX);
    source.by_ref().take(most).read_to_end(&mut head).map_err(|error| format!("{shown}: {error}"))?;
    let is_log = logs::recognise(&head).is_some();
    let whole: Box<dyn Read + Send> = Box::new(io::Cursor::new(head).chain(source));
    if is_log {
        return Ok(Either::Log(Log { name: shown, source: whole }));
    }
    if path == Path::new("-") {
        return Ok(Either::Capture(Source::new("standard input", whole)));
    }
    capture(path).map(Either::Capture).map_err(|error| error.to_string())
}

/// A log in a file, or on standard input for `-`.
pub(crate) fn log(path: &Path) -> Result<Log, String> {
    open(path).map(|(name, source)| Log { name, source })
}

fn open(path: &Path) -> Result<(String, Box<dyn Read + Send>), String> {
    if path == Path::new("-") {
        return Ok(("standard input".into(), Box::new(io::stdin())));
    }
    let name = name(path);
    let file = opened(path).map_err(|error| format!("{name}: {error}"))?;
    Ok((name, Box::new(file)))
}

/// The keys of all these files, and what is wrong with single lines of them; `None` when none is named.
pub(crate) fn keys(files: &[PathBuf]) -> Result<Option<KeyFile>, String> {
    let mut all = KeyFile::default();
    for file in files {
        let told = |what: String| format!("keys {}: {what}", name(file));
        let keys = keys_of(file).map_err(told)?;
        all.entries.extend(keys.entries);
        all.warnings.extend(keys.warnings.into_iter().map(|warning| told(format!("{warning}; the line is not used"))));
    }
    Ok((!files.is_empty()).then_some(all))
}

fn keys_of(file: &Path) -> Result<KeyFile, String> {
    let mut octets = Vec::new();
    let file = opened(file).map_err(|error| error.to_string())?;
    let most = u64::try_from(keys::MAX_OCTETS).unwrap_or(u64::MAX);
    file.take(most.saturating_add(1)).read_to_end(&mut octets).map_err(|error| error.to_string())?;
    keys::parse(&octets)
}

/// Opens a file. What systems say of a folder and of a pattern is another thing on each, and seldom what is wrong.
pub(crate) fn opened(path: &Path) -> io::Result<File> {
    if path.is_dir() {
        return Err(io::Error::new(ErrorKind::IsADirectory, "it is a folder: name a file that is in it"));
    }
    File::open(path).map_err(|error| {
        let is_pattern = path.to_string_lossy().contains(['*', '?']);
        if is_pattern {
            io::Error::new(error.kind(), "there is no such file, and patterns are not expanded: name the files")
        } else {
            error
        }
    })
}

/// A file's name as it may be printed.
pub(crate) fn name(path: &Path) -> String {
    printable(&path.to_string_lossy())
}

/// A UDP port; 0 carries nothing.
pub(crate) fn port(text: &str) -> Result<u16, String> {
    match text.parse() {
        Ok(0) => Err("port 0 carries nothing".into()),
        Ok(port) => Ok(port),
        Err(_) => Err("a port is a number of 1 to 65535".into()),
    }
}

/// The text of a file, of no more octets than a text has.
#[cfg(any(feature = "compare", feature = "handshake"))]
pub(crate) fn file(path: &Path) -> Result<String, String> {
    let mut octets = Vec::new();
    let done = opened(path).and_then(|file| file.take(MOST_TEXT).read_to_end(&mut octets));
    done.map_err(|error| format!("{}: {error}", name(path)))?;
    text::decoded(&octets).ok_or_else(|| format!("{}: it is no text", name(path)))
}

/// Octets of a configuration or log that are read as one text.
const MOST_TEXT: u64 = 64 << 20;

/// The text in a file of that name, on standard input for `-`, or the word itself where there is no such file.
pub(crate) fn text(word: &str) -> Result<String, String> {
    let mut octets = Vec::new();
    let read = |input: &mut dyn Read, octets: &mut Vec<u8>| input.take(MOST_TEXT.saturating_add(1)).read_to_end(octets);
    let done = if word == "-" {
        read(&mut io::stdin(), &mut octets)
    } else if is_file(word) {
        opened(Path::new(word)).and_then(|mut file| read(&mut file, &mut octets))
    } else {
        return Ok(word.to_owned());
    };
    done.map_err(|error| format!("{}: {error}", short(word)))?;
    if octets.len() > usize::try_from(MOST_TEXT).unwrap_or(usize::MAX) {
        return Err(format!("{}: more than {} MiB are no configuration", short(word), MOST_TEXT >> 20));
    }
    text::decoded(&octets).ok_or_else(|| format!("{}: the octets are no text (UTF-8 or UTF-16)", short(word)))
}

/// Whether a word names a file rather than being a text itself.
fn is_file(word: &str) -> bool {
    !word.contains('\n') && Path::new(word).is_file()
}

/// A word of the command line as a complaint names it.
pub(crate) fn short(word: &str) -> String {
    if word == "-" {
        return "standard input".to_owned();
    }
    if is_file(word) { printable(word) } else { "the text".to_owned() }
}
