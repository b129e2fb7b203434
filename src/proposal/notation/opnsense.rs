//! OPNsense: config.xml, with the connections of release 23.1 and later (`OPNsense/Swanctl`) or the older `phase1` and `phase2`.
//!
//! After the models `OPNsense/IPsec/Swanctl.xml` and `FieldTypes/IPsecProposalField.php` of github.com/opnsense/core: the elements
//! hold strongSwan proposals, with commas; `default` is what strongSwan's build supports. A hash beside a cipher that authenticates
//! is the PRF of the IKE SA, and nothing for ESP. The older elements are those of `phases.rs`.

use super::likeness::{Certainty, Likeness};
use super::pfsense::{ELEMENTS, extent, has};
use super::phases;
use super::phases::has_own_names;
use super::settings::{Settings, Stated, Written};
use super::strongswan;
use super::words::Word;
use super::xml::{Element, Source};
use super::{Expected, Hint, Notation, NotationError, NotationErrorKind, Unwritable};
use crate::proposal::profiles;
use crate::proposal::suite::Proposal;
use crate::proposal::{Dialect, NegotiationContext};
use crate::role::Role;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Proposals that are read of one element.
const PROPOSALS: usize = 255;

/// The lists of the model, and their entries: what was cut out may start with any.
const LISTS: [&str; 9] = ["Swanctl", "Connections", "Connection", "children", "child", "remotes", "remote", "proposals", "esp_proposals"];

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    let any = |names: &[&str]| names.iter().any(|name| has(text, name));
    if any(&["Swanctl", "Connections", "Connection", "child", "esp_proposals"]) && any(&["proposals", "esp_proposals"]) {
        let span = extent(text, &["Swanctl", "Connections", "Connection", "children", "child", "proposals", "esp_proposals"])?;
        return Some(Likeness { span, confidence: Certainty::Certain });
    }
    let own = any(&["opnsense", "OPNsense"]) || (has_own_names(text) && !any(&["pfsense", "encryption"]));
    if !(own && any(&["phase1", "phase2"])) {
        return None;
    }
    Some(Likeness { span: extent(text, &["ipsec", "phase1", "phase2"])?, confidence: Certainty::Certain })
}

pub(super) fn read(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    let at = text.len().saturating_sub(text.trim_start().len());
    let absent = NotationError { at, len: 0, kind: NotationErrorKind::Absent("a connection with proposals") };
    if let Some(source) = Source::find(text, &LISTS)? {
        let document = source.open()?;
        if let Some(settings) = connections(document.root(), hint)? {
            return Ok(settings);
        }
    }
    let source = Source::find(text, &ELEMENTS)?.ok_or(absent)?;
    let document = source.open()?;
    phases::read(document.root(), Notation::OpnSense)?.ok_or(absent)
}

fn is_on(entry: Element<'_>) -> bool {
    entry.text("enabled").is_none_or(|word| word.text != "0")
}

fn is_old(entry: Element<'_>) -> bool {
    entry.text("version").is_some_and(|word| word.text == "1")
}

fn called(entry: Element<'_>) -> String {
    let word = entry.text("description").or_else(|| entry.text("remote_addrs")).map(|word| word.text).or_else(|| entry.attribute("uuid"));
    let why = if !is_on(entry) {
        " (disabled)"
    } else if is_old(entry) {
        " (IKEv1)"
    } else {
        ""
    };
    word.map_or_else(|| String::from("one without a name"), |word| format!("{word:?}{why}"))
}

/// Entries of a list that belong to a connection; those that name none belong to any.
fn of_connection<'d>(root: Element<'d>, name: &'static str, uuid: Option<&'d str>) -> Vec<Element<'d>> {
    let own = |entry: &Element<'_>| match (entry.text("connection"), uuid) {
        (Some(word), Some(uuid)) => word.text == uuid,
        _ => true,
    };
    root.all().filter(|entry| entry.is(name)).filter(own).collect()
}

fn connections(root: Element<'_>, hint: Hint) -> Result<Option<Settings>, NotationError> {
    let entries: Vec<Element<'_>> = root.all().filter(|entry| entry.is("Connection")).collect();
    let chosen = entries.iter().find(|entry| is_on(**entry) && !is_old(**entry)).or_else(|| entries.first()).copied();
    let mut settings = Settings::new(Notation::OpnSense);
    let uuid = chosen.and_then(|entry| entry.attribute("uuid"));
    let loose = || root.all().find(|element| element.is("proposals"));
    if let Some(element) = chosen.map_or_else(loose, |entry| entry.child("proposals")) {
        settings.ike = proposals(element, NegotiationContext::IkeSaInit, hint, &mut settings)?;
    }
    if let Some(entry) = chosen {
        connection(entry, &mut settings)?;
    }
    let children = of_connection(root, "child", uuid);
    let child = children.iter().find(|child| is_on(**child)).or_else(|| children.first()).copied();
    let loose = || root.all().find(|element| element.is("esp_proposals"));
    if let Some(element) = child.map_or_else(loose, |child| child.child("esp_proposals")) {
        settings.esp = proposals(element, NegotiationContext::IkeAuth, hint, &mut settings)?;
    }
    if let Some(child) = child {
        settings.esp_lifetime = seconds(child.text("rekey_time"))?;
        if child.text("sha256_96").is_some_and(|word| word.text == "1") {
            settings.remark("sha256_96: HMAC-SHA-256 is truncated to 96 bits, as Linux once did.", Some(child.span()));
        }
    }
    let more = children.iter().filter(|other| child.is_none_or(|child| child.span() != other.span())).count();
    if more > 0 {
        let noun = if more == 1 { "1 further child" } else { &format!("{more} further children") };
        settings.remark(format!("The connection has {noun}; the first that is enabled is read."), None);
    }
    let remote = of_connection(root, "remote", uuid).into_iter().find_map(|remote| remote.text("id"));
    let address = chosen.and_then(|entry| entry.text("remote_addrs")).filter(|word| !matches!(word.text, "%any" | "0.0.0.0/0"));
    settings.remote_identity = remote.or(address).map(|word| Stated::at(String::from(word.text), word.span()));
    let others: Vec<String> = entries
        .iter()
        .filter(|entry| chosen.is_none_or(|chosen| chosen.span() != entry.span()))
        .map(|entry| called(*entry))
        .take(8)
        .collect();
    if !others.is_empty() {
        settings.remark(format!("There are other connections, which are not read here: {}.", others.join(", ")), None);
    }
    settings.pfs_of_proposals();
    Ok(Some(settings).filter(|settings| !settings.ike.is_empty() || !settings.esp.is_empty()))
}

fn connection(entry: Element<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    if !is_on(entry) {
        settings.remark("The connection is disabled.", Some(entry.span()));
    }
    if let Some(word) = entry.text("version") {
        if is_old(entry) {
            settings.remark("The connection is for IKEv1; its proposals are read as those of IKEv2.", Some(word.span()));
        } else if word.text == "0" {
            settings.remark("The connection is for IKEv1 and IKEv2.", Some(word.span()));
        }
    }
    settings.ike_lifetime = seconds(entry.text("rekey_time"))?;
    Ok(())
}

fn seconds(word: Option<Word<'_>>) -> Result<Option<Stated<u64>>, NotationError> {
    let read = |word: Word<'_>| {
        let number = word.text.parse().map_err(|_| word.error(NotationErrorKind::Unknown(Expected::Number)))?;
        Ok(Stated::at(number, word.span()))
    };
    word.map(read).transpose()
}

/// The proposals of an element, as strongSwan reads them.
fn proposals(
    element: Element<'_>,
    context: NegotiationContext,
    hint: Hint,
    settings: &mut Settings,
) -> Result<Vec<Stated<Proposal>>, NotationError> {
    let mut all = Vec::new();
    let list = element.value();
    if list.text.is_empty() || list.text == "default" {
        return Ok(defaults(list, context, hint, settings));
    }
    for word in list.split(&[',']) {
        if all.len() >= PROPOSALS {
            return Err(list.error(NotationErrorKind::Limit("255 proposals")));
        }
        if word.text == "default" {
            all.extend(defaults(word, context, hint, settings));
            continue;
        }
        let read = if context.is_ike() { strongswan::parse_ike(word.text) } else { child(word, settings) };
        let located = |error: NotationError| NotationError { at: error.at.saturating_add(word.at), ..error };
        all.extend(read.map_err(located)?.into_iter().map(|proposal| Stated::at(proposal, word.span())));
    }
    Ok(all)
}

/// An ESP proposal, in which a hash beside a cipher that authenticates is left out, as strongSwan does.
fn child(word: Word<'_>, settings: &mut Settings) -> Result<Vec<Proposal>, NotationError> {
    const HASHES: [&str; 5] = ["sha1", "sha256", "sha384", "sha512", "aesxcbc"];
    match strongswan::parse_esp(word.text) {
        Err(NotationError { kind: NotationErrorKind::IntegWithAead { .. }, .. }) => {
            let kept: Vec<&str> = word.text.split('-').filter(|part| !HASHES.contains(part)).collect();
            settings.remark("A hash beside a cipher that authenticates is nothing for ESP.", Some(word.span()));
            strongswan::parse_esp(&kept.join("-"))
        }
        read => read,
    }
}

/// What `default` stands for: the list of strongSwan's build.
fn defaults(word: Word<'_>, context: NegotiationContext, hint: Hint, settings: &mut Settings) -> Vec<Stated<Proposal>> {
    let name = if hint.dialect == Some(Dialect::StrongSwan5) { "strongswan5" } else { "strongswan6" };
    let Some(profile) = profiles::find_for(name, context, Role::Responder) else { return Vec::new() };
    settings.remark(format!("default is what strongSwan's build supports; taken to be {}.", profile.versions), Some(word.span()));
    profile.to_proposals().into_iter().map(|proposal| Stated::at(proposal, word.span())).collect()
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, clippy::string_slice, reason = "a test fails by panicking")]

    use super::super::settings::{Pfs, Settings};
    use super::super::{Hint, Notation, NotationErrorKind as Kind, detect, read, strongswan};
    use crate::registry::KeMethod;
    use alloc::format;
    use alloc::string::String;
    use alloc::vec::Vec;

    fn settings(text: &str) -> Settings {
        assert_eq!(detect(text).map(|found| found.notation), Some(Notation::OpnSense), "{text}");
        read(text, Hint::default()).unwrap_or_else(|error| panic!("{}", error.on(text)))
    }

    fn said(settings: &Settings) -> String {
        let list = |all: &[super::super::settings::Stated<_>]| {
            all.iter().map(|p| strongswan::emit(&p.value).unwrap()).collect::<Vec<_>>().join(",")
        };
        format!("{} {}", list(&settings.ike), list(&settings.esp))
    }

    fn connection(uuid: &str, enabled: u8, proposals: &str) -> String {
        format!(
            "<Connection uuid=\"{uuid}\"><enabled>{enabled}</enabled><proposals>{proposals}</proposals><version>2</version><rekey_time>14400</rekey_time><description>to {uuid}</description></Connection>\n"
        )
    }

    fn child(uuid: &str, connection: &str, proposals: &str) -> String {
        format!(
            "<child uuid=\"{uuid}\"><enabled>1</enabled><connection>{connection}</connection><esp_proposals>{proposals}</esp_proposals><rekey_time>3600</rekey_time></child>"
        )
    }

    #[test]
    fn connections_as_people_paste_them() {
        let (one, two) =
            (connection("a", 0, "aes128-sha1-modp1024"), connection("b", 1, "aes256gcm16-sha512-x25519, aes256-sha256-modp2048"));
        let children = format!("{}{}", child("c", "a", "aes128-sha1"), child("d", "b", "aes256gcm16-sha256-ecp521,aes256-sha512"));
        let remotes = "<remotes><remote uuid=\"e\"><connection>b</connection><id>fw.example.com</id></remote></remotes>";
        let inner = format!("<Connections>{one}{two}</Connections>\n<children>{children}</children>{remotes}");
        for text in [
            format!("<?xml version=\"1.0\"?><opnsense><OPNsense><Swanctl version=\"1.0.0\">{inner}</Swanctl></OPNsense></opnsense>"),
            format!("see below & tell me\n{inner}"),
            format!("<Swanctl>{inner}</Swanctl>").replace('<', "&lt;").replace('>', "&gt;"),
        ] {
            let read = settings(&text);
            assert_eq!(
                said(&read),
                "aes256gcm16-prfsha512-x25519,aes256-sha256-prfsha256-modp2048 aes256gcm16-ecp521,aes256-sha512",
                "{text}"
            );
            assert_eq!(read.pfs.as_ref().unwrap().value, Pfs::Groups([KeMethod::ECP_521].into()));
            assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value), (14400, 3600));
            assert_eq!(read.remote_identity.unwrap().value, "fw.example.com");
            let span = read.ike[1].span.unwrap();
            assert_eq!(text.get(span.at..span.at + span.len), Some("aes256-sha256-modp2048"));
            assert!(read.remarks.iter().any(|remark| remark.text.contains("\"to a\" (disabled)")), "{:?}", read.remarks);
        }
        assert_eq!(said(&settings(&child("c", "x", "aes256-sha512-modp4096"))), " aes256-sha512-modp4096");
    }

    #[test]
    fn default_is_the_list_of_strongswan() {
        let read = settings(&format!("<Swanctl>{}{}</Swanctl>", connection("a", 1, "default"), child("b", "a", "default")));
        assert_eq!((read.ike.len(), read.esp.len()), (2, 2));
        assert!(read.remarks.iter().any(|remark| remark.text.starts_with("default is")));
    }

    #[test]
    fn the_older_phases() {
        let text = "<opnsense><ipsec><phase1><ikeid>3</ikeid><iketype>ikev2</iketype><encryption-algorithm><name>aes</name><keylen>256</keylen>\
                    </encryption-algorithm><hash-algorithm>sha256,sha512</hash-algorithm><dhgroup>14,19</dhgroup><lifetime>28800</lifetime></phase1>\
                    <phase2><ikeid>3</ikeid><protocol>esp</protocol><encryption-algorithm-option><name>aes256</name></encryption-algorithm-option>\
                    <encryption-algorithm-option><name>aes128gcm16</name></encryption-algorithm-option>\
                    <hash-algorithm-option>hmac_sha256</hash-algorithm-option><pfsgroup>16</pfsgroup></phase2></ipsec></opnsense>";
        let meant = "aes256-sha256-prfsha256-modp2048,aes256-sha256-prfsha256-ecp256,aes256-sha512-prfsha512-modp2048,aes256-sha512-prfsha512-ecp256 \
                     aes256-sha256-modp4096,aes128gcm16-modp4096";
        assert_eq!(said(&settings(text)), meant);
        let part = text.replace("<opnsense><ipsec>", "").replace("</ipsec></opnsense>", "");
        assert_eq!(said(&settings(&part)), meant);
    }

    #[test]
    fn faults_have_their_place() {
        let text = connection("a", 1, "aes256-sha256-modp2048,aes256-sha265-modp2048");
        let error = read(&text, Hint::default()).unwrap_err().error;
        assert_eq!(text.get(error.at..error.at + error.len), Some("sha265"));
        let text = connection("a", 1, "aes256-sha256");
        assert!(matches!(read(&text, Hint::default()).unwrap_err().error.kind, Kind::Missing { .. }));
    }
}
