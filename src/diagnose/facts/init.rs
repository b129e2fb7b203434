//! IKE_SA_INIT: everything in it can be read.

use super::flow::{Packets, begins};
use super::len;
use super::sides::Sides;
use crate::diagnose::capabilities::Capabilities;
use crate::diagnose::observation::Observation;
use crate::error::{Element, Origin, ParseError, ParseErrorKind};
use crate::fingerprint::{Fingerprint, Stack};
use crate::fragment::Overhead;
use crate::instant::Instant;
use crate::keys::nat_detection_hash;
use crate::protect::Suite;
use crate::registry::{Encr, ExchangeType, Integ, KeMethod, NotifyType, PayloadType, Prf, TransformType};
use crate::role::Role;
use crate::wire::{LenientMessage, NotifyData, Payload, RawPayload, Sa};
use alloc::vec::Vec;

/// Octets of an offer kept to explain a refusal; a longer one is not explained.
const OFFER: usize = 4096;

/// Cookies asked for.
#[derive(Default)]
pub(in crate::diagnose) struct Cookies {
    pub(in crate::diagnose) rounds: u32,
    pub(in crate::diagnose) packets: Packets,
}

/// INVALID_KE_PAYLOAD: how often, and the group wanted last.
#[derive(Default)]
pub(in crate::diagnose) struct InvalidKe {
    pub(in crate::diagnose) rounds: u32,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) wanted: Option<KeMethod>,
}

/// Another error as the answer to IKE_SA_INIT.
pub(in crate::diagnose) struct ClearRefusal {
    pub(in crate::diagnose) notify: NotifyType,
    /// The payload type that UNSUPPORTED_CRITICAL_PAYLOAD names.
    pub(in crate::diagnose) critical: Option<PayloadType>,
    pub(in crate::diagnose) packets: Packets,
}

/// Whether a hash of NAT detection is that of the initiator's address and port as they were seen; `None` where it cannot be told.
#[derive(Clone, Copy, Default)]
pub(in crate::diagnose) struct Hashes {
    /// The source of the request.
    pub(in crate::diagnose) request_source: Option<bool>,
    /// The destination of the response.
    pub(in crate::diagnose) response_destination: Option<bool>,
}

#[derive(Default)]
pub(in crate::diagnose) struct Init {
    /// A request, and an answer with an SA payload, were seen.
    pub(in crate::diagnose) asked: bool,
    pub(in crate::diagnose) answered: Option<Instant>,
    /// Packets of the first request and of the answer.
    pub(in crate::diagnose) packets: Packets,
    /// Who announced IKEV2_FRAGMENTATION_SUPPORTED.
    pub(in crate::diagnose) fragmentation: Sides<bool>,
    /// What the last request offered.
    pub(in crate::diagnose) offer: Vec<u8>,
    pub(in crate::diagnose) ke: Option<KeMethod>,
    /// The port the request went to.
    pub(in crate::diagnose) port: u16,
    pub(in crate::diagnose) overhead: Option<Overhead>,
    pub(in crate::diagnose) prf: Option<Prf>,
    pub(in crate::diagnose) windows: bool,
    /// The initiator looks for NATs, as every stack does that means to go on.
    pub(in crate::diagnose) looks_for_nat: bool,
    /// Who is behind a NAT.
    pub(in crate::diagnose) nat: Sides<bool>,
    pub(in crate::diagnose) hashes: Hashes,
    pub(in crate::diagnose) cookies: Cookies,
    pub(in crate::diagnose) invalid_ke: InvalidKe,
    /// Groups that were tried: one asked for twice leads nowhere.
    tried: Vec<KeMethod>,
    pub(in crate::diagnose) loops: bool,
    pub(in crate::diagnose) refusal: Option<ClearRefusal>,
    /// A request came after the last refusal.
    pub(in crate::diagnose) tried_again: bool,
    /// The end of one of the two messages is not in the capture: what is not seen may have been sent.
    pub(in crate::diagnose) cut: bool,
    /// A request shows that one before it was answered: it brings a cookie back, or another group.
    pub(in crate::diagnose) was_told: bool,
    /// The responder asks for a certificate.
    pub(in crate::diagnose) certreq: bool,
    /// The responder takes IKE SAs without a child SA (RFC 6023).
    childless: bool,
    /// The answer was seen to its end.
    whole: bool,
    /// What each side announces.
    pub(in crate::diagnose) announced: Sides<Announced>,
    /// The last request offers additional key exchanges (RFC 9370).
    pub(in crate::diagnose) addke: bool,
    /// The gateway to which the responder sends the initiator (RFC 5685), as it stands in the notify.
    pub(in crate::diagnose) redirect: Option<(Vec<u8>, Packets)>,
    /// The gateway from which the initiator was sent here.
    pub(in crate::diagnose) redirected_from: Option<Vec<u8>>,
    /// Octets of the largest request, as an IP packet.
    pub(in crate::diagnose) largest: usize,
    /// An answer that cannot be read: where, and what is wrong with it.
    pub(in crate::diagnose) broken: Option<Broken>,
    /// The session of another IKE SA is resumed: what was announced there is not seen here.
    pub(in crate::diagnose) resumed: bool,
    /// Vendor IDs of both sides.
    pub(in crate::diagnose) vendors: Sides<Vec<Vec<u8>>>,
    /// The stacks that both sides may be of, where the fingerprint is certain; none where it is not known.
    pub(in crate::diagnose) stacks: Sides<Vec<Stack>>,
}

/// What one side announces in IKE_SA_INIT by a notify.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::diagnose) struct Announced {
    /// USE_PPK or USE_PPK_INT (RFC 8784, RFC 9867): of both, a responder answers one.
    pub(in crate::diagnose) ppk: bool,
    /// INTERMEDIATE_EXCHANGE_SUPPORTED (RFC 9242).
    pub(in crate::diagnose) intermediate: bool,
    /// IKE_SA_INIT_FULL_TRANSCRIPT_AUTH.
    pub(in crate::diagnose) transcript: bool,
    /// SIGNATURE_HASH_ALGORITHMS (RFC 7427).
    pub(in crate::diagnose) signature_hashes: bool,
}

/// An answer that breaks the rules of its format.
#[derive(Clone, Debug)]
pub(in crate::diagnose) struct Broken {
    /// Octets from the beginning of the message, and what is wrong there.
    pub(in crate::diagnose) fault: ParseError,
    pub(in crate::diagnose) packets: Packets,
    pub(in crate::diagnose) time: Instant,
}

impl Broken {
    fn new(seen: &Observation<'_>, fault: ParseError) -> Self {
        Self { fault, packets: seen.packets.into(), time: seen.time }
    }
}

/// Vendor IDs kept of one side, and octets of each.
const VENDORS: usize = 12;
const VENDOR: usize = 32;
/// Octets of REDIRECT and REDIRECTED_FROM kept.
const GATEWAY: usize = 2 + 255 + 64;

impl Init {
    pub(in crate::diagnose) fn message(&mut self, seen: &Observation<'_>, message: &LenientMessage<'_>, again: bool, tools: &Capabilities) {
        self.cut |= usize::try_from(message.length()).is_ok_and(|length| length > message.as_octets().len());
        self.resumed |= message.header().exchange == ExchangeType::IKE_SESSION_RESUME;
        self.recognise(message);
        if message.header().response {
            self.response(seen, message, again, tools);
        } else {
            self.request(seen, message, again, tools);
        }
    }

    fn recognise(&mut self, message: &LenientMessage<'_>) {
        let Some(recognised) = Fingerprint::of(*message).and_then(|print| print.recognise()) else { return };
        if recognised.sign().is_certain() {
            let side = if message.header().response { &mut self.stacks.responder } else { &mut self.stacks.initiator };
            *side = recognised.stacks().collect();
        }
    }

    fn request(&mut self, seen: &Observation<'_>, message: &LenientMessage<'_>, again: bool, tools: &Capabilities) {
        if again {
            return;
        }
        self.was_told |= self.asked;
        self.asked = true;
        self.tried_again = true;
        self.port = seen.dst.port();
        self.packets.add(seen.packets);
        self.fragmentation.initiator = false;
        self.largest = self.largest.max(len::octets(message));
        self.announced.initiator = Announced::default();
        for raw in message.payloads() {
            #[expect(clippy::wildcard_enum_match_arm, reason = "a payload of another type tells nothing here")]
            match raw.parse_lenient().0 {
                Payload::Sa(sa) if raw.body.len() <= OFFER => {
                    self.offer = raw.body.to_vec();
                    self.addke =
                        sa.proposals().flat_map(|p| p.transforms()).any(|t| (ADDKE_FIRST..=ADDKE_LAST).contains(&t.ty.0) && t.id.0 != 0);
                }
                Payload::KeyExchange(ke) => {
                    self.ke = Some(ke.method);
                    if self.tried.len() < 16 && !self.tried.contains(&ke.method) {
                        self.tried.push(ke.method);
                    }
                }
                Payload::VendorId(vendor) => {
                    self.windows |= Stack::senders(vendor.data) == [Stack::Windows];
                    keep_vendor(&mut self.vendors.initiator, vendor.data);
                }
                Payload::Notify(notify) => {
                    self.was_told |= notify.ty == NotifyType::COOKIE;
                    self.fragmentation.initiator |= notify.ty == NotifyType::IKEV2_FRAGMENTATION_SUPPORTED;
                    self.announced.initiator.note(notify.ty);
                    if notify.ty == NotifyType::REDIRECTED_FROM && notify.data.len() <= GATEWAY {
                        self.redirected_from = Some(notify.data.to_vec());
                    }
                }
                _ => {}
            }
        }
        self.looks_for_nat |= hashes(message, NotifyType::NAT_DETECTION_SOURCE_IP).next().is_some();
        let (source, destination) = fits(seen, message, tools);
        self.nat.initiator |= source == Some(false);
        self.nat.responder |= destination == Some(false);
        self.hashes.request_source = source.or(self.hashes.request_source);
    }

    fn response(&mut self, seen: &Observation<'_>, message: &LenientMessage<'_>, again: bool, tools: &Capabilities) {
        let has_sa = accepts(message);
        // Of broken ones the first counts, and a good one after it.
        let before = self.broken.take();
        self.broken = flaw(message).map(|fault| before.unwrap_or_else(|| Broken::new(seen, fault)));
        if has_sa {
            if self.answered.is_some() {
                return;
            }
            self.answered = Some(seen.time);
            self.packets.add(seen.packets);
            self.whole = usize::try_from(message.length()).is_ok_and(|length| length == message.as_octets().len());
            self.chosen(message);
            let (source, destination) = fits(seen, message, tools);
            self.nat.responder |= source == Some(false);
            self.nat.initiator |= destination == Some(false);
            self.hashes.response_destination = destination.or(self.hashes.response_destination);
        }
        for raw in message.payloads() {
            self.certreq |= raw.ty == PayloadType::CERTREQ;
            if raw.ty == PayloadType::V {
                keep_vendor(&mut self.vendors.responder, raw.body);
            }
            let (Payload::Notify(notify), _) = raw.parse_lenient() else { continue };
            match (notify.ty, notify.typed_data()) {
                (NotifyType::IKEV2_FRAGMENTATION_SUPPORTED, _) => self.fragmentation.responder |= has_sa,
                (NotifyType::CHILDLESS_IKEV2_SUPPORTED, _) => self.childless |= has_sa,
                (NotifyType::REDIRECT, _) if notify.data.len() <= GATEWAY => {
                    self.redirect = Some((notify.data.to_vec(), seen.packets.into()));
                }
                (NotifyType::COOKIE, _) if !has_sa && !again => {
                    self.cookies.rounds = self.cookies.rounds.saturating_add(1);
                    self.cookies.packets.add(seen.packets);
                    self.tried_again = false;
                }
                (NotifyType::COOKIE, _) => {}
                (NotifyType::INVALID_KE_PAYLOAD, Ok(NotifyData::InvalidKePayload(_))) if has_sa || again => {}
                (NotifyType::INVALID_KE_PAYLOAD, Ok(NotifyData::InvalidKePayload(wanted))) => {
                    self.invalid_ke.rounds = self.invalid_ke.rounds.saturating_add(1);
                    self.invalid_ke.packets.add(seen.packets);
                    // It was tried, and is asked for again.
                    self.loops |= self.invalid_ke.wanted.is_some_and(|before| before == wanted) || self.tried.contains(&wanted);
                    self.invalid_ke.wanted = Some(wanted);
                    self.tried_again = false;
                }
                (ty, _) if ty.is_error() && !has_sa => {
                    let critical = match notify.data {
                        [payload] if ty == NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD => Some(PayloadType(*payload)),
                        _ => None,
                    };
                    self.refusal = Some(ClearRefusal { notify: ty, critical, packets: seen.packets.into() });
                    self.tried_again = false;
                }
                (ty, _) if has_sa => self.announced.responder.note(ty),
                _ => {}
            }
        }
    }

    /// Takes an answer of whose header not even the length can be.
    pub(in crate::diagnose) fn unreadable(&mut self, seen: &Observation<'_>, fault: ParseError) {
        self.broken.get_or_insert_with(|| Broken::new(seen, fault));
    }

    /// Takes what a log says of an answer that its daemon could not read; where in it the fault is, it does not say.
    pub(in crate::diagnose) fn cannot_be_read(&mut self, seen: &Observation<'_>, payload: PayloadType) {
        let (element, origin) = (Element::Payload(payload), Origin::Datagram);
        self.unreadable(seen, ParseError { element, offset: 0, origin, kind: ParseErrorKind::ToldByLog });
    }

    /// The transforms chosen decide how encrypted messages are to be measured.
    fn chosen(&mut self, message: &LenientMessage<'_>) {
        let sa = message.payloads().find_map(|raw| match raw.parse() {
            Ok(Payload::Sa(sa)) => Some(sa),
            _ => None,
        });
        let (mut encr, mut bits, mut integ) = (None, None, None);
        for transform in sa.iter().flat_map(Sa::proposals).take(1).flat_map(|p| p.transforms()) {
            match transform.ty {
                TransformType::ENCR => (encr, bits) = (Some(Encr(transform.id.0)), transform.key_length()),
                TransformType::INTEG => integ = Some(Integ(transform.id.0)),
                TransformType::PRF => self.prf = Some(Prf(transform.id.0)),
                _ => {}
            }
        }
        self.overhead = encr.and_then(|encr| Suite::new(encr, bits, integ).ok()).map(|suite| Overhead::from(&suite));
    }

    #[cfg(test)]
    pub(in crate::diagnose) const fn end_was_seen(&mut self) {
        self.whole = true;
    }

    /// Whether the offer holds the group.
    pub(in crate::diagnose) fn offers(&self, wanted: KeMethod) -> bool {
        let sa = Sa::parse(&self.offer);
        self.offer.is_empty()
            || sa.is_err()
            || sa.iter().flat_map(Sa::proposals).flat_map(|p| p.transforms()).any(|t| t.ty == TransformType::KE && t.id.0 == wanted.0)
    }

    /// Whether the responder may take IKE SAs without a child SA: it says so, or what it says was not seen.
    pub(in crate::diagnose) const fn may_be_childless(&self) -> bool {
        self.childless || !self.whole
    }

    /// Whether the responder says that it takes IKE SAs without a child SA.
    pub(in crate::diagnose) const fn is_childless(&self) -> bool {
        self.childless
    }

    /// Whether the answer was seen to its end.
    pub(in crate::diagnose) const fn is_whole(&self) -> bool {
        self.whole
    }

    /// Whether this exchange was refused in clear.
    pub(in crate::diagnose) fn refuses(&self, exchange: ExchangeType) -> bool {
        begins(exchange) && self.refusal.is_some()
    }

    /// Who did not announce fragmentation; `None` when both did.
    pub(in crate::diagnose) const fn silent_on_fragmentation(&self) -> Option<Option<Role>> {
        match (self.fragmentation.initiator, self.fragmentation.responder) {
            (true, true) => None,
            (false, true) => Some(Some(Role::Initiator)),
            (true, false) => Some(Some(Role::Responder)),
            (false, false) => Some(None),
        }
    }
}

/// Whether an answer lets the initiator go on: it chooses from the offer, or resumes the session (RFC 5723 section 4.3.2).
pub(in crate::diagnose) fn accepts(message: &LenientMessage<'_>) -> bool {
    let has = |ty| message.first_payload() == ty || message.payloads().any(|raw| raw.ty == ty);
    if message.header().exchange == ExchangeType::IKE_SESSION_RESUME {
        return has(PayloadType::NONCE) && !message.payloads().any(|raw| is_error(&raw));
    }
    // Also when the capture holds only its beginning.
    has(PayloadType::SA)
}

fn is_error(raw: &RawPayload<'_>) -> bool {
    matches!(raw.parse_lenient().0, Payload::Notify(notify) if notify.ty.is_error())
}

/// The first thing in a message that breaks the rules of its format. A critical payload may be refused, and is none.
fn flaw(message: &LenientMessage<'_>) -> Option<ParseError> {
    let in_payload = || message.payloads().find_map(|raw| raw.parse().err());
    message.fault().or_else(in_payload).filter(|fault| !matches!(fault.kind, ParseErrorKind::UnsupportedCritical(_)))
}

/// Transform types of additional key exchanges (RFC 9370).
const ADDKE_FIRST: u8 = 6;
const ADDKE_LAST: u8 = 12;

impl Announced {
    fn note(&mut self, ty: NotifyType) {
        match ty {
            NotifyType::USE_PPK | NotifyType::USE_PPK_INT => self.ppk = true,
            NotifyType::INTERMEDIATE_EXCHANGE_SUPPORTED => self.intermediate = true,
            NotifyType::IKE_SA_INIT_FULL_TRANSCRIPT_AUTH => self.transcript = true,
            NotifyType::SIGNATURE_HASH_ALGORITHMS => self.signature_hashes = true,
            _ => {}
        }
    }
}

fn keep_vendor(vendors: &mut Vec<Vec<u8>>, data: &[u8]) {
    let data = data.get(..VENDOR).unwrap_or(data);
    if vendors.len() < VENDORS && !vendors.iter().any(|known| known == data) {
        vendors.push(data.to_vec());
    }
}

fn hashes<'a>(message: &LenientMessage<'a>, ty: NotifyType) -> impl Iterator<Item = &'a [u8]> + use<'a> {
    message.payloads().filter(|raw| raw.ty == PayloadType::N).filter_map(move |raw| match raw.parse() {
        Ok(Payload::Notify(notify)) if notify.ty == ty => Some(notify.data),
        _ => None,
    })
}

/// Whether one of the source hashes is that of the packet's source, and the same of the destination (RFC 7296 section 2.23).
fn fits(seen: &Observation<'_>, message: &LenientMessage<'_>, tools: &Capabilities) -> (Option<bool>, Option<bool>) {
    let Some(sha1) = tools.sha1 else {
        return (None, None);
    };
    let header = message.header();
    // A log names the notify, and rarely what is in it.
    let untold = |octets: &[u8]| seen.account.is_log() && octets.is_empty();
    let check = |ty, end: core::net::SocketAddr| {
        let expected = nat_detection_hash(sha1, header.spis, end.ip(), end.port());
        let mut any = None;
        for octets in hashes(message, ty).take(16).filter(|octets| !untold(octets)) {
            any = Some(any.unwrap_or(false) || octets == expected);
        }
        any
    };
    (check(NotifyType::NAT_DETECTION_SOURCE_IP, seen.src), check(NotifyType::NAT_DETECTION_DESTINATION_IP, seen.dst))
}
