//! Keys of IKE SAs, in either of two formats, told apart by content.
//!
//! - `keys.json` of this repository's captures: `{"ike_sas": [{"spi_i", "spi_r", "encr_id", "encr_key_bits", "integ_id", "sk_ei",
//!   "sk_er", "sk_ai", "sk_ar"}, ..]}`. SPIs and keys are hexadecimal; other fields are ignored.
//! - Wireshark's `ikev2_decryption_table`: a line for each IKE SA,
//!   `SPIi,SPIr,SK_ei,SK_er,"encryption algorithm",SK_ai,SK_ar,"integrity algorithm"`; empty lines and those that begin with `#`
//!   are ignored. The algorithms have Wireshark's names. A line that cannot be used is a warning, as long as another can.
//!
//! Several entries may have the same SPIs: those of an SA whose keys change (RFC 9370).

use super::text::decoded;
use super::unchecked;
use ikev2::error::{SuiteError, Unsupported};
use ikev2::protect::{Opener, Suite};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, Integ};
use ikev2::wire::IkeSpis;
use serde_json::Value;

/// What a file of keys gives.
#[derive(Default)]
pub struct KeyFile {
    /// Its entries, in the order they stand in.
    pub entries: Vec<Entry>,
    /// Lines of a table that are none, with their numbers: of other IKE SAs, as a rule.
    pub warnings: Vec<String>,
}

/// Bad lines told one by one; after that they are only counted.
const MAX_WARNINGS: usize = 10;

/// Octets of a file that can be one of keys: thousands of IKE SAs.
pub const MAX_OCTETS: usize = 64 << 20;

/// What opens the messages of an IKE SA, or of one generation of its keys.
pub struct Entry {
    pub(crate) spis: IkeSpis,
    pub(crate) openers: Result<Openers, Unsupported>,
    /// Whether the openers verify the ICV: Wireshark's table may leave the integrity algorithm open.
    pub(crate) verifies: bool,
}

pub(crate) struct Openers {
    /// For what the SA's initiator sends: SK_ei and SK_ai.
    pub(crate) initiator: Box<dyn Opener>,
    /// For what its responder sends: SK_er and SK_ar.
    pub(crate) responder: Box<dyn Opener>,
}

/// SK_e and SK_a of one side.
struct Keys {
    sk_e: Vec<u8>,
    sk_a: Vec<u8>,
}

#[derive(Clone, Copy)]
enum Integrity {
    Transform(Option<Integ>),
    /// An ICV of so many octets, which is not looked at.
    Unchecked(usize),
}

/// Reads the octets of a file of keys, of which [`MAX_OCTETS`] are enough.
///
/// # Errors
/// It is no file of keys; one entry of a keys.json is none; or no line of a table is one. The text says which, and what is wrong.
pub fn parse(octets: &[u8]) -> Result<KeyFile, String> {
    if octets.len() > MAX_OCTETS {
        return Err(format!("more than {MAX_OCTETS} octets: that is no file of keys"));
    }
    let text = decoded(octets).ok_or_else(|| {
        let at = core::str::from_utf8(octets).map_or_else(|error| error.valid_up_to(), str::len);
        format!("octet {at} is no text: that is no file of keys")
    })?;
    match text.trim_start().chars().next() {
        None => Err("the file is empty".into()),
        Some('{' | '[' | '"') => json(&text).map(|entries| KeyFile { entries, warnings: Vec::new() }),
        Some(_) => table(&text),
    }
}

fn json(text: &str) -> Result<Vec<Entry>, String> {
    let file: Value = serde_json::from_str(text).map_err(|error| format!("no valid JSON: {error}"))?;
    let sas = file.get("ike_sas").ok_or("JSON without a field `ike_sas`")?;
    let sas = sas.as_array().ok_or("`ike_sas` is no array")?;
    (1_usize..).zip(sas).map(|(n, sa)| json_entry(sa).map_err(|error| format!("IKE SA {n} of `ike_sas`: {error}"))).collect()
}

fn json_entry(sa: &Value) -> Result<Entry, String> {
    let text = |name: &str| match sa.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text.as_str()),
        Some(_) => Err(format!("`{name}` is no text")),
    };
    let number = |name: &str| match sa.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_u64().and_then(|value| u16::try_from(value).ok()) {
            Some(value) => Ok(Some(value)),
            None => Err(format!("`{name}` is no number of 16 bits")),
        },
    };
    let spi = |name: &str| spi(text(name)?).map_err(|error| format!("`{name}`: {error}"));
    let key = |name: &str| unhex(text(name)?).map_err(|error| format!("`{name}`: {error}"));
    if !sa.is_object() {
        return Err("no object".into());
    }
    let spis = IkeSpis { initiator: spi("spi_i")?, responder: spi("spi_r")? };
    let encr = Encr(number("encr_id")?.ok_or("`encr_id` is missing")?);
    let key_bits = number("encr_key_bits")?.filter(|bits| *bits != 0);
    let integrity = Integrity::Transform(number("integ_id")?.map(Integ));
    let initiator = Keys { sk_e: key("sk_ei")?, sk_a: key("sk_ai")? };
    let responder = Keys { sk_e: key("sk_er")?, sk_a: key("sk_ar")? };
    Entry::new(spis, (encr, key_bits), integrity, &initiator, &responder)
}

/// A line that cannot be used says nothing about the IKE SAs of the others: Wireshark adds and keeps what it is given.
fn table(text: &str) -> Result<KeyFile, String> {
    let lines = (1_usize..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let mut file = KeyFile::default();
    let mut more = 0_usize;
    for (n, line) in lines {
        match table_entry(line) {
            Ok(entry) => file.entries.push(entry),
            Err(error) if file.warnings.len() < MAX_WARNINGS => file.warnings.push(format!("line {n}: {error}")),
            Err(_) => more = more.saturating_add(1),
        }
    }
    if file.entries.is_empty() && !file.warnings.is_empty() {
        return Err(file.warnings.swap_remove(0));
    }
    if more > 0 {
        file.warnings.push(format!("{more} more lines that cannot be used"));
    }
    Ok(file)
}

fn table_entry(line: &str) -> Result<Entry, String> {
    let fields = fields(line)?;
    let [spi_i, spi_r, sk_ei, sk_er, encr, sk_ai, sk_ar, integ] = fields.as_slice() else {
        let n = fields.len();
        return Err(format!("{n} of the 8 fields of a line of Wireshark's ikev2_decryption_table (and no keys.json either)"));
    };
    let spi = |name: &str, text: &str| spi(text).map_err(|error| format!("{name}: {error}"));
    let key = |name: &str, text: &str| unhex(text).map_err(|error| format!("{name}: {error}"));
    let spis = IkeSpis { initiator: spi("SPI of the initiator", spi_i)?, responder: spi("SPI of the responder", spi_r)? };
    let encr = cipher(encr).ok_or_else(|| format!("Wireshark has no encryption algorithm \"{}\" for IKEv2", encr.escape_default()))?;
    let integ = integrity(integ).ok_or_else(|| format!("Wireshark has no integrity algorithm \"{}\" for IKEv2", integ.escape_default()))?;
    let initiator = Keys { sk_e: key("SK_ei", sk_ei)?, sk_a: key("SK_ai", sk_ai)? };
    let responder = Keys { sk_e: key("SK_er", sk_er)?, sk_a: key("SK_ar", sk_ar)? };
    Entry::new(spis, encr, integ, &initiator, &responder)
}

/// The fields of a line, with or without quotation marks around each.
fn fields(line: &str) -> Result<Vec<&str>, String> {
    let mut fields = Vec::new();
    let mut rest = Some(line);
    while let Some(text) = rest {
        let text = text.trim_start();
        let (field, after) = match text.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').ok_or("a quotation mark is not closed")?,
            None => text.split_at(text.find(',').unwrap_or(text.len())),
        };
        let after = after.trim_start();
        rest = after.strip_prefix(',');
        if rest.is_none() && !after.is_empty() {
            return Err(format!("field {} goes on after its quotation mark", fields.len().saturating_add(1)));
        }
        fields.push(field.trim());
    }
    Ok(fields)
}

/// What stands around the key length in Wireshark's names of encryption algorithms, without the RFC.
const CIPHERS: [(&str, &str, Encr); 8] = [
    ("AES-CBC-", "", Encr::ENCR_AES_CBC),
    ("AES-CTR-", "", Encr::ENCR_AES_CTR),
    ("AES-GCM-", " with 8 octet ICV", Encr::ENCR_AES_GCM_8),
    ("AES-GCM-", " with 12 octet ICV", Encr::ENCR_AES_GCM_12),
    ("AES-GCM-", " with 16 octet ICV", Encr::ENCR_AES_GCM_16),
    ("AES-CCM-", " with 8 octet ICV", Encr::ENCR_AES_CCM_8),
    ("AES-CCM-", " with 12 octet ICV", Encr::ENCR_AES_CCM_12),
    ("AES-CCM-", " with 16 octet ICV", Encr::ENCR_AES_CCM_16),
];

fn cipher(name: &str) -> Option<(Encr, Option<u16>)> {
    match without_note(name) {
        "3DES" => Some((Encr::ENCR_3DES, None)),
        "NULL" => Some((Encr::ENCR_NULL, None)),
        name => CIPHERS.iter().find_map(|(before, after, encr)| {
            let bits = name.strip_prefix(before)?.strip_suffix(after)?;
            Some((*encr, Some(bits.parse().ok().filter(|bits| matches!(bits, 128 | 192 | 256))?)))
        }),
    }
}

const MACS: [(&str, Integ); 8] = [
    ("HMAC_MD5_96", Integ::AUTH_HMAC_MD5_96),
    ("HMAC_SHA1_96", Integ::AUTH_HMAC_SHA1_96),
    ("HMAC_MD5_128", Integ::AUTH_HMAC_MD5_128),
    ("HMAC_SHA1_160", Integ::AUTH_HMAC_SHA1_160),
    ("HMAC_SHA2_256_128", Integ::AUTH_HMAC_SHA2_256_128),
    ("HMAC_SHA2_384_192", Integ::AUTH_HMAC_SHA2_384_192),
    ("HMAC_SHA2_512_256", Integ::AUTH_HMAC_SHA2_512_256),
    ("NONE", Integ::NONE),
];

fn integrity(name: &str) -> Option<Integrity> {
    let name = without_note(name);
    if let Some((_, integ)) = MACS.iter().find(|(known, _)| *known == name) {
        return Some(Integrity::Transform(Some(*integ)));
    }
    let octets = match name.strip_prefix("ANY ")?.strip_suffix("-bits of Authentication")? {
        "64" => 8,
        "96" => 12,
        "128" => 16,
        "160" => 20,
        "192" => 24,
        "256" => 32,
        _ => return None,
    };
    Some(Integrity::Unchecked(octets))
}

/// A name without the `[RFC2410]` or `[No Checking]` at its end.
fn without_note(name: &str) -> &str {
    name.split_once(" [").filter(|(_, note)| note.ends_with(']')).map_or(name, |(name, _)| name)
}

impl Entry {
    fn new(
        spis: IkeSpis,
        (encr, key_bits): (Encr, Option<u16>),
        integrity: Integrity,
        initiator: &Keys,
        responder: &Keys,
    ) -> Result<Self, String> {
        let opener = |keys: &Keys| match integrity {
            Integrity::Transform(integ) => Suite::new(encr, key_bits, integ)?.opener(&Provider::builtin(), &keys.sk_e, &keys.sk_a),
            Integrity::Unchecked(icv_len) => unchecked::opener(encr, key_bits, &keys.sk_e, icv_len),
        };
        let openers = opener(initiator).and_then(|initiator| Ok(Openers { initiator, responder: opener(responder)? }));
        let openers = match openers {
            Ok(openers) => Ok(openers),
            Err(SuiteError::Unsupported(unsupported)) => Err(unsupported),
            Err(error) => return Err(error.to_string()),
        };
        Ok(Self { spis, openers, verifies: matches!(integrity, Integrity::Transform(_)) })
    }
}

fn spi(text: &str) -> Result<u64, String> {
    match unhex(text)?.try_into() {
        Ok(octets) => Ok(u64::from_be_bytes(octets)),
        Err(octets) => Err(format!("{} octets where an SPI has 8", octets.len())),
    }
}

fn unhex(text: &str) -> Result<Vec<u8>, String> {
    let digits: Option<Vec<u8>> = text.chars().map(|digit| digit.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect();
    let digits = digits.ok_or("not hexadecimal")?;
    let mut pairs = digits.chunks_exact(2);
    let octets = pairs.by_ref().map(|pair| pair.iter().fold(0, |octet, digit| octet << 4 | digit)).collect();
    if pairs.remainder().is_empty() { Ok(octets) } else { Err("an odd number of hexadecimal digits".into()) }
}
