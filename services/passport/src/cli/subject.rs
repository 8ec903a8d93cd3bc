//! What is to be released, as it is typed.

use clap::Args;
use passport_evidence::Subject;

/// What is to be released.
#[derive(Debug, Clone, Args)]
pub struct SubjectArgs {
    /// Release id or version that is to be released
    #[arg(long, value_name = "VERSION")]
    version: Option<String>,
    /// Source revision that is to be released, a full commit id
    #[arg(long, value_name = "SHA")]
    revision: Option<String>,
    /// Digest of the artifact that is to be released, such as sha256:…; may be repeated
    #[arg(long = "digest", value_name = "DIGEST")]
    digests: Vec<String>,
}

// === impl SubjectArgs ===

impl SubjectArgs {
    /// What is being released, as far as it was typed.
    pub fn subject(&self) -> Subject {
        Subject {
            version: self.version.clone(),
            revision: self.revision.clone(),
            artifact_digests: self.digests.clone(),
        }
    }
}
