//! What certificates are to one another: the path from the one that is judged to an authority's own, what is double, and what belongs
//! to no path (RFC 5280 section 6.1, RFC 4158).

use super::facts::Entry;
use super::model::{CertificateChain, ChainEnd, ChainLink, SignatureCheck};
use std::collections::{BTreeMap, BTreeSet};

/// Certificates in a path; real ones have four.
const DEPTH: usize = 16;
/// Issuers of one name that are tried.
const TRIED: usize = 16;

/// Finds the chain among the certificates of the files, of which those from `anchors` on are trust anchors; `None` when there is none that
/// could be judged.
pub(crate) fn of(entries: &[Entry<'_>], anchors: usize, at: i64) -> Option<CertificateChain> {
    let mut search = Search { entries, anchors, at, by_subject: BTreeMap::new(), path: Vec::new(), alternatives: Vec::new() };
    let duplicates = search.index();
    let leaf = search.leaf(&duplicates)?;
    let (links, end) = search.climb(leaf);
    let path = core::mem::take(&mut search.path);
    let alternatives: Vec<usize> = search.alternatives.iter().copied().filter(|one| !path.contains(one)).collect();
    let of_files = |place: &usize| *place < anchors;
    let extra = (0..anchors).filter(|place| [&path, &duplicates, &alternatives].iter().all(|known| !known.contains(place))).collect();
    let in_order = path.iter().filter(|place| of_files(place)).is_sorted() && (0..anchors).next() == Some(leaf);
    Some(CertificateChain {
        path,
        links,
        end,
        duplicates,
        extra,
        alternatives: alternatives.into_iter().filter(of_files).collect(),
        in_order,
    })
}

struct Search<'e, 'a> {
    entries: &'e [Entry<'a>],
    anchors: usize,
    at: i64,
    /// Certificates by the DER of their subject, each once.
    by_subject: BTreeMap<&'e [u8], Vec<usize>>,
    path: Vec<usize>,
    alternatives: Vec<usize>,
}

impl<'e> Search<'e, '_> {
    /// Sorts the certificates by subject; gives those of the files that are there twice.
    fn index(&mut self) -> Vec<usize> {
        let mut seen: BTreeMap<&[u8], usize> = BTreeMap::new();
        let mut duplicates = Vec::new();
        for (place, entry) in self.entries.iter().enumerate() {
            if seen.contains_key(&*entry.piece.der) {
                // A trust anchor may well stand in the chain.
                if place < self.anchors {
                    duplicates.push(place);
                }
                continue;
            }
            seen.insert(&entry.piece.der, place);
            self.by_subject.entry(entry.cert.subject().as_der()).or_default().push(place);
        }
        duplicates
    }

    /// The certificate that is judged: the first that is no authority's; where all are, the first that issued none of the others.
    fn leaf(&self, duplicates: &[usize]) -> Option<usize> {
        let of_files = || self.entries.iter().take(self.anchors).enumerate().filter(|(place, _)| !duplicates.contains(place));
        let end = of_files().find(|(_, entry)| !entry.is_ca);
        let issuers: BTreeSet<&[u8]> =
            of_files().filter(|(_, entry)| !entry.self_issued()).map(|(_, entry)| entry.cert.issuer().as_der()).collect();
        let lowest = || of_files().find(|(_, entry)| !issuers.contains(&entry.cert.subject().as_der()));
        end.or_else(lowest).or_else(|| of_files().next()).map(|(place, _)| place)
    }

    fn climb(&mut self, leaf: usize) -> (Vec<ChainLink>, ChainEnd) {
        let mut links = Vec::new();
        let mut current = leaf;
        while let Some(entry) = self.entries.get(current) {
            self.path.push(current);
            if let Some(anchor) = self.anchor(entry) {
                return (links, ChainEnd::Anchor(anchor));
            }
            if entry.self_issued() {
                let own = entry.signed_by(entry);
                // A name that an authority gave itself anew, with another key: it has an issuer of the same name.
                if own != SignatureCheck::Wrong || self.issuers(current).is_empty() {
                    return (links, ChainEnd::SelfSigned(own));
                }
            }
            if self.path.len() >= DEPTH {
                return (links, ChainEnd::TooLong);
            }
            let Some(link) = self.link(current) else {
                let (issuer, key_id) = (entry.cert.issuer().to_string(), entry.authority_key_id().map(super::facts::hex));
                return (links, ChainEnd::IssuerMissing { issuer, key_id });
            };
            current = link.issuer;
            links.push(link);
        }
        (links, ChainEnd::TooLong)
    }

    fn anchor(&self, entry: &Entry<'_>) -> Option<usize> {
        let of_anchors = self.entries.iter().enumerate().skip(self.anchors);
        of_anchors.filter(|(_, anchor)| anchor.piece.der == entry.piece.der).map(|(place, _)| place).next()
    }

    /// Certificates with the name of the issuer that are not in the path.
    fn issuers(&self, child: usize) -> Vec<usize> {
        let Some(entry) = self.entries.get(child) else { return Vec::new() };
        let named = self.by_subject.get(entry.cert.issuer().as_der()).map(Vec::as_slice).unwrap_or_default();
        named.iter().copied().filter(|place| *place != child && !self.path.contains(place)).take(TRIED).collect()
    }

    /// Those whose name differs in letters and encoding only.
    fn nearly(&self, child: usize) -> Vec<usize> {
        let Some(entry) = self.entries.get(child) else { return Vec::new() };
        let folded = |name: String| name.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        let wanted = folded(entry.cert.issuer().to_string());
        let all = self.entries.iter().enumerate().filter(|(place, _)| *place != child && !self.path.contains(place));
        all.filter(|(_, other)| folded(other.cert.subject().to_string()) == wanted).map(|(place, _)| place).take(TRIED).collect()
    }

    fn link(&mut self, child: usize) -> Option<ChainLink> {
        let entry = self.entries.get(child)?;
        let exact = self.issuers(child);
        let name_is_exact = !exact.is_empty();
        let places = if name_is_exact {
            exact
        } else if entry.cert.issuer().is_empty() {
            Vec::new()
        } else {
            self.nearly(child)
        };
        let mut found: Vec<(u8, ChainLink)> = Vec::new();
        for issuer in places {
            let Some(above) = self.entries.get(issuer) else { continue };
            let key_identifiers = entry.authority_key_id().zip(above.subject_key_id()).map(|(wanted, own)| wanted == own);
            let signature = entry.signed_by(above);
            let rank = rank(&signature, key_identifiers, above.is_ca, above.cert.validity().contains(self.at), issuer >= self.anchors);
            found.push((rank, ChainLink { child, issuer, name_is_exact, key_identifiers, signature }));
        }
        found.sort_by_key(|(rank, _)| *rank);
        let mut found = found.into_iter();
        let (_, best) = found.next()?;
        let others = found.filter(|(_, link)| matches!(link.signature, SignatureCheck::Verified(_))).map(|(_, link)| link.issuer);
        self.alternatives.extend(others);
        Some(best)
    }
}

/// The lower the better: a signature that was verified counts most, then the key identifier, then the date; what is trusted comes first.
fn rank(signature: &SignatureCheck, key_identifiers: Option<bool>, is_ca: bool, in_date: bool, trusted: bool) -> u8 {
    let bits = [
        *signature == SignatureCheck::Wrong,
        matches!(signature, SignatureCheck::NotVerified(_)),
        key_identifiers == Some(false),
        !is_ca,
        !in_date,
        !trusted,
    ];
    bits.into_iter().fold(0, |sum, bit| sum.wrapping_shl(1) | u8::from(bit))
}
