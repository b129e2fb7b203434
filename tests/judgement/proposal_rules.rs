//! The rules as tables: what each dialect does in each question, what hostile offers get, how refusals read.

use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{
    Change, Conflict, Dialect, NegotiationContext, OfferError, Policy, PolicyError, Preference, Proposal, Question, RefusalCause,
    RefusalResponse, ResponseError, Selection, check_response, emit_offer, negotiate,
};
use ikev2::registry::{Encr, Integ, KeMethod, NotifyType, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use ikev2::transform::Transform;

use crate::kit::policies::*;

/// Observed on pluto 4.10: `pfs=yes` with `esp=aes256-sha1;dh14` and with `;dh14+none`, `pfs=no`.
#[test]
fn libreswan_child() {
    table(
        Dialect::Libreswan4,
        NegotiationContext::CreateChildSa,
        &[
            (&[], &[], NONE, "chosen"),
            (&[], &[], G14, "chosen"),
            (&[], &[14], G14, "no proposal"),
            (&[], &[0], NONE, "no proposal"),
            (&[], &[14, 0], NONE, "no proposal"),
            (&[14], &[], NONE, "no proposal"),
            (&[14], &[14], G14, "chosen ke 14"),
            (&[14], &[14], NONE, "syntax"),
            (&[14], &[14], G31, "syntax"),
            (&[14], &[0], NONE, "no proposal"),
            (&[14], &[14, 0], G14, "chosen ke 14"),
            (&[14], &[31], G31, "no proposal"),
            (&[14], &[19, 14], G14, "chosen ke 14"),
            (&[14, 0], &[], NONE, "chosen"),
            (&[14, 0], &[], G14, "chosen"),
            (&[14, 0], &[0], NONE, "chosen ke 0"),
            (&[14, 0], &[14], G14, "chosen ke 14"),
            (&[14, 0], &[31, 0], G31, "chosen ke 0"),
            (&[0, 14], &[14, 0], NONE, "chosen ke 0"),
            (&[0, 14], &[19, 14], G14, "chosen ke 14"),
        ],
    );
}

#[test]
fn libreswan_auth_child() {
    // Whatever groups are configured, pluto proposes none here; NONE comes back as it was sent.
    table(
        Dialect::Libreswan4,
        NegotiationContext::IkeAuth,
        &[
            (&[], &[], NONE, "chosen"),
            (&[14], &[], NONE, "chosen"),
            (&[14], &[14], NONE, "no proposal"),
            (&[14], &[0], NONE, "chosen ke 0"),
            (&[], &[31, 0], NONE, "chosen ke 0"),
        ],
    );
}

#[test]
fn libreswan_ike_rekey() {
    table(
        Dialect::Libreswan4,
        NegotiationContext::RekeyIkeSa,
        &[
            (&[31], &[31], G31, "chosen ke 31"),
            (&[31], &[31], G14, "wants 31"),
            (&[31], &[31], NONE, "syntax"),
            (&[31], &[14], G14, "no proposal"),
        ],
    );
}

/// Observed on charon 5.9.8.
#[test]
fn strongswan_child_and_rekey() {
    for dialect in [Dialect::StrongSwan5, Dialect::StrongSwan6] {
        table(
            dialect,
            NegotiationContext::CreateChildSa,
            &[
                (&[], &[], NONE, "chosen"),
                (&[], &[], G14, "chosen"),
                (&[], &[14], G14, "no proposal"),
                (&[], &[14, 0], G14, "chosen"),
                (&[14], &[], NONE, "no proposal"),
                (&[14, 0], &[], NONE, "chosen"),
                (&[14], &[14], G14, "chosen ke 14"),
                (&[14], &[14], NONE, "wants 14"),
                (&[14], &[14, 19], G19, "wants 14"),
                (&[0, 14], &[14, 0], G14, "chosen"),
                (&[14, 0], &[0, 14], G14, "chosen ke 14"),
            ],
        );
        table(
            dialect,
            NegotiationContext::RekeyIkeSa,
            &[(&[31], &[31], G31, "chosen ke 31"), (&[31], &[31], G14, "wants 31"), (&[31], &[31], NONE, "wants 31")],
        );
        table(dialect, NegotiationContext::IkeSaInit, &[(&[31], &[31], NONE, "syntax"), (&[31], &[31], Some(KeMethod(65535)), "wants 31")]);
    }
}

/// Observed on iked 7.2: `childsa .. group modp2048`, `group none group modp2048`, and no group.
#[test]
fn openiked_child_and_rekey() {
    table(
        Dialect::OpenIked,
        NegotiationContext::CreateChildSa,
        &[
            (&[14], &[], NONE, "no proposal"),
            (&[14], &[14], G14, "chosen ke 14"),
            (&[14], &[14], NONE, "chosen ke 14"),
            (&[14], &[14], G31, "wants 14"),
            (&[14], &[0], NONE, "no proposal"),
            (&[14], &[15, 0], NONE, "no proposal"),
            (&[], &[], G14, "chosen"),
            (&[], &[14], NONE, "no proposal"),
            (&[], &[0], NONE, "chosen"),
            (&[], &[15, 0], G31, "chosen"),
            (&[0, 14], &[], NONE, "chosen"),
            (&[0, 14], &[14], NONE, "chosen ke 14"),
            (&[0, 14], &[14], G31, "wants 14"),
            (&[0, 14], &[14, 0], G14, "chosen"),
        ],
    );
    table(
        Dialect::OpenIked,
        NegotiationContext::IkeAuth,
        &[
            (&[14], &[], NONE, "chosen"),
            (&[14], &[14], NONE, "chosen"),
            (&[14], &[0], NONE, "no proposal"),
            (&[0, 14], &[15, 0], NONE, "chosen"),
            (&[], &[14], NONE, "no proposal"),
        ],
    );
    table(
        Dialect::OpenIked,
        NegotiationContext::RekeyIkeSa,
        &[(&[31], &[31], G31, "chosen ke 31"), (&[31], &[31], G14, "wants 31"), (&[31], &[31], NONE, "wants 31")],
    );
    // In CREATE_CHILD_SA the last proposal has to be of the protocol chosen, and of types iked knows.
    let last = |context, protocol: u8, ty: u8| {
        let (good, ke) = if context == NegotiationContext::CreateChildSa { (esp(&[]), None) } else { (ike(&[31]), G31) };
        let other = Proposal::new(SecurityProtocol(protocol), [Transform::new(TransformType(ty), 3)]);
        let offer = emit_offer(&[good.clone(), other], &spi(context)).unwrap();
        short(negotiate(&offer, Question::new(context, ke), &policy(Dialect::OpenIked, vec![good])))
    };
    assert_eq!(last(NegotiationContext::CreateChildSa, 3, 1), "chosen");
    assert_eq!(last(NegotiationContext::CreateChildSa, 2, 1), "no proposal");
    assert_eq!(last(NegotiationContext::CreateChildSa, 3, 6), "dropped");
    assert_eq!(last(NegotiationContext::RekeyIkeSa, 1, 1), "chosen ke 31");
    assert_eq!(last(NegotiationContext::RekeyIkeSa, 0, 1), "no proposal");
    assert_eq!(last(NegotiationContext::RekeyIkeSa, 1, 99), "dropped");
    // Another size of SPI is no matter, no SPI at all is.
    let rekey = policy(Dialect::OpenIked, vec![ike(&[31])]);
    let ask =
        |spi: &[u8]| short(negotiate(&emit_offer(&[ike(&[31])], spi).unwrap(), Question::new(NegotiationContext::RekeyIkeSa, G31), &rekey));
    assert_eq!(ask(&[1, 2, 3, 4]), "chosen ke 31");
    assert_eq!(ask(&[]), "no proposal");
}

/// RFC 7296 sections 1.2, 1.3 and 3.3.2: key exchange in the four questions.
#[test]
fn rfc_key_exchange() {
    table(
        Dialect::Rfc,
        NegotiationContext::IkeAuth,
        &[(&[14], &[], NONE, "chosen"), (&[], &[14], NONE, "chosen"), (&[14], &[19], NONE, "chosen")],
    );
    table(
        Dialect::Rfc,
        NegotiationContext::CreateChildSa,
        &[
            (&[], &[], NONE, "chosen"),
            (&[], &[], G14, "chosen"),
            (&[], &[14], G14, "no proposal"),
            (&[], &[14, 0], G14, "chosen ke 0"),
            (&[14], &[], NONE, "no proposal"),
            (&[14, 0], &[], NONE, "chosen"),
            (&[14], &[14], G14, "chosen ke 14"),
            (&[14], &[14], NONE, "wants 14"),
            (&[14, 19], &[19, 14], G19, "wants 14"),
        ],
    );
    for context in [NegotiationContext::IkeSaInit, NegotiationContext::RekeyIkeSa] {
        table(
            Dialect::Rfc,
            context,
            &[
                (&[31], &[31], G31, "chosen ke 31"),
                (&[31], &[31], G14, "wants 31"),
                (&[31, 14], &[14, 31], G14, "wants 31"),
                (&[31], &[14], G14, "no proposal"),
                (&[0], &[0], NONE, "no proposal"),
                (&[31, 0], &[0], NONE, "no proposal"),
                (&[31], &[], NONE, "no proposal"),
            ],
        );
    }
}

/// RFC 9370: every additional key exchange another method; the preference of KE first, then of ADDKE1, and so on.
#[test]
fn rfc_backtracks() {
    let with = |ke: &[u16], addke: &[(u8, &[u16])]| {
        let mut p = ike(ke);
        for (ty, methods) in addke {
            p.transforms.extend(methods.iter().map(|m| Transform::addke(TransformType(*ty), KeMethod(*m))));
        }
        p
    };
    let ask = |dialect, local: Proposal, offered: Proposal| {
        let offer = emit_offer(&[offered], &[]).unwrap();
        let ke = local.of_type(TransformType::KE).next().map(|t| KeMethod(t.id.0));
        negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, ke), &policy(dialect, vec![local]))
            .map(|s| s.transforms().iter().filter(|t| t.ty.is_key_exchange()).map(|t| t.id.0).collect::<Vec<_>>())
    };
    // The greedy choice of 36 for ADDKE1 leaves ADDKE2 nothing.
    let both = || with(&[31], &[(6, &[36, 37]), (7, &[36])]);
    assert_eq!(ask(Dialect::Rfc, both(), both()).unwrap(), [31, 37, 36]);
    assert!(ask(Dialect::StrongSwan6, both(), both()).is_err());
    assert!(ask(Dialect::Libreswan5, both(), both()).is_err());
    // Where greed does no harm all agree.
    let easy = || with(&[31], &[(6, &[36]), (7, &[37, 36])]);
    assert_eq!(ask(Dialect::Rfc, easy(), easy()).unwrap(), [31, 36, 37]);
    assert_eq!(ask(Dialect::StrongSwan6, easy(), easy()).unwrap(), [31, 36, 37]);
    assert_eq!(ask(Dialect::Libreswan5, easy(), easy()).unwrap(), [31, 36, 37]);
    // NONE makes one optional, and may be chosen any number of times.
    let none = || with(&[31], &[(6, &[31, 0]), (7, &[0])]);
    assert_eq!(ask(Dialect::Rfc, none(), none()).unwrap(), [31, 0, 0]);
    assert_eq!(ask(Dialect::StrongSwan6, none(), none()).unwrap(), [31]);
    // No assignment at all.
    let never = || with(&[31], &[(6, &[36, 37]), (7, &[36, 37]), (8, &[36, 37])]);
    let refusal = ask(Dialect::Rfc, never(), never()).unwrap_err();
    assert!(refusal.to_string().contains("one key exchange method would have to be used twice"), "{refusal}");
    // A stack that does not know the types refuses them, even NONE.
    for dialect in [Dialect::StrongSwan5, Dialect::Libreswan4, Dialect::OpenIked] {
        assert!(ask(dialect, ike(&[31]), with(&[31], &[(6, &[0])])).is_err(), "{dialect:?}");
    }
    assert_eq!(ask(Dialect::StrongSwan6, ike(&[31]), with(&[31], &[(6, &[0])])).unwrap(), [31]);
    assert_eq!(ask(Dialect::Libreswan5, ike(&[31]), with(&[31], &[(6, &[0])])).unwrap(), [31, 0]);
    assert_eq!(ask(Dialect::Rfc, ike(&[31]), with(&[31], &[(6, &[0])])).unwrap(), [31, 0]);
}

/// RFC 5282 section 8, RFC 7296 section 3.3: ciphers with integrity of their own.
#[test]
fn rfc_aead() {
    let gcm = Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256);
    let cbc = Transform::encr_bits(Encr::ENCR_AES_CBC, 256);
    let (none, sha) = (Transform::integ(Integ::NONE), Transform::integ(Integ::AUTH_HMAC_SHA2_256_128));
    let suite = |first: &[Transform]| {
        let rest = [Transform::prf(Prf::PRF_HMAC_SHA2_256), Transform::ke(KeMethod::CURVE25519)];
        Proposal::new(IKE, [first, &rest].concat())
    };
    let ask = |local: &[Transform], offered: &[Transform]| {
        let offer = emit_offer(&[suite(offered)], &[]).unwrap();
        negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, G31), &policy(Dialect::Rfc, vec![suite(local)]))
            .map(|s| s.transforms().len())
    };
    for (local, offered, expected) in [
        (vec![gcm], vec![gcm], Some(3)),
        (vec![gcm], vec![gcm, none], Some(4)),
        (vec![gcm, none], vec![gcm], Some(3)),
        (vec![gcm], vec![gcm, sha], None),
        (vec![gcm], vec![gcm, none, sha], Some(4)),
        (vec![gcm, sha], vec![gcm, sha], None),
        (vec![cbc, sha], vec![cbc, sha], Some(4)),
        (vec![cbc, sha], vec![cbc], None),
        (vec![cbc, sha], vec![cbc, none], None),
        (vec![cbc, none], vec![cbc, none], None),
        (vec![cbc, sha], vec![cbc, gcm, sha], None),
        (vec![gcm], vec![cbc, gcm], None),
    ] {
        assert_eq!(ask(&local, &offered).ok(), expected, "local {local:?} offered {offered:?}");
    }
}

/// Windows as it comes against a policy that asks for more, error 800 to its user; and with its custom suite in effect.
#[test]
fn windows_800() {
    use ikev2::proposal::profiles;
    let windows = profiles::find("windows10").unwrap();
    let custom = profiles::find("windows-client-custom-ike-example").unwrap();
    let server = policy(Dialect::Rfc, custom.to_proposals());
    let automatic = emit_offer(&windows.to_proposals(), &[]).unwrap();
    let refusal =
        negotiate(&automatic, Question::new(NegotiationContext::IkeSaInit, windows.first_ke(NegotiationContext::IkeSaInit)), &server)
            .unwrap_err();
    assert_eq!(refusal.notify().unwrap().ty, NotifyType::NO_PROPOSAL_CHOSEN);
    let divides = refusal.common_differences();
    assert_eq!(divides.len(), 1);
    assert_eq!(divides[0].offered, [Transform::ke(KeMethod::MODP_1024)]);
    assert_eq!(divides[0].allowed, [Transform::ke(KeMethod::ECP_256)]);
    let nearest = refusal.nearest().unwrap();
    assert_eq!((nearest.number(), nearest.distance()), (6, 1));
    let text = refusal.to_string();
    for part in [
        "the peer's 18 proposals all use MODP_1024 (group 2), and this policy needs ECP_256 (group 19)",
        "Nearest: proposal 6",
        "the peer changes its proposal 6 to offer ECP_256 (group 19)",
        "not advised: MODP_1024 (group 2) is weak (RFC 8247: SHOULD NOT)",
    ] {
        assert!(text.contains(part), "{part:?} is not in {text:?}");
    }
    // NativeProtocolType=IKEv2: one proposal, the custom one.
    let native = emit_offer(&custom.to_proposals(), &[]).unwrap();
    assert_eq!(
        negotiate(&native, Question::new(NegotiationContext::IkeSaInit, custom.first_ke(NegotiationContext::IkeSaInit)), &server)
            .unwrap()
            .number(),
        1
    );
}

#[test]
fn a_key_length_is_part_of_the_name() {
    let mut wrong = ike(&[31]);
    for dialect in Dialect::ALL {
        for key_bits in [None, Some(0), Some(128), Some(192), Some(257)] {
            wrong.transforms[0].key_bits = key_bits;
            let offer = emit_offer(&[wrong.clone()], &[]).unwrap();
            let outcome = short(negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, G31), &policy(dialect, vec![ike(&[31])])));
            assert_eq!(outcome, "no proposal", "{dialect:?} {key_bits:?}");
        }
        let mut none = ike(&[31]);
        none.transforms[1].key_bits = Some(256);
        let offer = emit_offer(&[none], &[]).unwrap();
        assert_eq!(
            short(negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, G31), &policy(dialect, vec![ike(&[31])]))),
            "no proposal",
            "{dialect:?}"
        );
    }
}

#[test]
fn answers() {
    let offered = policy(Dialect::Rfc, strongswan::parse_ike("aes256-sha256-modp2048-ecp256,aes128gcm16-prfsha256-curve25519").unwrap());
    let check = |number: u8, text: &str, change: &dyn Fn(&mut Vec<Transform>)| {
        let mut p = strongswan::parse_ike(text).unwrap().remove(0);
        change(&mut p.transforms);
        let mut answer = emit_offer(&[p], &[]).unwrap();
        answer[4] = number;
        check_response(&answer, NegotiationContext::IkeSaInit, &offered)
    };
    let keep = |_: &mut Vec<Transform>| {};
    assert_eq!(check(1, "aes256-sha256-ecp256", &keep).unwrap().ke_method(), Some(KeMethod::ECP_256));
    assert_eq!(check(2, "aes128gcm16-prfsha256-curve25519", &keep).unwrap().number(), 2);
    assert_eq!(check(3, "aes256-sha256-ecp256", &keep).unwrap_err(), ResponseError::UnknownNumber(3));
    assert_eq!(check(0, "aes256-sha256-ecp256", &keep).unwrap_err(), ResponseError::UnknownNumber(0));
    let ecp = |number, text| check(number, text, &keep).unwrap_err();
    assert_eq!(ecp(1, "aes128-sha256-ecp256"), ResponseError::NotOffered { ty: TransformType::ENCR, id: 12 });
    assert_eq!(ecp(1, "aes256-sha256-modp2048-ecp256"), ResponseError::DuplicateType(TransformType::KE));
    assert_eq!(
        check(1, "aes256-sha256-ecp256", &|t| t.retain(|t| t.ty != TransformType::PRF)).unwrap_err(),
        ResponseError::TypeMissing(TransformType::PRF)
    );
    // NONE beside an AEAD cipher is what libreswan echoes.
    assert!(check(2, "aes128gcm16-prfsha256-curve25519", &|t| t.push(Transform::integ(Integ::NONE))).is_ok());
    let two = emit_offer(&strongswan::parse_ike("aes256-sha256-ecp256,aes256-sha256-ecp256").unwrap(), &[]).unwrap();
    assert_eq!(check_response(&two, NegotiationContext::IkeSaInit, &offered).unwrap_err(), ResponseError::SeveralProposals);
    assert!(matches!(check_response(&two[..20], NegotiationContext::IkeSaInit, &offered).unwrap_err(), ResponseError::Syntax(_)));
    assert!(matches!(check_response(&[], NegotiationContext::IkeSaInit, &offered).unwrap_err(), ResponseError::Syntax(_)));
}

#[test]
fn refusals_say_what_to_send() {
    let offer = emit_offer(&[ike(&[14])], &[]).unwrap();
    let wants = negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, G31), &policy(Dialect::Rfc, vec![ike(&[14])])).unwrap_err();
    let notify = wants.notify().unwrap();
    assert_eq!((notify.ty, notify.data), (NotifyType::INVALID_KE_PAYLOAD, &[0, 14][..]));
    assert_eq!(wants.fitting().unwrap().number(), 1);
    assert!(wants.to_string().contains("no setting has to change"), "{wants}");
    let broken =
        negotiate(&offer[..30], Question::new(NegotiationContext::IkeSaInit, G14), &policy(Dialect::Rfc, vec![ike(&[14])])).unwrap_err();
    assert_eq!(broken.notify().unwrap().ty, NotifyType::INVALID_SYNTAX);
    assert!(matches!(broken.response(), RefusalResponse::InvalidSyntax(RefusalCause::Sa(error)) if error.offset == 0), "{broken:?}");
    let dropped = negotiate(&offer[..30], Question::new(NegotiationContext::IkeSaInit, G14), &policy(Dialect::OpenIked, vec![ike(&[14])]))
        .unwrap_err();
    assert!(dropped.notify().is_none());
    assert!(dropped.to_string().contains("dropped without an answer"), "{dropped}");
    // When the proposals agree, the explanation of a refusal has to be looked for elsewhere, and says where.
    let fits =
        negotiate(&offer, Question::new(NegotiationContext::IkeSaInit, G14), &policy(Dialect::StrongSwan5, vec![ike(&[14])])).unwrap();
    let explanation = fits.explanation().to_string();
    assert!(explanation.contains("the cause lies outside the SA payload"), "{explanation}");
    assert!(fits.to_string().starts_with("proposal 1, IKE: ") && !fits.to_string().contains("refused"), "{fits}");
}

/// iked, asked for a further child SA, takes the group of the KE payload if both list it, and scores by it. Seen on a running 7.2.
#[test]
fn openiked_heeds_the_ke_payload_in_create_child_sa() {
    let cipher = |bits| Transform::encr_bits(Encr::ENCR_AES_CBC, bits);
    let child = |bits: &[u16], groups: &[u16]| {
        let mut p = esp(groups);
        p.transforms.retain(|t| t.ty != TransformType::ENCR);
        p.transforms.splice(0..0, bits.iter().map(|bits| cipher(*bits)));
        p
    };
    type Row<'r> = (&'r [(&'r [u16], &'r [u16])], &'r [(&'r [u16], &'r [u16])], Option<u16>, &'r str);
    let rows: [Row<'_>; 17] = [
        (&[(&[192], &[21, 28])], &[(&[192], &[21, 28, 19])], Some(28), "1: chosen ke 28"),
        (&[(&[192], &[21, 28])], &[(&[192], &[28, 19, 21])], Some(21), "1: chosen ke 21"),
        (&[(&[192], &[21, 28])], &[(&[192], &[28, 19, 21])], Some(19), "wants 21"),
        (&[(&[192], &[21, 28])], &[(&[192], &[28, 19, 21])], None, "1: chosen ke 21"),
        // Another proposal that holds the group is not looked for.
        (&[(&[192], &[21, 28])], &[(&[192], &[21]), (&[192], &[28])], Some(28), "wants 21"),
        (&[(&[192], &[21]), (&[256], &[28])], &[(&[192], &[21]), (&[256], &[28])], Some(28), "wants 21"),
        (&[(&[192], &[21]), (&[192], &[28])], &[(&[192], &[21, 28])], Some(28), "wants 21"),
        // The score is that of the group taken.
        (&[(&[192, 128], &[21, 28])], &[(&[128], &[21, 28]), (&[192], &[28])], Some(28), "2: chosen ke 28"),
        (&[(&[192, 128], &[21, 28])], &[(&[128], &[21, 28]), (&[192], &[28])], Some(21), "wants 28"),
        (&[(&[192, 128], &[21, 28, 19, 20])], &[(&[192], &[20]), (&[128], &[21, 20])], Some(20), "1: chosen ke 20"),
        (&[(&[192, 128], &[21, 28, 19, 20])], &[(&[192], &[20]), (&[128], &[21, 20])], Some(21), "2: chosen ke 21"),
        (&[(&[192, 128], &[21, 28, 19, 20])], &[(&[192], &[20]), (&[128], &[21, 20])], Some(31), "wants 21"),
        (&[(&[192], &[21, 28]), (&[192], &[])], &[(&[192], &[]), (&[192], &[28])], Some(21), "wants 28"),
        (&[(&[192], &[21, 28]), (&[192], &[])], &[(&[192], &[]), (&[192], &[28])], Some(28), "2: chosen ke 28"),
        // Where the policy could do without, its order decides.
        (&[(&[192], &[0, 14, 19])], &[(&[192], &[14, 19])], Some(19), "wants 14"),
        (&[(&[256], &[14, 19]), (&[192], &[0, 14, 19])], &[(&[192], &[14, 19])], Some(19), "wants 14"),
        (&[(&[192], &[0, 14, 19]), (&[256], &[14, 19])], &[(&[256], &[14, 19])], Some(19), "1: chosen ke 19"),
    ];
    for (locals, offered, ke, expected) in rows {
        let make = |list: &[(&[u16], &[u16])]| list.iter().map(|(bits, groups)| child(bits, groups)).collect::<Vec<_>>();
        let offer = emit_offer(&make(offered), &spi(NegotiationContext::CreateChildSa)).unwrap();
        let outcome =
            negotiate(&offer, Question::new(NegotiationContext::CreateChildSa, ke.map(KeMethod)), &policy(Dialect::OpenIked, make(locals)));
        let number = outcome.as_ref().map_or(String::new(), |selection| format!("{}: ", selection.number()));
        assert_eq!(number + &short(outcome), expected, "local {locals:?}, offered {offered:?}, KE {ke:?}");
    }
}

/// AES-GCM for ESP with these methods for KE and for ADDKE1; a list that is `None` leaves the type out.
fn child_suite(ke: Option<&[u16]>, addke1: Option<&[u16]>) -> Proposal {
    let mut transforms = vec![Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256)];
    for (ty, methods) in [(TransformType::KE, ke), (TransformType::ADDKE1, addke1)] {
        transforms.extend(methods.unwrap_or_default().iter().map(|method| Transform::new(ty, *method)));
    }
    transforms.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32));
    Proposal::new(ESP, transforms)
}

/// The key exchange methods of a choice.
fn methods(selection: &Selection) -> Vec<u16> {
    selection.transforms().iter().filter(|t| t.ty.is_key_exchange()).map(|t| t.id.0).collect()
}

/// The policies of this crate hold no additional key exchange without a first one; those of daemons do, and none is offered.
#[test]
fn no_policy_of_ours_adds_to_no_key_exchange() {
    type Lists = (Option<&'static [u16]>, Option<&'static [u16]>);
    let refused: [Lists; 4] = [(None, Some(&[36])), (Some(&[0]), Some(&[36])), (Some(&[0]), Some(&[0, 36])), (None, Some(&[36, 0]))];
    let good = child_suite(Some(&[31]), Some(&[36]));
    let spi = spi(NegotiationContext::CreateChildSa);
    for (ke, addke1) in refused {
        let wrong = child_suite(ke, addke1);
        assert!(wrong.has_additional_without_ke(), "{wrong}");
        let error = PolicyError::AdditionalWithoutKe { index: 1 };
        assert_eq!(Policy::new(Dialect::Rfc, [good.clone(), wrong.clone()]).unwrap_err(), error);
        for dialect in Dialect::ALL.into_iter().filter(|dialect| *dialect != Dialect::Rfc) {
            let daemon = policy(dialect, vec![good.clone(), wrong.clone()]);
            assert_eq!(daemon.offer(&spi).unwrap_err(), OfferError::Policy(error), "{dialect:?} {wrong}");
        }
    }
    let mut wrong = ike(&[]);
    wrong.transforms.push(Transform::addke(TransformType::ADDKE7, KeMethod::ML_KEM_768));
    let error = Policy::new(Dialect::Rfc, [wrong]).unwrap_err();
    assert_eq!(error.to_string(), "proposal 0 of the policy names additional key exchanges and no first one");
    let held: [Lists; 5] = [(None, None), (None, Some(&[0])), (Some(&[0]), Some(&[0])), (Some(&[0, 31]), Some(&[36])), (Some(&[31]), None)];
    for (ke, addke1) in held {
        let right = child_suite(ke, addke1);
        assert!(!right.has_additional_without_ke(), "{right}");
        let ours = policy(Dialect::Rfc, vec![right.clone()]);
        assert_eq!(ours.offer(&spi).unwrap(), emit_offer(&[right], &spi).unwrap());
    }
    assert!(matches!(policy(Dialect::Rfc, vec![]).offer(&spi), Err(OfferError::Build(_))));
}

/// An offer of additional key exchanges alone is refused by our rules, and goes on being taken where the daemons take it.
#[test]
fn nothing_is_added_to_no_key_exchange() {
    type Row = (&'static [u16], &'static [u16], Option<&'static [u16]>, Option<&'static [u16]>, Option<&'static [u16]>);
    // KE and ADDKE1 of the policy, KE and ADDKE1 offered, and what is chosen.
    let rows: [Row; 12] = [
        (&[31, 0], &[36, 0], Some(&[31]), Some(&[36]), Some(&[31, 36])),
        (&[31, 0], &[36, 0], None, Some(&[36]), None),
        (&[31, 0], &[36, 0], Some(&[0]), Some(&[36]), None),
        (&[31, 0], &[36, 0], Some(&[0, 31]), Some(&[36]), Some(&[31, 36])),
        (&[31, 0], &[36, 0], None, Some(&[36, 0]), Some(&[0])),
        (&[31, 0], &[36, 0], None, None, Some(&[])),
        // Who prefers to do without the first does without the second, if that may be left out.
        (&[0, 31], &[36, 0], Some(&[0, 31]), Some(&[36, 0]), Some(&[0, 0])),
        (&[0, 31], &[36, 0], Some(&[0, 31]), Some(&[36]), Some(&[31, 36])),
        (&[0, 31], &[36], Some(&[31, 0]), Some(&[36, 0]), Some(&[31, 36])),
        (&[0, 31], &[36], Some(&[0]), Some(&[36, 0]), None),
        // The only method for both: it cannot be used twice, nor for the second alone.
        (&[31, 0], &[31], Some(&[31, 0]), Some(&[31]), None),
        (&[31, 0], &[31, 36], Some(&[31, 0]), Some(&[31, 36]), Some(&[31, 36])),
    ];
    for prefer in [Preference::Configured, Preference::Supplied] {
        for (ke, addke1, offered_ke, offered_addke1, expected) in rows {
            let ours = policy(Dialect::Rfc, vec![child_suite(Some(ke), Some(addke1))]).with_preference(prefer);
            let offer = emit_offer(&[child_suite(offered_ke, offered_addke1)], &spi(NegotiationContext::CreateChildSa)).unwrap();
            let first = expected.and_then(|list| list.first()).filter(|_| offered_ke.is_some()).map(|method| KeMethod(*method));
            let outcome = negotiate(
                &offer,
                Question::new(NegotiationContext::CreateChildSa, first.filter(|method| *method != KeMethod::NONE)),
                &ours,
            );
            // The order of the one who offers gives other choices where both sides list several.
            if prefer == Preference::Configured || expected.is_none() {
                let chosen = outcome.as_ref().ok().map(methods);
                assert_eq!(chosen.as_deref(), expected, "{ke:?} {addke1:?}, offered {offered_ke:?} {offered_addke1:?}: {outcome:?}");
            }
            if let Ok(selection) = outcome {
                let chosen = methods(&selection);
                assert!(chosen.iter().skip(1).all(|method| *method == 0) || chosen[0] != 0, "{chosen:?}");
            }
        }
    }
    let alone = child_suite(None, Some(&[36]));
    let offer = emit_offer(std::slice::from_ref(&alone), &spi(NegotiationContext::CreateChildSa)).unwrap();
    let ours = policy(Dialect::Rfc, vec![child_suite(Some(&[31, 0]), Some(&[36, 0]))]);
    let refusal = negotiate(&offer, Question::new(NegotiationContext::CreateChildSa, NONE), &ours).unwrap_err();
    assert_eq!(refusal.nearest().and_then(|pair| pair.conflict()), Some(Conflict::AdditionalWithoutKe));
    assert!(refusal.to_string().contains("an additional key exchange would be done without a first one"), "{refusal}");
    let remedy = refusal.peer_remedy().unwrap();
    assert_eq!(remedy.changes, [Change::Add(Transform::ke(KeMethod::CURVE25519))]);
    assert_eq!(refusal.local_remedy(), None);
    // What strongSwan 6 and libreswan 5 do with it is what they did before.
    for dialect in [Dialect::StrongSwan6, Dialect::Libreswan5] {
        let selection =
            negotiate(&offer, Question::new(NegotiationContext::CreateChildSa, NONE), &policy(dialect, vec![alone.clone()])).unwrap();
        assert_eq!(methods(&selection), [36], "{dialect:?}");
    }
}

/// The initiator checks the same of an answer, whoever's policy it offered.
#[test]
fn an_answer_that_adds_to_no_key_exchange_is_none() {
    for dialect in [Dialect::Rfc, Dialect::StrongSwan6] {
        let offered = policy(dialect, vec![child_suite(Some(&[31, 0]), Some(&[36, 0]))]);
        let check = |context, ke, addke1| {
            let answer = emit_offer(&[child_suite(ke, addke1)], &spi(context)).unwrap();
            check_response(&answer, context, &offered).map(|selection| methods(&selection))
        };
        let wrong = Err(ResponseError::AdditionalWithoutKe(TransformType::ADDKE1));
        for context in [NegotiationContext::CreateChildSa, NegotiationContext::IkeAuth] {
            assert_eq!(check(context, Some(&[31]), Some(&[36])), Ok(vec![31, 36]));
            assert_eq!(check(context, Some(&[31]), Some(&[0])), Ok(vec![31, 0]));
            assert_eq!(check(context, Some(&[0]), Some(&[0])), Ok(vec![0, 0]));
            assert_eq!(check(context, None, None), Ok(vec![]));
            assert_eq!(check(context, None, Some(&[36])), wrong);
            assert_eq!(check(context, Some(&[0]), Some(&[36])), wrong);
        }
    }
}

/// RFC 9370 section 2.2.1: the types say in which order the key exchanges are run, wherever in an answer their transforms stand.
#[test]
fn key_exchanges_are_run_in_the_order_of_their_types() {
    let methods = [KeMethod::CURVE25519, KeMethod::ML_KEM_768, KeMethod::MODP_2048, KeMethod::ECP_384];
    let types = [TransformType::KE, TransformType::ADDKE1, TransformType::ADDKE2, TransformType::ADDKE7];
    let mut transforms = vec![Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256), Transform::sn(SequenceNumbers(0))];
    transforms.extend(types.into_iter().zip(methods).map(|(ty, method)| Transform::new(ty, method.0)));
    let policy = Policy::new(Dialect::Rfc, [Proposal::new(SecurityProtocol::ESP, transforms.clone())]).unwrap();
    for turn in 0..transforms.len() {
        transforms.rotate_left(1);
        if turn % 2 == 0 {
            transforms.reverse();
        }
        let answer = emit_offer(&[Proposal::new(SecurityProtocol::ESP, transforms.clone())], &[9; 4]).unwrap();
        for selection in [
            check_response(&answer, NegotiationContext::CreateChildSa, &policy).unwrap(),
            negotiate(&answer, Question::new(NegotiationContext::CreateChildSa, Some(methods[0])), &policy).unwrap(),
        ] {
            assert_eq!(selection.key_exchanges().unwrap().methods(), methods, "{transforms:?}");
        }
    }
}
