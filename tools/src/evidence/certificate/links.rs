//! The chain: whether each step holds, where it ends, what is too much and what is missing (RFC 5280 section 6.1).

use super::facts::Entry;
use super::judge::Judge;
use super::model::{CertificateChain, CertificateRole, ChainEnd, ChainLink, SignatureCheck};
use super::octets::ChainWeight;
use super::problem::{CertificateCode as Code, ProblemSeverity as Severity};

/// Octets of content after which strongSwan gives up, unless told otherwise.
const STRONGSWAN: usize = 10_000;
/// Fragments after which libreswan gives up.
const LIBRESWAN: usize = 32;

impl Judge<'_, '_> {
    pub(crate) fn chain(&mut self, chain: &CertificateChain, anchors: usize) {
        for (below, link) in chain.links.iter().enumerate() {
            self.link(link, below);
        }
        self.chain_end(chain, anchors);
        self.company(chain);
    }

    fn link(&mut self, link: &ChainLink, below: usize) {
        let (Some(child), Some(issuer)) = (self.entries.get(link.child), self.entries.get(link.issuer)) else { return };
        let (of, by) = (child.title(), issuer.title());
        match &link.signature {
            SignatureCheck::Verified(_) => {}
            SignatureCheck::Wrong => {
                let text = format!("{of} was not signed with the key of {by} that is here, although it names it as its issuer.");
                self.find(
                    Code::SignatureWrong,
                    Severity::Error,
                    Some(link.child),
                    Some(13801),
                    text,
                    "Take the certificate of the authority's key that signed: an authority that was renewed with a new key has two of \
                        one name.",
                );
            }
            SignatureCheck::NotVerified(why) => {
                let text = format!("The signature on {of} was not verified: {why}.");
                self.find(
                    Code::SignatureNotVerified,
                    Severity::Doubt,
                    Some(link.child),
                    None,
                    text,
                    "Verify it with another program: openssl verify.",
                );
            }
        }
        if !link.name_is_exact {
            let text = format!("{of} names its issuer in other letters or another encoding than {by} names itself.");
            self.find(
                Code::NameEncoding,
                Severity::Warning,
                Some(link.child),
                Some(13801),
                text,
                "Windows compares names octet for octet: issue it anew by that authority.",
            );
        }
        if link.key_identifiers == Some(false) {
            let text = format!("{of} asks for another key of its issuer than {by} has (authority key identifier).");
            self.find(
                Code::KeyIdentifier,
                Severity::Warning,
                Some(link.child),
                None,
                text,
                "Take the certificate of the authority whose subject key identifier is the one asked for.",
            );
        }
        self.authority(link.issuer, issuer, below);
    }

    /// Whether an issuer may issue, with so many authorities below it.
    fn authority(&mut self, place: usize, issuer: &Entry<'_>, below: usize) {
        let extensions = issuer.cert.extensions();
        let by = issuer.title();
        let usage = extensions.key_usage().ok().flatten();
        if !issuer.is_ca {
            let text = format!("{by} issued a certificate and is no authority (basic constraints).");
            self.find(Code::IssuerNotAuthority, Severity::Error, Some(place), Some(13801), text, "Take an issuer that is an authority.");
        } else if usage.is_some_and(|usage| !usage.key_cert_sign()) {
            let text = format!("The key usage of {by} does not let it sign certificates.");
            self.find(
                Code::IssuerNotAuthority,
                Severity::Error,
                Some(place),
                Some(13801),
                text,
                "Let the authority be issued anew with the key usage keyCertSign.",
            );
        }
        let most = extensions.basic_constraints().ok().flatten().and_then(|constraints| constraints.path_len);
        if let Some(most) = most.filter(|most| u32::try_from(below).is_ok_and(|below| below > *most)) {
            let allowed = if most == 0 { "no authority".to_owned() } else { format!("{most} at most") };
            let text =
                format!("{by} allows {allowed} below it, and there {}.", if below == 1 { "is one".into() } else { format!("are {below}") });
            self.find(
                Code::PathLength,
                Severity::Error,
                Some(place),
                Some(13801),
                text,
                "Issue by an authority that is allowed to stand there.",
            );
        }
        // RFC 5280 does not say it; Windows and others hold the purposes of an authority against what it issues.
        if let Some(purposes) = issuer.purposes().filter(|_| !issuer.self_issued()) {
            let wanted = match self.role {
                CertificateRole::Server => "1.3.6.1.5.5.7.3.1",
                CertificateRole::Client => "1.3.6.1.5.5.7.3.2",
            };
            if !purposes.iter().any(|own| own == wanted || own == "2.5.29.37.0") {
                let text = format!(
                    "{by} is limited to purposes (extended key usage) among which {wanted} is not, and Windows holds that against \
                        what it issued."
                );
                self.find(
                    Code::AuthorityPurposes,
                    Severity::Error,
                    Some(place),
                    Some(13801),
                    text,
                    "Issue by an authority without that limit.",
                );
            }
        }
    }

    fn chain_end(&mut self, chain: &CertificateChain, anchors: usize) {
        let given = self.entries.len() > anchors;
        let top = chain.path.last().copied();
        let title = top.and_then(|place| self.entries.get(place)).map(Entry::title).unwrap_or_default();
        let single = chain.path.len() == 1;
        match &chain.end {
            ChainEnd::Anchor(_) => {}
            ChainEnd::SelfSigned(own) => {
                if *own == SignatureCheck::Wrong {
                    let text = format!("{title} names itself as its issuer, and its own key did not sign it.");
                    self.find(
                        Code::SignatureWrong,
                        Severity::Error,
                        top,
                        Some(13801),
                        text,
                        "Take the certificate of the authority that signed it.",
                    );
                } else if let SignatureCheck::NotVerified(why) = own {
                    let text = format!("The signature on {title} was not verified: {why}.");
                    self.find(
                        Code::SignatureNotVerified,
                        Severity::Info,
                        top,
                        None,
                        text,
                        "A root is trusted because it is installed, and not by its own signature.",
                    );
                }
                if given {
                    let text = format!("The chain ends at {title}, which is none of the trust anchors that were given.");
                    self.find(
                        Code::AnchorNotReached,
                        Severity::Error,
                        top,
                        Some(13801),
                        text,
                        "Install that root with the peers, or issue by an authority that they trust.",
                    );
                } else if single {
                    let text = format!(
                        "{title} signed itself: every peer must have this very certificate among its trusted roots of the machine."
                    );
                    self.find(
                        Code::SelfSigned,
                        Severity::Warning,
                        top,
                        Some(13801),
                        text,
                        "Install it in Local Computer\\Trusted \
                        Root Certification Authorities of every peer, or have it issued by an authority.",
                    );
                } else {
                    self.root(&title, top);
                }
            }
            ChainEnd::IssuerMissing { issuer, key_id } => {
                let key = key_id.as_ref().map_or(String::new(), |key| format!(" (key identifier {key})"));
                let others = self.entries.iter().enumerate();
                let roots = others.filter(|(place, entry)| entry.is_ca && !chain.path.contains(place)).count();
                if given || roots > 0 {
                    let text =
                        format!("{title} was issued by {issuer}{key}, whose certificate is in none of the files: the chain has a gap.");
                    let code = if given { Code::AnchorNotReached } else { Code::IssuerMissing };
                    self.find(
                        code,
                        Severity::Error,
                        top,
                        Some(13801),
                        text,
                        "Put the certificate of that issuer into the file after \
                        it, and install it with the machine: on Windows in Local Computer\\Intermediate Certification Authorities.",
                    );
                } else if single {
                    let text = format!(
                        "{title} was issued by {issuer}{key}, which is not in the file: if that is a root, peers must have it; if it \
                            is an authority between, it is missing."
                    );
                    self.find(
                        Code::IssuerNotInFile,
                        Severity::Doubt,
                        top,
                        None,
                        text,
                        "Give the file with the whole chain, or the roots that peers trust with --ca.",
                    );
                } else {
                    let text = format!("The chain ends below {issuer}{key}, which must be a root that peers trust: it is not in the file.");
                    self.find(
                        Code::RootNotInFile,
                        Severity::Info,
                        top,
                        None,
                        text,
                        "Make sure that the other side has it in Local \
                        Computer\\Trusted Root Certification Authorities; --ca FILE judges it.",
                    );
                }
            }
            ChainEnd::TooLong => {
                let text = format!("The chain has more than {} certificates, or leads in a circle.", chain.path.len());
                self.find(Code::TooLong, Severity::Error, top, Some(13801), text, "Take the certificates out that do not belong to it.");
            }
        }
    }

    fn root(&mut self, title: &str, top: Option<usize>) {
        let text = format!("The other side must trust the root {title}.");
        let error = self.refused();
        self.find(
            Code::RootNeeded,
            Severity::Info,
            top,
            error,
            text,
            "It belongs in Local Computer\\Trusted Root Certification Authorities there, not in the store of a user; it need not be sent.",
        );
    }

    /// What stands beside the chain.
    fn company(&mut self, chain: &CertificateChain) {
        if !chain.in_order {
            let text = "The certificates do not stand in the order in which they are sent: first the one whose key signs, then its \
                issuer, and so on."
                .to_owned();
            self.find(
                Code::Order,
                Severity::Warning,
                None,
                None,
                text,
                "Put them into that order: strongSwan and others take the first of a file for their own.",
            );
        }
        for place in &chain.duplicates {
            let text = format!("{} is there more than once.", self.title(*place));
            self.find(Code::Duplicate, Severity::Warning, Some(*place), None, text, "Take it out: it may be sent each time.");
        }
        for place in &chain.extra {
            let text = format!("{} does not belong to the chain.", self.title(*place));
            self.find(
                Code::Unrelated,
                Severity::Warning,
                Some(*place),
                None,
                text,
                "Take it out: it is sent for nothing, or is the issuer of another certificate.",
            );
        }
        for place in &chain.alternatives {
            let text = format!("{} could stand in the chain as well: the same name and key, certified more than once.", self.title(*place));
            self.find(Code::CrossSigned, Severity::Info, Some(*place), None, text, "Peers choose the way that leads to a root they trust.");
        }
    }

    fn title(&self, place: usize) -> String {
        self.entries.get(place).map(Entry::title).unwrap_or_default()
    }

    /// How large the message is.
    pub(crate) fn size(&mut self, weight: &ChainWeight) {
        let message = &weight.as_is;
        if let Some(path) = message.paths.iter().max_by_key(|path| path.mtu).filter(|path| path.ip_fragments > 1) {
            let text = format!(
                "IKE_AUTH with this chain has {} octets: without IKE fragmentation {} IP packets on a path of {} octets, and where \
                    fragments are dropped the connection fails.",
                message.packet, path.ip_fragments, path.mtu
            );
            self.find(
                Code::IpFragments,
                Severity::Warning,
                None,
                Some(809),
                text,
                "Switch on IKE fragmentation on both sides (RRAS: EnableServerFragmentation = 1), or take smaller keys.",
            );
        }
        if message.content > STRONGSWAN {
            let text = format!(
                "IKE_AUTH with this chain has {} octets of content, and strongSwan takes {STRONGSWAN} by default.",
                message.content
            );
            self.find(
                Code::LargerThanStrongswanTakes,
                Severity::Warning,
                None,
                None,
                text,
                "Raise charon.max_packet there, or take smaller keys.",
            );
        }
        if let Some(path) = message.paths.iter().find(|path| path.datagrams.len() > LIBRESWAN) {
            let text = format!(
                "A path of {} octets cuts IKE_AUTH into {} fragments, and libreswan takes {LIBRESWAN}.",
                path.mtu,
                path.datagrams.len()
            );
            self.find(
                Code::MoreFragmentsThanLibreswanTakes,
                Severity::Warning,
                None,
                None,
                text,
                "Send larger fragments, or take smaller keys.",
            );
        }
    }
}
