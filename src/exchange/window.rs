//! What both windows of Message IDs have in common, RFC 7296 section 2.3.

/// The widest window: what is outstanding is the bits of one word.
pub const MAX_WINDOW: u32 = u64::BITS;
