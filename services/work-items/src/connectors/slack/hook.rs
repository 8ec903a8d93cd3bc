//! The address of an incoming webhook, which is a secret as a whole ("Sending messages using incoming
//! webhooks").

use passport_connector_sdk::{
    Builder,
    secrets::{Secret, SecretRef},
};
use secrecy::ExposeSecret;
use url::{Origin, Url};

/// What its path begins with.
const SERVICES: &str = "services";
/// Parts of its path: that, the workspace, the webhook and its secret.
const PARTS: usize = 4;
/// Longest part.
const MAX_PART: usize = 128;

/// The address of an incoming webhook: read anew at each use.
#[derive(Debug, Clone)]
pub struct Hook {
    address: Secret,
    origin: Origin,
    team: String,
}

/// Why an address is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unfit {
    /// The variable or file can't be read.
    Absent,
    /// Not of this form, or of this endpoint or workspace.
    Other,
}

// === impl Hook ===

impl Hook {
    /// The address that a reference names, or problems at `endpoint` and `credential`. One that can't be read
    /// yet is none.
    pub fn build(
        endpoint: &str,
        reference: &SecretRef,
        team: &str,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let endpoint = Url::parse(endpoint).ok()?;
        let is_origin = endpoint.path() == "/";
        if !is_origin {
            let fix = "write the origin alone, such as https://hooks.slack.com";
            builder.problem("endpoint", "has a path, which is the webhook's own", fix);
        }
        let hook = Self {
            address: builder.secret(reference),
            origin: endpoint.origin(),
            team: team.to_owned(),
        };
        match hook.read() {
            Ok(_) | Err(Unfit::Absent) => is_origin.then_some(hook),
            Err(Unfit::Other) => {
                let reason = "is no incoming webhook of the endpoint and of `scope.team`";
                let fix = "put the whole address, as Slack shows it, where the reference leads to";
                builder.problem("credential", reason, fix);
                None
            }
        }
    }

    /// The parts of its path; `None` where it can't be used now.
    pub fn path(&self) -> Option<Vec<String>> {
        self.read().ok()
    }

    fn read(&self) -> Result<Vec<String>, Unfit> {
        let address = self.address.read().map_err(|_| Unfit::Absent)?;
        let url = Url::parse(address.expose_secret()).map_err(|_| Unfit::Other)?;
        let is_bare = url.query().is_none() && url.fragment().is_none();
        let is_nobodys = url.username().is_empty() && url.password().is_none();
        let parts: Vec<_> = url.path_segments().into_iter().flatten().collect();
        let is_own = matches!(parts.as_slice(), [SERVICES, team, _, _] if *team == self.team);
        let is_fit = is_bare && is_nobodys && is_own && url.origin() == self.origin;
        match is_fit && parts.len() == PARTS && parts.iter().all(|it| is_part(it)) {
            true => Ok(parts.into_iter().map(str::to_owned).collect()),
            false => Err(Unfit::Other),
        }
    }
}

fn is_part(text: &str) -> bool {
    let is_inner = |it: u8| it.is_ascii_alphanumeric() || it == b'-' || it == b'_';
    (1..=MAX_PART).contains(&text.len()) && text.bytes().all(is_inner)
}
