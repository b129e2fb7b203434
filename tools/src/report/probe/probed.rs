//! What there is to report: a name, and what is known of the way to each of its addresses.

use ikev2::probe::{ProbeReport, ProbeVerdict};
use std::net::IpAddr;

/// A gateway that was asked.
#[derive(Clone, Debug)]
pub struct Probed {
    pub(super) host: String,
    pub(super) reports: Vec<ProbeReport>,
    /// Addresses that nothing could be sent to, and why.
    pub(super) left_out: Vec<(IpAddr, String)>,
    /// Why the name has no address.
    unresolved: Option<String>,
}

impl Probed {
    /// A gateway by its name or address, of which nothing is known yet.
    #[must_use]
    pub fn new(host: &str) -> Self {
        Self { host: host.to_owned(), reports: Vec::new(), left_out: Vec::new(), unresolved: None }
    }

    /// An address was asked.
    pub fn add(&mut self, report: ProbeReport) {
        self.reports.push(report);
    }

    /// Nothing could be sent to an address; `why` is the word of the system.
    pub fn leave_out(&mut self, address: IpAddr, why: String) {
        self.left_out.push((address, why));
    }

    /// The name has no address; `why` is the word of the system.
    pub fn name_failed(&mut self, why: String) {
        self.unresolved = Some(why);
    }

    /// The verdict on all addresses that were asked.
    #[must_use]
    pub fn verdict(&self) -> ProbeVerdict {
        match &self.unresolved {
            Some(why) => ProbeVerdict::of_unresolved(&self.host, why),
            None => ProbeVerdict::of_addresses(&self.reports),
        }
    }
}
