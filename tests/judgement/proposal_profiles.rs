//! Every vendor profile against the rows it was taken from, against recorded offers, and against each other.

use ikev2::Role;
use ikev2::proposal::profiles::{self, ALIASES, ALL, Caveat, Profile, ProfileError, Roles, SourceConfidence};
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Preference, Proposal, Question, RefusalResponse, negotiate};
use ikev2::registry::{Encr, Integ, KeMethod, NotifyType, Prf, SecurityProtocol, TransformId, TransformType};
use ikev2::transform::Transform;
use ikev2::wire::{Message, Payload, Sa};
use serde_json::Value;

const SNAPSHOT: &str = include_str!("../data/vendor-profiles.json");

fn named(name: &str) -> &'static Profile {
    profiles::find(name).unwrap_or_else(|| panic!("no profile {name}"))
}

fn rows() -> Vec<Value> {
    let snapshot: Value = serde_json::from_str(SNAPSHOT).unwrap();
    snapshot["profiles"].as_array().unwrap().clone()
}

/// The transforms of a proposal of the snapshot, in the order they stand there.
fn listed(proposal: &Value) -> Vec<Transform> {
    let types = [
        ("encr", TransformType::ENCR),
        ("prf", TransformType::PRF),
        ("integ", TransformType::INTEG),
        ("ke", TransformType::KE),
        ("sn", TransformType::SN),
    ];
    let mut found = Vec::new();
    for (key, list) in proposal.as_object().unwrap().iter().filter(|(key, _)| *key != "num") {
        let (_, ty) = types.iter().find(|(name, _)| name == key).unwrap_or_else(|| panic!("type {key}"));
        for t in list.as_array().unwrap() {
            let number = |value: &Value| value.as_u64().map(|n| u16::try_from(n).unwrap());
            found.push(Transform { ty: *ty, id: TransformId(number(&t["id"]).unwrap()), key_bits: t.get("keylen").and_then(number) });
        }
    }
    found
}

/// The least of the grades a text names.
fn least(text: &str) -> SourceConfidence {
    let grades = [("low", SourceConfidence::Low), ("medium", SourceConfidence::Medium), ("high", SourceConfidence::High)];
    let mut words = text.split(|c: char| !c.is_ascii_alphabetic());
    let named: Vec<_> = words.by_ref().filter_map(|word| grades.iter().find(|(name, _)| *name == word)).map(|(_, grade)| *grade).collect();
    named.into_iter().min().unwrap_or_else(|| panic!("no grade in {text}"))
}

#[test]
fn every_row_is_there_as_it_stands() {
    let rows = rows();
    assert_eq!((rows.len(), ALL.len()), (34, 34));
    for (row, profile) in rows.iter().zip(ALL) {
        let text = |key: &str| row[key].as_str().unwrap_or_else(|| panic!("{key} of {}", profile.name));
        assert_eq!(profile.name, text("id"));
        assert_eq!(profile.vendor, text("vendor"), "{}", profile.name);
        assert_eq!(profile.versions, text("versions"), "{}", profile.name);
        assert_eq!(profile.notes, text("notes"), "{}", profile.name);
        assert_eq!(profile.confidence_note, text("confidence"), "{}", profile.name);
        assert_eq!(profile.confidence, least(text("confidence")), "{}", profile.name);
        assert_eq!(profile.selection, row.get("selection").and_then(Value::as_str), "{}", profile.name);
        let sources: Vec<_> = row["sources"].as_array().unwrap().iter().map(|s| s.as_str().unwrap()).collect();
        assert!(!sources.is_empty());
        assert_eq!(profile.sources, sources, "{}", profile.name);
        let roles = match text("role") {
            "initiator" => Roles::INITIATOR,
            "responder" => Roles::RESPONDER,
            "both" => Roles::BOTH,
            other => panic!("role {other}"),
        };
        assert_eq!(profile.roles, roles, "{}", profile.name);
        let protocol = match text("protocol") {
            "IKE" => SecurityProtocol::IKE,
            "ESP" => SecurityProtocol::ESP,
            other => panic!("protocol {other}"),
        };
        assert_eq!(profile.protocol, protocol, "{}", profile.name);
        let proposals = row["proposals"].as_array().unwrap();
        assert_eq!(profile.proposals.len(), proposals.len(), "{}", profile.name);
        for (index, (ours, theirs)) in profile.proposals.iter().zip(proposals).enumerate() {
            assert_eq!(theirs["num"].as_u64().unwrap(), u64::try_from(index + 1).unwrap());
            assert_eq!(ours.transforms().collect::<Vec<_>>(), listed(theirs), "{} proposal {}", profile.name, index + 1);
        }
    }
}

#[test]
fn the_sides_a_profile_is_known_for_are_a_set() {
    let sides = [Roles::INITIATOR, Roles::RESPONDER, Roles::BOTH];
    let held = sides.map(|roles| [Role::Initiator, Role::Responder].map(|role| roles.contains(role)));
    assert_eq!(held, [[true, false], [false, true], [true, true]]);
    assert_eq!(sides.map(|roles| roles.to_string()), ["initiator", "responder", "initiator and responder"]);
}

#[test]
fn low_confidence_is_marked() {
    let low: Vec<_> = ALL.iter().filter(|p| p.is_uncertain()).map(|p| p.name).collect();
    assert_eq!(low, ["mikrotik-default-ike"]);
    let shown = named("mikrotik-default-ike").to_string();
    assert!(shown.contains("confidence low (high for values, low for how they are grouped into proposals)"), "{shown}");
    assert_eq!(ALL.iter().filter(|p| p.confidence == SourceConfidence::Medium).count(), 11);
}

#[test]
fn names_and_aliases_are_found() {
    for profile in ALL {
        assert_eq!(profiles::find(profile.name), Some(profile));
        assert_eq!(profiles::find(&profile.name.to_uppercase()), Some(profile));
    }
    assert_eq!(profiles::find("windows10").unwrap().name, "windows10-client-default-ike");
    assert!(profiles::find("windows95").is_none());
    for alias in ALIASES {
        assert!(ALL.iter().all(|p| p.name != alias.name), "{} is a name too", alias.name);
        assert_eq!(alias.profiles[0].protocol, SecurityProtocol::IKE, "{}", alias.name);
        assert_eq!(profiles::find(alias.name), Some(&alias.profiles[0]));
        assert_eq!(ALIASES.iter().filter(|other| other.name == alias.name).count(), 1);
    }
    let of_azure = |side| profiles::find_for("azure", NegotiationContext::IkeAuth, side).unwrap().name;
    assert_eq!(of_azure(Role::Initiator), "azure-vpngw-routebased-default-esp-initiator");
    assert_eq!(of_azure(Role::Responder), "azure-vpngw-routebased-default-esp-responder");
    assert!(profiles::find_for("windows10", NegotiationContext::IkeSaInit, Role::Responder).is_none());
}

/// The proposals of an SA payload: number and transforms.
fn read(sa: &Sa<'_>) -> Vec<(u8, Vec<Transform>)> {
    let transforms = |p: ikev2::wire::ProposalSubstructure<'_>| {
        p.transforms().map(|t| Transform { ty: t.ty, id: t.id, key_bits: t.key_length() }).collect::<Vec<_>>()
    };
    sa.proposals().map(|p| (p.number, transforms(p))).collect()
}

/// The body behind the header of an SA payload in a chain of its own, read by the strict reader.
fn parse(body: &[u8], read_it: impl FnOnce(&Sa<'_>)) {
    let mut chain = vec![0, 0];
    chain.extend(u16::try_from(body.len() + 4).unwrap().to_be_bytes());
    chain.extend(body);
    let payloads = ikev2::wire::Chain::parse(ikev2::registry::PayloadType::SA, &chain).unwrap();
    let raw = payloads.payloads().next().unwrap();
    match raw.parse().unwrap() {
        Payload::Sa(sa) => read_it(&sa),
        other => panic!("{other:?}"),
    }
}

#[test]
fn offers_say_what_the_profile_says() {
    for profile in ALL {
        for context in NegotiationContext::ALL.into_iter().filter(|q| q.takes(profile.protocol)) {
            let spi = &[7; 8][..usize::from(context.spi_size())];
            let offer = profile.offer(context, spi).unwrap();
            parse(&offer, |sa| {
                assert!(sa.proposals().all(|p| p.spi == spi && p.protocol == profile.protocol), "{}", profile.name);
                let expected: Vec<_> = profile.proposals.iter().map(|p| p.transforms().collect::<Vec<_>>()).collect();
                for (place, (number, transforms)) in read(sa).into_iter().enumerate() {
                    assert_eq!(usize::from(number), place + 1);
                    let mut due = expected[place].clone();
                    // RFC 7296 section 1.2: in IKE_AUTH no KE transform but NONE.
                    let has_method = due.iter().any(|t| t.ty == TransformType::KE && t.id.0 != 0);
                    due.retain(|t| context != NegotiationContext::IkeAuth || !has_method || t.ty != TransformType::KE);
                    assert_eq!(transforms, due, "{} {context:?}", profile.name);
                }
                assert_eq!(read(sa).len(), expected.len());
            });
        }
        let wrong =
            if profile.protocol == SecurityProtocol::IKE { NegotiationContext::CreateChildSa } else { NegotiationContext::IkeSaInit };
        assert!(matches!(profile.offer(wrong, &[]), Err(ProfileError::Context { .. })));
        assert!(matches!(profile.policy(Dialect::Rfc, wrong), Err(ProfileError::Context { .. })));
    }
    assert!(matches!(named("ios-default-ike").offer(NegotiationContext::RekeyIkeSa, &[1; 4]), Err(ProfileError::Build(_))));
}

/// The SA payload of a capture's first message.
fn recorded_offer(capture: &str) -> Vec<(u8, Vec<Transform>)> {
    let first = crate::kit::recorded::recorded(capture).into_iter().next().unwrap();
    let message = Message::parse(&first.message).unwrap();
    let offer = message.payloads().find_map(|raw| match raw.parse().unwrap() {
        Payload::Sa(sa) => Some(read(&sa)),
        _ => None,
    });
    offer.unwrap()
}

fn by_type(transforms: &[Transform], ty: TransformType) -> Vec<Transform> {
    transforms.iter().copied().filter(|t| t.ty == ty).collect()
}

/// What a running daemon sent: type by type in the order of the profile.
#[test]
fn profiles_are_what_daemons_sent() {
    let pairs =
        [("libreswan-initiator-default", named("libreswan-4-default-ike")), ("openiked-initiator-default", named("openiked-default-ike"))];
    for (capture, profile) in pairs {
        let sent = recorded_offer(capture);
        assert_eq!(sent.len(), profile.proposals.len(), "{capture}");
        for ((number, sent), listed) in sent.iter().zip(profile.proposals) {
            let listed: Vec<_> = listed.transforms().collect();
            for ty in [TransformType::ENCR, TransformType::PRF, TransformType::INTEG, TransformType::KE] {
                assert_eq!(by_type(sent, ty), by_type(&listed, ty), "{capture} proposal {number} type {ty}");
            }
        }
    }
}

fn aes256_sha384_ecp384() -> Proposal {
    Proposal::new(
        SecurityProtocol::IKE,
        [
            Transform::encr_bits(Encr::ENCR_AES_CBC, 256),
            Transform::prf(Prf::PRF_HMAC_SHA2_384),
            Transform::integ(Integ::AUTH_HMAC_SHA2_384_192),
            Transform::ke(KeMethod::ECP_384),
        ],
    )
}

/// Error 800: with NativeProtocolType=Automatic the client ignores its custom suite and sends the default list.
#[test]
fn windows_800() {
    let windows = profiles::find("windows10").unwrap();
    let offer = windows.offer(NegotiationContext::IkeSaInit, &[]).unwrap();
    assert_eq!(windows.first_ke(NegotiationContext::IkeSaInit), Some(KeMethod::MODP_1024));
    for dialect in Dialect::ALL {
        let policy = Policy::new(dialect, [aes256_sha384_ecp384()]).unwrap();
        let refusal =
            negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::MODP_1024)), &policy).expect_err("refused");
        assert_eq!(refusal.response(), RefusalResponse::NoProposalChosen, "{}", dialect.name());
        assert_eq!(refusal.notify().unwrap().ty, NotifyType::NO_PROPOSAL_CHOSEN);
        let pairs: Vec<_> = refusal.pairs().collect();
        assert_eq!(pairs.len(), 18);
        // Each of the 18 offers group 2 where group 20 is needed; of proposal 12 that is all.
        assert!(pairs.iter().all(|pair| pair.unmatched().contains(TransformType::KE)));
        let nearest = pairs.iter().min_by_key(|pair| pair.distance()).unwrap();
        assert_eq!((nearest.number(), nearest.unmatched().iter().collect::<Vec<_>>()), (12, vec![TransformType::KE]));
    }
}

/// The same server, and a client whose NativeProtocolType is IKEv2: it sends its one custom proposal.
#[test]
fn windows_custom_suite_is_taken() {
    let mut payload = [0; 128];
    let mut builder = ikev2::wire::ChainBuilder::new(&mut payload);
    builder.sa(|sa| {
        sa.proposal(1, SecurityProtocol::IKE, &[], |p| {
            for t in &aes256_sha384_ecp384().transforms {
                match t.key_bits {
                    Some(bits) => p.transform_key_length(t.ty, t.id, bits),
                    None => p.transform(t.ty, t.id),
                };
            }
        });
    });
    let (_, payload) = builder.finish().unwrap();
    for dialect in Dialect::ALL {
        let policy = Policy::new(dialect, [aes256_sha384_ecp384()]).unwrap();
        let selection =
            negotiate(&payload[4..], Question::new(NegotiationContext::IkeSaInit, Some(KeMethod::ECP_384)), &policy).expect("selected");
        assert_eq!((selection.number(), selection.ke_method()), (1, Some(KeMethod::ECP_384)), "{}", dialect.name());
    }
    // The documented example of a custom suite, one proposal too.
    let example = named("windows-client-custom-ike-example");
    let policy = example.policy(Dialect::StrongSwan5, NegotiationContext::IkeSaInit).unwrap();
    let offer = example.offer(NegotiationContext::IkeSaInit, &[]).unwrap();
    let selection =
        negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, example.first_ke(NegotiationContext::IkeSaInit)), &policy)
            .expect("selected");
    assert_eq!(selection.ke_method(), Some(KeMethod::ECP_256));
}

fn compared(a: &'static str, b: &'static str, context: NegotiationContext) -> profiles::Comparison<'static> {
    let find = |name, side| profiles::find_for(name, context, side).or_else(|| profiles::find(name)).unwrap();
    profiles::compare(find(a, Role::Initiator), find(b, Role::Responder), context).unwrap()
}

#[test]
fn comparisons_agree_as_their_notes_say() {
    // RRAS takes the client's first proposal (observed).
    let rras = compared("windows10", "rras", NegotiationContext::IkeSaInit);
    assert_eq!(rras.outcome().unwrap().number(), 1);
    assert_eq!(rras.responder().prefer, Preference::Supplied);
    assert_eq!(rras.caveats().collect::<Vec<_>>(), [Caveat::Confidence(SourceConfidence::Medium)]);
    // Android sends MODP_4096 first; Cisco's smart default has MODP_2048 in common with it and asks for it.
    let cisco = compared("android", "cisco-iosxe", NegotiationContext::IkeSaInit);
    assert_eq!((cisco.first_ke(), cisco.retry()), (Some(KeMethod::MODP_4096), Some(KeMethod::MODP_2048)));
    assert_eq!(cisco.outcome().unwrap().ke_method(), Some(KeMethod::MODP_2048));
    // "no ECP groups at all".
    assert!(named("android-ikev2vpnprofile-ike").to_proposals().iter().all(|p| p.of_type(TransformType::KE).all(|t| t.id.0 != 19)));
    // Group 2 is all Windows has, and strongSwan's default holds no weak group.
    assert_eq!(
        compared("windows10", "strongswan6", NegotiationContext::IkeSaInit).outcome().unwrap_err().response(),
        RefusalResponse::NoProposalChosen
    );
    // "SHA1 only ...; explains NO_PROPOSAL_CHOSEN in IKE_AUTH against SHA2-only ESP servers".
    assert_eq!(
        compared("windows10", "libreswan5", NegotiationContext::IkeAuth).outcome().unwrap_err().response(),
        RefusalResponse::NoProposalChosen
    );
    assert!(compared("windows10", "azure", NegotiationContext::IkeAuth).outcome().is_ok());
    // "picks the weakest common suite".
    let aws = compared("strongswan5", "aws", NegotiationContext::IkeSaInit);
    let chosen = aws.outcome().unwrap();
    assert_eq!(chosen.transform(TransformType::ENCR), Some(Transform::encr_bits(Encr::ENCR_AES_CBC, 128)));
    assert_eq!(chosen.ke_method(), Some(KeMethod::MODP_2048));
    // "AEAD proposal has NO SN transform: strict peers (OpenIKED, RFC 7296) must refuse it": only the second is left.
    let old = compared("strongswan-5.9.0-5.9.5-default-esp", "openiked", NegotiationContext::IkeAuth);
    assert_eq!(old.outcome().unwrap().number(), 2);
    assert!(profiles::compare(ALL.first().unwrap(), named("ios-default-esp"), NegotiationContext::IkeSaInit).is_err());
}

/// Every pair: the outcome is what `negotiate` says of the offer and the policy, and the lists are the sets they claim to be.
#[test]
fn every_pair_of_profiles() {
    let mut pairs = 0;
    for (a, b) in ALL.iter().flat_map(|a| ALL.iter().map(move |b| (a, b))) {
        for context in NegotiationContext::ALL {
            let Ok(comparison) = profiles::compare(a, b, context) else {
                assert!(!context.takes(a.protocol) || !context.takes(b.protocol));
                continue;
            };
            pairs += 1;
            let all =
                |p: &Profile, ty| by_type(&p.proposals.iter().flat_map(profiles::ProfileProposal::transforms).collect::<Vec<_>>(), ty);
            for d in comparison.differences() {
                let (in_a, in_b) = (all(a, d.ty), all(b, d.ty));
                assert!(d.only_a.iter().all(|t| in_a.contains(t) && !in_b.contains(t)));
                assert!(d.only_b.iter().all(|t| in_b.contains(t) && !in_a.contains(t)));
                assert!(d.both.iter().all(|t| in_a.contains(t) && in_b.contains(t)));
                assert!(in_a.iter().all(|t| d.only_a.contains(t) || d.both.contains(t)));
                assert!(in_b.iter().all(|t| d.only_b.contains(t) || d.both.contains(t)));
            }
            if a == b {
                assert!(comparison.is_same() && comparison.differences().iter().all(profiles::Difference::is_none));
            }
            if let Ok(selection) = comparison.outcome() {
                let number = usize::from(selection.number()) - 1;
                let offered: Vec<_> = a.proposals[number].transforms().collect();
                let local: Vec<_> = b.proposals[selection.local_index()].transforms().collect();
                assert!(selection.transforms().iter().all(|t| t.is_none() || offered.contains(t) && local.contains(t)));
            }
            assert!(!comparison.to_string().is_empty());
        }
    }
    // Two questions for each protocol.
    let count = |protocol| ALL.iter().filter(|p| p.protocol == protocol).count();
    let (ike, esp) = (count(SecurityProtocol::IKE), count(SecurityProtocol::ESP));
    assert_eq!((ike + esp, pairs), (34, 2 * (ike * ike + esp * esp)));
}

#[test]
fn what_changed_between_versions() {
    let same = compared("strongswan5", "strongswan6", NegotiationContext::IkeSaInit);
    assert!(same.is_same() && same.only_a().is_empty());
    // 5.9.6 gave the AEAD proposal its sequence numbers: no transform is new, one proposal is.
    let (old, new) = (named("strongswan-5.9.0-5.9.5-default-esp"), named("strongswan-5.9-default-esp"));
    let fixed = profiles::compare(old, new, NegotiationContext::IkeAuth).unwrap();
    assert!(fixed.differences().iter().all(profiles::Difference::is_none));
    assert_eq!((fixed.only_a(), fixed.only_b()), (&[1][..], &[1][..]));
    // libreswan 5: ChaCha20 is new, the groups stand in another order.
    let libreswan = compared("libreswan4", "libreswan5", NegotiationContext::IkeSaInit);
    let of = |ty| libreswan.differences().iter().find(|d| d.ty == ty).unwrap();
    assert_eq!(of(TransformType::ENCR).only_b, [Transform::encr(Encr::ENCR_CHACHA20_POLY1305)]);
    assert!(of(TransformType::KE).reordered && of(TransformType::KE).only_a.is_empty());
    let shown = libreswan.to_string();
    assert!(shown.contains("encryption: only in libreswan-5-default-ike: CHACHA20_POLY1305;"), "{shown}");
    let both_offer = compared("windows10", "windows11", NegotiationContext::IkeSaInit);
    assert_eq!(both_offer.caveats().next(), Some(Caveat::NotAResponder));
}
