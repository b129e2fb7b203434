//! Packets that are cut, changed or made up: no panic, and nobody is let in who would not have been.

use super::kit::{config, ms_client, ms_server, take, tls_client, tls_server};
use crate::eap::tls::{Config, Versions};
use crate::eap::{Authenticator, First, Supplicant};
use proptest::prelude::*;

/// The conversations that are disturbed.
fn pair(which: usize) -> (Supplicant, Authenticator) {
    let tls = |versions, owner| Config { versions, fragment: 400, ..config("p256", owner, "p256") };
    match which {
        0 => (ms_client("carol", "blue"), ms_server(First::Identity, "carol", "blue")),
        1 => (tls_client(tls(Versions::Tls12, "client"), None), tls_server(tls(Versions::Tls12, "server"))),
        _ => (tls_client(tls(Versions::Tls13, "client"), None), tls_server(tls(Versions::Tls13, "server"))),
    }
}

/// What happens to one packet.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Change { at: usize, by: u8 },
    Cut { to: usize, length: bool },
}

fn disturb(packet: &mut Vec<u8>, fate: Fate) {
    match fate {
        Fate::Change { at, by } => {
            let at = at.checked_rem(packet.len()).unwrap();
            packet[at] ^= by;
        }
        Fate::Cut { to, length } => {
            packet.truncate(to.checked_rem(packet.len()).unwrap());
            // With a length that fits, the method sees it.
            if let (true, Ok(octets), Some(field)) = (length, u16::try_from(packet.len()), packet.get_mut(2..4)) {
                field.copy_from_slice(&octets.to_be_bytes());
            }
        }
    }
}

/// Carries packets, disturbs the `nth`, and says whether both came to a good end with different keys.
fn differ(which: usize, nth: usize, fate: Fate) -> bool {
    let (mut client, mut server) = pair(which);
    let (mut of_client, mut of_server) = (None, None);
    let mut packet = server.start().unwrap();
    for count in 0.. {
        if count == nth {
            disturb(&mut packet, fate);
        }
        let to_client = count % 2 == 0;
        let step = if to_client { client.handle(&packet) } else { server.handle(&packet) };
        let Ok((next, end)) = step.map(take) else { break };
        let side = if to_client { &mut of_client } else { &mut of_server };
        *side = side.take().or(end);
        let Some(next) = next else { break };
        packet = next;
    }
    let key = |end: Option<Result<(crate::eap::Msk, _), _>>| end.and_then(Result::ok).map(|(msk, _)| *msk.octets());
    matches!((key(of_client), key(of_server)), (Some(one), Some(two)) if one != two)
}

fn fates() -> impl Strategy<Value = Fate> {
    prop_oneof![
        (any::<usize>(), 1..=255u8).prop_map(|(at, by)| Fate::Change { at, by }),
        // The octets that say what a packet is.
        (0..20usize, 1..=255u8).prop_map(|(at, by)| Fate::Change { at, by }),
        (any::<usize>(), any::<bool>()).prop_map(|(to, length)| Fate::Cut { to, length }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn a_disturbed_packet_does_no_harm(which in 0..3usize, nth in 0..24usize, fate in fates()) {
        prop_assert!(!differ(which, nth, fate));
    }

    #[test]
    fn made_up_packets_let_nobody_in(
        which in 0..3usize,
        packets in proptest::collection::vec((1..=4u8, 0..4u8, prop_oneof![Just(1u8), Just(3), Just(13), Just(26), any::<u8>()],
            proptest::collection::vec(any::<u8>(), 0..80)), 0..12),
    ) {
        let (mut client, mut server) = pair(which);
        server.start().unwrap();
        for (code, identifier, ty, data) in packets {
            let body = if code < 3 { [&[ty], &*data].concat() } else { Vec::new() };
            let length = u8::try_from(body.len().saturating_add(4)).unwrap();
            let packet = [&[code, identifier, 0, length], &*body].concat();
            for step in [client.handle(&packet), server.handle(&packet)] {
                let good = matches!(step.map(take), Ok((_, Some(Ok(_)))));
                prop_assert!(!good);
            }
        }
    }
}
