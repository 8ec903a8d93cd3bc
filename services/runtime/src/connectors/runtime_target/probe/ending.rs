//! How attempts end, and what each tells of the target.

use passport_connector_sdk::{
    ReadError,
    provider::{ProbeError, Probed, SendError, Stage},
};

use crate::connectors::runtime_target::facts::Outcome;

/// Why nothing is known of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silent {
    /// No way leads to it.
    Unreachable,
    /// Its address may not be reached.
    OutOfScope,
    /// It was not asked, or not long enough.
    NotAsked(ReadError),
}

/// What an attempt tells of the target.
///
/// # Errors
/// It tells nothing.
pub fn sort(outcome: Result<Probed, ProbeError>) -> Result<Outcome, Silent> {
    let failed = match outcome {
        Ok(answer) => return Ok(Outcome::Answered(answer)),
        Err(ProbeError::NotAsked(error)) => return Err(Silent::NotAsked(error)),
        Err(ProbeError::Failed(failed)) => failed,
    };
    match failed {
        SendError::Refused(_) => Err(Silent::OutOfScope),
        SendError::Invalid(_) => Err(Silent::NotAsked(ReadError::NotConfigured)),
        SendError::TimedOut { connecting: true } => Err(Silent::Unreachable),
        SendError::TooLarge { .. } => Ok(Outcome::TooLarge),
        SendError::TimedOut { connecting: false } | SendError::Cut | SendError::Garbled => {
            Ok(Outcome::Broken)
        }
        SendError::Unreachable(stage) => match stage {
            Stage::Lookup | Stage::Connect => Err(Silent::Unreachable),
            Stage::Refused | Stage::Exchange => Ok(Outcome::Broken),
            Stage::Handshake | Stage::Alert => Ok(Outcome::NoTls),
            Stage::Certificate(distrust) => Ok(Outcome::Distrusted(distrust)),
        },
    }
}
