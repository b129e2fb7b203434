//! The four questions that a tunnel is asked in its life, so that a PFS mismatch shows today and not hours later.

use super::answer::{Answer, answer};
use super::side::Side;
use super::terms::{Ke, Terms};
use ikev2::proposal::{Dialect, NegotiationContext, Preference};
use ikev2::registry::NotifyType;

/// The answer to one of the questions.
#[derive(Debug)]
pub enum Part {
    /// It was asked.
    Asked(Box<Answer>),
    /// It could not be asked; the text says why.
    NotSaid(String),
}

/// What becomes of the four exchanges.
#[derive(Debug)]
pub struct Whole {
    /// IKE_SA_INIT, the first Child SA in IKE_AUTH, the Child SA rekeyed, the IKE SA rekeyed, in this order.
    pub parts: Vec<(NegotiationContext, Part)>,
    /// The rules that decided.
    pub dialect: Dialect,
}

impl Whole {
    /// Whether each of the questions that were asked is agreed on; `None` when none could be asked.
    #[must_use]
    pub fn agrees(&self) -> Option<bool> {
        let mut asked = self.parts.iter().filter_map(|(_, part)| match part {
            Part::Asked(answer) => Some(answer.agrees()),
            Part::NotSaid(_) => None,
        });
        asked.next().map(|first| first && asked.all(|agrees| agrees))
    }
}

/// Asks the four questions of an initiator and a responder.
#[must_use]
pub fn whole(
    initiator: &Side,
    responder: &Side,
    dialect: Option<Dialect>,
    prefer: Option<Preference>,
    notifies: Option<&[NotifyType]>,
) -> Whole {
    let dialect = dialect.unwrap_or_else(|| responder.dialect(NegotiationContext::IkeSaInit));
    let mut group = None;
    let mut parts = Vec::new();
    for context in NegotiationContext::ALL {
        let notifies = notifies.map(<[NotifyType]>::to_vec);
        let terms = Terms { context, dialect: Some(dialect), prefer, ke: Ke::FirstOffered, ike_group: group, notifies };
        let part = ask(initiator, responder, &terms);
        if let (NegotiationContext::IkeSaInit, Part::Asked(answer)) = (context, &part) {
            group = answer.selection().and_then(ikev2::proposal::Selection::ke_method);
        }
        parts.push((context, part));
    }
    Whole { parts, dialect }
}

fn ask(initiator: &Side, responder: &Side, terms: &Terms) -> Part {
    for (side, whose) in [(initiator, "the initiator"), (responder, "the responder")] {
        if !side.says(terms.context) {
            let what = if terms.context.is_ike() { "IKE" } else { "ESP" };
            return Part::NotSaid(format!("{whose} names no {what} proposal"));
        }
        if !side.is_ready(terms) {
            return Part::NotSaid(format!("{whose} takes the group of the IKE SA, and none is agreed on"));
        }
    }
    let asked = initiator.offer(terms).and_then(|offer| answer(&offer, responder, terms));
    asked.map_or_else(Part::NotSaid, |answer| Part::Asked(Box::new(answer)))
}
