//! A large IKE_AUTH request cut to the path, sent over a network that loses and reorders, put together and opened (RFC 7383).
//!
//! `cargo run --no-default-features --features ring --example fragment`, or with `aes-gcm` instead of `ring`; an argument is a path MTU.

use core::error::Error;
use core::time::Duration;
use ikev2::Instant;
use ikev2::error::OpenError;
use ikev2::fragment::{
    Budget, FragmentationSupport, Layout, OutgoingMessage, Overhead, Path, Progress, Reassembled, Reassembler, ReassemblyLimits, Splitter,
};
use ikev2::protect::{IvSequence, Opener, Sealer, Suite, open};
use ikev2::provider::Provider;
use ikev2::registry::{AuthMethod, CertEncoding, Encr, ExchangeType, IdType, PayloadType};
use ikev2::wire::{Auth, Cert, ChainBuilder, Header, Id, IkeSpis, Payload};

const HEADER: Header = Header {
    spis: IkeSpis { initiator: 0x1122_3344_5566_7788, responder: 0x99aa_bbcc_ddee_ff00 },
    exchange: ExchangeType::IKE_AUTH,
    initiator: true,
    response: false,
    message_id: 1,
};

/// What IKE_AUTH carries with RSA-4096: two certificates and a signature. Their octets mean nothing here, their sizes do.
fn content(buf: &mut [u8]) -> Result<(PayloadType, &[u8]), Box<dyn Error>> {
    let certificate = |octet| Payload::Cert(Cert { encoding: CertEncoding::X509_SIGNATURE, data: octet });
    let (first, octets) = ChainBuilder::new(buf)
        .push(Payload::IdI(Id { ty: IdType::ID_FQDN, data: b"carol.example.org" }))
        .push(certificate(&[1; 1500]))
        .push(certificate(&[2; 1450]))
        .push(Payload::Auth(Auth { method: AuthMethod::RSA_DIGITAL_SIGNATURE, data: &[3; 512] }))
        .finish()?;
    Ok((first, octets))
}

/// Seals the message once, as one datagram or as many as the path calls for. A retransmission sends the same octets again.
fn datagrams(path: Path, message: &OutgoingMessage<'_>, sealer: &mut dyn Sealer) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let datagrams = Splitter::new(path, Layout::Fill, FragmentationSupport::Both).datagrams(message, sealer)?;
    let mut buf = vec![0; datagrams.total_len()];
    Ok(datagrams.fill(&mut buf)?.map(|datagram| datagram.map(<[u8]>::to_vec)).collect::<Result<_, _>>()?)
}

/// The receiver: `open` proves that the peer sent a datagram, and only what it proved can be pushed.
fn receive(
    datagram: &mut [u8],
    opener: &dyn Opener,
    reassembler: &mut Reassembler,
    now: Instant,
) -> Result<Option<Reassembled>, Box<dyn Error>> {
    match reassembler.push(&open(datagram, opener)?, now)? {
        Progress::Complete(message) => Ok(Some(message)),
        // Incomplete, double or late; a responder that gets `ResendResponse` sends its response again.
        _ => Ok(None),
    }
}

/// One message over one path; every third datagram is lost at first, and the last comes first.
fn deliver(mtu: u16) -> Result<String, Box<dyn Error>> {
    let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None)?;
    // SK_ei comes from `ikev2::keys`, and the 16 octets are random, in earnest.
    let (sk_ei, seed) = (vec![7; suite.sk_e_len()], [9; 16]);
    let mut sealer = suite.sealer(&Provider::builtin(), &sk_ei, &[], IvSequence::new(&seed))?;
    let opener = suite.opener(&Provider::builtin(), &sk_ei, &[])?;
    let path = Path::ipv4(mtu).with_non_esp_marker();

    let mut buf = [0; 4000];
    let (first, content) = content(&mut buf)?;
    let sent = datagrams(path, &OutgoingMessage { header: HEADER, unprotected: &[], first_payload: first, content }, &mut *sealer)?;

    let mut reassembler = Reassembler::new(ReassemblyLimits::default());
    let mut now = Instant::START;
    // What somebody changed on the way is refused before it can take up any memory.
    let mut forged = sent.first().ok_or("nothing to send")?.clone();
    forged.last_mut().into_iter().for_each(|octet| *octet ^= 1);
    if !matches!(open(&mut forged, &*opener), Err(OpenError::NotAuthentic(_))) {
        return Err("a forged datagram was not refused".into());
    }
    let arrive =
        |lost: bool| sent.iter().enumerate().rev().filter(move |(at, _)| !lost || at % 3 != 1).map(|(_, datagram)| datagram.clone());
    let mut whole = None;
    for (round, lost) in [true, false].into_iter().enumerate() {
        for mut datagram in arrive(lost) {
            if let Some(message) = receive(&mut datagram, &*opener, &mut reassembler, now)? {
                // It is answered here; until then it would come again with a retransmission.
                reassembler.mark_answered(HEADER.message_id);
                whole = Some((round, message));
            }
        }
        now += Duration::from_secs(4);
    }
    let (round, whole) = whole.ok_or("the message did not become whole")?;
    if whole.content() != content || whole.payloads()?.payloads().count() != 4 || reassembler.octets() != 0 {
        return Err("what arrived is not what was sent".into());
    }
    let sizes: Vec<_> = sent.iter().map(|datagram| path.packet_len(datagram.len())).collect();
    if sizes.iter().any(|size| *size > usize::from(mtu)) || sizes.len() > 1 && round == 0 {
        return Err(format!("packets of {sizes:?} octets, whole in round {round}").into());
    }
    let unfragmented = Budget::new(path, Overhead::from(&suite))?.mtu_for_one_message(content.len(), 0);
    Ok(format!("MTU {mtu}: {} octets of content in packets of {sizes:?}; one packet would need {unfragmented}", content.len()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let mtus = match std::env::args().nth(1) {
        Some(mtu) => vec![mtu.parse()?],
        None => vec![576, 1280, 1500],
    };
    for mtu in mtus {
        println!("{}", deliver(mtu)?);
    }
    Ok(())
}
