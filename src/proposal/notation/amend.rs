//! A remedy in the notation of the side that has to change something: the smallest edit of its own text.

use super::hint::Hint;
use super::settings::{Pfs, Settings, Stated};
use super::statements::{self, Statement};
use super::whole::{emit, read};
use super::{Notation, libreswan, openiked, strongswan};
use crate::proposal::remedy::{Change, Remedy};
use crate::proposal::side::Side;
use crate::proposal::{NegotiationContext, Proposal};
use crate::registry::{SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::string::String;
use alloc::vec::Vec;

/// A change of a text that carries a remedy out.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Amendment {
    /// The settings after it.
    pub settings: Settings,
    /// The whole text after it: that of the user where it could be edited, else the settings written anew.
    pub text: String,
    /// The lines or parameters of it that are new.
    pub changed: Vec<String>,
}

/// Writes a remedy as changes of the text that `settings` were read from, `hint` being that of the reading. The changes that come
/// first change the text least; whoever offers one tries it on the peer first. Empty when the notation cannot say it.
#[must_use]
pub fn amend(text: &str, settings: &Settings, remedy: &Remedy, context: NegotiationContext, hint: Hint) -> Vec<Amendment> {
    let mut found: Vec<Amendment> = Vec::new();
    for wanted in candidates(settings, remedy, context) {
        let edited = edit(text, settings, &wanted, context, hint).or_else(|| replace(text, settings, &wanted, hint));
        let Some(amendment) = edited.or_else(|| anew(settings, &wanted)) else { continue };
        if !found.contains(&amendment) {
            found.push(amendment);
        }
    }
    found
}

/// The settings that a remedy may mean: with one value more, or with one in place of others, for notations that have room for one.
fn candidates(settings: &Settings, remedy: &Remedy, context: NegotiationContext) -> impl Iterator<Item = Settings> {
    let list = if context.is_ike() { &settings.ike } else { &settings.esp };
    let index = match remedy.side {
        Side::Local => remedy.local,
        Side::Peer => usize::from(remedy.number).saturating_sub(1),
    };
    let old = list.get(index).or(list.last()).cloned();
    let more = complete(&remedy.proposal, old.as_ref().map(|stated| &stated.value), context);
    let one = only_new(&more, remedy);
    let adds = remedy.changes.is_empty();
    let with = move |proposal: Proposal, appended: bool| {
        let mut wanted = settings.clone();
        let list = if context.is_ike() { &mut wanted.ike } else { &mut wanted.esp };
        match list.get_mut(index).filter(|_| !appended) {
            Some(slot) => slot.value = proposal,
            None if appended => list.push(Stated::assumed(proposal)),
            None => *list = Vec::from([Stated::assumed(proposal)]),
        }
        if !context.is_ike() {
            follow(&mut wanted);
        }
        wanted
    };
    let first = with(more.clone(), adds);
    let second = with(one.clone(), adds);
    // A notation with one proposal gets another in its place, and one with a list of groups for all has it for all.
    let third = with(one, false);
    let fourth = spread(&first, context);
    let fifth = spread(&second, context);
    [first, second, third, fourth, fifth].into_iter().filter(|wanted| !wanted.ike.is_empty() || !wanted.esp.is_empty())
}

/// The settings with the groups of the proposal that was changed in every proposal.
fn spread(changed: &Settings, context: NegotiationContext) -> Settings {
    let mut wanted = changed.clone();
    let list = if context.is_ike() { &mut wanted.ike } else { &mut wanted.esp };
    let groups = |proposal: &Proposal| proposal.of_type(TransformType::KE).collect::<Vec<_>>();
    let Some(most) = list.iter().map(|stated| groups(&stated.value)).max_by_key(Vec::len) else { return wanted };
    for stated in list.iter_mut() {
        stated.value.transforms.retain(|t| t.ty != TransformType::KE);
        stated.value.transforms.extend(&most);
        stated.value = super::proposal(stated.value.protocol, core::mem::take(&mut stated.value.transforms));
    }
    if !context.is_ike() {
        follow(&mut wanted);
    }
    wanted
}

/// The proposal of a remedy as a whole: IKE_AUTH leaves the groups out that the configuration has.
fn complete(proposal: &Proposal, old: Option<&Proposal>, context: NegotiationContext) -> Proposal {
    let mut whole = proposal.clone();
    if let Some(old) = old.filter(|_| context == NegotiationContext::IkeAuth) {
        whole.transforms.retain(|t| !t.ty.is_key_exchange());
        whole.transforms.extend(old.transforms.iter().filter(|t| t.ty.is_key_exchange()));
    }
    // Sequence number sizes are one setting for all proposals of some products: those that are there stay where they will do.
    let sizes: Vec<Transform> = old.into_iter().flat_map(|old| old.of_type(TransformType::SN)).collect();
    if whole.protocol != SecurityProtocol::IKE && whole.of_type(TransformType::SN).all(|size| sizes.contains(&size)) {
        whole.transforms.retain(|t| t.ty != TransformType::SN);
        whole.transforms.extend(sizes);
    }
    super::proposal(whole.protocol, whole.transforms)
}

/// The proposal with what a remedy adds in place of the other values of its type.
fn only_new(proposal: &Proposal, remedy: &Remedy) -> Proposal {
    let added: Vec<Transform> =
        remedy.changes.iter().filter_map(|change| if let Change::Add(t) = change { Some(*t) } else { None }).collect();
    let mut one = proposal.clone();
    one.transforms.retain(|t| added.contains(t) || added.iter().all(|new| new.ty != t.ty));
    // A cipher with integrity of its own takes no algorithm for it, and one without needs it.
    if one.of_type(TransformType::ENCR).all(Transform::is_aead) {
        one.transforms.retain(|t| t.ty != TransformType::INTEG);
    }
    one
}

/// Lets the PFS rule follow the groups that the ESP proposals name.
fn follow(settings: &mut Settings) {
    let named = settings.esp.iter().any(|esp| esp.value.of_type(TransformType::KE).next().is_some());
    let span = settings.pfs.as_ref().and_then(|pfs| pfs.span);
    let rule = settings.pfs.as_ref().map(|pfs| pfs.value.clone());
    match rule {
        // The rule stands, and no proposal says otherwise.
        Some(Pfs::IkeGroup) if !named => {}
        None if !named => {}
        _ => {
            settings.pfs_of_proposals();
            if let Some(pfs) = &mut settings.pfs {
                pfs.span = span;
            }
        }
    }
}

/// One proposal in a notation whose texts are lists of them, and what parts it from the one before.
fn single(notation: Notation, proposal: &Proposal) -> Option<(String, &'static str)> {
    match notation {
        Notation::StrongSwan | Notation::StrongSwanApp | Notation::OpnSense => Some((strongswan::emit(proposal).ok()?, ",")),
        Notation::Libreswan => Some((libreswan::emit(proposal).ok()?, ",")),
        Notation::OpenIked => Some((openiked::emit(proposal).ok()?, " ")),
        Notation::Windows
        | Notation::FortiGate
        | Notation::CiscoIos
        | Notation::CiscoAsa
        | Notation::MikroTik
        | Notation::Juniper
        | Notation::PaloAlto
        | Notation::Vyos
        | Notation::PfSense
        | Notation::Unifi
        | Notation::Azure
        | Notation::Aws
        | Notation::Gcp
        | Notation::Apple
        | Notation::Android => None,
    }
}

/// The user's text with one proposal changed, or one more behind the last.
fn edit(text: &str, settings: &Settings, wanted: &Settings, context: NegotiationContext, hint: Hint) -> Option<Amendment> {
    let lists = if context.is_ike() { (&settings.ike, &wanted.ike) } else { (&settings.esp, &wanted.esp) };
    let changed = lists.1.iter().enumerate().find(|(index, new)| lists.0.get(*index).is_none_or(|old| old.value != new.value));
    let (index, new) = changed?;
    let (piece, separator) = single(settings.notation, &new.value)?;
    let (from, to, piece) = match lists.0.get(index) {
        Some(old) => {
            let span = old.span?;
            (span.at, span.at.checked_add(span.len)?, piece)
        }
        None => {
            let span = lists.0.last()?.span?;
            let end = span.at.checked_add(span.len)?;
            (end, end, [separator, &piece].concat())
        }
    };
    let edited = [text.get(..from)?, &piece, text.get(to..)?].concat();
    let read = read(&edited, Hint { notation: Some(settings.notation), ..hint }).ok()?;
    let changed = changed_lines(text, &edited);
    read.means_the_same(wanted).then_some(Amendment { settings: read, text: edited, changed })
}

fn changed_lines(old: &str, new: &str) -> Vec<String> {
    let head = old.lines().zip(new.lines()).take_while(|(a, b)| a == b).count();
    let tail = old.lines().rev().zip(new.lines().rev()).take_while(|(a, b)| a == b).count();
    let count = new.lines().count();
    let end = count.saturating_sub(tail).max(head.saturating_add(1));
    new.lines().take(end).skip(head).map(|line| String::from(line.trim())).collect()
}

/// The user's text with the values of some parameters or lines exchanged.
fn replace(text: &str, settings: &Settings, wanted: &Settings, hint: Hint) -> Option<Amendment> {
    let (old, new) = written(settings, wanted)?;
    let (old, new) = statements::differing(&old, &new);
    let mut edited = String::from(text);
    let mut changed = Vec::new();
    for statement in new.iter().filter(|statement| !old.contains(statement)) {
        let before = old.iter().find(|before| before.key == statement.key)?;
        edited = statements::exchange(&edited, before, statement)?;
        changed.push(statement.in_the_style_of(text));
    }
    let read = read(&edited, Hint { notation: Some(settings.notation), ..hint }).ok()?;
    read.means_the_same(wanted).then_some(Amendment { settings: read, text: edited, changed })
}

/// The settings written anew.
fn anew(settings: &Settings, wanted: &Settings) -> Option<Amendment> {
    let written_anew = emit(wanted, wanted.notation).ok()?;
    let read = read(&written_anew.text, Hint { notation: Some(wanted.notation), ..Hint::default() }).ok()?;
    let same = |a: &[Stated<Proposal>], b: &[Stated<Proposal>]| a.iter().map(|s| &s.value).eq(b.iter().map(|s| &s.value));
    if !same(&read.ike, &wanted.ike) || !same(&read.esp, &wanted.esp) {
        return None;
    }
    let new = statements::of(wanted.notation, &written_anew.text);
    let old = emit(settings, settings.notation).map(|old| statements::of(settings.notation, &old.text)).unwrap_or_default();
    let (old, new) = statements::differing(&old, &new);
    let changed = new.iter().filter(|statement| !old.contains(statement)).map(Statement::text).collect();
    Some(Amendment { settings: read, text: written_anew.text, changed })
}

/// Both settings as statements.
fn written(settings: &Settings, wanted: &Settings) -> Option<(Vec<Statement>, Vec<Statement>)> {
    let statements = |settings: &Settings| Some(statements::of(settings.notation, &emit(settings, settings.notation).ok()?.text));
    Some((statements(settings)?, statements(wanted)?))
}
