//! The payloads of one message, each by its name.

use super::chain::{Chain, LenientChain, Payloads, RawPayload};
use super::header::Header;
use super::message::{LenientMessage, Message};
use super::payload::{
    Auth, Cert, CertReq, Configuration, Delete, Eap, Id, KeyExchange, Nonce, Notify, Payload, PuzzleSolution, Sa, TrafficSelectors,
    VendorId,
};
use super::rules::{self, Conformance, Protection};
use crate::error::ParseError;
use crate::registry::{NotifyType, PayloadType};

/// The parts: a row is `field: Body = Variant;`, the variant that of [`Payload`]. Payloads without a row are asked for by methods.
macro_rules! parts {
    ($(#[$parts:meta])* Parts { $($(#[$doc:meta])* $field:ident: $body:ident = $variant:ident;)+ }) => {
        $(#[$parts])*
        #[derive(Clone, Debug)]
        #[non_exhaustive]
        pub struct Parts<'a> {
            $($(#[$doc])* pub $field: Option<$body<'a>>,)+
            header: Header,
            protection: Protection,
            is_whole: bool,
            payloads: Payloads<'a>,
            once: Types,
            again: Types,
        }

        impl<'a> Parts<'a> {
            const fn empty(header: Header, protection: Protection, payloads: Payloads<'a>) -> Self {
                Self { $($field: None,)+ header, protection, is_whole: true, payloads, once: Types::EMPTY, again: Types::EMPTY }
            }

            /// Of a type that is there already the first one stays.
            fn keep(&mut self, payload: Payload<'a>) {
                match payload {
                    $(Payload::$variant(body) => {
                        self.$field.get_or_insert(body);
                    })+
                    Payload::Sa(_) | Payload::Notify(_) | Payload::VendorId(_) | Payload::Sk(_) | Payload::Skf(_) | Payload::Unknown(_) => {}
                }
            }
        }
    };
}

parts! {
    /// The payloads of a message, or of its decrypted content, by name: of each type the first one.
    ///
    /// [`Message::parts`] and [`Chain::parts`] check every body to its last octet, but for that of the SA payload: whether an offer is
    /// readable depends on who reads it, so that [`sa`](Self::sa) tells, and a negotiation is given the
    /// [octets](Self::first). [`duplicates`](Self::duplicates) says what came more than once, and [`conformance`](Self::conformance) what the
    /// grammar of the exchange says against the message.
    ///
    /// ```
    /// use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
    /// use ikev2::wire::{Header, IkeSpis, Message, MessageBuilder, Nonce, Notify, Parts, Payload};
    ///
    /// let header = Header {
    ///     spis: IkeSpis { initiator: 1, responder: 0 },
    ///     exchange: ExchangeType::IKE_SA_INIT,
    ///     initiator: true,
    ///     response: false,
    ///     message_id: 0,
    /// };
    /// let mut buf = [0; 256];
    /// let octets = MessageBuilder::new(&mut buf, &header)
    ///     .push(Payload::Nonce(Nonce { data: &[7; 32] }))
    ///     .push(Payload::Notify(Notify::new(NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, &[])))
    ///     .finish()?;
    ///
    /// let message = Message::parse(octets)?;
    /// let parts = message.parts()?;
    /// assert_eq!(parts.nonce.map(|nonce| nonce.data), Some(&[7; 32][..]));
    /// assert!(parts.notify(NotifyType::IKEV2_FRAGMENTATION_SUPPORTED).is_some() && parts.error().is_none());
    /// // IKE_SA_INIT without SA and KE.
    /// let conformance = parts.conformance().ok_or("the exchange has no grammar")?;
    /// assert_eq!((parts.duplicates().count(), conformance.deviations().count()), (0, 2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    Parts {
        /// KE.
        key_exchange: KeyExchange = KeyExchange;
        /// Ni or Nr.
        nonce: Nonce = Nonce;
        /// IDi.
        id_i: Id = IdI;
        /// IDr.
        id_r: Id = IdR;
        /// The first CERT, which holds the key that AUTH was made with (RFC 7296 section 3.6); [`certs`](Self::certs) has all.
        cert: Cert = Cert;
        /// The first CERTREQ; [`cert_reqs`](Self::cert_reqs) has all.
        cert_req: CertReq = CertReq;
        /// AUTH.
        auth: Auth = Auth;
        /// The first D; [`deletes`](Self::deletes) has all.
        delete: Delete = Delete;
        /// TSi.
        ts_i: TrafficSelectors = TsI;
        /// TSr.
        ts_r: TrafficSelectors = TsR;
        /// CP.
        configuration: Configuration = Configuration;
        /// EAP.
        eap: Eap = Eap;
        /// PS (RFC 8019).
        puzzle_solution: PuzzleSolution = PuzzleSolution;
    }
}

impl<'a> Message<'a> {
    /// The payloads in clear by name; SK and SKF stay closed.
    ///
    /// # Errors
    /// The first fault of a body other than that of the SA payload.
    pub fn parts(&self) -> Result<Parts<'a>, ParseError> {
        strict(Parts::read(*self.header(), Protection::Clear, self.payloads()))
    }
}

impl<'a> LenientMessage<'a> {
    /// The payloads in clear by name, as far as they can be read, and the first fault: of a body other than that of the SA payload, or of
    /// the [message](Self::fault).
    #[must_use]
    pub fn parts(&self) -> (Parts<'a>, Option<ParseError>) {
        lenient(Parts::read(*self.header(), Protection::Clear, self.payloads()), self.fault())
    }
}

impl<'a> Chain<'a> {
    /// The payloads by name; `header` is that of the message whose decrypted content the chain is.
    ///
    /// # Errors
    /// The first fault of a body other than that of the SA payload.
    pub fn parts(&self, header: &Header) -> Result<Parts<'a>, ParseError> {
        strict(Parts::read(*header, Protection::Protected, self.payloads()))
    }
}

impl<'a> LenientChain<'a> {
    /// The payloads by name, as far as they can be read, and the first fault: of a body other than that of the SA payload, or of the
    /// [chain](Self::fault). `header` is that of the message whose decrypted content the chain is.
    #[must_use]
    pub fn parts(&self, header: &Header) -> (Parts<'a>, Option<ParseError>) {
        lenient(Parts::read(*header, Protection::Protected, self.payloads()), self.fault())
    }
}

fn strict<'a>((parts, fault): (Parts<'a>, Option<ParseError>)) -> Result<Parts<'a>, ParseError> {
    fault.map_or(Ok(parts), Err)
}

fn lenient<'a>((mut parts, fault): (Parts<'a>, Option<ParseError>), framing: Option<ParseError>) -> (Parts<'a>, Option<ParseError>) {
    if framing.is_some() {
        parts.is_whole = false;
    }
    (parts, [fault, framing].into_iter().flatten().min_by_key(|fault| fault.offset))
}

impl<'a> Parts<'a> {
    fn read(header: Header, protection: Protection, payloads: Payloads<'a>) -> (Self, Option<ParseError>) {
        let mut parts = Self::empty(header, protection, payloads.clone());
        let mut first_fault = None;
        for raw in payloads {
            if !parts.once.insert(raw.ty) {
                parts.again.insert(raw.ty);
            }
            if raw.ty != PayloadType::SA {
                let (payload, fault) = raw.parse_lenient();
                first_fault = first_fault.or(fault);
                parts.keep(payload);
            }
        }
        (parts, first_fault)
    }

    /// The first SA payload, read strictly. A negotiation takes the body as it was received, [`first(PayloadType::SA)`](Self::first): every
    /// stack has a reader of its own.
    #[must_use]
    pub fn sa(&self) -> Option<Result<Sa<'a>, ParseError>> {
        self.first(PayloadType::SA).map(Sa::parse_raw)
    }

    /// The first payload of a type as it was received: AUTH is made over the body of IDi or IDr with its reserved octets (RFC 7296 section
    /// 2.15), and an offer is negotiated by the body of the SA payload.
    #[must_use]
    pub fn first(&self, ty: PayloadType) -> Option<RawPayload<'a>> {
        self.payloads().find(|raw| raw.ty == ty)
    }

    /// The payloads, in order.
    #[must_use]
    pub fn payloads(&self) -> Payloads<'a> {
        self.payloads.clone()
    }

    /// The first notify of a type.
    #[must_use]
    pub fn notify(&self, ty: NotifyType) -> Option<Notify<'a>> {
        self.notifies().find(|notify| notify.ty == ty)
    }

    /// The first notify that reports an error (RFC 7296 section 3.10.1).
    #[must_use]
    pub fn error(&self) -> Option<Notify<'a>> {
        self.notifies().find(|notify| notify.ty.is_error())
    }

    /// The notifies, in order.
    pub fn notifies(&self) -> impl Iterator<Item = Notify<'a>> + use<'a> {
        self.typed(PayloadType::N, Notify::parse_raw)
    }

    /// The certificates, in order.
    pub fn certs(&self) -> impl Iterator<Item = Cert<'a>> + use<'a> {
        self.typed(PayloadType::CERT, Cert::parse_raw)
    }

    /// The certificate requests, in order.
    pub fn cert_reqs(&self) -> impl Iterator<Item = CertReq<'a>> + use<'a> {
        self.typed(PayloadType::CERTREQ, CertReq::parse_raw)
    }

    /// The Delete payloads, in order.
    pub fn deletes(&self) -> impl Iterator<Item = Delete<'a>> + use<'a> {
        self.typed(PayloadType::D, Delete::parse_raw)
    }

    /// The vendor IDs, in order.
    pub fn vendor_ids(&self) -> impl Iterator<Item = VendorId<'a>> + use<'a> {
        self.typed(PayloadType::V, VendorId::parse_raw)
    }

    /// Types that came more than once and are not among those that may: CERT, CERTREQ, N, D and V. Each is named once.
    pub fn duplicates(&self) -> impl Iterator<Item = PayloadType> + use<> {
        const MAY_REPEAT: [PayloadType; 5] = [PayloadType::CERT, PayloadType::CERTREQ, PayloadType::N, PayloadType::D, PayloadType::V];
        self.again.iter().filter(|ty| !MAY_REPEAT.contains(ty))
    }

    /// What the grammar of the exchange says: the form the message fits best, and its deviations. `None` when the exchange has none, and
    /// when the payloads could not be read to the last: what is missing is then not known.
    #[must_use]
    pub fn conformance(&self) -> Option<Conformance<'a>> {
        let check = || rules::check(self.header.exchange, self.header.response, self.protection, self.payloads());
        self.is_whole.then(check).flatten()
    }

    fn typed<T>(&self, ty: PayloadType, parse: fn(RawPayload<'a>) -> Result<T, ParseError>) -> impl Iterator<Item = T> + use<'a, T> {
        self.payloads().filter(move |raw| raw.ty == ty).filter_map(move |raw| parse(raw).ok())
    }
}

/// A set of payload types: a bit each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Types([u128; 2]);

impl Types {
    const EMPTY: Self = Self([0; 2]);

    /// Adds a type; `false` if it is in the set already.
    const fn insert(&mut self, ty: PayloadType) -> bool {
        let Self([low, high]) = self;
        let bit = 1u128 << (ty.0 & 127);
        let half = if ty.0 < 128 { low } else { high };
        let is_new = *half & bit == 0;
        *half |= bit;
        is_new
    }

    fn iter(self) -> impl Iterator<Item = PayloadType> {
        (0..=u8::MAX).map(PayloadType).filter(move |ty| !{ self }.insert(*ty))
    }
}
