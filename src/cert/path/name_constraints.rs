//! Name constraints, RFC 5280 section 4.2.1.10, whether they are critical or not.
//!
//! A name of a form that is constrained, where the constraint is not understood, is refused, as is one that is not what its form says.

use super::error::{NameFault, NameForm};
use super::names;
use crate::cert::{Certificate, GeneralName};
use crate::der::{Reader, Tlv, tag};
use crate::error::{ParseError, ParseErrorKind};

/// id-ce-nameConstraints.
const NAME_CONSTRAINTS: &[u8] = b"\x55\x1d\x1e";

/// Identifier octets of the fields.
const PERMITTED: u8 = 0xa0;
const EXCLUDED: u8 = 0xa1;
const MINIMUM: u8 = 0x80;
const MAXIMUM: u8 = 0x81;

/// Comparisons that may still be made. Certificates of 64 kB could have thousands of names and of constraints, each to be compared
/// with each.
#[derive(Debug)]
pub(super) struct Work {
    left: usize,
}

/// None may be made any more.
#[derive(Debug)]
pub(super) struct Exhausted;

/// Why names are refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// One is not within the constraints.
    Name(NameFault),
    /// It takes too long to say.
    Exhausted,
}

impl From<Exhausted> for Refusal {
    fn from(_: Exhausted) -> Self {
        Self::Exhausted
    }
}

impl Work {
    pub(super) const fn new(limit: usize) -> Self {
        Self { left: limit }
    }

    pub(super) fn spend(&mut self) -> Result<(), Exhausted> {
        self.left = self.left.checked_sub(1).ok_or(Exhausted)?;
        Ok(())
    }
}

/// The extension, read to its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct NameConstraints<'a> {
    permitted: Reader<'a>,
    excluded: Reader<'a>,
}

/// GeneralSubtree ::= SEQUENCE { base GeneralName, minimum [0] DEFAULT 0, maximum [1] OPTIONAL }
struct Subtree<'a> {
    base: GeneralName<'a>,
    /// It has a minimum that is not 0, or a maximum: "not used with any name forms".
    bounded: bool,
}

impl<'a> NameConstraints<'a> {
    /// Those of a certificate; `None` when it has none.
    pub(super) fn of(certificate: &Certificate<'a>) -> Result<Option<Self>, ParseError> {
        let extensions = certificate.extensions();
        let Some(extension) = extensions.iter().find(|extension| extension.oid.as_octets() == NAME_CONSTRAINTS) else { return Ok(None) };
        let value = Reader::only(extension.value, tag::SEQUENCE)?;
        let mut reader = value.reader();
        let (permitted, excluded) = (reader.optional(PERMITTED)?, reader.optional(EXCLUDED)?);
        reader.end()?;
        if permitted.is_none() && excluded.is_none() {
            return Err(value.error(ParseErrorKind::EmptyList));
        }
        Ok(Some(Self { permitted: checked(permitted)?, excluded: checked(excluded)? }))
    }

    /// Whether all names of a certificate are within: its subject, the mailboxes in that, and its alternative names.
    pub(super) fn check(&self, certificate: &Certificate<'_>, work: &mut Work) -> Result<(), Refusal> {
        let subject = certificate.subject();
        if !subject.is_empty() {
            self.check_name(&GeneralName::Directory(subject), work)?;
        }
        // RFC 5280 has this done when there is no rfc822Name; to do it always is stricter, and what OpenSSL does.
        for mailbox in names::mailboxes(subject) {
            self.check_name(&GeneralName::Rfc822(mailbox), work)?;
        }
        certificate.alternative_names().try_for_each(|name| self.check_name(&name, work))
    }

    fn check_name(&self, name: &GeneralName<'_>, work: &mut Work) -> Result<(), Refusal> {
        let form = form(name);
        let (mut constrained, mut permitted) = (false, false);
        for subtree in subtrees(self.permitted) {
            work.spend()?;
            if form == self::form(&subtree.base) {
                constrained = true;
                permitted = permitted || subtree.has(name, work)?;
            }
        }
        if constrained && !permitted {
            return Err(Refusal::Name(NameFault::NotPermitted(form)));
        }
        for subtree in subtrees(self.excluded) {
            work.spend()?;
            if form == self::form(&subtree.base) && subtree.has(name, work)? {
                return Err(Refusal::Name(NameFault::Excluded(form)));
            }
        }
        Ok(())
    }
}

/// GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree, walked to its end, so that later walks need not fail.
fn checked(list: Option<Tlv<'_>>) -> Result<Reader<'_>, ParseError> {
    let Some(list) = list else { return Ok(Reader::new(&[])) };
    let mut walk = list.reader();
    if walk.is_empty() {
        return Err(list.error(ParseErrorKind::EmptyList));
    }
    while !walk.is_empty() {
        Subtree::of(walk.required(tag::SEQUENCE)?)?;
    }
    Ok(list.reader())
}

fn subtrees(mut list: Reader<'_>) -> impl Iterator<Item = Subtree<'_>> {
    core::iter::from_fn(move || list.any().and_then(Subtree::of).ok())
}

impl<'a> Subtree<'a> {
    fn of(subtree: Tlv<'a>) -> Result<Self, ParseError> {
        let mut reader = subtree.reader();
        let base = GeneralName::of(reader.any()?);
        let minimum = reader.optional(MINIMUM)?.is_some_and(|minimum| minimum.contents.iter().any(|octet| *octet != 0));
        let maximum = reader.optional(MAXIMUM)?.is_some();
        reader.end()?;
        Ok(Self { base, bounded: minimum || maximum })
    }

    /// Whether a name of the same form lies within.
    fn has(&self, name: &GeneralName<'_>, work: &mut Work) -> Result<bool, Refusal> {
        let form = form(name);
        if self.bounded {
            return Err(Refusal::Name(NameFault::NotUnderstood(form)));
        }
        let within = match (*name, self.base) {
            (GeneralName::Dns(name), GeneralName::Dns(base)) => names::domain_within(name, base),
            (GeneralName::Rfc822(name), GeneralName::Rfc822(base)) => names::mailbox_within(name, base),
            (GeneralName::Ip(name), GeneralName::Other { contents, .. }) => names::address_within(name, contents),
            (GeneralName::Directory(name), GeneralName::Directory(base)) => names::directory_within(name, base, &mut || work.spend())?,
            _ if [NameForm::DNS, NameForm::RFC822, NameForm::IP, NameForm::DIRECTORY].contains(&form) => None,
            _ => return Err(Refusal::Name(NameFault::NotUnderstood(form))),
        };
        within.ok_or(Refusal::Name(NameFault::Malformed(form)))
    }
}

const fn form(name: &GeneralName<'_>) -> NameForm {
    match name {
        GeneralName::Rfc822(_) => NameForm::RFC822,
        GeneralName::Dns(_) => NameForm::DNS,
        GeneralName::Directory(_) => NameForm::DIRECTORY,
        GeneralName::Uri(_) => NameForm::URI,
        GeneralName::Ip(_) => NameForm::IP,
        GeneralName::RegisteredId(_) => NameForm::REGISTERED_ID,
        GeneralName::Other { tag, .. } => NameForm(*tag),
    }
}
