//! When files have to be read anew.

use std::{
    fs,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    time::sleep,
};

/// How often files are looked at.
const EVERY: Duration = Duration::from_secs(3);

/// What tells one content of a file from another without reading it; nothing of one that is not
/// there. A link is followed to what it leads to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp(Option<(u64, u64, i64, i64)>);

/// Files that belong together.
#[derive(Debug)]
pub struct Watch {
    files: Vec<PathBuf>,
    seen: Vec<Stamp>,
    hangups: Option<Signal>,
}

/// Why files are to be read anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// They changed, or the process was told to (SIGHUP).
    Changed,
    /// They did not, but could not be used the last time.
    Again,
}

// === impl Watch ===

impl Watch {
    /// Begins to watch. To be called before the files are read for the first time, so that no
    /// change falls between. From now on SIGHUP does not end the process any more.
    pub fn of(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let files: Vec<_> = files.into_iter().collect();
        let hangups = signal(SignalKind::hangup());
        Self {
            seen: files.iter().map(|file| Stamp::of(file)).collect(),
            hangups: hangups
                .inspect_err(|error| tracing::warn!(%error, "SIGHUP can't be awaited"))
                .ok(),
            files,
        }
    }

    /// Ready when the files have to be read. With `again`, also when they did not change.
    pub async fn due(&mut self, again: bool) -> Why {
        loop {
            let told = tokio::select! {
                () = sleep(EVERY) => false,
                () = hangup(&mut self.hangups) => true,
            };
            let now: Vec<_> = self.files.iter().map(|file| Stamp::of(file)).collect();
            let changed = now != self.seen;
            self.seen = now;
            if changed || told {
                return Why::Changed;
            }
            if again {
                return Why::Again;
            }
        }
    }
}

async fn hangup(hangups: &mut Option<Signal>) {
    match hangups {
        Some(hangups) => {
            hangups.recv().await;
        }
        None => std::future::pending().await,
    }
}

// === impl Stamp ===

impl Stamp {
    pub fn of(file: &Path) -> Self {
        let found = fs::metadata(file).ok();
        Self(found.map(|it| (it.ino(), it.len(), it.mtime(), it.mtime_nsec())))
    }
}

#[cfg(test)]
mod tests;
