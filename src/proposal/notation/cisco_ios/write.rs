//! Settings as IKEv2 proposals, a policy, transform sets and an IPsec profile.

use super::names::{ENCRYPTION, GROUPS, INTEGRITY, PIECES, PQC, PRF, Piece};
use crate::proposal::Proposal;
use crate::proposal::notation::Unwritable;
use crate::proposal::notation::assemble::NO_ESN;
use crate::proposal::notation::settings::{Pfs, Settings, Written};
use crate::proposal::notation::strongswan::prf_of;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::net::IpAddr;

/// Transform sets that one IPsec profile names.
const MOST_SETS: usize = 6;

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    let mut writer = Writer { settings, text: String::new(), remarks: Vec::new() };
    let proposals = writer.proposals();
    writer.profile(proposals > 0);
    let sets = writer.sets();
    if proposals == 0 && sets.is_empty() {
        return Err(Unwritable::Nothing);
    }
    writer.protection(&sets);
    if settings.tunnel_type.is_some() {
        writer.remarks.push("IOS has no tunnel type.".into());
    }
    Ok(Written { text: writer.text, remarks: writer.remarks })
}

struct Writer<'s> {
    settings: &'s Settings,
    text: String,
    remarks: Vec<String>,
}

impl Writer<'_> {
    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// How many.
    fn proposals(&mut self) -> usize {
        let mut names = Vec::new();
        for (index, proposal) in self.settings.ike.iter().enumerate() {
            let number = index.saturating_add(1);
            if let Some(lines) = self.proposal(&proposal.value, number) {
                let name = format!("PROPOSAL-{number}");
                self.line(&format!("crypto ikev2 proposal {name}"));
                lines.iter().for_each(|line| self.line(&format!(" {line}")));
                self.line("!");
                names.push(name);
            } else {
                self.remarks.push(format!("IKE proposal {number} is left out."));
            }
        }
        if !names.is_empty() {
            self.line("crypto ikev2 policy POLICY");
            names.iter().for_each(|name| self.line(&format!(" proposal {name}")));
            self.line("!");
        }
        names.len()
    }

    /// The lines of a proposal; nothing where too little of it can be said.
    fn proposal(&mut self, proposal: &Proposal, number: usize) -> Option<Vec<String>> {
        let mut said: Vec<Transform> = Vec::new();
        let mut names = |ty, name: &dyn Fn(Transform) -> Option<String>| {
            let own = proposal.of_type(ty).filter(|t| !(t.ty == TransformType::INTEG && t.is_none()));
            let found: Vec<(Transform, String)> = own.filter_map(|t| name(t).map(|text| (t, text))).collect();
            said.extend(found.iter().map(|(t, _)| *t));
            found.into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        };
        let encr = names(TransformType::ENCR, &|t| ENCRYPTION.name(|known| *known == t).map(ToString::to_string));
        let integ = names(TransformType::INTEG, &|t| INTEGRITY.name(|known| known.0 == t.id.0).map(ToString::to_string));
        let prf = names(TransformType::PRF, &|t| PRF.name(|known| known.0 == t.id.0).map(ToString::to_string));
        let groups = names(TransformType::KE, &|t| GROUPS.contains(&t.id.0).then(|| t.id.0.to_string()));
        let additional = names(TransformType::ADDKE1, &|t| {
            if t.is_none() { Some("optional".into()) } else { PQC.name(|known| known.0 == t.id.0).map(ToString::to_string) }
        });
        let lost: Vec<Transform> = proposal.transforms.iter().copied().filter(|t| !said.contains(t)).collect();
        lost.iter().for_each(|t| self.remarks.push(format!("IOS cannot say {t} of IKE proposal {number}.")));
        let own = |ty| said.iter().copied().filter(move |t: &Transform| t.ty == ty);
        let aead = own(TransformType::ENCR).all(|t| t.is_aead());
        if encr.is_empty() || groups.is_empty() || prf.is_empty() || !aead && integ.is_empty() {
            return None;
        }
        let derived: Vec<Prf> = own(TransformType::INTEG).filter_map(|t| prf_of(Integ(t.id.0))).collect();
        let implied = !aead && derived == own(TransformType::PRF).map(|t| Prf(t.id.0)).collect::<Vec<_>>();
        let mut lines = Vec::from([format!("encryption {}", encr.join(" "))]);
        if !integ.is_empty() {
            lines.push(format!("integrity {}", integ.join(" ")));
        }
        if !implied {
            lines.push(format!("prf {}", prf.join(" ")));
        }
        lines.push(format!("group {}", groups.join(" ")));
        if !additional.is_empty() {
            lines.push(format!("pqc {}", additional.join(" ")));
        }
        Some(lines)
    }

    /// The IKEv2 profile: identity and lifetime.
    fn profile(&mut self, has_proposals: bool) {
        let settings = self.settings;
        match settings.fragmentation.map(|on| on.value) {
            Some(true) => self.line("crypto ikev2 fragmentation\n!"),
            Some(false) => self.line("no crypto ikev2 fragmentation\n!"),
            None => {}
        }
        if !has_proposals {
            // A profile without a proposal would stand for the default proposal of IOS.
            if self.has_profile() {
                self.remarks.push("Identity and lifetime of the IKE SA are not written: there is no IKE proposal for them.".into());
            }
            return;
        }
        let mut lines = Vec::new();
        if let Some(identity) = &settings.remote_identity {
            let value = identity.value.as_str();
            let odd = value.is_empty()
                || value.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '\u{201c}' | '\u{2018}'));
            if odd || value.ends_with("/32") || value.ends_with("/128") || value.eq_ignore_ascii_case("domain") {
                self.remarks.push("The identity of the other side has a form that is not written in a profile.".into());
            } else {
                lines.push(match value.parse() {
                    Ok(IpAddr::V4(_)) => format!("match identity remote address {value} 255.255.255.255"),
                    Ok(IpAddr::V6(_)) => format!("match identity remote address {value}/128"),
                    Err(_) if value.contains('@') => format!("match identity remote email {value}"),
                    Err(_) => format!("match identity remote fqdn {value}"),
                });
            }
        }
        lines.extend(settings.ike_lifetime.map(|lifetime| format!("lifetime {}", lifetime.value)));
        if !lines.is_empty() {
            self.line("crypto ikev2 profile PROFILE");
            lines.iter().for_each(|line| self.line(&format!(" {line}")));
            self.line("!");
        }
    }

    const fn has_profile(&self) -> bool {
        self.settings.remote_identity.is_some() || self.settings.ike_lifetime.is_some()
    }

    /// The names of the transform sets written.
    fn sets(&mut self) -> Vec<String> {
        let mut names = Vec::new();
        for (index, proposal) in self.settings.esp.iter().enumerate() {
            let number = index.saturating_add(1);
            let proposal = &proposal.value;
            let (sets, said) = transform_sets(proposal);
            let elsewhere = |t: &Transform| t.ty == TransformType::KE || t.ty == TransformType::SN;
            for lost in proposal.transforms.iter().filter(|t| !elsewhere(t) && !said.contains(t)) {
                self.remarks.push(format!("IOS cannot say {lost} of ESP proposal {number}."));
            }
            let sn: Vec<SequenceNumbers> = proposal.of_type(TransformType::SN).map(|t| SequenceNumbers(t.id.0)).collect();
            if sn != NO_ESN {
                self.remarks.push(format!("IOS has 32-bit sequence numbers alone, and ESP proposal {number} says something else."));
            }
            let free = MOST_SETS.saturating_sub(names.len());
            if sets.is_empty() || sets.len() > free {
                let why = if sets.is_empty() { "IOS has no transform for it" } else { "a profile names six transform sets at most" };
                self.remarks.push(format!("ESP proposal {number} is left out, or a part of it: {why}."));
            } else if sets.len() > 1 {
                self.remarks.push(format!("ESP proposal {number} lists several values: it is written as {} transform sets.", sets.len()));
            }
            for pieces in sets.into_iter().take(free) {
                let name = format!("SET-{}", names.len().saturating_add(1));
                self.line(&format!("crypto ipsec transform-set {name} {pieces}\n mode tunnel\n!"));
                names.push(name);
            }
        }
        names
    }

    fn protection(&mut self, sets: &[String]) {
        let settings = self.settings;
        if sets.is_empty() {
            if settings.pfs.is_some() || settings.esp_lifetime.is_some() || settings.esp_octets.is_some() {
                self.remarks.push("PFS and lifetimes of Child SAs are not written: there is no transform set for them.".into());
            }
            return;
        }
        self.line("crypto ipsec profile IPSEC");
        self.line(&format!(" set transform-set {}", sets.join(" ")));
        if let Some(group) = self.pfs_group() {
            self.line(&format!(" set pfs group{}", group.0));
        }
        if self.text.contains("crypto ikev2 profile PROFILE") {
            self.line(" set ikev2-profile PROFILE");
        }
        if let Some(lifetime) = settings.esp_lifetime {
            self.line(&format!(" set security-association lifetime seconds {}", lifetime.value));
        }
        if let Some(octets) = settings.esp_octets {
            if octets.value % 1024 != 0 {
                self.remarks.push("The lifetime in octets is rounded up to units of 1024.".into());
            }
            self.line(&format!(" set security-association lifetime kilobytes {}", octets.value.div_ceil(1024)));
        }
        self.line("!");
    }

    fn pfs_group(&mut self) -> Option<KeMethod> {
        let settings = self.settings;
        let of = |proposals: &[super::super::settings::Stated<Proposal>]| -> Vec<KeMethod> {
            let all = proposals.iter().flat_map(|proposal| proposal.value.of_type(TransformType::KE));
            all.map(|t| KeMethod(t.id.0)).collect()
        };
        let groups = match settings.pfs.as_ref().map(|pfs| &pfs.value) {
            Some(Pfs::None) => return None,
            Some(Pfs::Groups(groups)) => groups.clone(),
            Some(Pfs::IkeGroup) => {
                self.remarks.push(
                    "IOS does not say that PFS takes the group of the IKE SA: the first group of the IKE proposals is written.".into(),
                );
                of(&settings.ike)
            }
            None => {
                self.remarks.push("The settings do not say whether Child SAs have PFS; without a group IOS does without it.".into());
                of(&settings.esp)
            }
        };
        let known = groups.iter().copied().find(|group| GROUPS.contains(&group.0));
        if groups.len() > 1 || known != groups.first().copied() {
            self.remarks.push("IOS has one group for PFS: the others are left out.".into());
        }
        if settings.esp.iter().any(|esp| esp.value.of_type(TransformType::KE).map(|t| KeMethod(t.id.0)).collect::<Vec<_>>() != groups) {
            self.remarks.push("IOS has one PFS rule for all ESP proposals, and they have several.".into());
        }
        known
    }
}

/// A transform set for each cipher with each integrity algorithm, and what of the proposal they say.
fn transform_sets(proposal: &Proposal) -> (Vec<String>, Vec<Transform>) {
    let integ: Vec<Transform> = proposal.of_type(TransformType::INTEG).filter(|t| !t.is_none()).collect();
    let piece = |is: &dyn Fn(Piece) -> bool| PIECES.name(|piece| is(*piece));
    let (mut sets, mut said) = (Vec::new(), Vec::new());
    if proposal.protocol == SecurityProtocol::AH {
        for t in &integ {
            if let Some(name) = piece(&|piece| piece == Piece::Ah(Integ(t.id.0))) {
                sets.push(name.to_string());
                said.push(*t);
            }
        }
        return (sets, said);
    }
    for encr in proposal.of_type(TransformType::ENCR) {
        let id = Encr(encr.id.0);
        let cipher = match encr.key_bits {
            Some(bits @ (128 | 192 | 256)) => piece(&|piece| piece == Piece::Sized(id)).map(|name| format!("{name} {bits}")),
            Some(_) => None,
            None => piece(&|piece| piece == Piece::Fixed(id)).map(ToString::to_string),
        };
        let Some(cipher) = cipher else { continue };
        let alone = encr.is_aead() || id == Encr::ENCR_NULL_AUTH_AES_GMAC || integ.is_empty();
        if alone {
            said.push(encr);
            sets.push(cipher);
            continue;
        }
        for t in &integ {
            if let Some(name) = piece(&|piece| piece == Piece::Integrity(Integ(t.id.0))) {
                sets.push(format!("{cipher} {name}"));
                said.extend([encr, *t]);
            }
        }
    }
    (sets, said)
}
