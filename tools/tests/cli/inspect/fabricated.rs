//! Traffic no recording here has, made octet by octet: transports, faults, damage, and every payload's fields.

use super::contract::{json, lines, start};
use crate::packets::{Path, Pcap, any_message, framed, marked, message};
use serde_json::{Value, json};

const SYN: u8 = 0x02;
const ACK: u8 = 0x10;
const FIN: u8 = 0x11;

fn summary(lines: &[Value]) -> (u64, u64, u64, u64, u64) {
    let last = lines.last().unwrap();
    assert_eq!(last["kind"], "summary");
    let n = |key: &str| last[key].as_u64().unwrap();
    (n("messages"), n("ike_sas"), n("esp"), n("keepalives"), n("undecodable"))
}

/// One value of every message line.
fn each<'l>(lines: &'l [Value], key: &str) -> Vec<&'l Value> {
    lines.iter().filter(|line| line["kind"] == "message").map(|line| &line[key]).collect()
}

#[test]
fn port_4500_carries_ike_behind_the_marker_esp_and_keepalives() {
    let there = Path::ports(61000, 4500);
    let esp = [0, 0, 1, 0, 0, 0, 0, 1, 9, 9, 9, 9];
    let mut pcap = Pcap::new();
    pcap.udp(there, &marked(&any_message(1))).udp(there.back(), &esp).udp(there, &[0xff]).udp(there, &[0xff, 0xff]).udp(there, &[]);
    pcap.udp(there, &[0; 10]).udp(Path::ports(53, 53), &any_message(9)).ip(there, 50, &esp, 0);
    let (status, out, err) = json(&pcap.write("port_4500"));
    let lines = lines(&out);
    assert_eq!(summary(&lines), (1, 1, 2, 1, 3));
    assert_eq!((lines[0]["transport"].as_str(), lines[0]["len"].as_u64()), (Some("udp4500"), Some(48)));
    let problems: Vec<_> = lines.iter().filter(|line| line["kind"] == "problem").map(|line| &line["packets"][0]).collect();
    assert_eq!(problems, [4, 5, 6]);
    assert_eq!(status, 0);
    assert!(err.contains("3 undecodable pieces of IKE traffic"), "{err}");
}

#[test]
fn a_named_port_is_read_with_and_without_the_marker() {
    let mut pcap = Pcap::new();
    let (plain, other) = (Path::ports(4501, 40000), Path::ports(501, 4502));
    pcap.udp(plain, &any_message(1)).udp(plain.back(), &[1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5]).udp(plain.back(), &marked(&any_message(2)));
    pcap.udp(plain, &[1, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5]).udp(plain, &[0xff]).udp(other, &marked(&any_message(3)));
    let file = pcap.write("named_port");
    let file = file.to_str().unwrap();
    let lines = lines(&start(&["--json", "--port", "4501", "--port=4502", file]).1);
    // What is neither is undecodable until a marked message shows that the port is one for NAT traversal.
    assert_eq!(summary(&lines), (3, 1, 1, 1, 1));
    assert_eq!(each(&lines, "transport"), ["udp", "udp", "udp"]);
    assert_eq!(each(&lines, "message_id"), [1, 2, 3]);
    let (status, out, err) = start(&["--json", file]);
    assert_eq!((status, summary(&super::contract::lines(&out)).0), (0, 0));
    assert!(err.contains("no IKE message found"), "{err}");

    let marked_on_500 = Pcap::new().udp(Path::ports(500, 4502), &marked(&any_message(3))).write("marked_on_500");
    let lines = super::contract::lines(&json(&marked_on_500).1);
    assert_eq!((each(&lines, "message_id"), each(&lines, "transport")), (vec![&json!(3)], vec![&json!("udp500")]));
}

/// A connection on TCP port 4500, octet streams of both directions cut after `size` octets each.
pub(crate) fn connection(size: usize, up: &[u8], down: &[u8]) -> Pcap {
    let there = Path::ports(50000, 4500);
    let mut pcap = Pcap::new();
    pcap.tcp(there, 999, SYN, &[]).tcp(there.back(), 1999, SYN, &[]);
    let (mut to, mut from) = (1000, 2000);
    let (mut up, mut down) = (up.chunks(size), down.chunks(size));
    loop {
        let pair = (up.next(), down.next());
        for (path, sequence, piece) in [(there, &mut to, pair.0), (there.back(), &mut from, pair.1)] {
            if let Some(piece) = piece {
                pcap.tcp(path, *sequence, ACK, piece);
                *sequence += u32::try_from(piece.len()).unwrap();
            }
        }
        if pair == (None, None) {
            pcap.tcp(there, to, FIN, &[]).tcp(there.back(), from, FIN, &[]);
            return pcap;
        }
    }
}

#[test]
fn tcp_frames_are_put_together_however_they_were_cut() {
    let esp = [&[0, 14][..], &[7; 12]].concat();
    let up = [b"IKETCP".to_vec(), framed(&any_message(1)), esp.clone(), framed(&any_message(3))].concat();
    let down = [framed(&any_message(2)), esp].concat();
    for size in [1, 2, 5, 7, 53, 54, 1000] {
        let (status, out, err) = json(&connection(size, &up, &down).write(&format!("tcp_{size}")));
        let lines = lines(&out);
        assert_eq!((status, err.as_str()), (0, ""), "{size}");
        assert_eq!(summary(&lines), (3, 1, 2, 0, 0), "{size}");
        let mut ids = each(&lines, "message_id");
        ids.sort_by_key(|id| id.as_u64());
        assert_eq!(ids, [1, 2, 3], "{size}");
        assert_eq!(each(&lines, "transport"), ["tcp"; 3]);
        assert_eq!(each(&lines, "len"), [48; 3]);
        for line in lines.iter().filter(|line| line["kind"] == "message") {
            // Cut octet by octet, a frame of 54 octets comes in 54 packets.
            let packets = line["packets"].as_array().unwrap().len();
            assert_eq!(line["ip_fragments"], packets);
            assert!(packets >= 54_usize.div_ceil(size) && packets <= 54 / size + 2, "{size}: {packets}");
        }
    }
}

#[test]
fn a_stream_seen_from_the_middle_or_with_a_hole_is_read_from_the_next_message_on() {
    let there = Path::ports(50000, 4500);
    let (first, second, third) = (framed(&any_message(1)), framed(&any_message(2)), framed(&any_message(3)));
    let mut pcap = Pcap::new();
    // No SYN, and the octets begin inside a frame.
    pcap.tcp(there, 1000, ACK, &[&first[20..], &second[..]].concat());
    // The first half of the third message is lost, the second half is followed by another.
    pcap.tcp(there, 1000 + 34 + 54 + 30, ACK, &[&third[30..], &first[..]].concat());
    let (status, out, err) = json(&pcap.write("tcp_hole"));
    let lines = lines(&out);
    assert_eq!(each(&lines, "message_id"), [2, 1]);
    assert_eq!(summary(&lines), (2, 1, 0, 0, 2));
    assert_eq!(status, 0);
    assert!(err.contains("30 octets of the TCP stream 192.0.2.1:50000 > 192.0.2.2:4500 are not in the capture"), "{err}");
    let octets: Vec<_> = lines.iter().filter(|line| line["what"] == "undecodable").map(|line| &line["octets"]).collect();
    assert_eq!(octets, [34, 24]);
}

#[test]
fn a_stream_that_is_no_ike_is_undecodable_and_what_a_stream_cuts_off_is_shown() {
    let http = connection(1000, b"GET / HTTP/1.1\r\n\r\n", b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n").write("tcp_http");
    let (status, out, _) = json(&http);
    assert_eq!((status, summary(&lines(&out))), (0, (0, 0, 0, 0, 2)));
    assert!(out.contains("the stream does not begin with IKETCP"), "{out}");

    let up = [b"IKETCP".to_vec(), framed(&any_message(1)), framed(&any_message(2))].concat();
    let (status, out, _) = json(&connection(1000, &up[..up.len() - 8], &[0, 1, 0, 0, 0]).write("tcp_cut"));
    let lines = lines(&out);
    assert_eq!((status, summary(&lines)), (0, (2, 1, 0, 0, 1)));
    let faults = each(&lines, "fault");
    assert_eq!(faults[0], &Value::Null);
    assert_eq!(faults[1]["cause"], "length field says 48, only 40 octets are left");
    assert!(out.contains("the length of a frame is 1"), "{out}");
}

#[test]
fn rfc_9329_section_3_keepalives_are_counted_and_frames_too_short_are_shown() {
    let up = [b"IKETCP".to_vec(), vec![0, 3, 0xff], framed(&any_message(1)), vec![0, 5, 1, 2, 3], framed(&any_message(2))].concat();
    for size in [1, 7, 1000] {
        let (status, out, _) = json(&connection(size, &up, &[0, 3, 0xff]).write(&format!("tcp_short_{size}")));
        let lines = lines(&out);
        assert_eq!(each(&lines, "message_id"), [1, 2]);
        assert_eq!((status, summary(&lines)), (0, (2, 1, 0, 2, 1)));
        assert!(out.contains("a frame with 3 octets, too few for a marker or an SPI"), "{out}");
    }
}

#[test]
fn a_fault_is_located_and_what_stands_before_it_is_listed() {
    let path = Path::ports(500, 500);
    let nonce = [5; 16];
    let broken_sa = [0, 0, 0, 16, 1, 1, 0, 1, 0, 0, 0, 7, 1, 0, 0, 20];
    let sound = any_message(0);
    let mut cut = any_message(0);
    cut.truncate(40);
    let mut ikev1 = any_message(0);
    ikev1[17] = 0x10;
    let mut pcap = Pcap::new();
    pcap.udp(path, &message((1, 0), 34, 8, 0, &[(40, &nonce), (33, &broken_sa), (40, &nonce)]));
    pcap.udp(path, &cut).udp(path, &[&sound[..], &[1, 2, 3]].concat()).udp(path, &ikev1).udp(path, &sound[..27]);
    pcap.udp(path, &message((2, 0), 34, 8, 0, &[(200, &nonce)]));
    let (status, out, err) = json(&pcap.write("faults"));
    let lines = lines(&out);
    assert_eq!(status, 0);
    // With an exchange of IKEv2 the version is a fault; 27 octets are no message.
    assert_eq!(summary(&lines), (5, 3, 0, 0, 1));
    assert!(err.contains("4 messages with a fault, 1 undecodable piece"), "{err}");
    let faults = each(&lines, "fault");
    let fault = |element: &str, offset: usize, cause: &str| json!({ "element": element, "offset": offset, "cause": cause });
    assert_eq!(faults[0], &fault("transform", 28 + 20 + 4 + 8, "length field says 7, the least possible is 8"));
    let names: Vec<_> = lines[0]["payloads"].as_array().unwrap().iter().map(|payload| &payload["name"]).collect();
    assert_eq!(names, ["Nonce", "SA", "Nonce"]);
    assert_eq!(faults[1], &fault("IKE header", 24, "length field says 48, only 40 octets are left"));
    assert_eq!(faults[2], &fault("IKE header", 48, "3 trailing octets"));
    assert_eq!(faults[3], &fault("IKE header", 17, "major version 1 (IKEv1)"));
    assert_eq!(each(&lines, "payloads")[3], each(&lines, "payloads")[2]);
    assert_eq!(faults[4], &Value::Null);
    let unknown = json!({ "type": 200, "name": "Unknown", "critical": false, "len": 20, "data_len": 16 });
    assert_eq!(lines.iter().rfind(|line| line["kind"] == "message").unwrap()["payloads"], json!([unknown]));
}

#[test]
fn damage_is_told_and_what_stands_before_it_is_read() {
    let path = Path::ports(500, 500);
    let mut pcap = Pcap::new();
    pcap.udp(path, &any_message(1)).udp_cut(path, &any_message(2), 30).udp(path, &any_message(3)).shorten(5);
    let (status, out, err) = json(&pcap.write("damage"));
    let lines = lines(&out);
    assert_eq!((status, each(&lines, "message_id")), (0, vec![&json!(1), &json!(2)]));
    assert_eq!(lines[1]["remarks"], json!(["cut by the capture's snap length, 18 octets are missing"]));
    assert!(err.contains("ike inspect: packet 2: cut by the capture's snap length, 18 octets are missing\n"), "{err}");
    assert!(err.contains("the capture file ends in the middle of a record, after packet 2"), "{err}");
    assert_eq!((&lines[2]["kind"], &lines[2]["what"]), (&json!("problem"), &json!("capture")));

    let mut pcap = Pcap::new();
    for _ in 0..100 {
        pcap.frame(&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0, 0x45, 0, 0, 9], 0);
    }
    pcap.udp(path, &any_message(1));
    let (status, out, err) = json(&pcap.write("many_problems"));
    assert_eq!((status, super::contract::lines(&out).len(), err.lines().count()), (0, 102, 22));
}

#[test]
fn the_exit_status_is_2_when_nothing_can_be_begun() {
    let text = Pcap::new().write("empty").with_extension("txt");
    std::fs::write(&text, "no capture at all").unwrap();
    for (args, complaint) in [
        (&["/nonexistent.pcap"][..], "cannot read /nonexistent.pcap"),
        (&[text.to_str().unwrap()], "neither a pcap nor a pcapng file"),
        (&[], "<FILE>"),
        (&["--port", "70000", "x"], "--port"),
        (&["--port", "0", "x"], "port 0"),
        (&["--jsno", "x"], "--jsno"),
        (&["x", "y"], "'y'"),
    ] {
        let (status, out, err) = start(args);
        assert_eq!((status, out.as_str()), (2, ""), "{args:?}");
        assert!(err.contains(complaint), "{args:?}: {err}");
    }
    let (status, out, err) = start(&["--help"]);
    assert!(status == 0 && out.contains("--port <N>") && err.is_empty());
    let (status, _, err) = json(&Pcap::new().write("empty"));
    assert!(status == 0 && err.contains("the capture holds no packet"), "{status} {err}");
}

#[test]
fn ike_sas_are_counted_by_what_they_are() {
    let path = Path::ports(500, 500);
    let other = Path { src: ([192, 0, 2, 3], 500), ..path };
    let offer = [0, 0, 0, 16, 1, 1, 0, 1, 0, 0, 0, 8, 1, 0, 0, 20];
    let init = message((7, 0), 34, 8, 0, &[(33, &offer)]);
    let answer = |spi_r| message((7, spi_r), 34, 0x20, 0, &[(33, &offer)]);
    let refusal = message((7, 90), 34, 0x20, 0, &[(41, &[0, 0, 0, 17, 0, 14])]);
    let auth = |spi_r| message((7, spi_r), 35, 8, 1, &[(46, &[7; 16])]);
    let count = |name: &str, packets: &[(Path, &[u8])]| {
        let mut pcap = Pcap::new();
        for (path, payload) in packets {
            pcap.udp(*path, payload);
        }
        summary(&lines(&json(&pcap.write(name)).1)).1
    };
    let retried: &[(Path, &[u8])] = &[
        (path, &init),
        (path.back(), &refusal),
        (path, &init),
        (path.back(), &answer(91)),
        (path, &init),
        (path, &auth(91)),
        (other, &auth(91)),
    ];
    assert_eq!(count("sas_retried", retried), 1);
    assert_eq!(count("sas_half_open", &[(path, &init), (path.back(), &answer(91)), (path.back(), &answer(92))]), 2);
    assert_eq!(count("sas_same_spi", &[(path, &init), (other, &init)]), 2);
    assert_eq!(count("sas_middle", &[(path, &auth(91)), (path, &auth(92)), (path, &auth(91))]), 2);
}

/// One message with every payload in clear that inspect gives fields to; what is in them is hostile where it is text.
pub(crate) fn every_payload() -> Vec<u8> {
    let sa = [
        &[2, 0, 0, 48, 1, 3, 4, 4, 0xc0, 0xff, 0xee, 0x01][..],
        &[3, 0, 0, 12, 1, 0, 0, 12, 0x80, 14, 1, 0],
        &[3, 0, 0, 8, 3, 0, 0, 12],
        &[3, 0, 0, 8, 241, 0, 0xff, 0xff],
        &[0, 0, 0, 8, 5, 0, 0, 0],
        &[0, 0, 0, 38, 2, 1, 8, 1, 1, 2, 3, 4, 5, 6, 7, 8],
        &[0, 0, 0, 22, 1, 0, 0, 20, 0x80, 14, 0, 128, 0x80, 14, 0, 192, 0, 18, 0, 2, 0xab, 0xcd],
    ]
    .concat();
    let selectors = [
        &[3, 0, 0, 0][..],
        &[7, 6, 0, 16, 0, 80, 0, 80, 10, 1, 0, 0, 10, 1, 255, 255],
        &[8, 58, 0, 40, 0x80, 0, 0x81, 255],
        &[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        &[0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9],
        &[10, 0, 0, 7, b'l', 0x1b, b'b'],
    ]
    .concat();
    let opaque = [1, 0, 0, 0, 7, 17, 0, 16, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255];
    let configuration = [
        &[2, 0, 0, 0][..],
        &[0, 1, 0, 4, 10, 3, 0, 1],
        &[0, 8, 0, 17, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 64],
        &[0, 7, 0, 4, b'v', 0x1b, b'[', b'1'],
        &[0, 3, 0, 0],
        &[0x5b, 0xa0, 0, 2, 0xab, 0xcd],
    ]
    .concat();
    let dn = b"\x09\0\0\0\x30\x1d\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02XX\x31\x0e\x30\x0c\x06\x03\x55\x04\x03\x0c\x05a,b\x1b\n";
    let certreq = [&[4][..], &[0x11; 20], &[0x22; 20]].concat();
    message(
        (0x1122_3344_5566_7788, 0x99aa_bbcc_ddee_ff00),
        37,
        0x08,
        7,
        &[
            (33, &sa),
            (34, &[0, 31, 0, 0, 1, 2, 3]),
            (35, b"\x02\0\0\0moon\x1b[31m"),
            (36, &[1, 0, 0, 0, 192, 0, 2, 1]),
            (35, b"\x03\0\0\0\xc3\xbc@x"),
            (36, dn),
            (35, &[11, 0, 0, 0, 0xde, 0xad]),
            (37, &[4, 1, 2, 3]),
            (38, &certreq),
            (39, &[2, 0, 0, 0, 9, 9, 9, 9]),
            (40, &[6; 16]),
            (41, &[3, 4, 0x40, 9, 0xc0, 0xff, 0xee, 1]),
            (41, &[0, 0, 0, 17, 0, 19]),
            (41, &[0, 0, 0x9f, 0xff, 1]),
            (42, &[3, 4, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]),
            (43, b"OpenIKED-7.2"),
            (43, &[1, 2, 3]),
            (44, &selectors),
            (45, &opaque),
            (47, &configuration),
            (48, &[2, 5, 0, 9, 1, b'b', b'o', b'b', 0]),
            (48, &[3, 6, 0, 4]),
            (53, &[0, 2, 0, 3, 1, 2, 3]),
        ],
    )
}

#[test]
fn every_payload_has_the_fields_of_the_contract() {
    let file = Pcap::new().udp(Path::ports(500, 500), &every_payload()).write("every_payload");
    let (_, out, _) = json(&file);
    let line = &lines(&out)[0];
    assert_eq!(line["fault"], Value::Null);
    let transform = |ty: u8, id: u16, name: Value, bits: Value, attributes: Value| json!({ "type": ty, "id": id, "name": name, "key_bits": bits, "attributes": attributes });
    let none = Value::Null;
    let fields = [
        json!({ "type": 33, "name": "SA", "proposals": [
            { "number": 1, "protocol": 3, "spi": "c0ffee01", "transforms": [
                transform(1, 12, json!("ENCR_AES_CBC"), json!(256), json!([])),
                transform(3, 12, json!("AUTH_HMAC_SHA2_256_128"), none.clone(), json!([])),
                transform(241, 65535, none.clone(), none.clone(), json!([])),
                transform(5, 0, json!("32-bit Sequential Numbers"), none.clone(), json!([])),
            ] },
            { "number": 2, "protocol": 1, "spi": "0102030405060708", "transforms": [
                transform(1, 20, json!("ENCR_AES_GCM_16"), json!(128), json!([{ "type": 14, "value": "00c0" }, { "type": 18, "value": "abcd" }])),
            ] },
        ] }),
        json!({ "type": 34, "name": "KE", "method": 31, "data_len": 3 }),
        json!({ "type": 35, "name": "IDi", "id_type": 2, "value": "moon\u{1b}[31m" }),
        json!({ "type": 36, "name": "IDr", "id_type": 1, "value": "192.0.2.1" }),
        json!({ "type": 35, "name": "IDi", "id_type": 3, "value": "\u{fc}@x" }),
        json!({ "type": 36, "name": "IDr", "id_type": 9, "value": r"CN=a\,b\1B\0A,C=XX" }),
        json!({ "type": 35, "name": "IDi", "id_type": 11, "value": "dead" }),
        json!({ "type": 37, "name": "CERT", "encoding": 4, "data_len": 3 }),
        json!({ "type": 38, "name": "CERTREQ", "encoding": 4, "hashes": 2 }),
        json!({ "type": 39, "name": "AUTH", "method": 2, "data_len": 4 }),
        json!({ "type": 40, "name": "Nonce", "data_len": 16 }),
        json!({ "type": 41, "name": "N", "notify": 16393, "notify_name": "REKEY_SA", "protocol": 3, "spi": "c0ffee01", "data": "" }),
        json!({ "type": 41, "name": "N", "notify": 17, "notify_name": "INVALID_KE_PAYLOAD", "protocol": 0, "spi": "", "data": "0013" }),
        json!({ "type": 41, "name": "N", "notify": 40959, "notify_name": none, "protocol": 0, "spi": "", "data": "01" }),
        json!({ "type": 42, "name": "D", "protocol": 3, "spis": ["00000001", "00000002"] }),
        json!({ "type": 43, "name": "V", "data": "4f70656e494b45442d372e32", "vendor": "OpenIKED" }),
        json!({ "type": 43, "name": "V", "data": "010203", "vendor": none }),
        json!({ "type": 44, "name": "TSi", "selectors": [
            { "ts_type": 7, "protocol": 6, "start_port": 80, "end_port": 80, "start": "10.1.0.0", "end": "10.1.255.255" },
            { "ts_type": 8, "protocol": 58, "start_port": 32768, "end_port": 33279, "start": "2001:db8::1", "end": "2001:db8::9" },
            { "ts_type": 10, "protocol": none, "start_port": none, "end_port": none, "start": none, "end": none, "label": "6c1b62" },
        ] }),
        json!({ "type": 45, "name": "TSr", "selectors": [
            { "ts_type": 7, "protocol": 17, "start_port": 65535, "end_port": 0, "start": "0.0.0.0", "end": "255.255.255.255" },
        ] }),
        json!({ "type": 47, "name": "CP", "cfg_type": 2, "attributes": [
            { "type": 1, "name": "INTERNAL_IP4_ADDRESS", "value": "10.3.0.1", "data": "0a030001" },
            { "type": 8, "name": "INTERNAL_IP6_ADDRESS", "value": "2001:db8::5/64", "data": "20010db800000000000000000000000540" },
            { "type": 7, "name": "APPLICATION_VERSION", "value": "v\u{1b}[1", "data": "761b5b31" },
            { "type": 3, "name": "INTERNAL_IP4_DNS", "value": "", "data": "" },
            { "type": 23456, "name": "Microsoft INTERNAL_IP4_SERVER", "value": "abcd", "data": "abcd" },
        ] }),
        json!({ "type": 48, "name": "EAP", "code": 2, "identifier": 5, "eap_type": 1 }),
        json!({ "type": 48, "name": "EAP", "code": 3, "identifier": 6, "eap_type": none }),
        json!({ "type": 53, "name": "SKF", "next": 0, "fragment": 2, "total": 3, "data_len": 3 }),
    ];
    let payloads = line["payloads"].as_array().unwrap();
    assert_eq!(payloads.len(), fields.len());
    for (payload, fields) in payloads.iter().zip(fields) {
        let mut payload = payload.as_object().unwrap().clone();
        assert_eq!(payload.shift_remove("critical"), Some(json!(false)));
        assert!(payload.shift_remove("len").unwrap().as_u64() >= Some(4));
        assert_eq!(Value::Object(payload), fields);
    }
}

#[test]
fn hostile_41_no_octet_of_a_peer_reaches_the_terminal_unescaped() {
    let file = Pcap::new().udp(Path::ports(500, 500), &every_payload()).write("hostile_41");
    for args in [&["--json", file.to_str().unwrap()][..], &[file.to_str().unwrap()]] {
        let (_, out, err) = start(args);
        assert!(out.bytes().chain(err.bytes()).all(|octet| matches!(octet, b'\n' | b' '..=b'~')), "{out}{err}");
    }
}

#[test]
fn a_file_that_breaks_off_in_nonsense_is_not_read_to_its_end() {
    let mut octets = std::fs::read(Pcap::new().udp(Path::ports(500, 500), &any_message(1)).write("nonsense")).unwrap();
    octets.extend([0xff; 16]);
    let file = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("nonsense.pcap");
    std::fs::write(&file, octets).unwrap();
    let (status, out, err) = json(&file);
    assert_eq!((status, each(&lines(&out), "message_id")), (2, vec![&json!(1)]));
    assert!(err.contains("damaged at octet") && err.contains("a record longer than any packet"), "{err}");
}
