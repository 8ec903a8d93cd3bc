//! On whose behalf a call is made.

use tonic::metadata::{Ascii, MetadataValue};

/// The metadata that names who asked, for the audit record of a collector. It grants nothing, and
/// only a client that the collector knows is believed.
pub const CALLER: &str = "passport-caller";

const LONGEST: usize = 128;

/// The name as a header can carry it: visible ASCII, at most 128 characters, all else as `_`.
pub(super) fn header(caller: &str) -> MetadataValue<Ascii> {
    let visible = |c: char| if c.is_ascii_graphic() { c } else { '_' };
    let text: String = caller.chars().take(LONGEST).map(visible).collect();
    // What is left are header values only.
    MetadataValue::try_from(text).unwrap_or_else(|_| MetadataValue::from_static("_"))
}
