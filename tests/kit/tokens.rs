//! The text of a source file as tokens, for the tests of how the house is kept.

/// Names, numbers, `::` and single signs; without comments, texts and lifetimes.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let text: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    let get = |at: usize| text.get(at).copied().unwrap_or('\0');
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    while at < text.len() {
        let start = at;
        match get(at) {
            '/' if get(at + 1) == '/' => at += text[at..].iter().take_while(|c| **c != '\n').count(),
            '/' if get(at + 1) == '*' => {
                at += 2;
                while at < text.len() && !(get(at) == '*' && get(at + 1) == '/') {
                    at += 1;
                }
                at += 2;
            }
            '"' => at = text_end(&text, at),
            // A lifetime, or a character.
            '\'' if get(at + 2) != '\'' && get(at + 1) != '\\' => at += 1,
            '\'' => {
                at += if get(at + 1) == '\\' { 3 } else { 2 };
                at += text[at..].iter().take_while(|c| **c != '\'').count() + 1;
            }
            c if is_part(c) => {
                at += text[at..].iter().take_while(|c| is_part(**c)).count();
                let name: String = text[start..at].iter().collect();
                let raw = matches!(name.as_str(), "r" | "br" | "b" | "c" | "cr");
                let hashes = text[at..].iter().take_while(|c| **c == '#').count();
                match get(at + hashes) {
                    '"' if raw && name.contains('r') => {
                        let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
                        at += hashes + 1;
                        while at < text.len() && !text[at..].starts_with(&end) {
                            at += 1;
                        }
                        at += end.len();
                    }
                    '"' if raw && hashes == 0 => at = text_end(&text, at),
                    '\'' if name == "b" && hashes == 0 => {}
                    _ => found.push(name),
                }
            }
            ':' if get(at + 1) == ':' => {
                found.push("::".into());
                at += 2;
            }
            c => {
                if !c.is_whitespace() {
                    found.push(c.to_string());
                }
                at += 1;
            }
        }
    }
    found
}

/// The place after a text in double quotes.
fn text_end(text: &[char], mut at: usize) -> usize {
    at += 1;
    while at < text.len() && text[at] != '"' {
        at += if text[at] == '\\' { 2 } else { 1 };
    }
    at + 1
}
