//! ProfileXML: the profile of the VPNv2 configuration service provider, whole or in part, plain or escaped.

use super::super::nearest::nearest;
use super::super::settings::{Stated, TunnelType};
use super::super::words::Word;
use super::super::xml::{Element, Source};
use super::super::{Expected, NotationError, NotationErrorKind};
use super::given::{Form, Given, Key, unknown_parameter};
use super::{Found, Parameter, WindowsPolicy};
use alloc::string::String;
use alloc::vec::Vec;

/// The elements that are looked for; the outermost of them are taken.
const ELEMENTS: [&str; 14] = [
    "VPNProfile",
    "NativeProfile",
    "CryptographySuite",
    "NativeProtocolType",
    "ProtocolList",
    "Servers",
    "ProfileName",
    "DisableIKEv2Fragmentation",
    "AuthenticationTransformConstants",
    "CipherTransformConstants",
    "EncryptionMethod",
    "IntegrityCheckMethod",
    "DHGroup",
    "PfsGroup",
];

/// Reads the element `CryptographySuite`, which may stand in a whole ProfileXML, escaped or in the middle of something else.
///
/// # Errors
/// [`NotationError`].
pub fn parse_profile_xml(text: &str) -> Result<WindowsPolicy, NotationError> {
    let whole = Word::whole(text);
    let absent = || whole.error(NotationErrorKind::Markup(Expected::CryptographySuite));
    let source = Source::find(text, &["CryptographySuite"])?.ok_or_else(absent)?;
    let document = source.open()?;
    let suite = document.root().child("CryptographySuite").ok_or_else(absent)?;
    let mut found = Found::default();
    for element in suite.children() {
        found.set(parameter(element)?, element.name(), element.value())?;
    }
    found.policy(suite.name())
}

fn parameter(element: Element<'_>) -> Result<Parameter, NotationError> {
    let name = element.name();
    let known = Parameter::ALL.into_iter().find(|parameter| parameter.name() == name.text);
    known.ok_or_else(|| name.error(unknown_parameter(nearest(name.text, Parameter::ALL.into_iter().map(Parameter::name)))))
}

/// What each profile of a text gives; what is taken holds words of `source`.
pub(super) fn source(text: &str) -> Result<Option<Source>, NotationError> {
    Source::find(text, &ELEMENTS)
}

/// The profiles below the root of what was found, or the root itself where there are only parts of one.
pub(super) fn profiles(root: Element<'_>) -> Result<Vec<Given<'_>>, NotationError> {
    let mut whole: Vec<Element<'_>> = root.children().filter(|element| element.is("VPNProfile") || element.is("NativeProfile")).collect();
    if whole.is_empty() {
        whole.push(root);
    }
    whole.into_iter().map(profile).collect()
}

fn profile(element: Element<'_>) -> Result<Given<'_>, NotationError> {
    let native = element.child("NativeProfile").unwrap_or(element);
    let suite = native.child("CryptographySuite").or_else(|| element.find("CryptographySuite"));
    let place = suite.map_or_else(|| element.span(), Element::span);
    let loose = suite.is_none() && element.parent().is_none();
    let mut given = Given::new(if loose { Form::Shown } else { Form::Client }, place);
    given.profile = true;
    for (name, key) in [("ProfileName", Key::Name), ("Servers", Key::Server), ("NativeProtocolType", Key::Tunnel)] {
        if let Some(value) = native.text(name).or_else(|| element.text(name)) {
            given.set(key, value, value)?;
        }
    }
    // Parts of a profile may be the parts of its suite.
    let parts = suite.unwrap_or(element);
    for part in parts.children() {
        match parameter(part) {
            Ok(parameter) => given.set(Key::Policy(parameter), part.name(), part.value())?,
            Err(error) if suite.is_some() => return Err(error),
            Err(_) => {}
        }
    }
    if given.tunnel.is_none() && (element.is("VPNProfile") || element.is("NativeProfile")) {
        given.remark(
            "The profile does not say NativeProtocolType: its CryptographySuite counts with IKEv2, not with Automatic.",
            Some(place),
        );
    }
    protocol_list(native, &mut given);
    fragmentation(element, &mut given);
    Ok(given)
}

/// With `ProtocolList` it matters whether IKEv2 is in the list.
fn protocol_list<'d>(native: Element<'d>, given: &mut Given<'d>) {
    let Some(stated) = given.tunnel.filter(|stated| stated.value == TunnelType::ProtocolList) else { return };
    let Some(list) = native.child("ProtocolList") else {
        given.remark("NativeProtocolType is ProtocolList, and there is no ProtocolList.", stated.span);
        return;
    };
    let types: Vec<&str> = list.all().filter(|element| element.is("Type")).map(|element| element.value().text).collect();
    if types.iter().any(|ty| ty.eq_ignore_ascii_case("IKEv2")) {
        let others: Vec<&str> = types.iter().copied().filter(|ty| !ty.eq_ignore_ascii_case("IKEv2")).collect();
        if !others.is_empty() {
            let mut text = String::from("ProtocolList also names ");
            text.push_str(&others.join(", "));
            text.push_str("; what is read here is for IKEv2.");
            given.remark(text, Some(list.span()));
        }
    } else {
        given.tunnel = Some(Stated { value: TunnelType::Other, span: stated.span });
        given.remark("ProtocolList does not name IKEv2.", Some(list.span()));
    }
}

/// Windows 11 24H2 and later.
fn fragmentation<'d>(element: Element<'d>, given: &mut Given<'d>) {
    let Some(switch) = element.find("DisableIKEv2Fragmentation") else { return };
    let value = switch.value();
    let disabled = value.text.eq_ignore_ascii_case("true") || value.text == "1";
    given.fragmentation = Some(Stated::at(!disabled, value.span()));
    if disabled {
        let text = "DisableIKEv2Fragmentation is true: the client does not announce IKE fragmentation (RFC 7383), so large messages go out as \
                    IP fragments.";
        given.remark(text, Some(switch.span()));
    }
}
