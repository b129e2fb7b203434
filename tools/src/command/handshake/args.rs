//! The command line.

use super::options::addresses::Addresses;
use super::options::eap::Eap;
use super::options::{self, Secret};
use super::suite::PROVIDER;
use crate::input;
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, Policy, Proposal};
use ikev2::registry::KeMethod;
use ikev2::selectors::Selector;
use ikev2::session::Ppk;
use ikev2::transform::Transform;
use ikev2_tools::evidence::measured::MeasuredPath;
use ikev2_tools::report::Style;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

const USAGE: &str = "\
ike handshake initiate ADDR [OPTIONS]
       ike handshake respond [OPTIONS]";

const MORE: &str = "\
Examples, each for a terminal of its own:
  ike handshake respond --local 127.0.0.1 --port 5500 --natt-port 5501 \\
      --id moon.example.org --psk secret
  ike handshake initiate 127.0.0.1 --port 5500 --natt-port 5501 \\
      --id carol.example.org --psk secret --do dpd,rekey-ike,delete

The last line printed is one JSON object.

Exit status: 0 when the plan was carried out; 1 when the peer refused; 2 when the command line is wrong; 3 when there was no answer; 4 when the peer broke the protocol or failed authentication.";

const IKE: &str = "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256-ecp384-modp2048,\
    aes256-aes128-sha256-sha384-sha512-x25519-ecp256-ecp384-modp2048-modp3072-modp4096,chacha20poly1305-prfsha256-x25519-ecp256";
/// Octets of the IP packet, and the first wait, where nothing is known of the path.
const MTU: u16 = 1280;
const FIRST: Duration = Duration::from_secs(1);
const ESP: &str = "aes256gcm16-aes128gcm16,aes256-aes128-sha256-sha512-sha1,chacha20poly1305";
/// The networks behind the two sides, when nobody names others.
const INITIATOR_NET: &str = "10.77.2.0/24";
const RESPONDER_NET: &str = "10.77.1.0/24";
/// The same for who asks for an address.
const ANY: &str = "0.0.0.0/0";

/// Shakes hands with an IKEv2 peer, and prints the exchange as it happens. No ESP is sent.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE, override_usage = USAGE, arg_required_else_help = true, args_override_self = true)]
pub(crate) struct Line {
    /// The side to be: initiate connects to ADDR, respond waits for initiators.
    mode: Mode,
    /// The IP address of the peer (only with initiate).
    #[arg(value_name = "ADDR", required_if_eq("mode", "initiate"))]
    peer: Option<IpAddr>,
    /// The peer's port; respond: the one listened on.
    #[arg(long, value_name = "N", default_value_t = 500)]
    port: u16,
    /// The peer's port behind a NAT; respond: the one listened on.
    #[arg(long, value_name = "N", default_value_t = 4500)]
    natt_port: u16,
    /// Our own address; respond: 0.0.0.0 by default, or `::` for IPv6.
    #[arg(long, value_name = "ADDR")]
    local: Option<IpAddr>,
    /// Our own port; 0: ephemeral.
    #[arg(long, value_name = "N", default_value_t = 0)]
    local_port: u16,
    /// Our own port behind a NAT; 0: ephemeral.
    #[arg(long, value_name = "N", default_value_t = 0)]
    local_natt_port: u16,
    /// Carry everything by a TCP connection to the port behind a NAT (RFC 9329); respond: listen there by TCP, too.
    #[arg(long, conflicts_with_all = ["loss", "reorder", "duplicate", "drop"])]
    tcp: bool,
    /// Which packets carry the non-ESP marker.
    #[arg(long, value_name = "WHERE", default_value = "auto")]
    marker: Marker,
    /// Never move to the NAT-T port after IKE_SA_INIT (by default: when there is a NAT).
    #[arg(long, overrides_with = "force_natt")]
    no_nat: bool,
    /// Always move to the NAT-T port after IKE_SA_INIT.
    #[arg(long, overrides_with = "no_nat")]
    force_natt: bool,
    /// Path MTU in octets of the IP packet (1280).
    #[arg(long, value_name = "N")]
    mtu: Option<u16>,
    /// initiate: take --mtu and --retransmit from what `ike probe --json` measured of the way to ADDR.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    path_from: Option<PathBuf>,
    /// IKE fragmentation (RFC 7383).
    #[arg(long, value_name = "HOW", default_value = "on")]
    fragmentation: Fragmentation,
    /// Proposals for the IKE SA, strongSwan notation (several comma-separated).
    #[arg(long, value_name = "P", default_value = IKE, hide_default_value = true)]
    ike: String,
    /// Proposals for Child SAs, strongSwan notation (several comma-separated).
    #[arg(long, value_name = "P", default_value = ESP, hide_default_value = true)]
    esp: String,
    /// Number of the first KE payload's group, to provoke INVALID_KE_PAYLOAD.
    #[arg(long, value_name = "GROUP")]
    ke_first: Option<u16>,
    /// Who we are: an FQDN, an e-mail address, an IP address, or a DN as text.
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    id: Option<String>,
    /// Who the peer must be.
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    peer_id: Option<String>,
    /// The shared key, in hexadecimal.
    #[arg(long, value_name = "HEX", overrides_with = "psk")]
    psk_hex: Option<Secret>,
    /// The shared key, as text.
    #[arg(long, value_name = "TEXT", overrides_with = "psk_hex", allow_hyphen_values = true)]
    psk: Option<Secret>,
    /// Our certificate (PEM, leaf first, intermediates follow; may be repeated).
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    cert: Vec<PathBuf>,
    /// Its private key (PEM).
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    key: Option<PathBuf>,
    /// We do not authenticate ourselves (NULL Authentication, RFC 7619); nor does the peer, unless there is --ca: whoever is on the way can be
    /// the peer.
    #[arg(long, conflicts_with_all = ["psk", "psk_hex", "key"])]
    null: bool,
    /// How an RSA key signs; `sha1` also for a peer that announces no hash algorithm, by method 1.
    #[arg(long, value_name = "HOW", default_value = "pkcs1")]
    signature: Signature,
    /// Trust anchor for the peer's chain (may be repeated); without it its certificate is refused.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    ca: Vec<PathBuf>,
    /// The peer's certificate is taken whoever signed it, and whatever its dates and names.
    #[arg(long)]
    any_cert: bool,
    #[command(flatten)]
    eap: options::eap::EapLine,
    #[command(flatten)]
    ppk: options::ppk::PpkLine,
    #[command(flatten)]
    addresses: options::addresses::AddressLine,
    /// Our side of the traffic selectors (10.77.2.0/24; respond: 10.77.1.0/24).
    #[arg(long, value_name = "CIDR", value_parser = net)]
    ts_local: Option<Selector>,
    /// The peer's side of the traffic selectors (10.77.1.0/24; respond: 10.77.2.0/24).
    #[arg(long, value_name = "CIDR", value_parser = net)]
    ts_remote: Option<Selector>,
    /// After IKE_AUTH, in order: dpd, rekey-child, rekey-ike, child, delete-child, delete, wait=SECONDS, move=ADDR (--mobike: go on from another
    /// address of ours), move=ADDR@MTU; rekey-ike+move=ADDR: move before the response comes.
    #[arg(long = "do", value_name = "LIST", default_value = "dpd,delete", value_parser = plan)]
    plan: Plan,
    /// No Child SA in IKE_AUTH if the peer allows that.
    #[arg(long)]
    childless: bool,
    /// Transport mode, if the peer takes it, in place of tunnel mode.
    #[arg(long)]
    transport: bool,
    /// MOBIKE (RFC 4555): the initiator may go on from another address; initiate: to the NAT-T port after IKE_SA_INIT.
    #[arg(long)]
    mobike: bool,
    /// Percent of datagrams lost on our side, both directions.
    #[arg(long, value_name = "P", default_value_t = 0, value_parser = percent())]
    loss: u8,
    /// Percent of datagrams that come later than others.
    #[arg(long, value_name = "P", default_value_t = 0, value_parser = percent())]
    reorder: u8,
    /// Percent of datagrams that come twice.
    #[arg(long, value_name = "P", default_value_t = 0, value_parser = percent())]
    duplicate: u8,
    /// Seed of the random numbers behind --loss, --reorder and --duplicate.
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Do not send our Nth datagrams.
    #[arg(long, value_name = "N[,N..]", value_parser = drops)]
    drop: Option<Drops>,
    /// Give-up time of one exchange (first retransmission after 1 s, then doubling).
    #[arg(long, value_name = "SECONDS", default_value_t = 20)]
    timeout: u64,
    /// The first retransmission comes after so many milliseconds (1000).
    #[arg(long, value_name = "MS")]
    retransmit: Option<u64>,
    /// What the peer accepts, as far as known: for explaining NO_PROPOSAL_CHOSEN.
    #[arg(long, value_name = "P")]
    peer_policy: Option<String>,
    /// The dialect in which --peer-policy is explained: rfc, strongswan, strongswan6, libreswan, libreswan5, openiked.
    #[arg(long, value_name = "D", default_value = "rfc")]
    dialect: Dialect,
    /// Adds the keys to Wireshark's ikev2_decryption_table in FILE: who reads it reads the traffic.
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    keys: Option<PathBuf>,
    /// Print only the verdict.
    #[arg(long)]
    quiet: bool,
    /// respond: end after N SAs, set up and ended or refused.
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u64,
    /// respond: end after S seconds.
    #[arg(long, value_name = "S")]
    seconds: Option<u64>,
    /// respond: whether initiators have to show a cookie.
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    cookies: Ask,
}

/// A command line may name secrets: it is not printed.
pub(crate) struct Args {
    /// The peer to initiate to; none to respond.
    pub(crate) peer: Option<IpAddr>,
    pub(crate) port: u16,
    pub(crate) natt_port: u16,
    pub(crate) local: Option<IpAddr>,
    pub(crate) local_port: u16,
    pub(crate) local_natt_port: u16,
    pub(crate) tcp: bool,
    pub(crate) marker: Marker,
    pub(crate) nat: Nat,
    pub(crate) mtu: u16,
    pub(crate) fragmentation: Fragmentation,
    pub(crate) ike: Policy,
    /// As offered in CREATE_CHILD_SA.
    pub(crate) esp: Policy,
    /// What the policies lost because it cannot be done here.
    pub(crate) left_out: Vec<String>,
    pub(crate) ke_first: Option<KeMethod>,
    pub(crate) id: Option<String>,
    pub(crate) peer_id: Option<String>,
    pub(crate) psk: Option<Zeroizing<Vec<u8>>>,
    pub(crate) certs: Vec<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) signature: Signature,
    pub(crate) null: bool,
    pub(crate) anchors: Vec<PathBuf>,
    pub(crate) any_cert: bool,
    pub(crate) eap: Option<Eap>,
    pub(crate) ppk: Option<Ppk>,
    /// Whether it is used in IKE_INTERMEDIATE.
    pub(crate) is_ppk_early: bool,
    pub(crate) addresses: Addresses,
    pub(crate) ts_local: Selector,
    pub(crate) ts_remote: Selector,
    pub(crate) plan: Vec<Step>,
    pub(crate) childless: bool,
    pub(crate) transport: bool,
    pub(crate) mobike: bool,
    pub(crate) loss: u8,
    pub(crate) reorder: u8,
    pub(crate) duplicate: u8,
    pub(crate) seed: u64,
    pub(crate) drop: Vec<u64>,
    pub(crate) timeout: Duration,
    pub(crate) retransmit: Duration,
    pub(crate) peer_policy: Option<String>,
    pub(crate) dialect: Dialect,
    pub(crate) keys: Option<PathBuf>,
    pub(crate) quiet: bool,
    pub(crate) count: u64,
    pub(crate) seconds: Option<u64>,
    pub(crate) cookies: Ask,
    /// How what is printed is laid out.
    pub(crate) style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Marker {
    /// Always when neither port of the pair is 500, else as natt.
    Auto,
    /// On every packet.
    Always,
    /// Only to the NAT-T port.
    Natt,
}

/// Whether a responder asks for cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Ask {
    /// While many SAs are half open.
    Auto,
    /// From every initiator.
    Always,
    /// Never.
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nat {
    Detect,
    Ignore,
    Force,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Fragmentation {
    /// Fragments of the path MTU.
    On,
    /// No IKE fragmentation.
    Off,
    /// Smaller and smaller when no answer comes (section 2.5.2).
    Probe,
}

/// What an RSA key signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Signature {
    Pkcs1,
    Pss,
    Sha1,
}

/// Which side to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Mode {
    /// Connect to ADDR.
    Initiate,
    /// Wait for initiators.
    Respond,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Dpd,
    RekeyChild,
    RekeyIke,
    Child,
    DeleteChild,
    Delete,
    Wait(Duration),
    Move(Box<Move>),
}

/// On to another address of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Move {
    /// What is asked for just before, and not answered yet.
    pub(crate) amid: Option<Step>,
    pub(crate) to: IpAddr,
    /// What the path takes, in octets of the IP packet.
    pub(crate) mtu: Option<u16>,
}

impl Line {
    /// What is to be done.
    pub(crate) fn read(self) -> Result<Args, String> {
        if self.mode == Mode::Respond && self.peer.is_some() {
            return Err("`respond` takes no address: --local is what it listens on".into());
        }
        let path = measured(self.path_from.as_deref(), self.peer)?;
        let psk = options::secret("psk", self.psk.as_ref(), self.psk_hex.as_ref())?;
        let (eap, ppk, addresses) = (self.eap.read()?, self.ppk.read()?, self.addresses.read());
        if self.key.is_none() && psk.is_none() && !self.null && eap.is_none() {
            return Err("either --psk or --psk-hex, or --cert and --key, or --null, or --eap are needed".into());
        }
        if let Some(text) = &self.peer_policy {
            // Of IKE or of ESP: which, the phase that refuses will tell.
            let esp = |error| strongswan::parse_esp(text).map(drop).map_err(|_| format!("--peer-policy: {error}"));
            strongswan::parse_ike(text).map(drop).or_else(esp)?;
        }
        let mut left_out = Vec::new();
        let own = |option: &str, proposals: Vec<Proposal>| policy(proposals).map_err(|error| format!("{option}: {error}"));
        let ike = own("--ike", strongswan::parse_ike(&self.ike).map_err(|error| format!("--ike: {error}"))?)?;
        let ike = possible("--ike", &ike, &mut left_out)?;
        let esp = strongswan::parse_esp(&self.esp).map_err(|error| format!("--esp: {error}"))?;
        let esp = possible("--esp", &own("--esp", esp)?, &mut left_out)?;
        let (mut ts_local, mut ts_remote) = (net(INITIATOR_NET)?, net(RESPONDER_NET)?);
        if self.mode == Mode::Respond {
            std::mem::swap(&mut ts_local, &mut ts_remote);
        } else if addresses.asks {
            // Which address it will be, the responder says.
            (ts_local, ts_remote) = (net(ANY)?, net(ANY)?);
        }
        Ok(Args {
            peer: self.peer,
            port: self.port,
            natt_port: self.natt_port,
            local: self.local,
            local_port: self.local_port,
            local_natt_port: self.local_natt_port,
            tcp: self.tcp,
            marker: self.marker,
            nat: match (self.no_nat, self.force_natt) {
                (true, _) => Nat::Ignore,
                (false, true) => Nat::Force,
                (false, false) => Nat::Detect,
            },
            mtu: self.mtu.or(path.mtu).unwrap_or(MTU),
            fragmentation: self.fragmentation,
            ike,
            esp,
            left_out,
            ke_first: self.ke_first.map(KeMethod),
            id: self.id,
            peer_id: self.peer_id,
            psk,
            certs: self.cert,
            key: self.key,
            signature: self.signature,
            null: self.null,
            anchors: self.ca,
            any_cert: self.any_cert,
            eap,
            ppk,
            is_ppk_early: self.ppk.ppk_intermediate,
            addresses,
            ts_local: self.ts_local.unwrap_or(ts_local),
            ts_remote: self.ts_remote.unwrap_or(ts_remote),
            plan: self.plan.0,
            childless: self.childless,
            transport: self.transport,
            mobike: self.mobike,
            loss: self.loss,
            reorder: self.reorder,
            duplicate: self.duplicate,
            seed: self.seed,
            drop: self.drop.map(|drops| drops.0).unwrap_or_default(),
            timeout: Duration::from_secs(self.timeout),
            retransmit: self.retransmit.map(Duration::from_millis).or_else(|| path.first_timer()).unwrap_or(FIRST),
            peer_policy: self.peer_policy,
            dialect: self.dialect,
            keys: self.keys,
            quiet: self.quiet,
            count: self.count,
            seconds: self.seconds,
            cookies: self.cookies,
            style: Style::default(),
        })
    }
}

/// What a probe measured of the way to the peer.
fn measured(file: Option<&Path>, peer: Option<IpAddr>) -> Result<MeasuredPath, String> {
    match (file, peer) {
        (None, _) => Ok(MeasuredPath::default()),
        (Some(_), None) => Err("--path-from is for `initiate`: it tells of the way to ADDR".into()),
        (Some(file), Some(_)) => MeasuredPath::read(&input::file(file)?, peer).map_err(|error| format!("{}: {error}", input::name(file))),
    }
}

/// A whole list is one value: the last one given counts, as of every other option.
#[derive(Clone, Debug)]
struct Plan(Vec<Step>);

fn plan(list: &str) -> Result<Plan, String> {
    list.split(',').map(step).collect::<Result<_, _>>().map(Plan)
}

/// Numbers of datagrams.
#[derive(Clone, Debug)]
struct Drops(Vec<u64>);

fn drops(list: &str) -> Result<Drops, String> {
    let number = |text: &str| text.parse().map_err(|_| format!("{text:?} is no number of a datagram"));
    list.split(',').map(number).collect::<Result<_, _>>().map(Drops)
}

fn percent() -> clap::builder::RangedI64ValueParser<u8> {
    clap::value_parser!(u8).range(..=100)
}

fn step(word: &str) -> Result<Step, String> {
    Ok(match word {
        "dpd" => Step::Dpd,
        "rekey-child" => Step::RekeyChild,
        "rekey-ike" => Step::RekeyIke,
        "child" => Step::Child,
        "delete-child" => Step::DeleteChild,
        "delete" => Step::Delete,
        _ => match word.strip_prefix("wait=").and_then(|seconds| seconds.parse().ok()) {
            Some(seconds) => Step::Wait(Duration::from_secs(seconds)),
            None => moving(word).ok_or_else(|| format!("{word:?} is no step"))?,
        },
    })
}

/// `move=ADDR`, with `@MTU` after it and a step and `+` before it.
fn moving(word: &str) -> Option<Step> {
    let (amid, word) = word.split_once('+').map_or((None, word), |(amid, word)| (Some(amid), word));
    let amid = amid.map(|amid| step(amid).ok().filter(|step| !matches!(step, Step::Wait(_) | Step::Delete | Step::Move(_))).ok_or(()));
    let to = word.strip_prefix("move=")?;
    let (to, mtu) = to.split_once('@').map_or((to, None), |(to, mtu)| (to, Some(mtu)));
    Some(Step::Move(Box::new(Move { amid: amid.transpose().ok()?, to: to.parse().ok()?, mtu: mtu.map(str::parse).transpose().ok()? })))
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Dpd => f.write_str("dpd"),
            Self::RekeyChild => f.write_str("rekey-child"),
            Self::RekeyIke => f.write_str("rekey-ike"),
            Self::Child => f.write_str("child"),
            Self::DeleteChild => f.write_str("delete-child"),
            Self::Delete => f.write_str("delete"),
            Self::Wait(time) => write!(f, "wait={}", time.as_secs()),
            Self::Move(step) => {
                step.amid.iter().try_for_each(|amid| write!(f, "{amid}+"))?;
                write!(f, "move={}", step.to)?;
                step.mtu.iter().try_for_each(|mtu| write!(f, "@{mtu}"))
            }
        }
    }
}

/// The policy without what cannot be done here, which `left_out` names: it is neither offered nor chosen.
fn possible(option: &str, policy: &Policy, left_out: &mut Vec<String>) -> Result<Policy, String> {
    let restricted = policy.restrict(&PROVIDER, |method| PROVIDER.has_key_exchange(method));
    let names: Vec<_> = restricted.removed.iter().map(|(_, t)| name(t)).collect();
    if restricted.policy.proposals().is_empty() {
        return Err(format!("{option}: no proposal can be done here, for want of {}", names.join(", ")));
    }
    left_out.extend(names);
    Ok(restricted.policy)
}

fn name(transform: &Transform) -> String {
    let (ty, id) = (transform.ty, transform.id);
    let name = id.name(ty).map_or_else(|| format!("transform {} of type {}", id.0, ty.0), str::to_owned);
    transform.key_bits.map_or(name.clone(), |bits| format!("{name} with {bits} bits"))
}

fn policy(proposals: Vec<Proposal>) -> Result<Policy, String> {
    Policy::new(Dialect::Rfc, proposals).map_err(|error| error.to_string())
}

fn net(text: &str) -> Result<Selector, String> {
    text.parse().map_err(|error| format!("{text:?} is no network: {error}"))
}

/// The options of a command line in words, as tests write it.
#[cfg(test)]
pub(crate) fn parse(words: impl IntoIterator<Item = std::ffi::OsString>) -> Result<Args, String> {
    #[derive(clap::Parser)]
    struct Whole {
        #[command(flatten)]
        line: Line,
    }
    let words = std::iter::once("handshake".into()).chain(words);
    let whole: Whole = clap::Parser::try_parse_from(words).map_err(|error| error.to_string())?;
    whole.line.read()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_does_not_tell_the_secret() {
        for secret in ["c0ffee1", "c0ffeeg0"] {
            let line = format!("initiate 127.0.0.1 --id a --psk-hex {secret}");
            let Err(error) = parse(line.split(' ').map(Into::into)) else { panic!("{secret} is no octets") };
            assert!(error.contains("--psk-hex") && !error.contains(secret), "{error}");
        }
    }

    #[test]
    fn a_move_is_read_and_written() {
        for text in ["move=192.0.2.7", "move=2001:db8::7@1280", "rekey-ike+move=192.0.2.7@576"] {
            assert_eq!(step(text).unwrap().to_string(), text);
        }
        for text in [
            "move=",
            "move=here",
            "move=192.0.2.7@",
            "move=192.0.2.7@70000",
            "wait=1+move=192.0.2.7",
            "delete+move=192.0.2.7",
            "+move=192.0.2.7",
            "dpd+dpd",
        ] {
            assert!(step(text).is_err(), "{text}");
        }
    }

    #[test]
    fn of_an_option_given_twice_the_last_counts() {
        let line = "initiate 127.0.0.1 --psk a --do dpd --do delete,wait=1 --drop 1,2 --drop 3 --mtu 576 --mtu 1400 --force-natt --no-nat";
        let args = parse(line.split(' ').map(Into::into)).unwrap();
        assert_eq!(args.plan, [Step::Delete, Step::Wait(Duration::from_secs(1))]);
        assert_eq!((args.drop, args.mtu, args.nat), (vec![3], 1400, Nat::Ignore));
    }

    #[test]
    fn a_line_that_is_printed_does_not_tell_the_secret() {
        #[derive(clap::Parser, Debug)]
        struct Whole {
            #[command(flatten)]
            line: Line,
        }
        let line = ["handshake", "initiate", "127.0.0.1", "--psk", "c0ffee"];
        let whole: Whole = clap::Parser::try_parse_from(line).unwrap();
        assert!(!format!("{whole:?}").contains("c0ffee"));
    }
}
