//! Target `open`: any octets, under real ciphers and under one that lets everything pass.

use crate::kit::fragments::peer::{FIRST, HEADER, Peer};
use crate::kit::fragments::splitting::suites;
use ikev2::Instant;
use ikev2::error::{CryptoError, OpenError};
use ikev2::fragment::{Progress, Reassembler, ReassemblyLimits};
use ikev2::protect::{EncryptedPayload, Opened, Opener, open as open_in_place};
use ikev2::wire::{Chain, Message, Payload};

/// Octet 0 says what is done with the others.
pub fn open(data: &[u8]) {
    let Some((&what, rest)) = data.split_first() else { return };
    let suites = suites();
    let suite = &suites[usize::from(what >> 2) % suites.len()];
    match what & 3 {
        0 => stranger(&Peer::of(suite), rest),
        1 => sealed(&mut Peer::of(suite), rest),
        2 => transparent(&Transparent { iv_len: 8, icv_len: 16, block_len: 1 }, rest),
        _ => transparent(&Transparent { iv_len: 16, icv_len: 12, block_len: 16 }, rest),
    }
}

/// Octets of somebody without the keys: never opened, and refused for what the framing says or for nothing.
fn stranger(peer: &Peer, octets: &[u8]) {
    let due = framed(octets, &*peer.opener);
    let said = peer.open(&mut octets.to_vec()).map(|opened| format!("{opened:?}"));
    match due {
        Ok(_) => assert_eq!(said, Err(OpenError::NotAuthentic(CryptoError))),
        Err(error) => assert_eq!(said, Err(error)),
    }
}

/// A message of one who has them, whole and then with octets changed.
fn sealed(peer: &mut Peer, input: &[u8]) {
    let Some((&[how, at, bit], content)) = input.split_first_chunk() else { return };
    let content = &content[..content.len().min(600)];
    let place = (u16::from(how >> 4) + 1, u16::from(how & 15) + u16::from(how >> 4) + 1);
    let clear = [Payload::Unknown(ikev2::wire::RawPayload::new(ikev2::registry::PayloadType::V, false, &content[..content.len() / 3]))];
    let clear = if how & 1 != 0 { &clear[..] } else { &[] };
    let mut datagram = if how & 2 != 0 { peer.sk(&HEADER, clear, FIRST, content) } else { peer.skf(&HEADER, clear, FIRST, place, content) };
    let mut changed = datagram.clone();
    let opened = peer.open(&mut datagram).unwrap();
    assert_eq!(opened.content(), content);
    assert_eq!(opened.kind(), if how & 2 != 0 { EncryptedPayload::Sk } else { EncryptedPayload::Skf { number: place.0, total: place.1 } });
    assert_eq!(opened.unprotected().count(), clear.len());
    read(&opened);

    let at = usize::from(at) * changed.len() / 256;
    changed[at] ^= 1 << (bit & 7);
    assert!(peer.open(&mut changed).is_err(), "octet {at}");
}

/// A cipher that encrypts and verifies nothing, so that what follows it is reached.
struct Transparent {
    iv_len: usize,
    icv_len: usize,
    block_len: usize,
}

impl Opener for Transparent {
    fn iv_len(&self) -> usize {
        self.iv_len
    }

    fn icv_len(&self) -> usize {
        self.icv_len
    }

    fn block_len(&self) -> usize {
        self.block_len
    }

    #[expect(clippy::panic_in_result_fn, reason = "a test fails by panicking")]
    fn open(&self, _: &[u8], iv: &[u8], text: &mut [u8], icv: &[u8]) -> Result<(), CryptoError> {
        assert!(iv.len() == self.iv_len && icv.len() == self.icv_len);
        assert!(text.len() % self.block_len == 0);
        Ok(())
    }
}

fn transparent(opener: &Transparent, octets: &[u8]) {
    let mut datagram = octets.to_vec();
    let said = open_in_place(&mut datagram, opener);
    let text = match framed(octets, opener) {
        Ok(text) => text,
        Err(error) => return assert_eq!(said, Err(error)),
    };
    let (pad_len, padded) = text.split_last().unwrap();
    match padded.len().checked_sub((*pad_len).into()) {
        None => assert_eq!(said, Err(OpenError::PadLength { pad_len: *pad_len, available: padded.len() })),
        Some(len) => {
            let opened = said.unwrap();
            assert_eq!((opened.content(), opened.padding()), padded.split_at(len));
            read(&opened);
        }
    }
}

/// The text between IV and ICV, or why there is none, by way of the message's payloads.
fn framed<'a>(octets: &'a [u8], opener: &dyn Opener) -> Result<&'a [u8], OpenError> {
    let message = Message::parse(octets)?;
    let sealed = match message.payloads().last().map(ikev2::wire::RawPayload::parse) {
        Some(Ok(Payload::Sk(sk))) => sk.sealed,
        Some(Ok(Payload::Skf(skf))) => skf.sealed,
        _ => return Err(OpenError::NotEncrypted),
    };
    let needed = opener.iv_len() + opener.icv_len() + 1;
    if sealed.len() < needed {
        return Err(OpenError::TooShort { needed, available: sealed.len() });
    }
    let text = &sealed[opener.iv_len()..sealed.len() - opener.icv_len()];
    if text.len() % opener.block_len() != 0 {
        return Err(OpenError::NotWholeBlocks { length: text.len(), block_len: opener.block_len() });
    }
    Ok(text)
}

/// Everything that is done with what was opened.
fn read(opened: &Opened<'_>) {
    let clear: Vec<_> = opened.unprotected().collect();
    assert_eq!(opened.head().len(), 28 + clear.iter().map(ikev2::wire::RawPayload::len).sum::<usize>());
    assert!(clear.iter().all(|raw| raw.body.is_empty() || opened.head().as_ptr_range().contains(&raw.body.as_ptr())));
    let mut reassembler = Reassembler::new(ReassemblyLimits::default());
    match reassembler.push(opened, Instant::START) {
        Ok(Progress::Complete(whole)) => {
            assert!(matches!(opened.kind(), EncryptedPayload::Sk | EncryptedPayload::Skf { number: 1, total: 1 }));
            assert_eq!((&whole.content()[..], whole.head()), (opened.content(), opened.head()));
            assert_eq!(whole.payloads(), Chain::parse(opened.first_payload(), opened.content()));
            assert_eq!(whole.unprotected().count(), clear.len());
        }
        Ok(Progress::Pending { received: 1, total: of }) => {
            assert!(matches!(opened.kind(), EncryptedPayload::Skf { total, .. } if total == of && of > 1));
        }
        Ok(Progress::Ignored(ikev2::fragment::IgnoreReason::NoFirstPayload)) => {
            assert!(opened.first_payload().0 == 0 && !opened.content().is_empty());
        }
        Err(ikev2::error::FragmentError::TooManyFragments { total, limit: 1024 }) => assert!(total > 1024),
        Err(ikev2::error::FragmentError::TooLarge { octets, limit: 65531 }) => assert!(octets > 65531),
        other => panic!("{other:?}"),
    }
}
