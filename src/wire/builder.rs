//! Messages and chains written into a caller's buffer in one pass.

use super::chain::{CRITICAL, PAYLOAD_LENGTH};
use super::header::{Header, LENGTH, NEXT_PAYLOAD};
use super::payload::{ConfigurationBuilder, NotifyData, Payload, SaBuilder, TrafficSelectorsBuilder};
use super::writer::Writer;
use crate::error::{BuildError, Element};
use crate::registry::{ConfigurationType, PayloadType, SecurityProtocol};

/// Writes a whole message: the header, then payloads in the order they are pushed.
///
/// ```
/// use ikev2::registry::{Encr, ExchangeType, Integ, KeMethod, NotifyType, Prf, SecurityProtocol, TransformType};
/// use ikev2::wire::{Header, IkeSpis, KeyExchange, Message, MessageBuilder, Nonce, Notify, Payload};
///
/// let header = Header {
///     spis: IkeSpis { initiator: 0x0102_0304_0506_0708, responder: 0 }, exchange: ExchangeType::IKE_SA_INIT,
///     initiator: true, response: false, message_id: 0,
/// };
/// let mut buf = [0; 512];
/// let message = MessageBuilder::new(&mut buf, &header)
///     .sa(|sa| {
///         sa.proposal(1, SecurityProtocol::IKE, &[], |p| {
///             p.transform_key_length(TransformType::ENCR, Encr::ENCR_AES_GCM_16, 256)
///                 .transform(TransformType::PRF, Prf::PRF_HMAC_SHA2_256)
///                 .transform(TransformType::KE, KeMethod::CURVE25519);
///         });
///     })
///     .push(Payload::KeyExchange(KeyExchange { method: KeMethod::CURVE25519, data: &[7; 32] }))
///     .push(Payload::Nonce(Nonce { data: &[9; 32] }))
///     .push(Payload::Notify(Notify::new(NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, &[])))
///     .finish()?;
/// assert_eq!(Message::parse(message).unwrap().payloads().count(), 4);
/// # Ok::<(), ikev2::error::BuildError>(())
/// ```
#[derive(Debug)]
pub struct MessageBuilder<'b> {
    chain: ChainBuilder<'b>,
}

/// Writes a chain of payloads: the content of an SK payload, or part of a message.
#[derive(Debug)]
pub struct ChainBuilder<'b> {
    w: Writer<'b>,
    first: PayloadType,
    /// Where the Next Payload field stands that announces the payload to come; none before the first of a bare chain.
    announced_at: Option<usize>,
    /// Whether SK and SKF may stand here, and none has yet.
    encrypted: Encrypted,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encrypted {
    Allowed,
    Forbidden,
    Written,
}

impl<'b> MessageBuilder<'b> {
    /// Starts a message in `buf`, whose octets are overwritten from the first on.
    #[must_use]
    #[inline]
    pub fn new(buf: &'b mut [u8], header: &Header) -> Self {
        let mut w = Writer::new(buf);
        header.emit(&mut w);
        let first = PayloadType::NO_NEXT_PAYLOAD;
        Self { chain: ChainBuilder { w, first, announced_at: Some(NEXT_PAYLOAD), encrypted: Encrypted::Allowed } }
    }

    /// The message.
    ///
    /// # Errors
    /// The first value that did not fit its field, or [`BufferTooSmall`](BuildError::BufferTooSmall) with the size needed.
    #[inline]
    pub fn finish(&mut self) -> Result<&'b mut [u8], BuildError> {
        let mut w = self.chain.take_writer();
        match u32::try_from(w.len()) {
            Ok(length) => w.patch(LENGTH, length.to_be_bytes()),
            Err(_) => w.fail(BuildError::Overflow {
                element: Element::Header,
                value: w.len(),
                maximum: usize::try_from(u32::MAX).unwrap_or(usize::MAX),
            }),
        }
        w.finish()
    }
}

impl<'b> ChainBuilder<'b> {
    /// Starts a chain in `buf`, whose octets are overwritten from the first on. SK and SKF are refused: they do not nest.
    #[must_use]
    #[inline]
    pub fn new(buf: &'b mut [u8]) -> Self {
        let first = PayloadType::NO_NEXT_PAYLOAD;
        Self { w: Writer::new(buf), first, announced_at: None, encrypted: Encrypted::Forbidden }
    }

    /// The type of the first payload, for the Next Payload field of SK, and the chain.
    ///
    /// # Errors
    /// The first value that did not fit its field, or [`BufferTooSmall`](BuildError::BufferTooSmall) with the size needed.
    #[inline]
    pub fn finish(&mut self) -> Result<(PayloadType, &'b mut [u8]), BuildError> {
        let first = self.first;
        self.take_writer().finish().map(|octets| (first, octets))
    }

    const fn inner(&mut self) -> &mut Self {
        self
    }

    fn ts(&mut self, ty: PayloadType, selectors: impl FnOnce(&mut TrafficSelectorsBuilder<'_, 'b>)) {
        self.payload(ty, |w| {
            let mut ts = TrafficSelectorsBuilder::new(w);
            selectors(&mut ts);
            ts.finish();
        });
    }

    fn take_writer(&mut self) -> Writer<'b> {
        core::mem::replace(&mut self.w, Writer::new(&mut []))
    }

    #[inline]
    fn payload(&mut self, ty: PayloadType, body: impl FnOnce(&mut Writer<'b>)) {
        let start = self.begin(ty, 0, PayloadType::NO_NEXT_PAYLOAD);
        body(&mut self.w);
        self.end(ty, start);
    }

    /// Writes a generic payload header and announces it; gives where it stands.
    #[inline(always)]
    fn begin(&mut self, ty: PayloadType, flags: u8, next: PayloadType) -> usize {
        if self.encrypted == Encrypted::Written {
            self.w.fail(BuildError::EncryptedNotLast);
        }
        let start = self.w.len();
        match self.announced_at {
            Some(at) => self.w.patch(at, [ty.0]),
            None => self.first = ty,
        }
        self.announced_at = Some(start);
        self.w.put([next.0, flags, 0, 0]);
        start
    }

    /// Patches the length of the payload that began at `start`.
    #[inline(always)]
    fn end(&mut self, ty: PayloadType, start: usize) {
        self.w.patch_len(Element::Payload(ty), start, PAYLOAD_LENGTH);
    }

    #[inline(always)]
    fn add(&mut self, payload: Payload<'_>) {
        let ty = payload.ty();
        let (flags, next) = match payload {
            Payload::Unknown(raw) if raw.critical && !ty.is_known() => (CRITICAL, PayloadType::NO_NEXT_PAYLOAD),
            Payload::Sk(sk) => (0, sk.first_payload),
            Payload::Skf(skf) => (0, skf.first_payload),
            _ => (0, PayloadType::NO_NEXT_PAYLOAD),
        };
        let start = self.begin(ty, flags, next);
        payload.emit(&mut self.w);
        self.end(ty, start);
        if matches!(ty, PayloadType::SK | PayloadType::SKF) {
            if self.encrypted == Encrypted::Forbidden {
                self.w.fail(BuildError::EncryptedNotLast);
            }
            self.encrypted = Encrypted::Written;
        }
    }
}

/// The same methods for a message and for a bare chain.
macro_rules! payload_methods {
    ($builder:ident, $($chain:tt)+) => {
        impl<'b> $builder<'b> {
            /// Adds a payload as it is given; lists are written back element by element, reserved fields as zero.
            #[inline(always)]
            pub fn push(&mut self, payload: Payload<'_>) -> &mut Self {
                self.$($chain)+.add(payload);
                self
            }

            /// Adds an SA payload.
            #[inline]
            pub fn sa(&mut self, proposals: impl FnOnce(&mut SaBuilder<'_, 'b>)) -> &mut Self {
                self.$($chain)+.payload(PayloadType::SA, |w| {
                    let mut sa = SaBuilder::new(w);
                    proposals(&mut sa);
                    sa.finish();
                });
                self
            }

            /// Adds a TSi payload.
            pub fn ts_i(&mut self, selectors: impl FnOnce(&mut TrafficSelectorsBuilder<'_, 'b>)) -> &mut Self {
                self.$($chain)+.ts(PayloadType::TSI, selectors);
                self
            }

            /// Adds a TSr payload.
            pub fn ts_r(&mut self, selectors: impl FnOnce(&mut TrafficSelectorsBuilder<'_, 'b>)) -> &mut Self {
                self.$($chain)+.ts(PayloadType::TSR, selectors);
                self
            }

            /// Adds a CP payload.
            pub fn configuration(&mut self, ty: ConfigurationType, attributes: impl FnOnce(&mut ConfigurationBuilder<'_, 'b>)) -> &mut Self {
                self.$($chain)+.payload(PayloadType::CP, |w| {
                    attributes(&mut ConfigurationBuilder::new(w, ty));
                });
                self
            }

            /// Adds a Notify payload about no SA in particular; the data knows its type.
            ///
            /// Data that a receiver would not read back as it is makes [`finish`](Self::finish) fail: a COOKIE of 65 octets,
            /// or `Empty` for a type that has data.
            pub fn notify(&mut self, data: NotifyData<'_>) -> &mut Self {
                self.$($chain)+.payload(PayloadType::N, |w| data.emit(w));
                self
            }

            /// Adds a Delete payload for AH or ESP SAs: the sender's inbound SPIs.
            pub fn delete<'s>(&mut self, protocol: SecurityProtocol, spis: impl IntoIterator<Item = &'s [u8; 4]>) -> &mut Self {
                self.$($chain)+.payload(PayloadType::D, |w| {
                    if protocol == SecurityProtocol::IKE {
                        w.fail(BuildError::SpisOfIkeSa);
                    }
                    let start = w.len();
                    w.put([protocol.0, 4, 0, 0]);
                    let mut count = 0usize;
                    for spi in spis {
                        w.put(*spi);
                        count = count.saturating_add(1);
                    }
                    w.patch_u16(Element::Payload(PayloadType::D), start.saturating_add(2), count);
                });
                self
            }
        }
    };
}
payload_methods!(ChainBuilder, inner());
payload_methods!(MessageBuilder, chain);
