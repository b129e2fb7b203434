//! The command line.

use super::ke;
use super::suite::PROVIDER;
use ikev2::proposal::notation::strongswan;
use ikev2::proposal::{Dialect, Policy, Proposal, Transform};
use ikev2::registry::KeMethod;
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;
use zeroize::Zeroizing;

pub(crate) const USAGE: &str = "usage: handshake initiate ADDR [options], or handshake respond [options], or --help";

pub(crate) const HELP: &str = "\
Shakes hands with an IKEv2 peer, and prints the exchange as it happens. No ESP is sent.

  handshake initiate ADDR [options]        handshake respond [options]
  --port N --natt-port N          the peer's ports (500, 4500); respond: the ports listened on
  --local ADDR --local-port N --local-natt-port N     our own (0, the default: ephemeral); respond: 0.0.0.0, or `::` for IPv6
  --marker auto|always|natt       non-ESP marker: natt = only to the NAT-T port; always = on every packet;
                                  auto (default) = always when neither port of the pair is 500, else natt
  --no-nat --force-natt           never, or always, move to the NAT-T port after IKE_SA_INIT (default: when there is a NAT)
  --mtu N                         path MTU in octets of the IP packet, default 1280
  --fragmentation on|off|probe    RFC 7383; probe: smaller and smaller when no answer comes (section 2.5.2)
  --ike P --esp P                 proposals, strongSwan notation (several comma-separated)
  --ke-first GROUP                number of the first KE payload's group, to provoke INVALID_KE_PAYLOAD
  --id ID --peer-id ID            FQDN, e-mail, IP or DN as text
  --psk-hex HEX | --psk TEXT      or  --cert FILE (PEM, leaf first, intermediates follow; repeatable) --key FILE (PEM)
  --signature pkcs1|pss           how an RSA key signs (pkcs1)
  --ca FILE                       trust anchor for the peer's chain (repeatable); without it its certificate is refused
  --any-cert                      the peer's certificate is taken whoever signed it, and whatever its dates and names
  --ts-local CIDR --ts-remote CIDR   10.77.2.0/24 and 10.77.1.0/24 (the other way round in respond)
  --do LIST                       after IKE_AUTH, in order: dpd, rekey-child, rekey-ike, child, delete-child, delete, wait=SECONDS
                                  (dpd,delete)
  --childless                     no child SA in IKE_AUTH if the peer allows that
  --loss P --reorder P --duplicate P --seed N    in percent, on our side, both directions
  --drop N[,N..]                  our Nth datagrams are not sent
  --timeout SECONDS               give-up time of one exchange (20; first retransmission after 1 s, then doubling)
  --retransmit MS                 the first retransmission comes after so many milliseconds (1000)
  --peer-policy P                 what the peer accepts, as far as known: for explaining NO_PROPOSAL_CHOSEN
  --dialect D                     whose rules decide in that: rfc, strongswan, strongswan6, libreswan, libreswan5, openiked
  --keys FILE                     adds the keys to Wireshark's ikev2_decryption_table: who reads it reads the traffic
  --quiet                         only the verdict
  --count N --seconds S           respond: end after N SAs (1), set up and ended or refused, or after S seconds
  --cookies auto|always|never     respond: whether initiators have to show a cookie (auto: while many SAs are half open)

The last line is one JSON object. Exit status: 0 the plan was carried out; 1 the peer refused; 2 usage; 3 no answer; 4 the peer broke
the protocol or failed authentication.
";

const IKE: &str = "aes256gcm16-aes128gcm16-prfsha384-prfsha256-x25519-ecp256-ecp384-modp2048,\
    aes256-aes128-sha256-sha384-sha512-x25519-ecp256-ecp384-modp2048-modp3072-modp4096,chacha20poly1305-prfsha256-x25519-ecp256";
const ESP: &str = "aes256gcm16-aes128gcm16,aes256-aes128-sha256-sha512-sha1,chacha20poly1305";

/// A command line may name secrets: it is not printed.
pub(crate) struct Args {
    /// The peer to initiate to; none to respond.
    pub(crate) peer: Option<IpAddr>,
    pub(crate) port: u16,
    pub(crate) natt_port: u16,
    pub(crate) local: Option<IpAddr>,
    pub(crate) local_port: u16,
    pub(crate) local_natt_port: u16,
    pub(crate) marker: Marker,
    pub(crate) nat: Nat,
    pub(crate) mtu: u16,
    pub(crate) fragmentation: Fragmentation,
    pub(crate) ike: Policy,
    /// As offered in CREATE_CHILD_SA.
    pub(crate) esp: Policy,
    /// As offered in IKE_AUTH: without key exchange methods.
    pub(crate) esp_in_auth: Policy,
    /// What the policies lost because it cannot be done here.
    pub(crate) left_out: Vec<String>,
    pub(crate) ke_first: Option<KeMethod>,
    pub(crate) id: Option<String>,
    pub(crate) peer_id: Option<String>,
    pub(crate) psk: Option<Zeroizing<Vec<u8>>>,
    pub(crate) certs: Vec<PathBuf>,
    pub(crate) key: Option<PathBuf>,
    pub(crate) pss: bool,
    pub(crate) anchors: Vec<PathBuf>,
    pub(crate) any_cert: bool,
    pub(crate) ts_local: Net,
    pub(crate) ts_remote: Net,
    pub(crate) plan: Vec<Step>,
    pub(crate) childless: bool,
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
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    Auto,
    Always,
    Natt,
}

/// Whether a responder asks for cookies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ask {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nat {
    Detect,
    Ignore,
    Force,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fragmentation {
    On,
    Off,
    Probe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Dpd,
    RekeyChild,
    RekeyIke,
    Child,
    DeleteChild,
    Delete,
    Wait(Duration),
}

/// A network, first and last address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Net {
    pub(crate) first: IpAddr,
    pub(crate) last: IpAddr,
}

pub(crate) enum Parsed {
    Help,
    Run(Box<Args>),
}

pub(crate) fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Parsed, String> {
    let text = |error: lexopt::Error| error.to_string();
    let mut parser = Parser::from_args(args);
    let (mut mode, mut peer) = (None, None);
    let (mut ike, mut esp) = (IKE.to_owned(), ESP.to_owned());
    let (mut ts_local, mut ts_remote) = (None, None);
    let mut found = Args {
        peer: None,
        port: 500,
        natt_port: 4500,
        local: None,
        local_port: 0,
        local_natt_port: 0,
        marker: Marker::Auto,
        nat: Nat::Detect,
        mtu: 1280,
        fragmentation: Fragmentation::On,
        ike: policy(Vec::new())?,
        esp: policy(Vec::new())?,
        esp_in_auth: policy(Vec::new())?,
        left_out: Vec::new(),
        ke_first: None,
        id: None,
        peer_id: None,
        psk: None,
        certs: Vec::new(),
        key: None,
        pss: false,
        anchors: Vec::new(),
        any_cert: false,
        ts_local: net("10.77.2.0/24")?,
        ts_remote: net("10.77.1.0/24")?,
        plan: vec![Step::Dpd, Step::Delete],
        childless: false,
        loss: 0,
        reorder: 0,
        duplicate: 0,
        seed: 1,
        drop: Vec::new(),
        timeout: Duration::from_secs(20),
        retransmit: Duration::from_secs(1),
        peer_policy: None,
        dialect: Dialect::Rfc,
        keys: None,
        quiet: false,
        count: 1,
        seconds: None,
        cookies: Ask::Auto,
    };
    while let Some(arg) = parser.next().map_err(text)? {
        let name = match &arg {
            Arg::Long(name) => (*name).to_owned(),
            Arg::Short('h') => return Ok(Parsed::Help),
            Arg::Value(value) => {
                let value = value.to_str().ok_or("an argument is not text")?;
                match mode {
                    None => mode = Some(value.to_owned()),
                    Some(_) if peer.is_none() => peer = Some(value.parse::<IpAddr>().map_err(|_| format!("{value:?} is no address"))?),
                    Some(_) => return Err(format!("{value:?} is one argument too many")),
                }
                continue;
            }
            Arg::Short(_) => return Err(arg.unexpected().to_string()),
        };
        match name.as_str() {
            "help" => return Ok(Parsed::Help),
            "no-nat" => found.nat = Nat::Ignore,
            "force-natt" => found.nat = Nat::Force,
            "any-cert" => found.any_cert = true,
            "childless" => found.childless = true,
            "quiet" => found.quiet = true,
            "cert" => found.certs.push(parser.value().map_err(text)?.into()),
            "ca" => found.anchors.push(parser.value().map_err(text)?.into()),
            "key" => found.key = Some(parser.value().map_err(text)?.into()),
            "keys" => found.keys = Some(parser.value().map_err(text)?.into()),
            _ => {
                let value = parser.value().and_then(ValueExt::string).map_err(text)?;
                match name.as_str() {
                    "ike" => ike = value,
                    "esp" => esp = value,
                    "ts-local" => ts_local = Some(net(&value)?),
                    "ts-remote" => ts_remote = Some(net(&value)?),
                    _ => option(&mut found, &name, value)?,
                }
            }
        }
    }
    match (mode.as_deref(), peer) {
        (Some("initiate"), Some(address)) => found.peer = Some(address),
        (Some("respond"), None) => std::mem::swap(&mut found.ts_local, &mut found.ts_remote),
        _ => return Err("either `initiate ADDR` or `respond` is needed".into()),
    }
    found.ts_local = ts_local.unwrap_or(found.ts_local);
    found.ts_remote = ts_remote.unwrap_or(found.ts_remote);
    let own = |option: &str, proposals: Vec<Proposal>| policy(proposals).map_err(|error| format!("{option}: {error}"));
    let ike = own("--ike", strongswan::parse_ike(&ike).map_err(|error| format!("--ike: {error}"))?)?;
    found.ike = possible("--ike", &ike, &mut found.left_out)?;
    let esp = strongswan::parse_esp(&esp).map_err(|error| format!("--esp: {error}"))?;
    let esp = possible("--esp", &own("--esp", esp)?, &mut found.left_out)?;
    found.esp_in_auth = own("--esp", esp.proposals().iter().map(without_ke).collect())?;
    found.esp = esp;
    if let Some(text) = &found.peer_policy {
        // Of IKE or of ESP: which, the phase that refuses will tell.
        strongswan::parse_ike(text)
            .map(drop)
            .or_else(|error| strongswan::parse_esp(text).map(drop).map_err(|_| format!("--peer-policy: {error}")))?;
    }
    if found.key.is_none() && found.psk.is_none() {
        return Err("either --psk or --psk-hex, or --cert and --key are needed".into());
    }
    Ok(Parsed::Run(Box::new(found)))
}

fn option(found: &mut Args, name: &str, value: String) -> Result<(), String> {
    let wrong = || format!("--{name}: {value:?} is not what is expected here");
    fn number<T: std::str::FromStr>(value: &str, wrong: impl Fn() -> String) -> Result<T, String> {
        value.parse().map_err(|_| wrong())
    }
    match name {
        "port" => found.port = number(&value, wrong)?,
        "natt-port" => found.natt_port = number(&value, wrong)?,
        "local" => found.local = Some(number(&value, wrong)?),
        "local-port" => found.local_port = number(&value, wrong)?,
        "local-natt-port" => found.local_natt_port = number(&value, wrong)?,
        "mtu" => found.mtu = number(&value, wrong)?,
        "ke-first" => found.ke_first = Some(KeMethod(number(&value, wrong)?)),
        "loss" => found.loss = percent(&value).ok_or_else(wrong)?,
        "reorder" => found.reorder = percent(&value).ok_or_else(wrong)?,
        "duplicate" => found.duplicate = percent(&value).ok_or_else(wrong)?,
        "seed" => found.seed = number(&value, wrong)?,
        "timeout" => found.timeout = Duration::from_secs(number(&value, wrong)?),
        "retransmit" => found.retransmit = Duration::from_millis(number(&value, wrong)?),
        "count" => found.count = number(&value, wrong)?,
        "seconds" => found.seconds = Some(number(&value, wrong)?),
        "drop" => found.drop = value.split(',').map(|n| number(n, wrong)).collect::<Result<_, _>>()?,
        "id" => found.id = Some(value),
        "peer-id" => found.peer_id = Some(value),
        "psk" if value.is_empty() => return Err("--psk: an empty key protects nothing".into()),
        "psk" => found.psk = Some(Zeroizing::new(value.into_bytes())),
        // What is wrong with a secret is said without it.
        "psk-hex" => found.psk = Some(hex(&value).ok_or("--psk-hex: not an even number of hexadecimal digits")?),
        "peer-policy" => found.peer_policy = Some(value),
        "do" => found.plan = value.split(',').map(|word| step(word).ok_or_else(wrong)).collect::<Result<_, _>>()?,
        "marker" => {
            found.marker = match value.as_str() {
                "auto" => Marker::Auto,
                "always" => Marker::Always,
                "natt" => Marker::Natt,
                _ => return Err(wrong()),
            }
        }
        "fragmentation" => {
            found.fragmentation = match value.as_str() {
                "on" => Fragmentation::On,
                "off" => Fragmentation::Off,
                "probe" => Fragmentation::Probe,
                _ => return Err(wrong()),
            }
        }
        "signature" => {
            found.pss = match value.as_str() {
                "pkcs1" => false,
                "pss" => true,
                _ => return Err(wrong()),
            }
        }
        "cookies" => {
            found.cookies = match value.as_str() {
                "auto" => Ask::Auto,
                "always" => Ask::Always,
                "never" => Ask::Never,
                _ => return Err(wrong()),
            }
        }
        "dialect" => {
            found.dialect = match value.as_str() {
                "rfc" => Dialect::Rfc,
                "strongswan" => Dialect::StrongSwan5,
                "strongswan6" => Dialect::StrongSwan6,
                "libreswan" => Dialect::Libreswan4,
                "libreswan5" => Dialect::Libreswan5,
                "openiked" => Dialect::OpenIked,
                _ => return Err(wrong()),
            }
        }
        _ => return Err(format!("--{name} is no option")),
    }
    Ok(())
}

fn percent(text: &str) -> Option<u8> {
    text.parse().ok().filter(|percent| *percent <= 100)
}

fn step(word: &str) -> Option<Step> {
    Some(match word {
        "dpd" => Step::Dpd,
        "rekey-child" => Step::RekeyChild,
        "rekey-ike" => Step::RekeyIke,
        "child" => Step::Child,
        "delete-child" => Step::DeleteChild,
        "delete" => Step::Delete,
        _ => Step::Wait(Duration::from_secs(word.strip_prefix("wait=")?.parse().ok()?)),
    })
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
        }
    }
}

/// The policy without what cannot be done here, which `left_out` names: it is neither offered nor chosen.
fn possible(option: &str, policy: &Policy, left_out: &mut Vec<String>) -> Result<Policy, String> {
    let restricted = policy.restrict(&PROVIDER, ke::is_supported);
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

/// RFC 7296 section 1.2: IKE_AUTH carries no KE payload, and some peers refuse an offer that names a group there.
fn without_ke(proposal: &Proposal) -> Proposal {
    let transforms: Vec<_> = proposal.transforms.iter().copied().filter(|t| !t.ty.is_key_exchange()).collect();
    Proposal::new(proposal.protocol, transforms)
}

fn hex(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let pairs = digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2)?, 16).ok());
    // A sign is no digit, though `from_str_radix` takes one.
    let pairs = pairs.collect::<Option<Vec<u8>>>().map(Zeroizing::new);
    pairs.filter(|octets| !octets.is_empty() && digits.iter().all(u8::is_ascii_hexdigit))
}

fn net(text: &str) -> Result<Net, String> {
    let wrong = || format!("{text:?} is no network");
    let (address, bits) = text.split_once('/').ok_or_else(wrong)?;
    let (address, bits): (IpAddr, u32) = (address.parse().map_err(|_| wrong())?, bits.parse().map_err(|_| wrong())?);
    match address {
        IpAddr::V4(address) if bits <= 32 => {
            let host = u32::MAX.checked_shr(bits).unwrap_or(0);
            let first = address.to_bits() & !host;
            Ok(Net { first: IpAddr::V4(first.into()), last: IpAddr::V4((first | host).into()) })
        }
        IpAddr::V6(address) if bits <= 128 => {
            let host = u128::MAX.checked_shr(bits).unwrap_or(0);
            let first = address.to_bits() & !host;
            Ok(Net { first: IpAddr::V6(first.into()), last: IpAddr::V6((first | host).into()) })
        }
        _ => Err(wrong()),
    }
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
}
