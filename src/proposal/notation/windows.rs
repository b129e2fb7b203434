//! Windows: the parameters of `Set-VpnConnectionIPsecConfiguration`, and ProfileXML's `CryptographySuite` element.
//!
//! A custom suite is one IKE proposal and one ESP proposal, offered and accepted alone. A client set to
//! `NativeProtocolType` Automatic ignores it and sends its default proposals.

use super::{NotationError, NotationErrorKind as Kind, Token};
use crate::proposal::suite::{Proposal, Transform};
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

/// A custom suite: what the six settings mean on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CryptographySuite {
    /// `EncryptionMethod`, `IntegrityCheckMethod` and `DHGroup`.
    pub ike: Proposal,
    /// `CipherTransformConstants`, `AuthenticationTransformConstants` and `PfsGroup`. The group counts in CREATE_CHILD_SA only.
    pub esp: Proposal,
}

/// A proposal that no setting stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("no value of {setting} stands for this proposal")]
pub struct Unwritable {
    /// The setting.
    pub setting: &'static str,
}

const ENCRYPTION: &str = "EncryptionMethod";
const INTEGRITY: &str = "IntegrityCheckMethod";
const DH_GROUP: &str = "DHGroup";
const CIPHER: &str = "CipherTransformConstants";
const AUTHENTICATION: &str = "AuthenticationTransformConstants";
const PFS_GROUP: &str = "PfsGroup";

/// The settings, in the order they are written.
const SETTINGS: [&str; 6] = [AUTHENTICATION, CIPHER, DH_GROUP, ENCRYPTION, INTEGRITY, PFS_GROUP];

/// Values of `EncryptionMethod` and `CipherTransformConstants`; not all are for both. The second names are ProfileXML's.
const CIPHERS: &[(&str, Transform, bool, bool)] = &[
    ("DES", Transform::encr(Encr::ENCR_DES), true, true),
    ("DES3", Transform::encr(Encr::ENCR_3DES), true, true),
    ("AES128", Transform::encr_bits(Encr::ENCR_AES_CBC, 128), true, true),
    ("AES192", Transform::encr_bits(Encr::ENCR_AES_CBC, 192), true, true),
    ("AES256", Transform::encr_bits(Encr::ENCR_AES_CBC, 256), true, true),
    ("GCMAES128", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128), true, true),
    ("GCMAES192", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 192), false, true),
    ("GCMAES256", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256), true, true),
    ("AES_GCM_128", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128), true, false),
    ("AES_GCM_256", Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256), true, false),
];

const HASHES: &[(&str, Integ, Prf)] = &[
    ("MD5", Integ::AUTH_HMAC_MD5_96, Prf::PRF_HMAC_MD5),
    ("SHA1", Integ::AUTH_HMAC_SHA1_96, Prf::PRF_HMAC_SHA1),
    ("SHA196", Integ::AUTH_HMAC_SHA1_96, Prf::PRF_HMAC_SHA1),
    ("SHA256", Integ::AUTH_HMAC_SHA2_256_128, Prf::PRF_HMAC_SHA2_256),
    ("SHA384", Integ::AUTH_HMAC_SHA2_384_192, Prf::PRF_HMAC_SHA2_384),
];

const ESP_HASHES: &[(&str, Integ)] =
    &[("MD596", Integ::AUTH_HMAC_MD5_96), ("SHA196", Integ::AUTH_HMAC_SHA1_96), ("SHA256128", Integ::AUTH_HMAC_SHA2_256_128)];

const GROUPS: &[(&str, KeMethod)] = &[
    ("Group1", KeMethod::MODP_768),
    ("Group2", KeMethod::MODP_1024),
    ("Group14", KeMethod::MODP_2048),
    ("ECP256", KeMethod::ECP_256),
    ("ECP384", KeMethod::ECP_384),
    ("Group24", KeMethod::MODP_2048_256),
];

const PFS: &[(&str, KeMethod)] = &[
    ("PFS1", KeMethod::MODP_768),
    ("PFS2", KeMethod::MODP_1024),
    ("PFS2048", KeMethod::MODP_2048),
    ("ECP256", KeMethod::ECP_256),
    ("ECP384", KeMethod::ECP_384),
    ("PFS24", KeMethod::MODP_2048_256),
];

/// Reads a PowerShell command, or its parameters alone: `-EncryptionMethod AES256 -DHGroup ECP384 ..`. Parameters that do not
/// belong to the suite (`-ConnectionName`, `-Force`, ..) are passed over.
///
/// # Errors
/// [`NotationError`] with the token at fault.
pub fn parse_powershell(text: &str) -> Result<CryptographySuite, NotationError> {
    let mut values = Values::default();
    let mut words = words(text).into_iter().peekable();
    while let Some(word) = words.next() {
        let Some(name) = word.text.strip_prefix('-') else { continue };
        // PowerShell takes `-Name value` and `-Name:value`.
        let (name, attached) = name.split_once(':').map_or((name, None), |(name, value)| {
            let offset = word.offset.saturating_add(name.len()).saturating_add(2);
            (name, Some(Token { text: value, offset }))
        });
        let Some(setting) = SETTINGS.iter().find(|s| s.eq_ignore_ascii_case(name)) else { continue };
        let value = attached.or_else(|| words.next_if(|w| !w.text.starts_with('-'))).ok_or(word.error(Kind::Empty))?;
        values.set(setting, value, word)?;
    }
    values.suite(Token::new(text))
}

/// Words separated by white space; quotes around one are not part of it, a backtick at a line's end is no word.
fn words(text: &str) -> Vec<Token<'_>> {
    let separated = Token::new(text).split(char::is_whitespace);
    separated
        .filter(|t| !t.text.is_empty() && t.text != "`")
        .map(|t| {
            let inner = t.text.trim_start_matches(['"', '\'']);
            let skipped = t.text.len().saturating_sub(inner.len());
            Token { text: inner.trim_end_matches(['"', '\'']), offset: t.offset.saturating_add(skipped) }
        })
        .collect()
}

/// Reads the `CryptographySuite` element of a ProfileXML document, or its content alone.
///
/// # Errors
/// [`NotationError`] with the token at fault.
pub fn parse_xml(text: &str) -> Result<CryptographySuite, NotationError> {
    let whole = Token::new(text);
    let inner = element(whole, "CryptographySuite").unwrap_or(whole);
    let mut values = Values::default();
    for setting in SETTINGS {
        let mut rest = inner;
        while let Some(value) = element(rest, setting) {
            values.set(setting, value.trimmed(), value)?;
            let after = value.offset.saturating_add(value.text.len());
            rest = Token { text: text.get(after..end(inner)).unwrap_or(""), offset: after };
        }
    }
    values.suite(inner)
}

const fn end(token: Token<'_>) -> usize {
    token.offset.saturating_add(token.text.len())
}

/// The content of the first element of this name.
fn element<'t>(within: Token<'t>, name: &str) -> Option<Token<'t>> {
    let open = alloc::format!("<{name}>");
    let close = alloc::format!("</{name}>");
    let start = within.text.find(&open)?.checked_add(open.len())?;
    let content = within.text.get(start..)?;
    let len = content.find(&close)?;
    Some(Token { text: content.get(..len)?, offset: within.offset.checked_add(start)? })
}

#[derive(Default)]
struct Values<'t> {
    list: [Option<Token<'t>>; 6],
}

impl<'t> Values<'t> {
    fn set(&mut self, setting: &str, value: Token<'t>, whole: Token<'t>) -> Result<(), NotationError> {
        if value.text.is_empty() {
            return Err(whole.error(Kind::Empty));
        }
        let place = SETTINGS.iter().position(|s| *s == setting);
        match place.and_then(|place| self.list.get_mut(place)) {
            Some(Some(_)) => Err(value.error(Kind::Twice)),
            Some(free) => {
                *free = Some(value);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn get(&self, setting: &'static str, whole: Token<'t>) -> Result<Token<'t>, NotationError> {
        let place = SETTINGS.iter().position(|s| *s == setting);
        place.and_then(|place| self.list.get(place).copied().flatten()).ok_or(whole.error(Kind::Missing(setting)))
    }

    fn suite(&self, whole: Token<'t>) -> Result<CryptographySuite, NotationError> {
        let get = |setting| self.get(setting, whole);
        let encryption = get(ENCRYPTION)?;
        let cipher = named(CIPHERS, encryption, |(name, ..)| name)?;
        if !cipher.2 {
            return Err(encryption.error(Kind::Misplaced));
        }
        let hash = named(HASHES, get(INTEGRITY)?, |(name, ..)| name)?;
        let mut ike = Vec::from([cipher.1]);
        if !cipher.1.is_aead() {
            ike.push(Transform::integ(hash.1));
        }
        ike.push(Transform::prf(hash.2));
        let group_token = get(DH_GROUP)?;
        if group_token.text.eq_ignore_ascii_case("None") {
            return Err(group_token.error(Kind::NoKeyExchange));
        }
        let group = named(GROUPS, group_token, |(name, _)| name)?.1;
        ike.push(Transform::ke(group));
        Ok(CryptographySuite {
            ike: Proposal::new(SecurityProtocol::IKE, ike),
            esp: Proposal::new(SecurityProtocol::ESP, self.esp(whole, group)?),
        })
    }

    fn esp(&self, whole: Token<'t>, dh_group: KeMethod) -> Result<Vec<Transform>, NotationError> {
        let (cipher_token, auth_token) = (self.get(CIPHER, whole)?, self.get(AUTHENTICATION, whole)?);
        let cipher = named(CIPHERS, cipher_token, |(name, ..)| name)?;
        if !cipher.3 {
            return Err(cipher_token.error(Kind::Misplaced));
        }
        let mut esp = Vec::from([cipher.1]);
        let auth_is_gcm = CIPHERS.iter().any(|(name, t, _, esp)| *esp && t.is_aead() && name.eq_ignore_ascii_case(auth_token.text));
        if cipher.1.is_aead() {
            // AES-GCM is named twice, and the two have to agree.
            match () {
                () if auth_token.text.eq_ignore_ascii_case(cipher.0) => {}
                () if auth_is_gcm => return Err(auth_token.error(Kind::Contradiction)),
                () => return Err(auth_token.error(Kind::IntegWithAead)),
            }
        } else if auth_is_gcm {
            return Err(auth_token.error(Kind::Contradiction));
        } else if auth_token.text.eq_ignore_ascii_case("None") {
            return Err(auth_token.error(Kind::NoIntegrity));
        } else {
            esp.push(Transform::integ(named(ESP_HASHES, auth_token, |(name, _)| name)?.1));
        }
        let pfs = self.get(PFS_GROUP, whole)?;
        if pfs.text.eq_ignore_ascii_case("PFSMM") {
            esp.push(Transform::ke(dh_group));
        } else if !pfs.text.eq_ignore_ascii_case("None") {
            esp.push(Transform::ke(named(PFS, pfs, |(name, _)| name)?.1));
        }
        esp.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32));
        Ok(esp)
    }
}

/// The row a value names.
fn named<'r, R>(rows: &'r [R], value: Token<'_>, name: impl Fn(&R) -> &str) -> Result<&'r R, NotationError> {
    rows.iter().find(|row| name(row).eq_ignore_ascii_case(value.text)).ok_or(value.error(Kind::Unknown))
}

impl CryptographySuite {
    /// The values of the settings, in the order of the settings.
    fn values(&self) -> Result<[&'static str; 6], Unwritable> {
        let one = |proposal: &Proposal, ty, setting| {
            let mut own = proposal.of_type(ty);
            match (own.next(), own.next()) {
                (one, None) => Ok(one),
                (_, Some(_)) => Err(Unwritable { setting }),
            }
        };
        let cipher = |proposal, setting, ike: bool| {
            let own = one(proposal, TransformType::ENCR, setting)?;
            let row = CIPHERS.iter().find(|(_, t, in_ike, in_esp)| Some(*t) == own && if ike { *in_ike } else { *in_esp });
            row.map(|row| row.0).ok_or(Unwritable { setting })
        };
        let encryption = cipher(&self.ike, ENCRYPTION, true)?;
        let prf = one(&self.ike, TransformType::PRF, INTEGRITY)?;
        let integ = one(&self.ike, TransformType::INTEG, INTEGRITY)?;
        let same = |(_, i, p): &&(&str, Integ, Prf)| Some(Transform::prf(*p)) == prf && integ.is_none_or(|t| t == Transform::integ(*i));
        let integrity = HASHES.iter().find(same).ok_or(Unwritable { setting: INTEGRITY })?.0;
        let group = |proposal, rows: &'static [(&'static str, KeMethod)], setting| {
            let own = one(proposal, TransformType::KE, setting)?.filter(|t| !t.is_none());
            match own {
                None => Ok("None"),
                Some(t) => rows.iter().find(|(_, m)| Transform::ke(*m) == t).map(|row| row.0).ok_or(Unwritable { setting }),
            }
        };
        let esp_cipher = cipher(&self.esp, CIPHER, false)?;
        let authentication = match one(&self.esp, TransformType::INTEG, AUTHENTICATION)?.filter(|t| !t.is_none()) {
            None => esp_cipher,
            Some(t) => {
                let row = ESP_HASHES.iter().find(|(_, i)| Transform::integ(*i) == t);
                row.map(|row| row.0).ok_or(Unwritable { setting: AUTHENTICATION })?
            }
        };
        let dh = group(&self.ike, GROUPS, DH_GROUP)?;
        let pfs = group(&self.esp, PFS, PFS_GROUP)?;
        Ok([authentication, esp_cipher, dh, encryption, integrity, pfs])
    }

    /// The PowerShell command that sets the suite for a connection.
    ///
    /// # Errors
    /// [`Unwritable`] when a setting has no value for what the suite holds.
    pub fn to_powershell(&self, connection: &str) -> Result<String, Unwritable> {
        let values = self.values()?;
        let mut text = alloc::format!("Set-VpnConnectionIPsecConfiguration -ConnectionName '{}'", connection.replace('\'', "''"));
        for (setting, value) in SETTINGS.iter().zip(values) {
            // Writing to a String cannot fail.
            let _ = write!(text, " -{setting} {value}");
        }
        text.push_str(" -Force");
        Ok(text)
    }

    /// The `CryptographySuite` element of ProfileXML.
    ///
    /// # Errors
    /// [`Unwritable`] when a setting has no value for what the suite holds.
    pub fn to_xml(&self) -> Result<String, Unwritable> {
        let values = self.values()?;
        let mut text = String::from("<CryptographySuite>\n");
        for (setting, value) in SETTINGS.iter().zip(values) {
            // The profile's schema has names of its own for some values.
            let value = match (*setting, value) {
                (ENCRYPTION, "GCMAES128") => "AES_GCM_128",
                (ENCRYPTION, "GCMAES256") => "AES_GCM_256",
                (INTEGRITY, "SHA1") => "SHA196",
                (_, value) => value,
            };
            let _ = writeln!(text, "  <{setting}>{value}</{setting}>");
        }
        text.push_str("</CryptographySuite>\n");
        Ok(text)
    }
}
