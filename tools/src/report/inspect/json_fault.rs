//! Faults as JSON.

use super::line::{Line, List, Object, Shown};
use crate::evidence::decode::Parts;
use ikev2::error::ParseError;

/// The first fault.
pub(crate) fn fault(fault: Option<ParseError>) -> Option<Object<impl FnOnce(&mut Line)>> {
    fault.map(|fault| {
        Object(move |line: &mut Line| {
            line.field("element", Shown(fault.element));
            line.field("offset", fault.offset);
            line.field("cause", Shown(fault.kind));
        })
    })
}

/// Every fault, with the name of its cause that does not change.
pub(crate) fn faults<'p>(parts: &'p Parts<'_>) -> List<impl Iterator<Item = Object<impl FnOnce(&mut Line) + 'p>>> {
    List(parts.faults.iter().map(|fault| {
        Object(|line: &mut Line| {
            line.field("element", Shown(fault.element));
            line.field("offset", fault.offset);
            line.field("code", fault.kind.code());
            line.field("cause", Shown(fault.kind));
        })
    }))
}
