//! Types of EAP packets.

use std::fmt;

/// The type of a request or response, RFC 3748 section 5 and IANA's registry "Method Types".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Type(pub u8);

impl Type {
    /// Identity, RFC 3748 section 5.1.
    pub const IDENTITY: Self = Self(1);
    /// Notification, RFC 3748 section 5.2.
    pub const NOTIFICATION: Self = Self(2);
    /// Legacy Nak, RFC 3748 section 5.3.1.
    pub const NAK: Self = Self(3);
    /// MD5-Challenge, RFC 3748 section 5.4. It makes no keys, and is not implemented.
    pub const MD5_CHALLENGE: Self = Self(4);
    /// One-Time Password, RFC 3748 section 5.5. It makes no keys, and is not implemented.
    pub const OTP: Self = Self(5);
    /// Generic Token Card, RFC 3748 section 5.6. It makes no keys, and is not implemented.
    pub const GTC: Self = Self(6);
    /// EAP-TLS, RFC 5216 and RFC 9190.
    pub const TLS: Self = Self(13);
    /// EAP-TTLS, RFC 5281. It is not implemented.
    pub const TTLS: Self = Self(21);
    /// PEAP. It is not implemented.
    pub const PEAP: Self = Self(25);
    /// EAP-MSCHAPv2, draft-kamath-pppext-eap-mschapv2.
    pub const MS_CHAP_V2: Self = Self(26);
    /// Expanded types, RFC 3748 section 5.7. None is implemented.
    pub const EXPANDED: Self = Self(254);

    /// The usual name, if it is known here.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        ikev2::wire::EapType(self.0).name()
    }

    /// Whether this is a method of RFC 3748 that makes no MSK. RFC 7296 section 2.16 advises against them in IKEv2.
    #[must_use]
    pub const fn is_keyless(self) -> bool {
        matches!(self, Self::MD5_CHALLENGE | Self::OTP | Self::GTC)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, "{name} ({})", self.0)?,
            None => write!(f, "type {}", self.0)?,
        }
        if self.is_keyless() { f.write_str(", which makes no key") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_method_without_keys_is_called_so() {
        assert_eq!(Type::MD5_CHALLENGE.to_string(), "MD5-Challenge (4), which makes no key");
        assert_eq!(Type::TLS.to_string(), "EAP-TLS (13)");
        assert_eq!(Type(99).to_string(), "type 99");
    }
}
