//! Settings as the blocks of phase 1 and phase 2.

use super::names::{GROUPS, PROPOSALS, Phase, Suite};
use crate::proposal::Proposal;
use crate::proposal::notation::Unwritable;
use crate::proposal::notation::assemble::add;
use crate::proposal::notation::settings::{Pfs, Settings, Stated, Written};
use crate::proposal::notation::strongswan::prf_of;
use crate::registry::{Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    let mut writer = Writer { settings, remarks: Vec::new() };
    let one = writer.phase_1();
    let two = writer.phase_2(one.is_some());
    if one.is_none() && two.is_none() {
        return Err(Unwritable::Nothing);
    }
    if settings.tunnel_type.is_some() {
        writer.remarks.push("FortiOS has no tunnel type.".into());
    }
    let blocks = [(one, "phase1-interface"), (two, "phase2-interface")];
    let mut text = String::new();
    for (lines, block) in blocks.into_iter().filter_map(|(lines, block)| lines.map(|lines| (lines, block))) {
        text.push_str(&format!("config vpn ipsec {block}\n    edit \"vpn\"\n"));
        lines.iter().for_each(|line| text.push_str(&format!("        set {line}\n")));
        text.push_str("    next\nend\n");
    }
    Ok(Written { text, remarks: writer.remarks })
}

struct Writer<'s> {
    settings: &'s Settings,
    remarks: Vec<String>,
}

impl Writer<'_> {
    fn phase_1(&mut self) -> Option<Vec<String>> {
        let settings = self.settings;
        let words = self.words(&settings.ike, "IKE", ike_words);
        if words.is_empty() {
            self.lost_with_phase_1();
            return None;
        }
        let ke = self.key_exchanges(&settings.ike, "IKE");
        if !ke.iter().any(|t| t.ty == TransformType::KE && !t.is_none()) {
            self.remarks.push("The IKE proposals have no group that FortiOS has, and are left out.".into());
            self.lost_with_phase_1();
            return None;
        }
        let mut lines = Vec::from(["ike-version 2".to_string(), format!("proposal {}", words.join(" "))]);
        lines.extend(group_lines(&ke));
        if let Some(lifetime) = settings.ike_lifetime {
            lines.push(format!("keylife {}", lifetime.value));
        }
        if let Some(on) = settings.fragmentation {
            lines.push(format!("fragmentation {}", if on.value { "enable" } else { "disable" }));
        }
        if let Some(identity) = &settings.remote_identity {
            if identity.value.contains(['"', '\\', '\n', '\r']) || identity.value.is_empty() {
                self.remarks.push("The identity of the other side has signs that are not written in a peerid.".into());
            } else {
                lines.extend(["peertype one".to_string(), format!("peerid \"{}\"", identity.value)]);
            }
        }
        lines.extend(self.esn().map(|word| format!("esn {word}")));
        Some(lines)
    }

    fn lost_with_phase_1(&mut self) {
        let settings = self.settings;
        let lost = [
            (
                settings.ike_lifetime.is_some(),
                "The lifetime of the IKE SA is not written: it stands in phase 1, and there is no IKE proposal.",
            ),
            (
                settings.fragmentation.is_some(),
                "The switch of fragmentation is not written: it stands in phase 1, and there is no IKE proposal.",
            ),
            (
                settings.remote_identity.is_some(),
                "The identity of the other side is not written: it stands in phase 1, and there is no IKE proposal.",
            ),
            (
                self.esn().is_some(),
                "The choice of 64-bit sequence numbers is not written: it stands in phase 1, and there is no IKE proposal.",
            ),
        ];
        self.remarks.extend(lost.iter().filter(|(is, _)| *is).map(|(_, text)| (*text).to_string()));
    }

    fn phase_2(&mut self, has_phase_1: bool) -> Option<Vec<String>> {
        let settings = self.settings;
        let words = self.words(&settings.esp, "ESP", esp_words);
        if words.is_empty() {
            self.lost_with_phase_2();
            return None;
        }
        let mut lines = Vec::new();
        if has_phase_1 {
            lines.push("phase1name \"vpn\"".to_string());
        }
        lines.push(format!("proposal {}", words.join(" ")));
        self.pfs(&mut lines);
        let kilobytes = settings.esp_octets.map(|octets| octets.value.div_ceil(1024).max(1));
        if settings.esp_octets.is_some_and(|octets| octets.value % 1024 != 0) {
            self.remarks.push("The lifetime in octets is rounded up to units of 1024.".into());
        }
        match (settings.esp_lifetime, kilobytes) {
            (Some(time), None) => lines.push(format!("keylifeseconds {}", time.value)),
            (None, Some(kilobytes)) => lines.extend(["keylife-type kbs".to_string(), format!("keylifekbs {kilobytes}")]),
            (Some(time), Some(kilobytes)) => {
                lines.extend(["keylife-type both".to_string(), format!("keylifeseconds {}", time.value), format!("keylifekbs {kilobytes}")])
            }
            (None, None) => {}
        }
        Some(lines)
    }

    fn lost_with_phase_2(&mut self) {
        let settings = self.settings;
        let has = settings.pfs.is_some() || settings.esp_lifetime.is_some() || settings.esp_octets.is_some();
        if has {
            self.remarks
                .push("PFS and lifetimes of Child SAs are not written: they stand in phase 2, and there is no ESP proposal.".into());
        }
    }

    fn pfs(&mut self, lines: &mut Vec<String>) {
        let settings = self.settings;
        let ke = self.key_exchanges(&settings.esp, "ESP");
        let mut wanted: Vec<Transform> = match settings.pfs.as_ref().map(|pfs| &pfs.value) {
            Some(Pfs::None) => Vec::new(),
            Some(Pfs::IkeGroup) => {
                self.remarks.push("FortiOS does not say that PFS takes the group of the IKE SA: the groups of phase 1 are written.".into());
                let ike = settings.ike.iter().flat_map(|ike| ike.value.of_type(TransformType::KE));
                let all = ike.fold(Vec::new(), |mut all, group| {
                    add(&mut all, group);
                    all
                });
                self.known(all, "ESP")
            }
            Some(Pfs::Groups(groups)) => {
                let own = groups.iter().map(|group| Transform::ke(*group));
                self.known(own.chain(ke.iter().copied().filter(|t| t.ty != TransformType::KE)).collect(), "ESP")
            }
            None => {
                self.remarks.push("The settings do not say whether Child SAs have PFS, and FortiOS has to.".into());
                ke
            }
        };
        if wanted.iter().any(|group| group.ty == TransformType::KE && group.is_none()) {
            self.remarks.push("PFS that the other side may leave out cannot be said in FortiOS: it is demanded.".into());
            wanted.retain(|group| !group.is_none());
        }
        if wanted.iter().any(|group| group.ty == TransformType::KE) {
            lines.push("pfs enable".into());
            lines.extend(group_lines(&wanted));
        } else {
            lines.push("pfs disable".into());
        }
    }

    /// One list for all proposals.
    fn key_exchanges(&mut self, proposals: &[Stated<Proposal>], name: &str) -> Vec<Transform> {
        let mut all = Vec::new();
        let own = |proposal: &Proposal| proposal.transforms.iter().copied().filter(|t| t.ty.is_key_exchange()).collect::<Vec<_>>();
        proposals.iter().flat_map(|proposal| own(&proposal.value)).for_each(|t| add(&mut all, t));
        if proposals.iter().any(|proposal| own(&proposal.value) != all) {
            self.remarks.push(format!("FortiOS has one list of groups for all {name} proposals: it has those of each of them."));
        }
        self.known(all, name)
    }

    /// Without the groups FortiOS does not have.
    fn known(&mut self, ke: Vec<Transform>, name: &str) -> Vec<Transform> {
        let unknown = |t: &Transform| t.ty == TransformType::KE && !t.is_none() && !GROUPS.contains(&t.id.0);
        for group in ke.iter().filter(|t| unknown(t)) {
            self.remarks.push(format!("FortiOS does not have {group}: it is left out of the groups of the {name} proposals."));
        }
        ke.into_iter().filter(|t| !unknown(t)).collect()
    }

    /// `set esn`; nothing for 32-bit sequence numbers.
    fn esn(&mut self) -> Option<&'static str> {
        let sizes = |proposal: &Proposal| proposal.of_type(TransformType::SN).map(|t| SequenceNumbers(t.id.0)).collect::<Vec<_>>();
        let esp = &self.settings.esp;
        let first = sizes(&esp.first()?.value);
        let narrow = first.contains(&SequenceNumbers::SEQUENTIAL_32);
        let wide = first.contains(&SequenceNumbers::PARTIALLY_TRANSMITTED_64);
        let word = match (wide, narrow) {
            (true, true) => Some("allow"),
            (true, false) => Some("require"),
            (false, _) => None,
        };
        let written: &[SequenceNumbers] = match word {
            Some("allow") => &[SequenceNumbers::PARTIALLY_TRANSMITTED_64, SequenceNumbers::SEQUENTIAL_32],
            Some(_) => &[SequenceNumbers::PARTIALLY_TRANSMITTED_64],
            None => &[SequenceNumbers::SEQUENTIAL_32],
        };
        let text = "FortiOS has one choice of the sequence number size for all ESP proposals, and cannot say that of each as it is.";
        if esp.iter().any(|esp| sizes(&esp.value) != written) && !self.remarks.iter().any(|remark| remark == text) {
            self.remarks.push(text.into());
        }
        word
    }

    /// The words of all proposals; what has none is a remark.
    fn words(
        &mut self,
        proposals: &[Stated<Proposal>],
        name: &str,
        of: fn(&Proposal, &mut Lost) -> Vec<&'static str>,
    ) -> Vec<&'static str> {
        let mut all: Vec<&'static str> = Vec::new();
        for (index, proposal) in proposals.iter().enumerate() {
            let number = index.saturating_add(1);
            let mut lost = Lost::default();
            let own = of(&proposal.value, &mut lost);
            for transform in &lost.transforms {
                self.remarks.push(format!("FortiOS cannot say {transform} of {name} proposal {number}."));
            }
            if lost.protocol {
                self.remarks.push(format!("FortiOS has no word for proposal {number}, which is for AH."));
            }
            match own.len() {
                0 => self.remarks.push(format!("{name} proposal {number} is left out.")),
                1 => {}
                count => self.remarks.push(format!("{name} proposal {number} lists several values: it is written as {count} proposals.")),
            }
            if own.iter().any(|word| all.contains(word)) {
                self.remarks.push(format!("Some of {name} proposal {number} is in an earlier one already."));
            }
            for word in own {
                if !all.contains(&word) {
                    all.push(word);
                }
            }
        }
        all
    }
}

/// What a proposal has and its words do not say.
#[derive(Default)]
struct Lost {
    transforms: Vec<Transform>,
    protocol: bool,
}

fn word(is: impl Fn(&Suite) -> bool) -> Option<&'static str> {
    PROPOSALS.name(is)
}

fn ike_words(proposal: &Proposal, lost: &mut Lost) -> Vec<&'static str> {
    let mut all = Vec::new();
    let mut said: Vec<Transform> = Vec::new();
    for encr in proposal.of_type(TransformType::ENCR) {
        if encr.is_aead() {
            for prf in proposal.of_type(TransformType::PRF) {
                let is = |suite: &Suite| suite.only == Some(Phase::One) && suite.encr == Some(encr) && suite.prf == Some(Prf(prf.id.0));
                if let Some(word) = word(is) {
                    all.push(word);
                    said.extend([encr, prf]);
                }
            }
            continue;
        }
        for integ in proposal.of_type(TransformType::INTEG) {
            let id = Integ(integ.id.0);
            let is = |suite: &Suite| suite.only.is_none() && suite.encr == Some(encr) && suite.integ == Some(id);
            let prf = prf_of(id).map(Transform::prf).filter(|prf| proposal.transforms.contains(prf));
            if let (Some(word), Some(prf)) = (word(is), prf) {
                all.push(word);
                said.extend([encr, integ, prf]);
            }
        }
    }
    lose(proposal, &said, lost);
    all
}

fn esp_words(proposal: &Proposal, lost: &mut Lost) -> Vec<&'static str> {
    if proposal.protocol != SecurityProtocol::ESP {
        lost.protocol = true;
        return Vec::new();
    }
    let mut all = Vec::new();
    let mut said: Vec<Transform> = Vec::new();
    let integ: Vec<Transform> = proposal.of_type(TransformType::INTEG).filter(|t| !t.is_none()).collect();
    for encr in proposal.of_type(TransformType::ENCR) {
        let is = |suite: &Suite, integ| suite.prf.is_none() && suite.encr == Some(encr) && suite.integ == integ;
        if encr.is_aead() || integ.is_empty() {
            if let Some(word) = word(|suite| is(suite, None)) {
                all.push(word);
                said.push(encr);
            }
            continue;
        }
        for integ in &integ {
            if let Some(word) = word(|suite| is(suite, Some(Integ(integ.id.0)))) {
                all.push(word);
                said.extend([encr, *integ]);
            }
        }
    }
    lose(proposal, &said, lost);
    all
}

fn lose(proposal: &Proposal, said: &[Transform], lost: &mut Lost) {
    let elsewhere = |t: &Transform| t.ty.is_key_exchange() || t.ty == TransformType::SN;
    lost.transforms = proposal.transforms.iter().copied().filter(|t| !elsewhere(t) && !said.contains(t)).collect();
}

/// `dhgrp`, and `addke1` to `addke7`.
fn group_lines(ke: &[Transform]) -> Vec<String> {
    let mut lines = Vec::new();
    let numbers = |ty| ke.iter().filter(move |t| t.ty == ty).map(|t| KeMethod(t.id.0).0.to_string()).collect::<Vec<_>>().join(" ");
    lines.push(format!("dhgrp {}", numbers(TransformType::KE)));
    for ty in TransformType::ADDITIONAL_KEY_EXCHANGES {
        let own = numbers(ty);
        if let (Some(place), false) = (ty.additional_key_exchange(), own.is_empty()) {
            lines.push(format!("addke{place} {own}"));
        }
    }
    lines
}
