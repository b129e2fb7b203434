//! ipsec.conf of libreswan (ipsec.conf(5) of 4.10 and 5.2), and its settings without a section.

use super::Release;
use super::lists::{self, Sizes};
use crate::proposal::notation::assignments::{seconds, switch};
use crate::proposal::notation::ipsec_conf::{Conf, Effective, Setting};
use crate::proposal::notation::settings::{Pfs, Settings, Stated};
use crate::proposal::notation::strongswan::conf::{chosen, left_out};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, Hint, Notation, NotationError, NotationErrorKind};
use crate::registry::{SecurityProtocol, TransformType};
use alloc::string::String;

/// Names of the list of proposals of a Child SA: the present one, and older ones.
const CHILD: &[&str] = &["esp", "phase2alg", "ah"];

fn duration(all: &Effective<'_>, keys: &[&str]) -> Result<Option<Stated<u64>>, NotationError> {
    let Some(setting) = all.find(keys) else { return Ok(None) };
    let kind = NotationErrorKind::Name { expected: "a duration, as 3600s, 60m, 8h or 1d", meant: None };
    let value = seconds(setting.value.text).ok_or_else(|| setting.value.error(kind))?;
    Ok(Some(Stated::at(value, setting.value.span())))
}

/// Octets as `ipsec-max-bytes` has them: `1GiB`, `512M`, `1000`.
fn octets(setting: Setting<'_>) -> Option<Stated<u64>> {
    let text = setting.value.text;
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let count: u64 = digits.parse().ok()?;
    let unit = text.get(digits.len()..)?.to_ascii_lowercase();
    let power = match unit.trim_end_matches('b').trim_end_matches('i') {
        "" => 0,
        "k" => 10,
        "m" => 20,
        "g" => 30,
        "t" => 40,
        _ => return None,
    };
    count.checked_mul(1_u64 << power).map(|octets| Stated::at(octets, setting.value.span()))
}

/// The sequence number sizes that `esn=` allows.
fn sizes(all: &Effective<'_>) -> Sizes {
    match all.find(&["esn"]).map(|setting| setting.value.text.to_ascii_lowercase()).as_deref() {
        Some("yes") => Sizes::Wide,
        Some("no") => Sizes::Narrow,
        _ => Sizes::Either,
    }
}

/// What the text is written for: that of the hint, else libreswan 5 where only its grammar has what stands there.
fn release(hint: Hint, all: &Effective<'_>) -> Release {
    let listed = ["ike", "esp", "phase2alg", "ah"].into_iter().filter_map(|key| all.find(&[key]));
    let newer = all.find(&["keyexchange", "intermediate", "ipsec-interface"]).is_some();
    lists::release(hint, newer || listed.map(|setting| setting.value.text).any(lists::is_of_5))
}

/// PFS by the setting `pfs`, and by the groups that the proposals name.
fn pfs(all: &Effective<'_>, is_conn: bool, into: &mut Settings) {
    let stated = all.find(&["pfs"]);
    let on = stated.and_then(|setting| switch(setting.value.text));
    let span = stated.map(|setting| setting.value.span());
    let grouped = into.esp.iter().any(|esp| esp.value.of_type(TransformType::KE).next().is_some());
    match (on, grouped) {
        (Some(false), _) => {
            if grouped {
                into.remark("With pfs=no the groups of esp= do not count.", span);
            }
            into.set_pfs(Stated { value: Pfs::None, span });
        }
        (_, true) => {
            into.pfs_of_proposals();
            if let (Some(pfs), Some(_)) = (&mut into.pfs, span) {
                pfs.span = span;
            }
        }
        (Some(true), false) => into.pfs = Some(Stated { value: Pfs::IkeGroup, span }),
        // pfs=yes is what libreswan assumes.
        (None, false) if is_conn => into.pfs = Some(Stated::assumed(Pfs::IkeGroup)),
        (None, false) => {}
    }
}

pub(super) fn read(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    let conf = Conf::parse(text);
    let mut settings = Settings::new(Notation::Libreswan);
    let into = &mut settings;
    let found = chosen(&conf, &["ike", "esp", "phase2alg", "ah"]);
    let all = found.as_ref().map_or_else(|| Effective::loose(&conf.loose), |(_, all)| all.clone());
    let is_conn = found.is_some();
    let release = release(hint, &all);
    let sizes = sizes(&all);
    match all.find(&["ike"]) {
        Some(setting) => lists::list(SecurityProtocol::IKE, setting.value, release, sizes, into)?,
        None if is_conn => lists::default(SecurityProtocol::IKE, release, sizes, into)?,
        None => {}
    }
    let is_ah = all.find(&["phase2"]).is_some_and(|setting| setting.value.text.eq_ignore_ascii_case("ah"));
    match all.find(CHILD) {
        Some(setting) => {
            let ah = is_ah || setting.key.text.eq_ignore_ascii_case("ah");
            let protocol = if ah { SecurityProtocol::AH } else { SecurityProtocol::ESP };
            lists::list(protocol, setting.value, release, sizes, into)?;
        }
        None if is_conn => {
            let protocol = if is_ah { SecurityProtocol::AH } else { SecurityProtocol::ESP };
            lists::default(protocol, release, sizes, into)?;
        }
        None => {}
    }
    if into.ike.is_empty() && into.esp.is_empty() {
        return Err(Word::whole(text).front(0).error(NotationErrorKind::Empty(Expected::Proposal)));
    }
    pfs(&all, is_conn, into);
    lists::check_groups(into);
    into.ike_lifetime = duration(&all, &["ikelifetime"])?;
    into.esp_lifetime = duration(&all, &["salifetime", "keylife", "lifetime"])?;
    into.esp_octets = all.find(&["ipsec-max-bytes"]).and_then(octets);
    if let Some(setting) = all.find(&["fragmentation"]) {
        into.fragmentation = switch(setting.value.text).map(|on| Stated::at(on, setting.value.span()));
    }
    if let Some(setting) = all.find(&["rightid"]) {
        into.remote_identity = Some(Stated::at(String::from(setting.value.text), setting.value.span()));
    }
    older(&all, into);
    left_out(&conf, found.as_ref(), into);
    Ok(settings)
}

/// IKEv1, in the words of either release.
fn older(all: &Effective<'_>, into: &mut Settings) {
    let ikev2 = all.find(&["ikev2"]).filter(|setting| matches!(setting.value.text, "no" | "never"));
    let keyexchange = all.find(&["keyexchange"]).filter(|setting| setting.value.text.eq_ignore_ascii_case("ikev1"));
    if let Some(setting) = ikev2.or(keyexchange) {
        into.remark("The connection is one of IKEv1.", Some(setting.value.span()));
    }
}
