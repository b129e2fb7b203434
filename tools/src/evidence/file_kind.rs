//! What somebody hands over, told from its first octets.

use super::{keys, logs, text};

/// What a file is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// A capture, or octets that are nothing else: whoever reads them as a capture says what they are.
    Capture,
    /// The log of an IKE daemon, or events of Windows.
    Log,
    /// Certificates.
    Certificates,
    /// Keys of IKE SAs.
    Keys,
    /// Another text: a configuration, a command, a profile.
    Text,
}

/// Octets at the beginning of a file that tell its kind.
pub const HEAD: usize = logs::HEAD;

/// The kind of a file that begins with `head`: [`HEAD`] octets, or all of them.
///
/// ```
/// use ikev2_tools::evidence::file_kind::{FileKind, file_kind};
/// assert_eq!(file_kind(b"aes256-sha256-modp2048"), FileKind::Text);
/// assert_eq!(file_kind(b"\x0a\x0d\x0d\x0a\x1c\0\0\0"), FileKind::Capture);
/// ```
#[must_use]
pub fn file_kind(head: &[u8]) -> FileKind {
    if is_certificates(head) {
        return FileKind::Certificates;
    }
    if is_keys(head) {
        return FileKind::Keys;
    }
    if logs::recognise(head).is_some() {
        return FileKind::Log;
    }
    if is_text(head) { FileKind::Text } else { FileKind::Capture }
}

#[cfg(feature = "x509")]
fn is_certificates(head: &[u8]) -> bool {
    super::certificate::recognise(head)
}

#[cfg(not(feature = "x509"))]
const fn is_certificates(_head: &[u8]) -> bool {
    false
}

/// A head may end within the JSON of a large file: its first field is enough.
fn is_keys(head: &[u8]) -> bool {
    let begins = head.trim_ascii_start();
    let json = begins.starts_with(b"{") && begins.windows(9).any(|name| name == b"\"ike_sas\"");
    json || keys::parse(head).is_ok_and(|file| !file.entries.is_empty())
}

/// Text without control characters, up to a character that the end of `head` cuts.
fn is_text(head: &[u8]) -> bool {
    const LONGEST: usize = 3;
    let least = head.len().saturating_sub(LONGEST);
    let pieces = (least..=head.len()).filter_map(|end| head.get(..end));
    let decoded = pieces.rev().find_map(text::decoded);
    decoded.is_some_and(|text| text.chars().all(|c| !c.is_control() || matches!(c, '\t' | '\n' | '\r')))
}
