//! Everything that is logged while something runs.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Builder;
use tracing::Subscriber;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::fmt::{MakeWriter, format::FmtSpan};

/// Why something did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// It panicked.
    #[error("it panicked")]
    Panicked,
    /// The system gave no runtime.
    #[error("no runtime could be had")]
    Runtime(#[from] io::Error),
}

/// Runs something on a thread and a runtime of its own and gives its result with everything that
/// it, and whatever it spawned, logged down to TRACE.
///
/// A subscriber belongs to a thread; with all tasks on one thread, none escapes it, and what else
/// the process does is not in the log.
pub async fn logged<T, F>(work: impl FnOnce() -> F + Send + 'static) -> Result<(T, String), Broken>
where
    T: Send + 'static,
    F: Future<Output = T>,
{
    let thread = tokio::task::spawn_blocking(move || {
        let log = Log::default();
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let result = tracing::subscriber::with_default(log.subscriber(), || {
            let result = runtime.block_on(work());
            drop(runtime);
            result
        });
        Ok((result, log.text()))
    });
    thread.await.map_err(|_| Broken::Panicked)?
}

/// Lines of a log, kept in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

// === impl Log ===

impl Log {
    fn subscriber(&self) -> impl Subscriber + use<> {
        tracing_subscriber::fmt()
            .with_max_level(LevelFilter::TRACE)
            .with_span_events(FmtSpan::NEW)
            .with_ansi(false)
            .without_time()
            .with_writer(self.clone())
            .finish()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.lock()).into_owned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}
