//! The `passport` command as a user meets it.

mod answers;
mod completions;
mod fake;
mod golden;
mod refusals;
mod run;
mod usage;
