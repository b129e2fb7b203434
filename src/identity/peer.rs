//! One identity, its type and its data.

use super::error::{IdentityError, IdentityErrorKind};
#[cfg(feature = "x509")]
use crate::cert::Certificate;
use crate::cert::{DistinguishedName, GeneralName, same_mailbox};
use crate::registry::IdType;
use crate::wire::Id;
use alloc::vec::Vec;

/// Octets of Identification Data: a payload has 65,535, 8 of them before the data.
const MAX_LEN: usize = 65_527;

/// Who somebody is: an ID Type and its Identification Data. Equality and order are those of the octets; whether two identities name the
/// same peer says [`matches`](Self::matches).
///
/// `FromStr` has the spelling of strongSwan. What is an address is one; what holds `=` is a distinguished name, its parts in the order in
/// which they are to stand in the DER (`C=XX, O=Example, CN=moon`; RFC 4514 escapes, `+` between the attributes of one part, dotted types
/// with `#` and DER in hexadecimal); `@#` begins an ID_KEY_ID in hexadecimal, `@@` a mailbox, `@` a domain name; what holds `@` further on
/// is a mailbox; `ID_NULL` is that of RFC 7619; and all else is a domain name. A prefix names the type: `ipv4:`, `ipv6:`, `fqdn:` or `dns:`,
/// `rfc822:`, `email:` or `userfqdn:`, `asn1dn:`, `asn1gn:`, `keyid:`, or `{11}:` its number; behind it the data stand as they are, or behind
/// `#` in hexadecimal. `%any` is refused: it is a pattern.
///
/// `Display` writes the shortest of these that reads back as the same octets; of a distinguished name, as one that matches, since text does
/// not say string types. No character is written that could change how the text around it is laid out. What [`new`](Self::new) refuses,
/// and a peer may send all the same, is written with prefix and in hexadecimal, and `FromStr` refuses it for the same reason.
///
/// ```
/// use ikev2::identity::Identity;
/// for text in ["192.0.2.1", "moon.example.org", "carol@example.org", "C=XX, O=Example\\, Inc., CN=moon", "keyid:branch 7", "ID_NULL"] {
///     assert_eq!(text.parse::<Identity>()?.to_string(), text);
/// }
/// assert_eq!("@#6b6579".parse::<Identity>()?.to_string(), "keyid:key");
/// # Ok::<(), ikev2::identity::IdentityError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    ty: IdType,
    data: Vec<u8>,
}

impl Identity {
    /// An identity to send, or to expect.
    ///
    /// # Errors
    /// When the data are not what the type demands: 4 or 16 octets of an address; ASCII without spaces and control characters of a domain
    /// name; UTF-8 of a mailbox, with something on either side of `@` and no control characters; DER of a distinguished or general name;
    /// nothing of ID_NULL, something of ID_KEY_ID. Other types may carry anything. No payload carries more than 65,527 octets.
    pub fn new(ty: IdType, data: Vec<u8>) -> Result<Self, IdentityError> {
        check(ty, &data)?;
        Ok(Self { ty, data })
    }

    /// The identity that a payload claims, whatever its data.
    #[must_use]
    pub fn of(id: &Id<'_>) -> Self {
        Self { ty: id.ty, data: id.data.to_vec() }
    }

    /// ID Type.
    #[must_use]
    pub const fn ty(&self) -> IdType {
        self.ty
    }

    /// Identification Data.
    #[must_use]
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// The payload.
    #[must_use]
    pub fn id(&self) -> Id<'_> {
        Id { ty: self.ty, data: &self.data }
    }

    /// The body of the payload as we send it, which our AUTH covers (RFC 7296 section 2.15). That of a peer is made over the body as
    /// received, whose reserved octets may be others.
    #[must_use]
    pub fn to_body(&self) -> Vec<u8> {
        self.id().to_body()
    }

    /// Whether both name the same peer: domain names, and the domains of mailboxes, without case; distinguished names as
    /// [`DistinguishedName::is_same_as`] compares them; all else octet by octet. Nothing is a wildcard.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        if self.ty != other.ty {
            return false;
        }
        self.data == other.data
            || match self.ty {
                IdType::ID_FQDN => self.data.eq_ignore_ascii_case(&other.data),
                IdType::ID_RFC822_ADDR => same_mailbox(&self.data, &other.data),
                IdType::ID_DER_ASN1_DN => match (DistinguishedName::parse(&self.data), DistinguishedName::parse(&other.data)) {
                    (Ok(own), Ok(theirs)) => own.is_same_as(&theirs),
                    _ => false,
                },
                _ => false,
            }
    }

    /// Whether the certificate is for this identity (RFC 4945 section 3.1), as [`Certificate::matches`] says: of a distinguished name that
    /// takes the DER of the subject, octet for octet, which section 3.1.5 asks of who sends it.
    #[cfg(feature = "x509")]
    #[must_use]
    pub fn matches_certificate(&self, certificate: &Certificate<'_>) -> bool {
        certificate.matches(&self.id())
    }
}

fn check(ty: IdType, data: &[u8]) -> Result<(), IdentityError> {
    let size = |expected| if data.len() == expected { Ok(()) } else { Err(IdentityErrorKind::Size { size: data.len(), expected }.at(0)) };
    let der = |error: crate::error::ParseError| IdentityErrorKind::Der(error.kind).at(error.offset);
    if data.len() > MAX_LEN {
        return Err(IdentityErrorKind::TooLong { maximum: MAX_LEN }.at(MAX_LEN));
    }
    match ty {
        IdType::ID_IPV4_ADDR => size(4),
        IdType::ID_IPV6_ADDR => size(16),
        IdType::ID_DER_ASN1_DN => DistinguishedName::parse(data).map(drop).map_err(der),
        IdType::ID_DER_ASN1_GN => GeneralName::parse(data).map(drop).map_err(der),
        IdType::ID_NULL => {
            if data.is_empty() {
                Ok(())
            } else {
                Err(IdentityErrorKind::NotNull.at(0))
            }
        }
        IdType::ID_FQDN | IdType::ID_RFC822_ADDR | IdType::ID_KEY_ID if data.is_empty() => Err(IdentityErrorKind::Empty.at(0)),
        IdType::ID_FQDN => match data.iter().position(|octet| !octet.is_ascii_graphic()) {
            Some(at) => Err(IdentityErrorKind::Character.at(at)),
            None => Ok(()),
        },
        IdType::ID_RFC822_ADDR => mailbox(data),
        _ => Ok(()),
    }
}

/// UTF-8, as RFC 7296 section 3.5 advises, and no terminators, which it forbids.
fn mailbox(data: &[u8]) -> Result<(), IdentityError> {
    let text = core::str::from_utf8(data).map_err(|error| IdentityErrorKind::Utf8.at(error.valid_up_to()))?;
    if let Some(at) = text.find(char::is_control) {
        return Err(IdentityErrorKind::Character.at(at));
    }
    match text.rsplit_once('@') {
        Some((local, domain)) if !local.is_empty() && !domain.is_empty() => Ok(()),
        Some((local, _)) => Err(IdentityErrorKind::Mailbox.at(local.len())),
        None => Err(IdentityErrorKind::Mailbox.at(data.len())),
    }
}
