//! An independent, naive decoder and the crate agree on every captured message, every prefix of it, and every octet of it
//! changed in four ways: both refuse it, for the same reason and at the same octet, or both find the same fields.

use crate::kit::naive::ours::{compare_content, compare_message};
use crate::kit::recorded::figure;

/// The changes of one octet.
const CHANGES: [fn(u8) -> u8; 4] = [|octet| octet ^ 0x01, |octet| octet ^ 0x80, |_| 0x00, |_| 0xff];

/// Compares `octets`, its prefixes, and it with each octet changed; the names of what differs.
fn vary(place: &str, octets: &[u8], compare: impl Fn(&[u8])) -> usize {
    let check = |what: &str, at: usize, octets: &[u8]| {
        let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| compare(octets)));
        assert!(caught.is_ok(), "{place}: {what} {at}: {}", crate::kit::recorded::hex(octets));
    };
    check("whole", 0, octets);
    let mut count = 1;
    for end in 0..octets.len() {
        check("cut at", end, &octets[..end]);
        count += 1;
    }
    let mut changed = octets.to_vec();
    for at in 0..octets.len() {
        for change in CHANGES {
            changed[at] = change(octets[at]);
            if changed[at] != octets[at] {
                check("changed", at, &changed);
                count += 1;
            }
        }
        changed[at] = octets[at];
    }
    count
}

#[test]
fn hostile_03_every_captured_message_whole_cut_and_changed() {
    let count: usize =
        crate::kit::recorded::all_recorded().iter().map(|recorded| vary(&recorded.place(), &recorded.message, compare_message)).sum();
    println!("{count} messages");
    assert!(count > figure(2_700_000, 110_000), "{count}");
}

#[test]
fn hostile_03_every_captured_message_with_another_length_and_octets_behind_it() {
    // A payload that reads as one, two that do not, and what is too short to be one.
    let tails =
        [&[][..], &[0, 0, 0, 4], &[0, 0, 0, 8, 0, 0, 0x40, 0x02], &[0, 0, 0, 8, 0, 1, 0, 2], &[0, 0, 0], &[41, 0, 0, 4, 0, 0, 0, 4]];
    let mut count = 0;
    for recorded in crate::kit::recorded::all_recorded() {
        let len = recorded.message.len();
        for tail in tails {
            // The last payload in clear announces another one.
            for next in [0, 33, 41, 43, 46, 53, 200] {
                let mut octets = [&recorded.message[..], tail].concat();
                let last = ikev2::wire::Message::parse(&recorded.message).unwrap().payloads().last();
                if let Some(last) = last {
                    octets[last.offset()] = next;
                }
                for length in [0, 27, 28, 29, len - 5, len - 4, len - 1, len, len + 1, octets.len(), octets.len() + 1, usize::MAX >> 32] {
                    octets[24..28].copy_from_slice(&u32::try_from(length).unwrap().to_be_bytes());
                    compare_message(&octets);
                    count += 1;
                }
            }
        }
    }
    println!("{count} messages");
    assert!(count > figure(590_000, 20_000), "{count}");
}

#[test]
fn hostile_03_every_decrypted_content_whole_cut_and_changed() {
    let contents: Vec<_> = crate::kit::recorded::all_recorded().iter().filter_map(crate::kit::recorded::Recorded::content).collect();
    let count: usize = contents.iter().map(|c| vary(&c.place, &c.octets, |octets| compare_content(c.first, octets))).sum();
    println!("{count} contents");
    assert!(count > figure(1_800_000, 50_000), "{count}");
}
