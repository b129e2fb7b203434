//! The core without an allocator: read a message, answer it, from and into arrays.
//!
//! `cargo run --no-default-features --example core`. The library is built without std and alloc; this program has std for
//! `println!` alone.

use ikev2::registry::{ExchangeType, NotifyType};
use ikev2::wire::{Header, IkeSpis, Message, MessageBuilder, Notify, Payload};

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let header = Header {
        spis: IkeSpis { initiator: 0x1122_3344_5566_7788, responder: 0 },
        exchange: ExchangeType::IKE_SA_INIT,
        initiator: true,
        response: false,
        message_id: 0,
    };
    let mut request = [0; 64];
    let request = MessageBuilder::new(&mut request, &header).push(Payload::Notify(Notify::new(NotifyType::COOKIE, &[7; 20]))).finish()?;

    let mut response = [0; 64];
    let response = answer(request, &mut response)?;
    println!("{} octets asked, {} octets answered:", request.len(), response.len());
    for raw in Message::parse(response)?.payloads() {
        println!("  {:?}", raw.parse()?);
    }
    Ok(())
}

/// Sends every Notify of a request back, in a message no larger than `buf`.
fn answer<'b>(request: &[u8], buf: &'b mut [u8]) -> Result<&'b [u8], Box<dyn core::error::Error>> {
    let request = Message::parse(request)?;
    let header = Header { spis: IkeSpis { responder: 1, ..request.header().spis }, initiator: false, response: true, ..*request.header() };
    let mut response = MessageBuilder::new(buf, &header);
    for raw in request.payloads() {
        if let notify @ Payload::Notify(_) = raw.parse()? {
            response.push(notify);
        }
    }
    Ok(response.finish()?)
}
