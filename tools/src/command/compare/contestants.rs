//! The strategies by name, with both ends.

use ikev2::fragment::strategy::feedback::PrivateNotify;
use ikev2::fragment::strategy::{
    Acknowledger, FallbackToFragments, Fixed, FragmentAck, IpFragmentation, Paced, PassiveReceiver, PmtuProbe, RandomOrder, ReceiptStatus,
    Receiver, SealMessageError, SealedMessage, StatusReporter, Strategy, Tcp, TcpReceiver, Timers,
};
use ikev2::fragment::{Layout, Path, ReassemblyLimits};
use ikev2::registry::NotifyType;
use ikev2::sim::TestMessage;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::error::Error;
use std::time::Duration;

/// Fragments of this size unless the strategy is about sizes: what IPv6 guarantees, and strongSwan's default.
const SIZE: u16 = 1280;
const INTERVAL: Duration = Duration::from_millis(10);
const HOLD_DOWN: Duration = Duration::from_millis(100);
const STEPS: [u16; 4] = [1500, 1400, 1280, 576];
/// What a TCP connection through a tunnel or PPPoE is clamped to.
const SEGMENT: u16 = 1240;

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Contestant {
    pub(crate) name: String,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    IpFragmentation,
    Fixed(u16, Layout),
    /// The size of the path, as one knows it who has found it before.
    FixedMtu,
    PmtuProbe,
    Fallback,
    RandomOrder,
    Paced,
    RandomPaced,
    ReceiptStatus,
    FragmentAck,
    Tcp,
}

const ALL: [(&str, Kind, &str); 14] = [
    ("ip-fragmentation", Kind::IpFragmentation, "one SK datagram, IP cuts it"),
    ("fixed-576", Kind::Fixed(576, Layout::Fill), "fragments of 576 octets, all again on a timeout"),
    ("fixed-1280", Kind::Fixed(SIZE, Layout::Fill), "the same with 1280 octets"),
    ("fixed-1280-balanced", Kind::Fixed(SIZE, Layout::Balanced), "the same, all about equally large"),
    ("fixed-1400", Kind::Fixed(1400, Layout::Fill), "the same with 1400 octets"),
    ("fixed-mtu", Kind::FixedMtu, "the same with the path's MTU, known from before"),
    ("pmtu-probe", Kind::PmtuProbe, "1500, 1400, 1280, 576 octets, each tried twice, with DF but at 576"),
    ("fallback", Kind::Fallback, "one SK datagram, fragments of 1280 octets after a timeout"),
    ("random-order", Kind::RandomOrder, "fragments of 1280 octets in another order each time"),
    ("paced", Kind::Paced, "one fragment of 1280 octets every 10 ms"),
    ("random-paced", Kind::RandomPaced, "one fragment of 1280 octets every 10 ms, in another order each time"),
    ("receipt-status", Kind::ReceiptStatus, "fragments of 1280 octets; the receiver reports a bitmap 100 ms after the last"),
    ("fragment-ack", Kind::FragmentAck, "fragments of 1280 octets; the receiver acknowledges each"),
    ("tcp", Kind::Tcp, "a TCP connection, MSS 1240, as the reliable reference"),
];

/// The strategies that have names.
pub(crate) fn list() -> String {
    let lines: String = ALL.iter().map(|(name, _, about)| format!("  {name:22} {about}\n")).collect();
    format!("Strategies:\n{lines}\n")
}

pub(crate) fn all() -> Vec<Contestant> {
    ALL.iter().map(|(name, kind, _)| Contestant { name: (*name).to_owned(), kind: *kind }).collect()
}

pub(crate) fn named(name: &str) -> Result<Contestant, String> {
    let sized = |name: &str| {
        let (size, layout) = match name.strip_suffix("-balanced") {
            Some(size) => (size, Layout::Balanced),
            None => (name, Layout::Fill),
        };
        size.parse().ok().filter(|size| (100..=9000).contains(size)).map(|size| Kind::Fixed(size, layout))
    };
    let known = ALL.iter().find(|(known, ..)| *known == name).map(|(_, kind, _)| *kind);
    let kind = known.or_else(|| name.strip_prefix("fixed-").and_then(sized));
    kind.map(|kind| Contestant { name: name.to_owned(), kind })
        .ok_or_else(|| format!("one of {}, or fixed-N", ALL.map(|(name, ..)| name).join(", ")))
}

impl Contestant {
    pub(crate) fn about(&self) -> String {
        let known = ALL.iter().find(|(known, ..)| *known == self.name).map(|(_, _, about)| (*about).to_owned());
        known.unwrap_or_else(|| "fragments of that size, all again on a timeout".to_owned())
    }

    /// Whether any peer that knows RFC 7383 will do at the other end.
    pub(crate) const fn is_one_sided(&self) -> bool {
        !matches!(self.kind, Kind::ReceiptStatus | Kind::FragmentAck | Kind::Tcp)
    }

    fn form(&self, mtu: u16) -> Option<(u16, Layout)> {
        match self.kind {
            Kind::IpFragmentation | Kind::PmtuProbe | Kind::Tcp => None,
            Kind::Fixed(size, layout) => Some((size, layout)),
            Kind::FixedMtu => Some((mtu, Layout::Fill)),
            _ => Some((SIZE, Layout::Fill)),
        }
    }
}

/// One message in every form the strategies need, sealed once.
pub(crate) struct Prepared {
    pub(crate) test_message: TestMessage,
    whole: SealedMessage,
    steps: Vec<SealedMessage>,
    forms: BTreeMap<(u16, bool), SealedMessage>,
}

impl Prepared {
    pub(crate) fn new(mut test_message: TestMessage, strategies: &[Contestant], mtus: &[u16]) -> Result<Self, SealMessageError> {
        let whole = test_message.whole(Path::ipv4(1500))?;
        let steps = STEPS.iter().map(|size| test_message.fragments(Path::ipv4(*size), Layout::Fill)).collect::<Result<_, _>>()?;
        let mut forms = BTreeMap::new();
        for (size, layout) in strategies.iter().flat_map(|strategy| mtus.iter().filter_map(|mtu| strategy.form(*mtu))) {
            let key = (size, layout == Layout::Balanced);
            if let Entry::Vacant(entry) = forms.entry(key) {
                entry.insert(test_message.fragments(Path::ipv4(size), layout)?);
            }
        }
        Ok(Self { test_message, whole, steps, forms })
    }

    /// Both ends of a strategy on a path with this MTU: the sender's timers, the receiver's limits.
    pub(crate) fn ends(
        &self,
        of: &Contestant,
        mtu: u16,
        (timers, limits): (Timers, ReassemblyLimits),
        seed: u64,
    ) -> Result<Ends<'_>, Box<dyn Error + Send + Sync>> {
        let form = of.form(mtu).and_then(|(size, layout)| self.forms.get(&(size, layout == Layout::Balanced)));
        let (whole, fragments) = (self.whole.clone(), form.unwrap_or(&self.whole).clone());
        let about = TestMessage::HEADER;
        let notify = PrivateNotify::new(NotifyType(48000)).ok_or("48000 is a private type")?;
        let back = Path::ipv4(SIZE);
        let strategy: Box<dyn Strategy> = match of.kind {
            Kind::IpFragmentation => Box::new(IpFragmentation::new(whole, timers)),
            Kind::Fixed(..) | Kind::FixedMtu => Box::new(Fixed::new(fragments, timers)),
            Kind::PmtuProbe => {
                // The same first wait as all others, or the comparison were one of timers.
                let tries = Timers { first: timers.first, ..PmtuProbe::TRIES };
                Box::new(PmtuProbe::new(self.steps.iter().cloned(), tries, timers).ok_or("there are four steps")?)
            }
            Kind::Fallback => Box::new(FallbackToFragments::new(whole, fragments, 1, timers)),
            Kind::RandomOrder => Box::new(RandomOrder::new(fragments, timers, draw(seed))),
            Kind::Paced => Box::new(Paced::new(fragments, timers, INTERVAL)),
            Kind::RandomPaced => Box::new(RandomOrder::paced(fragments, timers, draw(seed), INTERVAL)),
            Kind::ReceiptStatus => Box::new(ReceiptStatus::new(fragments, about, notify, timers, Duration::ZERO)),
            Kind::FragmentAck => Box::new(FragmentAck::new(fragments, about, notify, timers, Duration::ZERO)),
            Kind::Tcp => Box::new(Tcp::new(&whole, SEGMENT, timers)?),
        };
        let receiver: Box<dyn Receiver + '_> = match of.kind {
            Kind::ReceiptStatus => Box::new(StatusReporter::new(limits, self.test_message.back_sealer(), notify, HOLD_DOWN, back)),
            Kind::FragmentAck => Box::new(Acknowledger::new(limits, self.test_message.back_sealer(), notify, back)),
            Kind::Tcp => Box::new(TcpReceiver::new(limits, self.test_message.opener())),
            _ => Box::new(PassiveReceiver::new(limits)),
        };
        Ok(Ends { strategy, receiver })
    }
}

pub(crate) struct Ends<'p> {
    pub(crate) strategy: Box<dyn Strategy>,
    pub(crate) receiver: Box<dyn Receiver + 'p>,
}

/// Numbers for the order of fragments: Knuth's generator, of which the high half is good enough for that.
fn draw(seed: u64) -> impl FnMut() -> u32 {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from(state >> 32).unwrap_or(0)
    }
}
