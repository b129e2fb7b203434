//! How to capture again, so that the next capture tells.

use crate::evidence::diagnosis::Diagnosis;
use ikev2::diagnose::NotSeen;

/// Whether another capture shows more; of what is encrypted it shows no more than this one.
pub(super) fn helps(report: &Diagnosis) -> bool {
    let not_seen = &report.verdict.not_seen;
    not_seen.is_empty() || not_seen.iter().any(|one| *one != NotSeen::Content)
}

/// Lines to paste, one after the other, and what to know before.
pub(super) struct Step {
    pub(super) say: &'static str,
    pub(super) lines: &'static [&'static str],
}

pub(super) const TITLE: &str = "To capture again, on the client or on the server, best on both at one time";

/// What lets through all that tells: ICMP errors, IP fragments, ESP, and the TLS of SSTP besides IKE. The last IPv6 term is its fragments.
macro_rules! filter {
    () => {
        "udp port 500 or udp port 4500 or esp or icmp or icmp6 or ip[6:2] & 0x1fff != 0 or ip6 proto 44 or tcp port 443"
    };
}

pub(super) const STEPS: &[Step] = &[
    Step {
        say: "Windows, in a terminal of an administrator:",
        lines: &[
            "pktmon filter remove",
            "pktmon filter add UDP -t UDP",
            "pktmon filter add ICMP -t ICMP",
            "pktmon filter add ICMPv6 -t ICMPv6",
            "pktmon filter add ESP -t 50",
            "pktmon filter add SSTP -t TCP -p 443",
            "pktmon start --capture --pkt-size 0 --comp nics --file-name ike.etl",
        ],
    },
    Step {
        say: "Connect, wait until it fails, and 60 seconds more; then:",
        lines: &["pktmon stop", "pktmon etl2pcap ike.etl --out ike.pcapng"],
    },
    Step {
        say: "Linux, BSD, macOS and firewalls with tcpdump, as root (Ctrl-C ends it, 60 seconds after the failure):",
        lines: &[concat!("tcpdump -i any -s 0 -w ike.pcap '", filter!(), "'")],
    },
    Step { say: "Wireshark, as the capture filter of the network adapter (Capture, Options):", lines: &[filter!()] },
    Step { say: "Then look again:", lines: &["ike diagnose ike.pcapng"] },
];
