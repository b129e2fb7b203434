//! What a text gives of one connection or server, whatever its form, and the settings that Windows makes of it.

use super::super::names::Names;
use super::super::nearest::nearest;
use super::super::settings::{NotationRemark, Pfs, Settings, Stated, TunnelType};
use super::super::span::Span;
use super::super::words::Word;
use super::super::{Expected, Notation, NotationError, NotationErrorKind};
use super::{Authentication, Cipher, Found, Parameter, PfsGroup};
use crate::proposal::NegotiationContext;
use crate::proposal::profiles::{self, Profile};
use crate::proposal::suite::Proposal;
use crate::registry::{SecurityProtocol, SequenceNumbers};
use crate::role::Role;
use crate::transform::Transform;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What a parameter, a property or an element is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Policy(Parameter),
    /// `ConnectionName`, `Name`, `ProfileName`.
    Name,
    /// `ServerAddress`, `Servers`.
    Server,
    /// `TunnelType`, `NativeProtocolType`.
    Tunnel,
    /// `CustomPolicy`, as a switch or with `True` and `False`.
    Custom,
    /// `RevertToDefault`.
    Revert,
    /// `SALifeTimeSeconds`.
    SaSeconds,
    /// `MMSALifeTimeSeconds`.
    MmSeconds,
    /// `SADataSizeForRenegotiationKilobytes`.
    Kilobytes,
    /// `EncryptionType`, `EncryptionLevel`.
    Encryption,
    /// It says nothing of proposals.
    Other,
}

const fn policy(parameter: Parameter) -> Key {
    Key::Policy(parameter)
}

/// Parameters, their aliases, and the properties that the `Get-` commands print.
const KEYS: &[(&str, Key)] = &[
    ("AuthenticationTransformConstants", policy(Parameter::AuthenticationTransformConstants)),
    ("FirstTransformType", policy(Parameter::AuthenticationTransformConstants)),
    ("CipherTransformConstants", policy(Parameter::CipherTransformConstants)),
    ("FirstCipherAlgorithm", policy(Parameter::CipherTransformConstants)),
    ("OtherCipherAlgorithm", policy(Parameter::CipherTransformConstants)),
    ("EncryptionMethod", policy(Parameter::EncryptionMethod)),
    ("Encryption", policy(Parameter::EncryptionMethod)),
    ("IntegrityCheckMethod", policy(Parameter::IntegrityCheckMethod)),
    ("FirstIntegrityAlgorithm", policy(Parameter::IntegrityCheckMethod)),
    ("OtherHashAlgorithm", policy(Parameter::IntegrityCheckMethod)),
    ("DHGroup", policy(Parameter::DHGroup)),
    ("PfsGroup", policy(Parameter::PfsGroup)),
    ("PfsGroupId", policy(Parameter::PfsGroup)),
    ("ConnectionName", Key::Name),
    ("Name", Key::Name),
    ("ServerAddress", Key::Server),
    ("ServerName", Key::Server),
    ("DefaultServer", Key::Server),
    ("Destination", Key::Server),
    ("TunnelType", Key::Tunnel),
    ("CustomPolicy", Key::Custom),
    ("RevertToDefault", Key::Revert),
    ("SALifeTimeSeconds", Key::SaSeconds),
    ("QMSALifeTimeSeconds", Key::SaSeconds),
    ("LifeTimeSeconds", Key::SaSeconds),
    ("SALifeTime", Key::SaSeconds),
    ("SALifeTime(s)", Key::SaSeconds),
    ("MMSALifeTimeSeconds", Key::MmSeconds),
    ("MMSALifeTime", Key::MmSeconds),
    ("MMSALifeTime(s)", Key::MmSeconds),
    ("SADataSizeForRenegotiationKilobytes", Key::Kilobytes),
    ("SADataSizeForRenegotiation", Key::Kilobytes),
    ("SADataSizeForRenegotiation(KB)", Key::Kilobytes),
    ("LifeTimeKiloBytes", Key::Kilobytes),
    ("EncryptionType", Key::Encryption),
    ("EncryptionLevel", Key::Encryption),
];

/// What a property of this name is about.
pub(super) fn property(name: &str) -> Option<Key> {
    KEYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, key)| *key)
}

/// What a parameter is about: PowerShell takes as much of the name as no other parameter of the command has.
pub(super) fn parameter(word: Word<'_>, others: &[&'static str]) -> Result<Key, NotationError> {
    let name = word.text;
    if let Some(key) = property(name) {
        return Ok(key);
    }
    let starts = |known: &str| known.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    if others.iter().any(|other| other.eq_ignore_ascii_case(name)) {
        return Ok(Key::Other);
    }
    let mut fitting = Parameter::ALL.into_iter().filter(|parameter| starts(parameter.name()));
    if let (Some(parameter), None) = (fitting.next(), fitting.next()) {
        return Ok(Key::Policy(parameter));
    }
    if others.iter().copied().any(starts) {
        return Ok(Key::Other);
    }
    let all = KEYS.iter().map(|(known, _)| *known).chain(others.iter().copied());
    Err(word.error(unknown_parameter(nearest(name, all))))
}

/// The fault of a name that is no parameter.
pub(super) const fn unknown_parameter(meant: Option<&'static str>) -> NotationErrorKind {
    match meant {
        Some(_) => NotationErrorKind::Name { expected: "a parameter of the command", meant },
        None => NotationErrorKind::Unknown(Expected::ParameterName),
    }
}

/// Whose text it is, and how much of it has to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A command for a connection, a profile: all six values, or none.
    Client,
    /// A command for the server: all six values, or none.
    Server,
    /// Output of a command, or a part of something: what is there counts.
    Shown,
}

/// What a text gives.
pub(super) struct Given<'t> {
    pub(super) form: Form,
    pub(super) span: Span,
    pub(super) name: Option<Word<'t>>,
    pub(super) server: Option<Word<'t>>,
    pub(super) tunnel: Option<Stated<TunnelType>>,
    /// Whether NativeProtocolType says so, not TunnelType.
    pub(super) profile: bool,
    pub(super) custom: Option<bool>,
    pub(super) revert: bool,
    pub(super) encryption: bool,
    pub(super) fragmentation: Option<Stated<bool>>,
    policy: Vec<(Parameter, Word<'t>, Word<'t>)>,
    sa_seconds: Option<Word<'t>>,
    mm_seconds: Option<Word<'t>>,
    kilobytes: Option<Word<'t>>,
    pub(super) remarks: Vec<NotationRemark>,
}

impl<'t> Given<'t> {
    pub(super) const fn new(form: Form, span: Span) -> Self {
        Self {
            form,
            span,
            name: None,
            server: None,
            tunnel: None,
            profile: false,
            custom: None,
            revert: false,
            encryption: false,
            fragmentation: None,
            policy: Vec::new(),
            sa_seconds: None,
            mm_seconds: None,
            kilobytes: None,
            remarks: Vec::new(),
        }
    }

    pub(super) fn remark(&mut self, text: impl Into<String>, span: Option<Span>) {
        self.remarks.push(NotationRemark { text: text.into(), span });
    }

    /// Takes one value. `word` is its parameter, property or element.
    pub(super) fn set(&mut self, key: Key, word: Word<'t>, value: Word<'t>) -> Result<(), NotationError> {
        match key {
            Key::Policy(parameter) => {
                if self.policy.iter().any(|(known, ..)| *known == parameter) {
                    return Err(word.error(NotationErrorKind::Twice(parameter)));
                }
                self.policy.push((parameter, word, value));
            }
            Key::Name => self.name = Some(value),
            Key::Server => self.server = Some(value),
            Key::Tunnel => self.tunnel = Some(Stated::at(tunnel(value)?, value.span())),
            Key::Custom => self.custom = Some(is_true(value)),
            Key::Revert => self.revert = is_true(value),
            Key::SaSeconds => self.sa_seconds = Some(value),
            Key::MmSeconds => self.mm_seconds = Some(value),
            Key::Kilobytes => self.kilobytes = Some(value),
            Key::Encryption => self.encryption = true,
            Key::Other => {}
        }
        Ok(())
    }

    /// Lets a later command of the same connection have the last word.
    pub(super) fn merge(&mut self, later: Self) {
        if later.revert || !later.policy.is_empty() {
            self.policy = later.policy;
            (self.revert, self.custom, self.span) = (later.revert, later.custom, later.span);
            self.form = later.form;
        }
        self.name = later.name.or(self.name);
        self.server = later.server.or(self.server);
        self.tunnel = later.tunnel.or(self.tunnel);
        self.sa_seconds = later.sa_seconds.or(self.sa_seconds);
        self.mm_seconds = later.mm_seconds.or(self.mm_seconds);
        self.kilobytes = later.kilobytes.or(self.kilobytes);
        self.encryption |= later.encryption;
        self.remarks.extend(later.remarks);
    }

    pub(super) fn has_policy(&self) -> bool {
        !self.policy.is_empty()
    }

    /// Whether it says anything of proposals.
    pub(super) fn says_something(&self) -> bool {
        self.has_policy() || self.revert || self.custom.is_some() || self.tunnel.is_some() || self.encryption || self.sa_seconds.is_some()
    }

    /// How the connection is called in remarks.
    pub(super) fn called(&self) -> String {
        match (self.name, self.form) {
            (Some(name), _) => format!("the connection {:?}", name.text),
            (None, Form::Server) => String::from("the server"),
            (None, _) => String::from("another policy"),
        }
    }

    /// The settings that Windows makes of it.
    pub(super) fn settings(mut self) -> Result<Settings, NotationError> {
        let mut settings = Settings::new(Notation::Windows);
        settings.remarks = core::mem::take(&mut self.remarks);
        // What a server accepts does not depend on it; there it says which policy is meant.
        let server = self.form == Form::Server || self.custom.is_some() || self.sa_seconds.is_some() || self.encryption;
        settings.tunnel_type = self.tunnel.filter(|stated| !(server && stated.value == TunnelType::IkeV2));
        settings.fragmentation = self.fragmentation;
        settings.remote_identity = self.server.filter(|word| !word.text.is_empty()).map(|word| servers(word, &mut settings));
        settings.ike_lifetime = seconds(self.mm_seconds)?;
        settings.esp_lifetime = seconds(self.sa_seconds)?;
        settings.esp_octets = seconds(self.kilobytes)?.map(|stated| Stated { value: stated.value.saturating_mul(1024), ..stated });
        match self.tunnel.map(|stated| stated.value) {
            Some(TunnelType::Other) => {
                let text = "This protocol is not IKEv2: nothing is offered in IKE_SA_INIT, and what is said of proposals does not count.";
                settings.remark(text, self.tunnel.and_then(|stated| stated.span));
            }
            Some(TunnelType::Automatic) => self.automatic(&mut settings),
            _ if self.revert || self.custom == Some(false) => self.defaults(&mut settings),
            _ if self.has_policy() => self.policy(&mut settings)?,
            _ => self.defaults(&mut settings),
        }
        Ok(settings)
    }

    fn automatic(&self, settings: &mut Settings) {
        let setting = if self.profile { "NativeProtocolType" } else { "TunnelType" };
        let suite = if self.profile { "CryptographySuite" } else { "the custom IPsec policy" };
        let ignored = if self.has_policy() {
            format!("{setting} is Automatic: Windows ignores {suite} and offers its 18 default proposals, all of group 2 (MODP_1024).")
        } else {
            format!("{setting} is Automatic: Windows offers its 18 default proposals, all of group 2 (MODP_1024).")
        };
        settings.remark(ignored, self.tunnel.and_then(|stated| stated.span));
        if self.has_policy() {
            let first = self.policy.first().map(|(_, word, _)| word.span());
            settings.remark(format!("For {suite} to count, {setting} has to be IKEv2."), first);
        }
        put_defaults(settings);
    }

    fn defaults(&self, settings: &mut Settings) {
        let text = match self.form {
            _ if self.custom == Some(false) => "CustomPolicy is False: the default proposals of Windows count.",
            _ if self.revert => "RevertToDefault: the default proposals of Windows count.",
            Form::Client if self.profile => {
                "There is no CryptographySuite: Windows offers its default proposals, all of group 2 (MODP_1024)."
            }
            Form::Client | Form::Server | Form::Shown => {
                "There is no custom IPsec policy: the default proposals of Windows count, all of group 2 (MODP_1024)."
            }
        };
        settings.remark(text, Some(self.span));
        if self.form == Form::Server || self.custom == Some(false) {
            settings.remark("The defaults of a server are not published; they are taken to be those of the client.", None);
        }
        put_defaults(settings);
    }

    fn policy(&self, settings: &mut Settings) -> Result<(), NotationError> {
        let mut found = Found::default();
        for (parameter, word, value) in &self.policy {
            found.set(*parameter, *word, *value)?;
        }
        let lacking = Parameter::ALL.into_iter().filter(|parameter| !self.policy.iter().any(|(known, ..)| known == parameter));
        let lacking: Vec<Parameter> = lacking.collect();
        let whole = NotationError { at: self.span.at, len: self.span.len, kind: NotationErrorKind::Empty(Expected::Proposal) };
        if let (Some(parameter), Form::Client | Form::Server) = (lacking.first(), self.form) {
            return Err(NotationError { kind: NotationErrorKind::Parameter(*parameter), ..whole });
        }
        if self.form == Form::Server && self.custom.is_none() {
            settings.remark("The command takes these parameters only together with -CustomPolicy.", Some(self.span));
        }
        let at = |place: Option<(usize, usize)>| {
            move |kind| place.map_or(NotationError { kind, ..whole }, |(at, len)| NotationError { at, len, kind })
        };
        if let (Some(cipher), Some(method), Some(dh)) = (found.encryption, found.integrity, found.dh) {
            let ike = super::ike(cipher, method, dh).map_err(at(found.dh_at))?;
            settings.ike.push(Stated::at(ike, self.span));
        }
        if let (Some(cipher), Some(authentication)) = (found.cipher, found.authentication) {
            let child = child(cipher, authentication, settings, self.span).map_err(at(found.cipher_at))?;
            settings.esp.push(Stated::at(child, self.span));
        }
        if settings.ike.is_empty() && settings.esp.is_empty() {
            let kind = lacking.first().map_or(whole.kind, |parameter| NotationErrorKind::Parameter(*parameter));
            return Err(NotationError { kind, ..whole });
        }
        for parameter in lacking {
            settings.remark(format!("The text does not say {parameter}."), Some(self.span));
        }
        if let Some(group) = found.pfs {
            let place = self.policy.iter().find(|(parameter, ..)| *parameter == Parameter::PfsGroup).map(|(.., value)| value.span());
            settings.set_pfs(Stated { value: rule(group), span: place });
        }
        Ok(())
    }
}

/// The ESP proposal without its group.
fn child(cipher: Cipher, authentication: Authentication, settings: &mut Settings, place: Span) -> Result<Proposal, NotationErrorKind> {
    match super::child(cipher, authentication, None) {
        Err(_) if authentication == Authentication::None => {
            // An example of the cmdlet's reference has it.
            let [plain, _] = super::esp(cipher, Authentication::Sha196).ok_or(NotationErrorKind::Transforms)?;
            let text =
                "AuthenticationTransformConstants is None: ESP encrypts without integrity protection (forbidden by RFC 8221 section 4).";
            settings.remark(text, Some(place));
            let transforms = plain.into_iter().chain([Transform::sn(SequenceNumbers::SEQUENTIAL_32)]);
            Ok(Proposal::new(SecurityProtocol::ESP, transforms.collect::<Vec<_>>()))
        }
        made => {
            if cipher == Cipher::None {
                settings.remark("CipherTransformConstants is None: ESP does not encrypt.", Some(place));
            }
            made
        }
    }
}

fn rule(group: PfsGroup) -> Pfs {
    match (group, super::pfs(group)) {
        (PfsGroup::PfsMm, _) => Pfs::IkeGroup,
        (_, Some(method)) => Pfs::Groups(Vec::from([method])),
        (_, None) => Pfs::None,
    }
}

fn default_profile(context: NegotiationContext) -> Option<&'static Profile> {
    profiles::find_for("windows10", context, Role::Initiator)
}

/// The proposals that Windows offers when nothing else counts.
pub(super) fn defaults(context: NegotiationContext) -> Vec<Proposal> {
    default_profile(context).map(Profile::to_proposals).unwrap_or_default()
}

fn put_defaults(settings: &mut Settings) {
    settings.ike = defaults(NegotiationContext::IkeSaInit).into_iter().map(Stated::assumed).collect();
    settings.esp = defaults(NegotiationContext::IkeAuth).into_iter().map(Stated::assumed).collect();
    settings.pfs = Some(Stated::assumed(Pfs::None));
}

/// A switch has no value, `$true`, `True`, `1` or `[switch]::Present`.
fn is_true(value: Word<'_>) -> bool {
    let text = value.text.trim_start_matches('$');
    !(text.eq_ignore_ascii_case("false") || text == "0")
}

/// `NativeProtocolType` and `TunnelType`.
fn tunnel(value: Word<'_>) -> Result<TunnelType, NotationError> {
    const TUNNELS: Names<TunnelType> = Names {
        expected: "one of Automatic, IKEv2, ProtocolList, SSTP, L2TP, PPTP",
        rows: &[
            ("Automatic", TunnelType::Automatic),
            ("IKEv2", TunnelType::IkeV2),
            ("ProtocolList", TunnelType::ProtocolList),
            ("SSTP", TunnelType::Other),
            ("L2TP", TunnelType::Other),
            ("PPTP", TunnelType::Other),
        ],
    };
    TUNNELS.read(value)
}

fn seconds(value: Option<Word<'_>>) -> Result<Option<Stated<u64>>, NotationError> {
    let Some(word) = value.filter(|word| !word.text.is_empty()) else { return Ok(None) };
    match word.text.parse() {
        Ok(number) => Ok(Some(Stated::at(number, word.span()))),
        // A variable of a script.
        Err(_) if word.text.starts_with('$') => Ok(None),
        Err(_) => Err(word.error(NotationErrorKind::Unknown(Expected::Number))),
    }
}

/// The first of `server;friendly name,server`.
fn servers(word: Word<'_>, settings: &mut Settings) -> Stated<String> {
    let mut all = word.split(&[',']);
    let first = all.next().unwrap_or(word);
    let others: Vec<&str> = all.map(|other| other.text.split(';').next().unwrap_or("").trim()).collect();
    let host = first.split(&[';']).next().unwrap_or(first);
    if !others.is_empty() {
        settings.remark(format!("There are further servers: {}.", others.join(", ")), Some(word.span()));
    }
    Stated::at(String::from(host.text), host.span())
}
