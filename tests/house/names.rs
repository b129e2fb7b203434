//! The names of the public API: no type twice, one verb for one act, octets and not bytes.
//!
//! An item is taken to be public when it is `pub` without more: `unreachable_pub` of the lint table holds that it can be reached then.

use crate::kit::sources::sources;
use crate::kit::tokens::tokens;
use std::collections::BTreeMap;
use std::path::Path;

/// What the public items of a crate are called, and where each stands.
#[derive(Default)]
struct Names {
    types: Vec<(String, String)>,
    functions: Vec<Function>,
    fields: Vec<(String, String)>,
}

struct Function {
    name: String,
    /// It takes `&mut self`.
    changes: bool,
    file: String,
}

/// Words that make a type.
const KINDS: [&str; 5] = ["struct", "enum", "trait", "type", "union"];

/// Words that stand between `pub` and `fn`.
const QUALIFIERS: [&str; 3] = ["const", "async", "unsafe"];

impl Names {
    /// Reads the files of a crate.
    fn of(folders: &[&str]) -> Self {
        let top = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut names = Self::default();
        let files = folders.iter().flat_map(|folder| sources(folder)).map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            (file.strip_prefix(top).unwrap().display().to_string(), tokens(&text))
        });
        let files: Vec<_> = files.collect();
        let makers: Vec<String> = files.iter().flat_map(|(_, tokens)| makers(tokens)).collect();
        for (file, tokens) in &files {
            names.read(file, &without_tests(tokens), &makers);
        }
        names
    }

    fn read(&mut self, file: &str, tokens: &[String], makers: &[String]) {
        let word = |at: usize| tokens.get(at).map_or("", String::as_str);
        for at in 0..tokens.len() {
            if makers.iter().any(|maker| maker == word(at)) && word(at + 1) == "!" && is_name(word(at + 3)) {
                self.types.push((word(at + 3).to_owned(), file.to_owned()));
            }
            if word(at) != "pub" {
                continue;
            }
            let mut next = at + 1;
            while QUALIFIERS.contains(&word(next)) && word(next + 1) != ":" {
                next += 1;
            }
            let name = word(next + 1);
            match word(next) {
                kind if KINDS.contains(&kind) && is_name(name) => {
                    self.types.push((name.to_owned(), file.to_owned()));
                    match kind {
                        "trait" => self.functions(file, &tokens[body(tokens, next)..=end(tokens, next)]),
                        "enum" => self.fields_of(file, &tokens[body(tokens, next)..=end(tokens, next)]),
                        _ => {}
                    }
                }
                "fn" if is_name(name) => self.function(file, tokens, next),
                "use" => self.renamed(file, &tokens[next..]),
                field if is_name(field) && name == ":" => self.fields.push((field.to_owned(), file.to_owned())),
                _ => {}
            }
        }
    }

    /// The function whose `fn` is at `at`.
    fn function(&mut self, file: &str, tokens: &[String], at: usize) {
        let open = (at..tokens.len()).find(|at| tokens[*at] == "(").unwrap_or(at);
        let taken = &tokens[open..tokens.len().min(open + 4)];
        let changes = taken.iter().any(|token| token == "mut") && taken.iter().any(|token| token == "self");
        self.functions.push(Function { name: tokens[at + 1].clone(), changes, file: file.to_owned() });
    }

    /// The functions of a trait, which are as public as it is.
    fn functions(&mut self, file: &str, tokens: &[String]) {
        for at in 0..tokens.len().saturating_sub(1) {
            if tokens[at] == "fn" && is_name(&tokens[at + 1]) {
                self.function(file, tokens, at);
            }
        }
    }

    /// The fields of the variants of an enum, which are as public as it is.
    fn fields_of(&mut self, file: &str, tokens: &[String]) {
        for pair in tokens.windows(2).filter(|pair| is_name(&pair[0]) && pair[1] == ":") {
            self.fields.push((pair[0].clone(), file.to_owned()));
        }
    }

    /// The other names that a `pub use` gives to types.
    fn renamed(&mut self, file: &str, tokens: &[String]) {
        let declaration = tokens.split(|token| token == ";").next().unwrap_or_default();
        for pair in declaration.windows(2).filter(|pair| pair[0] == "as" && pair[1].starts_with(char::is_uppercase)) {
            self.types.push((pair[1].clone(), file.to_owned()));
        }
    }

    /// The names of types that are there more than once, with their files.
    fn twice(&self) -> Vec<String> {
        let mut found: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, file) in &self.types {
            found.entry(name).or_default().push(file);
        }
        found.into_iter().filter(|(_, files)| files.len() > 1).map(|(name, files)| format!("{name} in {}", files.join(", "))).collect()
    }

    /// The names of functions that are not the crate's word for what they do.
    fn verbs(&self) -> Vec<String> {
        self.functions.iter().filter_map(|f| Some(format!("{} in {}: {}", f.name, f.file, f.fault()?))).collect()
    }

    /// The names of functions and fields that count bytes.
    fn bytes(&self) -> Vec<String> {
        let functions = self.functions.iter().map(|function| (&function.name, &function.file));
        let fields = self.fields.iter().map(|(name, file)| (name, file));
        let has_bytes = |name: &str| name.split('_').any(|word| matches!(word, "byte" | "bytes"));
        functions.chain(fields).filter(|(name, _)| has_bytes(name)).map(|(name, file)| format!("{name} in {file}")).collect()
    }
}

impl Function {
    fn fault(&self) -> Option<&'static str> {
        let verb = self.name.split('_').next().unwrap_or_default();
        match verb {
            // `get` alone is Rust's word for what stands at an index, or in a wrapper.
            "get" if self.name != verb => Some("what a value has is called by its name"),
            "write" | "encode" | "serialize" => Some("octets are emitted"),
            "make" => Some("say what is done: new, issue, derive"),
            verb if self.changes && is_participle(verb) => Some("a participle is no verb"),
            _ => None,
        }
    }
}

/// Whether a word says that something was done: as the name of what changes a value it hides who does what.
fn is_participle(word: &str) -> bool {
    let irregular = ["begun", "come", "done", "gone", "heard", "kept", "lost", "made", "seen", "sent", "taken", "told"];
    word.ends_with("ed") && !matches!(word, "need" | "seed" | "feed" | "proceed" | "embed") || irregular.contains(&word)
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Where the body of the item at `at` opens.
fn body(tokens: &[String], at: usize) -> usize {
    (at..tokens.len()).find(|at| matches!(tokens[*at].as_str(), "{" | ";")).unwrap_or(tokens.len() - 1)
}

/// Where the item at `at` ends: at its semicolon, or at the brace that closes its body.
fn end(tokens: &[String], at: usize) -> usize {
    let mut depth = 0usize;
    for (at, token) in tokens.iter().enumerate().skip(at) {
        match token.as_str() {
            "{" | "(" | "[" => depth += 1,
            "}" if depth <= 1 => return at,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return at,
            _ => {}
        }
    }
    tokens.len() - 1
}

/// The code without the items behind `#[cfg(test)]`.
fn without_tests(tokens: &[String]) -> Vec<String> {
    let test = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut kept, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if tokens[at..].iter().map(String::as_str).take(test.len()).eq(test) {
            at = end(tokens, at + test.len()) + 1;
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

/// The macros that make a public type whose name stands first in what they are given; those that are given the declaration, as the tables
/// of code points are, are read like any other code.
fn makers(tokens: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let word = |at: usize| tokens.get(at).map_or("", String::as_str);
    for at in (0..tokens.len()).filter(|at| word(*at) == "macro_rules") {
        let whole = &tokens[at..=end(tokens, at)];
        let declared = |window: &&[String]| window[0] == "pub" && KINDS.contains(&window[1].as_str()) && window[2] == "$";
        let (given, made): (Vec<_>, Vec<_>) =
            whole.windows(6).filter(declared).partition(|window| window[4] == ":" && window[5] == "ident");
        let Some(made) = made.first().filter(|_| given.is_empty()) else { continue };
        let first = whole.windows(4).find(|window| window[0] == "$" && window[2] == ":" && window[3] == "ident").unwrap();
        assert_eq!(first[1], made[3], "{}: the name of the type does not come first", whole[2]);
        found.push(whole[2].clone());
    }
    found
}

/// Whose names are looked at: the library, and that of the tools without the program.
fn crates() -> [Names; 2] {
    [Names::of(&["src"]), Names::of(&["tools/src/capture", "tools/src/evidence", "tools/src/report"])]
}

#[test]
fn no_public_type_has_the_name_of_another() {
    for (names, least) in crates().iter().zip([300, 12]) {
        assert!(names.types.len() > least, "{} types", names.types.len());
        assert!(names.twice().is_empty(), "{:#?}", names.twice());
    }
    let [library, _] = crates();
    // A struct, a row of a table of code points, an enum of a macro, a cause, and the enum of all causes.
    for name in ["Notify", "NotifyType", "DhGroup", "PortBlocked", "Cause"] {
        assert!(library.types.iter().any(|(found, _)| found == name), "{name} is not found");
    }
}

#[test]
fn a_public_function_is_called_by_the_word_for_what_it_does() {
    for (names, least) in crates().iter().zip([500, 10]) {
        assert!(names.functions.len() > least, "{} functions", names.functions.len());
        assert!(names.verbs().is_empty(), "{:#?}", names.verbs());
    }
}

#[test]
fn octets_are_called_octets() {
    for (names, least) in crates().iter().zip([250, 30]) {
        assert!(names.fields.len() > least, "{} fields", names.fields.len());
        assert!(names.bytes().is_empty(), "{:#?}", names.bytes());
    }
}

#[test]
fn each_rule_finds_what_breaks_it() {
    let text = "
        macro_rules! values { ($ty:ident: $name:ident) => { pub enum $ty { $name } } }
        macro_rules! table { (pub struct $ty:ident;) => { pub struct $ty; } }
        values! { Made: One }
        table! { pub struct Row; }
        pub struct Made { pub bytes: usize, pub(crate) byte: u8 }
        pub enum Kind { One { first_byte: u8 } }
        pub(crate) struct Row;
        pub use other::Thing as Kind;
        pub trait Verbs { fn answered(&mut self); fn supported(&self); }
        impl Made {
            pub const fn get_first(&self) {}
            pub fn as_bytes(&self) {}
            pub fn write(self) {}
            pub fn mark_answered(&mut self) {}
            pub fn make_one() {}
            pub(super) fn make_two() {}
        }
        #[cfg(test)]
        mod tests { pub struct Made; pub fn make_all() {} }
        #[cfg(test)]
        pub struct Row;
    ";
    let tokens = tokens(text);
    let makers = makers(&tokens);
    let mut names = Names::default();
    names.read("a.rs", &without_tests(&tokens), &makers);
    assert_eq!(makers, ["values"]);
    assert_eq!(names.twice(), ["Kind in a.rs, a.rs", "Made in a.rs, a.rs"]);
    let faulty: Vec<_> = names.verbs().iter().map(|fault| fault.split(' ').next().unwrap().to_owned()).collect();
    assert_eq!(faulty, ["answered", "get_first", "write", "make_one"]);
    assert_eq!(names.bytes(), ["as_bytes in a.rs", "bytes in a.rs", "first_byte in a.rs"]);
}
