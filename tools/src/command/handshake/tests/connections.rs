//! Both sides over TCP connections (RFC 9329).

use super::pair::{Responder, carol, initiate, moon, shake};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;

#[test]
fn a_whole_life_by_tcp() {
    let (initiator, responder) = shake(&moon("--tcp"), &carol("--tcp --do dpd,rekey-child,rekey-ike,child,dpd,delete"));
    initiator.is_established();
    responder.is_established();
    assert_eq!(initiator.steps(), "dpd,rekey-child,rekey-ike,child,dpd,delete");
    assert_eq!(initiator.fingerprints(), responder.fingerprints());
    assert!(initiator.text.contains("a TCP connection: 127.0.0.1:"), "{}", initiator.text);
    assert_eq!((initiator.number("retransmissions"), responder.number("retransmissions")), (0, 0));
}

#[test]
fn rfc_9329_section_7_5_large_messages_go_in_one_piece() {
    let ike = "--ike aes256gcm16-prfsha256-x25519-ke1_mlkem768 --mtu 576";
    let (initiator, responder) = shake(&moon(&format!("--tcp {ike}")), &carol(&format!("--tcp {ike}")));
    initiator.is_established();
    assert_eq!((initiator.number("fragments_sent"), responder.number("fragments_sent")), (0, 0));
    assert!(initiator.number("largest_sent") > 1000, "{}", initiator.text);
}

/// Carries one connection to the responder and back; it breaks once so many octets have come from the initiator.
fn carry(client: TcpStream, port: u16, most: usize) {
    let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let (mut from, mut to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
    let back = thread::spawn(move || std::io::copy(&mut from, &mut to));
    let (mut client, mut server) = (client, server);
    let (mut buf, mut carried) = ([0; 512], 0);
    while carried < most {
        match client.read(&mut buf) {
            Ok(len @ 1..) => {
                carried += len;
                let _ = server.write_all(&buf[..len]);
            }
            _ => break,
        }
    }
    for end in [client, server] {
        let _ = end.shutdown(Shutdown::Both);
    }
    let _ = back.join();
}

#[test]
fn rfc_9329_section_6_1_a_connection_that_breaks_is_opened_anew() {
    // In the midst of IKE_SA_INIT, of IKE_AUTH, and of what follows.
    for most in [100, 700, 1100] {
        let responder = Responder::start(&moon("--tcp"));
        let middle = TcpListener::bind("127.0.0.1:0").unwrap();
        let [plain, natt] = responder.ports;
        let port = middle.local_addr().unwrap().port();
        thread::spawn(move || {
            for (number, client) in middle.incoming().flatten().enumerate() {
                let most = if number == 0 { most } else { usize::MAX };
                thread::spawn(move || carry(client, natt, most));
            }
        });
        let initiator = initiate([plain, port], &carol("--tcp --do dpd,rekey-ike,dpd,rekey-child,delete"));
        initiator.is_established();
        responder.end().is_established();
        assert!(initiator.text.contains("the TCP connection is closed"), "{most} octets\n{}", initiator.text);
        assert_eq!(initiator.text.matches("a TCP connection: ").count(), 2, "{}", initiator.text);
    }
}

#[test]
fn where_nobody_takes_a_connection_there_is_no_answer() {
    let unused = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let initiator = initiate([unused, unused], &carol("--tcp"));
    initiator.is(3, "no_answer", "IKE_SA_INIT", None);
}

#[test]
fn rfc_9329_section_4_a_connection_without_the_prefix_is_closed() {
    let responder = Responder::start(&moon("--tcp"));
    let [_, port] = responder.ports;
    for opening in [&b"GET / HTTP/1.1\r\n\r\n"[..], b"IKETCP\x00\x01"] {
        let mut stranger = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stranger.write_all(opening).unwrap();
        let mut answer = Vec::new();
        // Reset or closed: what matters is that nothing was said.
        let _ = stranger.read_to_end(&mut answer);
        assert!(answer.is_empty());
    }
    // A keepalive, and a frame that is too short for anything, change nothing.
    let mut shy = TcpStream::connect(("127.0.0.1", port)).unwrap();
    shy.write_all(b"IKETCP\x00\x03\xff\x00\x04\0\0").unwrap();
    initiate(responder.ports, &carol("--tcp")).is_established();
    responder.end().is_established();
}
