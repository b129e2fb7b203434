//! Which of the configured things make the settings of one side.

use super::config::{Config, Protection, TransformSet};
use crate::proposal::notation::NotationError;
use crate::proposal::notation::assemble::{Lists, NO_ESN, Suite, lacks, nothing};
use crate::proposal::notation::settings::{Pfs, Settings, Span, Stated};
use crate::registry::{Encr, Integ, KeMethod, SecurityProtocol};
use crate::transform::Transform;
use alloc::format;
use alloc::vec::Vec;

pub(super) fn settings(config: &Config<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    ike(config, settings)?;
    let protection = protection(config, settings);
    esp(config, protection, settings);
    let profile = protection.and_then(|protection| protection.ike_profile).and_then(|name| config.profiles.get(name.text));
    if let Some(profile) = profile.or_else(|| config.profiles.in_order().first().map(|(_, profile)| *profile)) {
        settings.ike_lifetime = profile.lifetime;
        settings.remote_identity = profile.identity.clone();
    }
    settings.fragmentation = config.fragmentation;
    if let Some(span) = config.is_ikev1 {
        settings.remark("The text configures IKEv1 as well, which is not read here.", Some(span));
    }
    if settings.ike.is_empty() && settings.esp.is_empty() { Err(nothing()) } else { Ok(()) }
}

/// The proposals that the first policy names; without a policy every one that is not `default`.
fn ike(config: &Config<'_>, settings: &mut Settings) -> Result<(), NotationError> {
    let mut named = Vec::new();
    for (policy, found) in config.policies.in_order() {
        let own: Vec<(&str, &Suite)> =
            found.proposals.iter().filter_map(|word| config.proposals.get(word.text).map(|suite| (word.text, suite))).collect();
        if own.is_empty() {
            continue;
        }
        if named.is_empty() {
            named = own;
        } else {
            settings.remark(format!("The IKEv2 policy {policy} is another one, and not read here."), None);
        }
    }
    if named.is_empty() {
        named = config.proposals.in_order();
        if named.len() > 1 {
            named.retain(|(name, _)| !name.eq_ignore_ascii_case("default"));
        }
    } else {
        for (name, suite) in config.proposals.in_order() {
            if !named.iter().any(|(other, _)| *other == name) {
                settings.remark(format!("The IKEv2 proposal {name} is in no policy that counts, and not read here."), suite.span);
            }
        }
    }
    let whole = Span { at: 0, len: 0 };
    let mut lacking = None;
    for (name, suite) in &named {
        if let Some(ty) = suite.lists.missing_for_ike() {
            lacking = lacking.or_else(|| Some(lacks(suite.span.unwrap_or(whole), SecurityProtocol::IKE, ty)));
            settings.remark(format!("The IKEv2 proposal {name} is incomplete, and IOS does not use it."), suite.span);
            continue;
        }
        settings.ike.extend(suite.lists.ike().into_iter().map(|value| Stated { value, span: suite.span }));
    }
    if let (true, Some(error)) = (settings.ike.is_empty(), lacking) {
        return Err(error);
    }
    if config.proposals.is_empty() && config.is_ikev2.is_some() && !config.profiles.is_empty() {
        smart_default(settings);
    }
    Ok(())
}

/// The proposal `default` of IOS XE 16.12 to 17, as `show crypto ikev2 proposal default` has it (FlexVPN and IKEv2 configuration
/// guide, `IKEv2 smart defaults`).
fn smart_default(settings: &mut Settings) {
    let groups = [KeMethod::ECP_256, KeMethod::MODP_2048, KeMethod::ECP_521, KeMethod::MODP_1536];
    let lists = Lists {
        encr: Vec::from([Transform::encr_bits(Encr::ENCR_AES_CBC, 256)]),
        integ: [Integ::AUTH_HMAC_SHA2_512_256, Integ::AUTH_HMAC_SHA2_384_192].map(Transform::integ).to_vec(),
        ke: groups.map(Transform::ke).to_vec(),
        ..Lists::default()
    };
    settings.ike.extend(lists.ike().into_iter().map(Stated::assumed));
    settings.remark("There is no IKEv2 proposal: IOS takes its default, which is read as that of IOS XE 16.12 to 17.", None);
}

/// The IPsec profile or crypto map entry that counts: the first for IKEv2, else the first.
fn protection<'c, 'a>(config: &'c Config<'a>, settings: &mut Settings) -> Option<&'c Protection<'a>> {
    let all = config.protections.in_order();
    let known = |protection: &Protection<'_>| protection.sets.iter().any(|word| config.sets.get(word.text).is_some());
    let chosen = all
        .iter()
        .find(|(_, protection)| protection.ike_profile.is_some() && known(protection))
        .or_else(|| all.iter().find(|(_, protection)| known(protection)))
        .or_else(|| all.first())?;
    for (name, protection) in all.iter().filter(|(name, _)| *name != chosen.0) {
        settings.remark(format!("The IPsec profile or crypto map entry {name} is another one, and not read here."), protection.span);
    }
    Some(chosen.1)
}

fn esp(config: &Config<'_>, protection: Option<&Protection<'_>>, settings: &mut Settings) {
    let mut sets: Vec<(&str, &TransformSet)> = config.sets.in_order();
    if let Some(protection) = protection.filter(|protection| !protection.sets.is_empty()) {
        let named: Vec<_> = protection.sets.iter().filter_map(|word| config.sets.get(word.text).map(|set| (word.text, set))).collect();
        if !named.is_empty() {
            sets.retain(|(name, _)| !named.iter().any(|(other, _)| other == name));
            for (name, set) in &sets {
                settings.remark(format!("The transform set {name} is another one, and not read here."), set.suite.span);
            }
            sets = named;
        }
    } else if protection.is_some_and(|protection| protection.is_profile) && sets.is_empty() {
        let lists = Lists {
            encr: Vec::from([Transform::encr_bits(Encr::ENCR_AES_CBC, 128)]),
            integ: Vec::from([Transform::integ(Integ::AUTH_HMAC_SHA1_96)]),
            ..Lists::default()
        };
        settings.esp.extend(lists.esp(NO_ESN).into_iter().map(Stated::assumed));
        settings.remark("The IPsec profile names no transform set: IOS takes its default, esp-aes esp-sha-hmac.", None);
    }
    for (_, set) in sets {
        let lists = &set.suite.lists;
        let ah = Lists { integ: set.ah.clone(), ..Lists::default() }.ah(NO_ESN);
        settings.esp.extend(lists.esp(NO_ESN).into_iter().chain(ah).map(|value| Stated { value, span: set.suite.span }));
    }
    if settings.esp.is_empty() {
        return;
    }
    let pfs = protection.and_then(|protection| protection.pfs.clone());
    settings.set_pfs(pfs.unwrap_or(Stated::assumed(Pfs::None)));
    settings.esp_lifetime = protection.and_then(|protection| protection.lifetime).or(config.lifetime);
    settings.esp_octets = protection.and_then(|protection| protection.octets).or(config.octets);
}
