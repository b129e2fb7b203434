//! One capture of several, read to its end.

use super::super::files;
use super::super::order::Order;
use super::seen;
use crate::capture::{Interest, Item, OpenError, Problem, Source, Time, Traffic};
use crate::evidence::ports::NAT_T;

/// Things held of one capture; of what is neither IKE nor a problem half as many.
const MOST: usize = 1 << 18;
/// Octets of payload held of one capture.
const MOST_OCTETS: usize = 64 << 20;
/// What is kept of ESP: as much as tells packets apart.
const OF_ESP: usize = 64;

/// A capture that was read.
pub(super) struct Held {
    pub(super) name: String,
    pub(super) packets: u64,
    /// In order, times counted from the earliest; packets have numbers that say which capture they are of.
    pub(super) items: Vec<Item>,
    /// The earliest time, in nanoseconds since 1970 (UTC).
    pub(super) start: Option<i128>,
    /// The last packet, counted from the earliest.
    pub(super) end: Time,
    /// Until when the file says it was watched.
    pub(super) watched: Option<Time>,
    pub(super) cut: Option<usize>,
    pub(super) later_fragments: bool,
    pub(super) went_back: bool,
    pub(super) broken: bool,
    pub(super) problems: Vec<String>,
    /// What is added to its times, once its clock is known.
    pub(super) shift: i64,
}

/// Reads the capture that is this one of several.
pub(super) fn read(file: usize, source: Source, interest: Interest, tell: &mut dyn FnMut(&Traffic)) -> Result<Held, OpenError> {
    let name = source.name().to_owned();
    let mut traffic = Traffic::open(source, interest)?;
    let mut order = Order::default();
    let mut hold = Hold::default();
    while let Some(item) = traffic.next() {
        order.push(item);
        while let Some(item) = order.next() {
            hold.push(file, item);
        }
        tell(&traffic);
    }
    order.finish().for_each(|item| hold.push(file, item));
    let origin = order.origin();
    let start = traffic.start().map(|start| start.saturating_add(i128::from(origin.nanos())));
    let problems = (hold.left_out > 0).then(|| format!("{} of its packets are too many to be compared, and were left out", hold.left_out));
    Ok(Held {
        name,
        packets: traffic.packets(),
        items: hold.items,
        start,
        end: order.at(traffic.clock()),
        watched: traffic.watched_until().map(|until| until.since(origin)),
        cut: traffic.cut_at(),
        later_fragments: traffic.later_fragments() > 0,
        went_back: order.went_back,
        broken: traffic.is_broken(),
        problems: problems.into_iter().collect(),
        shift: 0,
    })
}

#[derive(Default)]
struct Hold {
    items: Vec<Item>,
    octets: usize,
    left_out: u64,
}

impl Hold {
    fn push(&mut self, file: usize, mut item: Item) {
        trim(&mut item);
        let most = if matters(&item) { (MOST, MOST_OCTETS) } else { (MOST / 2, MOST_OCTETS / 2) };
        let octets = self.octets.saturating_add(seen::held_octets(&item));
        if self.items.len() >= most.0 || octets > most.1 {
            self.left_out = self.left_out.saturating_add(1);
            return;
        }
        self.octets = octets;
        seen::number(&mut item, |packet| files::number(file, packet));
        self.items.push(item);
    }
}

/// IKE, what was lost, and what went wrong.
fn matters(item: &Item) -> bool {
    match item {
        Item::Datagram(datagram) => seen::is_ike(seen::message(&datagram.payload)),
        Item::Problem(Problem::IncompleteFragments(_)) | Item::Stream(_) => true,
        Item::Ip(_) | Item::Esp(_) | Item::Opening(_) | Item::Problem(_) => false,
    }
}

/// Leaves of ESP what is looked at.
fn trim(item: &mut Item) {
    match item {
        Item::Ip(packet) if packet.protocol == crate::evidence::ports::ESP => packet.payload.truncate(OF_ESP),
        Item::Datagram(datagram) if [datagram.src.port(), datagram.dst.port()].contains(&NAT_T) => {
            let is_esp = datagram.payload.first_chunk::<4>().is_some_and(|spi| *spi != [0; 4]) && !seen::is_ike(&datagram.payload);
            if is_esp {
                datagram.payload.truncate(OF_ESP);
            }
        }
        _ => {}
    }
}
