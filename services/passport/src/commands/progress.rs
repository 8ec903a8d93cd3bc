//! What a person sees while sources are being asked.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use passport_evidence::{Outcome, Scope};

use crate::output::printable;
use crate::terminal::{Terminal, remark};

/// One line on standard error that changes in place, gone when it is dropped. Nothing where nobody
/// looks.
pub struct Progress {
    bar: ProgressBar,
    answered: usize,
    failed: usize,
}

// === impl Progress ===

impl Progress {
    pub fn start(terminal: Terminal, scope: &Scope) -> Self {
        Self::of(terminal, format!("asking the sources of {scope}"))
    }

    /// While a decision is waited for.
    pub fn waiting(terminal: Terminal, scope: &Scope) -> Self {
        Self::of(terminal, format!("waiting for {scope}"))
    }

    fn of(terminal: Terminal, prefix: String) -> Self {
        let target = match terminal.progress {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        if let Ok(style) = ProgressStyle::with_template("{spinner} {prefix} {elapsed}{msg}") {
            bar.set_style(style);
        }
        bar.set_prefix(prefix);
        if terminal.progress {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self {
            bar,
            answered: 0,
            failed: 0,
        }
    }

    /// How it stands now; where nothing changes in place, a line each time.
    pub fn stands(&self, text: &str) {
        let text = printable(text);
        match self.bar.is_hidden() {
            true => remark(&text),
            false => self.bar.set_message(format!(": {text}")),
        }
    }

    /// One more source answered, or could not.
    pub fn saw(&mut self, outcome: &Outcome) {
        let newest = match outcome {
            Outcome::Evidence(_) => {
                self.answered += 1;
                outcome.source().to_string()
            }
            Outcome::Failure(failure) => {
                self.failed += 1;
                format!("{} {}", failure.source, failure.code)
            }
        };
        let Self {
            answered, failed, ..
        } = self;
        let message = format!(", {answered} answered, {failed} could not; last: {newest}");
        self.bar.set_message(printable(&message).into_owned());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
