//! Files and texts by their kind.

use super::{Ask, Handed};
use ikev2_tools::evidence::file_kind::{FileKind, HEAD, file_kind};
use ikev2_tools::evidence::keys::{self, KeyFile};
use ikev2_tools::evidence::text::decoded;
use std::io::{Cursor, Read};

/// Octets of a configuration.
const MOST_TEXT: u64 = 64 << 20;

/// What there is to work with.
#[derive(Default)]
pub(super) struct Sorted {
    pub(super) captures: Vec<Handed>,
    pub(super) logs: Vec<Handed>,
    /// Names and contents.
    pub(super) certificates: Vec<(String, Vec<u8>)>,
    pub(super) keys: Option<KeyFile>,
    /// The configuration of the client, and where it comes from.
    pub(super) client: Option<Text>,
    pub(super) server: Option<Text>,
}

/// A configuration.
pub(super) struct Text {
    pub(super) name: String,
    pub(super) text: String,
}

/// Sorts what was handed over.
pub(super) fn sort(files: Vec<Handed>, ask: &Ask) -> Result<Sorted, String> {
    let mut sorted = Sorted::default();
    let both = !ask.client.trim().is_empty() && !ask.server.trim().is_empty();
    for (name, text, server) in [("the text of the client", &ask.client, false), ("the text of the server", &ask.server, true)] {
        if !text.trim().is_empty() {
            sorted.pasted(name, text, server, both)?;
        }
    }
    for file in files {
        sorted.file(file)?;
    }
    Ok(sorted)
}

impl Sorted {
    /// A text from one of the two fields. Where both have a text they are compared, whatever else they could be.
    fn pasted(&mut self, name: &str, text: &str, server: bool, both: bool) -> Result<(), String> {
        let octets = text.as_bytes().to_vec();
        let kind = if both { FileKind::Text } else { file_kind(octets.get(..HEAD).unwrap_or(&octets)) };
        match kind {
            FileKind::Log | FileKind::Certificates | FileKind::Keys => {
                let len = u64::try_from(octets.len()).unwrap_or(u64::MAX);
                self.put(kind, Handed::new(name.to_owned(), len, move || Box::new(Cursor::new(octets.clone()))))
            }
            FileKind::Text | FileKind::Capture => {
                let slot = if server { &mut self.server } else { &mut self.client };
                *slot = Some(Text { name: name.to_owned(), text: text.to_owned() });
                Ok(())
            }
        }
    }

    fn file(&mut self, file: Handed) -> Result<(), String> {
        let mut head = Vec::new();
        let most = u64::try_from(HEAD).unwrap_or(u64::MAX);
        file.open().take(most).read_to_end(&mut head).map_err(|error| format!("{}: {error}", file.name))?;
        self.put(file_kind(&head), file)
    }

    fn put(&mut self, kind: FileKind, file: Handed) -> Result<(), String> {
        match kind {
            FileKind::Capture => self.captures.push(file),
            FileKind::Log => self.logs.push(file),
            FileKind::Certificates => self.certificates.push((file.name.clone(), whole(&file)?)),
            FileKind::Keys => {
                let keys = keys::parse(&whole(&file)?).map_err(|error| format!("keys {}: {error}", file.name))?;
                let all = self.keys.get_or_insert_default();
                all.entries.extend(keys.entries);
                let told = keys.warnings.into_iter().map(|warning| format!("keys {}: {warning}; the line is not used", file.name));
                all.warnings.extend(told);
            }
            FileKind::Text => {
                let text = decoded(&whole(&file)?).ok_or_else(|| format!("{}: the octets are no text (UTF-8 or UTF-16)", file.name))?;
                let slot = if self.client.is_none() { &mut self.client } else { &mut self.server };
                if let Some(taken) = slot {
                    return Err(format!(
                        "{}: there is already {} for the server; two configurations can be compared",
                        file.name, taken.name
                    ));
                }
                *slot = Some(Text { name: file.name, text });
            }
        }
        Ok(())
    }
}

/// All of a file that is no capture.
fn whole(file: &Handed) -> Result<Vec<u8>, String> {
    if file.octets > MOST_TEXT {
        return Err(format!("{}: more than {} MiB are no configuration, certificate or key", file.name, MOST_TEXT >> 20));
    }
    let mut octets = Vec::new();
    file.open().read_to_end(&mut octets).map_err(|error| format!("{}: {error}", file.name))?;
    Ok(octets)
}
