//! The shapes of Notification Data, each after the document that defines it.

use super::code_point_list::U16List;
use super::notify::Notify;
use crate::error::{BuildError, Element, ParseError, ParseErrorKind};
use crate::registry::{
    AuthMethod, GatewayIdType, HashAlgorithm, IpcompTransform, KeMethod, NotifyType, PayloadType, PpkIdType, Prf, SecurityProtocol, private,
};
use crate::wire::codec::{At, Fault, Parsed, Parser, address, be_u8, be_u16, be_u32, complete, fail, octets, rest, take};
use crate::wire::writer::Writer;
use core::iter::FusedIterator;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Notification Data in the shape its type gives it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotifyData<'a> {
    /// No data.
    Empty,
    /// UNSUPPORTED_CRITICAL_PAYLOAD: the type that was not understood.
    PayloadType(PayloadType),
    /// INVALID_MESSAGE_ID: the message ID received.
    MessageId(u32),
    /// INVALID_SPI: the SPI received.
    Spi(&'a [u8]),
    /// INVALID_KE_PAYLOAD: the method that is wanted.
    KeMethod(KeMethod),
    /// SET_WINDOW_SIZE: messages.
    WindowSize(u32),
    /// IPCOMP_SUPPORTED: Compression Parameter Index, transform, and the transform's attributes.
    Ipcomp(u16, IpcompTransform, &'a [u8]),
    /// NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP: SHA-1 over SPIs, address and port.
    NatDetection(&'a [u8; 20]),
    /// COOKIE (1..=64 octets) and COOKIE2 (8..=64 octets).
    Cookie(&'a [u8]),
    /// ADDITIONAL_IP4_ADDRESS and ADDITIONAL_IP6_ADDRESS (RFC 4555).
    Address(IpAddr),
    /// NO_NATS_ALLOWED (RFC 4555 section 4.2.2): source and destination, with ports.
    Endpoints((IpAddr, u16), (IpAddr, u16)),
    /// AUTH_LIFETIME (RFC 4478): seconds.
    Seconds(u32),
    /// REDIRECT and REDIRECTED_FROM (RFC 5685): the gateway, and the nonce of the initiator in an IKE_SA_INIT response.
    Gateway(Gateway<'a>, &'a [u8]),
    /// TICKET_LT_OPAQUE (RFC 5723): seconds, and the ticket.
    Ticket(u32, &'a [u8]),
    /// IKEV2_MESSAGE_ID_SYNC (RFC 6311 section 5.2): nonce, expected send and receive message ID.
    MessageIdSync(u32, u32, u32),
    /// SECURE_PASSWORD_METHODS, as [`SecurePasswordMethod`](crate::registry::SecurePasswordMethod) values (RFC 6467), and
    /// SIGNATURE_HASH_ALGORITHMS, as [`HashAlgorithm`](crate::registry::HashAlgorithm) values (RFC 7427).
    List(U16List<'a>),
    /// PUZZLE (RFC 8019 section 8.1): the PRF, and the number of zero bits a solution ends with.
    Puzzle(Prf, u8),
    /// PPK_IDENTITY (RFC 8784): type and identity.
    PpkIdentity(PpkIdType, &'a [u8]),
    /// PPK_IDENTITY_KEY (RFC 9867): type, identity, and the confirmation that the PPK is the same.
    PpkIdentityKey(PpkIdType, &'a [u8], &'a [u8; 8]),
    /// USE_AGGFRAG (RFC 9347 section 5.1): the flags C (0x01, congestion control) and D (0x02, no fragmentation).
    Flags(u8),
    /// SUPPORTED_AUTH_METHODS (RFC 9593).
    AuthMethods(AuthAnnouncements<'a>),
    /// MS_NOTIFY_STATUS (private use, MS-IKEE): a Windows error code.
    WindowsError(u32),
    /// A type this crate knows no shape for.
    Opaque(&'a [u8]),
}

/// A security gateway, RFC 5685 section 6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gateway<'a> {
    /// Its IPv4 or IPv6 address.
    Address(IpAddr),
    /// Its fully qualified name; escape it before you print it.
    Fqdn(&'a [u8]),
    /// A type this crate does not know.
    Unknown(GatewayIdType, &'a [u8]),
}

impl<'a> Notify<'a> {
    /// The data in the shape its type gives it.
    ///
    /// # Errors
    /// When the data does not have that shape; the octets stay reachable. Offsets count from the start of the data.
    pub fn data(&self) -> Result<NotifyData<'a>, ParseError> {
        complete(Element::NotifyData(self.ty), self.octets, At::INPUT, parse(self.ty, self.octets))
    }

    /// The SA that REKEY_SA, CHILD_SA_NOT_FOUND and their like are about.
    #[must_use]
    pub const fn sa(&self) -> Option<(SecurityProtocol, &'a [u8])> {
        if self.spi.is_empty() { None } else { Some((self.protocol, self.spi)) }
    }

    /// The lists of [`NotifyData::List`] as hash algorithms, for SIGNATURE_HASH_ALGORITHMS.
    #[must_use]
    pub fn signature_hashes(&self) -> Option<impl Iterator<Item = HashAlgorithm> + use<'a>> {
        match (self.ty, self.data()) {
            (NotifyType::SIGNATURE_HASH_ALGORITHMS, Ok(NotifyData::List(list))) => Some(list.map(HashAlgorithm)),
            _ => None,
        }
    }
}

fn parse(ty: NotifyType, data: &[u8]) -> Parsed<'_, NotifyData<'_>> {
    use NotifyType as T;
    match ty {
        T::UNSUPPORTED_CRITICAL_PAYLOAD => be_u8.map(|ty| NotifyData::PayloadType(PayloadType(ty))).parse(data),
        T::INVALID_MESSAGE_ID => be_u32.map(NotifyData::MessageId).parse(data),
        T::INVALID_SPI => rest.map(NotifyData::Spi).parse(data),
        T::INVALID_KE_PAYLOAD => be_u16.map(|method| NotifyData::KeMethod(KeMethod(method))).parse(data),
        T::SET_WINDOW_SIZE => be_u32.map(NotifyData::WindowSize).parse(data),
        T::IPCOMP_SUPPORTED => {
            (be_u16, be_u8, rest).map(|(cpi, ty, attributes)| NotifyData::Ipcomp(cpi, IpcompTransform(ty), attributes)).parse(data)
        }
        T::NAT_DETECTION_SOURCE_IP | T::NAT_DETECTION_DESTINATION_IP => octets.map(NotifyData::NatDetection).parse(data),
        T::COOKIE => ranged(data, 1, 64).map(|(left, cookie)| (left, NotifyData::Cookie(cookie))),
        T::COOKIE2 => ranged(data, 8, 64).map(|(left, cookie)| (left, NotifyData::Cookie(cookie))),
        T::ADDITIONAL_IP4_ADDRESS => octets::<4>.map(|ip| NotifyData::Address(IpAddr::from(*ip))).parse(data),
        T::ADDITIONAL_IP6_ADDRESS => octets::<16>.map(|ip| NotifyData::Address(IpAddr::from(*ip))).parse(data),
        T::NO_NATS_ALLOWED if data.len() == 12 => (octets::<4>, octets::<4>, be_u16, be_u16)
            .map(|(src, dst, from, to)| NotifyData::Endpoints((IpAddr::from(*src), from), (IpAddr::from(*dst), to)))
            .parse(data),
        T::NO_NATS_ALLOWED => (octets::<16>, octets::<16>, be_u16, be_u16)
            .map(|(src, dst, from, to)| NotifyData::Endpoints((IpAddr::from(*src), from), (IpAddr::from(*dst), to)))
            .parse(data),
        T::AUTH_LIFETIME => be_u32.map(NotifyData::Seconds).parse(data),
        T::REDIRECT | T::REDIRECTED_FROM => gateway(data),
        T::TICKET_LT_OPAQUE => (be_u32, rest).map(|(lifetime, ticket)| NotifyData::Ticket(lifetime, ticket)).parse(data),
        T::IKEV2_MESSAGE_ID_SYNC => {
            (be_u32, be_u32, be_u32).map(|(nonce, send, receive)| NotifyData::MessageIdSync(nonce, send, receive)).parse(data)
        }
        T::SECURE_PASSWORD_METHODS | T::SIGNATURE_HASH_ALGORITHMS => {
            U16List::parser(data).map(|(left, list)| (left, NotifyData::List(list)))
        }
        T::PUZZLE => (be_u16, be_u8).map(|(prf, difficulty)| NotifyData::Puzzle(Prf(prf), difficulty)).parse(data),
        T::PPK_IDENTITY => (be_u8, rest).map(|(ty, id)| NotifyData::PpkIdentity(PpkIdType(ty), id)).parse(data),
        T::PPK_IDENTITY_KEY => {
            let Some(id) = data.len().checked_sub(9) else {
                return fail(Fault::new(data, ParseErrorKind::Truncated { needed: 9, available: data.len() }));
            };
            (be_u8, take(id), octets).map(|(ty, id, key)| NotifyData::PpkIdentityKey(PpkIdType(ty), id, key)).parse(data)
        }
        T::USE_AGGFRAG => be_u8.map(NotifyData::Flags).parse(data),
        T::SUPPORTED_AUTH_METHODS => AuthAnnouncements::parser(data).map(|(left, methods)| (left, NotifyData::AuthMethods(methods))),
        private::notify_type::MS_NOTIFY_STATUS => be_u32.map(NotifyData::WindowsError).parse(data),
        _ if data.is_empty() => Ok((data, NotifyData::Empty)),
        _ => rest.map(NotifyData::Opaque).parse(data),
    }
}

fn ranged(data: &[u8], minimum: usize, maximum: usize) -> Parsed<'_, &[u8]> {
    if (minimum..=maximum).contains(&data.len()) {
        rest(data)
    } else {
        fail(Fault::new(data, ParseErrorKind::SizeRange { size: data.len(), minimum, maximum }))
    }
}

/// GW Ident Type (1), GW Ident Len (1), identity, nonce.
fn gateway(data: &[u8]) -> Parsed<'_, NotifyData<'_>> {
    let (after, (ty, len)) = (be_u8, be_u8).parse(data)?;
    let (nonce, identity) = take(len.into())(after)?;
    let ty = GatewayIdType(ty);
    let expected = match ty {
        GatewayIdType::IPV4 => Some(4),
        GatewayIdType::IPV6 => Some(16),
        _ => None,
    };
    let gateway = match (expected, address(identity)) {
        (Some(expected), Some(address)) if identity.len() == expected => Gateway::Address(address),
        (Some(expected), _) => return fail(Fault::new(after, ParseErrorKind::Size { size: identity.len(), expected })),
        (None, _) if ty == GatewayIdType::FQDN => Gateway::Fqdn(identity),
        _ => Gateway::Unknown(ty, identity),
    };
    rest.map(|nonce| NotifyData::Gateway(gateway, nonce)).parse(nonce)
}

impl NotifyData<'_> {
    /// Writes the data of a notify of type `ty`.
    pub(crate) fn emit(&self, ty: NotifyType, w: &mut Writer<'_>) {
        match *self {
            Self::Empty => {}
            Self::PayloadType(ty) => w.put([ty.0]),
            Self::KeMethod(method) => w.put(method.0.to_be_bytes()),
            Self::MessageId(value) | Self::WindowSize(value) | Self::Seconds(value) | Self::WindowsError(value) => {
                w.put(value.to_be_bytes());
            }
            Self::Ipcomp(cpi, transform, attributes) => {
                w.put(cpi.to_be_bytes());
                w.put([transform.0]);
                w.slice(attributes);
            }
            Self::NatDetection(hash) => w.put(*hash),
            Self::Spi(octets) | Self::Cookie(octets) | Self::Opaque(octets) => w.slice(octets),
            Self::Address(address) => ip(w, address),
            Self::Endpoints((source, from), (destination, to)) => {
                if source.is_ipv4() != destination.is_ipv4() {
                    w.fail(BuildError::Size { element: Element::NotifyData(ty), size: 20, expected: 32 });
                }
                ip(w, source);
                ip(w, destination);
                w.put(from.to_be_bytes());
                w.put(to.to_be_bytes());
            }
            Self::Gateway(gateway, nonce) => {
                let element = Element::NotifyData(ty);
                match gateway {
                    Gateway::Address(IpAddr::V4(address)) => {
                        w.put([GatewayIdType::IPV4.0, 4]);
                        w.put(address.octets());
                    }
                    Gateway::Address(IpAddr::V6(address)) => {
                        w.put([GatewayIdType::IPV6.0, 16]);
                        w.put(address.octets());
                    }
                    Gateway::Fqdn(identity) => opaque_gateway(w, element, GatewayIdType::FQDN, identity),
                    Gateway::Unknown(ty, identity) => opaque_gateway(w, element, ty, identity),
                }
                w.slice(nonce);
            }
            Self::Ticket(lifetime, ticket) => {
                w.put(lifetime.to_be_bytes());
                w.slice(ticket);
            }
            Self::MessageIdSync(nonce, send, receive) => {
                w.put(nonce.to_be_bytes());
                w.put(send.to_be_bytes());
                w.put(receive.to_be_bytes());
            }
            Self::List(list) => list.emit(w),
            Self::Puzzle(prf, difficulty) => {
                w.put(prf.0.to_be_bytes());
                w.put([difficulty]);
            }
            Self::PpkIdentity(ty, identity) => {
                w.put([ty.0]);
                w.slice(identity);
            }
            Self::PpkIdentityKey(ty, identity, confirmation) => {
                w.put([ty.0]);
                w.slice(identity);
                w.put(*confirmation);
            }
            Self::Flags(flags) => w.put([flags]),
            Self::AuthMethods(methods) => methods.emit(w),
        }
    }
}

fn opaque_gateway(w: &mut Writer<'_>, element: Element, ty: GatewayIdType, identity: &[u8]) {
    w.put([ty.0]);
    w.count_u8(element, identity.len());
    w.slice(identity);
}

fn ip(w: &mut Writer<'_>, address: IpAddr) {
    match address {
        IpAddr::V4(address) => w.put(Ipv4Addr::octets(&address)),
        IpAddr::V6(address) => w.put(Ipv6Addr::octets(&address)),
    }
}

/// The announcements of SUPPORTED_AUTH_METHODS, RFC 9593 section 3.2; iterates over them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthAnnouncements<'a> {
    octets: &'a [u8],
}

/// One way in which the sender can verify its peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AuthAnnouncement<'a> {
    /// Auth Method.
    pub method: AuthMethod,
    /// Cert Link: which of the trust anchors in CERTREQ, counted from 1, the method is for; 0 for any.
    pub cert_link: Option<u8>,
    /// AlgorithmIdentifier in DER; empty when the method needs none.
    pub algorithm: &'a [u8],
}

impl<'a> AuthAnnouncements<'a> {
    /// The announcements in `octets`, each with its length in front.
    ///
    /// # Errors
    /// The first length that does not fit; offsets count from the start of `octets`.
    pub fn from_octets(octets: &'a [u8]) -> Result<Self, ParseError> {
        complete(Element::NotifyData(NotifyType::SUPPORTED_AUTH_METHODS), octets, At::INPUT, Self::parser(octets))
    }

    fn parser(octets: &'a [u8]) -> Parsed<'a, Self> {
        let mut left = octets;
        while !left.is_empty() {
            left = announcement(left)?.0;
        }
        rest.map(|octets| Self { octets }).parse(octets)
    }

    fn emit(self, w: &mut Writer<'_>) {
        for AuthAnnouncement { method, cert_link, algorithm } in self {
            let start = w.len();
            w.put([0, method.0]);
            if let Some(link) = cert_link {
                w.put([link]);
            }
            w.slice(algorithm);
            let len = w.len().saturating_sub(start);
            w.patch_u8(Element::NotifyData(NotifyType::SUPPORTED_AUTH_METHODS), start, len);
        }
    }
}

/// Length (1, itself included), Auth Method (1), Cert Link (1, from length 3 on), AlgorithmIdentifier.
fn announcement(input: &[u8]) -> Parsed<'_, AuthAnnouncement<'_>> {
    let (_, length) = be_u8(input)?;
    let (after, fields) = take(usize::from(length).max(1))(input)?;
    match fields {
        [_, method] => Ok((after, AuthAnnouncement { method: AuthMethod(*method), cert_link: None, algorithm: &[] })),
        [_, method, link, algorithm @ ..] => {
            Ok((after, AuthAnnouncement { method: AuthMethod(*method), cert_link: Some(*link), algorithm }))
        }
        _ => fail(Fault::new(input, ParseErrorKind::LengthTooSmall { length: length.into(), minimum: 2 })),
    }
}

impl<'a> Iterator for AuthAnnouncements<'a> {
    type Item = AuthAnnouncement<'a>;

    fn next(&mut self) -> Option<AuthAnnouncement<'a>> {
        if self.octets.is_empty() {
            return None;
        }
        let (left, found) = announcement(self.octets).ok()?;
        self.octets = left;
        Some(found)
    }
}

impl FusedIterator for AuthAnnouncements<'_> {}
