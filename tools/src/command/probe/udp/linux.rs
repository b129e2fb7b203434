//! Linux: DF is a setting of a datagram's moment, and ICMP errors stand in a queue with their senders (ip(7), IP_RECVERR).

use super::event::{Back, Event, Incoming, hand, tell};
use ikev2::diagnose::IcmpError;
use ikev2::probe::ProbeSocket;
use nix::libc::{EMSGSIZE, sock_extended_err, sockaddr_in, sockaddr_in6};
use nix::sys::socket::{ControlMessageOwned, MsgFlags, SockaddrStorage, recvmsg, setsockopt, sockopt};
use rustix::net::sockopt::{Ipv4PathMtuDiscovery, Ipv6PathMtuDiscovery, set_ip_mtu_discover, set_ipv6_mtu_discover};
use std::io::{self, IoSliceMut};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::os::fd::AsRawFd;
use std::sync::mpsc::SyncSender;
use std::thread;

/// Of a datagram that the interface does not take.
pub(super) const TOO_LONG: i32 = EMSGSIZE;
/// Origins of an error in the queue (linux/errqueue.h).
const FROM_ICMP: u8 = 2;
const FROM_ICMP_V6: u8 = 3;
/// The beginning of a datagram is enough to know it by: the marker, and the SPI of the initiator.
const QUOTED: usize = 12;
/// Errors that are read from a queue in one go.
const MOST_ERRORS: usize = 64;

pub(super) struct End {
    id: ProbeSocket,
    socket: UdpSocket,
    local: SocketAddr,
}

impl End {
    /// A socket with a thread that listens. The thread ends with the process, or when nobody takes what comes.
    pub(super) fn open(at: SocketAddr, id: ProbeSocket, sender: &SyncSender<Incoming>) -> io::Result<Self> {
        let socket = UdpSocket::bind(at)?;
        let local = socket.local_addr()?;
        if local.is_ipv4() {
            setsockopt(&socket, sockopt::Ipv4RecvErr, &true)?;
        } else {
            setsockopt(&socket, sockopt::Ipv6RecvErr, &true)?;
        }
        let (listener, sender) = (socket.try_clone()?, sender.clone());
        thread::spawn(move || {
            let mut octets = vec![0; usize::from(u16::MAX)];
            loop {
                let is_taken = match listener.recv_from(&mut octets) {
                    Ok((len, from)) => hand(&sender, id, from, octets.get(..len).unwrap_or_default()),
                    Err(_) => tell(&sender, Incoming::Trouble),
                };
                if !is_taken {
                    return;
                }
            }
        });
        Ok(Self { id, socket, local })
    }

    /// The same with DF and without.
    #[expect(clippy::unnecessary_wraps, reason = "other systems have to ask")]
    pub(super) const fn local(&self, _dont_fragment: bool) -> io::Result<SocketAddr> {
        Ok(self.local)
    }

    #[expect(clippy::unused_self, reason = "other systems have to ask")]
    pub(super) const fn sends_whole(&self) -> bool {
        true
    }

    /// Neither way the path MTU that the system remembers is minded: with DF all that the interface takes leaves whole, without DF what it
    /// does not take leaves in IP fragments.
    pub(super) fn send(&self, octets: &[u8], to: SocketAddr, dont_fragment: bool) -> io::Result<()> {
        if self.local.is_ipv4() {
            set_ip_mtu_discover(&self.socket, if dont_fragment { Ipv4PathMtuDiscovery::PROBE } else { Ipv4PathMtuDiscovery::OMIT })?;
        } else {
            set_ipv6_mtu_discover(&self.socket, if dont_fragment { Ipv6PathMtuDiscovery::PROBE } else { Ipv6PathMtuDiscovery::OMIT })?;
        }
        // The first call may tell of an error that an earlier datagram met; it stands in the queue, too.
        match self.socket.send_to(octets, to) {
            Ok(_) => Ok(()),
            Err(_) => self.socket.send_to(octets, to).map(|_| ()),
        }
    }

    /// What stands in the error queue.
    pub(super) fn errors(&self) -> Vec<Event> {
        (0..MOST_ERRORS).map_while(|_| self.error().ok()).flatten().collect()
    }

    fn error(&self) -> nix::Result<Option<Event>> {
        let mut quoted = [0; QUOTED];
        let mut space = nix::cmsg_space!(sock_extended_err, sockaddr_in6);
        let mut parts = [IoSliceMut::new(&mut quoted)];
        let flags = MsgFlags::MSG_ERRQUEUE | MsgFlags::MSG_DONTWAIT;
        let (len, to, told) = {
            let message = recvmsg::<SockaddrStorage>(self.socket.as_raw_fd(), &mut parts, Some(&mut space), flags)?;
            (message.bytes, message.address.and_then(|to| address(&to)), message.cmsgs()?.find_map(|control| read(&control)))
        };
        let quoted = quoted.get(..len).unwrap_or_default().to_vec();
        Ok(told.map(|(error, sender)| Event { socket: self.id, from: to, back: Back::Icmp { error, sender, quoted } }))
    }
}

/// What an entry of the queue says, and who sent it; `None` for what the own system complains of.
fn read(control: &ControlMessageOwned) -> Option<(IcmpError, Option<IpAddr>)> {
    match control {
        ControlMessageOwned::Ipv4RecvErr(told, sender) if told.ee_origin == FROM_ICMP => {
            let mtu = u16::try_from(told.ee_info).unwrap_or(0);
            Some((IcmpError::of_v4(told.ee_type, told.ee_code, mtu)?, sender.as_ref().and_then(v4)))
        }
        ControlMessageOwned::Ipv6RecvErr(told, sender) if told.ee_origin == FROM_ICMP_V6 => {
            Some((IcmpError::of_v6(told.ee_type, told.ee_code, told.ee_info)?, sender.as_ref().and_then(v6)))
        }
        _ => None,
    }
}

fn v4(sender: &sockaddr_in) -> Option<IpAddr> {
    let address = Ipv4Addr::from(u32::from_be(sender.sin_addr.s_addr));
    (!address.is_unspecified()).then(|| address.into())
}

fn v6(sender: &sockaddr_in6) -> Option<IpAddr> {
    let address = Ipv6Addr::from(sender.sin6_addr.s6_addr);
    (!address.is_unspecified()).then(|| address.into())
}

fn address(storage: &SockaddrStorage) -> Option<SocketAddr> {
    let v4 = storage.as_sockaddr_in().map(|at| SocketAddr::from((at.ip(), at.port())));
    v4.or_else(|| storage.as_sockaddr_in6().map(|at| SocketAddr::from((at.ip(), at.port()))))
}

/// The MTU of the interface that has this address.
pub(super) fn mtu(local: IpAddr) -> Option<u16> {
    let interface =
        nix::ifaddrs::getifaddrs().ok()?.find(|one| one.address.as_ref().and_then(address).is_some_and(|at| at.ip() == local))?;
    // What is no name of an interface is no name of a file.
    let file = std::path::Path::new("/sys/class/net").join(&interface.interface_name).join("mtu");
    let octets: u32 = std::fs::read_to_string(file).ok()?.trim().parse().ok()?;
    Some(u16::try_from(octets).unwrap_or(u16::MAX))
}
