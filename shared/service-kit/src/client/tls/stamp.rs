//! Whether a file changed since it was read.

use std::{fs, os::unix::fs::MetadataExt as _, path::Path};

/// What tells one content of a file from another without reading it; nothing of one that is not
/// there. A link is followed to what it leads to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp(Option<(u64, u64, i64, i64)>);

// === impl Stamp ===

impl Stamp {
    pub fn of(path: &Path) -> Self {
        let file = fs::metadata(path).ok();
        Self(file.map(|it| (it.ino(), it.len(), it.mtime(), it.mtime_nsec())))
    }
}
