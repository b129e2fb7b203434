//! What both messages of IKE_SA_INIT announce beside SA, KE and Nonce.

use crate::fragment::FragmentationSupport;
use crate::keys::nat_detection_hash;
use crate::provider::{Provider, SHA1_LEN};
use crate::registry::{HashAlgorithm, NotifyType};
use crate::session::event::Nat;
use crate::session::path::NetworkPath;
use crate::session::ppk::{PpkNumbers, PpkTurn};
use crate::wire::{IkeSpis, MessageBuilder, Notify, NotifyData, Parts, Payload, VendorId};
use alloc::vec::Vec;
use core::net::SocketAddr;

/// Hash algorithms of a peer that are kept: all that IANA has assigned, and some.
const MOST_HASHES: usize = 16;

/// What a message of IKE_SA_INIT announces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Announced {
    pub(super) hashes: &'static [HashAlgorithm],
    pub(super) fragmentation: bool,
    pub(super) intermediate: bool,
    pub(super) childless: bool,
    pub(super) ppk: bool,
    pub(super) redirect: bool,
    /// The numbers of USE_PPK_INT.
    pub(super) early_ppk: &'static [PpkNumbers],
    pub(super) vendor_ids: &'static [&'static [u8]],
    /// The hash of the source is made not to fit, so that the peer sees a NAT.
    pub(super) pretend_nat: bool,
}

pub(super) fn announce(builder: &mut MessageBuilder<'_>, provider: &Provider, path: NetworkPath, spis: IkeSpis, what: Announced) {
    if let Some((source, destination)) = nat_hashes(provider, spis, path) {
        let source = if what.pretend_nat { [0; SHA1_LEN] } else { source };
        builder.notify(NotifyData::NatDetectionSourceIp(&source));
        builder.notify(NotifyData::NatDetectionDestinationIp(&destination));
    }
    let hashes: Vec<u8> = what.hashes.iter().flat_map(|hash| hash.0.to_be_bytes()).collect();
    if !hashes.is_empty() {
        builder.push(Payload::Notify(Notify::new(NotifyType::SIGNATURE_HASH_ALGORITHMS, &hashes)));
    }
    for (on, ty) in [
        (what.fragmentation, NotifyType::IKEV2_FRAGMENTATION_SUPPORTED),
        (what.intermediate, NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED),
        (what.childless, NotifyType::CHILDLESS_IKEV2_SUPPORTED),
        (what.ppk, NotifyType::USE_PPK),
        (what.redirect, NotifyType::REDIRECT_SUPPORTED),
    ] {
        if on {
            builder.push(Payload::Notify(Notify::new(ty, &[])));
        }
    }
    for numbers in what.early_ppk {
        builder.push(Payload::Notify(Notify::new(numbers.use_ppk_int(), &[])));
    }
    for id in what.vendor_ids {
        builder.push(Payload::VendorId(VendorId { data: id }));
    }
}

/// What NAT detection says of the two ends of a path: of ours, and of the peer's.
pub(super) type NatHashes = ([u8; SHA1_LEN], [u8; SHA1_LEN]);

/// NAT_DETECTION_SOURCE_IP and NAT_DETECTION_DESTINATION_IP of what we send (RFC 7296 section 2.23); none without SHA-1.
pub(super) fn nat_hashes(provider: &Provider, spis: IkeSpis, path: NetworkPath) -> Option<NatHashes> {
    let sha1 = provider.sha1().ok()?;
    let hash = |end: SocketAddr| nat_detection_hash(sha1, spis, end.ip(), end.port());
    Some((hash(path.local), hash(path.peer)))
}

/// Which end was translated on the way (RFC 7296 section 2.23); a peer that does not say is taken at its address.
pub(super) fn nat_between(parts: &Parts<'_>, provider: &Provider, path: NetworkPath, spis: IkeSpis) -> Nat {
    let Some((local, peer)) = nat_hashes(provider, spis, path) else { return Nat::default() };
    let hashes =
        |ty| parts.notifies().filter(move |notify| notify.ty == ty).filter_map(|notify| <[u8; SHA1_LEN]>::try_from(notify.data).ok());
    let is_moved = |ty, due| hashes(ty).next().is_some() && !hashes(ty).any(|hash| hash == due);
    Nat { ours: is_moved(NotifyType::NAT_DETECTION_DESTINATION_IP, local), theirs: is_moved(NotifyType::NAT_DETECTION_SOURCE_IP, peer) }
}

/// The hash algorithms that the peer announced (RFC 7427 section 4).
pub(super) fn peer_hashes(parts: &Parts<'_>) -> Vec<HashAlgorithm> {
    parts.notifies().filter_map(|notify| notify.signature_hashes()).flatten().take(MOST_HASHES).collect()
}

pub(super) fn has(parts: &Parts<'_>, ty: NotifyType) -> bool {
    parts.notify(ty).is_some()
}

/// Who announced IKE fragmentation, as each message says.
pub(super) const fn fragmentation(initiator: bool, responder: bool) -> FragmentationSupport {
    match (initiator, responder) {
        (true, true) => FragmentationSupport::Both,
        (true, false) => FragmentationSupport::InitiatorOnly,
        (false, true) => FragmentationSupport::ResponderOnly,
        (false, false) => FragmentationSupport::Neither,
    }
}

/// Where a PPK goes into the keys, by what the peer announces and whether we do so in IKE_AUTH and, by these numbers, in IKE_INTERMEDIATE:
/// the latter, where both may (RFC 9867 section 3.1).
pub(super) fn turn_of_ppk(theirs: &Parts<'_>, in_auth: bool, in_intermediate: &[PpkNumbers]) -> PpkTurn {
    let has_intermediate = has(theirs, NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED);
    let early = in_intermediate.iter().find(|numbers| has_intermediate && has(theirs, numbers.use_ppk_int()));
    match early {
        Some(numbers) => PpkTurn::Intermediate(*numbers),
        None if in_auth && has(theirs, NotifyType::USE_PPK) => PpkTurn::Auth,
        None => PpkTurn::Never,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::private::notify_type::LIBRESWAN_USE_PPK_INT;
    use crate::registry::{ExchangeType, NotifyType as T};
    use crate::wire::{Header, Message};

    fn turn(announced: &[NotifyType], in_auth: bool, numbers: &[PpkNumbers]) -> PpkTurn {
        let spis = IkeSpis { initiator: 1, responder: 0 };
        let header = Header { spis, exchange: ExchangeType::IKE_SA_INIT, initiator: true, response: false, message_id: 0 };
        let mut buf = [0; 128];
        let mut builder = MessageBuilder::new(&mut buf, &header);
        for ty in announced {
            builder.push(Payload::Notify(Notify::new(*ty, &[])));
        }
        let message = builder.finish().unwrap();
        turn_of_ppk(&Message::parse(message).unwrap().parts().unwrap(), in_auth, numbers)
    }

    #[test]
    fn rfc_9867_section_3_1_which_way_is_taken() {
        let (assigned, libreswan) = (PpkTurn::Intermediate(PpkNumbers::Assigned), PpkTurn::Intermediate(PpkNumbers::Libreswan));
        let all = [T::USE_PPK, LIBRESWAN_USE_PPK_INT, T::USE_PPK_INT, T::INTERMEDIATE_EXCHANGE_SUPPORTED];
        let of_libreswan = [T::USE_PPK, LIBRESWAN_USE_PPK_INT, T::INTERMEDIATE_EXCHANGE_SUPPORTED];
        assert_eq!(turn(&all, true, PpkNumbers::ALL), assigned);
        assert_eq!(turn(&of_libreswan, true, PpkNumbers::ALL), libreswan);
        assert_eq!(turn(&of_libreswan, true, &[PpkNumbers::Assigned]), PpkTurn::Auth);
        assert_eq!(turn(&all, true, &[]), PpkTurn::Auth);
        assert_eq!(turn(&all, false, &[]), PpkTurn::Never);
        // Without IKE_INTERMEDIATE there is no such exchange.
        assert_eq!(turn(&[T::USE_PPK, T::USE_PPK_INT], true, PpkNumbers::ALL), PpkTurn::Auth);
        assert_eq!(turn(&[T::USE_PPK_INT], true, PpkNumbers::ALL), PpkTurn::Never);
    }
}
