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
fn hostile_03_every_decrypted_content_whole_cut_and_changed() {
    let contents: Vec<_> = crate::kit::recorded::all_recorded().iter().filter_map(crate::kit::recorded::Recorded::content).collect();
    let count: usize = contents.iter().map(|c| vary(&c.place, &c.octets, |octets| compare_content(c.first, octets))).sum();
    println!("{count} contents");
    assert!(count > figure(1_800_000, 50_000), "{count}");
}
