//! The command line.

#[cfg(feature = "handshake")]
use super::logins::Logins;
use crate::input;
use ikev2::Role;
#[cfg(feature = "handshake")]
use ikev2::identity::Identity;
use ikev2::probe::{MarkedPort, ProbePlan};
use ikev2::proposal::Proposal;
use ikev2::proposal::notation::Hint;
use ikev2_tools::evidence::negotiation::Side;
use std::net::IpAddr;
use std::path::PathBuf;

const MORE: &str = r#"HOST is a name or an IP address; every address of a name is asked, one after the other. Only IKE_SA_INIT requests are sent: no credentials, and no login but with --login-path. Ten datagrams a second at most, 80 to an address (with --policy 140), none above 3000 octets but with --large; two of them at most within 60 seconds leave a half-open IKE SA at the gateway, and each has a Vendor ID that names this program.

Nothing here was tried with Windows Server: --record writes a capture of the run that can be sent to who looks into it. Windows sends from the ports 500 and 4500; from a port of your choice it is sent with --source-port.

JSON: one line for each question and address,
  {"kind":"answer","question":"udp500","address":"192.0.2.1","result":"yes","value":null,"confidence":"high","datagrams":1,"text":".."}
and the last one
  {"kind":"verdict","state":"fit","codes":[],"windows_error":null,"text":"..","sent":{"datagrams":54,"octets":50000}}
Questions: udp500, udp4500, tcp4500, tcp443, fragments_to, fragments_from, mtu, fragmentation, capabilities, product, nat, same_server, offer, policy, loss, post_quantum, login_path. Results: yes, no, unknown. States: fit, unfit, undetermined. The value of mtu and of fragments_to is in octets of IP packet, that of loss is the shortest round trip in milliseconds, that of policy a list of proposals in strongSwan notation.

Examples:
  ike probe vpn.example.org
  ike probe vpn.example.org --offer windows10 --json
  ike probe 192.0.2.1 --policy
  ike probe vpn.example.org --login-path nobody@example.org
  ike probe vpn.example.org --record run.pcap --html run.html

Exit status: 0 where the way is fit; 1 where it is not, or the name has no address; 2 when something cannot be read or written; 3 when it cannot be told."#;

/// Checks the way to a gateway, without credentials: ports, path MTU, IP fragments, IKE fragmentation, one server or several.
#[derive(Debug, clap::Args)]
#[command(after_long_help = MORE, arg_required_else_help = true)]
pub(crate) struct Args {
    /// The gateway: a name, or an IP address.
    pub(super) host: String,
    /// The port in place of 500.
    #[arg(long, value_name = "N", default_value_t = 500, hide_default_value = true, value_parser = input::port)]
    port: u16,
    /// The port in place of 4500.
    #[arg(long, value_name = "N", default_value_t = 4500, hide_default_value = true, value_parser = input::port)]
    natt_port: u16,
    /// Which messages carry the non-ESP marker (RFC 3948): those to the port in place of 4500 (natt), or all that do not go to 500
    /// (always), as strongSwan expects it. auto is natt.
    #[arg(long, value_name = "WHERE", default_value = "auto", hide_default_value = true)]
    marker: Marker,
    /// Whether the gateway would take this offer: a file, a text, or the name of a profile, as `ike negotiate` reads them.
    #[arg(long, value_name = "OFFER", allow_hyphen_values = true)]
    offer: Option<String>,
    /// What the gateway takes for an IKE SA, found by offers: up to 140 datagrams to an address instead of 80.
    #[arg(long)]
    policy: bool,
    /// Also log in without credentials, as this identity: an IKE_AUTH request that asks for EAP, large as a client's, once in IKE fragments and
    /// once in IP fragments. The gateway will have one failed login of each in its log; they are a minute apart.
    #[cfg(feature = "handshake")]
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    login_path: Option<Identity>,
    /// IP packets of up to 9000 octets instead of 1500, and datagrams of up to 12,000 octets instead of 3000.
    #[arg(long)]
    large: bool,
    /// The port that is sent from, where it is free.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(super) source_port: u16,
    /// JSON lines, for programs.
    #[arg(long)]
    pub(super) json: bool,
    /// Write the report as one HTML page.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub(super) html: Option<PathBuf>,
    /// Write what is sent and received as a capture (pcap).
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub(super) record: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Marker {
    Auto,
    Always,
    Natt,
}

impl Args {
    /// What is offered, where that was asked for.
    pub(super) fn offer(&self) -> Result<Vec<Proposal>, String> {
        let Some(word) = &self.offer else { return Ok(Vec::new()) };
        let text = input::text(word)?;
        let said = |error: String| format!("{}: {error}", input::short(word));
        let side = Side::read(&text, Role::Initiator, Hint::default()).map_err(|error| said(error.on(&text).to_string()))?;
        side.ike_proposals()
    }

    fn ports(&self) -> [MarkedPort; 2] {
        let marker = self.marker == Marker::Always && self.port != 500;
        [MarkedPort { port: self.port, marker }, MarkedPort { port: self.natt_port, marker: true }]
    }

    /// The logins that were asked for.
    #[cfg(feature = "handshake")]
    pub(super) fn logins(&self) -> Option<Logins<'_>> {
        self.login_path.as_ref().map(|identity| Logins { host: &self.host, identity, ports: self.ports() })
    }

    /// What is asked of an address.
    pub(super) fn plan(&self, address: IpAddr, offer: &[Proposal]) -> ProbePlan {
        let [ike, natt] = self.ports();
        let plan = ProbePlan::new(address).with_ike_port(ike).with_natt_port(natt);
        plan.with_large(self.large).with_policy(self.policy).with_offer(offer.to_vec())
    }
}
