//! What the answers of a check add up to.

use passport_connector_sdk::{CollectError, ReadError, credential_scope::Breadth};

use super::engine::failed;

/// What the answers of a check add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights {
    /// May change something.
    pub writes: bool,
    /// Reads more than the source needs.
    pub is_broad: bool,
    /// Something was not told.
    pub is_unclear: bool,
}

impl Rights {
    /// Narrow is only what was seen to be so in every answer.
    pub fn breadth(self) -> Breadth {
        match self {
            Self { writes: true, .. } => Breadth::WriteCapable,
            Self { is_broad: true, .. } => Breadth::Broad,
            Self {
                is_unclear: true, ..
            } => Breadth::Unverifiable,
            Self { .. } => Breadth::Narrow,
        }
    }
}

/// A question that is not answered leaves it open; a credential that is rejected meanwhile, or a server
/// that is gone, ends it.
pub fn told<T>(read: Result<T, ReadError>) -> Result<Option<T>, CollectError> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(
            ReadError::Denied
            | ReadError::NotFound
            | ReadError::Rejected
            | ReadError::Shape
            | ReadError::Malformed,
        ) => Ok(None),
        Err(error) => Err(failed(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_what_was_told_counts() {
        let of = |writes, is_broad, is_unclear| {
            let rights = Rights {
                writes,
                is_broad,
                is_unclear,
            };
            rights.breadth()
        };
        assert_eq!(of(false, false, false), Breadth::Narrow);
        assert_eq!(of(false, false, true), Breadth::Unverifiable);
        assert_eq!(of(false, true, true), Breadth::Broad);
        assert_eq!(of(true, true, true), Breadth::WriteCapable);
    }
}
