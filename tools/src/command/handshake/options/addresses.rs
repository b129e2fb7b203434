//! Addresses that an initiator asks for and a responder gives, and for how long its authentication counts.

use ikev2::session::{AddressAssignment, ConfigurationSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

/// The options.
#[derive(Debug, clap::Args)]
pub(crate) struct AddressLine {
    /// initiate: ask for an address of the other network, which then is our side of the traffic.
    #[arg(long)]
    ask_address: bool,
    /// respond: give each initiator that asks the next address from this one on.
    #[arg(long, value_name = "ADDR")]
    pool: Option<IpAddr>,
    /// respond: the name server to tell with an address.
    #[arg(long, value_name = "ADDR", requires = "pool")]
    dns: Option<IpAddr>,
    /// respond: no Child SA for who asks for no address.
    #[arg(long, requires = "pool")]
    address_required: bool,
    /// respond: for how many seconds the initiator's authentication counts (RFC 4478).
    #[arg(long, value_name = "S")]
    auth_lifetime: Option<u32>,
}

/// What they mean.
#[derive(Clone, Debug, Default)]
pub(crate) struct Addresses {
    pub(crate) asks: bool,
    pub(crate) assignment: AddressAssignment,
    pub(crate) auth_lifetime: Option<Duration>,
    next: Option<IpAddr>,
    dns: Option<IpAddr>,
}

impl AddressLine {
    pub(crate) fn read(&self) -> Addresses {
        let assignment = match (self.pool, self.address_required) {
            (None, _) => AddressAssignment::Never,
            (Some(_), false) => AddressAssignment::OnRequest,
            (Some(_), true) => AddressAssignment::Required,
        };
        let auth_lifetime = self.auth_lifetime.map(|seconds| Duration::from_secs(seconds.into()));
        Addresses { asks: self.ask_address, assignment, auth_lifetime, next: self.pool, dns: self.dns }
    }
}

impl Addresses {
    /// What the next initiator is given; `None` when there is no address left.
    pub(crate) fn give(&mut self) -> Option<ConfigurationSet> {
        let given = self.next?;
        self.next = match given {
            IpAddr::V4(address) => address.to_bits().checked_add(1).map(|next| Ipv4Addr::from_bits(next).into()),
            IpAddr::V6(address) => address.to_bits().checked_add(1).map(|next| Ipv6Addr::from_bits(next).into()),
        };
        let set = ConfigurationSet::new().with_address(given);
        Some(match self.dns {
            Some(dns) => set.with_dns(dns),
            None => set,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_initiator_is_given_another_address_until_there_is_none() {
        let mut addresses = Addresses { next: Some("255.255.255.254".parse().unwrap()), ..Addresses::default() };
        let mut next = || addresses.give().map(|set| set.addresses().next().unwrap().to_string());
        assert_eq!([next(), next(), next()], [Some("255.255.255.254".into()), Some("255.255.255.255".into()), None]);
    }
}
