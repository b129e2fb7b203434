//! One IKE SA as its messages see it: what opens and seals them, both windows, fragments, and the timer of our request.

use super::receive_window::{DeferredRequest, ReceiveWindow, RequestState};
use super::retransmission::{Retransmission, RetransmissionSchedule, TimerAction};
use super::send_window::{SendWindow, WindowError};
use super::window::SaOrigin;
use super::{ForeignRequest, MessageContent};
use crate::error::{CryptoError, FragmentError, OpenError, SuiteError, Unsupported};
use crate::fragment::strategy::{SealMessageError, SealedMessage};
use crate::fragment::{FragmentationSupport, IgnoreReason, OutgoingMessage, Path, Progress, Reassembled, Reassembler, ReassemblyLimits};
use crate::instant::Instant;
use crate::keys::IkeKeys;
use crate::protect::{IvSequence, Opened, Opener, Sealer, Suite, open};
use crate::provider::{Provider, Random};
use crate::registry::ExchangeType;
use crate::role::Role;
use crate::wire::{HEADER_LEN, Header, IkeSpis};
use alloc::boxed::Box;
use core::fmt;
use thiserror::Error;

/// What an IKE SA is made of, beside its keys.
#[derive(Clone, Copy, Debug)]
pub struct ProtectedSetup {
    /// The SPIs.
    pub spis: IkeSpis,
    /// Our side of the IKE SA.
    pub role: Role,
    /// The exchange that made it, from which the first Message IDs follow.
    pub origin: SaOrigin,
    /// Cipher and integrity algorithm.
    pub suite: Suite,
    /// Who announced that it reassembles fragments.
    pub fragmentation: FragmentationSupport,
    /// What the peer's fragments may take.
    pub limits: ReassemblyLimits,
}

/// What became of a datagram.
#[derive(Debug)]
#[must_use = "a request is to be answered"]
pub enum Incoming {
    /// A request, whole and new. Whoever drops `request` will get it again when the peer sends it again.
    Request {
        /// What [`Protected::respond`] takes.
        request: DeferredRequest,
        /// The message.
        message: Reassembled,
    },
    /// The response to our request, once.
    Response {
        /// The request that it answers.
        request: AnsweredRequest,
        /// The message.
        message: Reassembled,
    },
    /// A request that was answered: the response is to be sent again, where the request came from (RFC 7296 section 2.1).
    Resend(SealedMessage),
    /// A fragment; more are to come.
    Partial {
        /// Fragments there.
        received: u16,
        /// Total Fragments.
        total: u16,
    },
    /// Not used, for this reason.
    Discarded(Discarded),
}

/// Why a datagram for an IKE SA was not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Discarded {
    /// It does not open: it is not authentic, or not a protected message.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The SPIs or the Initiator flag are not those of the peer.
    #[error("the SPIs or the Initiator flag are not those of the peer")]
    OtherSa,
    /// It came under keys that an additional key exchange has replaced, and is no retransmission (RFC 9370 section 2.2.2).
    #[error("the keys were replaced by an additional key exchange")]
    ReplacedKeys,
    /// A request of a peer that has not authenticated itself.
    #[error("a request before the peer has authenticated itself")]
    BeforeAuthentication,
    /// A response to no request of ours, or to one that was answered.
    #[error("a response to no request of ours")]
    NoSuchRequest,
    /// The response has another exchange type than the request.
    #[error("a response of exchange {found} to a request of exchange {due}")]
    OtherExchange {
        /// Exchange Type of the response.
        found: ExchangeType,
        /// Exchange Type of the request.
        due: ExchangeType,
    },
    /// The Message ID of the request is above the window (RFC 7296 section 2.3).
    #[error("the Message ID is above the window")]
    Ahead,
    /// The Message ID of the request is below the window.
    #[error("the Message ID is below the window")]
    Old,
    /// The request is being answered.
    #[error("the request is being answered")]
    InProgress,
    /// A fragment that cannot be used.
    #[error("{0}")]
    Fragment(IgnoreReason),
    /// The fragments go beyond their limits.
    #[error(transparent)]
    Limit(#[from] FragmentError),
}

/// Why there is no request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum RequestError {
    /// The window has no place for it.
    #[error(transparent)]
    Window(#[from] WindowError),
    /// It cannot be sealed.
    #[error(transparent)]
    Seal(#[from] SealMessageError),
    /// The request that is answered is none of this IKE SA.
    #[error(transparent)]
    Foreign(#[from] ForeignRequest),
}

/// What is due about our request.
#[derive(Debug)]
pub enum RequestTimer {
    /// Nothing now.
    Wait,
    /// Send these datagrams again.
    Resend(SealedMessage),
    /// There was no response for so long that the IKE SA has failed (RFC 7296 section 2.4).
    GaveUp,
}

/// A request of ours that was answered.
#[derive(Debug)]
pub struct AnsweredRequest {
    header: [u8; HEADER_LEN],
    content: MessageContent,
    round_trip: Option<core::time::Duration>,
}

impl AnsweredRequest {
    /// The IKE header of its first datagram, which IntAuth covers (RFC 9242 section 3.3.2).
    #[must_use]
    pub const fn header(&self) -> [u8; HEADER_LEN] {
        self.header
    }

    /// Its content.
    #[must_use]
    pub const fn content(&self) -> &MessageContent {
        &self.content
    }

    /// The time that the response took; `None` if the request was sent more than once, since which copy was answered is not known.
    #[must_use]
    pub const fn round_trip(&self) -> Option<core::time::Duration> {
        self.round_trip
    }
}

/// Our request that waits for its response.
struct Outstanding {
    message_id: u32,
    exchange: ExchangeType,
    content: MessageContent,
    sealed: SealedMessage,
    timer: Retransmission,
    sent_at: Instant,
    /// Retransmissions when it was cut last.
    cut_at: u32,
    /// Its datagrams before, which are still sent every other time.
    former: Option<SealedMessage>,
}

/// The protected half of an IKE SA: it opens and seals messages, keeps both windows (of one request each way), puts fragments together,
/// holds the responses that may be asked for again, and knows when our request is to be sent again.
///
/// It does not know what the messages mean. [`open`](Self::open) sorts what comes: a [`Request`](Incoming::Request) is answered by
/// [`respond`](Self::respond), a [`Resend`](Incoming::Resend) goes out as it is. [`request`](Self::request) begins an exchange,
/// [`handle_timeout`](Self::handle_timeout) keeps it alive.
/// One request is on its way in each direction; another [`request`](Self::request) of ours has to wait until it is answered.
///
/// ```
/// # #[cfg(feature = "ring")] {
/// use ikev2::error::CryptoError;
/// use ikev2::exchange::{Incoming, MessageContent, Protected, ProtectedSetup, RetransmissionSchedule, SaOrigin};
/// use ikev2::fragment::{FragmentationSupport, Path, ReassemblyLimits};
/// # use ikev2::keys::{IkeKeys, Nonces, PrfFunction, Skeyseed};
/// # use ikev2::proposal::{Dialect, NegotiationContext, Policy, Question, negotiate, notation::strongswan};
/// use ikev2::provider::{Provider, Random};
/// use ikev2::registry::{ExchangeType, NotifyType};
/// # use ikev2::registry::KeMethod;
/// use ikev2::wire::IkeSpis;
/// use ikev2::{Instant, Role};
///
/// # struct Zeros;
/// # impl Random for Zeros {
/// #     fn fill(&mut self, octets: &mut [u8]) -> Result<(), CryptoError> {
/// #         octets.fill(0);
/// #         Ok(())
/// #     }
/// # }
/// # let (spis, provider) = (IkeSpis { initiator: 1, responder: 2 }, Provider::builtin());
/// # let policy = Policy::new(Dialect::Rfc, strongswan::parse_ike("aes128gcm16-prfsha256-x25519")?)?;
/// # let x25519 = KeMethod::CURVE25519;
/// # let selection = negotiate(&policy.offer(&[])?, Question::new(NegotiationContext::IkeSaInit, Some(x25519)), &policy)?;
/// # let side = |role| {
/// #     let (prf, nonces) = (PrfFunction::new(&provider, selection.prf().unwrap()).unwrap(), Nonces { initiator: &[1; 32], responder: &[2; 32] });
/// #     let (skeyseed, _) = Skeyseed::initial(prf, nonces, selection.key_exchanges().unwrap(), x25519, &[3; 32]).unwrap();
/// #     let keys = IkeKeys::derive(prf, &skeyseed, nonces, spis, selection.key_lengths().unwrap()).unwrap();
/// let setup = ProtectedSetup {
///     spis,
///     role,
///     origin: SaOrigin::InitialExchange(role),
///     suite: selection.suite()?,
///     fragmentation: FragmentationSupport::Both,
///     limits: ReassemblyLimits::default(),
/// };
/// let random = &mut Zeros;
/// let sa = Protected::new(&provider, random, setup, keys)?;
/// #     Ok::<_, Box<dyn std::error::Error>>(sa)
/// # };
/// # let (mut carol, mut moon) = (side(Role::Initiator)?, side(Role::Responder)?);
/// // Both sides have that. Carol asks whether Moon is there ..
/// let (now, path, exchange) = (Instant::START, Path::ipv4(1280), ExchangeType::INFORMATIONAL);
/// let asked = carol.request(exchange, MessageContent::empty(), path, (RetransmissionSchedule::default(), now))?;
/// let datagram = asked.datagrams()[0].to_vec();
///
/// // .. who answers once, whatever the message means ..
/// let Incoming::Request { request, message } = moon.open(&mut datagram.clone(), now) else { panic!("it is new") };
/// assert_eq!(message.header().message_id, 1);
/// let answered = moon.respond(request, exchange, &MessageContent::notify(NotifyType::INITIAL_CONTACT, &[])?, path)?;
/// // .. and sends the same octets again where the response was lost.
/// let Incoming::Resend(again) = moon.open(&mut datagram.clone(), now) else { panic!("it was answered") };
/// assert_eq!(again.datagrams(), answered.datagrams());
///
/// let Incoming::Response { request, message } = carol.open(&mut again.datagrams()[0].to_vec(), now) else { panic!("it is due") };
/// assert!(message.parts()?.notify(NotifyType::INITIAL_CONTACT).is_some());
/// assert_eq!((request.round_trip(), carol.next_timeout()), (Some(now - now), None));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Protected {
    setup: ProtectedSetup,
    keys: IkeKeys,
    sealer: Box<dyn Sealer>,
    opener: Box<dyn Opener>,
    /// Of the keys before an additional key exchange, until the peer uses the new ones: a request that is sent again still comes under them.
    previous: Option<Box<dyn Opener>>,
    reassembler: Reassembler,
    sent: SendWindow,
    received: ReceiveWindow<SealedMessage>,
    outstanding: Option<Box<Outstanding>>,
    takes_requests: bool,
}

impl Protected {
    /// An IKE SA under its first keys.
    ///
    /// # Errors
    /// If the provider does not have the suite, or there is no randomness.
    pub fn new(provider: &Provider, random: &mut dyn Random, setup: ProtectedSetup, keys: IkeKeys) -> Result<Self, ProtectError> {
        let (sealer, opener) = ciphers(provider, random, &setup, &keys)?;
        let mut reassembler = Reassembler::new(setup.limits);
        reassembler.set_negotiated(setup.fragmentation.is_negotiated());
        let (sent, received) = (SendWindow::new(setup.origin), ReceiveWindow::new(setup.origin));
        Ok(Self { setup, keys, sealer, opener, previous: None, reassembler, sent, received, outstanding: None, takes_requests: true })
    }

    /// What it was made of.
    #[must_use]
    pub const fn setup(&self) -> &ProtectedSetup {
        &self.setup
    }

    /// The SPIs.
    #[must_use]
    pub const fn spis(&self) -> IkeSpis {
        self.setup.spis
    }

    /// The keys.
    #[must_use]
    pub const fn keys(&self) -> &IkeKeys {
        &self.keys
    }

    /// Sets whether the peer's requests are taken: an initiator takes none before the responder has authenticated itself.
    pub const fn set_takes_requests(&mut self, takes: bool) {
        self.takes_requests = takes;
    }

    /// Goes on under new keys, after an additional key exchange in IKE_INTERMEDIATE. The old ones open retransmissions only.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn replace_keys(&mut self, provider: &Provider, random: &mut dyn Random, keys: IkeKeys) -> Result<(), ProtectError> {
        let (sealer, opener) = ciphers(provider, random, &self.setup, &keys)?;
        self.keys = keys;
        self.sealer = sealer;
        self.previous = Some(core::mem::replace(&mut self.opener, opener));
        Ok(())
    }

    /// Mixes a post-quantum preshared key into the keys that authenticate and from which others are derived; the messages stay protected
    /// by the same ([`IkeKeys::with_ppk`], RFC 8784 section 3).
    ///
    /// # Errors
    /// If the provider could not compute the keys; the old ones are kept.
    pub fn mix_ppk(&mut self, ppk: &[u8]) -> Result<(), CryptoError> {
        self.keys = self.keys.with_ppk(ppk)?;
        Ok(())
    }

    /// Opens a datagram of the peer, without its non-ESP marker, in place. What is not authentic, or not due, changes nothing.
    pub fn open(&mut self, datagram: &mut [u8], now: Instant) -> Incoming {
        match self.take(datagram, now) {
            Ok(arrival) => arrival,
            Err(why) => Incoming::Discarded(why),
        }
    }

    fn take(&mut self, datagram: &mut [u8], now: Instant) -> Result<Incoming, Discarded> {
        let mut copy = self.previous.as_ref().map(|_| datagram.to_vec());
        let (opened, is_outdated) = match (open(datagram, &*self.opener), &self.previous, &mut copy) {
            (Err(_), Some(previous), Some(copy)) => (open(copy, &**previous)?, true),
            (opened, ..) => (opened?, false),
        };
        self.is_due(&opened, is_outdated)?;
        let message_id = opened.header().message_id;
        let is_response = opened.header().response;
        let progress = self.reassembler.push(&opened, now)?;
        if !is_outdated && matches!(progress, Progress::Complete(_)) {
            // The peer goes on under the new keys: what it sends again is sent under them.
            self.previous = None;
        }
        match progress {
            Progress::Complete(message) if is_response => {
                self.sent.handle_response(message_id);
                let request = self.outstanding.take().ok_or(Discarded::NoSuchRequest)?;
                let round_trip = (request.timer.retransmissions() == 0).then(|| now - request.sent_at);
                let request = AnsweredRequest { header: request.sealed.header(), content: request.content, round_trip };
                Ok(Incoming::Response { request, message })
            }
            Progress::Complete(message) => self.request_arrived(message),
            Progress::ResendResponse => self.received.response(message_id).cloned().map(Incoming::Resend).ok_or(Discarded::Old),
            Progress::Pending { received, total } => Ok(Incoming::Partial { received, total }),
            Progress::Ignored(reason) => Err(Discarded::Fragment(reason)),
        }
    }

    fn request_arrived(&mut self, message: Reassembled) -> Result<Incoming, Discarded> {
        match self.received.request(message.header().message_id) {
            RequestState::New(request) => Ok(Incoming::Request { request: request.defer(), message }),
            RequestState::Answered(response) => Ok(Incoming::Resend(response.clone())),
            RequestState::InProgress => Err(Discarded::InProgress),
            RequestState::Old => Err(Discarded::Old),
            RequestState::Ahead => Err(Discarded::Ahead),
        }
    }

    /// Whether an authentic message may go on to the reassembler.
    fn is_due(&self, opened: &Opened<'_>, is_outdated: bool) -> Result<(), Discarded> {
        let header = opened.header();
        if header.spis != self.setup.spis || header.sender() == self.setup.role {
            return Err(Discarded::OtherSa);
        }
        // Anything new under the old keys would be only as safe as the first key exchange (RFC 9370 section 2.2.2).
        if is_outdated && (header.response || self.received.response(header.message_id).is_none()) {
            return Err(Discarded::ReplacedKeys);
        }
        if !header.response {
            return match () {
                () if !self.takes_requests => Err(Discarded::BeforeAuthentication),
                () if self.received.is_ahead(header.message_id) => Err(Discarded::Ahead),
                () => Ok(()),
            };
        }
        match &self.outstanding {
            Some(request) if request.message_id == header.message_id => match request.exchange {
                due if due == header.exchange => Ok(()),
                due => Err(Discarded::OtherExchange { found: header.exchange, due }),
            },
            _ => Err(Discarded::NoSuchRequest),
        }
    }

    /// The Message ID of the next request; `None` once all are used up, or a request was given up.
    #[must_use]
    pub const fn next_message_id(&self) -> Option<u32> {
        self.sent.next()
    }

    /// Begins an exchange: seals its request for `path`, and starts its timer.
    ///
    /// # Errors
    /// [`WindowError::Full`] while another request waits for its response; the others end the IKE SA.
    pub fn request(
        &mut self,
        exchange: ExchangeType,
        content: MessageContent,
        path: Path,
        (schedule, now): (RetransmissionSchedule, Instant),
    ) -> Result<&SealedMessage, RequestError> {
        if self.outstanding.is_some() {
            return Err(WindowError::Full.into());
        }
        let message_id = self.sent.start()?;
        let header = self.header(exchange, false, message_id);
        let sealed = seal(&self.setup, header, &content, path, &mut *self.sealer)?;
        let timer = Retransmission::new(schedule, now);
        let request = Outstanding { message_id, exchange, content, sealed, timer, sent_at: now, cut_at: 0, former: None };
        Ok(&self.outstanding.insert(Box::new(request)).sealed)
    }

    /// Answers a request: seals the response for `path`, and keeps it for the peer's retransmissions.
    ///
    /// # Errors
    /// [`RequestError::Foreign`] for a request of another IKE SA.
    pub fn respond(
        &mut self,
        request: DeferredRequest,
        exchange: ExchangeType,
        content: &MessageContent,
        path: Path,
    ) -> Result<SealedMessage, RequestError> {
        let message_id = request.message_id();
        let header = self.header(exchange, true, message_id);
        let sealed = seal(&self.setup, header, content, path, &mut *self.sealer)?;
        self.received.answer(request, sealed.clone())?;
        self.reassembler.mark_answered(message_id);
        Ok(sealed)
    }

    fn header(&self, exchange: ExchangeType, response: bool, message_id: u32) -> Header {
        Header { spis: self.setup.spis, exchange, initiator: self.setup.role.is_initiator(), response, message_id }
    }

    /// Our request that waits for its response: its exchange, and its datagrams.
    #[must_use]
    pub fn outstanding(&self) -> Option<(ExchangeType, &SealedMessage)> {
        self.outstanding.as_ref().map(|request| (request.exchange, &request.sealed))
    }

    /// How often our request that waits was sent again.
    #[must_use]
    pub fn retransmissions(&self) -> u32 {
        self.outstanding.as_ref().map_or(0, |request| request.timer.retransmissions())
    }

    /// The same since it was [cut smaller](Self::cut_smaller).
    #[must_use]
    pub fn retransmissions_since_cut(&self) -> u32 {
        self.outstanding.as_ref().map_or(0, |request| request.timer.retransmissions().saturating_sub(request.cut_at))
    }

    /// Cuts our request that waits into more and smaller fragments, under fresh IVs (RFC 7383 section 2.5.2), and begins its waits anew.
    /// `None` if there is no request, or it would not come in more fragments than before.
    ///
    /// # Errors
    /// If it cannot be cut for the path.
    pub fn cut_smaller(&mut self, path: Path, now: Instant) -> Result<Option<&SealedMessage>, SealMessageError> {
        let Some(message_id) = self.outstanding.as_ref().map(|request| (request.exchange, request.message_id)) else { return Ok(None) };
        let header = self.header(message_id.0, false, message_id.1);
        let Some(request) = &mut self.outstanding else { return Ok(None) };
        let sealed = seal(&self.setup, header, &request.content, path, &mut *self.sealer)?;
        // RFC 7383 section 2.6: a receiver takes another set for the message only if its Total Fragments is greater.
        if sealed.datagrams().len() <= request.sealed.datagrams().len() {
            return Ok(None);
        }
        request.sealed = sealed;
        request.timer.restart(now);
        request.cut_at = request.timer.retransmissions();
        Ok(Some(&request.sealed))
    }

    /// The same, where the peer may have answered it as it was, and its response be lost: it is sent as it was every other time, since there are peers
    /// (strongSwan) that know a request again by its octets alone.
    #[cfg(feature = "session")]
    pub(crate) fn cut_smaller_in_turn(&mut self, path: Path, now: Instant) -> Result<Option<&SealedMessage>, SealMessageError> {
        let former = self.outstanding.as_ref().map(|request| request.former.as_ref().unwrap_or(&request.sealed).clone());
        if self.cut_smaller(path, now)?.is_none() {
            return Ok(None);
        }
        let Some(request) = &mut self.outstanding else { return Ok(None) };
        request.former = former;
        Ok(Some(&request.sealed))
    }

    /// When to call [`handle_timeout`](Self::handle_timeout).
    #[must_use]
    pub fn next_timeout(&self) -> Option<Instant> {
        let request = self.outstanding.as_ref().map(|request| request.timer.next_timeout());
        [request, self.reassembler.next_timeout()].into_iter().flatten().min()
    }

    /// What is due now. Fragments that were open for too long are dropped.
    pub fn handle_timeout(&mut self, now: Instant) -> RequestTimer {
        self.reassembler.expire(now);
        let Some(request) = &mut self.outstanding else { return RequestTimer::Wait };
        match request.timer.poll(now) {
            TimerAction::Wait { .. } => RequestTimer::Wait,
            TimerAction::Resend => {
                let is_formers_turn = request.timer.retransmissions().wrapping_sub(request.cut_at) % 2 == 1;
                let former = request.former.as_ref().filter(|_| is_formers_turn);
                RequestTimer::Resend(former.unwrap_or(&request.sealed).clone())
            }
            TimerAction::GaveUp => {
                self.sent.give_up(request.message_id);
                self.outstanding = None;
                RequestTimer::GaveUp
            }
        }
    }

    /// Our request once more, though the time for it may not have come.
    #[cfg(feature = "session")]
    pub(crate) fn send_again(&mut self, now: Instant) -> Option<SealedMessage> {
        self.outstanding.as_mut()?.timer.hasten(now);
        match self.handle_timeout(now) {
            RequestTimer::Resend(sealed) => Some(sealed),
            RequestTimer::Wait | RequestTimer::GaveUp => None,
        }
    }

    /// Octets held for the peer: fragments, the response that may be asked for again, and our request.
    #[must_use]
    pub fn octets(&self) -> usize {
        let newest = self.received.next_expected().and_then(|next| next.checked_sub(1)).and_then(|id| self.received.response(id));
        let request = self.outstanding.as_ref().map_or(0, |request| request.sealed.octets().saturating_add(request.content.octets().len()));
        self.reassembler.octets().saturating_add(newest.map_or(0, SealedMessage::octets)).saturating_add(request)
    }
}

/// Why an IKE SA was not set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum ProtectError {
    /// The provider does not have an algorithm.
    #[error(transparent)]
    Unsupported(#[from] Unsupported),
    /// Cipher and integrity algorithm do not go together.
    #[error(transparent)]
    Suite(#[from] SuiteError),
    /// A key has a wrong length, or there is no randomness.
    #[error(transparent)]
    Crypto(#[from] CryptoError),
}

fn seal(
    setup: &ProtectedSetup,
    header: Header,
    content: &MessageContent,
    path: Path,
    sealer: &mut dyn Sealer,
) -> Result<SealedMessage, SealMessageError> {
    let message = OutgoingMessage { header, unprotected: &[], first_payload: content.first_payload(), content: content.octets() };
    SealedMessage::negotiated(path, setup.fragmentation, &message, sealer)
}

/// For what we send, and for what we receive.
type Ciphers = (Box<dyn Sealer>, Box<dyn Opener>);

fn ciphers(provider: &Provider, random: &mut dyn Random, setup: &ProtectedSetup, keys: &IkeKeys) -> Result<Ciphers, ProtectError> {
    let (initiator, responder) = ((keys.sk_ei(), keys.sk_ai()), (keys.sk_er(), keys.sk_ar()));
    let (own, theirs) = if setup.role.is_initiator() { (initiator, responder) } else { (responder, initiator) };
    let mut seed = zeroize::Zeroizing::new([0; 16]);
    random.fill(&mut *seed)?;
    let sealer = setup.suite.sealer(provider, own.0, own.1, IvSequence::new(&seed))?;
    Ok((sealer, setup.suite.opener(provider, theirs.0, theirs.1)?))
}

impl fmt::Debug for Protected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protected").field("setup", &self.setup).finish_non_exhaustive()
    }
}
