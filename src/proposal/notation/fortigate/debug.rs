//! The output of `diagnose debug application ike -1`.

use super::names::{DEBUG_ENCR, DEBUG_GROUP, DEBUG_INTEG, DEBUG_PRF, TYPES, find};
use crate::proposal::Proposal;
use crate::proposal::notation::assemble::{Lists, NO_ESN, add, nothing};
use crate::proposal::notation::lines::raw;
use crate::proposal::notation::settings::{Settings, Stated};
use crate::proposal::notation::span::{Span, extend};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{NotationError, NotationErrorKind};
use crate::registry::{SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::vec::Vec;

/// Whose proposals a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Peer,
    Own,
    Chosen,
}

/// Whether a line is one of those with proposals.
pub(super) fn is_debug(line: Word<'_>) -> bool {
    let text = line.text;
    text.contains("type=ENCR, val=")
        || text.contains("type=INTEGR, val=")
        || text.contains("type=DH_GROUP, val=")
        || text.contains("type=PRF, val=")
        || header(text).is_some() && text.contains("ike ")
}

fn header(text: &str) -> Option<Whose> {
    let text = text.trim_end();
    if text.contains("incoming proposal") || text.contains("incoming child SA proposal") {
        Some(Whose::Peer)
    } else if text.contains("my proposal") || text.contains("my child SA proposal") {
        Some(Whose::Own)
    } else if text.contains("matched proposal id") {
        Some(Whose::Chosen)
    } else {
        None
    }
}

/// A proposal of the output.
#[derive(Clone, Debug)]
struct Listed {
    whose: Whose,
    /// Which of the lists with a header it is in.
    list: usize,
    protocol: SecurityProtocol,
    lists: Lists,
    sn: Vec<SequenceNumbers>,
    span: Option<Span>,
}

pub(super) fn read(text: &str, settings: &mut Settings) -> Result<(), NotationError> {
    let mut reader = Reader { all: Vec::new(), open: None, whose: Whose::Peer, list: 0, settings, v1: None };
    for line in raw(text) {
        reader.line(line)?;
    }
    reader.close();
    let (all, v1) = (reader.all, reader.v1);
    take(&all, SecurityProtocol::IKE, settings);
    take(&all, SecurityProtocol::ESP, settings);
    if let Some(span) = v1 {
        settings.remark("The text lists proposals of IKEv1 as well, which are not read here.", Some(span));
    }
    if settings.ike.is_empty() && settings.esp.is_empty() { Err(nothing()) } else { Ok(()) }
}

/// The proposals of one protocol: those of the list that comes first.
fn take(all: &[Listed], protocol: SecurityProtocol, settings: &mut Settings) {
    let own = || all.iter().filter(|listed| listed.protocol == protocol);
    let Some(first) = own().find(|listed| listed.whose != Whose::Chosen).or_else(|| own().next()) else { return };
    for listed in own().filter(|listed| listed.list == first.list) {
        let made: Vec<Proposal> =
            if protocol == SecurityProtocol::IKE { listed.lists.ike() } else { listed.lists.esp(sequence_numbers(listed)) };
        let stated = made.into_iter().map(|value| Stated { value, span: listed.span });
        if protocol == SecurityProtocol::IKE { settings.ike.extend(stated) } else { settings.esp.extend(stated) }
    }
    if protocol == SecurityProtocol::ESP {
        settings.pfs_of_proposals();
    }
    let other = if first.whose == Whose::Peer { Whose::Own } else { Whose::Peer };
    let name = if protocol == SecurityProtocol::IKE { "IKE" } else { "ESP" };
    if let Some(listed) = own().find(|listed| listed.whose == other) {
        let (read, left) = if first.whose == Whose::Peer {
            ("what the peer offers (incoming proposal)", "what this FortiGate has (my proposal)")
        } else {
            ("what this FortiGate has (my proposal)", "what the peer offers (incoming proposal)")
        };
        settings.remark(format!("The text has two lists of {name} proposals; read is {read}, and not {left}."), listed.span);
    }
}

fn sequence_numbers(listed: &Listed) -> &[SequenceNumbers] {
    if listed.sn.is_empty() { NO_ESN } else { &listed.sn }
}

struct Reader<'s> {
    all: Vec<Listed>,
    open: Option<Listed>,
    whose: Whose,
    list: usize,
    settings: &'s mut Settings,
    v1: Option<Span>,
}

impl Reader<'_> {
    fn line(&mut self, line: Word<'_>) -> Result<(), NotationError> {
        if let Some(whose) = header(line.text) {
            self.close();
            (self.whose, self.list) = (whose, self.list.saturating_add(1));
        }
        if let Some(at) = line.text.find("proposal id =") {
            self.close();
            self.begin(line.behind(at));
        } else if line.text.contains("type=OAKLEY_") || line.text.contains("trans_id = KEY_IKE") {
            extend(&mut self.v1, line.span());
        } else if let Some(at) = line.text.find("protocol =") {
            self.protocol(line.behind(at));
        }
        match line.text.find("type=").filter(|_| !line.text.contains("type=OAKLEY_")) {
            Some(at) if line.text.contains("val=") => self.transform(line.behind(at)),
            _ => Ok(()),
        }
    }

    fn begin(&mut self, place: Word<'_>) {
        let protocol = SecurityProtocol::IKE;
        let lists = Lists::default();
        self.open = Some(Listed { whose: self.whose, list: self.list, protocol, lists, sn: Vec::new(), span: Some(place.span()) });
    }

    fn protocol(&mut self, line: Word<'_>) {
        let name = line.behind("protocol =".len()).text.trim().trim_end_matches(':').trim();
        if let Some(open) = &mut self.open {
            extend(&mut open.span, line.span());
            open.protocol = match name {
                "ESP" => SecurityProtocol::ESP,
                "AH" => SecurityProtocol::AH,
                _ => SecurityProtocol::IKE,
            };
        }
    }

    fn transform(&mut self, place: Word<'_>) -> Result<(), NotationError> {
        if self.open.is_none() {
            self.begin(place);
        }
        let (ty, value) = place.text.split_once("val=").unwrap_or((place.text, ""));
        let ty_text = ty.strip_prefix("type=").unwrap_or(ty).trim_end_matches([',', ' ']);
        let Some(ty) = TYPES.find(ty_text) else { return Ok(()) };
        let at = place.text.len().saturating_sub(value.len());
        let Some(open) = &mut self.open else { return Ok(()) };
        extend(&mut open.span, place.span());
        let name = Word { text: value, ..place.behind(at) }.trim();
        if ty == TransformType::SN {
            let sn = match name.text.trim_end_matches('.') {
                "YES" | "yes" | "1" | "ESN" => SequenceNumbers::PARTIALLY_TRANSMITTED_64,
                _ => SequenceNumbers::SEQUENTIAL_32,
            };
            if !open.sn.contains(&sn) {
                open.sn.push(sn);
            }
            return Ok(());
        }
        let lists = &mut open.lists;
        let list = match ty {
            TransformType::ENCR => &mut lists.encr,
            TransformType::INTEG => &mut lists.integ,
            TransformType::PRF => &mut lists.prf,
            _ => &mut lists.ke,
        };
        match value_of(ty, name)? {
            Some(transform) => add(list, transform),
            None => {
                let text = format!("{ty_text} {} is not known here, and left out.", name.text);
                self.settings.remark(text, Some(name.span()));
            }
        }
        Ok(())
    }

    fn close(&mut self) {
        self.all.extend(self.open.take());
    }
}

/// `AES_CBC (key_len = 256)`, `AUTH_HMAC_SHA2_256_128`, `MODP2048.`
fn value_of(ty: TransformType, value: Word<'_>) -> Result<Option<Transform>, NotationError> {
    let (name, rest) = value.text.split_once([' ', '(']).unwrap_or((value.text, ""));
    let name = name.trim_end_matches(['.', ',']);
    Ok(match ty {
        TransformType::ENCR => {
            let digits = rest.split_once('=').map(|(_, digits)| digits.trim_matches(|c: char| !c.is_ascii_digit()));
            let Some(encr) = find(DEBUG_ENCR, name) else { return Ok(None) };
            match digits.map(str::parse::<u16>) {
                Some(Err(_)) => return Err(value.error(NotationErrorKind::KeyBits(Transform::encr(encr)))),
                // ChaCha20 has one key length, which is not sent (RFC 7634).
                Some(Ok(bits)) if crate::known::key_bits(encr, None).is_none() => Some(Transform::encr_bits(encr, bits)),
                _ => Some(Transform::encr(encr)),
            }
        }
        TransformType::INTEG => {
            let name = name.strip_prefix("AUTH_").unwrap_or(name);
            find(DEBUG_INTEG, name.strip_prefix("HMAC_").unwrap_or(name)).map(Transform::integ)
        }
        TransformType::PRF => find(DEBUG_PRF, name.strip_prefix("PRF_").unwrap_or(name)).map(Transform::prf),
        _ => find(DEBUG_GROUP, name).map(Transform::ke),
    })
}
