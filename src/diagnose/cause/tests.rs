//! What holds for every cause: a law, and the samples each cause gives of itself.

use super::detail::DetailValue;
use super::{Cause, samples};
use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

fn all() -> impl Iterator<Item = Cause> {
    samples().into_iter().flatten()
}

#[test]
fn a_code_is_the_name_of_its_cause_and_of_no_other() {
    let mut codes = BTreeSet::new();
    for of_one in samples() {
        assert!(codes.insert(of_one[0].code()), "{} twice", of_one[0].code());
        for kind in of_one {
            assert!(format!("{kind:?}").starts_with(&format!("{0}({0}", kind.code())), "{kind:?} has the code {}", kind.code());
        }
    }
    assert!(codes.len() >= 28, "{} causes", codes.len());
}

#[test]
fn the_table_is_in_the_order_of_importance_and_no_two_weigh_the_same() {
    // A cause that weighs less in one of its forms stands where it weighs most.
    let ranks: Vec<_> = samples().iter().map(|of_one| (of_one.iter().map(Cause::rank).min(), of_one[0].code())).collect();
    assert!(ranks.is_sorted_by(|(a, _), (b, _)| a < b), "{ranks:?}");
    let mut owners = BTreeSet::new();
    for of_one in samples() {
        for rank in of_one.iter().map(Cause::rank).collect::<BTreeSet<_>>() {
            assert!(owners.insert(rank), "{} shares {rank:?}", of_one[0].code());
        }
    }
}

#[test]
fn the_words_are_words() {
    for kind in all() {
        let text = kind.to_string();
        assert!(text.len() > 20 && !text.ends_with('.') && !text.contains("  ") && !text.chars().any(char::is_control), "{text:?}");
        for line in [kind.headline().map(ToString::to_string), Some(kind.sentence()).filter(|_| kind.headline().is_some())] {
            let Some(line) = line else { continue };
            assert!(line.starts_with(char::is_uppercase) && line.ends_with('.') && line.lines().count() == 1, "{line:?}");
        }
        if kind.headline().is_none() {
            assert_eq!(kind.sentence(), text);
        }
    }
}

#[test]
fn nothing_is_wrong_is_said_of_what_is_clean_and_of_nothing_else() {
    for kind in all() {
        if matches!(kind, Cause::Clean(_)) {
            assert_eq!((kind.headline(), kind.who(), &*kind.remedy()), (Some("Nothing is wrong."), None, &[][..]));
        } else if let Some(line) = kind.headline() {
            assert!(!line.starts_with("Nothing") && kind.who().is_some() && !kind.remedy().is_empty(), "{kind}");
        } else {
            assert_eq!((kind.who(), kind.windows_error(true), kind.windows_error(false)), (None, None, None), "{kind}");
        }
    }
}

/// The table is one of reasons of a failure: what is none stands below, whether nothing is wrong comes last.
#[test]
fn what_is_never_a_cause_of_failure_stands_below_what_is() {
    let reasons: Vec<_> = samples().iter().map(|of_one| of_one[0].headline().is_some()).collect();
    let (clean, others) = reasons.split_last().unwrap_or_else(|| panic!("the table is empty"));
    assert!(*clean && others.contains(&false) && others.is_sorted_by(|a, b| a >= b), "{reasons:?}");
    for of_one in samples() {
        assert!(of_one.iter().all(|kind| kind.headline().is_some() == of_one[0].headline().is_some()), "{}", of_one[0].code());
    }
}

#[test]
fn programs_can_rely_on_details_and_errors() {
    for kind in all() {
        let names: Vec<_> = kind.details().into_iter().map(|(name, _)| name).collect();
        let snake = |name: &&str| !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        assert!(names.len() <= 10 && names.iter().all(snake), "{kind:?}: {names:?}");
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "{kind:?}: {names:?}");
        for windows in [false, true] {
            assert!(
                matches!(kind.windows_error(windows), None | Some(800 | 809 | 812 | 13801 | 13806 | 13838 | 13843 | 13868)),
                "{kind:?}"
            );
        }
    }
}

#[test]
fn a_remedy_names_each_product_once() {
    for kind in all() {
        let products: Vec<_> = kind.remedy().iter().map(|setting| setting.product.name()).collect();
        assert_eq!(products.iter().collect::<BTreeSet<_>>().len(), products.len(), "{}: {products:?}", kind.code());
        assert!(kind.remedy().iter().all(|one| !one.text.is_empty() && !one.text.ends_with('.')), "{}", kind.code());
    }
}

/// A cause that forgets a part of itself must not compile: that is so as long as the trait gives nothing by default.
#[test]
fn the_contract_has_no_defaults() {
    let text = include_str!("contract.rs");
    let (_, after) = text.split_once("trait Contract: Placed + Sized + fmt::Display {").unwrap_or_default();
    let (body, _) = after.split_once("\n}").unwrap_or_default();
    let code: Vec<_> = body.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).collect();
    let items = code.iter().filter(|line| line.starts_with("fn ") || line.starts_with("const "));
    assert!(items.clone().count() >= 8 && items.clone().all(|line| line.ends_with(';') && !line.contains(" = ")), "{code:?}");
    assert!(!body.contains('{'), "{body}");
}

/// A program finds under its name what the methods give.
#[cfg(feature = "serde")]
#[test]
fn serde_writes_what_a_program_asks_for() {
    use crate::diagnose::{Confidence, Finding, Severity};
    use crate::instant::Instant;
    use crate::wire::IkeSpis;
    use serde_json::{Value, json, to_value};

    let plain = |value: DetailValue| match value {
        DetailValue::Null => Value::Null,
        DetailValue::Bool(yes) => yes.into(),
        DetailValue::Number(number) => number.into(),
        DetailValue::Numbers(numbers) => numbers.into(),
        DetailValue::Text(text) => text.into(),
        DetailValue::Texts(texts) => texts.into(),
    };
    for cause in all() {
        let finding = Finding {
            cause,
            severity: Severity::Error,
            confidence: Confidence::Medium,
            spis: IkeSpis { initiator: 1, responder: 2 },
            packets: alloc::vec![3, 4],
            time: Instant::START + core::time::Duration::from_millis(1500),
            windows: true,
            products: Vec::new(),
            initiator: Vec::new(),
            responder: Vec::new(),
        };
        let details: serde_json::Map<_, _> = finding.cause.details().into_iter().map(|(name, value)| (name.into(), plain(value))).collect();
        let remedy = finding.cause.remedy();
        let settings: Vec<_> = remedy.iter().map(|one| json!({ "product": one.product.name(), "setting": one.text })).collect();
        let due = json!({
            "code": finding.cause.code(),
            "severity": finding.severity.name(),
            "confidence": finding.confidence.name(),
            "sa": "0000000000000001:0000000000000002",
            "packets": [3, 4],
            "time": 1.5,
            "windows_error": finding.windows_error(),
            "text": finding.cause.to_string(),
            "who": finding.cause.who(),
            "settings": settings,
            "details": details,
        });
        assert_eq!(to_value(&finding).unwrap(), due);
    }
}

/// What programs rely on: the code of each cause, and the names and types of its details.
const DETAILS: &str = "
AddressPoolEmpty:
AddressRequired:
AnsweredElsewhere: exchange text, asked_from text, asked text, from text, to text
AuthNeverSeen:
AuthenticationFailed: by text, notify null/text, certificates bool/null, windows_status null/number, ppk bool
BrokenResponse: offset number, element text
CaptureStartsMidway:
ChildDeletedAtOnce: by text, difference null/text
ChildSaRefused: exchange text, notify null/text, selectors texts, unclear bool
Clean:
CookieChallenge:
CookieLoop: rounds number
CriticalPayloadRefused: payload null/number, exchange text, by text
EapAlert: by text, alert number, name text
EapFailed: largest_eap_message number, server_method null/text, client_methods null/texts
EapMismatch: wanted_by text, notify null/text
ErrorInClear: exchange text, notify text
EspOnWrongPort: sender text, count number, port number
FellBackToIkev1:
FellBackToSstp:
FollowsRekey:
FragmentationNegotiated:
FragmentationNotOffered: side text
FragmentsRefusedByLimit: exchange text, fragments number, octets number, limits texts
IkeAuthRefused: by text, notify null/text
Ikev1Only: exchange text, initiator text, responder text, answered bool, up bool
IncompleteFragmentSet: sender text, exchange text, message_id number, total number, missing numbers, largest_datagram number, arrival null/text
InitTooLarge: sender text, exchange text, octets number, transmissions number, whole_here bool
IntermediateNotOffered:
InvalidKeLoop: wanted text, group number, rounds number, offered bool
InvalidKeRetry: wanted text, group number
IpFragmentLost: sender text, exchange null/text, transmissions number, arrived_octets null/number, total_octets null/number, told_by null/text, seen_here bool, arrival null/text
IpFragmentsSent: sender text, exchange text, sizes numbers
LegacySignatureRefused:
MarkerMissing: sender text, exchange text
NatDetected: side text
NewSasSilent: source text, transmissions number
NoProposalChosen: exchange text, offer texts, nearest_profile null/text, profile_exact bool/null, difference null/text, change null
OneSidedCapture: side text
PathMtuTold: sender text, exchange text, mtu null/number, by text, largest_datagram number, fragmented bool
PortBlocked: port number, icmp bool, from null/text, arrival null/text
PpkMismatch: without text, stopped bool
Redirected: to text, from null/text
RekeyRefused: notify null/text, group null/number, rounds number
RequestUnanswered: sender text, exchange text, message_id number, transmissions number, largest_datagram number, port number, moved_to null/number, too_large bool, eap bool, arrival null/text
ResponseNotReceived: asker text, exchange text, repeats number, largest_datagram number, arrival null/text
RetransmissionStorm: sender text, exchange text, copies number
SpiUnknown:
SpiUnknownOnNatPort: known text
StoppedAfterInit:
TranscriptAuthPartial: without text
TransportLost: sender text, exchange text, octets number, transmissions number
TunnelUpNoTraffic: sender text, count number, seconds number, icmp bool, from null/text
Unfinished:
VersionRefused: version number
WindowsErrorTold: event number, error null/number, server bool, causes texts, times number";

/// The name of a detail and the types its value has, in the order in which the cause gives them.
type Typed = Vec<(&'static str, BTreeSet<&'static str>)>;

fn typed(of_one: &[Cause]) -> Typed {
    let mut details = Typed::new();
    for (name, value) in of_one.iter().flat_map(Cause::details) {
        let ty = match value {
            DetailValue::Null => "null",
            DetailValue::Bool(_) => "bool",
            DetailValue::Number(_) => "number",
            DetailValue::Numbers(_) => "numbers",
            DetailValue::Text(_) => "text",
            DetailValue::Texts(_) => "texts",
        };
        match details.iter_mut().find(|(known, _)| *known == name) {
            Some((_, types)) => _ = types.insert(ty),
            None => details.push((name, [ty].into())),
        }
    }
    details
}

#[test]
fn codes_and_details_are_what_programs_rely_on() {
    let line = |of_one: &Vec<Cause>| {
        let types = |types: &BTreeSet<&str>| types.iter().copied().collect::<Vec<_>>().join("/");
        let details: Vec<_> = typed(of_one).iter().map(|(name, all)| format!(" {name} {}", types(all))).collect();
        format!("{}:{}", of_one[0].code(), details.join(","))
    };
    let mut found: Vec<_> = samples().iter().map(line).collect();
    found.sort();
    let expected: Vec<_> = DETAILS.trim().lines().collect();
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected);
    }
    assert_eq!(found.len(), expected.len());
}
