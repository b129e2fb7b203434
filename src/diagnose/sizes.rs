//! Why a message is as large as it is, and into how many pieces each path cuts it.
//!
//! ```
//! use ikev2::diagnose::sizes::{Encapsulation, SizeReport};
//! use ikev2::fragment::Overhead;
//! let gcm = Overhead { iv_len: 8, icv_len: 16, block_len: 1 };
//! // An IKE_AUTH message of RSA-4096 with 4720 octets of content, behind a NAT.
//! let report = SizeReport::of_content(Vec::new(), 4720, Some(gcm), Encapsulation { ipv6: false, marker: true });
//! assert_eq!((report.message_len, report.packet_len), (4777, 4809));
//! let at_1500 = report.plan.iter().find(|row| row.mtu == 1500).ok_or("none")?;
//! assert_eq!((at_1500.ip_packets, at_1500.messages), (4, Some(4)));
//! # Ok::<(), &str>(())
//! ```

use crate::fragment::{Budget, Overhead, Path};
use crate::registry::{CertEncoding, PayloadType};
use crate::wire::{Payload, RawPayload};
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// Path MTUs met in practice: Ethernet, PPPoE, GRE or IP-in-IP, LTE, DS-Lite and tunnels, WireGuard, VPN in VPN, mobile carriers, the least of
/// IPv6, and what IPv4 hosts must take.
pub const MTUS: [u16; 10] = [1500, 1492, 1480, 1460, 1428, 1420, 1400, 1358, 1280, 576];

/// Fragments that fit one message after which libreswan gives up.
const LIBRESWAN: u16 = 32;
/// Octets of content after which strongSwan gives up, unless told otherwise.
const STRONGSWAN: usize = 10_000;
/// Trust anchors in CERTREQ from which on they weigh more than a certificate.
const MANY_AUTHORITIES: usize = 20;
/// Payloads told one by one.
const PARTS: usize = 128;

/// What lies under the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Encapsulation {
    /// IPv6 and not IPv4.
    pub ipv6: bool,
    /// The non-ESP marker of UDP port 4500.
    pub marker: bool,
}

/// The key in a certificate, read by [`cert::Certificate`](crate::cert) or anything else that can.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CertificateFact {
    /// `RSA`, `ECDSA P-256`.
    pub key: String,
    /// Bits of the key, if that says anything.
    pub bits: Option<usize>,
    /// It is an RSA key.
    pub rsa: bool,
}

impl CertificateFact {
    /// The key in words, its bits if they say anything, and whether it is an RSA key.
    #[must_use]
    pub const fn new(key: String, bits: Option<usize>, rsa: bool) -> Self {
        Self { key, bits, rsa }
    }
}

/// Reads the DER of a certificate.
pub type ReadCertificate = fn(&[u8]) -> Option<CertificateFact>;

/// One payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct PayloadSize {
    /// Its type.
    pub ty: PayloadType,
    /// Octets with its generic header.
    pub octets: usize,
    /// What is special about it.
    pub fact: SizeFact,
}

/// What makes a payload large.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SizeFact {
    /// Nothing.
    None,
    /// A certificate.
    Certificate(Option<CertificateFact>),
    /// So many trust anchors, 20 octets each.
    Authorities(usize),
    /// So many proposals.
    Proposals(usize),
}

/// What a path of one MTU makes of the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct MtuRow {
    /// Octets of the largest IP packet.
    pub mtu: u16,
    /// IP packets it travels in without IKE fragmentation; 1: whole.
    pub ip_packets: usize,
    /// IKE messages with it: 1 is SK, more are SKF. `None` when the cipher is not known or the path too small.
    pub messages: Option<u16>,
}

/// What would make the message smaller, or the path no matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum SizeAdvice {
    /// It does not fit the smallest path: IKE fragmentation on both sides.
    EnableFragmentation,
    /// RSA keys: ECDSA certificates are a third as large.
    SmallerKeys,
    /// Many trust anchors in CERTREQ: trust fewer.
    FewerAuthorities,
    /// libreswan takes no more than 32 fragments.
    TooManyFragments,
    /// strongSwan takes no more than 10000 octets unless `charon.max_packet` says so.
    TooLarge,
}

impl fmt::Display for SizeAdvice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EnableFragmentation => "it does not fit every path whole: keep IKE fragmentation on at both sides",
            Self::SmallerKeys => "RSA keys make it large: ECDSA certificates need a third of that",
            Self::FewerAuthorities => "the list of trusted authorities (CERTREQ) makes it large: trust fewer roots",
            Self::TooManyFragments => "libreswan takes no more than 32 fragments: send larger ones",
            Self::TooLarge => "strongSwan takes no more than 10000 octets by default: raise charon.max_packet",
        })
    }
}

/// The size of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SizeReport {
    /// Its payloads, as far as they can be seen: those inside when it was decrypted, the first 128.
    pub payloads: Vec<PayloadSize>,
    /// Octets of content that was encrypted, or of all payloads in IKE_SA_INIT.
    pub content_len: usize,
    /// Octets of the IKE message.
    pub message_len: usize,
    /// Octets of the IP packet that carries it whole.
    pub packet_len: usize,
    /// What each path makes of it, the largest MTU first.
    pub plan: Vec<MtuRow>,
    /// What would help.
    pub advice: Vec<SizeAdvice>,
}

impl SizeReport {
    /// The report of a message in clear (IKE_SA_INIT), which cannot be fragmented by IKE.
    #[must_use]
    pub fn of_clear(payloads: Vec<PayloadSize>, message: usize, carried: Encapsulation) -> Self {
        Self::new(payloads, message.saturating_sub(crate::wire::HEADER_LEN), message, None, carried)
    }

    /// The report of an encrypted message with so many octets of content.
    #[must_use]
    pub fn of_content(payloads: Vec<PayloadSize>, content: usize, overhead: Option<Overhead>, carried: Encapsulation) -> Self {
        Self::new(payloads, content, message_len(content, overhead), overhead, carried)
    }

    fn new(payloads: Vec<PayloadSize>, content: usize, message: usize, overhead: Option<Overhead>, carried: Encapsulation) -> Self {
        let packet = carried.packet_len(message);
        let row = |mtu: u16| {
            let budget = overhead.and_then(|overhead| carried.budget(mtu, overhead));
            MtuRow { mtu, ip_packets: carried.ip_packets(mtu, packet), messages: budget.and_then(|b| b.datagrams_for(content, 0).ok()) }
        };
        // No IPv6 path is smaller than 1280 (RFC 8200 section 5).
        let plan: Vec<_> = MTUS.into_iter().filter(|mtu| !carried.ipv6 || *mtu >= 1280).map(row).collect();
        let mut report = Self { payloads, content_len: content, message_len: message, packet_len: packet, plan, advice: Vec::new() };
        report.advise(overhead.is_some());
        report
    }

    fn advise(&mut self, encrypted: bool) {
        let rsa = |part: &PayloadSize| matches!(&part.fact, SizeFact::Certificate(Some(fact)) if fact.rsa);
        let many = |part: &PayloadSize| matches!(part.fact, SizeFact::Authorities(n) if n >= MANY_AUTHORITIES);
        let large = self.plan.iter().any(|row| row.mtu >= 1280 && row.ip_packets > 1);
        if large && encrypted {
            self.advice.push(SizeAdvice::EnableFragmentation);
        }
        if large && self.payloads.iter().any(rsa) {
            self.advice.push(SizeAdvice::SmallerKeys);
        }
        if large && self.payloads.iter().any(many) {
            self.advice.push(SizeAdvice::FewerAuthorities);
        }
        if self.plan.iter().any(|row| row.mtu >= 576 && row.messages.is_some_and(|n| n > LIBRESWAN)) {
            self.advice.push(SizeAdvice::TooManyFragments);
        }
        if self.content_len > STRONGSWAN {
            self.advice.push(SizeAdvice::TooLarge);
        }
    }
}

/// Octets of an encrypted message with so many octets of content.
fn message_len(content: usize, overhead: Option<Overhead>) -> usize {
    // Without the cipher: about what AES-GCM adds.
    let guess = overhead.unwrap_or(Overhead { iv_len: 8, icv_len: 16, block_len: 1 });
    Budget::new(Path::TCP, guess).map_or(content, |budget| budget.message_len(content, 0))
}

impl Encapsulation {
    /// Octets of the IP packet that carries a message of so many octets whole: what a report says, without making one.
    #[must_use]
    pub const fn packet_len(self, message: usize) -> usize {
        self.path(u16::MAX).packet_len(message)
    }

    /// The same of an encrypted message with so many octets of content.
    #[must_use]
    pub fn packet_len_of(self, content: usize, overhead: Option<Overhead>) -> usize {
        self.packet_len(message_len(content, overhead))
    }

    /// What a path with that MTU carries under a cipher; `None` when it is too small for one fragment.
    #[must_use]
    pub fn budget(self, mtu: u16, overhead: Overhead) -> Option<Budget> {
        Budget::new(self.path(mtu), overhead).ok()
    }

    const fn path(self, mtu: u16) -> Path {
        let path = if self.ipv6 { Path::ipv6(mtu) } else { Path::ipv4(mtu) };
        if self.marker { path.with_non_esp_marker() } else { path }
    }

    /// Into how many packets IP cuts one of `packet` octets (RFC 791; RFC 8200 section 4.5).
    #[must_use]
    pub fn ip_packets(self, mtu: u16, packet: usize) -> usize {
        let mtu = usize::from(mtu);
        if packet <= mtu {
            return 1;
        }
        let (header, extension) = if self.ipv6 { (40_usize, 8) } else { (20, 0) };
        let room = mtu.saturating_sub(header).saturating_sub(extension);
        let each = room.saturating_sub(room.checked_rem(8).unwrap_or(0)).max(8);
        packet.saturating_sub(header).div_ceil(each)
    }
}

/// The payloads of a chain with their sizes; `certificate` reads the DER of a certificate, where that can be done.
pub fn payload_sizes<'a>(payloads: impl Iterator<Item = RawPayload<'a>>, certificate: Option<ReadCertificate>) -> Vec<PayloadSize> {
    let part = |raw: RawPayload<'a>| {
        #[expect(clippy::wildcard_enum_match_arm, reason = "what makes a payload of another type large is not told")]
        let fact = match raw.parse_lenient().0 {
            Payload::Cert(cert) => {
                let read = certificate.filter(|_| cert.encoding == CertEncoding::X509_SIGNATURE);
                SizeFact::Certificate(read.and_then(|read| read(cert.data)))
            }
            Payload::CertReq(request) => request.hashes().map_or(SizeFact::None, |hashes| SizeFact::Authorities(hashes.len())),
            Payload::Sa(sa) => SizeFact::Proposals(sa.proposals().count()),
            _ => SizeFact::None,
        };
        PayloadSize { ty: raw.ty, octets: raw.len(), fact }
    };
    payloads.take(PARTS).map(part).collect()
}
