//! Which file of a crate imports which, read from its text.
//!
//! File A imports file B when code of A names an item that is defined in B:
//! - by a `use` declaration, or by a path in the code that begins with `crate`, `self`, `super`, a module declared in A or a name
//!   that a `use` of A brings in;
//! - re-exports are followed: `use super::Thing` counts for the file that defines `Thing`, not for the `mod.rs` that passes it on;
//! - a `pub use` by itself is a table of contents and counts only if A's own code names what it passes on;
//! - the name of a module alone counts for nothing; the items named through it do;
//! - `use x::*` counts for the file of `x`;
//! - what a macro of `x` makes is taken to be defined in the file that has the name in its text.
//!
//! Comments and all test code (`#[cfg(test)]`, and files that are declared by such a `mod`) import nothing: a test may name
//! anything. Inline modules belong to their file.

use crate::kit::tokens::tokens;
use std::collections::{BTreeMap, BTreeSet};

type Path = Vec<String>;

/// A module: what it defines, and what it names.
#[derive(Default)]
struct Module {
    file: String,
    items: BTreeSet<String>,
    uses: Vec<Use>,
    /// Paths of two or more segments in the code.
    paths: BTreeSet<Path>,
    /// Names in the code that stand alone or begin a path.
    names: BTreeSet<String>,
    /// Everything that looks like a name.
    words: BTreeSet<String>,
}

struct Use {
    path: Path,
    /// What it is called here; `*` for a glob.
    name: String,
    public: bool,
}

/// What a path leads to.
enum Target {
    Module(Path),
    /// The file that defines the item.
    Item(String),
}

/// The modules of a crate.
#[derive(Default)]
pub(crate) struct Tree {
    modules: BTreeMap<Path, Module>,
    /// Modules of test code.
    tests: BTreeSet<Path>,
}

impl Tree {
    /// Reads the files of a crate: path from `src` and text.
    pub(crate) fn read(files: &[(String, String)]) -> Self {
        let mut tree = Self::default();
        for (file, text) in files {
            let path: Path =
                file.trim_end_matches(".rs").split('/').map(str::to_owned).filter(|part| part != "mod" && part != "lib").collect();
            let tokens = tokens(text);
            tree.module(&tokens, path, file);
        }
        let tests = std::mem::take(&mut tree.tests);
        tree.modules.retain(|path, _| !tests.iter().any(|test| path.starts_with(test)));
        tree
    }

    /// Reads the items of a module, to the end or to the brace that closes it; gives the number of tokens read.
    fn module(&mut self, tokens: &[String], path: Path, file: &str) -> usize {
        let mut module = Module { file: file.to_owned(), ..Module::default() };
        let (mut at, mut depth) = (0, 0usize);
        // Where the braces of an enum are, its variants stand.
        let mut variants = None;
        let word = |at: usize| tokens.get(at).map_or("", String::as_str);
        while at < tokens.len() {
            let before = if at == 0 { "" } else { word(at - 1) };
            match word(at) {
                "#" if is_test_attribute(tokens, at) => {
                    let end = item_end(tokens, at);
                    // Of the item only its name matters: that of a module of test code.
                    let name = tokens.get(at..end).unwrap_or_default();
                    if let Some([_, name, _]) = name.windows(3).find(|w| w[0] == "mod" && (w[2] == ";" || w[2] == "{")) {
                        self.tests.insert([&path[..], std::slice::from_ref(name)].concat());
                    }
                    at = end;
                    continue;
                }
                "}" if depth == 0 => break,
                "{" => depth += 1,
                "}" => {
                    depth -= 1;
                    variants = variants.filter(|inside| *inside <= depth);
                }
                "mod" if word(at + 2) == "{" => {
                    let inner = [&path[..], &[word(at + 1).to_owned()]].concat();
                    at += 3 + self.module(&tokens[at + 3..], inner, file) + 1;
                    continue;
                }
                "use" if before != "." => {
                    let public = before == "pub" || before == ")";
                    at = use_tree(tokens, at + 1, &[], public, &mut module.uses);
                    continue;
                }
                "struct" | "enum" | "trait" | "union" | "type" | "fn" | "const" | "static" if depth == 0 => {
                    let name = if matches!(word(at + 1), "fn" | "mut") { word(at + 2) } else { word(at + 1) };
                    module.items.insert(name.to_owned());
                    variants = (word(at) == "enum").then_some(depth + 1);
                }
                "macro_rules" => drop(module.items.insert(word(at + 2).to_owned())),
                name if is_name(name) && !matches!(before, "::" | "." | "fn" | "struct" | "enum" | "mod") => {
                    let mut segments = vec![name.to_owned()];
                    while word(at + 1) == "::" && is_name(word(at + 2)) {
                        segments.push(word(at + 2).to_owned());
                        at += 2;
                    }
                    module.words.extend(segments.iter().cloned());
                    let variant = variants == Some(depth) && matches!(before, "{" | "," | "]");
                    if !variant && word(at + 1) != ":" {
                        module.names.insert(name.to_owned());
                    }
                    if segments.len() > 1 {
                        module.paths.insert(segments);
                    }
                }
                _ => {}
            }
            module.words.insert(word(at).to_owned());
            at += 1;
        }
        self.modules.insert(path, module);
        at
    }

    /// What a path written in a module leads to; `None` for another crate, a local name or a generic.
    fn resolve(&self, from: &Path, path: &[String], depth: usize) -> Option<Target> {
        let module = self.modules.get(from).filter(|_| depth < 16)?;
        let (first, rest) = path.split_first()?;
        match first.as_str() {
            "crate" => self.within(&Path::new(), rest, depth),
            "self" => self.within(from, rest, depth),
            "super" => {
                let (_, parent) = from.split_last()?;
                let parent = parent.to_vec();
                match rest.first().is_some_and(|next| next == "super") {
                    true => self.resolve(&parent, rest, depth + 1),
                    false => self.within(&parent, rest, depth),
                }
            }
            name => {
                let child = [&from[..], std::slice::from_ref(first)].concat();
                let bound = module.items.contains(name) || module.uses.iter().any(|import| import.name == name);
                if self.modules.contains_key(&child) || bound { self.within(from, path, depth) } else { None }
            }
        }
    }

    /// What a path leads to that is looked up in a module.
    fn within(&self, at: &Path, path: &[String], depth: usize) -> Option<Target> {
        let module = self.modules.get(at).filter(|_| depth < 16)?;
        let Some((name, rest)) = path.split_first() else { return Some(Target::Module(at.clone())) };
        let child = [&at[..], std::slice::from_ref(name)].concat();
        let (is_item, is_module) = (module.items.contains(name), self.modules.contains_key(&child));
        // A function may have the name of a module.
        if is_module && !(is_item && rest.is_empty()) {
            return self.within(&child, rest, depth);
        }
        if is_item {
            return Some(Target::Item(module.file.clone()));
        }
        if let Some(import) = module.uses.iter().find(|import| import.name == *name) {
            return self.resolve(at, &[&import.path[..], rest].concat(), depth + 1);
        }
        let globs = module.uses.iter().filter(|import| import.name == "*");
        let passed_on = globs.filter_map(|import| match self.resolve(at, &import.path, depth + 1)? {
            Target::Module(target) if self.holds(&target, name, depth + 1) => self.within(&target, path, depth + 1),
            _ => None,
        });
        // Else a macro makes it.
        passed_on.into_iter().next().or_else(|| Some(Target::Item(module.file.clone())))
    }

    /// Whether a module, or one that it passes on whole, has a name in its text.
    fn holds(&self, at: &Path, name: &String, depth: usize) -> bool {
        let Some(module) = self.modules.get(at).filter(|_| depth < 16) else { return false };
        let globs = module.uses.iter().filter(|import| import.name == "*");
        let mut targets = globs.filter_map(|import| match self.resolve(at, &import.path, depth + 1)? {
            Target::Module(target) => Some(target),
            Target::Item(_) => None,
        });
        module.items.contains(name)
            || module.words.contains(name)
            || module.uses.iter().any(|import| import.name == *name)
            || targets.any(|target| self.holds(&target, name, depth + 1))
    }

    /// Importing file -> imported file -> the names that tie them.
    pub(crate) fn imports(&self) -> Imports {
        let mut found = Imports::new();
        for (path, module) in &self.modules {
            let mut add = |target: Option<Target>, name: &[String]| {
                if let Some(Target::Item(file)) = target.filter(|target| !matches!(target, Target::Item(file) if *file == module.file)) {
                    found.entry(module.file.clone()).or_default().entry(file).or_default().insert(name.join("::"));
                }
            };
            for import in &module.uses {
                let target = self.resolve(path, &import.path, 0);
                if import.name == "*" && !import.public {
                    let whole = target.and_then(|target| match target {
                        Target::Module(module) => self.modules.get(&module).map(|module| Target::Item(module.file.clone())),
                        item @ Target::Item(_) => Some(item),
                    });
                    add(whole, &import.path);
                } else if !import.public || module.names.contains(&import.name) {
                    add(target, &import.path);
                }
            }
            for name in &module.paths {
                add(self.resolve(path, name, 0), name);
            }
        }
        found
    }
}

pub(crate) type Imports = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The circles: the largest groups of files of which each imports, by way of others of the group, every other.
pub(crate) fn circles(imports: &Imports) -> Vec<BTreeSet<String>> {
    let reach = |from: &String| {
        let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
        while let Some(file) = next.pop() {
            next.extend(imports.get(file).into_iter().flat_map(BTreeMap::keys).filter(|to| seen.insert((*to).clone())));
        }
        seen
    };
    let reached: BTreeMap<_, _> = imports.keys().map(|file| (file, reach(file))).collect();
    let back = |to: &String, from: &String| reached.get(to).is_some_and(|seen| seen.contains(from));
    let groups: BTreeSet<BTreeSet<_>> =
        reached.iter().map(|(from, seen)| seen.iter().filter(|to| back(to, from)).cloned().collect()).collect();
    groups.into_iter().filter(|group| group.len() > 1).collect()
}

fn is_name(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Whether `#[cfg(test)]` or `#[cfg(all(test, ..))]` begins here.
fn is_test_attribute(tokens: &[String], at: usize) -> bool {
    let starts = |words: &[&str]| tokens[at..].iter().zip(words).filter(|(token, word)| token == word).count() == words.len();
    starts(&["#", "[", "cfg", "(", "test", ")"]) || starts(&["#", "[", "cfg", "(", "all", "(", "test"])
}

/// The end of an item that begins with attributes: after its `;` or its closing brace.
fn item_end(tokens: &[String], mut at: usize) -> usize {
    let mut depth = 0usize;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            }
            ";" | "," if depth == 0 => return at,
            _ => {}
        }
    }
    at
}

/// Reads a use tree; gives the place after it.
fn use_tree(tokens: &[String], mut at: usize, prefix: &[String], public: bool, uses: &mut Vec<Use>) -> usize {
    let mut path = prefix.to_vec();
    let word = |at: usize| tokens.get(at).map_or("", String::as_str);
    loop {
        match word(at) {
            "{" => {
                at += 1;
                while !matches!(word(at), "}" | "") {
                    let next = use_tree(tokens, at, &path, public, uses);
                    // A macro's `$`, of which nothing is known here, is passed over.
                    at = if next == at { at + 1 } else { next };
                    at += usize::from(word(at) == ",");
                }
                return at + 1;
            }
            "*" => {
                uses.push(Use { path, name: "*".into(), public });
                return at + 1;
            }
            "::" => at += 1,
            name if is_name(name) => {
                if name != "self" || path.is_empty() {
                    path.push(name.to_owned());
                }
                at += 1;
                if word(at) == "::" {
                    continue;
                }
                let renamed = word(at) == "as";
                let name = if renamed { word(at + 1) } else { path.last().map_or("", String::as_str) }.to_owned();
                uses.push(Use { path, name, public });
                return at + if renamed { 2 } else { 0 };
            }
            _ => return at,
        }
    }
}
