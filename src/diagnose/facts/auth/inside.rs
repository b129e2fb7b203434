//! What stands in a message that could be read.

use crate::diagnose::observation::Decrypted;
use crate::registry::{AuthMethod, NotifyType, SecurityProtocol};
use crate::selectors::{Selector, read};
use crate::wire::{Chain, Eap, EapCode, EapType, NotifyData, Payload, TrafficSelector, TrafficSelectors};
use alloc::string::String;
use alloc::vec::Vec;

/// Octets of a child SA offer kept to explain a refusal.
const OFFER: usize = 2048;
/// Errors, deletes and selectors kept of one message.
const SEVERAL: usize = 8;
/// Octets of the data of REDIRECT kept: a name is at most 255 long.
const REDIRECT: usize = 2 + 255 + 64;
/// EAP methods that carry TLS: EAP-TLS, EAP-TTLS, PEAP (IANA EAP registry).
const TLS_METHODS: [u8; 3] = [13, 21, 25];
/// Bit of the flags of EAP-TLS by which a length of four octets follows (RFC 5216 section 3.1).
const LENGTH_INCLUDED: u8 = 0x80;
/// TLS content type of an alert (RFC 8446 section 5.1).
const ALERT: u8 = 21;

/// A TLS alert inside EAP-TLS (RFC 5216 section 2.1.3), as it stands in clear in the first flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::diagnose) struct TlsAlert(pub(in crate::diagnose) u8);

/// What a packet of EAP says of methods.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::diagnose) enum EapMethods {
    /// The server asks for one, or the client answers in it.
    One(EapType),
    /// The client does not do what was asked for: a Legacy Nak with the methods that it does.
    Wanted(Vec<EapType>),
}

/// What one message held that tells something.
#[derive(Default)]
pub(in crate::diagnose) struct Inside {
    pub(in crate::diagnose) auth: Option<AuthMethod>,
    pub(in crate::diagnose) certificates: bool,
    pub(in crate::diagnose) sa: bool,
    pub(in crate::diagnose) offer: Vec<u8>,
    pub(in crate::diagnose) selectors: Vec<String>,
    /// TSi and TSr, where all of their selectors are ranges of addresses, and few.
    pub(in crate::diagnose) ts_i: Option<Vec<Selector>>,
    pub(in crate::diagnose) ts_r: Option<Vec<Selector>>,
    /// USE_TRANSPORT_MODE.
    pub(in crate::diagnose) transport: bool,
    pub(in crate::diagnose) eap: Option<EapCode>,
    pub(in crate::diagnose) methods: Option<EapMethods>,
    pub(in crate::diagnose) alert: Option<TlsAlert>,
    /// Errors, and the first two octets of their data, or the one there is.
    pub(in crate::diagnose) errors: Vec<(NotifyType, Option<u16>)>,
    pub(in crate::diagnose) deletes: Vec<SecurityProtocol>,
    pub(in crate::diagnose) status: Option<u32>,
    pub(in crate::diagnose) redirect: Option<Vec<u8>>,
    pub(in crate::diagnose) another_auth: bool,
    /// REKEY_SA, or an SA payload for an IKE SA.
    pub(in crate::diagnose) rekey: bool,
}

impl Inside {
    pub(super) fn read(decrypted: &Decrypted<'_>) -> Self {
        let mut inside = Self::default();
        for raw in Chain::parse_lenient(decrypted.first_payload, decrypted.content).payloads() {
            #[expect(clippy::wildcard_enum_match_arm, reason = "a payload of another type tells nothing here")]
            match raw.parse_lenient().0 {
                Payload::Cert(_) => inside.certificates = true,
                Payload::Auth(auth) => inside.auth = Some(auth.method),
                Payload::Sa(sa) => {
                    inside.sa = true;
                    inside.rekey |= sa.proposals().any(|proposal| proposal.protocol == SecurityProtocol::IKE);
                    if raw.body.len() <= OFFER {
                        inside.offer = raw.body.to_vec();
                    }
                }
                Payload::TsI(selectors) => {
                    inside.ts_i = ranges(&selectors);
                    inside.name(&selectors);
                }
                Payload::TsR(selectors) => {
                    inside.ts_r = ranges(&selectors);
                    inside.name(&selectors);
                }
                Payload::Eap(eap) => {
                    inside.eap = Some(eap.code);
                    inside.methods = methods(&eap);
                    inside.alert = inside.alert.or_else(|| alert(raw.body));
                }
                Payload::Delete(delete) if inside.deletes.len() < SEVERAL => inside.deletes.push(delete.protocol()),
                Payload::Notify(notify) => inside.notify(notify.ty, notify.data, notify.typed_data().ok()),
                _ => {}
            }
        }
        inside
    }

    fn name(&mut self, selectors: &TrafficSelectors<'_>) {
        let room = SEVERAL.saturating_sub(self.selectors.len());
        self.selectors.extend(selectors.selectors().take(room).filter_map(|one| text(&one)));
    }

    fn notify(&mut self, ty: NotifyType, data: &[u8], typed: Option<NotifyData<'_>>) {
        if let Some(NotifyData::MsNotifyStatus(status)) = typed {
            self.status = Some(status);
        } else if ty == NotifyType::REDIRECT && data.len() <= REDIRECT {
            self.redirect = Some(data.to_vec());
        } else if ty == NotifyType::USE_TRANSPORT_MODE {
            self.transport = true;
        } else if ty == NotifyType::REKEY_SA {
            self.rekey = true;
        } else if ty == NotifyType::ANOTHER_AUTH_FOLLOWS {
            self.another_auth = true;
        } else if ty.is_error() && self.errors.len() < SEVERAL {
            let value = match data {
                [one] => Some(u16::from(*one)),
                [hi, lo, ..] => Some(u16::from_be_bytes([*hi, *lo])),
                [] => None,
            };
            self.errors.push((ty, value));
        }
    }
}

/// The selectors of a payload, unless there are more of them, or others, than can be judged.
fn ranges(selectors: &TrafficSelectors<'_>) -> Option<Vec<Selector>> {
    let (known, others) = read(selectors);
    (!others && known.len() <= SEVERAL).then_some(known)
}

/// A selector in words: `10.1.0.0-10.1.0.255`.
fn text(selector: &TrafficSelector<'_>) -> Option<String> {
    match selector {
        TrafficSelector::Ipv4 { addresses: (from, to), .. } => Some(alloc::format!("{from}-{to}")),
        TrafficSelector::Ipv6 { addresses: (from, to), .. } => Some(alloc::format!("{from}-{to}")),
        TrafficSelector::FibreChannel { .. } | TrafficSelector::SecurityLabel(_) | TrafficSelector::Unknown { .. } => None,
    }
}

fn methods(eap: &Eap<'_>) -> Option<EapMethods> {
    match eap.ty()? {
        // RFC 3748 section 5.3.1: a 0 stands for no method at all.
        (ty, wanted) if EapType(ty) == EapType::LEGACY_NAK => {
            Some(EapMethods::Wanted(wanted.iter().copied().filter(|ty| *ty != 0).take(SEVERAL).map(EapType).collect()))
        }
        (ty, _) => EapType(ty).is_method().then_some(EapMethods::One(EapType(ty))),
    }
}

/// The alert that the body of an EAP payload carries in clear.
fn alert(body: &[u8]) -> Option<TlsAlert> {
    let [_, _, _, _, method, flags, rest @ ..] = body else { return None };
    if !TLS_METHODS.contains(method) {
        return None;
    }
    let records = if flags & LENGTH_INCLUDED != 0 { rest.get(4..)? } else { rest };
    match records {
        [ALERT, 3, _, 0, 2, _, description, ..] => Some(TlsAlert(*description)),
        _ => None,
    }
}

/// Whether the proof is a signature by a method older than RFC 7427.
pub(super) fn is_old_signature(method: AuthMethod) -> bool {
    matches!(method.0, 1 | 3 | 9..=11)
}
