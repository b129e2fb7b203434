//! Target `selectors`: any text, any payload, and lists narrowed, against sets of packets.

use ikev2::registry::PayloadType;
use ikev2::selectors::{MAX, Selector, narrow, narrow_to_one, read, within};
use ikev2::wire::{Chain, Payload, RawPayload};
use std::net::IpAddr;

/// Octet 0: a text, a payload, or two lists; of those, octet 1 says how many are offered, and each selector is three octets.
pub fn selectors(data: &[u8]) {
    let Some((what, rest)) = data.split_first() else { return };
    match (what % 3, rest) {
        (0, text) => written(&String::from_utf8_lossy(text)),
        (1, body) => received(body),
        (_, [count, chunks @ ..]) => {
            let list: Vec<Selector> = chunks.chunks_exact(3).take(24).map(small).collect();
            let (offered, own) = list.split_at(list.len().min(usize::from(*count)));
            narrowed(offered, own);
        }
        _ => {}
    }
}

fn written(text: &str) {
    match text.parse::<Selector>() {
        Ok(selector) => assert_eq!(selector.to_string().parse(), Ok(selector), "{text}"),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// The body of a TSi payload.
fn received(body: &[u8]) {
    let Ok(len) = u16::try_from(body.len() + 4) else { return };
    let octets = [&[0, 0], &len.to_be_bytes()[..], body].concat();
    let Ok(chain) = Chain::parse(PayloadType::TSI, &octets) else { return };
    let Some(Ok(Payload::TsI(ts))) = chain.payloads().next().map(RawPayload::parse) else { return };
    let (known, has_others) = read(&ts);
    assert_eq!(known.len() < ts.selectors().count(), has_others);
    for selector in &known {
        written(&selector.to_string());
        assert!(ts.selectors().any(|one| one == selector.wire()));
    }
    let answer = narrow(&known, &[Selector::all_v4(), Selector::all_v6()]);
    assert!(answer.len() <= MAX && within(&answer, &known));
    assert_eq!(narrow(&answer, &known), answer);
}

/// A selector of few packets, so that two of them meet often.
fn small(octets: &[u8]) -> Selector {
    let [what, first, last] = [octets[0], octets[1] & 15, octets[2] & 15];
    let protocol = [0, 0, 6, 17][usize::from(what & 3)];
    let ports = [(0, 65535), (65535, 0), (1, 2), (2, 3), (2, 65535), (0, 2), (0, 65535), (2, 2)][usize::from(what >> 2 & 7)];
    let at = |low: u8| if what & 32 == 0 { IpAddr::from([192, 0, 2, low]) } else { IpAddr::V6(u128::from(low).into()) };
    Selector::new(protocol, ports, (at(first.min(last)), at(first.max(last)))).unwrap()
}

fn holds(list: &[Selector], address: IpAddr, protocol: u8, port: Option<u16>) -> bool {
    list.iter().any(|selector| {
        let (first, last) = selector.addresses();
        let ports = match (selector.ports(), port) {
            ((0, 65535), _) => true,
            ((65535, 0), port) => port.is_none(),
            ((start, end), port) => port.is_some_and(|port| start <= port && port <= end),
        };
        first.is_ipv4() == address.is_ipv4() && first <= address && address <= last && ports && [0, protocol].contains(&selector.protocol())
    })
}

fn narrowed(offered: &[Selector], own: &[Selector]) {
    let answer = narrow(offered, own);
    assert!(answer.len() <= MAX && within(&answer, offered) && within(&answer, own));
    assert_eq!(narrow(&answer, own), answer);
    let (mut is_subset, is_within) = (true, within(own, offered));
    for low in 0..16 {
        for address in [IpAddr::from([192, 0, 2, low]), IpAddr::V6(u128::from(low).into())] {
            for protocol in [6, 17, 99] {
                for port in [None, Some(0), Some(1), Some(2), Some(3), Some(65535)] {
                    let [theirs, ours, both] = [offered, own, &answer].map(|list| holds(list, address, protocol, port));
                    // Of up to 24 selectors there are no more than MAX pieces at a time, or some of both is left out.
                    assert!(both == (theirs && ours) || (!both && offered.len() * own.len() > MAX));
                    is_subset &= theirs || !ours;
                }
            }
        }
    }
    assert!(is_subset || !is_within);
    let first = offered.first().and_then(|first| own.iter().find_map(|own| first.intersection(own)));
    match narrow_to_one(offered, own) {
        Some(one) => assert!(answer.contains(&one) && first.is_none_or(|first| one.contains(&first))),
        None => assert!(answer.is_empty()),
    }
}
