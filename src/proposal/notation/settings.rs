//! What one side is configured to do, whatever the notation it was read from.

use super::kind::Notation;
use super::ordered::proposal;
use super::span::Span;
use crate::proposal::{Dialect, NegotiationContext, Policy, PolicyError, Proposal};
use crate::registry::{KeMethod, SecurityProtocol, TransformType};
use crate::transform::Transform;
use alloc::string::String;
use alloc::vec::Vec;

const TOO_MANY: &str = "No more than 255 proposals can be sent; those behind them are left out.";

/// A value, and where the text says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct Stated<T> {
    /// The value.
    pub value: T,
    /// Where it stands; `None` when the product assumes it and the text is silent.
    pub span: Option<Span>,
}

impl<T> Stated<T> {
    /// A value that stands in the text.
    pub const fn at(value: T, span: Span) -> Self {
        Self { value, span: Some(span) }
    }

    /// A value that the product assumes.
    pub const fn assumed(value: T) -> Self {
        Self { value, span: None }
    }
}

/// Whether CREATE_CHILD_SA for a Child SA carries a KE payload, and of which group (RFC 7296 section 1.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "snake_case"))]
#[non_exhaustive]
pub enum Pfs {
    /// It does not.
    None,
    /// It does, of the group of the IKE SA.
    IkeGroup,
    /// It does, of one of these groups. [`KeMethod::NONE`] among them makes it optional.
    Groups(Vec<KeMethod>),
}

/// Which protocols a Windows client tries (VPNv2 CSP, `NativeProtocolType`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub enum TunnelType {
    /// Every protocol it knows; with IKEv2 it offers its default proposals, whatever `CryptographySuite` says.
    Automatic,
    /// IKEv2 alone.
    IkeV2,
    /// A list of protocols (`ProtocolList`).
    ProtocolList,
    /// Another protocol, without IKEv2: PPTP, L2TP or SSTP.
    Other,
}

impl TunnelType {
    /// The value as ProfileXML has it; `other` for those without IKEv2.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Automatic => "Automatic",
            Self::IkeV2 => "IKEv2",
            Self::ProtocolList => "ProtocolList",
            Self::Other => "other",
        }
    }
}

/// Something a reader of the text has to know: a setting that does not count, a value the product adds, one that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
pub struct NotationRemark {
    /// What there is to say, a sentence.
    pub text: String,
    /// What it is about; `None` when the text does not say it.
    pub span: Option<Span>,
}

/// What one side is configured to do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct Settings {
    /// The notation it was read from.
    pub notation: Notation,
    /// The IKE proposals, in order of preference.
    pub ike: Vec<Stated<Proposal>>,
    /// The ESP proposals, in order of preference, each with the groups of [`pfs`](Self::pfs) that go with it as KE transforms.
    pub esp: Vec<Stated<Proposal>>,
    /// Perfect forward secrecy of Child SAs; `None` when nothing says.
    pub pfs: Option<Stated<Pfs>>,
    /// Seconds after which the IKE SA is rekeyed or deleted.
    pub ike_lifetime: Option<Stated<u64>>,
    /// Seconds after which a Child SA is rekeyed or deleted.
    pub esp_lifetime: Option<Stated<u64>>,
    /// Octets after which a Child SA is rekeyed or deleted.
    pub esp_octets: Option<Stated<u64>>,
    /// Which protocols a Windows client tries.
    pub tunnel_type: Option<Stated<TunnelType>>,
    /// Whether IKE fragmentation (RFC 7383) is announced.
    pub fragmentation: Option<Stated<bool>>,
    /// The identity or name the other side has to have.
    pub remote_identity: Option<Stated<String>>,
    /// What else a reader has to know.
    pub remarks: Vec<NotationRemark>,
}

impl Settings {
    pub(super) const fn new(notation: Notation) -> Self {
        Self {
            notation,
            ike: Vec::new(),
            esp: Vec::new(),
            pfs: None,
            ike_lifetime: None,
            esp_lifetime: None,
            esp_octets: None,
            tunnel_type: None,
            fragmentation: None,
            remote_identity: None,
            remarks: Vec::new(),
        }
    }

    /// Adds a remark. Texts that call for more than people read get no more.
    pub(super) fn remark(&mut self, text: impl Into<String>, span: Option<Span>) {
        const MOST: usize = 200;
        match self.remarks.len() {
            0..MOST => self.remarks.push(NotationRemark { text: text.into(), span }),
            MOST => self.remarks.push(NotationRemark { text: String::from("There is more to remark, which is left out."), span }),
            _ => {}
        }
    }

    /// Changes every place.
    fn spans(&mut self, change: &dyn Fn(Span) -> Span) {
        fn of<T>(stated: Option<&mut Stated<T>>, change: &dyn Fn(Span) -> Span) {
            if let Some(stated) = stated {
                stated.span = stated.span.map(change);
            }
        }
        self.ike.iter_mut().chain(&mut self.esp).for_each(|stated| of(Some(stated), change));
        of(self.pfs.as_mut(), change);
        of(self.ike_lifetime.as_mut(), change);
        of(self.esp_lifetime.as_mut(), change);
        of(self.esp_octets.as_mut(), change);
        of(self.tunnel_type.as_mut(), change);
        of(self.fragmentation.as_mut(), change);
        of(self.remote_identity.as_mut(), change);
        self.remarks.iter_mut().for_each(|remark| remark.span = remark.span.map(change));
    }

    /// Makes what any reader has read fit to be shown and asked: places that lie in the text, remarks without
    /// control characters and of bounded length, since they quote the text, and no proposal without what it is to protect with.
    pub(super) fn finish(mut self, text: &str) -> Self {
        self.spans(&|span| span.within(text));
        const LONGEST: usize = 1024;
        for remark in &mut self.remarks {
            if remark.text.len() > LONGEST || remark.text.contains(char::is_control) {
                let printable = remark.text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c });
                remark.text = printable.take(LONGEST).collect();
            }
        }
        let counts = |stated: &Stated<Proposal>| {
            let due = if stated.value.protocol == SecurityProtocol::AH { TransformType::INTEG } else { TransformType::ENCR };
            stated.value.of_type(due).next().is_some()
        };
        let lost = self.ike.iter().chain(&self.esp).find(|stated| !counts(stated)).map(|stated| stated.span);
        if let Some(span) = lost {
            self.ike.retain(counts);
            self.esp.retain(counts);
            self.remark("A proposal without an algorithm to protect with is left out.", span);
        }
        self
    }

    /// Adds a proposal to those of its protocol. More than an SA payload can number are not taken (RFC 7296 section 3.3.1).
    pub(super) fn propose(&mut self, proposal: Stated<Proposal>) {
        if !self.is_full(proposal.value.protocol) {
            let list = if proposal.value.protocol == SecurityProtocol::IKE { &mut self.ike } else { &mut self.esp };
            list.push(proposal);
        }
    }

    /// Whether there are as many proposals as an SA payload can number; what a text has more of is left out.
    pub(super) fn is_full(&mut self, protocol: SecurityProtocol) -> bool {
        const MOST: usize = 255;
        let count = if protocol == SecurityProtocol::IKE { self.ike.len() } else { self.esp.len() };
        let full = count >= MOST;
        if full && self.remarks.iter().all(|remark| remark.text != TOO_MANY) {
            self.remark(TOO_MANY, None);
        }
        full
    }

    /// Gives every ESP proposal the groups of a PFS rule that is one for all.
    pub(super) fn set_pfs(&mut self, pfs: Stated<Pfs>) {
        for proposal in &mut self.esp {
            proposal.value.transforms.retain(|t| t.ty != TransformType::KE);
            if let Pfs::Groups(groups) = &pfs.value {
                let before_sn = proposal.value.transforms.iter().position(|t| t.ty == TransformType::SN);
                let at = before_sn.unwrap_or(proposal.value.transforms.len());
                proposal.value.transforms.splice(at..at, groups.iter().map(|group| Transform::ke(*group)));
            }
        }
        self.pfs = Some(pfs);
    }

    /// Takes the PFS rule from the groups that the ESP proposals name themselves: none in all of them is none.
    pub(super) fn pfs_of_proposals(&mut self) {
        let mut groups = Vec::new();
        for transform in self.esp.iter().flat_map(|esp| esp.value.of_type(TransformType::KE)) {
            let group = KeMethod(transform.id.0);
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        if !self.esp.is_empty() {
            let rule = if groups.is_empty() { Pfs::None } else { Pfs::Groups(groups) };
            self.pfs = Some(Stated::assumed(rule));
        }
    }

    /// The same, where the absence of groups says nothing.
    pub(super) fn pfs_of_groups(&mut self) {
        self.pfs_of_proposals();
        if self.pfs.as_ref().is_some_and(|pfs| pfs.value == Pfs::None) {
            self.pfs = None;
        }
    }

    /// The proposals that bear on a question, in order of preference.
    pub fn proposals(&self, context: NegotiationContext) -> impl Iterator<Item = &Proposal> {
        let list = if context.is_ike() { &self.ike } else { &self.esp };
        list.iter().map(|stated| &stated.value)
    }

    /// These settings as the policy of one question, under the rules of `dialect`. With [`Pfs::IkeGroup`] a Child SA asks for
    /// `ike_group`, the group of the IKE SA.
    ///
    /// # Errors
    /// [`PolicyError`].
    pub fn policy(&self, dialect: Dialect, context: NegotiationContext, ike_group: Option<KeMethod>) -> Result<Policy, PolicyError> {
        Policy::new(dialect, self.asked(context, ike_group))
    }

    /// The proposals as they go out in one exchange: without groups in IKE_AUTH (RFC 7296 section 1.2), with the group of the IKE SA
    /// where that is the rule.
    #[must_use]
    pub fn asked(&self, context: NegotiationContext, ike_group: Option<KeMethod>) -> Vec<Proposal> {
        let follows = context == NegotiationContext::CreateChildSa && self.pfs.as_ref().is_some_and(|pfs| pfs.value == Pfs::IkeGroup);
        let group = ike_group.filter(|_| follows).map(Transform::ke);
        let mut all: Vec<Proposal> = self.proposals(context).cloned().collect();
        for proposal in &mut all {
            if let Some(group) = group {
                proposal.transforms.retain(|t| t.ty != TransformType::KE);
                proposal.transforms.push(group);
            }
        }
        all
    }

    /// Whether two settings mean the same, wherever and however they are written. Remarks are not compared.
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        self.differences(other).is_empty()
    }

    /// What two settings do not mean alike, in words.
    pub(super) fn differences(&self, other: &Self) -> Vec<&'static str> {
        fn value<T>(stated: Option<&Stated<T>>) -> Option<&T> {
            stated.map(|stated| &stated.value)
        }
        // The order counts within a type of transform, not between types.
        let ordered = |list: &[Stated<Proposal>]| -> Vec<Proposal> {
            list.iter().map(|stated| proposal(stated.value.protocol, stated.value.transforms.clone())).collect()
        };
        let same = [
            (ordered(&self.ike) == ordered(&other.ike), "the IKE proposals"),
            (ordered(&self.esp) == ordered(&other.esp), "the ESP proposals"),
            (value(self.pfs.as_ref()) == value(other.pfs.as_ref()), "perfect forward secrecy"),
            (value(self.ike_lifetime.as_ref()) == value(other.ike_lifetime.as_ref()), "the lifetime of the IKE SA"),
            (value(self.esp_lifetime.as_ref()) == value(other.esp_lifetime.as_ref()), "the lifetime of a Child SA"),
            (value(self.esp_octets.as_ref()) == value(other.esp_octets.as_ref()), "the octets that a Child SA lives for"),
            (value(self.tunnel_type.as_ref()) == value(other.tunnel_type.as_ref()), "the tunnel type"),
            (value(self.fragmentation.as_ref()) == value(other.fragmentation.as_ref()), "IKE fragmentation"),
            (value(self.remote_identity.as_ref()) == value(other.remote_identity.as_ref()), "the name of the other side"),
        ];
        same.into_iter().filter(|(same, _)| !same).map(|(_, what)| what).collect()
    }
}

/// Settings as a text.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Written {
    /// The text.
    pub text: String,
    /// What the notation cannot say, a sentence each.
    pub remarks: Vec<String>,
}
