//! Every IKEv2 message that the captures of the repository have in UDP datagrams, IP fragments put together.

use std::path::Path;

use etherparse::defrag::IpDefragPool;
use etherparse::{NetSlice, SlicedPacket, TransportSlice, UdpSlice, ip_number};
use ikev2::wire::transport::{Probe, probe};
use pcap_parser::traits::PcapNGPacketBlock;
use pcap_parser::{Block, PcapBlockOwned, PcapError, create_reader};

/// The folders, all with traffic of real daemons.
const FOLDERS: [&str; 3] = ["captures", "captures-causes", "captures-diagnose"];
/// The link type of Ethernet; the others are bare IP.
const ETHERNET: i32 = 1;

/// The messages, and the number of files that they are from.
pub fn messages() -> (usize, Vec<Vec<u8>>) {
    let (mut files, mut found) = (0, Vec::new());
    for folder in FOLDERS {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(folder);
        let mut paths: Vec<_> = folder.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "pcap" || extension == "pcapng"));
        paths.sort();
        for path in paths {
            files += 1;
            of_file(&std::fs::read(path).unwrap(), &mut found);
        }
    }
    (files, found)
}

fn of_file(file: &[u8], found: &mut Vec<Vec<u8>>) {
    let mut reader = create_reader(65_536, file).unwrap();
    let (mut fragments, mut link) = (IpDefragPool::<(), ()>::new(), ETHERNET);
    loop {
        match reader.next() {
            Ok((size, block)) => {
                match block {
                    PcapBlockOwned::LegacyHeader(header) => link = header.network.0,
                    PcapBlockOwned::Legacy(packet) => of_packet(link, packet.data, &mut fragments, found),
                    PcapBlockOwned::NG(Block::InterfaceDescription(interface)) => link = interface.linktype.0,
                    PcapBlockOwned::NG(Block::EnhancedPacket(packet)) => of_packet(link, packet.packet_data(), &mut fragments, found),
                    PcapBlockOwned::NG(_) => {}
                }
                reader.consume(size);
            }
            Err(PcapError::Incomplete(_)) => reader.refill().unwrap(),
            // A capture may end within a packet.
            Err(PcapError::Eof | PcapError::UnexpectedEof) => return,
            Err(error) => panic!("{error:?}"),
        }
    }
}

fn of_packet(link: i32, packet: &[u8], fragments: &mut IpDefragPool<(), ()>, found: &mut Vec<Vec<u8>>) {
    let sliced = if link == ETHERNET { SlicedPacket::from_ethernet(packet) } else { SlicedPacket::from_ip(packet) };
    // A frame that is cut short has no whole message in it.
    let Ok(sliced) = sliced else { return };
    match (&sliced.transport, &sliced.net) {
        (Some(TransportSlice::Udp(udp)), _) => of_datagram(udp, found),
        (None, Some(NetSlice::Ipv4(_) | NetSlice::Ipv6(_))) => {
            let whole = fragments.process_sliced_packet(&sliced, (), ()).unwrap();
            if let Some(whole) = whole.filter(|whole| whole.ip_number == ip_number::UDP) {
                of_datagram(&UdpSlice::from_slice(&whole.payload).unwrap(), found);
            }
        }
        _ => {}
    }
}

fn of_datagram(udp: &UdpSlice<'_>, found: &mut Vec<Vec<u8>>) {
    let port = [udp.destination_port(), udp.source_port()].into_iter().find(|port| matches!(port, 500 | 4500));
    if let (Some(_), Probe::Ike2 { message, .. }) = (port, probe(udp.payload(), port)) {
        found.push(message.to_vec());
    }
}
