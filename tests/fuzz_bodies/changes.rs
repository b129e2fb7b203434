//! Every octet of a message changed in four ways.

const CHANGES: [fn(u8) -> u8; 4] = [|octet| octet ^ 0x01, |octet| octet ^ 0x80, |_| 0x00, |_| 0xff];

/// Octets of a message that are changed, so that one run stays short: of a longer one the last are left alone.
const CHANGED: usize = 512;

/// Calls `check` with `octets`, and with them after each change.
pub fn changes(octets: &[u8], check: impl Fn(&[u8])) {
    check(octets);
    let mut changed = octets.to_vec();
    for (at, octet) in octets.iter().enumerate().take(CHANGED) {
        for change in CHANGES {
            changed[at] = change(*octet);
            if changed[at] != *octet {
                check(&changed);
            }
        }
        changed[at] = *octet;
    }
}
