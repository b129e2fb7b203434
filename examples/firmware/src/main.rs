//! Firmware for a Cortex-M3 with 256 KiB of flash and 64 KiB of RAM: it reads IKE_SA_INIT, seals, cuts, puts together and opens.
//!
//! `cargo run --release` in this folder runs it under `qemu-system-arm`.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::boxed::Box;
use core::error::Error;
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use embedded_alloc::LlffHeap as Heap;
use ikev2::Instant;
use ikev2::fragment::{FragmentationSupport, Layout, OutgoingMessage, Path, Progress, Reassembler, ReassemblyLimits, Splitter};
use ikev2::protect::{IvSequence, Suite, open};
use ikev2::provider::Provider;
use ikev2::registry::{Encr, ExchangeType, PayloadType};
use ikev2::wire::{ChainBuilder, Header, IkeSpis, Message, Payload, VendorId};
use panic_semihosting as _;

#[global_allocator]
static HEAP: Heap = Heap::empty();

/// An IKE_SA_INIT request as strongSwan 5.9.8 sent it.
static REQUEST: &[u8] = include_bytes!("../../../benches/inputs/init_request.bin");

#[entry]
fn main() -> ! {
    #[expect(unsafe_code, reason = "SAFETY: the heap gets its memory once, and before anything is allocated")]
    unsafe {
        embedded_alloc::init!(HEAP, 16384);
    }
    let result = read().and_then(protect);
    match &result {
        Ok(peak) => hprintln!("well done, with at most {} octets of heap", peak),
        Err(error) => hprintln!("failed: {}", error),
    }
    debug::exit(if result.is_ok() { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

/// Reads the request to its last field, without the heap; gives the initiator's SPI.
fn read() -> Result<u64, Box<dyn Error>> {
    let message = Message::parse(REQUEST)?;
    message.payloads().try_for_each(|raw| raw.parse().map(drop))?;
    let (header, payloads) = (message.header(), message.payloads().count());
    hprintln!("{}: {} octets, {payloads} payloads, {} octets of heap", header.exchange, REQUEST.len(), HEAP.used());
    Ok(header.spis.initiator)
}

/// Seals a message in fragments for a path of 1280 octets, and opens and reassembles them; gives the most heap that was seen in use.
fn protect(initiator: u64) -> Result<usize, Box<dyn Error>> {
    let suite = Suite::new(Encr::ENCR_AES_GCM_16, Some(256), None)?;
    // From `ikev2::keys` and a source of random numbers, in earnest.
    let (sk_ei, seed) = ([7; 36], [9; 16]);
    let mut sealer = suite.sealer(&Provider::rustcrypto(), &sk_ei, &[], IvSequence::new(&seed))?;
    let opener = suite.opener(&Provider::rustcrypto(), &sk_ei, &[])?;

    let spis = IkeSpis { initiator, responder: 1 };
    let header = Header { spis, exchange: ExchangeType::IKE_AUTH, initiator: true, response: false, message_id: 1 };
    let mut buf = [0; 3100];
    let (first, content) = ChainBuilder::new(&mut buf).push(Payload::VendorId(VendorId { data: &[5; 3000] })).finish()?;
    let message = OutgoingMessage { header, unprotected: &[], first_payload: first, content };
    let mut datagrams = Splitter::new(Path::ipv6(1280), Layout::Fill, FragmentationSupport::Both).datagrams(&message, &mut *sealer)?;

    let (mut reassembler, mut datagram, mut peak) = (Reassembler::new(ReassemblyLimits::SMALL), [0; 1280], 0);
    let mut whole = None;
    while let Some(sealed) = datagrams.next_into(&mut datagram) {
        let sealed = sealed?;
        hprintln!("fragment of {} octets", sealed.len());
        // A timer of the board counts the time; nothing here takes long enough for it to matter.
        if let Progress::Complete(message) = reassembler.push(&open(sealed, &*opener)?, Instant::START)? {
            whole = Some(message);
        }
        peak = peak.max(HEAP.used());
    }
    let whole = whole.ok_or("the message did not become whole")?;
    hprintln!("{} octets of content from {} fragments", whole.content().len(), whole.fragments());
    if whole.content() == content && whole.first_payload() == PayloadType::V { Ok(peak) } else { Err("another message came out".into()) }
}
