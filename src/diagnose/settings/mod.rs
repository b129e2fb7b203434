//! What to change, by the exact names products give their settings.
//!
//! Here stands what several causes name; a setting that helps against one cause only stands in the file of that cause. A product whose
//! documentation names no setting for a thing has no row there.

mod product;
mod rows;
mod setting;
mod suites;
mod tables;

pub use product::Product;
pub use setting::{Setting, SettingList, order};
pub(super) use suites::{child, proposal};
pub(super) use tables::{EAP, FRAGMENT_SIZE, FRAGMENTATION, PORTS, SILENT};

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use alloc::vec::Vec;

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
