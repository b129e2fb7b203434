//! The strongSwan app for Android: a VPN profile (.sswan), which is JSON.
//!
//! The format is that of the strongSwan documentation, "Android VPN client profiles", and of `VpnProfileImportActivity`; proposals
//! are read as strongSwan reads them. What the app does without them is what `android_service.c` does: four ESP proposals, two
//! with groups for PFS and two without, and for IKE the default of the strongSwan built into it.

#[cfg(test)]
mod tests;

use super::likeness::{Certainty, Likeness};
use super::lists::{List, NAMED, NOTHING, Plain, around, holds, shown};
use super::settings::{Settings, Stated, Written};
use super::span::{Span, extend};
use super::strongswan::{parse_esp, parse_ike};
use super::tokens::{Event, Reader};
use super::words::Word;
use super::{Hint, Notation, NotationError, Unwritable};
use crate::proposal::Proposal;
use alloc::borrow::Cow;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What the app proposes for ESP when the profile does not say.
const ESP: [&str; 4] = [
    "aes256gcm16-aes128gcm16-chacha20poly1305-curve25519-ecp384-ecp521-modp3072-modp4096-ecp256-modp8192",
    "aes256-aes192-aes128-sha384-sha256-sha512-sha1-curve25519-ecp384-ecp521-modp3072-modp4096-ecp256-modp2048-modp8192",
    "aes256gcm16-aes128gcm16-chacha20poly1305",
    "aes256-aes192-aes128-sha384-sha256-sha512-sha1",
];

/// Seconds after which the app rekeys, which cannot be set.
const IKE_LIFETIME: u64 = 36_000;
const ESP_LIFETIME: u64 = 7_200;

/// How the app authenticates.
const TYPES: [&str; 5] = ["ikev2-cert-eap", "ikev2-cert", "ikev2-eap-tls", "ikev2-eap", "ikev2-byod-eap"];

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    let proposals = ["ike-proposal", "esp-proposal"].iter().filter_map(|name| quoted(text, name));
    let types = || TYPES.iter().filter_map(|name| quoted(text, name)).filter(|_| quoted(text, "remote").is_some());
    let at = proposals.chain(types()).min()?;
    Some(Likeness { span: around(text, Span { at, len: 1 }), confidence: Certainty::Certain })
}

/// Where a word stands between quotes.
fn quoted(text: &str, word: &str) -> Option<usize> {
    let mut rest = Word::whole(text);
    loop {
        let at = holds(rest.text, word)?;
        rest = rest.behind(at);
        let before = rest.at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        rest = rest.behind(word.len());
        // Backslashes stand there when the profile is in quotes itself.
        if matches!(before, Some(b'"' | b'\'')) && rest.text.starts_with(['"', '\'', '\\']) {
            return Some(rest.at.saturating_sub(word.len()));
        }
    }
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

/// What a profile says.
#[derive(Clone, Debug, Default)]
struct Profile<'a> {
    block: usize,
    name: Option<Word<'a>>,
    kind: Option<Word<'a>>,
    ike: Option<Word<'a>>,
    esp: Option<Word<'a>>,
    address: Option<Word<'a>>,
    identity: Option<Word<'a>>,
    span: Option<Span>,
}

impl<'a> Profile<'a> {
    const fn is_one(&self) -> bool {
        self.kind.is_some() || self.ike.is_some() || self.esp.is_some()
    }

    fn label(&self) -> String {
        self.name.map_or_else(|| String::from("one without a name"), |name| shown(&unescape(name.text)))
    }

    fn place(&mut self, name: &str, remote: bool) -> Option<&mut Option<Word<'a>>> {
        let plain = Plain::of(name);
        Some(match (plain.text(), remote) {
            ("addr", true) => &mut self.address,
            ("id", true) => &mut self.identity,
            ("name", false) => &mut self.name,
            ("type", false) => &mut self.kind,
            ("ikeproposal", _) => &mut self.ike,
            ("espproposal", _) => &mut self.esp,
            _ => return None,
        })
    }
}

fn profiles(text: &str) -> Vec<Profile<'_>> {
    // The object that is open, those around it, and whether it is `remote` of the one around it.
    let mut open: Vec<(Profile<'_>, bool)> = Vec::from([(Profile::default(), false)]);
    let mut found = Vec::new();
    let mut reader = Reader::of(text);
    while let Some(event) = reader.next() {
        match event {
            Event::Open => {
                let block = reader.block();
                let remote = block.and_then(|block| block.name).is_some_and(|name| name.text == "remote");
                open.push((Profile { block: block.map_or(0, |block| block.number), ..Profile::default() }, remote));
            }
            Event::Close => {
                if open.len() > 1 {
                    close(&mut open, &mut found);
                }
            }
            Event::Key { name, .. } => {
                let Some((profile, remote)) = open.last_mut() else { continue };
                let Some(place) = profile.place(name.text, *remote) else { continue };
                let list = List::new(name, reader.values());
                *place = list.words.first().copied();
                list.span.into_iter().for_each(|span| extend(&mut profile.span, span));
            }
            Event::Word(_) => {}
        }
    }
    while open.len() > 1 {
        close(&mut open, &mut found);
    }
    found.extend(open.into_iter().map(|(profile, _)| profile).filter(Profile::is_one));
    found.sort_by_key(|profile| profile.block);
    found
}

/// What `remote` holds is of the profile around it.
fn close<'a>(open: &mut Vec<(Profile<'a>, bool)>, found: &mut Vec<Profile<'a>>) {
    let Some((closed, remote)) = open.pop() else { return };
    if let Some((outer, _)) = open.last_mut().filter(|_| remote) {
        outer.address = closed.address;
        outer.identity = closed.identity;
    } else if closed.is_one() {
        found.push(closed);
    }
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let profiles = profiles(text);
    let chosen = profiles.iter().position(|profile| profile.ike.is_some() || profile.esp.is_some()).unwrap_or(0);
    let Some(profile) = profiles.get(chosen) else {
        return Err(NOTHING);
    };
    let mut settings = Settings::new(Notation::StrongSwanApp);
    settings.ike_lifetime = Some(Stated::assumed(IKE_LIFETIME));
    settings.esp_lifetime = Some(Stated::assumed(ESP_LIFETIME));
    settings.fragmentation = Some(Stated::assumed(true));
    fill(&mut settings, profile)?;
    remark_type(&mut settings, profile);
    if profiles.len() > 1 {
        let others: Vec<String> = profiles.iter().filter(|other| other.block != profile.block).take(NAMED).map(Profile::label).collect();
        settings.remark(format!("This is the profile {}; the text holds others: {}.", profile.label(), others.join(", ")), None);
    }
    Ok(settings)
}

fn fill(settings: &mut Settings, profile: &Profile<'_>) -> Result<(), NotationError> {
    match stated(profile.ike) {
        Some(word) => settings.ike = proposals(word, parse_ike)?,
        None => {
            let text = "The profile has no ike-proposal: the app takes the default of the strongSwan that is built into it.";
            settings.remark(text, None);
        }
    }
    match stated(profile.esp) {
        Some(word) => settings.esp = proposals(word, parse_esp)?,
        None => {
            settings.esp = ESP.iter().filter_map(|text| parse_esp(text).ok()).flatten().map(Stated::assumed).collect();
            let text = "The profile has no esp-proposal: the app takes its default, AEAD and other ciphers, with and without PFS.";
            settings.remark(text, None);
        }
    }
    settings.pfs_of_proposals();
    if let Some(pfs) = settings.pfs.as_mut().filter(|_| profile.esp.is_some()) {
        pfs.span = stated(profile.esp).map(Word::span);
    }
    // Without an identity of its own the address is asked for.
    if let Some(word) = stated(profile.identity).or_else(|| stated(profile.address)) {
        settings.remote_identity = Some(Stated::at(String::from(unescape(word.text)), word.span()));
    }
    Ok(())
}

fn stated(word: Option<Word<'_>>) -> Option<Word<'_>> {
    word.filter(|word| !word.text.trim().is_empty() && word.text != "null")
}

fn proposals(word: Word<'_>, parse: fn(&str) -> Result<Vec<Proposal>, NotationError>) -> Result<Vec<Stated<Proposal>>, NotationError> {
    let mut found = Vec::new();
    for part in word.split(&[',']) {
        let read = parse(part.text).map_err(|error| NotationError { at: part.at.saturating_add(error.at), ..error })?;
        found.extend(read.into_iter().map(|proposal| Stated::at(proposal, part.span())));
    }
    Ok(found)
}

fn remark_type(settings: &mut Settings, profile: &Profile<'_>) {
    let Some(kind) = profile.kind else { return };
    let text = match kind.text {
        "ikev2-eap" => "The app authenticates with EAP: user name and password.",
        "ikev2-cert" => "The app authenticates with a certificate.",
        "ikev2-cert-eap" => "The app authenticates with a certificate, and then with EAP (RFC 4739).",
        "ikev2-eap-tls" => "The app authenticates with a certificate in EAP-TLS.",
        "ikev2-byod-eap" => "The app authenticates with EAP, and has its state measured (EAP-TNC).",
        _ => "The app knows no such type of profile, and refuses it.",
    };
    settings.remark(text, Some(kind.span()));
}

/// A string of JSON without its escapes; as it is when they are wrong.
fn unescape(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    serde_json::from_str::<String>(&format!("\"{text}\"")).map_or(Cow::Borrowed(text), Cow::Owned)
}
