//! The policies of an iked.conf, and the one that is read.

use super::lexer::{Kind, Statement, Token, statements};
use super::proposals::{Block, propose_defaults};
use crate::proposal::notation::assignments::listed;
use crate::proposal::notation::nearest::nearest;
use crate::proposal::notation::settings::{Settings, Stated};
use crate::proposal::notation::span::Span;
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, Notation, NotationError, NotationErrorKind};
use crate::registry::SecurityProtocol;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What may stand behind a proposal.
const BEHIND: &[&str] = &[
    "enc",
    "auth",
    "prf",
    "group",
    "esn",
    "noesn",
    "ikesa",
    "childsa",
    "srcid",
    "dstid",
    "ikelifetime",
    "lifetime",
    "psk",
    "eap",
    "rsa",
    "signature",
    "rfc7427",
    "ecdsa256",
    "ecdsa384",
    "ecdsa521",
    "config",
    "request",
    "iface",
    "tag",
    "tap",
];

/// Words behind which a name or an address stands.
const NAMED: &[&str] = &["srcid", "psk", "eap", "tag", "tap", "iface", "from", "to", "local", "peer", "proto", "port"];

struct Policy<'a> {
    name: Option<Word<'a>>,
    tokens: Vec<Token<'a>>,
    /// It begins with `ikev2`, so that what it does not say is iked's default.
    whole: bool,
    /// A line of it lacks the backslash.
    broken: Option<Span>,
}

impl Policy<'_> {
    fn proposes(&self) -> bool {
        self.tokens.iter().any(|token| token.is("ikesa") || token.is("childsa"))
    }
}

/// The text in its policies.
pub(super) struct Policies<'a> {
    text: &'a str,
    policies: Vec<Policy<'a>>,
    fragmentation: Option<Stated<bool>>,
    includes: Vec<Word<'a>>,
}

impl<'a> Policies<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, NotationError> {
        let mut all = Self { text, policies: Vec::new(), fragmentation: None, includes: Vec::new() };
        for statement in statements(text)? {
            all.statement(&statement);
        }
        Ok(all)
    }

    fn statement(&mut self, statement: &Statement<'a>) {
        // A prompt, or what else a paste has in front.
        let start = statement.iter().take(8).position(|token| token.is("ikev2")).unwrap_or(0);
        let tokens: Vec<Token<'a>> = statement.get(start..).unwrap_or(&[]).to_vec();
        let Some(first) = tokens.first().copied() else { return };
        let goes_on =
            |token: &Token<'_>| token.kind == Kind::Word && (BEHIND.contains(&token.word.text) || NAMED.contains(&token.word.text));
        if first.is("ikev2") {
            let name = tokens.get(1).filter(|token| token.kind == Kind::Quoted || !super::names::FLAGS.contains(&token.word.text));
            let name = name.map(|token| token.word);
            self.policies.push(Policy { name, tokens, whole: true, broken: None });
        } else if first.is("set") {
            for token in tokens.iter().filter(|token| token.is("fragmentation") || token.is("nofragmentation")) {
                self.fragmentation = Some(Stated::at(token.is("fragmentation"), token.span()));
            }
        } else if first.is("include") {
            self.includes.extend(tokens.get(1).map(|token| token.word));
        } else if goes_on(&first) || tokens.iter().any(|token| token.is("ikesa") || token.is("childsa")) {
            match self.policies.last_mut() {
                Some(policy) => {
                    policy.broken = policy.broken.or(Some(first.span()));
                    policy.tokens.extend(tokens);
                }
                None => self.policies.push(Policy { name: None, tokens, whole: false, broken: None }),
            }
        }
    }

    pub(super) fn settings(&self) -> Result<Settings, NotationError> {
        let mut settings = Settings::new(Notation::OpenIked);
        let chosen = self.policies.iter().position(Policy::proposes).or((!self.policies.is_empty()).then_some(0));
        let Some(policy) = chosen.and_then(|at| self.policies.get(at)) else {
            return Err(Word::whole(self.text).front(0).error(NotationErrorKind::Empty(Expected::Proposal)));
        };
        read(policy, &mut settings)?;
        if settings.ike.is_empty() && settings.esp.is_empty() {
            return Err(Word::whole(self.text).front(0).error(NotationErrorKind::Empty(Expected::Proposal)));
        }
        settings.fragmentation = self.fragmentation;
        if let Some(span) = policy.broken {
            settings.remark("A line in front of this does not end in \\, which iked wants where a policy goes on.", Some(span));
        }
        let names = || {
            let others = self.policies.iter().enumerate().filter(|(at, _)| Some(*at) != chosen);
            others.map(|(_, policy)| policy.name.map_or("one without a name", |name| name.text))
        };
        match names().count() {
            0 => {}
            1 => settings.remark(format!("Another policy stands in the text, which is not read here: {}.", listed(names())), None),
            _ => settings.remark(format!("Other policies stand in the text, which are not read here: {}.", listed(names())), None),
        }
        for path in &self.includes {
            let name = listed(core::iter::once(path.text));
            settings.remark(format!("What stands in {name} is not read here."), Some(path.span()));
        }
        settings.pfs_of_proposals();
        Ok(settings)
    }
}

/// A number that may have a unit.
fn quantity(
    of: &Token<'_>,
    value: Option<&Token<'_>>,
    expected: &'static str,
    units: &[(&str, u64)],
) -> Result<Stated<u64>, NotationError> {
    let kind = NotationErrorKind::Name { expected, meant: None };
    let token = value.ok_or_else(|| of.error(kind))?;
    let digits = token.word.text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = token.word.text.get(digits.len()..).unwrap_or("");
    let factor = units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit)).map(|(_, factor)| *factor);
    let value = digits.parse::<u64>().ok().zip(factor).and_then(|(count, factor)| count.checked_mul(factor));
    value.map(|value| Stated::at(value, token.span())).ok_or_else(|| token.error(kind))
}

fn time(of: &Token<'_>, value: Option<&Token<'_>>) -> Result<Option<Stated<u64>>, NotationError> {
    let stated = quantity(of, value, "a time of iked.conf, as 3600, 60m or 4h", &[("", 1), ("m", 60), ("h", 3600)])?;
    Ok(Some(stated).filter(|stated| stated.value > 0))
}

fn octets(of: &Token<'_>, value: Option<&Token<'_>>) -> Result<Option<Stated<u64>>, NotationError> {
    let units = [("", 1), ("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30)];
    let stated = quantity(of, value, "a number of octets of iked.conf, as 512M", &units)?;
    Ok(Some(stated).filter(|stated| stated.value > 0))
}

fn read(policy: &Policy<'_>, into: &mut Settings) -> Result<(), NotationError> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut inside = false;
    let mut protocol = SecurityProtocol::ESP;
    let mut tokens = policy.tokens.iter().peekable();
    while let Some(token) = tokens.next() {
        if token.kind != Kind::Word {
            if inside {
                return Err(unknown(token));
            }
            continue;
        }
        match (token.word.text, blocks.last_mut().filter(|_| inside)) {
            ("ikesa" | "childsa", _) => {
                let is_ike = token.is("ikesa");
                // The last one tells: no ikesa gets behind a childsa.
                if is_ike && blocks.last().is_some_and(|block| !block.is_ike) {
                    let expected = "no ikesa behind childsa: iked wants every ikesa in front";
                    return Err(token.error(NotationErrorKind::Name { expected, meant: None }));
                }
                blocks.push(Block::new(*token, is_ike));
                inside = true;
            }
            ("enc" | "auth" | "prf" | "group", Some(block)) => block.take(token, tokens.next(), into)?,
            ("esn" | "noesn", Some(block)) => block.size(*token)?,
            ("enc" | "auth" | "prf" | "group" | "esn" | "noesn", None) => {
                let expected = "ikesa or childsa in front of algorithms";
                return Err(token.error(NotationErrorKind::Name { expected, meant: None }));
            }
            (text, Some(_)) if !BEHIND.contains(&text) => return Err(unknown(token)),
            (text, _) => {
                inside = false;
                match text {
                    "ah" if blocks.is_empty() => protocol = SecurityProtocol::AH,
                    "ikelifetime" => into.ike_lifetime = time(token, tokens.next())?,
                    "lifetime" => into.esp_lifetime = time(token, tokens.next())?,
                    "bytes" => into.esp_octets = octets(token, tokens.next())?,
                    "dstid" => into.remote_identity = tokens.next().map(|id| Stated::at(String::from(id.word.text), id.span())),
                    // What stands behind is no keyword, whatever it is.
                    _ if NAMED.contains(&text) && tokens.peek().is_some_and(|next| !BEHIND.contains(&next.word.text)) => {
                        tokens.next();
                    }
                    _ => {}
                }
            }
        }
    }
    propose(policy, &blocks, protocol, into)
}

fn unknown(token: &Token<'_>) -> NotationError {
    let expected = "a word of iked.conf that goes on with a proposal or stands behind one, as enc, auth, prf, group, childsa or lifetime";
    token.error(NotationErrorKind::Name { expected, meant: nearest(token.word.text, BEHIND.iter().copied()) })
}

fn propose(policy: &Policy<'_>, blocks: &[Block<'_>], child: SecurityProtocol, into: &mut Settings) -> Result<(), NotationError> {
    for (is_ike, protocol) in [(true, SecurityProtocol::IKE), (false, child)] {
        let mut any = false;
        for block in blocks.iter().filter(|block| block.is_ike == is_ike) {
            any = true;
            block.propose(protocol, into)?;
        }
        if !any && policy.whole {
            propose_defaults(protocol, into);
        }
    }
    Ok(())
}
