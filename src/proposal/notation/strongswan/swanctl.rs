//! swanctl.conf: sections in braces, a setting a line (swanctl.conf(5), and the parser of libstrongswan/settings).
//!
//! The text may be a part of a file: one connection, one child, or the settings alone.

use super::lists;
use crate::proposal::notation::assignments::{listed, seconds, switch, unquoted};
use crate::proposal::notation::ipsec_conf::Setting;
use crate::proposal::notation::settings::{Settings, Stated};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, Hint, Notation, NotationError, NotationErrorKind};
use crate::registry::SecurityProtocol;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Sections inside one another; more are read as if they were not there.
const DEEPEST: usize = 32;

#[derive(Default)]
struct Section<'a> {
    name: &'a str,
    parent: Option<usize>,
    settings: Vec<Setting<'a>>,
    /// It has what only a connection has.
    connection: bool,
    /// It has what only a child has.
    child: bool,
}

impl<'a> Section<'a> {
    fn find(&self, key: &str) -> Option<Setting<'a>> {
        self.settings.iter().rev().find(|setting| setting.key.text == key).copied()
    }
}

struct File<'a> {
    /// The first is the text itself.
    sections: Vec<Section<'a>>,
    includes: Vec<Word<'a>>,
    /// Sections that take settings from others.
    references: Vec<Word<'a>>,
}

/// Where a piece of text that is looked at ends.
fn end_of(rest: &str, at: impl Fn(char) -> bool) -> usize {
    rest.find(at).unwrap_or(rest.len())
}

impl<'a> File<'a> {
    fn parse(text: &'a str) -> Self {
        let mut file = Self { sections: Vec::new(), includes: Vec::new(), references: Vec::new() };
        file.sections.push(Section::default());
        let mut open: Vec<usize> = Vec::new();
        let mut skipped = 0_usize;
        let mut rest = Word::whole(text);
        loop {
            rest = rest.trim();
            let Some(first) = rest.text.chars().next() else { return file };
            match first {
                '#' => rest = rest.behind(end_of(rest.text, |c| c == '\n')),
                '}' => {
                    rest = rest.behind(1);
                    if skipped > 0 {
                        skipped = skipped.saturating_sub(1);
                    } else {
                        open.pop();
                    }
                }
                '{' | '=' | '"' => rest = rest.behind(1),
                _ => {
                    let name = rest.front(end_of(rest.text, |c| matches!(c, '{' | '}' | '=' | '#' | '"') || c.is_whitespace()));
                    rest = rest.behind(name.text.len());
                    let after = rest.text.trim_start();
                    let inside = open.last().copied().unwrap_or(0);
                    if after.starts_with('{') || (after.starts_with(':') && opens(after)) || (name.text.ends_with(':') && opens(after)) {
                        if !after.starts_with('{') {
                            file.references.push(name);
                        }
                        rest = rest.behind(end_of(rest.text, |c| c == '{').saturating_add(1));
                        if open.len() < DEEPEST {
                            open.push(file.begin(name.text.trim_end_matches(':'), inside));
                        } else {
                            skipped = skipped.saturating_add(1);
                        }
                    } else if after.starts_with('=') {
                        rest = rest.behind(end_of(rest.text, |c| c == '=').saturating_add(1));
                        let value = value(rest);
                        rest = rest.behind(value.at.saturating_add(value.text.len()).saturating_sub(rest.at));
                        file.set(inside, Setting { key: name, value: unquoted(value) });
                    } else {
                        // What is none of these is no setting: `include`, a prompt, prose.
                        let line = rest.front(end_of(rest.text, |c| c == '\n'));
                        if name.text == "include" {
                            file.includes.push(line.trim());
                        }
                        rest = rest.behind(line.text.len());
                    }
                }
            }
        }
    }

    fn begin(&mut self, name: &'a str, parent: usize) -> usize {
        if let Some(section) = self.sections.get_mut(parent) {
            section.connection |= name == "children" || name == "local" || name == "remote" || name.starts_with("remote-");
        }
        self.sections.push(Section { name, parent: Some(parent), ..Section::default() });
        self.sections.len().saturating_sub(1)
    }

    fn set(&mut self, section: usize, setting: Setting<'a>) {
        let Some(section) = self.sections.get_mut(section) else { return };
        match setting.key.text {
            "version" | "proposals" | "local_addrs" | "remote_addrs" | "fragmentation" | "mobike" | "reauth_time" | "over_time"
            | "encap" | "vips" | "pools" | "unique" => section.connection = true,
            "esp_proposals" | "ah_proposals" | "local_ts" | "remote_ts" | "start_action" | "life_time" | "rekey_bytes" | "life_bytes"
            | "close_action" | "mode" => section.child = true,
            _ => {}
        }
        section.settings.push(setting);
    }

    fn named(&self, section: Option<usize>) -> &'a str {
        section.and_then(|at| self.sections.get(at)).map_or("", |section| section.name)
    }

    fn numbered(&self) -> impl Iterator<Item = (usize, &Section<'a>)> {
        self.sections.iter().enumerate().skip(1)
    }

    fn connections(&self) -> Vec<usize> {
        let whole = self.numbered().any(|(_, section)| section.name == "connections");
        let of = |section: &Section<'a>| {
            if whole { self.named(section.parent) == "connections" } else { section.connection && section.name != "children" }
        };
        self.numbered().filter(|(_, section)| of(section)).map(|(at, _)| at).collect()
    }

    /// The children of a connection; of none, those that stand in no connection.
    fn children(&self, connection: Option<usize>) -> Vec<usize> {
        let of = |section: &Section<'a>| {
            let inside = self.named(section.parent) == "children";
            let grandparent = section.parent.and_then(|parent| self.sections.get(parent)).and_then(|parent| parent.parent);
            match connection {
                Some(connection) => inside && grandparent == Some(connection),
                None => inside || (section.child && !section.connection),
            }
        };
        self.numbered().filter(|(_, section)| of(section)).map(|(at, _)| at).collect()
    }

    fn first_with(&self, among: &[usize], keys: &[&str]) -> Option<usize> {
        let has = |at: &&usize| self.sections.get(**at).is_some_and(|section| keys.iter().any(|key| section.find(key).is_some()));
        among.iter().find(has).or_else(|| among.first()).copied()
    }
}

/// Whether a section begins in what stands before the end of the line.
fn opens(rest: &str) -> bool {
    let end = end_of(rest, |c| matches!(c, '{' | '\n' | '=' | '#'));
    rest.get(end..).is_some_and(|rest| rest.starts_with('{'))
}

/// What is set: up to the end of the line, a comment or a brace, or in quotation marks.
fn value(rest: Word<'_>) -> Word<'_> {
    let blanks = end_of(rest.text, |c| c != ' ' && c != '\t');
    let rest = rest.behind(blanks);
    if let Some(quoted) = rest.text.strip_prefix('"') {
        if let Some(end) = quoted.find('"') {
            return rest.front(end.saturating_add(2));
        }
    }
    rest.front(end_of(rest.text, |c| matches!(c, '\n' | '#' | '}'))).trim()
}

fn is_duration(setting: Setting<'_>) -> Result<u64, NotationError> {
    let kind = NotationErrorKind::Name { expected: "a duration, as 3600s, 60m, 4h or 1d", meant: None };
    seconds(setting.value.text).ok_or_else(|| setting.value.error(kind))
}

/// The first of some settings as a lifetime; 0 is none.
fn lifetime(section: &Section<'_>, keys: &[&str], into: &mut Settings) -> Result<Option<Stated<u64>>, NotationError> {
    for setting in keys.iter().filter_map(|key| section.find(key)) {
        let span = setting.value.span();
        match is_duration(setting)? {
            0 => into.remark(format!("{} = 0 turns this off.", setting.key.text), Some(span)),
            value => return Ok(Some(Stated::at(value, span))),
        }
    }
    Ok(None)
}

fn connection(section: &Section<'_>, hint: Hint, into: &mut Settings) -> Result<(), NotationError> {
    match section.find("proposals") {
        Some(setting) => lists::list(SecurityProtocol::IKE, setting.value, hint, into)?,
        None => lists::default(SecurityProtocol::IKE, None, hint, into)?,
    }
    general(section, into)
}

fn general(section: &Section<'_>, into: &mut Settings) -> Result<(), NotationError> {
    into.ike_lifetime = lifetime(section, &["rekey_time", "reauth_time"], into)?;
    if let Some(setting) = section.find("over_time") {
        let over = is_duration(setting)?;
        let span = Some(setting.value.span());
        into.remark(format!("An IKE SA that is not rekeyed in time is deleted {over} seconds after that (over_time)."), span);
    }
    if let Some(setting) = section.find("fragmentation") {
        into.fragmentation = switch(setting.value.text).map(|on| Stated::at(on, setting.value.span()));
        if setting.value.text == "accept" {
            let text = "With fragmentation = accept, fragmentation is announced, and messages are not sent in fragments.";
            into.remark(text, Some(setting.value.span()));
        }
    }
    if let Some(setting) = section.find("version").filter(|setting| setting.value.text == "1") {
        into.remark("With version = 1 the connection is one of IKEv1.", Some(setting.value.span()));
    }
    Ok(())
}

fn child(section: &Section<'_>, hint: Hint, into: &mut Settings) -> Result<(), NotationError> {
    let lists = [("esp_proposals", SecurityProtocol::ESP), ("ah_proposals", SecurityProtocol::AH)];
    let mut named = false;
    for (key, protocol) in lists {
        if let Some(setting) = section.find(key) {
            lists::list(protocol, setting.value, hint, into)?;
            named = true;
        }
    }
    if !named {
        lists::default(SecurityProtocol::ESP, None, hint, into)?;
    }
    into.esp_lifetime = lifetime(section, &["rekey_time", "life_time"], into)?;
    for setting in ["rekey_bytes", "life_bytes"].into_iter().filter_map(|key| section.find(key)) {
        if let (None, Ok(octets @ 1..)) = (into.esp_octets, setting.value.text.parse()) {
            into.esp_octets = Some(Stated::at(octets, setting.value.span()));
        }
    }
    Ok(())
}

fn others(file: &File<'_>, all: &[usize], chosen: Option<usize>, kind: &str, into: &mut Settings) {
    let names = || all.iter().filter(|at| Some(**at) != chosen).map(|at| file.named(Some(*at)));
    match names().count() {
        0 => {}
        1 => into.remark(format!("Another {kind} stands in the text, which is not read here: {}.", listed(names())), None),
        _ => into.remark(format!("Other {kind} sections stand in the text, which are not read here: {}.", listed(names())), None),
    }
}

pub(super) fn read(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    let file = File::parse(text);
    let mut settings = Settings::new(Notation::StrongSwan);
    let into = &mut settings;
    let root = file.sections.first();
    let connections = file.connections();
    let chosen = file.first_with(&connections, &["proposals"]);
    let children = file.children(chosen);
    let inner = file.first_with(&children, &["esp_proposals", "ah_proposals"]);
    let section = |at: Option<usize>| at.and_then(|at| file.sections.get(at));
    match (section(chosen), root) {
        (Some(section), _) => {
            connection(section, hint, into)?;
            let is_remote = |section: &&Section<'_>| section.parent == chosen && section.name.starts_with("remote");
            if let Some(id) = file.sections.iter().filter(is_remote).find_map(|section| section.find("id")) {
                into.remote_identity = Some(Stated::at(String::from(id.value.text), id.value.span()));
            }
        }
        (None, Some(root)) if root.connection => {
            if let Some(setting) = root.find("proposals") {
                lists::list(SecurityProtocol::IKE, setting.value, hint, into)?;
            }
            general(root, into)?;
        }
        _ => {}
    }
    match (section(inner), root) {
        (Some(section), _) => child(section, hint, into)?,
        (None, Some(root)) if root.child => {
            child(root, hint, into)?;
        }
        _ => {}
    }
    if into.ike.is_empty() && into.esp.is_empty() {
        return Err(Word::whole(text).front(0).error(NotationErrorKind::Empty(Expected::Proposal)));
    }
    others(&file, &connections, chosen, "connection", into);
    others(&file, &children, inner, "child", into);
    for path in &file.includes {
        into.remark(format!("What stands in {} is not read here.", listed(core::iter::once(path.text))), Some(path.span()));
    }
    for name in &file.references {
        into.remark("The section takes settings from others by name; they are not looked up here.", Some(name.span()));
    }
    into.pfs_of_proposals();
    Ok(settings)
}
