//! The words of a setting, and what in them is to be pasted: one line each.

/// A part of a setting.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Words(String),
    /// One line that a shell, a router or a configuration file takes as it stands.
    Command(String),
}

/// How commands begin. What PowerShell takes is told by its parameters.
const VERBS: &[&str] = &[
    "netsh ",
    "journalctl ",
    "systemctl ",
    "ipsec status",
    "ipsec addresspoolstatus",
    "ikectl ",
    "/ip ",
    "/system ",
    "/radius ",
    "diagnose debug ",
    "diagnose vpn ",
    "crypto ikev2 ",
    "crypto ipsec ",
    "debug crypto ",
    "show ",
    "set security ",
    "delete security ",
    "less mp-log ",
    "Resolve-DnsName ",
];
const RESTART: &[&str] = &["restart the service RemoteAccess", "restart RemoteAccess"];

/// The parts of a setting, in the order of its words.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    for clause in text.split("; ") {
        let mut parts = clause.split(", then ");
        if let Some(first) = parts.next() {
            one(&mut found, first);
        }
        parts.for_each(|rest| then(&mut found, rest));
    }
    found
}

fn words(found: &mut Vec<Piece>, text: &str) {
    let text = text.trim().trim_end_matches(',');
    match found.last_mut() {
        _ if text.is_empty() => {}
        Some(Piece::Words(before)) => {
            before.push_str("; ");
            before.push_str(text);
        }
        _ => found.push(Piece::Words(text.to_owned())),
    }
}

/// What is to be done after what stands before it.
fn then(found: &mut Vec<Piece>, clause: &str) {
    match RESTART.iter().find_map(|words| clause.strip_prefix(words)) {
        Some(rest) => {
            words(found, "then");
            found.push(Piece::Command("Restart-Service RemoteAccess".into()));
            words(found, rest.trim_start_matches([',', ' ']));
        }
        None => words(found, &format!("then {clause}")),
    }
}

fn one(found: &mut Vec<Piece>, clause: &str) {
    if clause.starts_with("then ") {
        return then(found, clause.trim_start_matches("then "));
    }
    if let Some((before, command, after)) = registry(clause) {
        words(found, before);
        found.push(Piece::Command(command));
        return words(found, after);
    }
    // A command begins where the clause does, or after what introduces it.
    let starts = clause.match_indices(": ").map(|(at, colon)| at.saturating_add(colon.len()));
    let starts = starts.chain(clause.match_indices("for example ").map(|(at, lead)| at.saturating_add(lead.len())));
    for at in core::iter::once(0).chain(starts) {
        let (Some(before), Some(rest)) = (clause.get(..at), clause.get(at..)) else { continue };
        if let Some(commands) = sections(rest) {
            words(found, before);
            return found.extend(commands.into_iter().map(Piece::Command));
        }
        let end = [", ", " ("].iter().filter_map(|end| rest.find(end)).min().unwrap_or(rest.len());
        let (command, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        if is_command(command) || is_line_of_file(before, command) && after.is_empty() {
            words(found, before);
            found.push(Piece::Command(command.to_owned()));
            return words(found, after.trim_start_matches([',', ' ']));
        }
    }
    words(found, clause);
}

/// `HKLM\.., DWORD name = value` as a command, with what stands before and after it.
fn registry(clause: &str) -> Option<(&str, String, &str)> {
    let (before, rest) = clause.split_at_checked(clause.find("HKLM\\")?)?;
    let (key, rest) = rest.split_once(", DWORD ")?;
    let (name, rest) = rest.split_once(" = ")?;
    let (value, after) = rest.split_at_checked(rest.find([',', ' ']).unwrap_or(rest.len()))?;
    let number = !value.is_empty() && value.bytes().all(|octet| octet.is_ascii_digit());
    let command = format!("reg add \"{key}\" /v {name} /t REG_DWORD /d {value} /f");
    (number && !name.contains(' ')).then(|| (before, command, after.trim_start_matches([',', ' '])))
}

/// A section of FortiOS and what is set in it.
fn sections(clause: &str) -> Option<Vec<String>> {
    let (section, settings) = clause.strip_prefix("config ").and_then(|rest| rest.split_once(": "))?;
    let lines: Vec<&str> = settings.split(", ").collect();
    let plain = lines.iter().all(|line| line.starts_with("set ") && line.split(' ').count() > 2);
    plain.then(|| [format!("config {section}")].into_iter().chain(lines.into_iter().map(str::to_owned)).collect())
}

fn is_command(text: &str) -> bool {
    let sentence =
        [": ", " and ", " or ", " is ", " must ", " for ", " cannot "].iter().any(|words| text.contains(words)) || text.ends_with('=');
    !sentence && (VERBS.iter().any(|verb| text.starts_with(verb)) || is_cmdlet(text))
}

/// A verb and a noun, and parameters that have values; `-CustomPolicy` has none.
fn is_cmdlet(text: &str) -> bool {
    let Some((cmdlet, rest)) = text.split_once(" -") else { return false };
    let named = |part: &str| {
        !part.is_empty() && part.starts_with(|c: char| c.is_ascii_uppercase()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let is_named = cmdlet.split_once('-').is_some_and(|(verb, noun)| named(verb) && named(noun));
    let valued =
        |part: &str| part == "CustomPolicy" || part.split_once(' ').is_some_and(|(name, value)| named(name) && !value.trim().is_empty());
    is_named && rest.split(" -").all(valued)
}

/// `name = value` of a file that was named before.
fn is_line_of_file(before: &str, text: &str) -> bool {
    let file = before.trim_end().trim_end_matches(':');
    let value = text
        .split_once('=')
        .is_some_and(|(name, value)| !name.trim().contains(' ') && !value.trim().is_empty() && !value.trim().contains(' '));
    (file.ends_with(".conf") && !file.contains(' ') && value) || (file == "iked.conf" && text == "set fragmentation")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Vec<String> {
        let line = |piece| match piece {
            Piece::Words(words) => format!("# {words}"),
            Piece::Command(line) => line,
        };
        pieces(text).into_iter().map(line).collect()
    }

    #[test]
    fn what_is_to_be_pasted_has_a_line_of_its_own() {
        assert_eq!(
            shown(
                "for example Set-VpnServerConfiguration -CustomPolicy -PfsGroup PFS2048; then restart RemoteAccess; for the default offer \
                 HKLM\\A\\B, DWORD Name_1 = 1, then restart the service RemoteAccess, and look (again)"
            ),
            [
                "# for example",
                "Set-VpnServerConfiguration -CustomPolicy -PfsGroup PFS2048",
                "# then",
                "Restart-Service RemoteAccess",
                "# for the default offer",
                "reg add \"HKLM\\A\\B\" /v Name_1 /t REG_DWORD /d 1 /f",
                "# then",
                "Restart-Service RemoteAccess",
                "# and look (again)",
            ]
        );
        assert_eq!(shown("config vpn x: set a enable, set b 1200"), ["config vpn x", "set a enable", "set b 1200"]);
        assert_eq!(
            shown("swanctl.conf: connections.<name>.fragmentation = yes; strongswan.conf: charon.fragment_size = 1280, or 576"),
            ["# swanctl.conf:", "connections.<name>.fragmentation = yes", "# strongswan.conf: charon.fragment_size = 1280, or 576"]
        );
        assert_eq!(
            shown("/ip firewall filter add action=accept, before the rule that drops"),
            ["/ip firewall filter add action=accept", "# before the rule that drops"]
        );
        assert_eq!(
            shown("the size is fixed: netsh interface set <name> mtu=1280"),
            ["# the size is fixed:", "netsh interface set <name> mtu=1280"]
        );
    }

    #[test]
    fn what_is_no_whole_command_stays_in_its_sentence() {
        for sentence in [
            "outbound UDP 500 allowed: Test-NetConnection cannot test UDP, a capture can",
            "Set-VpnServerConfiguration -CustomPolicy -PfsGroup: the same group as the clients",
            "crypto ikev2 proposal <name>: encryption, integrity and group",
            "New-AzIpsecPolicy -IkeEncryption, -IkeIntegrity and -DhGroup",
            "ipsec.conf: leftcert=, rightca=",
        ] {
            assert_eq!(shown(sentence), [format!("# {sentence}")]);
        }
    }
}
