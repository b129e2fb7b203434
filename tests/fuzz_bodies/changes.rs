//! Octets of a message changed in four ways.

const CHANGES: [fn(u8) -> u8; 4] = [|octet| octet ^ 0x01, |octet| octet ^ 0x80, |_| 0x00, |_| 0xff];

/// Octets that one run changes, so that it stays short; the input says which, and a campaign comes to all of them.
const WINDOW: usize = 32;

/// Calls `check` with `octets`, and with them after each change of an octet in the window of that number.
pub fn changes(octets: &[u8], window: u8, check: impl Fn(&[u8])) {
    check(octets);
    let windows = octets.len().div_ceil(WINDOW).max(1);
    let start = usize::from(window) % windows * WINDOW;
    let mut changed = octets.to_vec();
    for (at, octet) in octets.iter().enumerate().skip(start).take(WINDOW) {
        for change in CHANGES {
            changed[at] = change(*octet);
            if changed[at] != *octet {
                check(&changed);
            }
        }
        changed[at] = *octet;
    }
}
