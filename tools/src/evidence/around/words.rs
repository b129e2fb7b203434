//! What is here when there is no IKEv2, in words.

use super::dns::{NO_ERROR, NXDOMAIN, Name, REFUSED, SERVFAIL};
use super::esp::Flow;
use super::gather::Around;
use super::ikev1::{self, Sa};
use super::tls::Connection;
use crate::capture::{Inside, NotLookedInto};
use crate::evidence::summary::count;

/// Things of one kind told one by one.
const SHOWN: usize = 3;
/// Names told that were answered; what failed is told before.
const SHOWN_ANSWERED: usize = 2;

impl Around {
    /// The verdict over a capture of so many packets in which no IKE SA was found.
    pub(crate) fn nothing(&self, packets: u64) -> String {
        let mut told = vec![self.begin(packets)];
        let here = self.here();
        if !here.is_empty() {
            told.push(format!("What is here: {}.", here.join("; ")));
        }
        told.push(self.advice(packets));
        told.retain(|sentence| !sentence.is_empty());
        told.join(" ")
    }

    fn begin(&self, packets: u64) -> String {
        if self.ikev2 > 0 {
            return self.no_sa();
        }
        let here = match self.ikev1.as_slice().is_empty() {
            true => "There is no IKEv2 in this capture",
            false => "There is IKEv1 in this capture, and no IKEv2",
        };
        match (packets, self.is_ike_heard()) {
            (0, _) => format!("{here}: it is empty, 0 packets."),
            (_, true) => format!("{here}."),
            (_, false) if self.is_unreadable() => format!("{here} that can be read."),
            (packets, false) => {
                let of = if packets == 1 { "its one packet is not".into() } else { format!("none of its {packets} packets is") };
                format!("{here}: {of} from or to UDP port 500 or 4500.")
            }
        }
    }

    /// IKEv2 messages of which no IKE SA can be made.
    fn no_sa(&self) -> String {
        let messages = count(self.ikev2, "IKEv2 message is", "IKEv2 messages are");
        if self.ikev2_cut == 0 {
            return format!("{messages} in this capture, of no IKE SA that can be told: the SPI of the initiator is missing.");
        }
        format!(
            "{messages} in this capture, and {} cut so short that they cannot be judged: capture again without a limit on the size of \
             packets (tcpdump -s 0, pktmon --pkt-size 0).",
            if self.ikev2_cut == self.ikev2 { "all are".into() } else { format!("{} of them are", self.ikev2_cut) }
        )
    }

    /// Whether there is nothing but frames of link types that are not read.
    fn is_unreadable(&self) -> bool {
        let link_type = |skipped: &NotLookedInto| matches!(skipped.inside, Inside::LinkType(_));
        self.skipped.iter().any(link_type) && self.here_of_ip().is_empty()
    }

    fn here(&self) -> Vec<String> {
        let mut here = self.here_of_ip();
        here.extend(self.skipped.iter().take(SHOWN).map(ToString::to_string));
        here
    }

    fn here_of_ip(&self) -> Vec<String> {
        let mut here = Vec::new();
        few(&mut here, self.ikev1.as_slice(), "more ISAKMP SAs", |sa| self.ikev1(sa));
        self.names(&mut here);
        few(&mut here, self.tls.as_slice(), "more connections to TCP 443", tls);
        let once = |flow: &&Flow| flow.src < flow.dst || !self.esp.both_ways(flow.src, flow.dst);
        let flows: Vec<_> = self.esp.as_slice().iter().filter(once).collect();
        few(&mut here, &flows, "more pairs with ESP", |flow| {
            let way = if self.esp.both_ways(flow.src, flow.dst) { "both ways between" } else { "one way only, from" };
            let to = if way.starts_with("both") { "and" } else { "to" };
            format!("ESP {way} {} {to} {} (from packet {} on)", flow.src, flow.dst, flow.first.packet)
        });
        here.extend(self.udp.list().map(|(name, datagrams)| format!("{name}: {}", count(datagrams, "datagram", "datagrams"))));
        if self.keepalives > 0 {
            here.push(count(self.keepalives, "NAT keepalive", "NAT keepalives"));
        }
        let strange = self.undecodable.saturating_sub(self.heads);
        if strange > 0 {
            let what = "datagram by a port of IKE that is no IKE message";
            here.push(count(strange, what, "datagrams by ports of IKE that are no IKE messages"));
        }
        here
    }

    fn ikev1(&self, sa: &Sa) -> String {
        let mut exchanges: Vec<_> = sa.counts.iter().map(|count| count.exchange).collect();
        exchanges.sort_unstable();
        let exchanges: Vec<_> = exchanges.into_iter().map(ikev1::Exchange::name).collect();
        let ends = format!("{} > {}", sa.initiator, sa.responder);
        let fate = if sa.complete() && self.esp.both_ways(sa.initiator.ip(), sa.responder.ip()) {
            ", complete, with ESP both ways: an IKEv1 tunnel works".into()
        } else if sa.complete() {
            ", complete".into()
        } else if !sa.notifies.is_empty() {
            let names =
                sa.notifies.iter().map(|notify| ikev1::notify_name(notify.number).map_or_else(|| notify.number.to_string(), Into::into));
            format!(", with the notification {}", names.collect::<Vec<_>>().join(", "))
        } else if sa.from_start && !sa.answered() {
            ", never answered".into()
        } else {
            ", not complete".into()
        };
        let messages = count(sa.messages(), "message", "messages");
        format!("IKEv1 {ends}, {}: {messages} from packet {} on{fate}", exchanges.join(" and "), sa.first.packet)
    }

    fn names(&self, here: &mut Vec<String>) {
        // Of hundreds of names those come first that look like what is looked for.
        let sought = |name: &&Name| ["vpn", "ike", "ras", "gw", "gate", "remote"].iter().any(|part| name.name.contains(part));
        let (mut failed, mut answered): (Vec<_>, Vec<_>) = self.dns.as_slice().iter().partition(|name| name.addresses.is_empty());
        failed.sort_by_key(|name| !sought(name));
        answered.sort_by_key(|name| !sought(name));
        let more = failed.len().saturating_sub(SHOWN).saturating_add(answered.len().saturating_sub(SHOWN_ANSWERED));
        here.extend(failed.into_iter().take(SHOWN).map(unanswered));
        here.extend(answered.into_iter().take(SHOWN_ANSWERED).map(|name| {
            let addresses: Vec<_> = name.addresses.iter().map(ToString::to_string).collect();
            format!("DNS answers {} for the name {} (packet {})", addresses.join(", "), name.name, name.last.packet)
        }));
        if more > 0 {
            here.push(format!("{more} more names in DNS"));
        }
    }

    /// What to do next.
    fn advice(&self, packets: u64) -> String {
        if self.ikev2 > 0 {
            return String::new();
        }
        if packets == 0 {
            return "Capture again on the adapter by which the tunnel goes out, and let the filter pass UDP 500 and 4500.".into();
        }
        if let Some(sa) = self.ikev1.as_slice().first() {
            return if sa.complete() {
                "For IKEv2, set the type of the connection to IKEv2 on the client, and capture while it connects.".into()
            } else {
                "Set the type of the connection to IKEv2 at the initiator: a gateway that speaks IKEv2 only does not answer IKEv1.".into()
            };
        }
        if self.is_unreadable() {
            return "Capture on a network adapter (Ethernet or Wi-Fi), not on another device.".into();
        }
        let mut ways = Vec::new();
        let names = self.dns.as_slice();
        if let Some(name) = names.iter().find(|name| name.addresses.is_empty()) {
            if names.iter().all(|name| name.addresses.is_empty()) {
                ways.push(format!(
                    "The client cannot begin without an address for {}: correct the name of the server, or the DNS.",
                    name.name
                ));
            }
        }
        if !self.tls.as_slice().is_empty() {
            ways.push("If the connection is of the type SSTP or Automatic, set it to IKEv2 for the test.".into());
        }
        if !self.is_ike_heard() {
            ways.push(
                "Is this the adapter by which the tunnel goes out, and does the capture's filter let UDP 500 and 4500 pass? Capture while \
                 the client connects."
                    .into(),
            );
        } else {
            ways.push("Capture again from before the client connects.".into());
        }
        ways.join(" ")
    }
}

fn unanswered(name: &Name) -> String {
    let Name { name: text, client, resolver, queries, last, .. } = name;
    let packet = last.packet;
    match name.code {
        None => format!("DNS: {} for the name {text} from {client} to {resolver}, no answer", count(*queries, "query", "queries")),
        Some(NXDOMAIN) => format!("DNS says that the name {text} does not exist (NXDOMAIN, packet {packet})"),
        Some(NO_ERROR) => format!("DNS has no address for the name {text} (packet {packet})"),
        Some(SERVFAIL) => format!("DNS could not find out about the name {text} (SERVFAIL, packet {packet})"),
        Some(REFUSED) => format!("DNS refuses to answer for the name {text} (REFUSED, packet {packet})"),
        Some(code) => format!("DNS answers for the name {text} with error {code} (packet {packet})"),
    }
}

fn tls(connection: &Connection) -> String {
    let Connection { client, server, first, .. } = connection;
    let host = connection.host.as_ref().map(|host| format!(", for the host {host}")).unwrap_or_default();
    let what = match (connection.hello, connection.refused, connection.answered) {
        (Some(_), ..) => "TLS to TCP 443 (SSTP, perhaps, or a web page)",
        (None, true, _) => "TCP 443 refused",
        (None, false, true) => "a connection to TCP 443",
        (None, false, false) => "TCP 443 without an answer",
    };
    let when = connection.hello.unwrap_or(*first);
    format!("{what}: {} > {server}{host} (packet {}, {} s)", client.ip(), when.packet, when.time)
}

fn few<T>(here: &mut Vec<String>, all: &[T], more: &str, tell: impl Fn(&T) -> String) {
    here.extend(all.iter().take(SHOWN).map(tell));
    let left = all.len().saturating_sub(SHOWN);
    if left > 0 {
        here.push(format!("{left} {more}"));
    }
}
