//! The shapes of Notification Data: one row a type, for both directions.

use super::auth_announcement::AuthAnnouncements;
use super::code_point_list::CodePointList;
use super::gateway::Gateway;
use super::layout::{Ip, Layout, Rest, Within, put};
use super::notify::Notify;
use crate::error::{BuildError, Element, ParseError, ParseErrorKind};
use crate::registry::{
    HashAlgorithm, IpcompTransform, KeMethod, NotifyType, PayloadType, PpkIdType, Prf, SecurityProtocol, private::notify_type,
};
use crate::wire::codec::{At, Fault, Parsed, complete, fail};
use crate::wire::writer::Writer;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The table of notify types with data.
///
/// A row is `Variant(field, ..): (Type, ..) = T::CONSTANT as Layout, "RFC";`, with `P::CONSTANT` for a private one. The layout gives the
/// fields, as a tuple where there are several. Types that share a variant are separated by `|`, each with the pattern of the first
/// field that makes it that type.
///
/// To add a type: its row in `registry/notify.rs`, if there is none, and a row here; a second row for one type does not compile. That
/// much reads and writes it. Then `arbitrary/values.rs` has to draw its data, or the tests of `arbitrary` fail; the naive decoder of the
/// tests (`tests/kit/naive`) has its own idea of the sizes, and its tests fail until it is told; and `ike inspect` shows the octets until
/// `tools/src/report/inspect/values.rs` has words for them.
macro_rules! notify_data {
    ($(
        $(#[$doc:meta])*
        $variant:ident $fields:tt: ($($type:ty),+) =
            $($space:ident::$konst:ident as $layout:ty $(where $pattern:pat_param)?)|+, $rfc:literal;
    )+) => {
        /// The data of a notify in the shape its type gives it; the shape in turn gives the [type](Self::ty).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum NotifyData<'a> {
            /// No data, of a type that has none or may go without.
            Empty(NotifyType),
            $(
                #[doc = concat!($(stringify!($konst), " ",)+ "(", $rfc, "): ")]
                $(#[$doc])*
                $variant($($type),+),
            )+
            /// A type this crate knows no shape for, and at least one octet of data.
            Unknown(NotifyType, &'a [u8]),
        }

        impl NotifyData<'_> {
            /// Notify Message Type.
            #[must_use]
            pub const fn ty(&self) -> NotifyType {
                match self {
                    Self::Empty(ty) | Self::Unknown(ty, _) => *ty,
                    $($(Self::$variant($($pattern,)? ..) => $space::$konst,)+)+
                }
            }

            /// Writes the data, or fails if no receiver would read it back as it is.
            #[expect(unused_parens, reason = "a shape may have one field or several")]
            fn write(&self, w: &mut Writer<'_>) {
                let (ty, element) = (self.ty(), Element::NotifyData(self.ty()));
                let fits = match (ty, *self) {
                    $($(($space::$konst, Self::$variant $fields) => put::<$layout>($fields, element, w),)+)+
                    (_, Self::Empty(_)) => !SHAPED.contains(&ty),
                    (_, Self::Unknown(_, octets)) => {
                        w.slice(octets);
                        !SHAPED.contains(&ty) && !octets.is_empty()
                    }
                    // No row gives the variant this type.
                    _ => false,
                };
                if !fits {
                    w.fail(BuildError::NotifyDataShape(ty));
                }
            }
        }

        /// The types whose data has a shape.
        pub(crate) const SHAPED: &[NotifyType] = &[$($($space::$konst),+),+];

        #[expect(unused_parens, reason = "a shape may have one field or several")]
        #[deny(unreachable_patterns)]
        fn parse(ty: NotifyType, data: &[u8]) -> Parsed<'_, NotifyData<'_>> {
            match ty {
                $($($space::$konst => {
                    let (left, $fields) = <$layout as Layout<'_>>::read(data)?;
                    Ok((left, NotifyData::$variant $fields))
                })+)+
                _ if data.is_empty() => Ok((data, NotifyData::Empty(ty))),
                _ => Ok((&[], NotifyData::Unknown(ty, data))),
            }
        }
    };
}

use {NotifyType as T, notify_type as P};

notify_data! {
    /// The type that was not understood.
    UnsupportedCriticalPayload(ty): (PayloadType) = T::UNSUPPORTED_CRITICAL_PAYLOAD as PayloadType, "RFC 7296 section 2.5";
    /// The message ID received.
    InvalidMessageId(id): (u32) = T::INVALID_MESSAGE_ID as u32, "RFC 7296 section 2.3";
    /// The SPI received.
    InvalidSpi(spi): (&'a [u8]) = T::INVALID_SPI as Rest, "RFC 7296 section 1.5";
    /// The method that is wanted.
    InvalidKePayload(method): (KeMethod) = T::INVALID_KE_PAYLOAD as KeMethod, "RFC 7296 section 1.3";
    /// Messages.
    SetWindowSize(size): (u32) = T::SET_WINDOW_SIZE as u32, "RFC 7296 section 2.3";
    /// Compression Parameter Index, transform, and the transform's attributes.
    IpcompSupported(cpi, transform, attributes): (u16, IpcompTransform, &'a [u8]) =
        T::IPCOMP_SUPPORTED as (u16, IpcompTransform, Rest), "RFC 7296 section 2.22";
    /// SHA-1 over SPIs, address and port of the sender.
    NatDetectionSourceIp(hash): (&'a [u8; 20]) = T::NAT_DETECTION_SOURCE_IP as [u8; 20], "RFC 7296 section 2.23";
    /// SHA-1 over SPIs, address and port of the receiver.
    NatDetectionDestinationIp(hash): (&'a [u8; 20]) = T::NAT_DETECTION_DESTINATION_IP as [u8; 20], "RFC 7296 section 2.23";
    /// 1 to 64 octets.
    Cookie(cookie): (&'a [u8]) = T::COOKIE as Within<1, 64>, "RFC 7296 section 2.6";
    /// 8 to 64 octets.
    Cookie2(cookie): (&'a [u8]) = T::COOKIE2 as Within<8, 64>, "RFC 4555 section 4.2.5";
    /// A further address of the sender.
    AdditionalAddress(address): (IpAddr) = T::ADDITIONAL_IP4_ADDRESS as Ip<Ipv4Addr> where IpAddr::V4(_)
        | T::ADDITIONAL_IP6_ADDRESS as Ip<Ipv6Addr> where IpAddr::V6(_), "RFC 4555 section 4.2.2";
    /// Source and destination, with ports.
    NoNatsAllowed(source, destination): ((IpAddr, u16), (IpAddr, u16)) = T::NO_NATS_ALLOWED as Endpoints, "RFC 4555 section 4.2.6";
    /// Seconds.
    AuthLifetime(seconds): (u32) = T::AUTH_LIFETIME as u32, "RFC 4478";
    /// The gateway, and the nonce of the initiator in an IKE_SA_INIT response.
    Redirect(gateway, nonce): (Gateway<'a>, &'a [u8]) = T::REDIRECT as (Gateway<'_>, Rest), "RFC 5685";
    /// The gateway, and what follows it, for which the RFC has no use.
    RedirectedFrom(gateway, after): (Gateway<'a>, &'a [u8]) = T::REDIRECTED_FROM as (Gateway<'_>, Rest), "RFC 5685";
    /// Seconds, and the ticket.
    TicketLtOpaque(lifetime, ticket): (u32, &'a [u8]) = T::TICKET_LT_OPAQUE as (u32, Rest), "RFC 5723";
    /// Nonce, expected send and receive message ID.
    MessageIdSync(nonce, send, receive): (u32, u32, u32) = T::IKEV2_MESSAGE_ID_SYNC as (u32, u32, u32), "RFC 6311 section 6.3";
    /// [`SecurePasswordMethod`](crate::registry::SecurePasswordMethod) values.
    SecurePasswordMethods(list): (CodePointList<'a>) = T::SECURE_PASSWORD_METHODS as CodePointList<'_>, "RFC 6467";
    /// [`HashAlgorithm`](crate::registry::HashAlgorithm) values.
    SignatureHashAlgorithms(list): (CodePointList<'a>) = T::SIGNATURE_HASH_ALGORITHMS as CodePointList<'_>, "RFC 7427";
    /// The PRF, and the number of zero bits a solution ends with.
    Puzzle(prf, difficulty): (Prf, u8) = T::PUZZLE as (Prf, u8), "RFC 8019 section 8.1";
    /// Type and identity.
    PpkIdentity(ty, identity): (PpkIdType, &'a [u8]) = T::PPK_IDENTITY as (PpkIdType, Rest), "RFC 8784";
    /// Type, identity, and the confirmation that the PPK is the same.
    PpkIdentityKey(ty, identity, confirmation): (PpkIdType, &'a [u8], &'a [u8; 8]) = T::PPK_IDENTITY_KEY as PpkIdentityKey, "RFC 9867";
    /// The flags D (0x01, do not fragment) and C (0x02, congestion control).
    UseAggfrag(flags): (u8) = T::USE_AGGFRAG as u8, "RFC 9347 section 6.1.4";
    /// What the sender can verify its peer by.
    SupportedAuthMethods(methods): (AuthAnnouncements<'a>) = T::SUPPORTED_AUTH_METHODS as AuthAnnouncements<'_>, "RFC 9593";
    /// A Windows error code.
    MsNotifyStatus(code): (u32) = P::MS_NOTIFY_STATUS as u32, "private use, MS-IKEE";
}

impl<'a> Notify<'a> {
    /// The data in the shape its type gives it.
    ///
    /// # Errors
    /// When the data does not have that shape; the octets stay reachable. Offsets count from the start of the data.
    pub fn typed_data(&self) -> Result<NotifyData<'a>, ParseError> {
        complete(Element::NotifyData(self.ty), self.data, At::INPUT, parse(self.ty, self.data))
    }

    /// The SA that REKEY_SA, CHILD_SA_NOT_FOUND and their like are about.
    #[must_use]
    pub const fn sa(&self) -> Option<(SecurityProtocol, &'a [u8])> {
        if self.spi.is_empty() { None } else { Some((self.protocol, self.spi)) }
    }

    /// The hash algorithms of SIGNATURE_HASH_ALGORITHMS.
    #[must_use]
    pub fn signature_hashes(&self) -> Option<impl Iterator<Item = HashAlgorithm> + use<'a>> {
        match self.typed_data() {
            Ok(NotifyData::SignatureHashAlgorithms(list)) => Some(list.map(HashAlgorithm)),
            _ => None,
        }
    }
}

impl NotifyData<'_> {
    /// Writes the body of a notify about no SA in particular.
    pub(crate) fn emit(&self, w: &mut Writer<'_>) {
        Notify::new(self.ty(), &[]).emit(w);
        self.write(w);
    }
}

/// Two addresses of one family, then their ports.
struct Endpoints;

/// Two endpoints: source and destination.
type Pair = ((IpAddr, u16), (IpAddr, u16));

impl Endpoints {
    fn read<'a, A: Layout<'a, Value = A> + Into<IpAddr>>(input: &'a [u8]) -> Parsed<'a, Pair> {
        let (left, (source, destination, from, to)) = <(A, A, u16, u16) as Layout<'a>>::read(input)?;
        Ok((left, ((source.into(), from), (destination.into(), to))))
    }
}

impl<'a> Layout<'a> for Endpoints {
    type Value = Pair;
    const SIZE: Option<usize> = None;

    fn read(input: &'a [u8]) -> Parsed<'a, Pair> {
        if input.len() == 12 { Self::read::<Ipv4Addr>(input) } else { Self::read::<Ipv6Addr>(input) }
    }

    fn fits(_: Pair) -> bool {
        true
    }

    fn write(((source, from), (destination, to)): Pair, element: Element, w: &mut Writer<'_>) {
        if source.is_ipv4() != destination.is_ipv4() {
            w.fail(BuildError::MixedAddressFamilies { element });
        }
        for address in [source, destination] {
            Ip::<Ipv4Addr>::write(address, element, w);
        }
        w.put(from.to_be_bytes());
        w.put(to.to_be_bytes());
    }
}

/// PPK_ID type (1), identity, confirmation (8).
struct PpkIdentityKey;

impl<'a> Layout<'a> for PpkIdentityKey {
    type Value = (PpkIdType, &'a [u8], &'a [u8; 8]);
    const SIZE: Option<usize> = None;

    fn read(input: &'a [u8]) -> Parsed<'a, Self::Value> {
        let parts = input.split_first().and_then(|(ty, after)| Some((ty, after.split_last_chunk()?)));
        let Some((ty, (identity, confirmation))) = parts else {
            return fail(Fault::new(input, ParseErrorKind::Truncated { needed: 9, available: input.len() }));
        };
        Ok((&[], (PpkIdType(*ty), identity, confirmation)))
    }

    fn fits(_: Self::Value) -> bool {
        true
    }

    fn write((ty, identity, confirmation): Self::Value, _: Element, w: &mut Writer<'_>) {
        w.put([ty.0]);
        w.slice(identity);
        w.put(*confirmation);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Octets of one value, enough of them for the longest data tried.
    const FILLS: [[u8; 300]; 7] = [[0; 300], [1; 300], [2; 300], [3; 300], [4; 300], [0x10; 300], [0xff; 300]];

    /// The data of a notify as `value` writes it.
    fn written<'b>(value: NotifyData<'_>, buf: &'b mut [u8; 320]) -> &'b [u8] {
        let mut w = Writer::new(buf);
        value.emit(&mut w);
        w.finish().unwrap().get(4..).unwrap()
    }

    #[test]
    fn every_row_writes_what_it_reads_and_locates_what_it_does_not_read() {
        for ty in SHAPED {
            let mut read = 0;
            for data in FILLS.iter().flat_map(|fill| (0..=fill.len()).map(|len| &fill[..len])) {
                match Notify::new(*ty, data).typed_data() {
                    Ok(value) => {
                        assert_eq!(value.ty(), *ty);
                        assert!(!matches!(value, NotifyData::Empty(_) | NotifyData::Unknown(..)), "{value:?}");
                        assert_eq!(written(value, &mut [0; 320]), data, "{value:?}");
                        read += 1;
                    }
                    Err(error) => {
                        assert_eq!(error.element, Element::NotifyData(*ty));
                        match error.kind {
                            ParseErrorKind::Truncated { needed, available } => {
                                assert!(needed > available && error.offset + available == data.len(), "{error}");
                            }
                            ParseErrorKind::TrailingOctets { count } => assert_eq!(error.offset + count, data.len(), "{error}"),
                            ParseErrorKind::SizeMismatch { .. }
                            | ParseErrorKind::SizeRange { .. }
                            | ParseErrorKind::LengthTooSmall { .. } => {
                                assert!(error.offset <= data.len(), "{error}");
                            }
                            _ => panic!("{error}"),
                        }
                    }
                }
            }
            assert!(read > 0, "{ty}");
        }
    }

    #[test]
    fn types_without_a_row_have_any_data() {
        for ty in NotifyType::ASSIGNED.iter().copied().filter(|ty| !SHAPED.contains(ty)).chain([NotifyType(40000)]) {
            assert_eq!(Notify::new(ty, &[]).typed_data(), Ok(NotifyData::Empty(ty)));
            assert_eq!(Notify::new(ty, b"any").typed_data(), Ok(NotifyData::Unknown(ty, b"any")));
            assert_eq!(written(NotifyData::Unknown(ty, b"any"), &mut [0; 320]), b"any");
        }
    }

    /// Sizes by the documents, against the layouts of the rows.
    #[test]
    fn data_of_a_fixed_size_has_no_other() {
        let sizes = [
            (T::UNSUPPORTED_CRITICAL_PAYLOAD, 1),
            (T::INVALID_MESSAGE_ID, 4),
            (T::INVALID_KE_PAYLOAD, 2),
            (T::SET_WINDOW_SIZE, 4),
            (T::NAT_DETECTION_SOURCE_IP, 20),
            (T::NAT_DETECTION_DESTINATION_IP, 20),
            (T::ADDITIONAL_IP4_ADDRESS, 4),
            (T::ADDITIONAL_IP6_ADDRESS, 16),
            (T::AUTH_LIFETIME, 4),
            (T::IKEV2_MESSAGE_ID_SYNC, 12),
            (T::PUZZLE, 3),
            (T::USE_AGGFRAG, 1),
            (P::MS_NOTIFY_STATUS, 4),
        ];
        for (ty, size) in sizes {
            for len in 0..60 {
                match Notify::new(ty, &FILLS[1][..len]).typed_data() {
                    Ok(_) => assert_eq!(len, size, "{ty}"),
                    Err(error) if len < size => assert!(matches!(error.kind, ParseErrorKind::Truncated { .. }), "{error}"),
                    Err(error) => {
                        assert_eq!((error.offset, error.kind), (size, ParseErrorKind::TrailingOctets { count: len - size }), "{ty}");
                    }
                }
            }
        }
    }

    #[test]
    fn cookies_have_the_sizes_of_their_documents() {
        for (ty, minimum) in [(T::COOKIE, 1), (T::COOKIE2, 8)] {
            for size in 0..80 {
                let due = ParseErrorKind::SizeRange { size, minimum, maximum: 64 };
                match Notify::new(ty, &FILLS[0][..size]).typed_data() {
                    Ok(_) => assert!((minimum..=64).contains(&size), "{ty}: {size}"),
                    Err(error) => {
                        assert!(!(minimum..=64).contains(&size), "{error}");
                        assert_eq!((error.offset, error.kind), (0, due));
                    }
                }
            }
        }
    }

    #[test]
    fn fields_stand_where_the_documents_put_them() {
        let ip = |last| IpAddr::from([192, 0, 2, last]);
        let rows: [(&[u8], NotifyData<'_>); 9] = [
            (&[0x12, 0x34, 3, 9], NotifyData::IpcompSupported(0x1234, IpcompTransform::IPCOMP_LZS, &[9])),
            (&[192, 0, 2, 1, 192, 0, 2, 2, 1, 0xf4, 0x11, 0x94], NotifyData::NoNatsAllowed((ip(1), 500), (ip(2), 4500))),
            (&[1, 4, 192, 0, 2, 1, 7, 8], NotifyData::Redirect(Gateway::Address(ip(1)), &[7, 8])),
            (&[3, 2, b'g', b'w'], NotifyData::RedirectedFrom(Gateway::Fqdn(b"gw"), &[])),
            (&[0, 0, 1, 0, 5, 6], NotifyData::TicketLtOpaque(256, &[5, 6])),
            (&[0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3], NotifyData::MessageIdSync(1, 2, 3)),
            (&[0, 5, 18], NotifyData::Puzzle(Prf::PRF_HMAC_SHA2_256, 18)),
            (&[2, b'i', b'd'], NotifyData::PpkIdentity(PpkIdType::PPK_ID_FIXED, b"id")),
            (&[2, b'i', 1, 2, 3, 4, 5, 6, 7, 8], NotifyData::PpkIdentityKey(PpkIdType(2), b"i", &[1, 2, 3, 4, 5, 6, 7, 8])),
        ];
        for (octets, value) in rows {
            assert_eq!(Notify::new(value.ty(), octets).typed_data(), Ok(value));
            assert_eq!(written(value, &mut [0; 320]), octets);
        }
    }
}
