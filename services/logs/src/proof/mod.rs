//! Proof that no secret of a log line leaves: made-up secrets of every kind, wherever a line may hold one, read
//! through each connector.

mod kinds;
mod leaks;
mod places;
mod redactor;
mod through;

use rand::{Rng, SeedableRng as _, rngs::StdRng};

pub use leaks::Seen;
pub use places::line;
pub use through::{Collected, errors_show_no_secret, lines_show_no_secret, spoilt};

/// Lines that the redactor is shown.
pub const LINES: usize = 20_000;
/// Lines that each connector is shown: that nothing goes past the redactor.
pub const THROUGH: usize = 4_000;

/// A secret as it stands in a line.
#[derive(Debug, Clone)]
pub struct Secret {
    /// What gives it away, where it does not do so by itself, and it.
    pub text: String,
    /// What must not be seen of it.
    pub pieces: Vec<String>,
    /// The pattern that finds it.
    pub id: &'static str,
    /// Whether it is known by its beginning, so that a line may be cut within it.
    pub is_known_by_its_beginning: bool,
}

/// A line, and what must not be seen of it.
#[derive(Debug, Clone)]
pub struct Line {
    /// It.
    pub text: String,
    /// The secret in it.
    pub secret: Secret,
}

/// The same secrets in every run.
pub fn random(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

/// Any secret.
pub fn secret(random: &mut StdRng) -> Secret {
    let kinds = kinds::KINDS;
    let (_, make) = kinds[random.random_range(0..kinds.len())];
    make(random)
}
