//! Keys in the format of Wireshark's `ikev2_decryption_table`.

use super::failure::Failure;
use ikev2::registry::{Encr, Integ};
use ikev2::session::IkeKeyMaterial;
use std::io::Write;
use std::path::Path;

/// Adds a line for the keys of an IKE SA. Whoever can read the file can read the traffic.
pub(crate) fn append(path: &Path, material: &IkeKeyMaterial) -> Result<(), Failure> {
    let suite = material.suite;
    let error = |error: std::io::Error| Failure::Usage(format!("{}: {error}", path.display()));
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(error)?;
    let spis = format!("{:016x},{:016x}", material.spis.initiator, material.spis.responder);
    let names = encryption(suite.encr(), suite.key_bits()).zip(integrity(suite.integ()));
    let line = match names {
        Some((encr, integ)) => {
            let [ei, er, ai, ar] = material.keys().map(hex);
            format!("{spis},{ei},{er},\"{encr}\",{ai},{ar},\"{integ}\"\n")
        }
        None => format!("# {spis}: {} and {} have no name in this table\n", suite.encr(), suite.integ()),
    };
    file.write_all(line.as_bytes()).map_err(error)
}

fn encryption(encr: Encr, bits: u16) -> Option<String> {
    Some(match encr {
        Encr::ENCR_3DES => "3DES [RFC2451]".into(),
        Encr::ENCR_NULL => "NULL [RFC2410]".into(),
        Encr::ENCR_AES_CBC => format!("AES-CBC-{bits} [RFC3602]"),
        Encr::ENCR_AES_CTR => format!("AES-CTR-{bits} [RFC5930]"),
        Encr::ENCR_AES_GCM_8 => format!("AES-GCM-{bits} with 8 octet ICV [RFC5282]"),
        Encr::ENCR_AES_GCM_12 => format!("AES-GCM-{bits} with 12 octet ICV [RFC5282]"),
        Encr::ENCR_AES_GCM_16 => format!("AES-GCM-{bits} with 16 octet ICV [RFC5282]"),
        Encr::ENCR_AES_CCM_8 => format!("AES-CCM-{bits} with 8 octet ICV [RFC5282]"),
        Encr::ENCR_AES_CCM_12 => format!("AES-CCM-{bits} with 12 octet ICV [RFC5282]"),
        Encr::ENCR_AES_CCM_16 => format!("AES-CCM-{bits} with 16 octet ICV [RFC5282]"),
        _ => return None,
    })
}

fn integrity(integ: Integ) -> Option<&'static str> {
    Some(match integ {
        Integ::NONE => "NONE [RFC4306]",
        Integ::AUTH_HMAC_MD5_96 => "HMAC_MD5_96 [RFC2403]",
        Integ::AUTH_HMAC_SHA1_96 => "HMAC_SHA1_96 [RFC2404]",
        Integ::AUTH_HMAC_SHA2_256_128 => "HMAC_SHA2_256_128 [RFC4868]",
        Integ::AUTH_HMAC_SHA2_384_192 => "HMAC_SHA2_384_192 [RFC4868]",
        Integ::AUTH_HMAC_SHA2_512_256 => "HMAC_SHA2_512_256 [RFC4868]",
        _ => return None,
    })
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
