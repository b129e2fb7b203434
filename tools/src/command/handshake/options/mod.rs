//! Options of the command line that belong together, each with what it means.

pub(crate) mod addresses;
pub(crate) mod eap;
pub(crate) mod ppk;

use zeroize::Zeroizing;

/// A text that is printed nowhere.
#[derive(Clone)]
pub(crate) struct Secret(pub(crate) Zeroizing<String>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("..")
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

/// A secret that is given as text or in hexadecimal, and what is wrong with it: said without it. `name` is the option's.
pub(crate) fn secret(name: &str, text: Option<&Secret>, digits: Option<&Secret>) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    match (text, digits) {
        (Some(Secret(text)), _) if text.is_empty() => Err(format!("--{name}: an empty key protects nothing")),
        (Some(Secret(text)), _) => Ok(Some(Zeroizing::new(text.as_bytes().to_vec()))),
        (None, Some(Secret(digits))) => match hex(digits) {
            Some(octets) => Ok(Some(octets)),
            None => Err(format!("--{name}-hex: not an even number of hexadecimal digits")),
        },
        (None, None) => Ok(None),
    }
}

fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let pairs = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok());
    // A sign is no digit, though `from_str_radix` takes one.
    let pairs = pairs.collect::<Option<Vec<u8>>>().map(Zeroizing::new);
    pairs.filter(|octets| !octets.is_empty() && digits.iter().all(u8::is_ascii_hexdigit))
}
