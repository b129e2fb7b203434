//! What bears on an answer beside the offer and the local proposals: the question, and the settings of the policy.

use super::context::{NegotiationContext, Preference};
use super::question::Question;
use super::suite::{Local, TransformTypes};
use crate::registry::KeMethod;

/// What a policy sets beside its proposals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Settings {
    pub(super) prefer: Preference,
    pub(super) accept_private: bool,
    pub(super) esp_aead: bool,
    /// Whether a proposal of the policy names additional key exchanges.
    pub(super) names_addke: bool,
}

impl Settings {
    /// The same for a policy of these proposals.
    pub(super) fn of<'l>(self, mut locals: impl Iterator<Item = &'l Local>) -> Self {
        Self { names_addke: locals.any(|local| local.types.overlaps(TransformTypes::ADDKE)), ..self }
    }
}

/// What bears on the answer beside the offer and the local proposals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) question: Question,
    pub(super) settings: Settings,
}

impl Asked {
    /// Of no KE payload, under the settings that a policy starts with: for reading alone.
    pub(super) const fn plain(context: NegotiationContext) -> Self {
        Self {
            question: Question::new(context, None),
            settings: Settings { prefer: Preference::Configured, accept_private: true, esp_aead: true, names_addke: true },
        }
    }

    /// The method the KE payload should have been of, when `chosen` is the method chosen.
    pub(super) fn wanted(&self, chosen: KeMethod) -> Option<KeMethod> {
        (!self.question.context().leaves_out_ke() && chosen != KeMethod::NONE && self.question.ke() != Some(chosen)).then_some(chosen)
    }
}
