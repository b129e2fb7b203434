//! The core without an allocator: read a request, answer it, from and into arrays; and what is wrong with one, as data.
//!
//! `cargo run --no-default-features --example core`. The library is built without std and alloc; this program has std for
//! `println!` alone.

use core::error::Error;
use ikev2::error::{BuildError, ParseError, ParseErrorKind};
use ikev2::registry::{ExchangeType, NotifyType, PayloadType};
use ikev2::wire::{Header, IkeSpis, Message, MessageBuilder, Notify, Payload, RawPayload};

/// The framing of all payloads, checked at once, and then the body of each.
fn read(datagram: &[u8]) -> Result<Message<'_>, ParseError> {
    let message = Message::parse(datagram)?;
    message.payloads().try_for_each(|raw| raw.parse().map(drop))?;
    Ok(message)
}

/// Answers a request outside of any IKE SA: with its own notifies, sent back, or with the Notify that its fault deserves.
///
/// `None` is silence: for responses, for octets without a header, and for faults that deserve nothing.
fn answer<'b>(datagram: &[u8], buf: &'b mut [u8]) -> Option<Result<&'b mut [u8], BuildError>> {
    let request = Header::peek(datagram).ok()?.header;
    if request.response {
        return None;
    }
    let header = Header { spis: IkeSpis { responder: 1, ..request.spis }, initiator: !request.initiator, response: true, ..request };
    let mut response = MessageBuilder::new(buf, &header);
    match read(datagram) {
        Ok(message) => {
            for raw in message.payloads() {
                if let Ok(notify @ Payload::Notify(_)) = raw.parse() {
                    response.push(notify);
                }
            }
        }
        Err(ParseError { kind: ParseErrorKind::UnsupportedCritical(ty), .. }) => {
            response.push(Payload::Notify(Notify::new(NotifyType::UNSUPPORTED_CRITICAL_PAYLOAD, &[ty.0])));
        }
        Err(fault) => {
            response.push(Payload::Notify(Notify::new(fault.notify()?, &[])));
        }
    }
    Some(response.finish())
}

fn main() -> Result<(), Box<dyn Error>> {
    let header = Header {
        spis: IkeSpis { initiator: 0x1122_3344_5566_7788, responder: 0 },
        exchange: ExchangeType::IKE_SA_INIT,
        initiator: true,
        response: false,
        message_id: 0,
    };
    let mut request = [0; 64];
    let request = MessageBuilder::new(&mut request, &header).push(Payload::Notify(Notify::new(NotifyType::COOKIE, &[7; 20]))).finish()?;

    let mut buf = [0; 64];
    let response = answer(request, &mut buf).ok_or("no answer")??;
    println!("{} octets asked, {} octets answered:", request.len(), response.len());
    for raw in Message::parse(response)?.payloads() {
        println!("  {:?}", raw.parse()?);
    }

    // A payload of a type from the future, marked as critical.
    let mut critical = [0; 64];
    let unknown = RawPayload::new(PayloadType(200), true, &[]);
    let critical = MessageBuilder::new(&mut critical, &header).push(Payload::Unknown(unknown)).finish()?;
    let fault = read(critical).err().ok_or("an unknown critical payload was accepted")?;
    println!("{fault}");
    let refused = answer(critical, &mut buf).ok_or("no answer")??;
    println!("  {:?}", refused.last());

    // Where the allocator would have stepped in: the error says how large the buffer has to be.
    let mut small = [0; 8];
    let small = answer(request, &mut small);
    println!("{small:?}");
    let right = refused.last() == Some(&200) && small == Some(Err(BuildError::BufferTooSmall { needed: 56 }));
    if right { Ok(()) } else { Err("not the answers that were due".into()) }
}
