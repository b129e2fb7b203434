//! The payloads of IKE_SA_INIT that both sides send, and what they say.

use super::failure::Failure;
use super::link::{Link, Peer};
use super::suite::sha1;
use ikev2::keys::nat_detection_hash;
use ikev2::provider::SHA1_LEN;
use ikev2::registry::{HashAlgorithm, NotifyType};
use ikev2::wire::{IkeSpis, MessageBuilder, Notify, NotifyData, Parts, Payload};
use std::net::{IpAddr, SocketAddr};

/// What is announced in SIGNATURE_HASH_ALGORITHMS; SHA-1 is not.
pub(crate) const HASHES: [HashAlgorithm; 4] =
    [HashAlgorithm::SHA2_256, HashAlgorithm::SHA2_384, HashAlgorithm::SHA2_512, HashAlgorithm::IDENTITY];

/// What a message of IKE_SA_INIT announces beside SA, KE and Nonce.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Announced {
    pub(crate) fragmentation: bool,
    pub(crate) intermediate: bool,
    pub(crate) childless: bool,
    /// The source hash is made not to fit, so that the peer sees a NAT.
    pub(crate) pretend_nat: bool,
}

pub(crate) fn announce(builder: &mut MessageBuilder<'_>, link: &Link, peer: Peer, spis: IkeSpis, what: Announced) {
    let local = link.local(peer);
    let source = if what.pretend_nat { SocketAddr::new(IpAddr::from([0, 0, 0, 0]), 0) } else { local };
    if let Ok(sha1) = sha1() {
        let hash = |end: SocketAddr| nat_detection_hash(sha1, spis, end.ip(), end.port());
        builder.notify(NotifyData::NatDetectionSourceIp(&hash(source)));
        builder.notify(NotifyData::NatDetectionDestinationIp(&hash(peer.address)));
    }
    let hashes: Vec<u8> = HASHES.iter().flat_map(|hash| hash.0.to_be_bytes()).collect();
    builder.push(Payload::Notify(Notify::new(NotifyType::SIGNATURE_HASH_ALGORITHMS, &hashes)));
    for (on, ty) in [
        (what.fragmentation, NotifyType::IKEV2_FRAGMENTATION_SUPPORTED),
        (what.intermediate, NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED),
        (what.childless, NotifyType::CHILDLESS_IKEV2_SUPPORTED),
    ] {
        if on {
            builder.push(Payload::Notify(Notify::new(ty, &[])));
        }
    }
}

/// Whether an address was translated on the way (RFC 7296 section 2.23); a peer that does not say is taken at its address.
pub(crate) fn nat_between(parts: &Parts<'_>, link: &Link, peer: Peer, spis: IkeSpis) -> bool {
    let hashes =
        |ty| parts.notifies().filter(move |notify| notify.ty == ty).filter_map(|notify| <[u8; SHA1_LEN]>::try_from(notify.data).ok());
    let Ok(sha1) = sha1() else { return false };
    let moved = |ty, end: SocketAddr| {
        let own = nat_detection_hash(sha1, spis, end.ip(), end.port());
        hashes(ty).next().is_some() && !hashes(ty).any(|hash| hash == own)
    };
    moved(NotifyType::NAT_DETECTION_SOURCE_IP, peer.address) || moved(NotifyType::NAT_DETECTION_DESTINATION_IP, link.local(peer))
}

pub(crate) fn peer_hashes(parts: &Parts<'_>) -> Vec<HashAlgorithm> {
    parts.notifies().filter_map(|notify| notify.signature_hashes()).flatten().collect()
}

/// A whole message, in a buffer that fits it.
pub(crate) fn message(build: impl Fn(&mut [u8]) -> Result<usize, ikev2::error::BuildError>) -> Result<Vec<u8>, Failure> {
    let mut buf = vec![0; usize::from(u16::MAX)];
    let len = build(&mut buf)?;
    buf.truncate(len);
    Ok(buf)
}
