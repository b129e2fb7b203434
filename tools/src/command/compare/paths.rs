//! The paths and messages asked for.

use ikev2::sim::profiles::{PATHS, SIZES};
use ikev2::sim::{Bursts, Hop, IpFragments, Link, Loss, Route};
use std::time::Duration;

#[derive(Clone, Debug)]
pub(crate) struct NamedPath {
    pub(crate) name: String,
    pub(crate) about: String,
    pub(crate) route: Route,
}

#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub(crate) name: String,
    pub(crate) octets: usize,
}

impl std::fmt::Display for Message {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let octets = self.octets.to_string();
        if self.name == octets { write!(f, "{octets} octets") } else { write!(f, "{} ({octets} octets)", self.name) }
    }
}

/// The paths and messages that have names.
pub(crate) fn list() -> String {
    let paths: String = PATHS.iter().map(|path| format!("  {:22} {}\n", path.name, path.about)).collect();
    let messages: String = SIZES.iter().map(|size| format!("  {:22} {} octets: {}\n", size.name, size.octets, size.about)).collect();
    format!("Paths:\n{paths}\nMessages:\n{messages}")
}

pub(crate) fn messages() -> Vec<Message> {
    SIZES.iter().map(|size| Message { name: size.name.to_owned(), octets: size.octets }).collect()
}

/// A message by name, or of so many octets.
pub(crate) fn message(name: &str) -> Result<Message, String> {
    if let Some(size) = SIZES.iter().find(|size| size.name == name) {
        return Ok(Message { name: name.to_owned(), octets: size.octets });
    }
    match name.parse() {
        // What the Payload Length of SK leaves, with AES-GCM.
        Ok(octets @ 1..=65000) => Ok(Message { name: name.to_owned(), octets }),
        _ => Err(format!("1 to 65000 octets, or one of {}", SIZES.map(|size| size.name).join(", "))),
    }
}

pub(crate) fn chosen(names: &[String], custom: &Custom) -> Result<Vec<NamedPath>, String> {
    let named = |path: &ikev2::sim::profiles::PathProfile| NamedPath {
        name: path.name.to_owned(),
        about: path.about.to_owned(),
        route: path.route.clone(),
    };
    if names.is_empty() {
        return if custom.touched { Ok(vec![custom.path()]) } else { Ok(PATHS.iter().map(named).collect()) };
    }
    if custom.touched && !names.iter().any(|name| name == "custom") {
        return Err("options that describe a path need --path custom".to_owned());
    }
    let path = |name: &String| match name.as_str() {
        "custom" => Ok(custom.path()),
        _ => PATHS.iter().find(|path| path.name == name).map(named).ok_or_else(|| {
            format!("--path {name}: custom, or one of {}", PATHS.iter().map(|path| path.name).collect::<Vec<_>>().join(", "))
        }),
    };
    names.iter().map(path).collect()
}

/// A path described by options.
#[derive(Clone, Debug)]
pub(crate) struct Custom {
    touched: bool,
    mtu: u16,
    rtt: f64,
    jitter: f64,
    loss: f64,
    burst: f64,
    gilbert: Option<Bursts>,
    rate: f64,
    queue: usize,
    ip_fragments: IpFragments,
    icmp: bool,
    reorder: f64,
    duplicate: f64,
    nat: f64,
}

impl Default for Custom {
    fn default() -> Self {
        let ip_fragments = IpFragments::Pass;
        let (rtt, jitter, loss, burst, rate) = (80.0, 0.0, 0.0, 0.0, 0.0);
        let (icmp, reorder, duplicate, nat) = (true, 0.0, 0.0, 0.0);
        Self {
            touched: false,
            mtu: 1500,
            rtt,
            jitter,
            loss,
            burst,
            gilbert: None,
            rate,
            queue: 64_000,
            ip_fragments,
            icmp,
            reorder,
            duplicate,
            nat,
        }
    }
}

impl Custom {
    pub(crate) fn without_icmp(&mut self) {
        self.icmp = false;
    }

    /// Takes an option.
    pub(crate) fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        let within = |most: f64| match value.parse::<f64>() {
            Ok(number) if (0.0..=most).contains(&number) => Ok(number),
            _ => Err(format!("--{name} {value}: a number of 0 to {most}")),
        };
        match name {
            "mtu" => {
                self.mtu =
                    value.parse().ok().filter(|mtu| (68..=9000).contains(mtu)).ok_or_else(|| format!("--mtu {value}: 68 to 9000"))?;
            }
            "rtt" => self.rtt = within(60_000.0)?,
            "jitter" => self.jitter = within(60_000.0)?,
            "loss" => self.loss = within(100.0)?,
            "burst" => self.burst = within(600_000.0)?,
            "gilbert" => {
                let shares: Vec<f64> = value.split(',').filter_map(|share| share.parse().ok()).collect();
                let (&[to_bad, to_good, bad], true) = (&shares[..], shares.iter().all(|share| (0.0..=100.0).contains(share))) else {
                    return Err(format!("--gilbert {value}: three numbers of 0 to 100"));
                };
                let (to_bad, to_good, lost_in_bad) = (to_bad / 100.0, to_good / 100.0, bad / 100.0);
                self.gilbert = Some(Bursts { slot: Duration::ZERO, to_bad, to_good, lost_in_good: 0.0, lost_in_bad });
            }
            "rate" => self.rate = within(1e9)?,
            "queue" => self.queue = value.parse().map_err(|error| format!("--queue {value}: {error}"))?,
            "ip-fragments" => {
                self.ip_fragments = match value {
                    "pass" => IpFragments::Pass,
                    "drop" => IpFragments::DropAll(1.0),
                    "first-only" => IpFragments::FirstOnly,
                    _ => IpFragments::DropAll(within(100.0)? / 100.0),
                }
            }
            "reorder" => self.reorder = within(100.0)?,
            "duplicate" => self.duplicate = within(100.0)?,
            "nat" => self.nat = within(1e6)?,
            _ => return Err(format!("--{name}: the path has nothing of that name")),
        }
        self.touched = true;
        Ok(())
    }

    pub(crate) fn path(&self) -> NamedPath {
        let ms = |milliseconds: f64| Duration::from_secs_f64(milliseconds / 1000.0);
        let share = self.loss / 100.0;
        let loss = match (self.loss, self.burst) {
            _ if self.gilbert.is_some() => self.gilbert.map_or(Loss::None, Loss::Bursts),
            (loss, _) if loss <= 0.0 => Loss::None,
            (_, burst) if burst <= 0.0 => Loss::Independent(share),
            // Everything is lost in a burst; bursts are so far apart that the share comes out.
            (_, burst) => {
                let to_good = 1.0 / burst.max(1.0);
                let to_bad = if share < 1.0 { (to_good * share / (1.0 - share)).min(1.0) } else { 1.0 };
                Loss::Bursts(Bursts { slot: Duration::from_millis(1), to_bad, to_good, lost_in_good: 0.0, lost_in_bad: 1.0 })
            }
        };
        // A rate of less than 2^53 bit/s, given in kbit/s: the digits in front of the point.
        let rate = format!("{:.0}", self.rate * 1000.0).parse().unwrap_or(0);
        let link = (rate > 0).then_some(Link { rate, depth: self.queue });
        let lan = Hop { link: Some(Link { rate: 100_000_000, depth: 1_000_000 }), ..Hop::PERFECT };
        let hop = Hop {
            mtu: self.mtu,
            delay: ms(self.rtt / 2.0),
            jitter: ms(self.jitter),
            link,
            loss,
            ip_fragments: self.ip_fragments,
            too_big: self.icmp,
            reorder: self.reorder / 100.0,
            reorder_by: ms(20.0),
            duplicate: self.duplicate / 100.0,
        };
        let nat = (self.nat > 0.0).then(|| ms(self.nat * 1000.0));
        let route = Route { nat, answer_after: Duration::from_millis(2), ..Route::through([lan, hop]) };
        let about = format!(
            "MTU {}, RTT {} ms, jitter {} ms, {:.1} % lost{}, {}, IP fragments {}, ICMP {}",
            self.mtu,
            self.rtt,
            self.jitter,
            self.gilbert.map_or(self.loss, |bursts| bursts.mean() * 100.0),
            if self.gilbert.is_some() {
                " in bursts".to_owned()
            } else if self.burst > 0.0 {
                format!(" in bursts of {} ms", self.burst)
            } else {
                String::new()
            },
            link.map_or("no rate limit".to_owned(), |link| format!("{} kbit/s behind a queue of {} octets", self.rate, link.depth)),
            match self.ip_fragments {
                IpFragments::Pass => "pass".to_owned(),
                IpFragments::FirstOnly => "dropped but for the first".to_owned(),
                IpFragments::DropEach(share) | IpFragments::DropAll(share) => format!("dropped on {} % of paths", share * 100.0),
            },
            if self.icmp { "heard" } else { "filtered" },
        );
        NamedPath { name: "custom".to_owned(), about, route }
    }
}
