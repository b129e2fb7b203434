//! What a report shows.

use crate::report::UtcOffset;

/// What a report shows, beside the verdict, the causes, and one IKE SA for each of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// Every IKE SA, with its messages.
    pub all: bool,
    /// The settings of products that were not seen in the capture as well; a page has them folded anyway.
    pub all_products: bool,
    /// Of the clock times.
    pub zone: UtcOffset,
}
