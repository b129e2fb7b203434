//! Settings as a command of Windows, or as a ProfileXML where only that can say them.

use super::super::settings::{Settings, Stated, TunnelType, Written};
use super::super::{Unwritable, single};
use super::given::defaults;
use super::{Authentication, Cipher, DhGroup, Encryption, Integrity, Parameter, PfsGroup, encryption, esp, find, group, integrity, pfs};
use crate::proposal::NegotiationContext;
use crate::proposal::suite::Proposal;
use crate::registry::{SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

const PRODUCT: &str = "Windows";

/// What is written of a policy.
enum Policy {
    /// The default proposals.
    Defaults,
    /// Values, all six or those of one protocol.
    Values(Vec<(Parameter, &'static str)>),
}

pub(super) fn write(settings: &Settings) -> Result<Written, Unwritable> {
    let mut remarks = Vec::new();
    let policy = policy(settings, &mut remarks)?;
    let whole = match &policy {
        Policy::Defaults => true,
        Policy::Values(values) => values.len() == Parameter::ALL.len(),
    };
    let tunnel = settings.tunnel_type.map(|stated| stated.value).filter(|tunnel| *tunnel != TunnelType::Other);
    let profile = whole && (tunnel.is_some() || settings.fragmentation.is_some());
    let text = if profile { profile_xml(settings, tunnel, &policy, &mut remarks) } else { command(settings, &policy, whole, &mut remarks) };
    Ok(Written { text, remarks })
}

fn same(stated: &[Stated<Proposal>], proposals: &[Proposal]) -> bool {
    stated.iter().map(|stated| &stated.value).eq(proposals)
}

fn policy(settings: &Settings, remarks: &mut Vec<String>) -> Result<Policy, Unwritable> {
    if settings.ike.is_empty() && settings.esp.is_empty() {
        return Err(Unwritable::Nothing);
    }
    let (ike, child) = (defaults(NegotiationContext::IkeSaInit), defaults(NegotiationContext::IkeAuth));
    if same(&settings.ike, &ike) && (same(&settings.esp, &child) || settings.esp.is_empty()) {
        if settings.esp.is_empty() {
            remarks.push(String::from("With the default IKE proposals go the default ESP proposals, of which the settings say nothing."));
        }
        return Ok(Policy::Defaults);
    }
    let mut values = Vec::new();
    if let Some((place, Ike { cipher, method, dh })) = single::first(&settings.ike, ike_values)? {
        let (integ, prf) = integrity(method);
        let said = [encryption(cipher), Transform::prf(prf), Transform::integ(integ)];
        let kept: Vec<Transform> = said.into_iter().chain(group(dh).map(Transform::ke)).collect();
        single::left_out(PRODUCT, &settings.ike, place, &kept, remarks);
        values.push((Parameter::EncryptionMethod, cipher.name()));
        values.push((Parameter::IntegrityCheckMethod, method.name()));
        values.push((Parameter::DHGroup, dh.name()));
    }
    if let Some((place, (cipher, authentication))) = single::first(&settings.esp, esp_values)? {
        let constants = if authentication == Authentication::None { Authentication::Sha196 } else { authentication };
        let said = esp(cipher, constants).or_else(|| esp(cipher, authentication)).into_iter().flatten().flatten();
        let sizes = Transform::sn(SequenceNumbers::SEQUENTIAL_32);
        let kept: Vec<Transform> = said.chain([sizes]).collect();
        single::left_out(PRODUCT, &settings.esp, place, &kept, remarks);
        values.push((Parameter::AuthenticationTransformConstants, authentication.name()));
        values.push((Parameter::CipherTransformConstants, cipher.name()));
        let chosen = settings.esp.get(place).map(|stated| &stated.value);
        let rules = single::Rules { none: PfsGroup::None, ike_group: PfsGroup::PfsMm };
        let say = |method| find(PfsGroup::ALL, |value| pfs(*value) == Some(method));
        if let Some(rule) = single::pfs(settings, chosen, rules, say, remarks)? {
            values.push((Parameter::PfsGroup, rule.name()));
        } else if !settings.ike.is_empty() {
            remarks.push(String::from("The settings do not say whether there is PFS; Windows wants it said, and None is written."));
            values.push((Parameter::PfsGroup, PfsGroup::None.name()));
        }
    }
    let order = |(parameter, _): &(Parameter, &str)| Parameter::ALL.iter().position(|known| known == parameter);
    values.sort_by_key(order);
    Ok(Policy::Values(values))
}

struct Ike {
    cipher: Encryption,
    method: Integrity,
    dh: DhGroup,
}

/// The first transform of a type for which there is a value.
fn value<T: Copy>(proposal: &Proposal, ty: TransformType, all: &[T], is: impl Fn(T, Transform) -> bool) -> Result<T, Unwritable> {
    let found = proposal.of_type(ty).find_map(|t| find(all, |value| is(*value, t)));
    found.ok_or_else(|| single::lacking(proposal, ty))
}

fn ike_values(proposal: &Proposal) -> Result<Ike, Unwritable> {
    single::without_methods(proposal)?;
    let cipher = value(proposal, TransformType::ENCR, Encryption::ALL, |value, t| encryption(value) == t)?;
    let aead = encryption(cipher).is_aead();
    let integs: Vec<Transform> = proposal.of_type(TransformType::INTEG).collect();
    let goes = |value: Integrity, t| {
        let (integ, prf) = integrity(value);
        Transform::prf(prf) == t && (aead || integs.contains(&Transform::integ(integ)))
    };
    let method = value(proposal, TransformType::PRF, Integrity::ALL, goes)?;
    let dh = value(proposal, TransformType::KE, DhGroup::ALL, |value, t| group(value).map(Transform::ke) == Some(t))?;
    Ok(Ike { cipher, method, dh })
}

fn esp_values(proposal: &Proposal) -> Result<(Cipher, Authentication), Unwritable> {
    single::plain_esp(proposal)?;
    let integs: Vec<Transform> = proposal.of_type(TransformType::INTEG).filter(|t| !t.is_none()).collect();
    for cipher in proposal.of_type(TransformType::ENCR) {
        let alone = cipher.is_aead() || integs.is_empty();
        let asked: Vec<Option<Transform>> = if alone { Vec::from([None]) } else { integs.iter().copied().map(Some).collect() };
        let constants = || Cipher::ALL.iter().flat_map(|c| Authentication::ALL.iter().map(move |a| (*c, *a)));
        let fits = |integ: Option<Transform>| constants().find(|(c, a)| esp(*c, *a) == Some([Some(cipher), integ]));
        if let Some(found) = asked.into_iter().find_map(fits) {
            return Ok(found);
        }
        // ESP without integrity, as an example of the reference has it.
        let plain = |c: &Cipher| esp(*c, Authentication::Sha196).is_some_and(|[encr, _]| encr == Some(cipher));
        if let Some(constant) = find(Cipher::ALL, plain).filter(|_| integs.is_empty()) {
            return Ok((constant, Authentication::None));
        }
    }
    let first = integs.first().copied().or_else(|| proposal.of_type(TransformType::ENCR).next());
    Err(first.map_or(Unwritable::Missing(TransformType::ENCR), Unwritable::Transform))
}

fn command(settings: &Settings, policy: &Policy, whole: bool, remarks: &mut Vec<String>) -> String {
    let lifetimes = [
        ("SALifeTimeSeconds", settings.esp_lifetime.map(|stated| stated.value)),
        ("MMSALifeTimeSeconds", settings.ike_lifetime.map(|stated| stated.value)),
        ("SADataSizeForRenegotiationKilobytes", settings.esp_octets.map(|stated| single::kilobytes(stated.value, remarks))),
    ];
    let server = lifetimes.iter().any(|(_, value)| value.is_some());
    let mut text = String::from(match (whole, server, policy) {
        (true, true, Policy::Defaults) => "Set-VpnServerConfiguration",
        (true, true, Policy::Values(_)) => "Set-VpnServerConfiguration -CustomPolicy",
        (true, false, _) => "Set-VpnConnectionIPsecConfiguration -ConnectionName \"VPN\"",
        (false, ..) => "",
    });
    match policy {
        Policy::Defaults if !server => text.push_str(" -RevertToDefault"),
        Policy::Defaults => {}
        Policy::Values(values) => {
            for (parameter, value) in values {
                let _ = write!(text, "{}-{parameter} {value}", if text.is_empty() { "" } else { " " });
            }
        }
    }
    for (name, value) in lifetimes {
        if let Some(value) = value {
            let _ = write!(text, " -{name} {value}");
        }
    }
    if whole && !server {
        text.push_str(" -Force");
    }
    if settings.remote_identity.is_some() {
        remarks.push(String::from("The command cannot say the name of the other side."));
    }
    if settings.tunnel_type.is_some() {
        remarks.push(String::from("The parameters of one protocol cannot say the tunnel type."));
    }
    if settings.fragmentation.is_some() {
        remarks.push(String::from("The parameters of one protocol cannot say whether IKE fragmentation is announced."));
    }
    text.push('\n');
    text
}

fn profile_xml(settings: &Settings, tunnel: Option<TunnelType>, policy: &Policy, remarks: &mut Vec<String>) -> String {
    let mut text = String::from("<VPNProfile>\n  <NativeProfile>\n");
    if let Some(server) = &settings.remote_identity {
        if server.value.contains([',', ';']) {
            remarks.push(String::from("Servers takes names without commas and semicolons; the identity of the other side is not written."));
        } else {
            let _ = writeln!(text, "    <Servers>{}</Servers>", escaped(&server.value));
        }
    }
    let mut tunnel = tunnel;
    if tunnel == Some(TunnelType::Automatic) && matches!(policy, Policy::Values(_)) {
        remarks.push(String::from("With Automatic the CryptographySuite does not count; IKEv2 is written."));
        tunnel = Some(TunnelType::IkeV2);
    }
    if let Some(tunnel) = tunnel {
        let _ = writeln!(text, "    <NativeProtocolType>{}</NativeProtocolType>", tunnel.name());
    }
    if tunnel == Some(TunnelType::ProtocolList) {
        text.push_str(
            "    <ProtocolList>\n      <NativeProtocol>\n        <Type>IKEv2</Type>\n      </NativeProtocol>\n    </ProtocolList>\n",
        );
    }
    if let Some(announced) = settings.fragmentation {
        let _ = writeln!(text, "    <DisableIKEv2Fragmentation>{}</DisableIKEv2Fragmentation>", !announced.value);
    }
    if let Policy::Values(values) = policy {
        text.push_str("    <CryptographySuite>\n");
        for (parameter, value) in values {
            let _ = writeln!(text, "      <{parameter}>{value}</{parameter}>");
        }
        text.push_str("    </CryptographySuite>\n");
    }
    text.push_str("  </NativeProfile>\n</VPNProfile>\n");
    if settings.ike_lifetime.is_some() || settings.esp_lifetime.is_some() || settings.esp_octets.is_some() {
        remarks.push(String::from("A ProfileXML cannot say lifetimes."));
    }
    text
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
