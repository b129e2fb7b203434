//! Android: proposals of `android.net.ipsec.ike` in Java or Kotlin, and the platform's `Ikev2VpnProfile`.
//!
//! Constants and rules are those of the reference of `SaProposal`, `IkeSaProposal.Builder` and `ChildSaProposal.Builder`: each
//! builder makes one proposal, in which the order of the calls is the order of preference; a Child SA proposal goes out with 32-bit
//! sequence numbers; the PRF is named. Groups of a Child SA proposal count when it is rekeyed.
//!
//! `Ikev2VpnProfile.Builder.setAllowedAlgorithms` filters what the platform offers for ESP (`VpnIkev2Utils` of Android 12 and
//! later); what it offers for IKE cannot be set.

mod platform;
#[cfg(test)]
mod tests;

use self::platform::constant;
use super::likeness::{Certainty, Likeness};
use super::lists::{NOTHING, around, holds, missing};
use super::names::Names;
use super::settings::{Settings, Stated, Written};
use super::span::Span;
use super::tokens::{Kind, Token, Tokens};
use super::words::Word;
use super::{Expected, Hint, Notation, NotationError, NotationErrorKind, Unwritable, proposal};
use crate::registry::{Encr, Integ, KeMethod, Prf, SecurityProtocol, SequenceNumbers, TransformType};
use crate::transform::Transform;
use alloc::vec::Vec;

const CIPHERS: Names<Encr> = Names {
    expected: "a constant of SaProposal, as ENCRYPTION_ALGORITHM_AES_CBC",
    rows: &[
        ("ENCRYPTION_ALGORITHM_3DES", Encr::ENCR_3DES),
        ("ENCRYPTION_ALGORITHM_AES_CBC", Encr::ENCR_AES_CBC),
        ("ENCRYPTION_ALGORITHM_AES_CTR", Encr::ENCR_AES_CTR),
        ("ENCRYPTION_ALGORITHM_AES_GCM_8", Encr::ENCR_AES_GCM_8),
        ("ENCRYPTION_ALGORITHM_AES_GCM_12", Encr::ENCR_AES_GCM_12),
        ("ENCRYPTION_ALGORITHM_AES_GCM_16", Encr::ENCR_AES_GCM_16),
        ("ENCRYPTION_ALGORITHM_CHACHA20_POLY1305", Encr::ENCR_CHACHA20_POLY1305),
        ("3", Encr::ENCR_3DES),
        ("12", Encr::ENCR_AES_CBC),
        ("13", Encr::ENCR_AES_CTR),
        ("18", Encr::ENCR_AES_GCM_8),
        ("19", Encr::ENCR_AES_GCM_12),
        ("20", Encr::ENCR_AES_GCM_16),
        ("28", Encr::ENCR_CHACHA20_POLY1305),
    ],
};

const LENGTHS: Names<u16> = Names {
    expected: "a key length of SaProposal: KEY_LEN_AES_128, KEY_LEN_AES_192, KEY_LEN_AES_256 or KEY_LEN_UNUSED",
    rows: &[
        ("KEY_LEN_UNUSED", 0),
        ("KEY_LEN_AES_128", 128),
        ("KEY_LEN_AES_192", 192),
        ("KEY_LEN_AES_256", 256),
        ("0", 0),
        ("128", 128),
        ("192", 192),
        ("256", 256),
    ],
};

const INTEGS: Names<Integ> = Names {
    expected: "a constant of SaProposal, as INTEGRITY_ALGORITHM_HMAC_SHA2_256_128",
    rows: &[
        ("INTEGRITY_ALGORITHM_NONE", Integ::NONE),
        ("INTEGRITY_ALGORITHM_HMAC_SHA1_96", Integ::AUTH_HMAC_SHA1_96),
        ("INTEGRITY_ALGORITHM_AES_XCBC_96", Integ::AUTH_AES_XCBC_96),
        ("INTEGRITY_ALGORITHM_AES_CMAC_96", Integ::AUTH_AES_CMAC_96),
        ("INTEGRITY_ALGORITHM_HMAC_SHA2_256_128", Integ::AUTH_HMAC_SHA2_256_128),
        ("INTEGRITY_ALGORITHM_HMAC_SHA2_384_192", Integ::AUTH_HMAC_SHA2_384_192),
        ("INTEGRITY_ALGORITHM_HMAC_SHA2_512_256", Integ::AUTH_HMAC_SHA2_512_256),
        ("0", Integ::NONE),
        ("2", Integ::AUTH_HMAC_SHA1_96),
        ("5", Integ::AUTH_AES_XCBC_96),
        ("8", Integ::AUTH_AES_CMAC_96),
        ("12", Integ::AUTH_HMAC_SHA2_256_128),
        ("13", Integ::AUTH_HMAC_SHA2_384_192),
        ("14", Integ::AUTH_HMAC_SHA2_512_256),
    ],
};

const PRFS: Names<Prf> = Names {
    expected: "a constant of SaProposal, as PSEUDORANDOM_FUNCTION_SHA2_256",
    rows: &[
        ("PSEUDORANDOM_FUNCTION_HMAC_SHA1", Prf::PRF_HMAC_SHA1),
        ("PSEUDORANDOM_FUNCTION_AES128_XCBC", Prf::PRF_AES128_XCBC),
        ("PSEUDORANDOM_FUNCTION_SHA2_256", Prf::PRF_HMAC_SHA2_256),
        ("PSEUDORANDOM_FUNCTION_SHA2_384", Prf::PRF_HMAC_SHA2_384),
        ("PSEUDORANDOM_FUNCTION_SHA2_512", Prf::PRF_HMAC_SHA2_512),
        ("PSEUDORANDOM_FUNCTION_AES128_CMAC", Prf::PRF_AES128_CMAC),
        ("2", Prf::PRF_HMAC_SHA1),
        ("4", Prf::PRF_AES128_XCBC),
        ("5", Prf::PRF_HMAC_SHA2_256),
        ("6", Prf::PRF_HMAC_SHA2_384),
        ("7", Prf::PRF_HMAC_SHA2_512),
        ("8", Prf::PRF_AES128_CMAC),
    ],
};

const GROUPS: Names<KeMethod> = Names {
    expected: "a constant of SaProposal, as DH_GROUP_2048_BIT_MODP",
    rows: &[
        ("DH_GROUP_NONE", KeMethod::NONE),
        ("DH_GROUP_1024_BIT_MODP", KeMethod::MODP_1024),
        ("DH_GROUP_1536_BIT_MODP", KeMethod::MODP_1536),
        ("DH_GROUP_2048_BIT_MODP", KeMethod::MODP_2048),
        ("DH_GROUP_3072_BIT_MODP", KeMethod::MODP_3072),
        ("DH_GROUP_4096_BIT_MODP", KeMethod::MODP_4096),
        ("DH_GROUP_CURVE_25519", KeMethod::CURVE25519),
        ("0", KeMethod::NONE),
        ("2", KeMethod::MODP_1024),
        ("5", KeMethod::MODP_1536),
        ("14", KeMethod::MODP_2048),
        ("15", KeMethod::MODP_3072),
        ("16", KeMethod::MODP_4096),
        ("31", KeMethod::CURVE25519),
    ],
};

/// The methods of the builders.
const CALLS: [&str; 4] = ["addEncryptionAlgorithm", "addIntegrityAlgorithm", "addPseudorandomFunction", "addDhGroup"];

pub(super) fn recognise(text: &str) -> Option<Likeness> {
    let types = ["IkeSaProposal", "ChildSaProposal", "Ikev2VpnProfile"].iter().filter_map(|name| holds(text, name)).min();
    let calls = CALLS.iter().filter_map(|name| holds(text, name)).min();
    let at = types.into_iter().chain(calls).min()?;
    let confidence = if types.is_some() && (calls.is_some() || holds(text, "Ikev2VpnProfile.Builder").is_some()) {
        Certainty::Certain
    } else {
        Certainty::Likely
    };
    Some(Likeness { span: around(text, Span { at, len: last(text, at).saturating_sub(at) }), confidence })
}

/// Where the last bracket is closed.
fn last(text: &str, at: usize) -> usize {
    text.rfind(')').map_or(at, |end| end.saturating_add(1)).max(at)
}

pub(super) fn write(_: &Settings) -> Result<Written, Unwritable> {
    Err(Unwritable::ReadOnly)
}

/// What one builder was told.
#[derive(Clone, Debug)]
struct Builder<'a> {
    protocol: SecurityProtocol,
    /// The variable it is kept in.
    variable: Option<&'a str>,
    transforms: Vec<Transform>,
    span: Span,
}

pub(super) fn read(text: &str, _: Hint) -> Result<Settings, NotationError> {
    let (builders, platform) = Walk::of(text).read()?;
    let mut settings = Settings::new(Notation::Android);
    for builder in builders {
        let place = builder.span;
        let value = builder.build()?;
        let list = if value.protocol == SecurityProtocol::IKE { &mut settings.ike } else { &mut settings.esp };
        list.push(Stated::at(value, place));
    }
    settings.pfs_of_proposals();
    if let Some(platform) = platform {
        platform.fill(&mut settings);
    }
    if settings.ike.is_empty() && settings.esp.is_empty() {
        return Err(NOTHING);
    }
    Ok(settings)
}

impl Builder<'_> {
    /// Adds a transform once.
    fn add(&mut self, transform: Transform) {
        if !self.transforms.contains(&transform) {
            self.transforms.push(transform);
        }
    }

    /// The proposal, as `build()` checks and makes it.
    fn build(self) -> Result<crate::proposal::Proposal, NotationError> {
        let Self { protocol, mut transforms, span: Span { at, len }, .. } = self;
        let lacks = |ty| missing(at, len, protocol, ty);
        let fault = |kind| NotationError { at, len, kind };
        let has = |transforms: &[Transform], ty| transforms.iter().any(|t| t.ty == ty && !t.is_none());
        let cipher = transforms.iter().copied().find(|t| t.ty == TransformType::ENCR).ok_or_else(|| lacks(TransformType::ENCR))?;
        if transforms.iter().any(|t| t.ty == TransformType::ENCR && t.is_aead() != cipher.is_aead()) {
            return Err(fault(NotationErrorKind::AeadMixed));
        }
        if let Some(integ) = transforms.iter().copied().find(|t| t.ty == TransformType::INTEG && !t.is_none() && cipher.is_aead()) {
            return Err(fault(NotationErrorKind::IntegWithAead { cipher, integ }));
        }
        if protocol == SecurityProtocol::IKE {
            let needed = [TransformType::INTEG, TransformType::PRF, TransformType::KE];
            if let Some(ty) = needed.into_iter().find(|ty| !(has(&transforms, *ty) || *ty == TransformType::INTEG && cipher.is_aead())) {
                return Err(lacks(ty));
            }
        } else {
            // Without integrity the cipher stands alone, which the library lets pass.
            transforms.push(Transform::sn(SequenceNumbers::SEQUENTIAL_32));
        }
        Ok(proposal(protocol, transforms))
    }
}

/// A walk over the tokens of source code.
struct Walk<'a> {
    tokens: Tokens<'a>,
    builders: Vec<Builder<'a>>,
    /// The variable on the left of an `=` in this statement.
    variable: Option<&'a str>,
    /// The word read last.
    word: Option<Word<'a>>,
    /// The type of a variable stands behind its name in Kotlin.
    named: Option<&'a str>,
    platform: Option<platform::Allowed>,
    /// The builders of the list named last: what is called on one of them by another name is called on each.
    group: Vec<usize>,
    /// The builders of the call before: `.addDhGroup(..)` is called on what it returns.
    chain: Vec<usize>,
}

/// The functions that make a list of builders.
const LISTS: [&str; 5] = ["asList", "listOf", "of", "arrayOf", "setOf"];

/// How many builders a text may have; further ones are not looked at.
const MOST_BUILDERS: usize = 255;

impl<'a> Walk<'a> {
    const fn of(text: &'a str) -> Self {
        Self {
            tokens: Tokens::of_source(text),
            builders: Vec::new(),
            variable: None,
            word: None,
            named: None,
            platform: None,
            group: Vec::new(),
            chain: Vec::new(),
        }
    }

    fn read(mut self) -> Result<(Vec<Builder<'a>>, Option<platform::Allowed>), NotationError> {
        while let Some(token) = self.tokens.next() {
            self.token(token)?;
        }
        Ok((self.builders, self.platform))
    }

    fn token(&mut self, token: Token<'a>) -> Result<(), NotationError> {
        match token.kind {
            Kind::Bare => self.word = Some(token.word),
            Kind::Is => {
                let name = self.word.take().map(|word| word.text);
                if token.word.text == ":" {
                    self.named = name;
                } else {
                    self.variable = self.named.take().or(name);
                }
            }
            Kind::Open if token.word.text == "(" => {
                if let Some(word) = self.word.take() {
                    self.call(word)?;
                }
            }
            Kind::Comma => (self.variable, self.named, self.word) = (None, None, None),
            Kind::Line => {}
            Kind::Quoted | Kind::Open | Kind::Close | Kind::Dash => self.word = None,
        }
        Ok(())
    }

    fn call(&mut self, name: Word<'a>) -> Result<(), NotationError> {
        let mut parts = name.text.rsplit('.');
        let method = parts.next().unwrap_or("");
        let class = parts.next();
        if method == "Builder" {
            let protocol = match class {
                Some("IkeSaProposal") => SecurityProtocol::IKE,
                Some("ChildSaProposal") => SecurityProtocol::ESP,
                Some("Ikev2VpnProfile") => {
                    self.platform.get_or_insert_default();
                    return Ok(());
                }
                _ => return Ok(()),
            };
            if self.builders.len() < MOST_BUILDERS {
                let variable = self.variable.take();
                self.chain = Vec::from([self.builders.len()]);
                self.builders.push(Builder { protocol, variable, transforms: Vec::new(), span: name.span() });
            }
            return Ok(());
        }
        if method == "setAllowedAlgorithms" {
            let algorithms = self.arguments();
            self.platform.get_or_insert_default().allow(&algorithms, name.span())?;
            return Ok(());
        }
        if LISTS.contains(&method) {
            let listed = self.arguments();
            self.group = listed.iter().filter_map(|word| self.kept_in(word.text)).collect();
            return Ok(());
        }
        if !CALLS.contains(&method) {
            return Ok(());
        }
        let arguments = self.arguments();
        if class != Some("") {
            self.chain = self.receivers(class);
        }
        for place in &self.chain {
            // Without a builder in the text the call tells nothing.
            let Some(builder) = self.builders.get_mut(*place) else { continue };
            let end = arguments.last().map_or(name.span(), |word| word.span());
            builder.span = builder.span.cover(name.span()).cover(end);
            add(builder, method, name, &arguments)?;
        }
        Ok(())
    }

    /// The builders a method is called on: that of the variable, those of the list last named, or the last one.
    fn receivers(&self, receiver: Option<&str>) -> Vec<usize> {
        match receiver {
            Some(receiver) => match self.kept_in(receiver) {
                None if !self.group.is_empty() => self.group.clone(),
                kept => Vec::from([kept.unwrap_or(self.builders.len().saturating_sub(1))]),
            },
            None => Vec::from([self.builders.len().saturating_sub(1)]),
        }
    }

    fn kept_in(&self, variable: &str) -> Option<usize> {
        self.builders.iter().rposition(|builder| builder.variable == Some(variable))
    }

    /// What stands between the brackets just opened, brackets inside of them left out.
    fn arguments(&mut self) -> Vec<Word<'a>> {
        let mut found = Vec::new();
        let mut depth = 1_usize;
        for token in self.tokens.by_ref() {
            match token.kind {
                Kind::Open => depth = depth.saturating_add(1),
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Bare | Kind::Quoted if found.len() < MOST_BUILDERS => found.push(token.word),
                Kind::Bare | Kind::Quoted | Kind::Is | Kind::Comma | Kind::Dash | Kind::Line => {}
            }
            if depth == 0 {
                break;
            }
        }
        self.word = None;
        found
    }
}

fn add(builder: &mut Builder<'_>, method: &str, name: Word<'_>, arguments: &[Word<'_>]) -> Result<(), NotationError> {
    let ty = match method {
        "addEncryptionAlgorithm" => TransformType::ENCR,
        "addIntegrityAlgorithm" => TransformType::INTEG,
        "addPseudorandomFunction" => TransformType::PRF,
        _ => TransformType::KE,
    };
    let first = arguments.first().copied().map(constant).ok_or_else(|| name.error(NotationErrorKind::Empty(Expected::Algorithm(ty))))?;
    match ty {
        TransformType::ENCR => {
            let cipher = CIPHERS.read(first)?;
            let length = arguments.get(1).copied().map(constant);
            let bits = length.map(|word| LENGTHS.read(word)).transpose()?.unwrap_or(0);
            let fixed = matches!(cipher, Encr::ENCR_3DES | Encr::ENCR_CHACHA20_POLY1305);
            if fixed != (bits == 0) {
                return Err(length.unwrap_or(first).error(NotationErrorKind::KeyBits(Transform::encr(cipher))));
            }
            builder.add(if fixed { Transform::encr(cipher) } else { Transform::encr_bits(cipher, bits) });
        }
        TransformType::INTEG => builder.add(Transform::integ(INTEGS.read(first)?)),
        TransformType::PRF => {
            if builder.protocol != SecurityProtocol::IKE {
                let transform = Transform::prf(PRFS.read(first)?);
                return Err(first.error(NotationErrorKind::Protocol { protocol: builder.protocol, transform }));
            }
            builder.add(Transform::prf(PRFS.read(first)?));
        }
        _ => builder.add(Transform::ke(GROUPS.read(first)?)),
    }
    Ok(())
}
