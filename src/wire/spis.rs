//! The SPIs of an IKE SA, RFC 7296 section 3.1.

/// The two SPIs that name an IKE SA (RFC 7296 section 3.1), from either side alike.
///
/// ```
/// let spis = ikev2::wire::IkeSpis { initiator: 1, responder: 0x2a };
/// assert_eq!(spis.to_string(), "0000000000000001:000000000000002a");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IkeSpis {
    /// IKE SA Initiator's SPI, not zero.
    pub initiator: u64,
    /// IKE SA Responder's SPI; zero while it is not known (RFC 7296 section 2.6).
    pub responder: u64,
}

impl core::fmt::Display for IkeSpis {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{:016x}:{:016x}", self.initiator, self.responder)
    }
}

/// Reads what [`Display`](core::fmt::Display) writes: two times 16 hexadecimal digits with a colon between them.
impl core::str::FromStr for IkeSpis {
    type Err = NoIkeSpis;

    fn from_str(text: &str) -> Result<Self, NoIkeSpis> {
        let spi = |digits: &str| {
            let is_spi = digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            if is_spi { u64::from_str_radix(digits, 16).map_err(|_| NoIkeSpis) } else { Err(NoIkeSpis) }
        };
        let (initiator, responder) = text.split_once(':').ok_or(NoIkeSpis)?;
        Ok(Self { initiator: spi(initiator)?, responder: spi(responder)? })
    }
}

/// A text that is not the SPIs of an IKE SA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the SPIs of an IKE SA are written as twice 16 hexadecimal digits with a colon between them")]
pub struct NoIkeSpis;

/// As text: SPIs have 64 bits, and many readers of JSON keep 53 of a number.
#[cfg(feature = "serde")]
impl serde::Serialize for IkeSpis {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for IkeSpis {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl serde::de::Visitor<'_> for Text {
            type Value = IkeSpis;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("the SPIs of an IKE SA, as hexadecimal digits")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<IkeSpis, E> {
                text.parse().map_err(|_| E::invalid_value(serde::de::Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Text)
    }
}
