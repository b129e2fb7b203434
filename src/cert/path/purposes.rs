//! Extended key usage, RFC 5280 section 4.2.1.12, RFC 4945 section 5.1.3.12.

use crate::cert::Extensions;
use crate::error::ParseError;

/// anyExtendedKeyUsage: no restriction.
const ANY: &[u8] = b"\x55\x1d\x25\x00";
const SERVER_AUTH: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x01";
const CLIENT_AUTH: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x02";
/// id-kp-ipsecIKE.
const IPSEC_IKE: &[u8] = b"\x2b\x06\x01\x05\x05\x07\x03\x11";
/// iKEIntermediate, 1.3.6.1.5.5.8.2.2: of a draft that became no RFC; Windows and macOS ask for it.
const IKE_INTERMEDIATE: &[u8] = b"\x2b\x06\x01\x05\x05\x08\x02\x02";

const IPSEC_IKE_BIT: u8 = 1;
const IKE_INTERMEDIATE_BIT: u8 = 2;
const SERVER_AUTH_BIT: u8 = 4;
const CLIENT_AUTH_BIT: u8 = 8;
/// Of every certificate: whoever accepts it does not look at the extension.
const ALWAYS: u8 = 0x80;

/// Extended key usages that are accepted for IKE.
///
/// A certificate without the extension, or with anyExtendedKeyUsage, is always accepted. On the certificate of an authority the
/// extension restricts what is below it, as Windows and the Web's clients read it: one purpose has to be accepted here and allowed by
/// every certificate of the path that has the extension.
///
/// ```
/// use ikev2::cert::KeyPurposes;
/// // Certificates made for TLS servers, which gateways of Windows and strongSwan are given.
/// let purposes = KeyPurposes::IKE.with_server_auth();
/// assert_ne!(purposes, KeyPurposes::default());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct KeyPurposes {
    bits: u8,
}

impl KeyPurposes {
    /// id-kp-ipsecIKE (RFC 4945 section 5.1.3.12) and iKEIntermediate.
    pub const IKE: Self = Self { bits: IPSEC_IKE_BIT | IKE_INTERMEDIATE_BIT };

    /// Any: the extension is not looked at.
    pub const UNRESTRICTED: Self = Self { bits: u8::MAX };

    /// Also id-kp-serverAuth. RFC 4945 would have such a certificate refused; many gateways have no other.
    #[must_use]
    pub const fn with_server_auth(self) -> Self {
        Self { bits: self.bits | SERVER_AUTH_BIT }
    }

    /// Also id-kp-clientAuth, for clients as [`with_server_auth`](Self::with_server_auth) for gateways.
    #[must_use]
    pub const fn with_client_auth(self) -> Self {
        Self { bits: self.bits | CLIENT_AUTH_BIT }
    }

    /// What a certificate allows.
    pub(super) fn allowed(extensions: &Extensions<'_>) -> Result<Self, ParseError> {
        let Some(purposes) = extensions.extended_key_usage()? else { return Ok(Self::UNRESTRICTED) };
        let bits = purposes.fold(ALWAYS, |bits, purpose| {
            bits | match purpose.as_octets() {
                ANY => u8::MAX,
                IPSEC_IKE => IPSEC_IKE_BIT,
                IKE_INTERMEDIATE => IKE_INTERMEDIATE_BIT,
                SERVER_AUTH => SERVER_AUTH_BIT,
                CLIENT_AUTH => CLIENT_AUTH_BIT,
                _ => 0,
            }
        });
        Ok(Self { bits })
    }

    /// What both have; `None` for nothing.
    pub(super) const fn and(self, other: Self) -> Option<Self> {
        match self.bits & other.bits {
            0 => None,
            bits => Some(Self { bits }),
        }
    }
}

impl Default for KeyPurposes {
    fn default() -> Self {
        Self::IKE
    }
}
