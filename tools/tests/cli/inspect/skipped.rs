//! What is not looked into is counted, and other people's traffic is no news.

use super::contract::{json, lines};
use crate::packets::{Path, Pcap, any_message};
use serde_json::json;

/// The first fragment, or (`first` false) a later one, of a datagram of which the other never comes.
fn fragment(pcap: &mut Pcap, path: Path, id: u16, first: bool) {
    let mut packet = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0, 0x45, 0, 0, 60];
    packet.extend(id.to_be_bytes());
    packet.extend(if first { [0x20, 0] } else { [0, 5] });
    packet.extend([64, 17, 0, 0]);
    packet.extend(path.src.0);
    packet.extend(path.dst.0);
    packet.extend(path.src.1.to_be_bytes());
    packet.extend(path.dst.1.to_be_bytes());
    packet.extend([0, 100, 0, 0]);
    packet.extend([7; 32]);
    pcap.frame(&packet, 0);
}

#[test]
fn fragments_of_other_peoples_datagrams_are_silent() {
    let speakers = Path::ports(500, 500);
    let strangers = Path { src: ([192, 0, 2, 7], 53), dst: ([192, 0, 2, 8], 4000) };
    let mut pcap = Pcap::new();
    for id in 0..50 {
        fragment(&mut pcap, strangers, id, id % 2 == 0);
    }
    pcap.udp(speakers, &any_message(1));
    let (_, out, err) = json(&pcap.write("strangers"));
    assert_eq!((lines(&out).len(), err.as_str()), (2, ""), "{out}");
    // Who speaks IKE may have lost a piece of it: with its ports, and without.
    let mut pcap = Pcap::new();
    fragment(&mut pcap, speakers, 1, false);
    fragment(&mut pcap, Path::ports(53, 4000), 2, true);
    fragment(&mut pcap, Path { src: ([192, 0, 2, 7], 4500), ..strangers }, 3, true);
    pcap.udp(speakers, &any_message(1));
    let (_, out, err) = json(&pcap.write("speakers"));
    let problems: Vec<_> = lines(&out).into_iter().filter(|line| line["kind"] == "problem").map(|line| line["packets"].clone()).collect();
    assert_eq!(problems, [json!([1]), json!([3])], "{out}");
    assert_eq!(err.matches("never came").count(), 2, "{err}");
}

#[test]
fn packets_inside_what_is_not_read_are_counted_once() {
    let mut pcap = Pcap::new();
    for _ in 0..30 {
        pcap.frame(&[&[2; 12][..], &[0x88, 0xe5], &[9; 60]].concat(), 0);
    }
    pcap.udp(Path::ports(500, 500), &any_message(1));
    let (_, out, err) = json(&pcap.write("macsec"));
    let told = "30 packets inside EtherType 0x88e5 (MACsec) were not looked into, from packet 1 on";
    let problems: Vec<_> = lines(&out).into_iter().filter(|line| line["kind"] == "problem").collect();
    assert_eq!((problems.len(), &problems[0]["cause"], &problems[0]["packets"]), (1, &json!(told), &json!([1])));
    assert_eq!(err.matches("not looked into").count(), 1, "{err}");
}
