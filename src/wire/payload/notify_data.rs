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

/// The data of a notify in the shape its type gives it; the shape in turn gives the [type](Self::ty).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotifyData<'a> {
    /// No data, of a type that has none or may go without.
    Empty(NotifyType),
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
    /// NAT_DETECTION_SOURCE_IP: SHA-1 over SPIs, address and port of the sender.
    NatDetectionSourceIp(&'a [u8; 20]),
    /// NAT_DETECTION_DESTINATION_IP: SHA-1 over SPIs, address and port of the receiver.
    NatDetectionDestinationIp(&'a [u8; 20]),
    /// COOKIE (RFC 7296 section 2.6): 1 to 64 octets.
    Cookie(&'a [u8]),
    /// COOKIE2 (RFC 4555 section 4.2.5): 8 to 64 octets.
    Cookie2(&'a [u8]),
    /// ADDITIONAL_IP4_ADDRESS and ADDITIONAL_IP6_ADDRESS (RFC 4555).
    Address(IpAddr),
    /// NO_NATS_ALLOWED (RFC 4555 section 4.2.2): source and destination, with ports.
    Endpoints((IpAddr, u16), (IpAddr, u16)),
    /// AUTH_LIFETIME (RFC 4478): seconds.
    Seconds(u32),
    /// REDIRECT (RFC 5685): the gateway, and the nonce of the initiator in an IKE_SA_INIT response.
    Redirect(Gateway<'a>, &'a [u8]),
    /// REDIRECTED_FROM (RFC 5685): the gateway, and what follows it, for which the RFC has no use.
    RedirectedFrom(Gateway<'a>, &'a [u8]),
    /// TICKET_LT_OPAQUE (RFC 5723): seconds, and the ticket.
    Ticket(u32, &'a [u8]),
    /// IKEV2_MESSAGE_ID_SYNC (RFC 6311 section 5.2): nonce, expected send and receive message ID.
    MessageIdSync(u32, u32, u32),
    /// SECURE_PASSWORD_METHODS (RFC 6467), as [`SecurePasswordMethod`](crate::registry::SecurePasswordMethod) values.
    SecurePasswordMethods(U16List<'a>),
    /// SIGNATURE_HASH_ALGORITHMS (RFC 7427), as [`HashAlgorithm`](crate::registry::HashAlgorithm) values.
    SignatureHashAlgorithms(U16List<'a>),
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
    /// A type this crate knows no shape for, and at least one octet of data.
    Opaque(NotifyType, &'a [u8]),
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

    /// The hash algorithms of SIGNATURE_HASH_ALGORITHMS.
    #[must_use]
    pub fn signature_hashes(&self) -> Option<impl Iterator<Item = HashAlgorithm> + use<'a>> {
        match self.data() {
            Ok(NotifyData::SignatureHashAlgorithms(list)) => Some(list.map(HashAlgorithm)),
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
        T::NAT_DETECTION_SOURCE_IP => octets.map(NotifyData::NatDetectionSourceIp).parse(data),
        T::NAT_DETECTION_DESTINATION_IP => octets.map(NotifyData::NatDetectionDestinationIp).parse(data),
        T::COOKIE => ranged(data, COOKIE).map(|(left, cookie)| (left, NotifyData::Cookie(cookie))),
        T::COOKIE2 => ranged(data, COOKIE2).map(|(left, cookie)| (left, NotifyData::Cookie2(cookie))),
        T::ADDITIONAL_IP4_ADDRESS => octets::<4>.map(|ip| NotifyData::Address(IpAddr::from(*ip))).parse(data),
        T::ADDITIONAL_IP6_ADDRESS => octets::<16>.map(|ip| NotifyData::Address(IpAddr::from(*ip))).parse(data),
        T::NO_NATS_ALLOWED if data.len() == 12 => (octets::<4>, octets::<4>, be_u16, be_u16)
            .map(|(src, dst, from, to)| NotifyData::Endpoints((IpAddr::from(*src), from), (IpAddr::from(*dst), to)))
            .parse(data),
        T::NO_NATS_ALLOWED => (octets::<16>, octets::<16>, be_u16, be_u16)
            .map(|(src, dst, from, to)| NotifyData::Endpoints((IpAddr::from(*src), from), (IpAddr::from(*dst), to)))
            .parse(data),
        T::AUTH_LIFETIME => be_u32.map(NotifyData::Seconds).parse(data),
        T::REDIRECT => gateway(data).map(|(left, (gateway, nonce))| (left, NotifyData::Redirect(gateway, nonce))),
        T::REDIRECTED_FROM => gateway(data).map(|(left, (gateway, after))| (left, NotifyData::RedirectedFrom(gateway, after))),
        T::TICKET_LT_OPAQUE => (be_u32, rest).map(|(lifetime, ticket)| NotifyData::Ticket(lifetime, ticket)).parse(data),
        T::IKEV2_MESSAGE_ID_SYNC => {
            (be_u32, be_u32, be_u32).map(|(nonce, send, receive)| NotifyData::MessageIdSync(nonce, send, receive)).parse(data)
        }
        T::SECURE_PASSWORD_METHODS => U16List::parser(data).map(|(left, list)| (left, NotifyData::SecurePasswordMethods(list))),
        T::SIGNATURE_HASH_ALGORITHMS => U16List::parser(data).map(|(left, list)| (left, NotifyData::SignatureHashAlgorithms(list))),
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
        _ if data.is_empty() => Ok((data, NotifyData::Empty(ty))),
        _ => rest.map(|octets| NotifyData::Opaque(ty, octets)).parse(data),
    }
}

/// Octets of a COOKIE, and of a COOKIE2.
const COOKIE: (usize, usize) = (1, 64);
const COOKIE2: (usize, usize) = (8, 64);

fn ranged(data: &[u8], (minimum, maximum): (usize, usize)) -> Parsed<'_, &[u8]> {
    if (minimum..=maximum).contains(&data.len()) {
        rest(data)
    } else {
        fail(Fault::new(data, ParseErrorKind::SizeRange { size: data.len(), minimum, maximum }))
    }
}

/// GW Ident Type (1), GW Ident Len (1), identity, nonce.
fn gateway(data: &[u8]) -> Parsed<'_, (Gateway<'_>, &[u8])> {
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
    rest.map(|nonce| (gateway, nonce)).parse(nonce)
}

impl NotifyData<'_> {
    /// Notify Message Type.
    #[must_use]
    pub const fn ty(&self) -> NotifyType {
        use NotifyType as T;
        match self {
            Self::Empty(ty) | Self::Opaque(ty, _) => *ty,
            Self::PayloadType(_) => T::UNSUPPORTED_CRITICAL_PAYLOAD,
            Self::MessageId(_) => T::INVALID_MESSAGE_ID,
            Self::Spi(_) => T::INVALID_SPI,
            Self::KeMethod(_) => T::INVALID_KE_PAYLOAD,
            Self::WindowSize(_) => T::SET_WINDOW_SIZE,
            Self::Ipcomp(..) => T::IPCOMP_SUPPORTED,
            Self::NatDetectionSourceIp(_) => T::NAT_DETECTION_SOURCE_IP,
            Self::NatDetectionDestinationIp(_) => T::NAT_DETECTION_DESTINATION_IP,
            Self::Cookie(_) => T::COOKIE,
            Self::Cookie2(_) => T::COOKIE2,
            Self::Address(IpAddr::V4(_)) => T::ADDITIONAL_IP4_ADDRESS,
            Self::Address(IpAddr::V6(_)) => T::ADDITIONAL_IP6_ADDRESS,
            Self::Endpoints(..) => T::NO_NATS_ALLOWED,
            Self::Seconds(_) => T::AUTH_LIFETIME,
            Self::Redirect(..) => T::REDIRECT,
            Self::RedirectedFrom(..) => T::REDIRECTED_FROM,
            Self::Ticket(..) => T::TICKET_LT_OPAQUE,
            Self::MessageIdSync(..) => T::IKEV2_MESSAGE_ID_SYNC,
            Self::SecurePasswordMethods(_) => T::SECURE_PASSWORD_METHODS,
            Self::SignatureHashAlgorithms(_) => T::SIGNATURE_HASH_ALGORITHMS,
            Self::Puzzle(..) => T::PUZZLE,
            Self::PpkIdentity(..) => T::PPK_IDENTITY,
            Self::PpkIdentityKey(..) => T::PPK_IDENTITY_KEY,
            Self::Flags(_) => T::USE_AGGFRAG,
            Self::AuthMethods(_) => T::SUPPORTED_AUTH_METHODS,
            Self::WindowsError(_) => private::notify_type::MS_NOTIFY_STATUS,
        }
    }

    /// Why no receiver would read this back as it is.
    fn fault(&self) -> Option<BuildError> {
        let element = Element::NotifyData(self.ty());
        let shape = |right: bool| (!right).then_some(BuildError::NotifyDataShape(self.ty()));
        let range = |size: usize, (minimum, maximum)| {
            let fault = BuildError::SizeRange { element, size, minimum, maximum };
            (!(minimum..=maximum).contains(&size)).then_some(fault)
        };
        match *self {
            Self::Empty(ty) => shape(matches!(parse(ty, &[]), Ok((_, NotifyData::Empty(_))))),
            Self::Opaque(ty, octets) => shape(matches!(parse(ty, octets), Ok((_, NotifyData::Opaque(..))))),
            Self::Redirect(Gateway::Unknown(ty, _), _) | Self::RedirectedFrom(Gateway::Unknown(ty, _), _) => {
                shape(!matches!(ty, GatewayIdType::IPV4 | GatewayIdType::IPV6 | GatewayIdType::FQDN))
            }
            Self::Cookie(octets) => range(octets.len(), COOKIE),
            Self::Cookie2(octets) => range(octets.len(), COOKIE2),
            Self::Endpoints((source, _), (destination, _)) if source.is_ipv4() != destination.is_ipv4() => {
                Some(BuildError::MixedAddressFamilies { element })
            }
            _ => None,
        }
    }

    /// Writes the body of a notify about no SA in particular.
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        if let Some(fault) = self.fault() {
            w.fail(fault);
        }
        Notify::new(self.ty(), &[]).emit(w);
        match *self {
            Self::Empty(_) => {}
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
            Self::NatDetectionSourceIp(hash) | Self::NatDetectionDestinationIp(hash) => w.put(*hash),
            Self::Spi(octets) | Self::Cookie(octets) | Self::Cookie2(octets) | Self::Opaque(_, octets) => w.slice(octets),
            Self::Address(address) => ip(w, address),
            Self::Endpoints((source, from), (destination, to)) => {
                ip(w, source);
                ip(w, destination);
                w.put(from.to_be_bytes());
                w.put(to.to_be_bytes());
            }
            Self::Redirect(gateway, after) | Self::RedirectedFrom(gateway, after) => {
                gateway.emit(Element::NotifyData(self.ty()), w);
                w.slice(after);
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
            Self::SecurePasswordMethods(list) | Self::SignatureHashAlgorithms(list) => list.emit(w),
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

impl Gateway<'_> {
    /// Writes GW Ident Type, GW Ident Len and the identity.
    fn emit(&self, element: Element, w: &mut Writer<'_>) {
        let mut put = |ty: GatewayIdType, identity: &[u8]| {
            w.put([ty.0]);
            w.count_u8(element, identity.len());
            w.slice(identity);
        };
        match *self {
            Gateway::Address(IpAddr::V4(address)) => put(GatewayIdType::IPV4, &address.octets()),
            Gateway::Address(IpAddr::V6(address)) => put(GatewayIdType::IPV6, &address.octets()),
            Gateway::Fqdn(identity) => put(GatewayIdType::FQDN, identity),
            Gateway::Unknown(ty, identity) => put(ty, identity),
        }
    }
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
