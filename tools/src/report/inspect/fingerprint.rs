//! The fingerprint of an IKE_SA_INIT message, and the stack it is of (docs/fingerprint.md).

use ikev2::fingerprint::{Fingerprint, Recognised, Stack};
use ikev2::wire::LenientMessage;
use serde_json::{Value, json};

/// The hash and the stack, for the tree; none of another exchange.
pub(super) fn items(message: &LenientMessage<'_>) -> Option<[String; 2]> {
    let print = Fingerprint::of(*message)?;
    let stack = print.recognise().map_or_else(|| "unknown stack".to_owned(), |recognised| recognised.to_string());
    Some([print.hash().to_string(), stack])
}

/// The same for programs. `product` is null where no verdict may rest on the signs there are; `perhaps` has what they point to then.
pub(super) fn value(message: &LenientMessage<'_>) -> Option<Value> {
    let print = Fingerprint::of(*message)?;
    let recognised = print.recognise();
    let (certain, weak): (Option<Recognised<'_>>, _) = match recognised {
        Some(recognised) if recognised.sign().is_certain() => (Some(recognised), None),
        weak => (None, weak),
    };
    Some(json!({
        "version": Fingerprint::VERSION,
        "form": print.to_string(),
        "hash": print.hash().to_string(),
        "product": certain.as_ref().map(names),
        "release": certain.as_ref().and_then(Recognised::release),
        "sign": recognised.as_ref().map(|recognised| recognised.sign().name()),
        "perhaps": weak.as_ref().map(names),
    }))
}

/// The stacks, with `or` between them.
fn names(recognised: &Recognised<'_>) -> String {
    recognised.stacks().map(Stack::name).collect::<Vec<_>>().join(" or ")
}
