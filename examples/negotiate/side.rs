//! What an argument stands for: a profile, a notation, or octets.

use crate::args::Settings;
use ikev2::proposal::notation::{NotationError, NotationErrorKind, libreswan, strongswan, windows};
use ikev2::proposal::profiles::{self, Profile};
use ikev2::proposal::{Dialect, Policy, Proposal, Question, encode_offer};
use ikev2::registry::{KeMethod, SecurityProtocol, SequenceNumbers, TransformType};

/// What is offered.
#[derive(Debug)]
pub(crate) struct Offer {
    pub(crate) name: String,
    pub(crate) octets: Vec<u8>,
    /// The group the KE payload is most likely for.
    pub(crate) ke: Option<KeMethod>,
    pub(crate) profile: Option<&'static Profile>,
}

/// What is allowed.
#[derive(Debug)]
pub(crate) struct Local {
    pub(crate) name: String,
    pub(crate) policy: Policy,
    pub(crate) question: Question,
    pub(crate) profile: Option<&'static Profile>,
}

/// The question two arguments suggest: profiles are about IKE or about ESP.
pub(crate) fn question_of(offer: &str, local: &str) -> Question {
    let esp = |text| profiles::find(text).is_some_and(|profile| profile.protocol != SecurityProtocol::IKE);
    if esp(offer) || esp(local) { Question::AuthChild } else { Question::Ike }
}

const fn protocol(question: Question) -> SecurityProtocol {
    if question.is_ike() { SecurityProtocol::IKE } else { SecurityProtocol::ESP }
}

/// An SPI of the size the question calls for.
fn spi(question: Question) -> &'static [u8] {
    b"\xc0\xff\xee\x01\xc0\xff\xee\x02".get(..usize::from(question.spi_size())).unwrap_or(&[])
}

impl Offer {
    pub(crate) fn read(text: &str, question: Question) -> Result<Self, String> {
        if let Some(octets) = octets(text) {
            return Ok(Self { name: format!("{} octets", octets.len()), ke: first_ke(&octets), octets, profile: None });
        }
        let (mut proposals, profile) = proposals(text, question)?;
        if question == Question::AuthChild {
            // An initiator leaves key exchanges out of its offer in IKE_AUTH.
            proposals.iter_mut().for_each(|p| p.transforms.retain(|t| !t.ty.is_key_exchange()));
        }
        let octets = encode_offer(&proposals, spi(question)).map_err(|error| error.to_string())?;
        let ke = profile.map_or_else(|| first_ke(&octets), Profile::ke_method);
        Ok(Self { name: text.to_string(), octets, ke, profile })
    }
}

impl Local {
    pub(crate) fn read(text: &str, settings: Settings) -> Result<Self, String> {
        let (proposals, profile) = proposals(text, settings.question)?;
        let dialect = settings.dialect.or(profile.map(Profile::dialect)).unwrap_or(Dialect::Rfc);
        let prefer = settings.prefer.or(profile.map(|profile| profile.prefer)).unwrap_or_default();
        let policy = Policy::new(dialect, proposals).map_err(|error| error.to_string())?.prefer(prefer);
        Ok(Self { name: text.to_string(), policy, question: settings.question, profile })
    }
}

/// The group of the first KE transform: what an initiator most likely sends a KE payload for.
fn first_ke(offer: &[u8]) -> Option<KeMethod> {
    let sa = ikev2::wire::Sa::parse(offer).ok()?;
    let mut transforms = sa.proposals().flat_map(|proposal| proposal.transforms());
    transforms.find(|t| t.ty == TransformType::KE && t.id.0 != 0).map(|t| KeMethod(t.id.0))
}

fn proposals(text: &str, question: Question) -> Result<(Vec<Proposal>, Option<&'static Profile>), String> {
    if let Some(profile) = profiles::find(text) {
        if profile.protocol != protocol(question) {
            let other = profile.protocol.name().unwrap_or("another protocol");
            return Err(format!("profile {text} is about {other}, which this question is not"));
        }
        return Ok((profile.proposals(), Some(profile)));
    }
    notation(text, question)
        .map(|proposals| (proposals, None))
        .map_err(|error| format!("{text:?} is no profile, and:\n{}", error.in_text(text)))
}

/// Reads whichever notation the text looks like.
fn notation(text: &str, question: Question) -> Result<Vec<Proposal>, NotationError> {
    let trimmed = text.trim_start();
    if trimmed.starts_with('<') || trimmed.starts_with('-') || trimmed.starts_with("Set-Vpn") {
        let suite = if trimmed.starts_with('<') { windows::parse_xml(text)? } else { windows::parse_powershell(text)? };
        return Ok(vec![if question.is_ike() { suite.ike } else { suite.esp }]);
    }
    let protocol = protocol(question);
    let theirs = strongswan::parse(text, protocol);
    match theirs {
        Err(error) if error.kind == NotationErrorKind::Unknown => {
            // A word strongSwan does not know may be libreswan's; if neither knows it, strongSwan's complaint is as good.
            let other = libreswan::parse(text, protocol);
            let libreswans = other.is_ok() || text.contains(['+', ';']);
            if libreswans { other } else { Err(error) }
        }
        other => other,
    }
}

/// strongSwan notation with the sequence numbers the dialect supplies where the text names none.
pub(crate) fn strongswan_for(text: &str, question: Question, dialect: Dialect) -> Result<Vec<Proposal>, NotationError> {
    let mut proposals = strongswan::parse(text, protocol(question))?;
    if matches!(dialect, Dialect::Libreswan4 | Dialect::Libreswan5) && !question.is_ike() {
        for (proposal, words) in proposals.iter_mut().zip(text.split(',')) {
            if !words.split('-').any(|word| matches!(word.trim().trim_end_matches('!'), "esn" | "noesn")) {
                proposal.transforms.retain(|t| t.ty != TransformType::SN);
                let both = [SequenceNumbers::PARTIALLY_TRANSMITTED_64, SequenceNumbers::SEQUENTIAL_32];
                proposal.transforms.extend(both.map(ikev2::proposal::Transform::sn));
            }
        }
    }
    Ok(proposals)
}

/// Octets in hexadecimal; `None` when the text is something else.
pub(crate) fn octets(text: &str) -> Option<Vec<u8>> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    let even = text.len() % 2 == 0 && text.len() >= 16;
    let digits: Option<Vec<u8>> = text.chars().map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok())).collect();
    let pairs = digits.filter(|_| even)?;
    Some(pairs.chunks_exact(2).filter_map(|pair| Some(pair.first()? << 4 | pair.last()?)).collect())
}
