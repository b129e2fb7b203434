//! The log of pluto.
//!
//! By programs/pluto/ikev2_proposals.c of libreswan 3.2x, 4.10 and 5.2. What the peer offers is written
//! `1:IKE:ENCR=AES_CBC_256;INTEG=HMAC_SHA2_256_128;PRF=HMAC_SHA2_256;DH=MODP2048`, what pluto has and what it chooses
//! `1:IKE=AES_CBC_256-HMAC_SHA2_256-HMAC_SHA2_256_128-MODP2048`.

use super::names::{self, ADDITIONAL};
use crate::proposal::Proposal;
use crate::proposal::notation::assignments::lines;
use crate::proposal::notation::names::Names;
use crate::proposal::notation::settings::{Settings, Stated};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, Hint, Notation, NotationError, NotationErrorKind, proposal};
use crate::registry::{KeMethod, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::vec::Vec;

/// Names in the log that ipsec.conf does not have.
const METHODS: Names<KeMethod> = Names {
    expected: "a group as pluto prints it, as MODP2048",
    rows: &[
        ("MODP1024_160", KeMethod::MODP_1024_160),
        ("MODP2048_224", KeMethod::MODP_2048_224),
        ("MODP2048_256", KeMethod::MODP_2048_256),
        ("ECP_192", KeMethod::ECP_192),
        ("ECP_224", KeMethod::ECP_224),
        ("BRAINPOOL_P224R1", KeMethod::BRAINPOOL_P224R1),
        ("BRAINPOOL_P256R1", KeMethod::BRAINPOOL_P256R1),
        ("BRAINPOOL_P384R1", KeMethod::BRAINPOOL_P384R1),
        ("BRAINPOOL_P512R1", KeMethod::BRAINPOOL_P512R1),
        ("CURVE448", KeMethod::CURVE448),
        ("CURVE25519", KeMethod::CURVE25519),
    ],
};

const SIZES: Names<SequenceNumbers> = Names {
    expected: "a sequence number size as pluto prints it, ENABLED or DISABLED",
    rows: &[
        ("ENABLED", SequenceNumbers::PARTIALLY_TRANSMITTED_64),
        ("YES", SequenceNumbers::PARTIALLY_TRANSMITTED_64),
        ("PARTIAL_64_BIT_SEQUENTIAL", SequenceNumbers::PARTIALLY_TRANSMITTED_64),
        ("ESN", SequenceNumbers::PARTIALLY_TRANSMITTED_64),
        ("DISABLED", SequenceNumbers::SEQUENTIAL_32),
        ("NO", SequenceNumbers::SEQUENTIAL_32),
        ("32_BIT_SEQUENTIAL", SequenceNumbers::SEQUENTIAL_32),
    ],
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    /// What the peer offers.
    Remote,
    /// What this side has.
    Local,
    Chosen,
}

#[derive(Clone, Copy)]
struct Found<'a> {
    list: List,
    protocol: SecurityProtocol,
    number: u32,
    /// With the names of the types: `ENCR=..;PRF=..`.
    typed: bool,
    word: Word<'a>,
}

/// A word of a line as a proposal: `1:IKE:..` or `1:IKE=..`.
fn found(word: Word<'_>) -> Option<Found<'_>> {
    let digits = word.text.len().saturating_sub(word.text.trim_start_matches(|c: char| c.is_ascii_digit()).len());
    let number = word.front(digits).text.parse().ok()?;
    let rest = word.text.get(digits..)?.strip_prefix(':')?;
    let (name, protocol) = [("IKE", SecurityProtocol::IKE), ("ESP", SecurityProtocol::ESP), ("AH", SecurityProtocol::AH)]
        .into_iter()
        .find(|(name, _)| rest.starts_with(name))?;
    let typed = match rest.get(name.len()..)?.chars().next()? {
        ':' => true,
        '=' => false,
        _ => return None,
    };
    let head = digits.saturating_add(name.len()).saturating_add(2);
    let body = word.behind(head);
    let body = body.front(body.text.find('[').unwrap_or(body.text.len()));
    let body = body.front(body.text.trim_end_matches([',', ';', '.', '"', ')']).len());
    let begins = |names: [&str; 3]| names.iter().any(|name| body.text.starts_with(name));
    let right = if typed { begins(["ENCR=", "INTEG=", "PRF="]) } else { body.text.starts_with(|c: char| c.is_ascii_alphanumeric()) };
    right.then_some(Found { list: List::Local, protocol, number, typed, word: body })
}

fn in_line<'a>(line: Word<'a>, mut take: impl FnMut(Found<'a>)) {
    let chosen_at = line.text.find(" chosen from ").map_or(0, |at| line.at.saturating_add(at));
    let local = line.text.contains("local ") || line.text.contains("proposals for initiator") || line.text.contains("for responder:");
    for word in line.split(&[' ', '\t']) {
        if let Some(one) = found(word) {
            let list = match one.typed {
                _ if one.word.at < chosen_at => List::Chosen,
                true if !local || line.text.contains("remote proposals") => List::Remote,
                _ => List::Local,
            };
            take(Found { list, ..one });
        }
    }
}

/// Whether proposals as pluto logs them stand in the text.
pub(super) fn is_log(text: &str) -> bool {
    lines(text).any(|line| {
        let mut any = false;
        in_line(line, |_| any = true);
        any
    })
}

/// A name as an algorithm of a type.
fn algorithm(ty: TransformType, word: Word<'_>) -> Option<Transform> {
    if let Ok(number) = word.text.parse() {
        return Some(Transform::new(ty, number));
    }
    match ty {
        TransformType::ENCR => {
            let (cipher, bits) = names::cipher(word).ok()?;
            match bits.map(str::parse) {
                Some(Ok(bits)) => Some(Transform::encr_bits(cipher.id, bits)),
                Some(Err(_)) => None,
                None => Some(Transform::encr(cipher.id)),
            }
        }
        TransformType::SN => SIZES.find(word.text).map(Transform::sn),
        TransformType::PRF | TransformType::INTEG => names::algorithm(ty, word.text),
        _ => names::algorithm(ty, word.text).or_else(|| METHODS.find(word.text).map(|method| Transform::new(ty, method.0))),
    }
}

fn typed(word: Word<'_>, into: &mut Settings) -> Vec<Transform> {
    let mut all = Vec::new();
    for field in word.split(&[';']).filter(|field| !field.text.is_empty()) {
        let Some(at) = field.text.find('=') else {
            into.remark(format!("{} is not understood; it is left out.", clipped(field)), Some(field.span()));
            continue;
        };
        let ty = match field.front(at).text {
            "ENCR" => Some(TransformType::ENCR),
            "PRF" => Some(TransformType::PRF),
            "INTEG" => Some(TransformType::INTEG),
            "DH" | "KE" | "KEM" => Some(TransformType::KE),
            "ESN" | "SN" => Some(TransformType::SN),
            name => ADDITIONAL.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, ty)| *ty),
        };
        for value in field.behind(at.saturating_add(1)).split(&[',', '+']) {
            match ty.and_then(|ty| algorithm(ty, value)) {
                Some(transform) => all.push(transform),
                None => into.remark(format!("{} is no algorithm known here; it is left out.", clipped(value)), Some(field.span())),
            }
        }
    }
    all
}

fn clipped(word: Word<'_>) -> &str {
    word.text.get(..64).unwrap_or(word.text)
}

/// Without the names of the types: the types stand in an order, and some may be absent.
fn positional(protocol: SecurityProtocol, word: Word<'_>, into: &mut Settings) -> Vec<Transform> {
    let mut types = Vec::new();
    match protocol {
        SecurityProtocol::IKE => types.extend([TransformType::ENCR, TransformType::PRF, TransformType::INTEG, TransformType::KE]),
        SecurityProtocol::AH => types.extend([TransformType::INTEG, TransformType::KE]),
        _ => types.extend([TransformType::ENCR, TransformType::INTEG, TransformType::KE]),
    }
    types.extend(ADDITIONAL.iter().map(|(_, ty)| *ty));
    types.push(TransformType::SN);
    let mut left = types.as_slice();
    let mut all = Vec::new();
    for field in word.split(&['-']) {
        let read = |ty: TransformType| field.split(&['+']).map(|value| algorithm(ty, value)).collect::<Option<Vec<_>>>();
        let found = left.iter().enumerate().find_map(|(at, ty)| Some((at, read(*ty)?)));
        match found {
            Some((at, transforms)) => {
                left = left.get(at.saturating_add(1)..).unwrap_or(&[]);
                // A group that is NONE stands for that there is none.
                all.extend(transforms.into_iter().filter(|t| !(t.ty == TransformType::KE && t.is_none())));
            }
            None => into.remark(format!("{} is no algorithm known here; it is left out.", clipped(field)), Some(field.span())),
        }
    }
    all
}

fn read_one(found: &Found<'_>, into: &mut Settings) -> Stated<Proposal> {
    let mut all = if found.typed { typed(found.word, into) } else { positional(found.protocol, found.word, into) };
    all.retain(|t| !(t.ty == TransformType::INTEG && t.is_none()));
    if found.protocol != SecurityProtocol::IKE && all.iter().all(|t| t.ty != TransformType::SN) {
        all.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32));
    }
    Stated::at(proposal(found.protocol, all), found.word.span())
}

/// Takes the first list of those that count most: what the peer offers, unless the text is this side's own.
fn take(all: &[Found<'_>], ike: bool, own: bool, into: &mut Settings) {
    let of = |found: &&Found<'_>| (found.protocol == SecurityProtocol::IKE) == ike;
    let order = if own { [List::Local, List::Remote, List::Chosen] } else { [List::Remote, List::Local, List::Chosen] };
    let Some(list) = order.into_iter().find(|list| all.iter().filter(of).any(|found| found.list == *list)) else { return };
    let mut last = 0;
    let mut ended = false;
    for found in all.iter().filter(of).filter(|found| found.list == list) {
        if ended || found.number <= last {
            ended = true;
            continue;
        }
        last = found.number;
        let read = read_one(found, into);
        into.propose(read);
    }
    let other = all.iter().filter(of).find(|found| found.list != list && found.list != List::Chosen);
    if let Some(found) = other {
        let (name, what) = (if ike { "IKE" } else { "ESP" }, if list == List::Remote { "the peer offers" } else { "this side has" });
        into.remark(format!("The text has {name} proposals of both sides; those that {what} count here."), Some(found.word.span()));
    } else if ended {
        let name = if ike { "IKE" } else { "ESP" };
        into.remark(format!("The text has more than one list of {name} proposals; the first counts here."), None);
    }
}

pub(super) fn read(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    let mut all = Vec::new();
    for line in lines(text) {
        in_line(line, |found| all.push(found));
    }
    let mut settings = Settings::new(Notation::Libreswan);
    let own = hint.dialect.is_some();
    take(&all, true, own, &mut settings);
    take(&all, false, own, &mut settings);
    if settings.ike.is_empty() && settings.esp.is_empty() {
        return Err(Word::whole(text).front(0).error(NotationErrorKind::Empty(Expected::Proposal)));
    }
    settings.pfs_of_groups();
    Ok(settings)
}
