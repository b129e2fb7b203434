//! A monitor: what a rule engine wants to know of every UDP payload on ports 500 and 4500, without an allocation a packet.
//!
//! `cargo run --no-default-features --example monitor` reads the samples below; with `-` behind `--` it reads such
//! lines from standard input. `cargo test` instead of `cargo run` counts the allocations.

use core::fmt;
use ikev2::error::ParseError;
use ikev2::transform::{Transform, Weakness, advice_against};
use ikev2::wire::transport::{NotIke, Probe, probe};
use ikev2::wire::{Ikev1Header, LenientMessage, Message, Notify, Payload, Sa, Skf};

/// Something a rule can match on. It borrows from the datagram.
enum Fact<'a> {
    Message(LenientMessage<'a>),
    Offer { proposal: u8, transform: Transform },
    Weak(Weakness),
    Notify(Notify<'a>),
    Fragment(Skf<'a>),
    Fault(ParseError),
    Ikev1(Ikev1Header),
    Esp { spi: u32 },
    Keepalive,
    Short { missing: usize },
    NotIke(NotIke),
}

/// All the work for one datagram: no state, no allocation, and no octets that it fails on.
fn inspect<'a>(port: u16, datagram: &'a [u8], tell: &mut impl FnMut(Fact<'a>)) {
    let octets = match probe(datagram, Some(port)) {
        Probe::Ike2 { message, .. } => message,
        Probe::Ike1 { received, .. } => return received.ikev1().into_iter().for_each(|header| tell(Fact::Ikev1(header))),
        Probe::Esp { spi } => return tell(Fact::Esp { spi }),
        Probe::Keepalive => return tell(Fact::Keepalive),
        Probe::NeedMore(missing) => return tell(Fact::Short { missing }),
        Probe::No(why) => return tell(Fact::NotIke(why)),
        _ => return,
    };
    // It fails on nothing that has a header, and `probe` has seen that.
    let Ok(message) = Message::parse_lenient(octets) else { return };
    tell(Fact::Message(message));
    for raw in &message {
        match raw.parse_lenient().0 {
            Payload::Sa(sa) => offer(sa, tell),
            Payload::Notify(notify) => tell(Fact::Notify(notify)),
            Payload::Skf(fragment) => tell(Fact::Fragment(fragment)),
            _ => {}
        }
    }
    // Every fault, of the header, the chain and the bodies; its code is for rules and counters.
    message.faults(|fault| tell(Fact::Fault(fault)));
}

/// Tells every transform, and of each what RFC 8247, RFC 8221 and RFC 9395 have against it.
fn offer<'a>(sa: Sa<'a>, tell: &mut impl FnMut(Fact<'a>)) {
    for proposal in &sa {
        for transform in proposal.transforms().map(Transform::from) {
            tell(Fact::Offer { proposal: proposal.number, transform });
            advice_against(proposal.protocol, transform).into_iter().for_each(|weak| tell(Fact::Weak(weak)));
        }
    }
}

impl fmt::Display for Fact<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Message(message) => {
                let (header, kind) = (message.header(), if message.header().response { "response" } else { "request" });
                write!(f, "{} {kind}, message ID {}, IKE SA {}", header.exchange, header.message_id, header.spis)
            }
            Self::Offer { proposal, transform } => write!(f, "  proposal {proposal}: {transform}"),
            Self::Weak(weakness) => write!(f, "    {weakness}"),
            Self::Notify(notify) => write!(f, "  notify {}, {} octets of data", notify.ty, notify.data.len()),
            Self::Fragment(skf) => write!(f, "  fragment {} of {}", skf.number, skf.total),
            Self::Fault(fault) => write!(f, "  fault {}: {fault}", fault.kind.code()),
            Self::Ikev1(header) => write!(f, "IKEv1, {}, message ID {}", header.exchange, header.message_id),
            Self::Esp { spi } => write!(f, "ESP, SPI {spi:08x}"),
            Self::Keepalive => f.write_str("NAT keepalive"),
            Self::Short { missing } => write!(f, "{missing} octets short of an IKE header"),
            Self::NotIke(why) => write!(f, "no IKE: {why}"),
        }
    }
}

/// An IKE_SA_INIT request of strongSwan 5.9.8; a weak offer that is cut off; one that a strict reader refuses twice; on port 4500 a refusal, a fragment, ESP and a keepalive;
/// Aggressive Mode of IKEv1.
const SAMPLES: &str = "\
500 55f322e43115df6e0000000000000000212022080000000000000100220000300000002c010100040300000c0100000c800e0080030000080300000c030000080200\
000500000008040000192800003800190000577f6e26bff30fc79f4872da0461682d0078738a25d0f9997db8fc235b35d4dbb3ef7d7aae1dda47761af3ff6b9e2b282900\
0024e4b452625d3cb4adf5c1144134dc8425a6221b3622bf5371b7744a00144fcd362900001c00004004688c8dc3e331635214e944c4e12a8ae406b236f42900001c0000\
4005bcdce2e5da3d4425146ff49f6a0c40ff8051f924290000080000402e290000100000402f00020003000400050000000800004016
500 7a11ed00c0ffee0100000000000000002120220800000000000000f42200002c00000028010100040300000801000003030000080300000203000008020000020000\
0008040000022800008800020000d5d5d5d5d5d5d5d5d5d5d5d5
500 000000000000000100000000000000002120220800000000000000000000001402000010070100010000000804000013
4500 0000000055f322e43115df6e0000000000000000292022200000000000000024000000080000000e
4500 0000000055f322e43115df6e010203040506070835202308000000010000004423000028000100030001020304050607eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee\
eeeeeeeeeeeee
4500 c0ffee0100000001
4500 ff
500 0a0b0c0d0e0f00010000000000000000011004000000000000000028000000000000000000000000";

/// A port and hexadecimal octets.
fn datagram(line: &str) -> Option<(u16, Vec<u8>)> {
    let (port, octets) = line.split_once(' ')?;
    let octets = octets.as_bytes().chunks(2).map(|two| u8::from_str_radix(core::str::from_utf8(two).ok()?, 16).ok());
    Some((port.parse().ok()?, octets.collect::<Option<_>>()?))
}

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let given = std::env::args().nth(1).is_some_and(|argument| argument == "-");
    let text = if given { std::io::read_to_string(std::io::stdin())? } else { SAMPLES.to_owned() };
    let (mut weak, mut faults) = (0_u32, 0_u32);
    for line in text.lines() {
        let (port, octets) = datagram(line).ok_or_else(|| format!("not a port and hexadecimal octets: {line}"))?;
        inspect(port, &octets, &mut |fact| {
            weak = weak.saturating_add(matches!(fact, Fact::Weak(_)).into());
            faults = faults.saturating_add(matches!(fact, Fact::Fault(_)).into());
            println!("{fact}");
        });
    }
    println!("{} datagrams, {weak} weak transforms, {faults} faults", text.lines().count());
    if given || (weak, faults) == (4, 4) { Ok(()) } else { Err("the samples have 4 weak transforms and 4 faults".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::fmt::Write;

    /// Counts what is written to it, so that showing a fact is measured as well.
    struct Counted(usize);

    impl Write for Counted {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0 = self.0.saturating_add(text.len());
            Ok(())
        }
    }

    #[test]
    fn a_datagram_costs_no_allocation_whole_or_cut_short() {
        for line in SAMPLES.lines() {
            let (port, octets) = datagram(line).unwrap();
            for end in 0..=octets.len() {
                let mut shown = Counted(0);
                let count = allocation_counter::measure(|| inspect(port, &octets[..end], &mut |fact| write!(shown, "{fact}").unwrap()));
                assert_eq!((count.count_total, shown.0 > 0), (0, true), "{end} octets of {line}");
            }
        }
    }
}
