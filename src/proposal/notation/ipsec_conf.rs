//! ipsec.conf, which strongSwan and libreswan have in common: sections `config setup`, `conn NAME`, `ca NAME`, with a setting a line.
//!
//! By ipsec.conf(5) of strongSwan 5.9 and of libreswan 4.10 and 5.2: `conn %default` gives what a connection does not say itself,
//! `also=NAME` takes what another one says. Indentation is not asked for: pasted texts have lost it.

use super::assignments::{assignment, lines, unquoted, without_comment};
use super::words::Word;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A name and what is set to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting<'a> {
    pub(super) key: Word<'a>,
    pub(super) value: Word<'a>,
}

/// `conn NAME` and what is set in it.
#[derive(Clone, Debug)]
pub(super) struct Conn<'a> {
    pub(super) name: Word<'a>,
    pub(super) settings: Vec<Setting<'a>>,
}

/// The text in its sections.
#[derive(Clone, Debug, Default)]
pub(super) struct Conf<'a> {
    pub(super) conns: Vec<Conn<'a>>,
    /// Settings that stand in no section.
    pub(super) loose: Vec<Setting<'a>>,
    /// Of `config setup`.
    pub(super) setup: Vec<Setting<'a>>,
    pub(super) includes: Vec<Word<'a>>,
}

enum Inside {
    Nothing,
    Setup,
    Conn,
    Other,
}

/// A line that begins with a word, and what follows the word.
fn headed<'a>(line: Word<'a>, head: &str) -> Option<Word<'a>> {
    let rest = line.text.strip_prefix(head)?;
    rest.starts_with([' ', '\t']).then(|| line.behind(head.len()).trim())
}

/// The name of the connection whose section a line begins.
fn conn(line: Word<'_>) -> Option<Word<'_>> {
    let name = unquoted(headed(line, "conn")?);
    (!name.text.is_empty() && !name.text.contains(['=', ' ', '\t'])).then_some(name)
}

/// Whether a line begins a section.
pub(super) fn is_section(line: Word<'_>) -> bool {
    conn(line).is_some() || headed(line, "config").is_some_and(|name| name.text == "setup")
}

impl<'a> Conf<'a> {
    pub(super) fn parse(text: &'a str) -> Self {
        let mut conf = Self::default();
        let mut inside = Inside::Nothing;
        for line in lines(text).map(without_comment).filter(|line| !line.text.is_empty()) {
            if let Some(name) = conn(line) {
                conf.conns.push(Conn { name, settings: Vec::new() });
                inside = Inside::Conn;
            } else if is_section(line) {
                inside = Inside::Setup;
            } else if headed(line, "ca").is_some_and(|name| !name.text.contains('=')) {
                inside = Inside::Other;
            } else if let Some(path) = headed(line, "include").filter(|path| !path.text.starts_with('=')) {
                conf.includes.push(path);
            } else if let Some((key, value)) = assignment(line) {
                let setting = Setting { key, value: unquoted(value) };
                match (&inside, conf.conns.last_mut()) {
                    (Inside::Nothing, _) => conf.loose.push(setting),
                    (Inside::Setup, _) => conf.setup.push(setting),
                    (Inside::Conn, Some(conn)) => conn.settings.push(setting),
                    _ => {}
                }
            }
        }
        conf
    }

    /// The connections, without `%default`.
    pub(super) fn own(&self) -> impl Iterator<Item = &Conn<'a>> {
        self.conns.iter().filter(|conn| conn.name.text != "%default")
    }

    /// All that counts for a connection, what counts most first: its own settings, those it takes by `also=`, those of `%default`.
    pub(super) fn of(&self, conn: &Conn<'a>) -> Effective<'a> {
        let places: BTreeMap<&str, &Conn<'a>> = self.conns.iter().map(|conn| (conn.name.text, conn)).collect();
        let mut left = places.clone();
        left.remove(conn.name.text);
        let mut all = Vec::new();
        let mut missing = Vec::new();
        // Every section is taken once, however often it is named.
        let mut waiting = Vec::new();
        waiting.push(conn);
        while let Some(conn) = waiting.pop() {
            all.extend(conn.settings.iter().rev().filter(|setting| !is(setting, "also")).copied());
            for also in conn.settings.iter().filter(|setting| is(setting, "also")) {
                match left.remove(also.value.text) {
                    Some(other) => waiting.push(other),
                    None if places.contains_key(also.value.text) => {}
                    None => missing.push(also.value),
                }
            }
        }
        if let Some(default) = left.remove("%default") {
            all.extend(default.settings.iter().rev().copied());
        }
        Effective { settings: all, missing }
    }
}

fn is(setting: &Setting<'_>, key: &str) -> bool {
    setting.key.text.eq_ignore_ascii_case(key)
}

/// What counts for one connection.
#[derive(Clone, Debug)]
pub(super) struct Effective<'a> {
    settings: Vec<Setting<'a>>,
    /// Sections that `also=` names and the text lacks.
    pub(super) missing: Vec<Word<'a>>,
}

impl<'a> Effective<'a> {
    /// Of settings that stand in no section: the last of a name counts.
    pub(super) fn loose(settings: &[Setting<'a>]) -> Self {
        Self { settings: settings.iter().rev().copied().collect(), missing: Vec::new() }
    }

    /// What is set under one of several names.
    pub(super) fn find(&self, keys: &[&str]) -> Option<Setting<'a>> {
        self.settings.iter().find(|setting| keys.iter().any(|key| is(setting, key))).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Conf;

    #[test]
    fn a_connection_says_what_others_say_for_it() {
        let text = "conn %default\n ike=d\n esp=d\nconn a\n also=b\n ike=a\n also=gone\nconn b\n\tesp=b # c\n also=a\ninclude /etc/x\n";
        let conf = Conf::parse(text);
        let a = conf.of(conf.own().next().unwrap());
        let value = |key: &str| a.find(&[key]).map(|setting| setting.value.text);
        assert_eq!((value("ike"), value("ESP"), value("ah")), (Some("a"), Some("b"), None));
        assert_eq!(a.missing.first().unwrap().text, "gone");
        assert_eq!(conf.includes.first().unwrap().text, "/etc/x");
        assert_eq!(conf.own().count(), 2);
    }
}
