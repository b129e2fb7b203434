//! What one side of a negotiation has.

use super::terms::{Ke, Terms};
use ikev2::Role;
use ikev2::proposal::notation::{self, Certainty, Hint, Notation, Pfs, ReadError, Settings, TunnelType};
use ikev2::proposal::profiles::{self, Profile};
use ikev2::proposal::{Dialect, NegotiationContext, Policy, Proposal, emit_offer};
use ikev2::registry::NotifyType;
use ikev2::transform::Transform;
use ikev2::wire::Sa;

/// What one side has, however it was said.
#[derive(Clone, Debug)]
pub enum Side {
    /// A vendor profile, or several under one name.
    Profile {
        /// The name as it was given.
        name: String,
        /// Which side of the exchange it is on: an alias may stand for one profile on each.
        role: Role,
    },
    /// A text in a notation.
    Text {
        /// The text.
        text: String,
        /// What it says.
        settings: Box<Settings>,
        /// How it was read.
        hint: Hint,
    },
    /// The body of an SA payload.
    Payload(Vec<u8>),
    /// Proposals as values.
    Proposals(Vec<Proposal>),
}

/// An offer to be answered.
#[derive(Clone, Debug)]
pub struct Offer {
    /// What it is, in words.
    pub label: String,
    /// The SA payload's body.
    pub body: Vec<u8>,
    /// The KE payload that came with it.
    pub ke: Ke,
    /// All notifies of the request that it came with, where it came from a capture.
    pub notifies: Option<Vec<NotifyType>>,
    /// Whose offer it is, where that is known.
    pub side: Option<Side>,
}

impl Side {
    /// What a text is: the name of a profile, an SA payload in hexadecimal, or a text in some notation.
    ///
    /// # Errors
    /// It is none of them: where, and why.
    pub fn read(text: &str, role: Role, hint: Hint) -> Result<Self, ReadError> {
        if profiles::find(text.trim()).is_some() {
            return Ok(Self::Profile { name: text.trim().to_owned(), role });
        }
        if let Some(body) = hexadecimal(text) {
            return Ok(Self::Payload(body));
        }
        let settings = Box::new(notation::read(text, hint)?);
        Ok(Self::Text { text: text.to_owned(), settings, hint })
    }

    fn profile(&self, context: NegotiationContext) -> Option<&'static Profile> {
        match self {
            Self::Profile { name, role } => profiles::find_for(name, context, *role).or_else(|| profiles::find(name)),
            Self::Text { .. } | Self::Payload(_) | Self::Proposals(_) => None,
        }
    }

    /// The rules that decide when nobody says whose: those of the profile, or of the product whose own configuration it is.
    #[must_use]
    pub fn dialect(&self, context: NegotiationContext) -> Dialect {
        if let Some(profile) = self.profile(context) {
            return profile.dialect;
        }
        let Self::Text { text, settings, .. } = self else { return Dialect::Rfc };
        let certain = notation::detect(text).is_some_and(|found| found.confidence == Certainty::Certain);
        match settings.notation {
            Notation::StrongSwan | Notation::OpnSense | Notation::PfSense | Notation::Vyos if certain => Dialect::StrongSwan6,
            Notation::Libreswan if certain => Dialect::Libreswan5,
            Notation::OpenIked if certain => Dialect::OpenIked74,
            _ => Dialect::Rfc,
        }
    }

    /// What this side says, to a reader: a name, or the first line of a text.
    #[must_use]
    pub fn label(&self, context: NegotiationContext) -> String {
        match self {
            Self::Profile { name, .. } => self.profile(context).map_or_else(|| name.clone(), |profile| profile.name.to_owned()),
            Self::Text { text, settings, .. } => {
                let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
                match (lines.next(), lines.next()) {
                    (Some(one), None) => one.to_owned(),
                    _ => format!("a configuration of {}", settings.notation.product()),
                }
            }
            Self::Payload(_) => "an SA payload in hexadecimal".to_owned(),
            Self::Proposals(_) => "proposals".to_owned(),
        }
    }

    /// The settings of a text.
    #[must_use]
    pub fn settings(&self) -> Option<&Settings> {
        match self {
            Self::Text { settings, .. } => Some(settings),
            Self::Profile { .. } | Self::Payload(_) | Self::Proposals(_) => None,
        }
    }

    /// Whether there is something to answer the question with.
    #[must_use]
    pub fn says(&self, context: NegotiationContext) -> bool {
        match self {
            Self::Profile { name, role } => profiles::find_for(name, context, *role).is_some(),
            Self::Text { settings, .. } => settings.proposals(context).next().is_some(),
            Self::Payload(_) => true,
            Self::Proposals(all) => all.iter().any(|proposal| context.takes(proposal.protocol)),
        }
    }

    /// Whether it is a Windows client or server, and whether it has its default proposals.
    #[must_use]
    pub fn windows(&self) -> Option<bool> {
        match self {
            Self::Profile { name, .. } => profiles::find(name).filter(|profile| profile.name.starts_with("windows")).map(|_| true),
            Self::Text { settings, .. } => (settings.notation == Notation::Windows).then(|| {
                let automatic = settings.tunnel_type.is_some_and(|stated| stated.value == TunnelType::Automatic);
                automatic || settings.ike.iter().all(|stated| stated.span.is_none())
            }),
            Self::Payload(_) | Self::Proposals(_) => None,
        }
    }

    /// Whether the question can be answered: not where PFS has the group of an IKE SA of which nobody knows the group.
    pub(super) fn is_ready(&self, terms: &Terms) -> bool {
        let rule = self.settings().and_then(|settings| settings.pfs.as_ref()).map(|pfs| &pfs.value);
        terms.context != NegotiationContext::CreateChildSa || rule != Some(&Pfs::IkeGroup) || terms.ike_group.is_some()
    }

    /// The proposals that this side offers for an IKE SA.
    ///
    /// # Errors
    /// It has nothing to offer there, or is an SA payload that cannot be read; the text says why.
    pub fn ike_proposals(&self) -> Result<Vec<Proposal>, String> {
        let context = NegotiationContext::IkeSaInit;
        match self {
            Self::Profile { name, .. } => self.profile(context).map(Profile::to_proposals).ok_or_else(|| format!("{name} is no profile")),
            Self::Proposals(all) => Ok(all.clone()),
            Self::Text { settings, .. } => {
                let all = settings.asked(context, None);
                if all.is_empty() { Err(nothing(settings, context)) } else { Ok(all) }
            }
            Self::Payload(body) => {
                let sa = Sa::parse(body).map_err(|error| error.to_string())?;
                Ok(sa.proposals().map(|p| Proposal::new(p.protocol, p.transforms().map(Transform::from).collect::<Vec<_>>())).collect())
            }
        }
    }

    /// What this side offers. IKE_AUTH carries no key exchange (RFC 7296 section 1.2): configured groups are left out of it.
    ///
    /// # Errors
    /// It has nothing to offer there, or no SA payload can hold it; the text says why.
    pub fn offer(&self, terms: &Terms) -> Result<Offer, String> {
        let context = terms.context;
        let spi = vec![1; usize::from(context.spi_size())];
        let written = |proposals: &[Proposal]| emit_offer(proposals, &spi).map_err(|error| error.to_string());
        let body = match self {
            Self::Profile { name, .. } => {
                let profile = self.profile(context).ok_or_else(|| format!("{name} is no profile"))?;
                profile.offer(context, &spi).map_err(|error| error.to_string())?
            }
            Self::Payload(body) => body.clone(),
            Self::Proposals(all) => written(all)?,
            Self::Text { settings, .. } => {
                let mut all = settings.asked(context, terms.ike_group);
                if all.is_empty() {
                    return Err(nothing(settings, context));
                }
                if context == NegotiationContext::IkeAuth {
                    all.iter_mut().for_each(|proposal| proposal.transforms.retain(|t| !t.ty.is_key_exchange()));
                }
                written(&all)?
            }
        };
        Ok(Offer { label: self.label(context), body, ke: Ke::FirstOffered, notifies: None, side: Some(self.clone()) })
    }

    /// What this side allows.
    ///
    /// # Errors
    /// It has nothing for the question, or nobody can have such a policy; the text says why.
    pub fn policy(&self, terms: &Terms) -> Result<Policy, String> {
        let context = terms.context;
        let dialect = terms.dialect.unwrap_or_else(|| self.dialect(context));
        let policy = match self {
            Self::Profile { name, .. } => {
                let profile = self.profile(context).ok_or_else(|| format!("{name} is no profile"))?;
                profile.policy(dialect, context).map_err(|error| error.to_string())?
            }
            Self::Payload(_) => return Err("an SA payload in hexadecimal is an offer, not a policy".to_owned()),
            Self::Proposals(all) => Policy::new(dialect, all.clone()).map_err(|error| error.to_string())?,
            Self::Text { settings, .. } => {
                if settings.proposals(context).next().is_none() {
                    return Err(nothing(settings, context));
                }
                settings.policy(dialect, context, terms.ike_group).map_err(|error| error.to_string())?
            }
        };
        Ok(match terms.prefer {
            Some(prefer) => policy.with_preference(prefer),
            None => policy,
        })
    }

    /// What is to be said of a profile before anything is concluded from it, and what the reader of a text has to know.
    #[must_use]
    pub fn remarks(&self, context: NegotiationContext) -> Vec<String> {
        if let Some(profile) = self.profile(context) {
            return vec![format!("{}: confidence {} ({})", profile.name, profile.confidence, profile.confidence_note)];
        }
        self.settings().map(|settings| settings.remarks.iter().map(|remark| remark.text.clone()).collect()).unwrap_or_default()
    }
}

fn nothing(settings: &Settings, context: NegotiationContext) -> String {
    let what = if context.is_ike() { "IKE" } else { "ESP" };
    format!("the {} text has no {what} proposal", settings.notation.product())
}

/// The policy that a diagnosis compares with what it sees, for IKE SAs or for Child SAs.
///
/// # Errors
/// As [`Side::policy`].
pub fn policy_of_either(text: &str) -> Result<Policy, String> {
    let side = Side::read(text, Role::Responder, Hint::default()).map_err(|error| error.on(text).to_string())?;
    let ike = NegotiationContext::IkeSaInit;
    let context = if side.says(ike) { ike } else { NegotiationContext::CreateChildSa };
    side.policy(&Terms::new(context))
}

/// Pairs of digits and nothing else, spaces and colons between them apart.
fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != ':').collect();
    if digits.len() < 16 || !digits.len().is_multiple_of(2) {
        return None;
    }
    digits.chunks_exact(2).map(|pair| u8::from_str_radix(&pair.iter().collect::<String>(), 16).ok()).collect()
}
