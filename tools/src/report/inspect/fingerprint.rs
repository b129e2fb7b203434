//! The fingerprint of an IKE_SA_INIT message, and the stack it is of (docs/fingerprint.md).

use super::line::{Line, Object, Shown};
use ikev2::fingerprint::{Fingerprint, Recognised, Stack};
use ikev2::wire::LenientMessage;

/// The hash and the stack, for the tree; none of another exchange.
pub(super) fn items(message: &LenientMessage<'_>) -> Option<[String; 2]> {
    let print = Fingerprint::of(*message)?;
    let stack = print.recognise().map_or_else(|| "unknown stack".to_owned(), |recognised| recognised.to_string());
    Some([print.hash().to_string(), stack])
}

/// The same for programs. `product` is null where no verdict may rest on the signs there are; `perhaps` has what they point to then.
pub(super) fn field(line: &mut Line, message: &LenientMessage<'_>) {
    let Some(print) = Fingerprint::of(*message) else { return };
    let recognised = print.recognise();
    let (certain, weak): (Option<Recognised<'_>>, _) = match recognised {
        Some(recognised) if recognised.sign().is_certain() => (Some(recognised), None),
        weak => (None, weak),
    };
    let inside = Object(|line: &mut Line| {
        line.field("version", Fingerprint::VERSION);
        line.field("form", Shown(&print));
        line.field("hash", Shown(print.hash()));
        line.field("product", certain.as_ref().map(names));
        line.field("release", certain.as_ref().and_then(Recognised::release));
        line.field("sign", recognised.as_ref().map(|recognised| recognised.sign().name()));
        line.field("perhaps", weak.as_ref().map(names));
    });
    line.field("fingerprint", inside);
}

/// The stacks, with `or` between them.
fn names(recognised: &Recognised<'_>) -> String {
    recognised.stacks().map(Stack::name).collect::<Vec<_>>().join(" or ")
}
