//! What the tests of readers and writers share: settings as short texts, random settings, hostile texts.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use super::settings::{Pfs, Settings, Span, Stated};
use super::strongswan::{self, prf_of};
use super::{Hint, Notation, detect, read, write};
use crate::proposal::Proposal;
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Reads a text that has to be recognised as one in that notation, and checks that every span is in it.
pub(super) fn settings(text: &str, notation: Notation) -> Settings {
    assert_eq!(detect(text).map(|found| found.notation), Some(notation), "{text}");
    let read = read(text, Hint::default()).unwrap_or_else(|error| panic!("{}", error.on(text)));
    let spans = read.ike.iter().chain(&read.esp).map(|proposal| proposal.span).chain(read.remarks.iter().map(|remark| remark.span));
    for span in spans.flatten() {
        assert!(text.get(span.at..span.at + span.len).is_some_and(|part| !part.is_empty()), "{span:?} of {text}");
    }
    for remark in &read.remarks {
        assert!(remark.text.ends_with('.') && remark.text.len() > 8, "{}", remark.text);
    }
    read
}

/// The error of a text in a notation: the token, and the message.
pub(super) fn fault(text: &str, notation: Notation) -> (&str, String) {
    let hint = Hint { notation: Some(notation), ..Hint::default() };
    let error = read(text, hint).expect_err(text).error;
    (&text[error.at..error.at + error.len], error.kind.to_string())
}

/// Proposals as strongSwan writes them, without the PRFs that go with the integrity algorithms.
pub(super) fn short(proposals: &[Stated<Proposal>]) -> Vec<String> {
    let one = |proposal: &Proposal| {
        let text = strongswan::emit(proposal).unwrap_or_else(|error| error.to_string());
        let derived = proposal.of_type(TransformType::INTEG).filter_map(|t| prf_of(Integ(t.id.0))).map(Transform::prf);
        if proposal.of_type(TransformType::PRF).eq(derived) {
            return text.split('-').filter(|part| !part.starts_with("prf")).collect::<Vec<_>>().join("-");
        }
        text
    };
    proposals.iter().map(|stated| one(&stated.value)).collect()
}

/// What the text says where a proposal stands.
pub(super) fn part(text: &str, span: Option<Span>) -> &str {
    span.map_or("", |span| &text[span.at..span.at + span.len])
}

/// Whether a remark has the words.
pub(super) fn told(settings: &Settings, words: &str) -> bool {
    settings.remarks.iter().any(|remark| remark.text.contains(words))
}

pub(super) fn groups(settings: &Settings) -> Option<Vec<u16>> {
    match settings.pfs.as_ref().map(|pfs| &pfs.value)? {
        Pfs::None => Some(Vec::new()),
        Pfs::Groups(groups) => Some(groups.iter().map(|group| group.0).collect()),
        Pfs::IkeGroup => None,
    }
}

/// A generator of numbers (xorshift, 64 bits), the same in every run.
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(limit).unwrap()).unwrap()
    }

    pub(super) fn of<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// One to `most` different ones, in any order.
    fn some<T: Copy + PartialEq>(&mut self, list: &[T], most: usize) -> Vec<T> {
        let count = 1 + self.below(most);
        let mut all = Vec::new();
        for _ in 0..count {
            let one = self.of(list);
            if !all.contains(&one) {
                all.push(one);
            }
        }
        all
    }
}

const PLAIN: [Transform; 6] = [
    Transform::encr_bits(Encr::ENCR_AES_CBC, 128),
    Transform::encr_bits(Encr::ENCR_AES_CBC, 192),
    Transform::encr_bits(Encr::ENCR_AES_CBC, 256),
    Transform::encr(Encr::ENCR_3DES),
    Transform::encr(Encr::ENCR_DES),
    Transform::encr_bits(Encr::ENCR_CAMELLIA_CBC, 256),
];
const AEAD: [Transform; 4] = [
    Transform::encr_bits(Encr::ENCR_AES_GCM_16, 128),
    Transform::encr_bits(Encr::ENCR_AES_GCM_16, 256),
    Transform::encr(Encr::ENCR_CHACHA20_POLY1305),
    Transform::encr_bits(Encr::ENCR_AES_CCM_8, 256),
];
const INTEG: [Integ; 6] = [
    Integ::AUTH_HMAC_MD5_96,
    Integ::AUTH_HMAC_SHA1_96,
    Integ::AUTH_HMAC_SHA2_256_128,
    Integ::AUTH_HMAC_SHA2_384_192,
    Integ::AUTH_HMAC_SHA2_512_256,
    Integ::AUTH_AES_XCBC_96,
];
const PRF: [Prf; 4] = [Prf::PRF_HMAC_SHA1, Prf::PRF_HMAC_SHA2_256, Prf::PRF_HMAC_SHA2_384, Prf::PRF_HMAC_SHA2_512];
const GROUP: [KeMethod; 7] = [
    KeMethod::MODP_1024,
    KeMethod::MODP_2048,
    KeMethod::MODP_4096,
    KeMethod::ECP_256,
    KeMethod::ECP_384,
    KeMethod::CURVE25519,
    KeMethod::MODP_2048_256,
];

fn random_proposal(random: &mut Random, protocol: SecurityProtocol, ke: &[KeMethod]) -> Proposal {
    let ike = protocol == SecurityProtocol::IKE;
    let mut transforms: Vec<Transform>;
    if random.below(2) == 0 {
        transforms = random.some(&AEAD, 2);
        if ike {
            transforms.extend(random.some(&PRF, 2).into_iter().map(Transform::prf));
        }
    } else {
        transforms = random.some(&PLAIN, 2);
        let integ = random.some(&INTEG, 2);
        transforms.extend(integ.iter().map(|integ| Transform::integ(*integ)));
        if ike && random.below(3) > 0 {
            transforms.extend(integ.iter().filter_map(|integ| prf_of(*integ)).map(Transform::prf));
        } else if ike {
            transforms.extend(random.some(&PRF, 2).into_iter().map(Transform::prf));
        }
    }
    transforms.extend(ke.iter().map(|group| Transform::ke(*group)));
    if !ike {
        transforms.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32));
        if random.below(6) == 0 {
            transforms.push(Transform::sn(SequenceNumbers::PARTIALLY_TRANSMITTED_64));
        }
    }
    super::proposal(protocol, transforms)
}

pub(super) fn random_settings(random: &mut Random) -> Settings {
    let mut settings = Settings::new(Notation::StrongSwan);
    let common = random.some(&GROUP, 3);
    for _ in 0..random.below(4) {
        let own = if random.below(4) == 0 { random.some(&GROUP, 3) } else { common.clone() };
        settings.ike.push(Stated::assumed(random_proposal(random, SecurityProtocol::IKE, &own)));
    }
    for _ in 0..random.below(4) {
        settings.esp.push(Stated::assumed(random_proposal(random, SecurityProtocol::ESP, &[])));
    }
    if !settings.esp.is_empty() {
        match random.below(5) {
            0 => settings.set_pfs(Stated::assumed(Pfs::None)),
            1 => settings.set_pfs(Stated::assumed(Pfs::IkeGroup)),
            2 => settings.set_pfs(Stated::assumed(Pfs::Groups(random.some(&GROUP, 3)))),
            3 => settings.set_pfs(Stated::assumed(Pfs::Groups(random.some(&GROUP, 1)))),
            _ => {}
        }
    }
    let maybe = |random: &mut Random, value: u64| (random.below(3) == 0).then_some(Stated::assumed(value));
    settings.ike_lifetime = maybe(random, 28_800);
    settings.esp_lifetime = maybe(random, 3_600);
    let octets = random.of(&[4_608_000 * 1024, 1_000_000, 1024]);
    settings.esp_octets = maybe(random, octets);
    settings.fragmentation = (random.below(3) == 0).then_some(Stated::assumed(true));
    let identity = random.of(&["vpn.example.com", "192.0.2.1", "2001:db8::1", "user@example.com", "a b", "CN=x, O=\"y\""]);
    settings.remote_identity = (random.below(3) == 0).then(|| Stated::assumed(identity.to_string()));
    settings
}

/// Writes random settings and reads them back: they mean the same unless a remark says what is lost.
pub(super) fn there_and_back(notation: Notation) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut exact, mut with_remarks) = (0, 0);
    for _ in 0..3000 {
        let settings = random_settings(&mut random);
        let Ok(written) = write(&settings, notation) else { continue };
        let back = read(&written.text, Hint { notation: Some(notation), ..Hint::default() });
        let back = back.unwrap_or_else(|error| panic!("{}\n{settings:?}", error.on(&written.text)));
        assert_eq!(detect(&written.text).map(|found| found.notation), Some(notation), "{}", written.text);
        if written.remarks.is_empty() {
            assert!(back.means_the_same(&settings), "{}\n{settings:?}\n{back:?}", written.text);
            exact += 1;
        } else {
            with_remarks += 1;
        }
        // What was read back can be written with nothing lost.
        let again = write(&back, notation).unwrap_or_else(|error| panic!("{error}\n{}", written.text));
        assert_eq!(again.remarks, Vec::<String>::new(), "{}", written.text);
        let twice = read(&again.text, Hint { notation: Some(notation), ..Hint::default() }).unwrap();
        assert!(twice.means_the_same(&back), "{}\n{}", written.text, again.text);
    }
    assert!(exact > 100 && with_remarks > 100, "{exact} {with_remarks}");
}

/// Cuts, changed octets and repeated pieces of a text: whatever comes out, no panic.
pub(super) fn hostile(texts: &[&str], notation: Notation) {
    let hint = Hint { notation: Some(notation), ..Hint::default() };
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    for text in texts {
        for (cut, _) in text.char_indices().step_by(1 + text.len() / 200) {
            let _ = read(&text[..cut], hint);
            let _ = read(&text[cut..], hint);
        }
        let signs = ['\\', '"', '\'', '{', '}', '[', ']', '\n', ' ', ',', '=', ':', '0', 'x', '\u{201c}', '\u{1f511}', '\0'];
        for _ in 0..200 {
            let mut changed: Vec<char> = text.chars().collect();
            for _ in 0..=random.below(4) {
                let at = random.below(changed.len());
                let sign = random.of(&signs);
                match random.below(3) {
                    0 => changed[at] = sign,
                    1 => changed.insert(at, sign),
                    _ => drop(changed.remove(at)),
                }
            }
            let changed: String = changed.into_iter().collect();
            let _ = detect(&changed);
            let _ = read(&changed, hint);
        }
    }
    // Long texts: a reader that looks back over what it has read would take minutes.
    let long = ["a", "{", "}", "\"", "set ", "x=", "\\\n", "edit a\n", "set a { b; }\n", "0 name=a\n", "type=ENCR, val=AES_CBC\n"];
    for piece in long {
        let text = piece.repeat(100_000 / piece.len());
        let _ = detect(&text);
        let _ = read(&text, hint);
    }
    for text in texts {
        let text = format!("{text}\n").repeat(100_000 / text.len());
        let _ = detect(&text);
        let _ = read(&text, hint);
    }
}
