//! What to change, by the exact names products give their settings.
//!
//! Here stands what several causes name; a setting that helps against one cause only stands in the file of that cause. A product whose
//! documentation names no setting for a thing has no row there.

mod product;
mod suites;
mod tables;

pub use product::Product;
pub(super) use suites::{child, proposal};
pub(super) use tables::{EAP, FRAGMENT_SIZE, FRAGMENTATION, PORTS, SILENT};

use alloc::borrow::Cow;
use alloc::vec::Vec;

/// What to change on a product: its setting, by the exact name, and the value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Setting {
    /// Whose setting.
    pub product: Product,
    /// The setting and its value, in words to follow or to paste.
    pub text: Cow<'static, str>,
}

impl Setting {
    /// One whose words are the same in every case.
    pub(super) const fn new(product: Product, text: &'static str) -> Self {
        Self { product, text: Cow::Borrowed(text) }
    }
}

/// The settings that help, each product once: a table, or what was computed for the case.
pub type Settings = Cow<'static, [Setting]>;

/// The settings of the products that are there, and the others, for a report to fold away; each in the order given.
///
/// The network between the two is always there. Where no product is known, any may be there, and nothing is folded.
///
/// ```
/// use ikev2::diagnose::{Product, Settings, order};
/// let (first, folded) = order(&Settings::default(), &[Product::Rras]);
/// assert!(first.is_empty() && folded.is_empty());
/// ```
#[must_use]
pub fn order<'s>(settings: &'s [Setting], present: &[Product]) -> (Vec<&'s Setting>, Vec<&'s Setting>) {
    let known = settings.iter().any(|setting| present.contains(&setting.product));
    settings.iter().partition(|setting| !known || setting.product == Product::Network || present.contains(&setting.product))
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn who_is_there_comes_first() {
        let products = |settings: Vec<&Setting>| settings.into_iter().map(|setting| setting.product).collect::<Vec<_>>();
        let (first, folded) = order(FRAGMENTATION, &[Product::Libreswan, Product::WindowsClient]);
        assert_eq!(products(first), vec![Product::WindowsClient, Product::Libreswan, Product::Network]);
        assert_eq!(folded.len() + 3, FRAGMENTATION.len());
        for nobody in [&[][..], &[Product::Azure]] {
            let (first, folded) = order(FRAGMENTATION, nobody);
            assert_eq!((products(first).len(), folded.len()), (FRAGMENTATION.len(), 0), "{nobody:?}");
        }
    }

    #[test]
    fn names_are_those_of_one_product() {
        let names: alloc::collections::BTreeSet<_> = Product::ALL.iter().map(|product| product.name()).collect();
        assert_eq!((names.len(), Product::ALL.len()), (15, 15));
        // The report's first column.
        assert!(names.iter().all(|name| name.len() < 15), "{names:?}");
    }
}
