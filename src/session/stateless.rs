//! Answers that belong to no IKE SA and leave nothing behind.

use super::step::init::message;
use crate::error::{ParseError, ParseErrorKind};
use crate::registry::NotifyType;
use crate::wire::{Header, MessageBuilder, Notify, Payload};
use bytes::Bytes;

/// An unprotected response that is one notify.
pub(super) fn notify(request: &Header, ty: NotifyType, data: &[u8]) -> Option<Bytes> {
    let header = Header { initiator: !request.initiator, response: true, ..*request };
    let answer =
        message(|buf| MessageBuilder::new(buf, &header).push(Payload::Notify(Notify::new(ty, data))).finish().map(|message| message.len()));
    answer.ok()
}

/// The answer to an IKE_SA_INIT request that cannot be read: UNSUPPORTED_CRITICAL_PAYLOAD (RFC 7296 section 2.5), or the notify that its
/// fault deserves (section 2.21.1).
pub(super) fn fault(request: &Header, error: &ParseError) -> Option<Bytes> {
    match error.kind {
        ParseErrorKind::UnsupportedCritical(ty) => notify(request, NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD, &[ty.0]),
        _ => error.notify().and_then(|ty| notify(request, ty, &[])),
    }
}
