//! How much a token may do, as every answer says in `X-OAuth-Scopes`.

use chrono::{DateTime, Utc};
use http::HeaderMap;
use passport_connector_sdk::credential_scope::Breadth;
use passport_evidence::{Fact, Threshold, freshness::CREDENTIAL_SCOPE};
use serde::{Deserialize, Serialize};

const SCOPES: &str = "x-oauth-scopes";
/// What a source may need: to post, and to see its own message.
const NEEDED: [&str; 3] = ["chat:write", "channels:history", "groups:history"];

/// What an answer says of the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Told {
    /// It has these scopes, all of which a source may need.
    Narrow(Vec<String>),
    /// It has others.
    Broad,
    /// Nothing.
    Nothing,
}

// === impl Told ===

impl Told {
    /// What the headers of an answer say. Scopes that are not needed are not kept: they are texts.
    pub fn of(headers: &HeaderMap) -> Self {
        let mut lines = headers.get_all(SCOPES).iter();
        let line = lines.next().filter(|_| lines.next().is_none());
        let Some(line) = line.and_then(|it| it.to_str().ok()) else {
            return Self::Nothing;
        };
        let scopes = line.split(',').map(str::trim).filter(|it| !it.is_empty());
        let mut scopes: Vec<_> = scopes.map(str::to_owned).collect();
        scopes.sort();
        scopes.dedup();
        match scopes.is_empty() {
            true => Self::Nothing,
            false if is_needed(&scopes) => Self::Narrow(scopes),
            false => Self::Broad,
        }
    }

    /// The same in the words of every connector.
    pub fn breadth(&self) -> Breadth {
        match self {
            Self::Narrow(scopes) if is_needed(scopes) => Breadth::Narrow,
            Self::Narrow(_) | Self::Broad => Breadth::Broad,
            Self::Nothing => Breadth::Unverifiable,
        }
    }

    /// The fact that says so: narrow scopes are shown as they are.
    pub fn fact(&self, at: Option<DateTime<Utc>>) -> Fact {
        let fact = match (self.breadth(), self) {
            (Breadth::Narrow, Self::Narrow(scopes)) => {
                let shown = scopes.join(",");
                let wanted = format!("in {}", NEEDED.join(", ")).parse::<Threshold>();
                let limits = passport_evidence::Limits {
                    threshold: wanted.ok(),
                    warn_threshold: None,
                };
                Fact::measured(CREDENTIAL_SCOPE, shown.as_str().into(), &limits)
            }
            (breadth, _) => breadth.fact(at.unwrap_or_default()),
        };
        fact.observed(at)
    }
}

fn is_needed(scopes: &[String]) -> bool {
    !scopes.is_empty() && scopes.iter().all(|it| NEEDED.contains(&it.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderName, HeaderValue};
    use passport_evidence::Status;

    fn told(lines: &[&str]) -> Told {
        let name = HeaderName::from_static(SCOPES);
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(name.clone(), HeaderValue::from_str(line).unwrap());
        }
        Told::of(&headers)
    }

    #[test]
    fn only_scopes_that_are_needed_are_narrow() {
        let status = |lines: &[&str]| told(lines).fact(Some(DateTime::UNIX_EPOCH)).status();
        assert_eq!(status(&["chat:write"]), Status::Passed);
        assert_eq!(
            status(&["groups:history, chat:write,channels:history"]),
            Status::Passed
        );
        for broad in [
            "chat:write,chat:write.public",
            "admin",
            "chat:write,identify",
            "chat:write,users:read.email",
            "CHAT:WRITE",
        ] {
            assert_eq!(status(&[broad]), Status::Warning, "{broad}");
        }
        for none in [&[][..], &[""], &[" , "], &["chat:write", "chat:write"]] {
            assert_eq!(status(none), Status::Unknown, "{none:?}");
        }
    }

    #[test]
    fn what_was_kept_by_others_is_not_believed() {
        let kept = Told::Narrow(vec!["chat:write".to_owned(), "admin".to_owned()]);
        assert_eq!(kept.breadth(), Breadth::Broad);
        assert_eq!(Told::Narrow(Vec::new()).breadth(), Breadth::Broad);
    }
}
