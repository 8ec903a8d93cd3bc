//! How many excerpts a query may ask for.

use passport_evidence::excerpts::MAX_EXCERPTS;

/// Whether settings may ask for so many.
pub fn may_be_wanted(excerpts: u32) -> bool {
    usize::try_from(excerpts).is_ok_and(|wanted| wanted <= MAX_EXCERPTS)
}
