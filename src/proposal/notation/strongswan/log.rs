//! What strongSwan prints: the log of charon, `swanctl --list-sas`, `swanctl --list-conns`, `ipsec statusall`.
//!
//! By libstrongswan/crypto/proposal/proposal.c, the enumerations of libstrongswan/crypto, and src/swanctl/commands. A proposal is
//! `IKE:AES_CBC_256/HMAC_SHA2_256_128/PRF_HMAC_SHA2_256/MODP_2048`; of what is in use, `AES_CBC-256` stands for `AES_CBC_256`. An
//! algorithm it does not know is `UNKNOWN_6_36`: the transform type, the identifier.

use crate::proposal::Proposal;
use crate::proposal::notation::assignments::lines;
use crate::proposal::notation::names::Names;
use crate::proposal::notation::settings::{Settings, Span, Stated};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, Hint, Notation, NotationError, NotationErrorKind, proposal};
use crate::registry::private::{encr, integ, ke_method, prf};
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const CIPHERS: Names<Encr> = Names {
    expected: "a cipher as charon prints it, as AES_CBC_256",
    rows: &[
        ("AES_CBC", Encr::ENCR_AES_CBC),
        ("AES_CTR", Encr::ENCR_AES_CTR),
        ("AES_CCM_8", Encr::ENCR_AES_CCM_8),
        ("AES_CCM_12", Encr::ENCR_AES_CCM_12),
        ("AES_CCM_16", Encr::ENCR_AES_CCM_16),
        ("AES_GCM_8", Encr::ENCR_AES_GCM_8),
        ("AES_GCM_12", Encr::ENCR_AES_GCM_12),
        ("AES_GCM_16", Encr::ENCR_AES_GCM_16),
        ("NULL_AES_GMAC", Encr::ENCR_NULL_AUTH_AES_GMAC),
        ("CAMELLIA_CBC", Encr::ENCR_CAMELLIA_CBC),
        ("CAMELLIA_CTR", Encr::ENCR_CAMELLIA_CTR),
        ("CAMELLIA_CCM_8", Encr::ENCR_CAMELLIA_CCM_8),
        ("CAMELLIA_CCM_12", Encr::ENCR_CAMELLIA_CCM_12),
        ("CAMELLIA_CCM_16", Encr::ENCR_CAMELLIA_CCM_16),
        ("CHACHA20_POLY1305", Encr::ENCR_CHACHA20_POLY1305),
        ("3DES_CBC", Encr::ENCR_3DES),
        ("DES_CBC", Encr::ENCR_DES),
        ("NULL", Encr::ENCR_NULL),
        ("BLOWFISH_CBC", Encr::ENCR_BLOWFISH),
        ("CAST_CBC", Encr::ENCR_CAST),
        ("IDEA_CBC", Encr::ENCR_IDEA),
        ("SERPENT_CBC", encr::STRONGSWAN_SERPENT_CBC),
        ("TWOFISH_CBC", encr::STRONGSWAN_TWOFISH_CBC),
    ],
};

const OTHERS: Names<Transform> = Names {
    expected: "an algorithm as charon prints it, as HMAC_SHA2_256_128",
    rows: &[
        ("HMAC_MD5_96", Transform::integ(Integ::AUTH_HMAC_MD5_96)),
        ("HMAC_SHA1_96", Transform::integ(Integ::AUTH_HMAC_SHA1_96)),
        ("DES_MAC", Transform::integ(Integ::AUTH_DES_MAC)),
        ("KPDK_MD5", Transform::integ(Integ::AUTH_KPDK_MD5)),
        ("AES_XCBC_96", Transform::integ(Integ::AUTH_AES_XCBC_96)),
        ("HMAC_MD5_128", Transform::integ(Integ::AUTH_HMAC_MD5_128)),
        ("HMAC_SHA1_160", Transform::integ(Integ::AUTH_HMAC_SHA1_160)),
        ("AES_CMAC_96", Transform::integ(Integ::AUTH_AES_CMAC_96)),
        ("AES_128_GMAC", Transform::integ(Integ::AUTH_AES_128_GMAC)),
        ("AES_192_GMAC", Transform::integ(Integ::AUTH_AES_192_GMAC)),
        ("AES_256_GMAC", Transform::integ(Integ::AUTH_AES_256_GMAC)),
        ("HMAC_SHA2_256_128", Transform::integ(Integ::AUTH_HMAC_SHA2_256_128)),
        ("HMAC_SHA2_384_192", Transform::integ(Integ::AUTH_HMAC_SHA2_384_192)),
        ("HMAC_SHA2_512_256", Transform::integ(Integ::AUTH_HMAC_SHA2_512_256)),
        ("HMAC_SHA2_256_96", Transform::integ(integ::STRONGSWAN_AUTH_HMAC_SHA2_256_96)),
        ("CAMELLIA_XCBC_96", Transform::integ(integ::STRONGSWAN_AUTH_CAMELLIA_XCBC_96)),
        ("PRF_HMAC_MD5", Transform::prf(Prf::PRF_HMAC_MD5)),
        ("PRF_HMAC_TIGER", Transform::prf(Prf::PRF_HMAC_TIGER)),
        ("PRF_HMAC_SHA1", Transform::prf(Prf::PRF_HMAC_SHA1)),
        ("PRF_AES128_XCBC", Transform::prf(Prf::PRF_AES128_XCBC)),
        ("PRF_HMAC_SHA2_256", Transform::prf(Prf::PRF_HMAC_SHA2_256)),
        ("PRF_HMAC_SHA2_384", Transform::prf(Prf::PRF_HMAC_SHA2_384)),
        ("PRF_HMAC_SHA2_512", Transform::prf(Prf::PRF_HMAC_SHA2_512)),
        ("PRF_AES128_CMAC", Transform::prf(Prf::PRF_AES128_CMAC)),
        ("PRF_CAMELLIA128_XCBC", Transform::prf(prf::STRONGSWAN_PRF_CAMELLIA128_XCBC)),
        ("EXT_SEQ", Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64)),
        ("ESN", Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64)),
        ("NO_EXT_SEQ", Transform::sn(SequenceNumbers::SEQUENTIAL_32)),
        ("NO_ESN", Transform::sn(SequenceNumbers::SEQUENTIAL_32)),
    ],
};

const METHODS: Names<KeMethod> = Names {
    expected: "a key exchange method as charon prints it, as MODP_2048",
    rows: &[
        ("MODP_NONE", KeMethod::NONE),
        ("NONE", KeMethod::NONE),
        ("MODP_768", KeMethod::MODP_768),
        ("MODP_1024", KeMethod::MODP_1024),
        ("MODP_1536", KeMethod::MODP_1536),
        ("MODP_2048", KeMethod::MODP_2048),
        ("MODP_3072", KeMethod::MODP_3072),
        ("MODP_4096", KeMethod::MODP_4096),
        ("MODP_6144", KeMethod::MODP_6144),
        ("MODP_8192", KeMethod::MODP_8192),
        ("MODP_1024_160", KeMethod::MODP_1024_160),
        ("MODP_2048_224", KeMethod::MODP_2048_224),
        ("MODP_2048_256", KeMethod::MODP_2048_256),
        ("ECP_192", KeMethod::ECP_192),
        ("ECP_224", KeMethod::ECP_224),
        ("ECP_256", KeMethod::ECP_256),
        ("ECP_384", KeMethod::ECP_384),
        ("ECP_521", KeMethod::ECP_521),
        ("ECP_224_BP", KeMethod::BRAINPOOL_P224R1),
        ("ECP_256_BP", KeMethod::BRAINPOOL_P256R1),
        ("ECP_384_BP", KeMethod::BRAINPOOL_P384R1),
        ("ECP_512_BP", KeMethod::BRAINPOOL_P512R1),
        ("CURVE_25519", KeMethod::CURVE25519),
        ("CURVE_448", KeMethod::CURVE448),
        ("ML_KEM_512", KeMethod::ML_KEM_512),
        ("ML_KEM_768", KeMethod::ML_KEM_768),
        ("ML_KEM_1024", KeMethod::ML_KEM_1024),
        ("MODP_NULL", ke_method::STRONGSWAN_MODP_NULL),
        ("NTRU_112", ke_method::STRONGSWAN_NTRU_112_BIT),
        ("NTRU_128", ke_method::STRONGSWAN_NTRU_128_BIT),
        ("NTRU_192", ke_method::STRONGSWAN_NTRU_192_BIT),
        ("NTRU_256", ke_method::STRONGSWAN_NTRU_256_BIT),
        ("NEWHOPE_128", ke_method::STRONGSWAN_NH_128_BIT),
    ],
};

const ADDITIONAL: [(&str, TransformType); 7] = [
    ("KE1_", TransformType::ADDKE1),
    ("KE2_", TransformType::ADDKE2),
    ("KE3_", TransformType::ADDKE3),
    ("KE4_", TransformType::ADDKE4),
    ("KE5_", TransformType::ADDKE5),
    ("KE6_", TransformType::ADDKE6),
    ("KE7_", TransformType::ADDKE7),
];

fn cipher(text: &str) -> Option<Transform> {
    if let Some(id) = CIPHERS.find(text) {
        return Some(Transform::encr(id));
    }
    let (name, bits) = text.rsplit_once(['_', '-'])?;
    Some(Transform::encr_bits(CIPHERS.find(name)?, bits.parse().ok()?))
}

fn algorithm(text: &str) -> Option<Transform> {
    if let Some(known) = OTHERS.find(text) {
        return Some(known);
    }
    if let Some((ty, id)) = text.strip_prefix("UNKNOWN_").and_then(|numbers| numbers.split_once('_')) {
        return Some(Transform::new(TransformType(ty.parse().ok()?), id.parse().ok()?));
    }
    let additional = ADDITIONAL.iter().find_map(|(prefix, ty)| Some((text.strip_prefix(prefix)?, *ty)));
    let (name, ty) = additional.unwrap_or((text, TransformType::KE));
    METHODS.find(name).map(|method| Transform::new(ty, method.0)).or_else(|| cipher(text))
}

/// Which of the lists in a log it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum List {
    Received,
    Configured,
    Selected,
    InUse,
}

struct Found<'a> {
    list: List,
    /// The line of the text.
    line: usize,
    protocol: SecurityProtocol,
    word: Word<'a>,
}

const MARKS: [(&str, SecurityProtocol); 3] =
    [("IKE:", SecurityProtocol::IKE), ("ESP:", SecurityProtocol::ESP), ("AH:", SecurityProtocol::AH)];

/// The text of a proposal: up to a comma or a blank.
fn up_to_end(word: Word<'_>) -> Word<'_> {
    word.front(word.text.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(word.text.len()))
}

/// Whether a word is a proposal as charon prints it; a single algorithm is one where a mark stands in front.
fn is_proposal(word: Word<'_>) -> bool {
    let mut pieces = word.split(&['/']);
    pieces.next().is_some_and(|piece| algorithm(piece.text).is_some()) && pieces.take(2).all(|piece| algorithm(piece.text).is_some())
}

/// The proposals of one line.
fn in_line<'a>(line: Word<'a>, mut found: impl FnMut(SecurityProtocol, Word<'a>)) {
    let mut rest = line;
    let mut any = false;
    while let Some(at) = rest.text.find(':') {
        let before = rest.front(at.saturating_add(1));
        rest = rest.behind(at.saturating_add(1));
        // What ends a proposal stands in front of the next.
        let begins = |head: &str| head.is_empty() || head.ends_with(|c: char| c == ',' || c.is_whitespace());
        let mark = MARKS.iter().find(|(mark, _)| before.text.strip_suffix(mark).is_some_and(begins));
        if let Some((_, protocol)) = mark {
            let word = up_to_end(rest);
            if is_proposal(word) {
                found(*protocol, word);
                any = true;
            }
        }
    }
    if any {
        return;
    }
    // Without a mark: a line of `swanctl --list-sas`, `IKE proposal: ..` and `{1}: ..` of `ipsec statusall`.
    let (protocol, word) = match line.text.rfind(": ").map(|at| (line.front(at), line.behind(at.saturating_add(2)).trim())) {
        Some((head, rest)) if head.text.ends_with("IKE proposal") => (SecurityProtocol::IKE, rest),
        Some((head, rest)) if head.text.ends_with('}') => (SecurityProtocol::ESP, up_to_end(rest)),
        Some(_) => return,
        None => (SecurityProtocol::IKE, line),
    };
    let sized = |text: &str| cipher(text).is_some();
    let first = word.split(&['/']).next().is_some_and(|piece| sized(piece.text));
    let several = word.text.contains('/') || protocol == SecurityProtocol::ESP;
    if first && several && is_proposal(word) {
        found(protocol, word);
    }
}

fn scan(text: &str) -> Vec<Found<'_>> {
    let mut all = Vec::new();
    let mut list = List::InUse;
    for (number, line) in lines(text).enumerate() {
        if line.text.contains("received proposals") {
            list = List::Received;
        } else if line.text.contains("configured proposals") || line.text.contains("proposals = ") {
            list = List::Configured;
        } else if line.text.contains("selected proposal") {
            list = List::Selected;
        } else if !MARKS.iter().any(|(mark, _)| line.text.starts_with(mark)) {
            list = List::InUse;
        }
        in_line(line, |protocol, word| all.push(Found { list, line: number, protocol, word }));
    }
    all
}

/// Whether the text is such output.
pub(super) fn is_output(text: &str) -> bool {
    lines(text).any(|line| {
        let mut any = false;
        in_line(line, |_, _| any = true);
        any || connection(line).is_some()
    })
}

/// A line of `swanctl --list-conns` that begins a connection: its name, and what follows.
fn connection(line: Word<'_>) -> Option<(Word<'_>, Word<'_>)> {
    let at = line.text.find(": IKEv")?;
    let rest = line.behind(at.saturating_add(2));
    rest.text.contains("reauth").then(|| (line.front(at), rest))
}

fn read_one(found: &Found<'_>, into: &mut Settings) -> Stated<Proposal> {
    let mut transforms = Vec::new();
    for piece in found.word.split(&['/']) {
        match algorithm(piece.text) {
            Some(transform) => transforms.push(transform),
            None => into.remark(
                format!("{} is no algorithm known here; it is left out.", piece.text.get(..64).unwrap_or(piece.text)),
                Some(piece.span()),
            ),
        }
    }
    let is_ike = found.protocol == SecurityProtocol::IKE;
    if !is_ike && transforms.iter().all(|t: &Transform| t.ty != TransformType::SN) {
        transforms.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32));
    }
    Stated::at(proposal(found.protocol, transforms), found.word.span())
}

/// Of the lists of one protocol the one that counts: what was received, unless the text is this side's own.
fn counting(all: &[Found<'_>], ike: bool, own: bool) -> Option<(List, usize)> {
    let order = if own {
        [List::Configured, List::Received, List::Selected, List::InUse]
    } else {
        [List::Received, List::Configured, List::Selected, List::InUse]
    };
    let of = |found: &&Found<'_>| (found.protocol == SecurityProtocol::IKE) == ike;
    order.into_iter().find_map(|list| all.iter().filter(of).find(|found| found.list == list).map(|found| (list, found.line)))
}

/// Takes the first list that counts: those in its line, and in the lines that go on with it.
fn take(all: &[Found<'_>], ike: bool, own: bool, into: &mut Settings) {
    let Some((list, first)) = counting(all, ike, own) else { return };
    let mut last = first;
    let mut others = None;
    for found in all.iter().filter(|found| (found.protocol == SecurityProtocol::IKE) == ike && found.line >= first) {
        if found.list == list && found.line <= last.saturating_add(1) && (found.line == first || list != List::InUse) {
            last = found.line;
            let read = read_one(found, into);
            into.propose(read);
        } else {
            others.get_or_insert(found.word.span());
        }
    }
    let others = others
        .or_else(|| all.iter().find(|found| found.line < first && (found.protocol == SecurityProtocol::IKE) == ike).map(|f| f.word.span()));
    if let Some(span) = others {
        let what = match list {
            List::Received => "the first that were received",
            List::Configured => "the first that are configured",
            List::Selected => "the first that was selected",
            List::InUse => "the first that is in use",
        };
        let name = if ike { "IKE" } else { "ESP" };
        into.remark(format!("The text has other {name} proposals too; {what} count here."), Some(span));
    }
}

/// `rekeying every 14400s`, in seconds.
fn every(line: Word<'_>) -> Option<Stated<u64>> {
    const WORDS: &str = "rekeying every ";
    let at = line.text.find(WORDS)?;
    let rest = line.behind(at.saturating_add(WORDS.len()));
    let digits = rest.front(rest.text.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.text.len()));
    Some(Stated::at(digits.text.parse().ok()?, digits.span()))
}

/// What stands around the proposals: lifetimes and the identity of the peer.
fn around(text: &str, into: &mut Settings) {
    let mut inside = false;
    let mut remote = false;
    for line in lines(text) {
        if let Some((_, rest)) = connection(line) {
            if inside {
                return;
            }
            inside = true;
            into.ike_lifetime = every(rest);
        } else if inside && line.text.contains("TUNNEL") || line.text.contains("TRANSPORT") {
            into.esp_lifetime = into.esp_lifetime.or_else(|| every(line));
        } else if line.text.starts_with("remote ") && line.text.ends_with("authentication:") {
            remote = true;
        } else if line.text.starts_with("local ") {
            remote = false;
        }
        let id = line.text.strip_prefix("id: ").filter(|_| remote);
        let quoted = line
            .text
            .strip_prefix("remote")
            .map(str::trim_start)
            .and_then(|rest| rest.strip_prefix('\'')?.split_once("' @"))
            .map(|(id, _)| id);
        if let (Some(id), None) = (id.or(quoted), &into.remote_identity) {
            let at = line.at.saturating_add(line.text.find(id).unwrap_or(0));
            into.remote_identity = Some(Stated::at(String::from(id), Span { at, len: id.len() }));
        }
    }
}

pub(super) fn read(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    let all = scan(text);
    let mut settings = Settings::new(Notation::StrongSwan);
    let own = hint.dialect.is_some();
    take(&all, true, own, &mut settings);
    take(&all, false, own, &mut settings);
    around(text, &mut settings);
    if settings.ike.is_empty() && settings.esp.is_empty() {
        if settings.ike_lifetime.is_none() && settings.remote_identity.is_none() {
            return Err(Word::whole(text).front(0).error(NotationErrorKind::Empty(Expected::Proposal)));
        }
        settings.remark("swanctl --list-conns does not print proposals.", None);
    }
    // In IKE_AUTH groups are not sent: that there are none says nothing.
    settings.pfs_of_groups();
    Ok(settings)
}
