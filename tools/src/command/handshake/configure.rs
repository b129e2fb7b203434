//! What the command line says, as a session wants to know it.

use super::args::{Args, Ask, Fragmentation, Nat};
use super::credentials::Credentials;
use super::failure::Failure;
use super::suite::PROVIDER;
use ikev2::exchange::RetransmissionSchedule;
use ikev2::session::{ChildConfig, ChildMode, Config, ConfigurationSet, CookieDemand, Lifetimes, Limits, NetworkPath, PeerConfig};
use std::time::Duration;

/// IKE SAs at a time, half open or not.
const SAS: usize = 256;
/// SAs that may be half open at a time: who wants more shows no interest in any.
const HALF_OPEN: usize = 64;
/// With as many half open, a stranger has to show that it can be reached (RFC 7296 section 2.6).
const WARY: usize = 16;
/// Cookies and other groups that an IKE_SA_INIT of ours takes part in.
const ROUNDS: u32 = 3;
/// Sizes of IP packets tried on an unknown path, coarse as RFC 7383 section 2.5.2 wants them.
const PROBED: &[u16] = &[1280, 1024, 576];
/// The longest wait between two retransmissions.
const LONGEST: Duration = Duration::from_secs(60);

pub(crate) fn config(args: &Args, credentials: &Credentials) -> Config {
    let limits = Limits {
        ike_sas: SAS,
        // An initiator lets nobody in.
        half_open: if args.peer.is_some() { 0 } else { HALF_OPEN },
        half_open_per_source: HALF_OPEN,
        cookie_threshold: if args.cookies == Ask::Never { usize::MAX } else { WARY },
        half_open_lifetime: args.timeout,
        init_rounds: ROUNDS,
        ..Limits::default()
    };
    let cookies = if args.cookies == Ask::Always { CookieDemand::Always } else { CookieDemand::UnderLoad };
    Config::new(&PROVIDER, &args.ike)
        .with_limits(limits)
        .with_schedule(RetransmissionSchedule::doubling(args.retransmit, LONGEST, args.timeout))
        // --retransmit says when.
        .with_measured_timer(false)
        .with_mtu(args.mtu)
        .with_fragmentation(args.fragmentation != Fragmentation::Off)
        .with_probed_mtus(if args.fragmentation == Fragmentation::Probe { PROBED } else { &[] })
        .with_cookies(cookies)
        .with_childless(true)
        .with_ppk(args.ppk.is_some())
        .with_intermediate_ppks(Vec::from_iter(args.ppk.clone().filter(|_| args.is_ppk_early)))
        .with_authorities(credentials.authorities())
        .with_lifetimes(Lifetimes::UNLIMITED)
        .with_liveness(None)
        .with_nat_keepalive(None)
        .with_key_material(args.keys.is_some())
}

pub(crate) fn child(args: &Args) -> ChildConfig {
    let mode = if args.transport { ChildMode::Transport } else { ChildMode::Tunnel };
    ChildConfig::new(&PROVIDER, &args.esp, [args.ts_local], [args.ts_remote]).with_one_selector(true).with_mode(mode)
}

/// `natt` is the path behind a NAT.
pub(crate) fn peer(args: &Args, credentials: &Credentials, natt: Option<NetworkPath>) -> Result<PeerConfig, Failure> {
    let (local, remote) = credentials.both(args)?;
    let mut peer = PeerConfig::new(credentials.id.clone(), local, remote)
        .with_address_assignment(args.addresses.assignment)
        .with_redirects(true)
        .with_child(child(args))
        .with_childless(args.childless)
        .with_mobike(args.mobike)
        .with_forced_nat(args.nat == Nat::Force)
        // Without --peer-id, whoever has a certificate that --ca vouches for.
        .with_any_identity(true);
    if let Some(expected) = &credentials.peer_id {
        peer = peer.with_expected_identity(expected.clone());
    }
    if args.addresses.asks {
        peer = peer.with_configuration_request(ConfigurationSet::any_address());
    }
    if let Some(ppk) = &args.ppk {
        peer = peer.with_ppk(ppk.clone());
    }
    if let Some(lifetime) = args.addresses.auth_lifetime {
        peer = peer.with_auth_lifetime(lifetime);
    }
    if let Some(method) = args.ke_first {
        peer = peer.with_first_ke(method);
    }
    match natt {
        Some(path) if args.nat != Nat::Ignore => Ok(peer.with_nat_path(path)),
        _ => Ok(peer),
    }
}
