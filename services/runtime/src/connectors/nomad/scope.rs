//! Which job a source reads.

use passport_connector_sdk::Builder;
use schemars::JsonSchema;
use serde::Deserialize;

/// Longest name of a namespace.
const MAX_NAMESPACE: usize = 128;
/// Longest id of a job, and longest name of its parts.
const MAX_NAME: usize = 500;

/// The narrow target: one job.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The namespace.
    pub namespace: String,
    /// The job's id, not its name.
    pub job_id: String,
    /// The region. Default: that of the agent that is asked.
    pub region: Option<String>,
}

// === impl ScopeSettings ===

impl ScopeSettings {
    /// Whether it names one job; problems otherwise.
    pub fn check(&self, builder: &mut Builder<'_>) -> bool {
        let region = self.region.as_deref();
        let checks = [
            ("scope.namespace", is_namespace(&self.namespace)),
            ("scope.job_id", is_exact(&self.job_id)),
            ("scope.region", region.is_none_or(is_exact)),
        ];
        for (key, _) in checks.iter().filter(|(_, fits)| !fits) {
            let reason = "names no one thing: empty, a pattern, or more than its name";
            let fix = "write the exact name of one; a whole namespace is never read";
            builder.problem(*key, reason, fix);
        }
        checks.iter().all(|(_, fits)| *fits)
    }
}

/// Letters, digits and hyphens, as Nomad wants it ("namespace apply" command).
fn is_namespace(name: &str) -> bool {
    let inner = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
    (1..=MAX_NAMESPACE).contains(&name.len()) && name.bytes().all(inner)
}

/// Text without blanks and patterns. Ids of dispatched jobs hold slashes, and none leads up a path.
pub fn is_exact(text: &str) -> bool {
    let odd = |it: char| it.is_control() || it.is_whitespace() || matches!(it, '*' | '\\');
    let is_name = |it: &str| !matches!(it, "" | "." | "..");
    text.len() <= MAX_NAME && !text.contains(odd) && text.split('/').all(is_name)
}
