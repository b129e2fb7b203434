//! PEM files, RFC 7468: base64 between two lines that say what it is.

use super::failure::Failure;
use std::path::Path;
use zeroize::Zeroizing;

/// The contents of every block labelled `label` in a file, in order.
pub(crate) fn read(path: &Path, label: &str) -> Result<Vec<Zeroizing<Vec<u8>>>, Failure> {
    let error = |what: &str| Failure::Usage(format!("{}: {what}", path.display()));
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|io| error(&io.to_string()))?);
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let mut blocks = Vec::new();
    let mut rest = text.as_str();
    while let Some((_, after)) = rest.split_once(begin.as_str()) {
        let (base64, after) = after.split_once(end.as_str()).ok_or_else(|| error("a PEM block does not end"))?;
        blocks.push(decode(base64).ok_or_else(|| error("a PEM block is not base64"))?);
        rest = after;
    }
    if blocks.is_empty() { Err(error(&format!("there is no {label} in it"))) } else { Ok(blocks) }
}

/// The first private key of a file as PKCS#8: as it is there, or one of the older formats of OpenSSL put into it.
pub(crate) fn private_key(path: &Path) -> Result<Zeroizing<Vec<u8>>, Failure> {
    let wrapped = |algorithm: &[&[u8]], key: &[u8]| {
        let parts = [Some(vec![0x02, 0x01, 0x00]), tlv(0x30, &algorithm.concat()), tlv(0x04, key).filter(|_| !key.is_empty())];
        let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
        tlv(0x30, &Zeroizing::new(parts.concat())).map(Zeroizing::new)
    };
    let first = |label| read(path, label).map(|blocks| blocks.into_iter().next().unwrap_or_default());
    // PKCS#1 (RFC 8017 appendix A.1.2) under rsaEncryption.
    let pkcs1 = || first("RSA PRIVATE KEY").ok().and_then(|key| wrapped(&[RSA_ENCRYPTION], &key));
    // SEC 1 (RFC 5915) under id-ecPublicKey, with the curve the key names.
    let sec1 = || {
        let key = first("EC PRIVATE KEY").ok()?;
        let curve = [P256, P384, P521].into_iter().find(|curve| key.windows(curve.len()).any(|part| part == *curve))?;
        wrapped(&[EC_PUBLIC_KEY, curve], &key)
    };
    first("PRIVATE KEY").or_else(|error| pkcs1().or_else(sec1).ok_or(error))
}

const RSA_ENCRYPTION: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
const EC_PUBLIC_KEY: &[u8] = b"\x06\x07\x2a\x86\x48\xce\x3d\x02\x01";
const P256: &[u8] = b"\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07";
const P384: &[u8] = b"\x06\x05\x2b\x81\x04\x00\x22";
const P521: &[u8] = b"\x06\x05\x2b\x81\x04\x00\x23";

fn decode(base64: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut octets = Zeroizing::new(Vec::with_capacity(base64.len()));
    let (mut bits, mut held) = (0_u32, 0_u32);
    for c in base64.bytes().filter(|c| !c.is_ascii_whitespace() && *c != b'=') {
        let value = match c {
            b'A'..=b'Z' => c.wrapping_sub(b'A'),
            b'a'..=b'z' => c.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => c.wrapping_sub(b'0').wrapping_add(52),
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits.wrapping_shl(6) | u32::from(value);
        held = held.saturating_add(6);
        if held >= 8 {
            held = held.saturating_sub(8);
            let [.., octet] = bits.wrapping_shr(held).to_be_bytes();
            octets.push(octet);
        }
    }
    Some(octets)
}

/// One DER element.
fn tlv(tag: u8, contents: &[u8]) -> Option<Vec<u8>> {
    let length = match u8::try_from(contents.len()) {
        Ok(short) if short < 0x80 => vec![short],
        Ok(long) => vec![0x81, long],
        Err(_) => [&[0x82][..], &u16::try_from(contents.len()).ok()?.to_be_bytes()].concat(),
    };
    Some([&[tag][..], &length, contents].concat())
}
