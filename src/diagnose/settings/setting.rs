//! A setting, and which of them concern the products that are there.

use super::product::Product;
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
    pub(in crate::diagnose) const fn new(product: Product, text: &'static str) -> Self {
        Self { product, text: Cow::Borrowed(text) }
    }
}

/// The settings that help, each product once: a table, or what was computed for the case.
pub type SettingList = Cow<'static, [Setting]>;

/// The settings of the products that are there, and the others, for a report to fold away; each in the order given.
///
/// The network between the two is always there. Where no product is known, any may be there, and nothing is folded.
///
/// ```
/// use ikev2::diagnose::{Product, SettingList, order};
/// let settings = SettingList::default();
/// let (first, folded) = order(&settings, &[Product::Rras]);
/// assert!(first.is_empty() && folded.is_empty());
/// ```
#[must_use]
pub fn order<'s>(settings: &'s [Setting], present: &[Product]) -> (Vec<&'s Setting>, Vec<&'s Setting>) {
    let known = settings.iter().any(|setting| present.contains(&setting.product));
    settings.iter().partition(|setting| !known || setting.product == Product::Network || present.contains(&setting.product))
}
