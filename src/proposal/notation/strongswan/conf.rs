//! ipsec.conf of strongSwan (ipsec.conf(5), read by starter and the stroke plugin), and its settings without a section.

use super::lists;
use crate::proposal::notation::assignments::{listed, seconds, switch};
use crate::proposal::notation::ipsec_conf::{Conf, Conn, Effective};
use crate::proposal::notation::settings::{Settings, Stated};
use crate::proposal::notation::words::Word;
use crate::proposal::notation::{Expected, Hint, Notation, NotationError, NotationErrorKind};
use crate::registry::SecurityProtocol;
use alloc::format;
use alloc::string::String;

/// Connections that are looked through for one with proposals.
const MOST: usize = 16;

/// The connection that is read, and what counts for it.
pub(in crate::proposal::notation) fn chosen<'c, 'a>(conf: &'c Conf<'a>, keys: &[&str]) -> Option<(&'c Conn<'a>, Effective<'a>)> {
    let with = |(_, all): &(&Conn<'a>, Effective<'a>)| all.find(keys).is_some();
    let each = || conf.own().map(|conn| (conn, conf.of(conn)));
    each().take(MOST).find(with).or_else(|| each().next())
}

/// The others, the sections that are missing, and the files that are included, in remarks.
pub(in crate::proposal::notation) fn left_out(conf: &Conf<'_>, chosen: Option<&(&Conn<'_>, Effective<'_>)>, into: &mut Settings) {
    let at = chosen.map(|(conn, _)| conn.name.at);
    let names = || conf.own().filter(|conn| Some(conn.name.at) != at).map(|conn| conn.name.text);
    match names().count() {
        0 => {}
        1 => into.remark(format!("Another connection stands in the text, which is not read here: {}.", listed(names())), None),
        _ => into.remark(format!("Other connections stand in the text, which are not read here: {}.", listed(names())), None),
    }
    for also in chosen.iter().flat_map(|(_, all)| &all.missing) {
        let name = listed(core::iter::once(also.text));
        into.remark(format!("The section {name}, which also= names, does not stand in the text."), Some(also.span()));
    }
    for path in &conf.includes {
        into.remark(format!("What stands in {} is not read here.", listed(core::iter::once(path.text))), Some(path.span()));
    }
}

fn duration(all: &Effective<'_>, keys: &[&str]) -> Result<Option<Stated<u64>>, NotationError> {
    let Some(setting) = all.find(keys) else { return Ok(None) };
    let kind = NotationErrorKind::Name { expected: "a duration, as 3600s, 60m, 8h or 1d", meant: None };
    let value = seconds(setting.value.text).ok_or_else(|| setting.value.error(kind))?;
    Ok(Some(Stated::at(value, setting.value.span())))
}

pub(super) fn read(text: &str, hint: Hint) -> Result<Settings, NotationError> {
    let conf = Conf::parse(text);
    let mut settings = Settings::new(Notation::StrongSwan);
    let into = &mut settings;
    let found = chosen(&conf, &["ike", "esp", "ah"]);
    let all = found.as_ref().map_or_else(|| Effective::loose(&conf.loose), |(_, all)| all.clone());
    let is_conn = found.is_some();
    let mut open = None;
    for (key, protocol) in [("ike", SecurityProtocol::IKE), ("esp", SecurityProtocol::ESP), ("ah", SecurityProtocol::AH)] {
        match all.find(&[key]) {
            Some(setting) => {
                lists::list(protocol, setting.value, hint, into)?;
                if !setting.value.text.trim_end().ends_with('!') {
                    open = Some(setting.value.span());
                }
            }
            None if is_conn && protocol == SecurityProtocol::IKE => lists::default(protocol, None, hint, into)?,
            None if is_conn && protocol == SecurityProtocol::ESP && all.find(&["ah"]).is_none() => {
                lists::default(protocol, None, hint, into)?;
            }
            None => {}
        }
    }
    if into.ike.is_empty() && into.esp.is_empty() {
        return Err(Word::whole(text).front(0).error(NotationErrorKind::Empty(Expected::Proposal)));
    }
    if let (true, Some(span)) = (is_conn, open) {
        let text = "In ipsec.conf, a list without ! at its end goes on with the default proposals, which are not counted here.";
        into.remark(text, Some(span));
    }
    into.ike_lifetime = duration(&all, &["ikelifetime"])?;
    into.esp_lifetime = duration(&all, &["lifetime", "keylife"])?;
    if let Some(setting) = all.find(&["lifebytes"]) {
        into.esp_octets =
            setting.value.text.parse().ok().filter(|octets| *octets > 0).map(|octets| Stated::at(octets, setting.value.span()));
    }
    if let Some(setting) = all.find(&["fragmentation"]) {
        into.fragmentation = switch(setting.value.text).map(|on| Stated::at(on, setting.value.span()));
    }
    if let Some(setting) = all.find(&["rightid"]) {
        into.remote_identity = Some(Stated::at(String::from(setting.value.text), setting.value.span()));
    }
    if let Some(setting) = all.find(&["keyexchange"]).filter(|setting| setting.value.text.eq_ignore_ascii_case("ikev1")) {
        into.remark("With keyexchange=ikev1 the connection is one of IKEv1.", Some(setting.value.span()));
    }
    if let Some(setting) = all.find(&["rekey"]).filter(|setting| switch(setting.value.text) == Some(false)) {
        into.remark("With rekey=no this side does not begin to rekey.", Some(setting.value.span()));
    }
    left_out(&conf, found.as_ref(), into);
    into.pfs_of_proposals();
    Ok(settings)
}
