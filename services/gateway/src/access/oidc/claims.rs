//! What a verified token says.

use chrono::{DateTime, TimeDelta, Utc};
use passport_service_kit::config::model::{ClaimValue, IssuerKind};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::refused::{Why, plain};

/// How far the issuer's clock and ours may be apart, in seconds.
const LEEWAY: i64 = 30;

/// Most characters of a claim that are logged.
const SHOWN: usize = 80;

/// The claims of a token whose signature was verified.
#[derive(Debug, Deserialize)]
pub(super) struct Claims(Map<String, Value>);

// === impl Claims ===

impl Claims {
    /// Whether it was made for this audience and no other: each of several could show it to the
    /// others.
    pub fn for_audience(&self, audience: &str) -> Result<(), Why> {
        let is_it = match self.0.get("aud") {
            Some(Value::String(one)) => one == audience,
            Some(Value::Array(all)) => {
                matches!(all.as_slice(), [Value::String(one)] if one == audience)
            }
            Some(_) | None => false,
        };
        is_it.then_some(()).ok_or(Why::Audience)
    }

    /// Whether it is valid now, and lives no longer than it may.
    pub fn at(&self, now: DateTime<Utc>, longest: TimeDelta) -> Result<(), Why> {
        let now = now.timestamp();
        let made = self.seconds("iat").ok_or(Why::Times)?;
        let end = self.seconds("exp").ok_or(Why::Times)?;
        let from = match self.0.contains_key("nbf") {
            true => self.seconds("nbf").ok_or(Why::Times)?,
            false => made,
        };
        if end.saturating_add(LEEWAY) <= now {
            return Err(Why::Expired);
        }
        if made.max(from).saturating_sub(LEEWAY) > now {
            return Err(Why::NotYet);
        }
        let lives = end.saturating_sub(made);
        (lives <= longest.num_seconds())
            .then_some(())
            .ok_or(Why::Lifetime)
    }

    /// A time in whole seconds; issuers may write a fraction.
    fn seconds(&self, name: &str) -> Option<i64> {
        /// The seconds that a float holds exactly.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        let value = self.0.get(name)?;
        let fraction = || value.as_f64().filter(|it| it.abs() < EXACT);
        value
            .as_i64()
            .or_else(|| fraction().map(|it| it.trunc() as i64))
    }

    /// The text of a claim, by the name that mappings have for it.
    pub fn text(&self, kind: IssuerKind, name: &str) -> Option<String> {
        ClaimValue::text(self.value(kind, name)?)
    }

    /// Whether a claim is exactly this, or, of people, a list that holds it.
    pub fn is(&self, kind: IssuerKind, name: &str, wanted: &ClaimValue) -> bool {
        let is = |it: &Value| ClaimValue::text(it).as_deref() == Some(wanted.as_str());
        match (kind, self.value(kind, name)) {
            (IssuerKind::People, Some(Value::Array(items))) => items.iter().any(is),
            (_, value) => value.is_some_and(is),
        }
    }

    /// Whom it is of, where that is a person. Programs that an identity provider knows have tokens of
    /// their own, and are none.
    pub fn person(&self) -> Result<&str, Why> {
        let text = |name: &str| self.0.get(name).and_then(Value::as_str);
        let subject = text("sub").filter(|it| !it.trim().is_empty());
        let subject = subject.ok_or(Why::Nobody)?;
        let of_its_client = ["azp", "client_id", "appid", "cid"].map(text);
        let is_program = of_its_client.contains(&Some(subject))
            || text("idtyp") == Some("app")
            || text("gty") == Some("client-credentials");
        (!is_program).then_some(subject).ok_or(Why::Program)
    }

    fn value(&self, kind: IssuerKind, name: &str) -> Option<&Value> {
        match (kind, name) {
            (IssuerKind::Kubernetes, "namespace") => self.bound()?.get("namespace"),
            (IssuerKind::Kubernetes, "service_account") => self.account()?.get("name"),
            (IssuerKind::Kubernetes, "service_account_uid") => self.account()?.get("uid"),
            (
                IssuerKind::GithubActions
                | IssuerKind::GitlabCi
                | IssuerKind::Kubernetes
                | IssuerKind::People
                | IssuerKind::Other,
                _,
            ) => self.0.get(name),
        }
    }

    fn bound(&self) -> Option<&Value> {
        self.0.get("kubernetes.io")
    }

    fn account(&self) -> Option<&Value> {
        self.bound()?.get("serviceaccount")
    }

    /// What tells the operator which workload it is of, cut short. None of it is about a person.
    pub fn who(&self, kind: IssuerKind) -> String {
        let named: &[&str] = match kind {
            IssuerKind::GithubActions => &["repository_id", "event_name", "environment", "ref"],
            IssuerKind::GitlabCi => &["project_id", "ref_protected", "environment", "ref"],
            IssuerKind::Kubernetes => &["namespace", "service_account"],
            IssuerKind::People | IssuerKind::Other => &[],
        };
        let told = named.iter().filter_map(|name| {
            let value = self.text(kind, name)?;
            Some(format!("{name}={}", plain(&value, SHOWN)))
        });
        told.collect::<Vec<_>>().join(" ")
    }
}
