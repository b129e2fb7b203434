//! A peer that holds the right keys and seals whatever it is told to, right or wrong.

use ikev2::error::OpenError;
use ikev2::protect::{IvSequence, Opened, Opener, Sealer, Suite, open};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, ExchangeType, PayloadType};
use ikev2::wire::{Header, IkeSpis, MessageBuilder, Payload, Sk, Skf};

pub(crate) const HEADER: Header = Header {
    spis: IkeSpis { initiator: 0x1111_1111_1111_1111, responder: 0x2222_2222_2222_2222 },
    exchange: ExchangeType::IKE_AUTH,
    initiator: true,
    response: false,
    message_id: 1,
};

/// Some payload type, for Next Payload.
pub(crate) const FIRST: PayloadType = PayloadType::IDI;
pub(crate) const NONE: PayloadType = PayloadType::NO_NEXT_PAYLOAD;

pub(crate) struct Peer {
    pub(crate) sealer: Box<dyn Sealer>,
    pub(crate) opener: Box<dyn Opener>,
}

impl Peer {
    pub(crate) fn new() -> Self {
        Self::of(&Suite::new(Encr::ENCR_AES_GCM_16, Some(128), None).unwrap())
    }

    pub(crate) fn of(suite: &Suite) -> Self {
        let (sk_e, sk_a) = (vec![0x51; suite.sk_e_len()], vec![0xa2; suite.sk_a_len()]);
        Self {
            sealer: suite.sealer(&Provider::builtin(), &sk_e, &sk_a, IvSequence::new(&[9; 16])).unwrap(),
            opener: suite.opener(&Provider::builtin(), &sk_e, &sk_a).unwrap(),
        }
    }

    pub(crate) fn open<'a>(&self, datagram: &'a mut [u8]) -> Result<Opened<'a>, OpenError> {
        open(datagram, &*self.opener)
    }

    pub(crate) fn sk(&mut self, header: &Header, clear: &[Payload<'_>], first: PayloadType, content: &[u8]) -> Vec<u8> {
        let sealed = self.room(content);
        self.seal(header, clear, Payload::Sk(Sk { first_payload: first, sealed: &sealed }), content)
    }

    pub(crate) fn skf(
        &mut self,
        header: &Header,
        clear: &[Payload<'_>],
        first: PayloadType,
        (number, total): (u16, u16),
        content: &[u8],
    ) -> Vec<u8> {
        let sealed = self.room(content);
        self.seal(header, clear, Payload::Skf(Skf { first_payload: first, number, total, sealed: &sealed }), content)
    }

    /// A fragment with nothing in clear and the usual Next Payload.
    pub(crate) fn fragment(&mut self, header: &Header, place: (u16, u16), content: &[u8]) -> Vec<u8> {
        self.skf(header, &[], if place.0 == 1 { FIRST } else { NONE }, place, content)
    }

    /// Octets for IV, content, padding, Pad Length and ICV.
    fn room(&self, content: &[u8]) -> Vec<u8> {
        let text = (content.len() + 1).next_multiple_of(self.sealer.block_len());
        vec![0; self.sealer.iv_len() + text + self.sealer.icv_len()]
    }

    fn seal(&mut self, header: &Header, clear: &[Payload<'_>], encrypted: Payload<'_>, content: &[u8]) -> Vec<u8> {
        let room = self.room(content).len();
        let mut buf = vec![0; room + clear.iter().map(|payload| clear_len(header, payload)).sum::<usize>() + 36];
        let mut builder = MessageBuilder::new(&mut buf, header);
        for payload in clear {
            builder.push(*payload);
        }
        let mut datagram = builder.push(encrypted).finish().unwrap().to_vec();
        let (aad, body) = datagram.split_at_mut_checked(buf_prefix(&buf, room)).unwrap();
        let (iv, body) = body.split_at_mut(self.sealer.iv_len());
        let (text, icv) = body.split_at_mut(body.len() - self.sealer.icv_len());
        text[..content.len()].copy_from_slice(content);
        let pad_len = text.len() - content.len() - 1;
        *text.last_mut().unwrap() = u8::try_from(pad_len).unwrap();
        self.sealer.seal(aad, iv, text, icv).unwrap();
        datagram
    }
}

fn clear_len(header: &Header, payload: &Payload<'_>) -> usize {
    MessageBuilder::new(&mut [0; 70_000], header).push(*payload).finish().unwrap().len() - 28
}

/// Octets before the IV: the message's length stands in its header.
fn buf_prefix(buf: &[u8], room: usize) -> usize {
    u32::from_be_bytes(*buf[24..].first_chunk().unwrap()) as usize - room
}
