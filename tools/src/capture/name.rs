//! Names that may be printed.

/// A text as it may be printed: what would move the cursor, change colours or turn the direction of writing is escaped.
///
/// ```
/// use ikev2_tools::report::printable;
/// assert_eq!(printable("tunnel \u{1b}[2J\n.pcap"), r"tunnel \u{1b}[2J\n.pcap");
/// assert_eq!(printable("Tür 1.pcap"), "Tür 1.pcap");
/// ```
#[must_use]
pub fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_control() => shown.extend(c.escape_default()),
            // Marks that are not seen, and that hide or reverse what is (Unicode's bidirectional algorithm).
            '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{180e}'
            | '\u{e0000}'..='\u{e007f}' => {
                shown.extend(c.escape_unicode());
            }
            c => shown.push(c),
        }
    }
    shown
}
