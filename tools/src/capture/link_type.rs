//! Link types of the pcap registry: those that are read, and the names of those that are met and not read.

pub(super) const NULL: u16 = 0;
pub(super) const ETHERNET: u16 = 1;
pub(super) const PPP: u16 = 9;
/// `DLT_RAW` of most systems, found in files instead of 101.
pub(super) const DLT_RAW: u16 = 12;
/// `DLT_RAW` of OpenBSD.
pub(super) const DLT_RAW_OPENBSD: u16 = 14;
pub(super) const PPP_HDLC: u16 = 50;
pub(super) const PPP_ETHER: u16 = 51;
pub(super) const ATM_RFC1483: u16 = 100;
pub(super) const RAW: u16 = 101;
pub(super) const C_HDLC: u16 = 104;
pub(super) const IEEE802_11: u16 = 105;
pub(super) const LOOP: u16 = 108;
pub(super) const ENC: u16 = 109;
pub(super) const LINUX_SLL: u16 = 113;
pub(super) const PFLOG: u16 = 117;
pub(super) const IEEE802_11_PRISM: u16 = 119;
pub(super) const IEEE802_11_RADIOTAP: u16 = 127;
/// `USER2`, which Apple used for PKTAP before it had a number of its own.
pub(super) const USER2: u16 = 149;
pub(super) const IEEE802_11_AVS: u16 = 163;
pub(super) const PPP_PPPD: u16 = 166;
pub(super) const JUNIPER_ETHER: u16 = 178;
pub(super) const PPI: u16 = 192;
pub(super) const PPP_WITH_DIR: u16 = 204;
pub(super) const C_HDLC_WITH_DIR: u16 = 205;
pub(super) const MPLS: u16 = 219;
pub(super) const IPNET: u16 = 226;
pub(super) const IPV4: u16 = 228;
pub(super) const IPV6: u16 = 229;
pub(super) const NFLOG: u16 = 239;
pub(super) const PKTAP: u16 = 258;
pub(super) const LINUX_SLL2: u16 = 276;

/// What a link type that is not read stands for; `None` for those nobody is likely to have.
pub(super) fn name(link_type: u16) -> Option<&'static str> {
    Some(match link_type {
        3 => "AX.25",
        6 => "Token Ring",
        7 => "ARCNET",
        8 => "SLIP",
        10 => "FDDI",
        107 => "Frame Relay",
        114 => "LocalTalk",
        122 => "IP over Fibre Channel",
        123 => "SunATM",
        129 => "ARCNET on Linux",
        130..=137 | 179..=181 | 194 | 200 => "Juniper",
        138 => "IP over IEEE 1394",
        142 => "SS7 MTP2",
        143 => "DOCSIS",
        144 => "IrDA",
        147..=162 => "private use",
        165 => "BACnet",
        177 => "LAPD",
        186 => "USB, FreeBSD",
        187 | 201 => "Bluetooth HCI",
        189 => "USB, Linux",
        195 | 215 | 230 | 283 => "IEEE 802.15.4",
        196 => "SITA",
        197 => "Endace ERF",
        220 => "USB, Linux, memory-mapped",
        224 => "Fibre Channel",
        227 => "CAN",
        240 | 241 => "netANALYZER",
        249 => "USBPcap",
        251 | 256 => "Bluetooth Low Energy",
        252 => "Wireshark's exported PDUs",
        253 => "netlink",
        254 => "Bluetooth, Linux monitor",
        264 => "ISO 14443",
        266 => "USB, macOS",
        272 => "nRF sniffer",
        274 => "Ethernet mPackets",
        278 => "USB 2.0",
        289 => "Event Tracing for Windows",
        _ => return None,
    })
}
