//! Apple: the IKEv2 payload of a configuration profile (`com.apple.vpn.managed`, .mobileconfig).
//!
//! After the device management reference (developer.apple.com, `VPN.IKEv2`, and the schema
//! `mdm/profiles/com.apple.vpn.managed.yaml` of github.com/apple/device-management), with its defaults where a key is absent. The
//! reference names no PRF: it is that of the integrity algorithm, which with an AEAD cipher is its only use.

use super::likeness::{Certainty, Likeness};
use super::names::Names;
use super::settings::{Pfs, Settings, Stated, Written};
use super::span::Span;
use super::words::Word;
use super::xml::{Element, Source};
use super::{Expected, Hint, Notation, NotationError, NotationErrorKind, Unwritable, proposal};
use crate::proposal::suite::Proposal;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const IKE: &str = "IKESecurityAssociationParameters";
const CHILD: &str = "ChildSecurityAssociationParameters";

const CIPHERS: Names<Transform> = Names {
    expected: "one of DES, 3DES, AES-128, AES-256, AES-128-GCM, AES-256-GCM, ChaCha20Poly1305",
    rows: &[
        ("AES-256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256)),
        ("AES-128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128)),
        ("AES-256-GCM", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)),
        ("AES-128-GCM", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128)),
        ("ChaCha20Poly1305", Transform::encr(Encr::ENCR_CHACHA20_POLY1305)),
        ("3DES", Transform::encr(Encr::ENCR_3DES)),
        ("DES", Transform::encr(Encr::ENCR_DES)),
    ],
};

const HASHES: Names<(Integ, Prf)> = Names {
    expected: "one of SHA1-96, SHA1-160, SHA2-256, SHA2-384, SHA2-512",
    rows: &[
        ("SHA2-256", (Integ::AUTH_HMAC_SHA2_256_128, Prf::PRF_HMAC_SHA2_256)),
        ("SHA2-384", (Integ::AUTH_HMAC_SHA2_384_192, Prf::PRF_HMAC_SHA2_384)),
        ("SHA2-512", (Integ::AUTH_HMAC_SHA2_512_256, Prf::PRF_HMAC_SHA2_512)),
        ("SHA1-96", (Integ::AUTH_HMAC_SHA1_96, Prf::PRF_HMAC_SHA1)),
        ("SHA1-160", (Integ::AUTH_HMAC_SHA1_160, Prf::PRF_HMAC_SHA1)),
    ],
};

const GROUPS: Names<KeMethod> = Names {
    expected: "one of 1, 2, 5, 14, 15, 16, 17, 18, 19, 20, 21, 31, 32",
    rows: &[
        ("14", KeMethod::MODP_2048),
        ("1", KeMethod::MODP_768),
        ("2", KeMethod::MODP_1024),
        ("5", KeMethod::MODP_1536),
        ("15", KeMethod::MODP_3072),
        ("16", KeMethod::MODP_4096),
        ("17", KeMethod::MODP_6144),
        ("18", KeMethod::MODP_8192),
        ("19", KeMethod::ECP_256),
        ("20", KeMethod::ECP_384),
        ("21", KeMethod::ECP_521),
        ("31", KeMethod::CURVE25519),
        ("32", KeMethod::CURVE448),
    ],
};

/// `PostQuantumKeyExchangeMethods`.
const METHODS: Names<KeMethod> =
    Names { expected: "one of 0, 36, 37", rows: &[("0", KeMethod::NONE), ("36", KeMethod::ML_KEM_768), ("37", KeMethod::ML_KEM_1024)] };

/// Seconds of `LifeTimeInMinutes` where it is absent: 1440 minutes.
const LIFETIME: u64 = 86_400;

/// Elements of a property list: what was cut out of one may start with any.
const ELEMENTS: [&str; 9] = ["plist", "dict", "array", "key", "string", "integer", "true", "false", "data"];

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    let own = text.contains(IKE) || text.contains(CHILD) || (text.contains("com.apple.vpn.managed") && text.contains("IKEv2"));
    let list = text.contains("<key>") || text.contains("&lt;key&gt;");
    if !(own && list) {
        return None;
    }
    let from = ["<?xml", "<!DOCTYPE plist", "<plist", "<dict>", "<key>"].iter().filter_map(|start| text.find(start)).min().unwrap_or(0);
    let ends = ["</plist>", "</dict>", "</integer>", "</string>"].iter().filter_map(|end| Some(text.rfind(end)?.saturating_add(end.len())));
    let end = ends.max().unwrap_or(text.len()).max(from);
    Some(Likeness { span: Span { at: from, len: end.saturating_sub(from) }, confidence: Certainty::Certain })
}

/// The value of a key of a dictionary.
fn entry<'d>(dict: Element<'d>, key: &str) -> Option<Element<'d>> {
    dict.named("key").find(|element| element.value().text == key)?.next().filter(|element| !element.is("key"))
}

fn is_true(value: Element<'_>) -> bool {
    value.is("true") || matches!(value.value().text, "1" | "true" | "YES")
}

fn switched_on<'d>(dict: Element<'d>, key: &str) -> Option<Element<'d>> {
    entry(dict, key).filter(|value| is_true(*value))
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let at = text.len().saturating_sub(text.trim_start().len());
    let absent = NotationError { at, len: 0, kind: NotationErrorKind::Absent("an IKEv2 dictionary with IKESecurityAssociationParameters") };
    let source = Source::find(text, &ELEMENTS)?.ok_or(absent)?;
    let document = source.open()?;
    let connections = connections(document.root());
    let mut all = connections.iter().copied();
    let mut settings = connection(all.next().ok_or(absent)?)?;
    let others: Vec<String> = all.map(called).take(8).collect();
    if !others.is_empty() {
        settings.remark(format!("The profile also has {}; that is not read here.", others.join(", ")), None);
    }
    Ok(settings)
}

/// The dictionaries with the keys of the IKEv2 payload, in the order of the text.
fn connections(root: Element<'_>) -> Vec<Element<'_>> {
    let mut found: Vec<Element<'_>> = Vec::new();
    let mut last = None;
    for key in root.all().filter(|element| element.is("key")) {
        let dict = match key.value().text {
            "IKEv2" => key.next().filter(|element| element.is("dict")),
            IKE | CHILD => key.parent(),
            _ => None,
        };
        let Some(dict) = dict else { continue };
        // The keys of one dictionary follow each other.
        let place = dict.span();
        if last != Some(place) {
            found.push(dict);
        }
        last = Some(place);
    }
    found
}

/// How a connection is called in remarks.
fn called(dict: Element<'_>) -> String {
    let outer = dict.parent();
    let name = entry(dict, "UserDefinedName").or_else(|| entry(outer?, "UserDefinedName"));
    let address = || entry(dict, "RemoteAddress").map(|value| format!("a connection to {:?}", value.value().text));
    let named = name.map(|value| format!("the connection {:?}", value.value().text));
    named.or_else(address).unwrap_or_else(|| String::from("another connection"))
}

fn connection(dict: Element<'_>) -> Result<Settings, NotationError> {
    let mut settings = Settings::new(Notation::Apple);
    let ike = entry(dict, IKE).filter(|element| element.is("dict"));
    let own = entry(dict, CHILD).filter(|element| element.is("dict"));
    let child = own.or(ike);
    let fallback = switched_on(dict, "AllowPostQuantumKeyExchangeFallback").is_some();
    let for_ike = parameters(ike, &mut settings, "IKE")?;
    settings.ike.push(for_ike.stated(for_ike.ike(fallback), ike));
    let for_child = parameters(child, &mut settings, "ESP")?;
    settings.esp.push(for_child.stated(for_child.child(), child));
    if ike.is_none() {
        let text = "There are no IKESecurityAssociationParameters: the defaults of the reference are taken (AES-256, SHA2-256, group 14). \
                    Devices have been seen to offer more than these.";
        settings.remark(text, Some(dict.span()));
    }
    if own.is_none() {
        settings.remark("There are no ChildSecurityAssociationParameters: those of the IKE SA count.", ike.map(Element::span));
    }
    let pfs = entry(dict, "EnablePFS");
    let place = pfs.map(Element::span);
    let rule = if pfs.is_some_and(is_true) { Pfs::Groups(Vec::from([for_child.group])) } else { Pfs::None };
    settings.set_pfs(Stated { value: rule, span: place });
    if settings.pfs.as_ref().is_some_and(|pfs| pfs.value != Pfs::None) {
        for (ty, methods) in for_child.additional(fallback) {
            let methods = methods.into_iter().map(|method| Transform::new(ty, method.0));
            settings.esp.iter_mut().for_each(|esp| esp.value.transforms.extend(methods.clone()));
        }
        settings.esp.iter_mut().for_each(|esp| esp.value.transforms.sort_by_key(|t| super::rank(t.ty)));
    } else if for_child.group_at.is_some() && own.is_some() {
        settings.remark("Without EnablePFS the group of ChildSecurityAssociationParameters does not count.", for_child.group_at);
    }
    settings.ike_lifetime = Some(for_ike.lifetime);
    settings.esp_lifetime = Some(for_child.lifetime);
    settings.remote_identity = entry(dict, "RemoteIdentifier")
        .map(Element::value)
        .filter(|word| !word.text.is_empty())
        .map(|word| Stated::at(String::from(word.text), word.span()));
    others(dict, &mut settings);
    Ok(settings)
}

/// The parameters of one Security Association.
struct Parameters {
    cipher: Transform,
    hash: (Integ, Prf),
    group: KeMethod,
    group_at: Option<Span>,
    methods: Vec<KeMethod>,
    lifetime: Stated<u64>,
}

fn parameters(dict: Option<Element<'_>>, settings: &mut Settings, protocol: &str) -> Result<Parameters, NotationError> {
    let value = |key: &str| dict.and_then(|dict| entry(dict, key)).map(Element::value);
    let mut assumed = Vec::new();
    let cipher = value("EncryptionAlgorithm").map(|word| CIPHERS.read(word)).transpose()?;
    let hash = value("IntegrityAlgorithm").map(|word| HASHES.read(word)).transpose()?;
    let group = value("DiffieHellmanGroup");
    let method = group.map(|word| GROUPS.read(word)).transpose()?;
    let cipher = cipher.unwrap_or_else(|| {
        assumed.push("AES-256 (AES-256-GCM in tvOS and watchOS)");
        Transform::encr_bits(Encr::ENCR_AES_CBC, 256)
    });
    let hash = hash.unwrap_or_else(|| {
        assumed.push("SHA2-256");
        (Integ::AUTH_HMAC_SHA2_256_128, Prf::PRF_HMAC_SHA2_256)
    });
    let method = method.unwrap_or_else(|| {
        assumed.push("group 14");
        KeMethod::MODP_2048
    });
    if let (Some(dict), false) = (dict, assumed.is_empty()) {
        settings.remark(format!("Not said for {protocol}, so that the defaults count: {}.", assumed.join(", ")), Some(dict.span()));
    }
    let lifetime = match value("LifeTimeInMinutes") {
        None => Stated::assumed(LIFETIME),
        Some(word) => {
            let minutes = word.text.parse::<u64>().map_err(|_| word.error(NotationErrorKind::Unknown(Expected::Number)))?;
            Stated::at(minutes.saturating_mul(60), word.span())
        }
    };
    let list = dict.and_then(|dict| entry(dict, "PostQuantumKeyExchangeMethods")).filter(|list| list.is("array"));
    let methods = list.into_iter().flat_map(Element::children).take(7).map(|item| METHODS.read(item.value()));
    let methods = methods.collect::<Result<_, _>>()?;
    Ok(Parameters { cipher, hash, group: method, group_at: group.map(Word::span), methods, lifetime })
}

impl Parameters {
    fn stated(&self, proposal: Proposal, dict: Option<Element<'_>>) -> Stated<Proposal> {
        Stated { value: proposal, span: dict.map(Element::span) }
    }

    /// ADDKE1 and those behind it, each with its method; NONE too where the device goes on without.
    fn additional(&self, fallback: bool) -> impl Iterator<Item = (TransformType, Vec<KeMethod>)> + '_ {
        let types = TransformType::ADDITIONAL_KEY_EXCHANGES.into_iter();
        types
            .zip(&self.methods)
            .filter(|(_, method)| **method != KeMethod::NONE)
            .map(move |(ty, method)| (ty, [*method].into_iter().chain(fallback.then_some(KeMethod::NONE)).collect()))
    }

    fn ike(&self, fallback: bool) -> Proposal {
        let (integ, prf) = self.hash;
        let mut transforms = Vec::from([self.cipher, Transform::prf(prf), Transform::ke(self.group)]);
        if !self.cipher.is_aead() {
            transforms.push(Transform::integ(integ));
        }
        for (ty, methods) in self.additional(fallback) {
            transforms.extend(methods.into_iter().map(|method| Transform::new(ty, method.0)));
        }
        proposal(SecurityProtocol::IKE, transforms)
    }

    fn child(&self) -> Proposal {
        let (integ, _) = self.hash;
        let mut transforms = Vec::from([self.cipher, Transform::sn(SequenceNumbers::SEQUENTIAL_32)]);
        if !self.cipher.is_aead() {
            transforms.push(Transform::integ(integ));
        }
        proposal(SecurityProtocol::ESP, transforms)
    }
}

/// Keys with a bearing on the exchanges that the settings cannot hold.
fn others(dict: Element<'_>, settings: &mut Settings) {
    const SWITCHES: [(&str, &str); 6] = [
        ("DisableMOBIKE", "DisableMOBIKE: the device does not announce MOBIKE (RFC 4555)."),
        ("DisableRedirect", "DisableRedirect: the device does not follow REDIRECT (RFC 5685)."),
        ("UseConfigurationAttributeInternalIPSubnet", "The device asks for INTERNAL_IP4_SUBNET and INTERNAL_IP6_SUBNET."),
        (
            "EnforceStrictAlgorithmSelection",
            "EnforceStrictAlgorithmSelection: the device refuses DES, 3DES, groups below 14, and a child cipher stronger than that of IKE.",
        ),
        ("ExtendedAuthEnabled", "ExtendedAuthEnabled: the device authenticates by EAP."),
        (
            "AllowPostQuantumKeyExchangeFallback",
            "AllowPostQuantumKeyExchangeFallback: the device goes on without post-quantum key exchanges.",
        ),
    ];
    for (key, text) in SWITCHES {
        if let Some(value) = switched_on(dict, key) {
            settings.remark(text, Some(value.span()));
        }
    }
    if let Some(identifier) = entry(dict, "PPKIdentifier") {
        let optional = entry(dict, "PPKMandatory").is_some_and(|value| !is_true(value));
        let text = if optional {
            "There is a post-quantum pre-shared key (RFC 8784)."
        } else {
            "A post-quantum pre-shared key is mandatory (RFC 8784)."
        };
        settings.remark(text, Some(identifier.span()));
    }
    if let Some(name) = entry(dict, "ServerCertificateCommonName") {
        let text = format!("The certificate of the server has to have the name {:?}, whatever RemoteIdentifier says.", name.value().text);
        settings.remark(text, Some(name.span()));
    }
    let ty = dict.parent().and_then(|outer| entry(outer, "VPNType")).map(Element::value);
    if let Some(ty) = ty.filter(|ty| !matches!(ty.text, "IKEv2" | "AlwaysOn" | "")) {
        settings.remark(format!("VPNType is {}: the IKEv2 dictionary does not count.", ty.text), Some(ty.span()));
    }
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::arithmetic_side_effects, clippy::string_slice, reason = "a test fails by panicking")]

    use super::super::{Certainty, Hint, Notation, NotationErrorKind as Kind, detect, read, strongswan};
    use super::{Pfs, Settings};
    use crate::registry::{KeMethod, TransformType};
    use alloc::format;
    use alloc::string::String;

    fn settings(text: &str) -> Settings {
        let found = detect(text).unwrap();
        assert_eq!((found.notation, found.confidence), (Notation::Apple, Certainty::Certain), "{text}");
        read(text, Hint::default()).unwrap_or_else(|error| panic!("{}", error.on(text)))
    }

    fn said(settings: &Settings) -> String {
        format!("{} {}", strongswan::emit(&settings.ike[0].value).unwrap(), strongswan::emit(&settings.esp[0].value).unwrap())
    }

    fn dict(name: &str, inner: &str) -> String {
        format!("<key>{name}</key>\n<dict>\n{inner}\n</dict>\n")
    }

    fn parameters(cipher: &str, hash: &str, group: u16) -> String {
        format!(
            "\t<key>EncryptionAlgorithm</key>\n\t<string>{cipher}</string>\n\t<key>IntegrityAlgorithm</key>\n\t<string>{hash}</string>\n\t\
             <key>DiffieHellmanGroup</key>\n\t<integer>{group}</integer>\n\t<key>LifeTimeInMinutes</key><integer>60</integer>"
        )
    }

    #[test]
    fn profiles_as_people_paste_them() {
        let ike = dict(super::IKE, &parameters("AES-256-GCM", "SHA2-384", 20));
        let child = dict(super::CHILD, &parameters("ChaCha20Poly1305", "SHA2-256", 31));
        let inner = format!(
            "{child}{ike}<key>EnablePFS</key><integer>1</integer>\n<key>RemoteIdentifier</key><string>vpn.example.com</string>\n<key>DisableMOBIKE</key><integer>1</integer>"
        );
        let payload = format!("<dict>\n<key>VPNType</key>\n<string>IKEv2</string>\n{}</dict>", dict("IKEv2", &inner));
        let whole = format!(
            "Hi, this fails on iOS 17:\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
             \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\"><dict><key>PayloadContent</key><array>{payload}\
             <dict><key>UserDefinedName</key><string>Other</string>{}</dict></array></dict></plist>\nAny idea?",
            dict("IKEv2", &ike)
        );
        for text in [&whole, &payload, &dict("IKEv2", &inner), &inner, &inner.replace('<', "&lt;").replace('>', "&gt;")] {
            let read = settings(text);
            assert_eq!(said(&read), "aes256gcm16-prfsha384-ecp384 chacha20poly1305-x25519", "{text}");
            assert_eq!(read.pfs.as_ref().unwrap().value, Pfs::Groups([KeMethod::CURVE25519].into()));
            assert_eq!((read.ike_lifetime.unwrap().value, read.esp_lifetime.unwrap().value), (3600, 3600));
            let identity = read.remote_identity.as_ref().unwrap();
            let span = identity.span.unwrap();
            assert_eq!(text.get(span.at..span.at + span.len), Some("vpn.example.com"));
            assert!(read.remarks.iter().any(|remark| remark.text.contains("MOBIKE")));
        }
        assert!(settings(&whole).remarks.iter().any(|remark| remark.text.contains("\"Other\"")));
    }

    #[test]
    fn defaults_of_the_reference() {
        let none = settings(&dict("IKEv2", "<key>RemoteAddress</key><string>com.apple.vpn.managed</string>"));
        assert_eq!(said(&none), "aes256-sha256-prfsha256-modp2048 aes256-sha256");
        assert_eq!((none.pfs.unwrap().value, none.ike_lifetime.unwrap().value), (Pfs::None, 86400));
        let some = settings(&dict(super::IKE, "<key>EncryptionAlgorithm</key><string>AES-128</string>"));
        assert_eq!(said(&some), "aes128-sha256-prfsha256-modp2048 aes128-sha256");
        assert!(some.remarks.iter().any(|remark| remark.text.contains("SHA2-256, group 14")), "{:?}", some.remarks);
        let old = settings(&dict(super::IKE, &parameters("3DES", "SHA1-160", 2)));
        assert_eq!(old.ike[0].value.of_type(TransformType::INTEG).next().unwrap().id.0, 7);
    }

    #[test]
    fn post_quantum_methods() {
        let list = "<key>PostQuantumKeyExchangeMethods</key><array><integer>36</integer><integer>0</integer><integer>37</integer></array>";
        let text =
            format!("{}<key>EnablePFS</key><true/>", dict(super::IKE, &format!("{}{list}", parameters("AES-256-GCM", "SHA2-256", 19))));
        assert_eq!(
            said(&settings(&text)),
            "aes256gcm16-prfsha256-ecp256-ke1_mlkem768-ke3_mlkem1024 aes256gcm16-ecp256-ke1_mlkem768-ke3_mlkem1024"
        );
        let either = settings(&format!("{text}<key>AllowPostQuantumKeyExchangeFallback</key><true/>"));
        assert_eq!(either.ike[0].value.of_type(TransformType::ADDKE1).count(), 2);
    }

    #[test]
    fn faults_have_their_place() {
        let fault = |text: &str| {
            let error = read(text, Hint::default()).unwrap_err().error;
            (String::from(text.get(error.at..error.at + error.len).unwrap()), error.kind)
        };
        let (token, kind) = fault(&dict(super::IKE, &parameters("AES-265", "SHA2-256", 14)));
        assert!(matches!(kind, Kind::Name { meant: Some("AES-256"), .. }));
        assert_eq!(token, "AES-265");
        assert_eq!(fault(&dict(super::IKE, &parameters("AES-256", "SHA2-256", 22))).0, "22");
    }
}
