//! pfSense: the element `ipsec` of config.xml, whole or in part.
//!
//! `phase1` and `phase2` are those of `phases.rs`; `ikeid` joins them. The phases 2 of one phase 1 are one child of strongSwan, whose
//! proposals are those of all.

use super::likeness::{Certainty, Likeness};
use super::phases;
use super::settings::{Settings, Written};
use super::span::Span;
use super::xml::Source;
use super::{Hint, Notation, NotationError, NotationErrorKind, Unwritable};

/// The elements that are looked for; the outermost of them are taken.
pub(super) const ELEMENTS: [&str; 3] = ["ipsec", "phase1", "phase2"];

/// Where an element of this name starts, plain or escaped, from `from` on.
fn start(text: &str, name: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let found = at.saturating_add(text.get(at..)?.find(name)?);
        let (head, tail) = (text.get(..found)?, text.get(found.saturating_add(name.len())..)?);
        let sign = ["<", "&lt;"].into_iter().find(|sign| head.ends_with(sign));
        if let Some(sign) = sign.filter(|_| tail.starts_with(|c: char| matches!(c, '>' | '/' | '&') || c.is_whitespace())) {
            return Some(found.saturating_sub(sign.len()));
        }
        at = found.saturating_add(name.len());
    }
}

/// Whether there is an element of this name.
pub(super) fn has(text: &str, name: &str) -> bool {
    start(text, name, 0).is_some()
}

/// From the first element of these names to the end of the last.
pub(super) fn extent(text: &str, names: &[&str]) -> Option<Span> {
    let at = names.iter().filter_map(|name| start(text, name, 0)).min()?;
    let ends = names.iter().filter_map(|name| {
        let found = text.rfind(name)?.saturating_add(name.len());
        let close = ["&gt;", ">"].into_iter().find(|sign| text.get(found..).is_some_and(|tail| tail.starts_with(sign)));
        Some(found.saturating_add(close.map_or(0, str::len)))
    });
    let end = ends.max().unwrap_or(text.len());
    Some(Span { at, len: end.saturating_sub(at) })
}

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    if !(has(text, "phase1") || has(text, "phase2")) || has(text, "opnsense") || has(text, "OPNsense") {
        return None;
    }
    let own = has(text, "pfsense") || has(text, "encryption") || !phases::has_own_names(text);
    let confidence = if own { Certainty::Certain } else { Certainty::Likely };
    let span = extent(text, &["ipsec", "phase1", "phase2"])?;
    Some(Likeness { span, confidence })
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let at = text.len().saturating_sub(text.trim_start().len());
    let absent = NotationError { at, len: 0, kind: NotationErrorKind::Absent("a proposal in phase1 or phase2") };
    let source = Source::find(text, &ELEMENTS)?.ok_or(absent)?;
    let document = source.open()?;
    phases::read(document.root(), Notation::PfSense)?.ok_or(absent)
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, clippy::string_slice, reason = "a test fails by panicking")]

    use super::super::settings::{Pfs, Settings};
    use super::super::{Hint, Notation, NotationErrorKind as Kind, detect, read, strongswan};
    use alloc::format;
    use alloc::string::{String, ToString};
    use alloc::vec::Vec;

    fn settings(text: &str) -> Settings {
        assert_eq!(detect(text).map(|found| found.notation), Some(Notation::PfSense), "{text}");
        read(text, Hint::default()).unwrap_or_else(|error| panic!("{}", error.on(text)))
    }

    fn said(settings: &Settings) -> String {
        let list = |all: &[super::super::settings::Stated<_>]| {
            all.iter().map(|p| strongswan::emit(&p.value).unwrap()).collect::<Vec<_>>().join(",")
        };
        format!("{} {}", list(&settings.ike), list(&settings.esp))
    }

    fn phase1(id: u8, more: &str, items: &[(&str, &str, &str, u8)]) -> String {
        let item = |(name, keylen, hash, group): &(&str, &str, &str, u8)| {
            format!(
                "<item>\n<encryption-algorithm>\n<name>{name}</name>\n<keylen>{keylen}</keylen></encryption-algorithm>\
                 <hash-algorithm>{hash}</hash-algorithm><prf-algorithm>sha256</prf-algorithm><dhgroup>{group}</dhgroup></item>"
            )
        };
        let items: String = items.iter().map(item).collect();
        format!("<phase1>\n<ikeid>{id}</ikeid><iketype>ikev2</iketype>{more}<encryption>{items}</encryption></phase1>\n")
    }

    fn phase2(id: u8, ciphers: &[(&str, &str)], hashes: &[&str], more: &str) -> String {
        let cipher = |(name, keylen): &(&str, &str)| {
            format!("<encryption-algorithm-option><name>{name}</name><keylen>{keylen}</keylen></encryption-algorithm-option>")
        };
        let ciphers: String = ciphers.iter().map(cipher).collect();
        let hashes: String = hashes.iter().map(|hash| format!("<hash-algorithm-option>{hash}</hash-algorithm-option>")).collect();
        format!("<phase2><ikeid>{id}</ikeid><protocol>esp</protocol>{ciphers}{hashes}{more}</phase2>\n")
    }

    #[test]
    fn configurations_as_people_paste_them() {
        let one = phase1(
            1,
            "<remote-gateway>203.0.113.5</remote-gateway><lifetime>28800</lifetime>",
            &[("aes", "256", "sha512", 20), ("aes256gcm", "96", "sha384", 31)],
        );
        let child = phase2(
            1,
            &[("aes", "128"), ("aes128gcm", "128")],
            &["hmac_sha1", "hmac_sha256"],
            "<pfsgroup>0</pfsgroup><lifetime>3600</lifetime>",
        );
        let meant = "aes256-sha512-prfsha512-ecp384,aes256gcm12-prfsha384-x25519 aes128gcm16,aes128-sha1,aes128-sha256";
        for text in [
            format!("<?xml version=\"1.0\"?>\n<pfsense><version>22.9</version><ipsec>{one}{child}</ipsec></pfsense>"),
            format!("My config & more:\n\n{one}{child}\nThanks <3"),
            format!("<ipsec>{one}{child}</ipsec>").replace('<', "&lt;").replace('>', "&gt;"),
        ] {
            let read = settings(&text);
            assert_eq!(said(&read), meant, "{text}");
            assert_eq!(read.pfs.as_ref().unwrap().value, Pfs::None);
            assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value), (28800, 3600));
            assert_eq!(read.remote_identity.unwrap().value, "203.0.113.5");
            let span = read.ike[0].span.unwrap();
            assert!(text.get(span.at..span.at + span.len).unwrap().contains("sha512"));
        }
    }

    #[test]
    fn phases_are_joined_and_disabled_ones_left_out() {
        let cipher = [("aes", "256", "sha256", 14)];
        let text = [
            phase1(1, "<disabled></disabled><descr><![CDATA[old]]></descr>", &cipher),
            phase1(2, "<descr>HQ</descr>", &[("aes", "128", "sha1", 2)]),
            phase1(3, "", &cipher),
            phase2(1, &[("3des", "")], &["hmac_md5"], ""),
            phase2(2, &[("aes", "auto")], &["hmac_sha256"], "<pfsgroup>19</pfsgroup>"),
            phase2(2, &[("blowfish", "128")], &["hmac_sha256"], "<disabled/>"),
            phase2(2, &[("aes", "256")], &["hmac_sha256", "aesxcbc"], "<pfsgroup>19</pfsgroup>"),
        ];
        let read = settings(&format!("<ipsec>{}</ipsec>", text.concat()));
        let meant = "aes128-sha1-prfsha1-modp1024 aes256-sha256-ecp256,aes192-sha256-ecp256,aes128-sha256-ecp256,aes256-aesxcbc-ecp256";
        assert_eq!(said(&read), meant);
        assert!(
            read.remarks.iter().any(|remark| remark.text.contains("\"old\" (disabled)") && remark.text.contains("\"3\"")),
            "{:?}",
            read.remarks
        );
    }

    #[test]
    fn the_prf_counts_where_it_may_be_selected() {
        let item = [("aes", "256", "sha512", 14)];
        assert_eq!(said(&settings(&phase1(1, "<prfselect_enable>yes</prfselect_enable>", &item))), "aes256-sha512-prfsha256-modp2048 ");
        let read = settings(&phase1(1, "", &item));
        assert_eq!(said(&read), "aes256-sha512-prfsha512-modp2048 ");
        assert!(read.remarks.iter().any(|remark| remark.text.contains("prfselect_enable")));
        let gcm = [("aes256gcm", "128", "sha512", 19)];
        assert_eq!(said(&settings(&phase1(1, "<prfselect_enable>yes</prfselect_enable>", &gcm))), "aes256gcm16-prfsha256-ecp256 ");
    }

    #[test]
    fn faults_have_their_place() {
        let fault = |text: &str| {
            let error = read(text, Hint::default()).unwrap_err().error;
            (text.get(error.at..error.at + error.len).unwrap().to_string(), error.kind)
        };
        assert_eq!(fault(&phase1(1, "", &[("aes265", "256", "sha256", 14)])).0, "aes265");
        assert!(matches!(fault(&phase1(1, "", &[("aes", "256", "sha265", 14)])).1, Kind::Name { meant: Some("sha256"), .. }));
        assert_eq!(fault(&phase1(1, "", &[("aes", "512", "sha256", 14)])).0, "512");
        assert_eq!(fault(&phase1(1, "", &[("aes", "256", "sha256", 99)])).0, "99");
        assert!(matches!(fault("<ipsec><phase1></phase1></ipsec>").1, Kind::Absent(_)));
    }
}
