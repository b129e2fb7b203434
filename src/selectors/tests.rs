//! Selectors against a naive model: a list of them is the set of packets that some selector holds.

use super::*;
use alloc::string::{String, ToString};
use alloc::vec;
use core::net::IpAddr;
use proptest::prelude::*;

/// What a packet shows: address, protocol, and ports where they can be seen.
type Packet = (IpAddr, u8, Option<u16>);

/// RFC 4301 section 4.4.1.1: ANY holds what cannot be seen, OPAQUE that alone, a range what it names.
fn holds(selector: &Selector, (address, protocol, port): Packet) -> bool {
    let (first, last) = selector.addresses();
    let ports = match (selector.ports(), port) {
        ((0, 65535), _) => true,
        ((65535, 0), port) => port.is_none(),
        ((start, end), Some(port)) => (start..=end).contains(&port),
        (_, None) => false,
    };
    let same_version = matches!((first, address), (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)));
    same_version && first <= address && address <= last && ports && [0, protocol].contains(&selector.protocol())
}

fn some_hold(selectors: &[Selector], packet: Packet) -> bool {
    selectors.iter().any(|selector| holds(selector, packet))
}

fn address(v6: bool, low: u8) -> IpAddr {
    if v6 { IpAddr::V6((0x2001_0db8_u128 << 96 | u128::from(low)).into()) } else { IpAddr::V4([192, 0, 2, low].into()) }
}

const PORTS: [(u16, u16); 7] = [(0, 65535), (65535, 0), (0, 0), (1, 2), (2, 3), (3, 65535), (0, 3)];

/// All that the selectors of `small` tell apart.
fn packets() -> impl Iterator<Item = Packet> {
    let ports = [None, Some(0), Some(1), Some(2), Some(3), Some(4), Some(65535)];
    let addresses = [false, true].into_iter().flat_map(|v6| (0..10).map(move |low| address(v6, low)));
    addresses.flat_map(move |at| [1, 6, 17].into_iter().flat_map(move |protocol| ports.into_iter().map(move |port| (at, protocol, port))))
}

/// Selectors that meet often.
fn small() -> impl Strategy<Value = Selector> {
    let ports = prop_oneof![2 => Just((0, 65535)), 3 => prop::sample::select(&PORTS[..])];
    (any::<bool>(), 0..10_u8, 0..10_u8, prop::sample::select(&[0, 0, 6, 17][..]), ports).prop_map(|(v6, one, two, protocol, ports)| {
        Selector::new(protocol, ports, (address(v6, one.min(two)), address(v6, one.max(two)))).unwrap()
    })
}

fn lists() -> impl Strategy<Value = (Vec<Selector>, Vec<Selector>)> {
    (prop::collection::vec(small(), 0..6), prop::collection::vec(small(), 0..6))
}

fn any_selector() -> impl Strategy<Value = Selector> {
    let v4 = any::<(u32, u32)>().prop_map(|(one, two)| (IpAddr::V4(one.min(two).into()), IpAddr::V4(one.max(two).into())));
    let v6 = any::<(u128, u128)>().prop_map(|(one, two)| (IpAddr::V6(one.min(two).into()), IpAddr::V6(one.max(two).into())));
    let network = (any::<u128>(), any::<bool>(), 0..=128_u8).prop_map(|(bits, v6, length)| {
        let address = if v6 { IpAddr::V6(bits.into()) } else { IpAddr::V4(u32::try_from(bits >> 96).unwrap().into()) };
        Selector::cidr(address, if v6 { length } else { length / 4 }).unwrap().addresses()
    });
    let range = any::<(u16, u16)>().prop_map(|(one, two)| (one.min(two), one.max(two)));
    let ports =
        prop_oneof![prop::sample::select(&PORTS[..]), range, any::<u8>().prop_map(|ty| (u16::from(ty) << 8, u16::from(ty) << 8 | 255))];
    let protocol = prop_oneof![prop::sample::select(&[0, 1, 6, 17, 58][..]), any::<u8>()];
    (protocol, ports, prop_oneof![v4, v6, network])
        .prop_map(|(protocol, ports, addresses)| Selector::new(protocol, ports, addresses).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    /// Never wider than either list, and nothing is left out that both hold.
    #[test]
    fn rfc_7296_section_2_9_an_answer_is_what_both_hold((offered, own) in lists()) {
        let answer = narrow(&offered, &own);
        for packet in packets() {
            prop_assert_eq!(some_hold(&answer, packet), some_hold(&offered, packet) && some_hold(&own, packet), "{:?}", packet);
        }
        prop_assert!(within(&answer, &offered) && within(&answer, &own));
        prop_assert_eq!(&narrow(&answer, &own), &answer);
        prop_assert_eq!(narrow(&offered, &answer).len(), answer.len());
        for (at, one) in answer.iter().enumerate() {
            prop_assert!(answer.iter().enumerate().all(|(other, wide)| other == at || !wide.contains(one)));
        }
    }

    /// What began it all comes first, and a peer that takes one selector gets one that serves it.
    #[test]
    fn rfc_7296_section_2_9_an_answer_includes_the_first_choice((offered, own) in lists()) {
        let answer = narrow(&offered, &own);
        let one = narrow_to_one(&offered, &own);
        prop_assert_eq!(one.is_some(), !answer.is_empty());
        let Some(one) = one else { return Ok(()) };
        prop_assert!(answer.contains(&one));
        let first: Vec<_> = offered.first().into_iter().flat_map(|first| own.iter().filter_map(|own| first.intersection(own))).collect();
        if let Some(first) = first.first() {
            prop_assert!(one.contains(first) && answer[0].contains(first));
        }
    }

    /// Nothing is said to lie within that does not, and what one selector holds always does.
    #[test]
    fn rfc_7296_section_2_9_within_is_never_more_than_the_offer((answered, offered) in lists()) {
        let is_within = within(&answered, &offered);
        let is_subset = packets().all(|packet| !some_hold(&answered, packet) || some_hold(&offered, packet));
        prop_assert!(is_subset || !is_within);
        let is_plain = |list: &[Selector]| list.iter().all(|one| one.protocol() == 0 && one.has_any_port());
        if is_plain(&answered) && is_plain(&offered) {
            prop_assert_eq!(is_within, is_subset);
        }
        if answered.iter().all(|one| offered.iter().any(|wide| wide.contains(one))) {
            prop_assert!(is_within);
        }
    }

    #[test]
    fn rfc_4301_section_4_4_1_1_two_selectors_are_two_sets((one, two) in (small(), small())) {
        let both = one.intersection(&two);
        for packet in packets() {
            prop_assert_eq!(both.is_some_and(|both| holds(&both, packet)), holds(&one, packet) && holds(&two, packet));
        }
        prop_assert_eq!(one.contains(&two), packets().all(|packet| !holds(&two, packet) || holds(&one, packet)));
        prop_assert_eq!(both, two.intersection(&one));
    }

    #[test]
    fn what_is_written_reads_back(selector in any_selector()) {
        prop_assert_eq!(selector.to_string().parse(), Ok(selector));
        prop_assert_eq!(Selector::try_from(selector.wire()), Ok(selector));
    }

    #[test]
    fn no_text_is_too_strange(text in "[0-9a-f:./\\[\\]()a-z-]{0,24}|\\PC{0,12}") {
        if let Ok(selector) = text.parse::<Selector>() {
            prop_assert_eq!(selector.to_string().parse(), Ok(selector));
        }
    }
}

fn list(texts: &[&str]) -> Vec<Selector> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn written(selectors: &[Selector]) -> Vec<String> {
    selectors.iter().map(ToString::to_string).collect()
}

#[test]
fn rfc_7296_section_2_9_offers_of_peers() {
    for (offered, own, answer, one) in [
        // The packet, then what the policy of the initiator has: the example of the section.
        (&["192.0.2.43[tcp/443]", "192.0.2.0/24"][..], &["192.0.2.0/24"][..], &["192.0.2.0/24"][..], "192.0.2.0/24"),
        // The offer of a road warrior.
        (&["0.0.0.0/0"], &["10.1.0.0/16", "10.2.0.0/16"], &["10.1.0.0/16", "10.2.0.0/16"], "10.1.0.0/16"),
        // The packet decides which of two.
        (&["10.2.0.7[udp/53]", "10.0.0.0/8"], &["10.1.0.0/16", "10.2.0.0/16"], &["10.2.0.0/16", "10.1.0.0/16"], "10.2.0.0/16"),
        // It lies in nothing else that was offered.
        (&["10.0.0.7[tcp/80]", "10.0.0.128-10.0.1.255"], &["10.0.0.0/24"], &["10.0.0.7[tcp/80]", "10.0.0.128/25"], "10.0.0.7/32[tcp/80]"),
        (&["10.0.1.0/24", "10.0.0.7[tcp/80]", "10.0.0.0/8"], &["10.0.0.0/24"], &["10.0.0.0/24"], "10.0.0.0/24"),
        (
            &["2001:db8::/32", "10.0.0.0/8"],
            &["10.0.0.0/24", "::/0[icmp6/128]"],
            &["2001:db8::/32[ipv6-icmp/128]", "10.0.0.0/24"],
            "2001:db8::/32[ipv6-icmp/128]",
        ),
    ] {
        let (offered, own) = (list(offered), list(own));
        assert_eq!(narrow(&offered, &own), list(answer), "{offered:?}");
        assert_eq!(narrow_to_one(&offered, &own), one.parse().ok(), "{offered:?}");
    }
    assert_eq!((narrow(&[], &[Selector::all_v4()]), narrow_to_one(&[Selector::all_v6()], &[Selector::all_v4()])), (vec![], None));
}

#[test]
fn an_answer_to_many_selectors_stays_short() {
    let hosts: Vec<Selector> = (0..=255).map(|low| Selector::host(address(false, low))).collect();
    let answer = narrow(&hosts, &[Selector::all_v4()]);
    assert_eq!(answer, hosts[..MAX]);
    // A wide one still finds its place, and the others make way.
    let wide: Vec<Selector> = hosts.iter().copied().chain(list(&["192.0.2.0/26", "192.0.2.0/24"])).collect();
    assert_eq!(narrow(&wide, &[Selector::all_v4()]), list(&["192.0.2.0/24"]));
    assert_eq!(narrow(&wide[..257], &[Selector::all_v4()]), list(&["192.0.2.0/26"]));
}

#[test]
fn adjoining_ranges_hold_what_lies_across_them() {
    let offered = list(&["10.0.1.0/24", "10.0.0.0/24[tcp]", "10.0.0.0/24", "10.0.2.0-10.0.255.255"]);
    assert!(within(&list(&["10.0.0.0/16", "10.0.0.9-10.0.1.3[udp/53]"]), &offered));
    assert!(!within(&list(&["10.0.0.0-10.1.0.0"]), &offered));
    assert!(!within(&list(&["10.0.0.0/16"]), &offered[..2]) && within(&[], &[]));
    assert!(within(&[Selector::all_v4(), Selector::all_v6()], &list(&["128.0.0.0/1", "0.0.0.0/1", "::/1", "8000::/1"])));
}

#[test]
fn the_notation_of_strongswan() {
    for (text, shown) in [
        ("10.9.8.7/8", "10.0.0.0/8"),
        ("10.0.0.1", "10.0.0.1/32"),
        ("10.0.0.1-10.0.0.9", "10.0.0.1-10.0.0.9"),
        ("10.0.0.0-10.0.0.255", "10.0.0.0/24"),
        ("0.0.0.0/0[TCP/443]", "0.0.0.0/0[tcp/443]"),
        ("::/0[17/1024-65535]", "::/0[udp/1024-65535]"),
        ("10.0.0.0/8[/53]", "10.0.0.0/8[/53]"),
        ("10.0.0.0/8[99]", "10.0.0.0/8[99]"),
        ("10.0.0.0/8[udp/opaque]", "10.0.0.0/8[udp/opaque]"),
        ("10.0.0.0/8[%any/any]", "10.0.0.0/8"),
        ("10.0.0.0/8[icmp/8]", "10.0.0.0/8[icmp/8]"),
        ("10.0.0.0/8[1/3(1)]", "10.0.0.0/8[icmp/3(1)]"),
        ("10.0.0.0/8[icmp/3(1)-3(4)]", "10.0.0.0/8[icmp/3(1)-3(4)]"),
        ("2001:db8::/32[icmp6/133-137]", "2001:db8::/32[ipv6-icmp/133-137]"),
    ] {
        assert_eq!(written(&list(&[text])), [shown]);
    }
    let icmp: Selector = "10.0.0.0/8[icmp/3(1)-3(4)]".parse().unwrap();
    assert_eq!(icmp.ports(), (0x0301, 0x0304));
    for (text, error) in [
        ("", SelectorError::Address { at: 0 }),
        ("10.0.0/8", SelectorError::Address { at: 0 }),
        ("10.0.0.1-", SelectorError::Address { at: 9 }),
        ("10.0.0.1-::1", SelectorError::Families),
        ("10.0.0.2-10.0.0.1", SelectorError::Addresses),
        ("10.0.0.0/33", SelectorError::Prefix { at: 9, maximum: 32 }),
        ("::/129", SelectorError::Prefix { at: 3, maximum: 128 }),
        ("10.0.0.0/+8", SelectorError::Prefix { at: 9, maximum: 32 }),
        ("10.0.0.0/8[tcp", SelectorError::Bracket { at: 14 }),
        ("10.0.0.0/8[tcp]x", SelectorError::Bracket { at: 16 }),
        ("10.0.0.0/8[256]", SelectorError::Protocol { at: 11 }),
        ("10.0.0.0/8[tcp/x]", SelectorError::Port { at: 15 }),
        ("10.0.0.0/8[tcp/1-65536]", SelectorError::Port { at: 17 }),
        ("10.0.0.0/8[tcp/2-1]", SelectorError::Ports),
        ("10.0.0.0/8[tcp/65535-0]", SelectorError::Ports),
        ("10.0.0.0/8[icmp/8(256)]", SelectorError::Port { at: 16 }),
    ] {
        assert_eq!(text.parse::<Selector>(), Err(error), "{text}");
    }
}

#[test]
fn rfc_7296_section_3_13_payloads_are_read_as_far_as_they_are_known() {
    use crate::registry::{PayloadType, TsType};
    use crate::wire::{Chain, ChainBuilder, Payload, TrafficSelector};
    let read_back = |selectors: &[TrafficSelector<'_>]| {
        let mut buf = [0; 8192];
        let mut builder = ChainBuilder::new(&mut buf);
        builder.ts_i(|ts| {
            for selector in selectors {
                ts.selector(*selector);
            }
        });
        let chain = Chain::parse(PayloadType::TSI, builder.finish().unwrap().1).unwrap();
        let Some(Payload::TsI(ts)) = chain.payloads().next().map(|raw| raw.parse().unwrap()) else { panic!("no TSi") };
        read(&ts)
    };
    let known = list(&["10.0.0.0/8[udp/opaque]", "2001:db8::/32"]);
    let wire: Vec<_> = known.iter().map(Selector::wire).collect();
    assert_eq!(read_back(&wire), (known.clone(), false));
    for other in [
        TrafficSelector::SecurityLabel(b"secret"),
        TrafficSelector::FibreChannel { fc_ids: (0, 1), r_ctls: (0, 1), types: (0, 1) },
        TrafficSelector::Unknown { ty: TsType(200), protocol: 0, octets: b"?" },
    ] {
        assert_eq!(read_back(&[wire[0], other, wire[1]]), (known.clone(), true));
        assert_eq!(Selector::try_from(other), Err(SelectorError::Type(other.ty())));
    }
    let reversed = TrafficSelector::Ipv4 { protocol: 0, ports: (9, 8), addresses: ([0; 4].into(), [0; 4].into()) };
    assert_eq!(Selector::try_from(reversed), Err(SelectorError::Ports));
}
