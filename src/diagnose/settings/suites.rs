//! The settings of algorithms: computed from what the responder allows where that is known, an example where it is not.
//!
//! What is computed is a configuration of the initiator that agrees with the policy, or one of the responder that says the same.

use super::product::Product::{Libreswan, Rras, StrongSwan, WindowsClient};
use super::rows::{ESP, IKE, Row};
use super::setting::{Setting, SettingList};
use crate::proposal::Proposal;
use crate::proposal::notation::windows::{Authentication, Cipher, DhGroup, Encryption, Integrity, PfsGroup, WindowsPolicy};
use crate::proposal::notation::{Unwritable, libreswan, strongswan};
use crate::registry::{SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::{Transform, advice_against};
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What Windows is set to where nobody says what it should be.
const EXAMPLE: WindowsPolicy = WindowsPolicy {
    authentication: Authentication::GcmAes256,
    cipher: Cipher::GcmAes256,
    encryption: Encryption::Aes256,
    integrity: Integrity::Sha256,
    dh: DhGroup::Group14,
    pfs: PfsGroup::Pfs2048,
};

/// A common proposal for the IKE SA. `allowed`: by the responder; empty: not known.
pub(in crate::diagnose) fn proposal(allowed: &[Proposal]) -> SettingList {
    of(SecurityProtocol::IKE, allowed)
}

/// A common proposal and fitting networks for the child SA. `allowed`: by the responder; empty: not known.
pub(in crate::diagnose) fn child(allowed: &[Proposal]) -> SettingList {
    of(SecurityProtocol::ESP, allowed)
}

fn of(protocol: SecurityProtocol, allowed: &[Proposal]) -> SettingList {
    let is_ike = protocol == SecurityProtocol::IKE;
    let wanted = joined(allowed, strongswan::emit).filter(|_| !allowed.is_empty());
    let other = |(product, setting, example): &Row| {
        let text = match &wanted {
            Some(wanted) => format!("{setting}: {wanted}, in the names of the product"),
            None if allowed.is_empty() => format!("{setting}, for example {example}"),
            None => format!("{setting}: what the policy allows"),
        };
        Setting { product: *product, text: Cow::Owned(text) }
    };
    let [client, server] = windows(protocol, allowed);
    let [daemon, pluto] = linux(is_ike, allowed, wanted.as_deref());
    let computed = [(WindowsClient, client), (Rras, server), (StrongSwan, daemon), (Libreswan, pluto)];
    let computed = computed.into_iter().map(|(product, text)| Setting { product, text: Cow::Owned(text) });
    computed.chain(if is_ike { IKE } else { ESP }.iter().map(other)).collect()
}

/// What is to be set on the client, and on the server.
fn windows(protocol: SecurityProtocol, allowed: &[Proposal]) -> [String; 2] {
    let is_ike = protocol == SecurityProtocol::IKE;
    let (policy, note) = match (allowed, fitting(protocol, allowed), is_ike) {
        ([], _, _) => (EXAMPLE, ""),
        (_, Some(policy), true) => (policy, " (the values of ESP and PFS are an example: the policy is one for IKE)"),
        (_, Some(policy), false) => (policy, " (the values of IKE are an example: the policy is one for ESP)"),
        (_, None, _) => {
            let none = "no values of -EncryptionMethod, -IntegrityCheckMethod, -DHGroup, -CipherTransformConstants, \
                        -AuthenticationTransformConstants and -PfsGroup agree with the policy: allow what Windows has";
            return [none.into(), none.into()];
        }
    };
    let lead = if allowed.is_empty() { "for example " } else { "" };
    let client = format!("{lead}Set-VpnConnectionIPsecConfiguration -ConnectionName NAME {}{note}", policy.powershell());
    let server = format!("{lead}Set-VpnServerConfiguration -CustomPolicy {}{note}", policy.powershell());
    let protocol_type = "in a ProfileXML NativeProtocolType = IKEv2: with Automatic the CryptographySuite is ignored";
    let default = match (is_ike, policy.dh) {
        (true, DhGroup::Group14) => {
            "; for the default offer HKLM\\SYSTEM\\CurrentControlSet\\Services\\RasMan\\Parameters, DWORD NegotiateDH2048_AES256 = 1"
        }
        _ => "",
    };
    if is_ike {
        [format!("{client}; {protocol_type}{default}"), format!("{server}; then restart RemoteAccess")]
    } else {
        [format!("{client}; routes and TrafficFilter of the profile"), format!("{server}; then restart RemoteAccess; the address pool")]
    }
}

/// What is to be set in the two daemons.
fn linux(is_ike: bool, allowed: &[Proposal], wanted: Option<&str>) -> [String; 2] {
    let unwritable = "what the policy allows";
    let pluto = joined(allowed, pluto_text).filter(|_| !allowed.is_empty());
    let (charon, pluto) = match (allowed, is_ike) {
        ([], true) => (", for example aes256-sha256-modp2048".into(), "=, for example aes256-sha2_256-modp2048".into()),
        ([], false) => (", for example aes256gcm16".into(), "=, for example aes_gcm256".into()),
        _ => (format!(" = {}", wanted.unwrap_or(unwritable)), format!("={}", pluto.as_deref().unwrap_or(unwritable))),
    };
    if is_ike {
        let address = "it answers the same when no connection fits the addresses: local_addrs, remote_addrs";
        [format!("swanctl.conf: connections.<name>.proposals{charon}; {address}"), format!("ipsec.conf: ike{pluto}")]
    } else {
        [
            format!("swanctl.conf: connections.<name>.children.<child>.esp_proposals{charon}; local_ts and remote_ts"),
            format!("ipsec.conf: esp{pluto} (and pfs=, leftsubnet=, rightsubnet=)"),
        ]
    }
}

/// libreswan has both sizes of sequence numbers in every proposal of a child SA.
fn pluto_text(proposal: &Proposal) -> Result<String, Unwritable> {
    if proposal.protocol == SecurityProtocol::IKE {
        return libreswan::emit(proposal);
    }
    let mut transforms: Vec<_> = proposal.transforms.iter().copied().filter(|t| t.ty != TransformType::SN).collect();
    transforms.extend([SequenceNumbers::PARTIALLY_TRANSMITTED_64, SequenceNumbers::SEQUENTIAL_32].map(Transform::sn));
    libreswan::emit(&Proposal::new(proposal.protocol, transforms))
}

/// Proposals written one after the other; `None` where one of them has no text.
fn joined<E>(allowed: &[Proposal], emit: impl Fn(&Proposal) -> Result<String, E>) -> Option<String> {
    let texts: Result<Vec<_>, _> = allowed.iter().map(emit).collect();
    texts.ok().map(|texts| texts.join(","))
}

/// Values with which a Windows client agrees with one of the proposals: of the first that can be, those with the least against them.
fn fitting(protocol: SecurityProtocol, allowed: &[Proposal]) -> Option<WindowsPolicy> {
    let candidates = if protocol == SecurityProtocol::IKE { ike_values() } else { esp_values() };
    let read = |policy: &WindowsPolicy| if protocol == SecurityProtocol::IKE { policy.ike() } else { policy.child() };
    let offers: Vec<_> = candidates.filter_map(|policy| read(&policy).ok().map(|offer| (policy, offer))).collect();
    let against = |offer: &Proposal| offer.transforms.iter().filter_map(|t| advice_against(protocol, *t)).count();
    let of_one = |proposal: &Proposal| {
        let fits = offers.iter().filter(|(_, offer)| proposal.protocol == protocol && covers(proposal, offer));
        fits.min_by_key(|(_, offer)| (against(offer), place(proposal, offer))).map(|(policy, _)| *policy)
    };
    allowed.iter().find_map(of_one)
}

/// Whether the proposal holds all that is offered, and the offer has something of every type that the proposal does not make optional.
fn covers(proposal: &Proposal, offer: &Proposal) -> bool {
    let answered = |t: &Transform| offer.of_type(t.ty).next().is_some() || proposal.of_type(t.ty).any(Transform::is_none);
    offer.transforms.iter().all(|t| proposal.transforms.contains(t)) && proposal.transforms.iter().all(answered)
}

/// Where what is offered stands in the lists of the proposal.
fn place(proposal: &Proposal, offer: &Proposal) -> Vec<Option<usize>> {
    offer.transforms.iter().map(|t| proposal.transforms.iter().position(|held| held == t)).collect()
}

fn ike_values() -> Box<dyn Iterator<Item = WindowsPolicy>> {
    let suites = Encryption::ALL.iter().flat_map(|encryption| Integrity::ALL.iter().map(move |integrity| (*encryption, *integrity)));
    Box::new(suites.flat_map(|(encryption, integrity)| {
        DhGroup::ALL.iter().map(move |dh| WindowsPolicy { encryption, integrity, dh: *dh, pfs: same_group(*dh), ..EXAMPLE })
    }))
}

fn esp_values() -> Box<dyn Iterator<Item = WindowsPolicy>> {
    let suites = Cipher::ALL.iter().flat_map(|cipher| Authentication::ALL.iter().map(move |authentication| (*cipher, *authentication)));
    Box::new(suites.flat_map(|(cipher, authentication)| {
        PfsGroup::ALL.iter().filter(|pfs| **pfs != PfsGroup::PfsMm).map(move |pfs| {
            let dh = DhGroup::ALL.iter().copied().find(|dh| same_group(*dh) == *pfs && *dh != DhGroup::None);
            WindowsPolicy { cipher, authentication, pfs: *pfs, dh: dh.unwrap_or(EXAMPLE.dh), ..EXAMPLE }
        })
    }))
}

/// The group of the IKE SA for child SAs.
const fn same_group(dh: DhGroup) -> PfsGroup {
    match dh {
        DhGroup::None => PfsGroup::None,
        DhGroup::Group1 => PfsGroup::Pfs1,
        DhGroup::Group2 => PfsGroup::Pfs2,
        DhGroup::Group14 => PfsGroup::Pfs2048,
        DhGroup::Ecp256 => PfsGroup::Ecp256,
        DhGroup::Ecp384 => PfsGroup::Ecp384,
        DhGroup::Group24 => PfsGroup::Pfs24,
    }
}

#[cfg(test)]
mod tests {
    use super::super::product::Product;
    use super::*;
    use crate::proposal::notation::libreswan::Release;
    use crate::proposal::notation::windows;
    use crate::proposal::{Dialect, NegotiationContext, Policy, Question, emit_offer, negotiate, profiles};
    use crate::registry::KeMethod;
    use crate::role::Role;

    const IKE_POLICIES: [&str; 7] = [
        "aes256-sha384-ecp384",
        "aes256gcm16-prfsha384-ecp384",
        "aes128-sha1-modp1024,aes256-sha256-modp2048",
        "aes128-aes256-sha256-sha384-modp2048-ecp256",
        "chacha20poly1305-prfsha256-x25519,aes128gcm16-aes256gcm16-prfsha256-ecp256",
        "3des-sha1-modp1024",
        "aes192-sha1-ecp256",
    ];
    const ESP_POLICIES: [&str; 5] = ["aes256gcm16", "aes256gcm16-ecp384", "aes128-sha256", "aes256-sha1-modp2048", "aes128gcm16-noesn"];

    fn text(settings: &SettingList, product: Product) -> &str {
        settings.iter().find(|setting| setting.product == product).map_or("", |setting| &setting.text)
    }

    /// What stands between the two.
    fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
        let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before} in {text}"));
        rest.split(after).next().unwrap_or(rest)
    }

    fn agrees(offer: &[Proposal], policy: &Policy, context: NegotiationContext) -> bool {
        let spi = alloc::vec![1; usize::from(context.spi_size())];
        let ke = offer[0].of_type(TransformType::KE).next().map(|t| KeMethod(t.id.0));
        negotiate(&emit_offer(offer, &spi).unwrap(), Question::new(context, ke), policy).is_ok()
    }

    #[test]
    fn what_is_pasted_back_agrees_with_the_policy() {
        let contexts = [(NegotiationContext::IkeSaInit, &IKE_POLICIES[..]), (NegotiationContext::CreateChildSa, &ESP_POLICIES[..])];
        for (context, written) in contexts.iter().flat_map(|(context, all)| all.iter().map(move |one| (*context, *one))) {
            let is_ike = context.is_ike();
            let allowed = if is_ike { strongswan::parse_ike(written) } else { strongswan::parse_esp(written) }.unwrap();
            let settings = if is_ike { proposal(&allowed) } else { child(&allowed) };
            let policy = Policy::new(Dialect::Rfc, allowed.clone()).unwrap();
            for product in [WindowsClient, Rras] {
                let command = between(text(&settings, product), "Set-Vpn", ";");
                let read = windows::parse_powershell(command).unwrap_or_else(|error| panic!("{written}: {command}: {error}"));
                let offer = if is_ike { read.ike() } else { read.child() }.unwrap();
                assert!(agrees(&[offer], &policy, context), "{written}: {command}");
            }
            let (charon, pluto) = if is_ike { ("proposals = ", "ike=") } else { ("esp_proposals = ", "esp=") };
            let charon = between(text(&settings, StrongSwan), charon, ";");
            let pluto = between(text(&settings, Libreswan), pluto, " (");
            let (charon, pluto) = if is_ike {
                (strongswan::parse_ike(charon).unwrap(), libreswan::parse_ike(pluto, Release::V4))
            } else {
                (strongswan::parse_esp(charon).unwrap(), libreswan::parse_esp(pluto, Release::V4))
            };
            assert_eq!(charon, allowed, "{written}");
            assert!(agrees(&pluto.unwrap(), &policy, context), "{written}: {}", text(&settings, Libreswan));
            assert!(settings.iter().all(|setting| !setting.text.contains("for example")), "{settings:?}");
        }
    }

    #[test]
    fn what_is_set_on_windows_agrees_with_every_stack_that_is_known() {
        let mut agreed = 0;
        for profile in profiles::ALL.iter().filter(|profile| profile.roles.contains(Role::Responder)) {
            let is_ike = profile.protocol == SecurityProtocol::IKE;
            let context = if is_ike { NegotiationContext::IkeSaInit } else { NegotiationContext::IkeAuth };
            let policy = profile.policy(profile.dialect, context).unwrap();
            let settings = if is_ike { proposal(policy.proposals()) } else { child(policy.proposals()) };
            let command = text(&settings, WindowsClient);
            if command.starts_with("no values") {
                continue;
            }
            let read = windows::parse_powershell(between(command, "Set-Vpn", ";")).unwrap();
            let mut offer = if is_ike { read.ike() } else { read.child() }.unwrap();
            if !is_ike {
                offer.transforms.retain(|t| t.ty != TransformType::KE);
            }
            assert!(agrees(&[offer], &policy, context), "{}: {command}", profile.name);
            agreed += 1;
        }
        assert!(agreed >= 10, "{agreed}");
    }

    #[test]
    fn the_strongest_of_what_the_first_proposal_allows_is_set() {
        let settings = proposal(&strongswan::parse_ike("aes128-aes256-sha1-sha384-modp1024-ecp384").unwrap());
        let command = text(&settings, Rras);
        assert!(command.contains("-IntegrityCheckMethod SHA384 -DHGroup ECP384 -PfsGroup ECP384 (the values of ESP"), "{command}");
    }

    #[test]
    fn what_windows_cannot_do_is_said() {
        for written in ["chacha20poly1305-prfsha256-x25519", "aes256-sha512-modp4096"] {
            let settings = proposal(&strongswan::parse_ike(written).unwrap());
            assert!(text(&settings, WindowsClient).starts_with("no values of -EncryptionMethod"), "{settings:?}");
            assert!(text(&settings, StrongSwan).contains(written.split('-').next().unwrap()), "{settings:?}");
        }
    }

    #[test]
    fn without_a_policy_every_value_is_an_example() {
        for settings in [proposal(&[]), child(&[])] {
            assert_eq!(settings.len(), 14);
            assert!(settings.iter().all(|setting| setting.text.contains("for example ")), "{settings:?}");
        }
    }
}
