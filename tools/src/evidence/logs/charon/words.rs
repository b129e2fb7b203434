//! What charon says in a line: without host, process, thread and group.

/// Groups of messages (strongSwan's `debug.c`).
const GROUPS: [&str; 18] =
    ["DMN", "MGR", "IKE", "CHD", "JOB", "CFG", "KNL", "NET", "ASN", "ENC", "TNC", "IMC", "IMV", "PTS", "TLS", "APP", "ESP", "LIB"];
/// How lines begin that have no group, as `ipsec up` prints them.
const BEGINNINGS: [&str; 6] =
    ["received packet: from ", "sending packet: from ", "parsed ", "generating ", "initiating IKE_SA ", "retransmit "];

/// The thread, and what it says; `None` for a line of something else. What precedes is a time that was cut off already, and whatever
/// wrote the line.
pub(in crate::evidence::logs) fn words(text: &str) -> Option<(u32, &str)> {
    if let Some((thread, rest)) = by_group(text) {
        return Some((thread, without_connection(rest)));
    }
    if let Some((before, rest)) = text.split_once("]: ").filter(|(before, _)| before.contains("charon")) {
        return (!before.contains("] ")).then_some((0, without_connection(rest)));
    }
    let text = text.trim_start();
    let known = BEGINNINGS.iter().any(|beginning| text.starts_with(beginning));
    (known
        && (text.contains("packet: from ")
            || text.contains(" [ ")
            || text.contains("IKE_SA ")
            || text.contains(" of request with message ID")))
    .then_some((0, text))
}

/// `05[ENC] ..`, and `[ENC] ..` as `swanctl` prints it.
fn by_group(text: &str) -> Option<(u32, &str)> {
    for (at, _) in text.match_indices('[').take(6) {
        let Some(group) = text.get(at.saturating_add(1)..at.saturating_add(4)) else { continue };
        let Some(rest) = text.get(at.saturating_add(4)..).and_then(|rest| rest.strip_prefix("] ")) else { continue };
        if !GROUPS.contains(&group) {
            continue;
        }
        let before = text.get(..at).unwrap_or_default();
        let digits = before.len().saturating_sub(before.bytes().rev().take_while(u8::is_ascii_digit).count());
        let thread = before.get(digits..).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        return Some((thread, rest));
    }
    None
}

/// `<name|1> ..`, as files have it with `ike_name`.
fn without_connection(text: &str) -> &str {
    let inside = text.strip_prefix('<').and_then(|rest| rest.split_once("> "));
    inside.filter(|(name, _)| name.contains('|') || name.len() < 40).map_or(text, |(_, rest)| rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_writes_the_line_the_words_are_the_same() {
        let said = "parsed IKE_AUTH request 1 [ IDi ]";
        for (before, thread) in [
            (" 05[ENC] ", 5),
            (" gw charon: 12[ENC] ", 12),
            (" gw charon-systemd[812]: ", 0),
            (" gw charon[812]: 07[ENC] <peer|3> ", 7),
            ("[ENC] ", 0),
            ("", 0),
            ("vpn_1  | 09[ENC] ", 9),
        ] {
            assert_eq!(words(&format!("{before}{said}")), Some((thread, said)), "{before}");
        }
        for other in ["", "parsed the configuration", " gw sshd[1]: hello", "[XYZ] a", "é[EN", "pluto[3]: \"a\" #1: sent"] {
            assert_eq!(words(other), None, "{other}");
        }
    }
}
