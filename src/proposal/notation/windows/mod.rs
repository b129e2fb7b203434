//! Windows: the parameters of `Set-VpnConnectionIPsecConfiguration`, and the element `CryptographySuite` of a ProfileXML.
//!
//! After the references of the modules VpnClient and RemoteAccess, and of the VPNv2 configuration service provider (Microsoft Learn).
//! Six values make one IKE proposal and one ESP proposal. A connection uses them only with `NativeProtocolType` IKEv2; with
//! Automatic the client sends its default proposals. GCM with `None` as the other constant is taken for GMAC; nobody could
//! observe that. A PFS group matters in CREATE_CHILD_SA only.
//!
//! ```
//! use ikev2::proposal::notation::{strongswan, windows};
//! let policy = windows::parse_powershell(
//!     "Set-VpnConnectionIPsecConfiguration -ConnectionName \"work\" -AuthenticationTransformConstants GCMAES256 \
//!      -CipherTransformConstants GCMAES256 -EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384 -PfsGroup ECP384",
//! )?;
//! assert_eq!(strongswan::emit(&policy.ike().unwrap()).unwrap(), "aes256-sha384-prfsha384-ecp384");
//! assert_eq!(strongswan::emit(&policy.child().unwrap()).unwrap(), "aes256gcm16-ecp384");
//! assert!(policy.profile_xml().to_string().contains("<DHGroup>ECP384</DHGroup>"));
//! # Ok::<(), ikev2::proposal::notation::NotationError>(())
//! ```

pub use parameter::{Authentication, Cipher, DhGroup, Encryption, Integrity, Parameter, PfsGroup};
#[cfg(feature = "notations")]
pub use profile::parse_profile_xml;

mod parameter;

#[cfg(feature = "notations")]
mod given;
#[cfg(feature = "notations")]
mod output;
#[cfg(feature = "notations")]
mod profile;
#[cfg(feature = "notations")]
mod script;
#[cfg(test)]
#[cfg(feature = "notations")]
mod tests;
#[cfg(feature = "notations")]
pub(super) mod text;
#[cfg(feature = "notations")]
mod write;

use super::words::Word;
use super::{Expected, NotationError, NotationErrorKind, Unwritable, proposal};
use crate::proposal::suite::Proposal;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;
use core::fmt::{Display, Formatter};

/// What the six parameters say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WindowsPolicy {
    /// The integrity algorithm of ESP.
    pub authentication: Authentication,
    /// The cipher of ESP.
    pub cipher: Cipher,
    /// The cipher of IKE.
    pub encryption: Encryption,
    /// Integrity algorithm and PRF of IKE.
    pub integrity: Integrity,
    /// The key exchange method of IKE.
    pub dh: DhGroup,
    /// The key exchange method of CREATE_CHILD_SA.
    pub pfs: PfsGroup,
}

impl WindowsPolicy {
    /// The IKE proposal.
    ///
    /// # Errors
    /// [`NotationErrorKind`] when there is no group: IKE cannot do without.
    pub fn ike(&self) -> Result<Proposal, NotationErrorKind> {
        ike(self.encryption, self.integrity, self.dh)
    }

    /// The ESP proposal. Its key exchange method counts in CREATE_CHILD_SA.
    ///
    /// # Errors
    /// [`NotationErrorKind`] when the constants do not go together.
    pub fn child(&self) -> Result<Proposal, NotationErrorKind> {
        let ke = if self.pfs == PfsGroup::PfsMm { group(self.dh) } else { pfs(self.pfs) };
        child(self.cipher, self.authentication, ke)
    }

    /// The policy that stands for an IKE and an ESP proposal; a key exchange method of the latter becomes the PFS group.
    ///
    /// # Errors
    /// [`Unwritable`] says which transform Windows has no value for.
    pub fn from_proposals(ike: &Proposal, child: &Proposal) -> Result<Self, Unwritable> {
        for (asked, protocol) in [(ike, SecurityProtocol::IKE), (child, SecurityProtocol::ESP)] {
            if asked.protocol != protocol {
                return Err(Unwritable::Protocol(asked.protocol));
            }
        }
        let cipher = only(ike, TransformType::ENCR)?;
        let prf = only(ike, TransformType::PRF)?;
        let ke = only(ike, TransformType::KE)?;
        let child_cipher = only(child, TransformType::ENCR)?;
        let constants = Cipher::ALL.iter().flat_map(|c| Authentication::ALL.iter().map(move |a| (*c, *a)));
        let integ = child.of_type(TransformType::INTEG).find(|t| !t.is_none());
        let mut fitting = constants.filter(|(c, a)| esp(*c, *a) == Some([Some(child_cipher), integ]));
        let (constant, authentication) = fitting.next().ok_or(Unwritable::Transform(integ.unwrap_or(child_cipher)))?;
        let method = child.of_type(TransformType::KE).next();
        let policy = Self {
            authentication,
            cipher: constant,
            encryption: find(Encryption::ALL, |v| encryption(*v) == cipher).ok_or(Unwritable::Transform(cipher))?,
            integrity: find(Integrity::ALL, |v| Transform::prf(integrity(*v).1) == prf).ok_or(Unwritable::Transform(prf))?,
            dh: find(DhGroup::ALL, |v| group(*v).map(Transform::ke) == Some(ke)).ok_or(Unwritable::Transform(ke))?,
            pfs: match method {
                Some(ke) => find(PfsGroup::ALL, |v| pfs(*v).map(Transform::ke) == Some(ke)).ok_or(Unwritable::Transform(ke))?,
                None => PfsGroup::None,
            },
        };
        // What is there twice, or of a type Windows does not speak of, shows when the proposals are made again.
        super::same(ike, policy.ike().map(|p| Vec::from([p])).map_err(|kind| Word::whole("").error(kind)))?;
        super::same(child, policy.child().map(|p| Vec::from([p])).map_err(|kind| Word::whole("").error(kind)))?;
        Ok(policy)
    }

    /// The parameters as PowerShell takes them.
    #[must_use]
    pub const fn powershell(&self) -> impl Display + use<> {
        PowerShell(*self)
    }

    /// The element `CryptographySuite`.
    #[must_use]
    pub const fn profile_xml(&self) -> impl Display + use<> {
        ProfileXml(*self)
    }

    const fn named(&self) -> [(Parameter, &'static str); 6] {
        [
            (Parameter::AuthenticationTransformConstants, self.authentication.name()),
            (Parameter::CipherTransformConstants, self.cipher.name()),
            (Parameter::EncryptionMethod, self.encryption.name()),
            (Parameter::IntegrityCheckMethod, self.integrity.name()),
            (Parameter::DHGroup, self.dh.name()),
            (Parameter::PfsGroup, self.pfs.name()),
        ]
    }
}

fn ike(cipher: Encryption, method: Integrity, dh: DhGroup) -> Result<Proposal, NotationErrorKind> {
    let protocol = SecurityProtocol::IKE;
    let cipher = encryption(cipher);
    let (integ, prf) = integrity(method);
    let ke = group(dh).ok_or(NotationErrorKind::Missing { protocol, ty: TransformType::KE })?;
    let mut transforms = Vec::from([cipher, Transform::prf(prf), Transform::ke(ke)]);
    if !cipher.is_aead() {
        transforms.push(Transform::integ(integ));
    }
    Ok(proposal(protocol, transforms))
}

fn child(cipher: Cipher, authentication: Authentication, ke: Option<KeMethod>) -> Result<Proposal, NotationErrorKind> {
    let mut transforms = Vec::from([Transform::sn(SequenceNumbers::SEQUENTIAL_32)]);
    transforms.extend(esp(cipher, authentication).ok_or(NotationErrorKind::Transforms)?.into_iter().flatten());
    transforms.extend(ke.map(Transform::ke));
    Ok(proposal(SecurityProtocol::ESP, transforms))
}

fn find<T: Copy>(all: &[T], fits: impl Fn(&T) -> bool) -> Option<T> {
    all.iter().copied().find(fits)
}

fn only(proposal: &Proposal, ty: TransformType) -> Result<Transform, Unwritable> {
    proposal.of_type(ty).next().ok_or(Unwritable::Missing(ty))
}

struct PowerShell(WindowsPolicy);

impl Display for PowerShell {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        for (index, (parameter, value)) in self.0.named().into_iter().enumerate() {
            write!(f, "{}-{parameter} {value}", if index == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

struct ProfileXml(WindowsPolicy);

impl Display for ProfileXml {
    fn fmt(&self, f: &mut Formatter<'_>) -> core::fmt::Result {
        f.write_str("<CryptographySuite>\n")?;
        for (parameter, value) in self.0.named() {
            writeln!(f, "  <{parameter}>{value}</{parameter}>")?;
        }
        f.write_str("</CryptographySuite>")
    }
}

/// Reads the parameters of `Set-VpnConnectionIPsecConfiguration`; the command and its other parameters may stand there too.
///
/// # Errors
/// [`NotationError`].
pub fn parse_powershell(text: &str) -> Result<WindowsPolicy, NotationError> {
    let mut found = Found::default();
    let mut words = Arguments(Word::whole(text)).peekable();
    while let Some(word) = words.next() {
        let Some(bare) = word.text.strip_prefix('-') else {
            // The command itself, or the argument of a parameter that says nothing of algorithms.
            continue;
        };
        let (name, value) = match bare.split_once(':') {
            Some((name, value)) => (name, Some(value).filter(|value| !value.is_empty())),
            None => (bare, None),
        };
        let Some(parameter) = Parameter::read(name) else {
            if OTHERS.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                continue;
            }
            return Err(word.error(NotationErrorKind::Unknown(Expected::ParameterName)));
        };
        let argument = match value {
            Some(value) => Some(word.behind(word.text.len().saturating_sub(value.len()))),
            None => words.next_if(|next| !next.text.starts_with('-')),
        };
        let end = word.behind(word.text.len());
        found.set(parameter, word, argument.map_or(end, unquoted))?;
    }
    found.policy(Word::whole(text))
}

/// Parameters of the commands that set policies, with nothing to say about algorithms.
const OTHERS: [&str; 18] = [
    "ConnectionName",
    "Name",
    "ServerAddress",
    "AllUserConnection",
    "Force",
    "PassThru",
    "RevertToDefault",
    "CustomPolicy",
    "AsJob",
    "CimSession",
    "ThrottleLimit",
    "Confirm",
    "WhatIf",
    "ErrorAction",
    "Verbose",
    "TunnelType",
    "SALifeTimeSeconds",
    "MMSALifeTimeSeconds",
];

/// What was read so far.
#[derive(Default)]
struct Found {
    authentication: Option<Authentication>,
    cipher: Option<Cipher>,
    encryption: Option<Encryption>,
    integrity: Option<Integrity>,
    dh: Option<DhGroup>,
    pfs: Option<PfsGroup>,
    /// Where group and cipher constant stand: their faults show late.
    dh_at: Option<(usize, usize)>,
    cipher_at: Option<(usize, usize)>,
}

impl Found {
    fn set(&mut self, parameter: Parameter, word: Word<'_>, value: Word<'_>) -> Result<(), NotationError> {
        fn put<T>(slot: &mut Option<T>, read: Option<T>, twice: NotationError, wrong: NotationError) -> Result<(), NotationError> {
            match slot.replace(read.ok_or(wrong)?) {
                None => Ok(()),
                Some(_) => Err(twice),
            }
        }
        let kind = if value.text.is_empty() {
            NotationErrorKind::Empty(Expected::Value(parameter))
        } else {
            NotationErrorKind::Value { parameter, meant: parameter.meant(value.text) }
        };
        let (twice, wrong, text) = (word.error(NotationErrorKind::Twice(parameter)), value.error(kind), value.text);
        let span = Some((value.at, value.text.len()));
        match parameter {
            Parameter::AuthenticationTransformConstants => put(&mut self.authentication, Authentication::read(text), twice, wrong),
            Parameter::CipherTransformConstants => {
                self.cipher_at = span;
                put(&mut self.cipher, Cipher::read(text), twice, wrong)
            }
            Parameter::EncryptionMethod => put(&mut self.encryption, Encryption::read(text), twice, wrong),
            Parameter::IntegrityCheckMethod => put(&mut self.integrity, Integrity::read(text), twice, wrong),
            Parameter::DHGroup => {
                self.dh_at = span;
                put(&mut self.dh, DhGroup::read(text), twice, wrong)
            }
            Parameter::PfsGroup => put(&mut self.pfs, PfsGroup::read(text), twice, wrong),
        }
    }

    fn policy(self, whole: Word<'_>) -> Result<WindowsPolicy, NotationError> {
        let missing = |parameter| whole.error(NotationErrorKind::Parameter(parameter));
        let policy = WindowsPolicy {
            authentication: self.authentication.ok_or_else(|| missing(Parameter::AuthenticationTransformConstants))?,
            cipher: self.cipher.ok_or_else(|| missing(Parameter::CipherTransformConstants))?,
            encryption: self.encryption.ok_or_else(|| missing(Parameter::EncryptionMethod))?,
            integrity: self.integrity.ok_or_else(|| missing(Parameter::IntegrityCheckMethod))?,
            dh: self.dh.ok_or_else(|| missing(Parameter::DHGroup))?,
            pfs: self.pfs.ok_or_else(|| missing(Parameter::PfsGroup))?,
        };
        for (read, span) in [(policy.ike(), self.dh_at), (policy.child(), self.cipher_at)] {
            if let (Err(kind), Some((at, len))) = (read, span) {
                return Err(NotationError { at, len, kind });
            }
        }
        Ok(policy)
    }
}

/// The arguments of a command line: white space and the backtick of a continued line part them, quotes hold them together.
struct Arguments<'a>(Word<'a>);

impl<'a> Iterator for Arguments<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let gap = |c: char| c.is_whitespace() || c == '`';
        let rest = self.0.text.trim_start_matches(gap);
        let word = self.0.behind(self.0.text.len().saturating_sub(rest.len()));
        let mut quote = None;
        let end = word.text.find(|c: char| {
            match quote {
                Some(open) if c == open => quote = None,
                Some(_) => {}
                None if matches!(c, '"' | '\'') => quote = Some(c),
                None => return gap(c),
            }
            false
        });
        let len = end.unwrap_or(word.text.len());
        self.0 = word.behind(len);
        let text = word.text.get(..len).filter(|text| !text.is_empty())?;
        Some(Word { text, ..word })
    }
}

fn unquoted(word: Word<'_>) -> Word<'_> {
    let inner = ['"', '\''].into_iter().find_map(|quote| word.text.strip_prefix(quote)?.strip_suffix(quote));
    inner.map_or(word, |text| Word { text, ..word.behind(1) })
}

const fn encryption(value: Encryption) -> Transform {
    match value {
        Encryption::Des => Transform::encr(Encr::ENCR_DES),
        Encryption::Des3 => Transform::encr(Encr::ENCR_3DES),
        Encryption::Aes128 => Transform::encr_bits(Encr::ENCR_AES_CBC, 128),
        Encryption::Aes192 => Transform::encr_bits(Encr::ENCR_AES_CBC, 192),
        Encryption::Aes256 => Transform::encr_bits(Encr::ENCR_AES_CBC, 256),
        Encryption::GcmAes128 => Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128),
        Encryption::GcmAes256 => Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256),
    }
}

const fn integrity(value: Integrity) -> (Integ, Prf) {
    match value {
        Integrity::Md5 => (Integ::AUTH_HMAC_MD5_96, Prf::PRF_HMAC_MD5),
        Integrity::Sha1 => (Integ::AUTH_HMAC_SHA1_96, Prf::PRF_HMAC_SHA1),
        Integrity::Sha256 => (Integ::AUTH_HMAC_SHA2_256_128, Prf::PRF_HMAC_SHA2_256),
        Integrity::Sha384 => (Integ::AUTH_HMAC_SHA2_384_192, Prf::PRF_HMAC_SHA2_384),
    }
}

/// Cipher and integrity transform of ESP; `None` for constants that do not go together.
fn esp(cipher: Cipher, authentication: Authentication) -> Option<[Option<Transform>; 2]> {
    use {Authentication as A, Cipher as C};
    let gcm = |bits| Some([Some(Transform::encr_bits(Encr::ENCR_AES_GCM_16, bits)), None]);
    let gmac = |bits| Some([Some(Transform::encr_bits(Encr::ENCR_NULL_AUTH_AES_GMAC, bits)), None]);
    let plain = match cipher {
        C::Des => Transform::encr(Encr::ENCR_DES),
        C::Des3 => Transform::encr(Encr::ENCR_3DES),
        C::Aes128 => Transform::encr_bits(Encr::ENCR_AES_CBC, 128),
        C::Aes192 => Transform::encr_bits(Encr::ENCR_AES_CBC, 192),
        C::Aes256 => Transform::encr_bits(Encr::ENCR_AES_CBC, 256),
        C::None => match authentication {
            A::GcmAes128 => return gmac(128),
            A::GcmAes192 => return gmac(192),
            A::GcmAes256 => return gmac(256),
            A::Md596 | A::Sha196 | A::Sha256128 | A::None => Transform::encr(Encr::ENCR_NULL),
        },
        C::GcmAes128 => return (authentication == A::GcmAes128).then(|| gcm(128)).flatten(),
        C::GcmAes192 => return (authentication == A::GcmAes192).then(|| gcm(192)).flatten(),
        C::GcmAes256 => return (authentication == A::GcmAes256).then(|| gcm(256)).flatten(),
    };
    let integ = match authentication {
        A::Md596 => Integ::AUTH_HMAC_MD5_96,
        A::Sha196 => Integ::AUTH_HMAC_SHA1_96,
        A::Sha256128 => Integ::AUTH_HMAC_SHA2_256_128,
        // ESP without integrity cannot be had.
        A::None | A::GcmAes128 | A::GcmAes192 | A::GcmAes256 => return None,
    };
    Some([Some(plain), Some(Transform::integ(integ))])
}

const fn group(value: DhGroup) -> Option<KeMethod> {
    Some(match value {
        DhGroup::None => return None,
        DhGroup::Group1 => KeMethod::MODP_768,
        DhGroup::Group2 => KeMethod::MODP_1024,
        DhGroup::Group14 => KeMethod::MODP_2048,
        DhGroup::Ecp256 => KeMethod::ECP_256,
        DhGroup::Ecp384 => KeMethod::ECP_384,
        DhGroup::Group24 => KeMethod::MODP_2048_256,
    })
}

const fn pfs(value: PfsGroup) -> Option<KeMethod> {
    Some(match value {
        PfsGroup::None | PfsGroup::PfsMm => return None,
        PfsGroup::Pfs1 => KeMethod::MODP_768,
        PfsGroup::Pfs2 => KeMethod::MODP_1024,
        PfsGroup::Pfs2048 => KeMethod::MODP_2048,
        PfsGroup::Ecp256 => KeMethod::ECP_256,
        PfsGroup::Ecp384 => KeMethod::ECP_384,
        PfsGroup::Pfs24 => KeMethod::MODP_2048_256,
    })
}
