//! Lists of proposals as settings have them, in the grammar of either release.

use super::{Reader, Release};
use crate::proposal::notation::assignments::unquoted;
use crate::proposal::notation::settings::{Settings, Stated};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Hint, NotationError};
use crate::proposal::{Dialect, Proposal};
use crate::registry::{SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;

/// The sequence number sizes of a connection (`esn=`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sizes {
    Either,
    Wide,
    Narrow,
}

/// The release whose grammar counts: that of the hint; else libreswan 5 where the text says so.
pub(super) const fn release(hint: Hint, newer: bool) -> Release {
    match hint.dialect {
        Some(Dialect::Libreswan4) => Release::V4,
        Some(Dialect::Libreswan5) => Release::V5,
        _ if newer => Release::V5,
        _ => Release::V4,
    }
}

/// Whether only libreswan 5 has such a list: a transform type is named in it.
pub(super) fn is_of_5(list: &str) -> bool {
    list.contains('=')
}

/// Reads the proposals of one setting into the settings.
pub(super) fn list(
    protocol: SecurityProtocol,
    value: Word<'_>,
    release: Release,
    sizes: Sizes,
    into: &mut Settings,
) -> Result<(), NotationError> {
    let value = unquoted(value);
    if let Some(at) = value.text.find([' ', '\t']) {
        let text = "libreswan itself takes no blanks in a list of proposals: it does not load such a connection.";
        into.remark(text, Some(value.behind(at).front(1).span()));
    }
    for item in value.split(&[',']) {
        if into.is_full(protocol) {
            break;
        }
        let proposal = Reader::new(protocol, release, item).read()?;
        additional(item, &proposal, into);
        let proposal = Stated::at(sized(proposal, item.text, sizes), item.span());
        into.propose(proposal);
    }
    Ok(())
}

/// What libreswan proposes where nothing is said (lib/libswan/ike_info.c and esp_info.c; `ipsec algparse ike` prints it).
pub(super) fn default(protocol: SecurityProtocol, release: Release, sizes: Sizes, into: &mut Settings) -> Result<(), NotationError> {
    let text = match (protocol, release) {
        (SecurityProtocol::AH, Release::V4) => "sha2_512,sha2_256,sha1",
        (SecurityProtocol::AH, Release::V5) => "sha2_512,sha2_256",
        (_, Release::V4) => "aes_gcm256,aes_gcm128,aes256,aes128",
        (_, Release::V5) => "aes_gcm256,aes_gcm128,chacha20_poly1305,aes256,aes128",
    };
    for proposal in super::parse(protocol, text, release)? {
        let proposal = Stated::assumed(sized(proposal, "", sizes));
        into.propose(proposal);
    }
    let name = match protocol {
        SecurityProtocol::IKE => "IKE",
        SecurityProtocol::AH => "AH",
        _ => "ESP",
    };
    let number = if release == Release::V4 { "4" } else { "5" };
    into.remark(alloc::format!("No {name} proposals are named: the default of libreswan {number} counts."), None);
    Ok(())
}

/// With the sequence number sizes of the connection, unless the proposal names its own.
fn sized(mut proposal: Proposal, text: &str, sizes: Sizes) -> Proposal {
    let own = is_of_5(text) && text.to_ascii_lowercase().contains("sn=");
    if proposal.protocol != SecurityProtocol::IKE && !own {
        let drop = match sizes {
            Sizes::Either => return proposal,
            Sizes::Wide => Transform::sn(SequenceNumbers::SEQUENTIAL_32),
            Sizes::Narrow => Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64),
        };
        proposal.transforms.retain(|t| *t != drop);
    }
    proposal
}

/// Says which releases read a list with additional key exchanges.
fn additional(item: Word<'_>, proposal: &Proposal, into: &mut Settings) {
    let added = proposal.transforms.iter().any(|t| TransformType::ADDITIONAL_KEY_EXCHANGES.contains(&t.ty));
    if added && !is_of_5(item.text) {
        into.remark(
            "Additional key exchanges behind a hyphen are read by libreswan 5.3 alone; 5.4 wants ;addke1= in front of them.",
            Some(item.span()),
        );
    }
}

/// What the parser of libreswan refuses in the ESP proposals of a connection (lib/libswan/proposals.c): it looks at the first group of
/// each.
pub(super) fn check_groups(into: &mut Settings) {
    let mut first: Option<Transform> = None;
    let mut second = None;
    let mut without = None;
    let mut named = false;
    for esp in &into.esp {
        match esp.value.of_type(TransformType::KE).next() {
            None => without = without.or(esp.span),
            Some(group) => {
                named = true;
                match first.filter(|_| !group.is_none()) {
                    Some(known) if known != group => second = second.or(esp.span),
                    None if !group.is_none() => first = Some(group),
                    _ => {}
                }
            }
        }
    }
    let refused = "libreswan does not load such a connection.";
    if let Some(span) = second {
        into.remark(alloc::format!("The ESP proposals of a connection cannot begin with different groups; {refused}"), Some(span));
    }
    if let Some(span) = without.filter(|_| named) {
        into.remark(alloc::format!("Either all or none of the ESP proposals of a connection name a group; {refused}"), Some(span));
    }
}
