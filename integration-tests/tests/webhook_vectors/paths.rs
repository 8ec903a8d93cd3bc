//! Every path by which a provider's or a customer's system signs what it sends, and a source at its end.

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue};
use passport_connector_sdk::keep::answered_before;
use passport_connector_sdk::server::Delivered;
use passport_connector_sdk::{Delivery, Registry};
use passport_evidence::{Outcome, Subject};
use passport_integration_tests::signatures::{Headers, Scheme, value, with};
use passport_integration_tests::workspace;
use passport_testkit::case::{Addresses, BASE, Case};
use passport_testkit::env::Env;
use passport_testkit::provider::{Provider, Script};
use passport_testkit::scenario::{Bench, Trial, source_id};
use serde_json::{Value, json};

/// One path: the collector, a case with a delivery over it, and how it is signed.
#[derive(Clone, Copy)]
pub struct Path {
    pub registry: fn() -> Registry,
    pub case: &'static str,
    pub scheme: Scheme,
}

/// To add a path is to add its line.
pub const PATHS: &[Path] = &[
    Path {
        registry: passport_cicd::registry,
        case: "cicd/src/connectors/github_actions/cases/webhook-raw-bytes",
        scheme: Scheme::Hub,
    },
    Path {
        registry: passport_cicd::registry,
        case: "cicd/src/connectors/gitlab_ci/cases/webhook-signed",
        scheme: Scheme::Standard,
    },
    Path {
        registry: passport_cicd::registry,
        case: "cicd/src/connectors/gitlab_ci/cases/webhook-token",
        scheme: Scheme::Token,
    },
    Path {
        registry: passport_incidents::registry,
        case: "incidents/src/connectors/pagerduty/cases/webhook-triggered",
        scheme: Scheme::Versioned,
    },
    Path {
        registry: passport_work_items::registry,
        case: "work-items/src/connectors/slack/cases/approved",
        scheme: Scheme::Slack,
    },
    Path {
        registry: passport_quality::registry,
        case: "quality/src/connectors/sonarqube/cases/webhook",
        scheme: Scheme::Bare,
    },
    Path {
        registry: passport_quality::registry,
        case: "quality/src/connectors/mobile_webview/cases/all-four-kinds",
        scheme: Scheme::Standard,
    },
    Path {
        registry: passport_manual::registry,
        case: "manual/src/connectors/custom_webhook/cases/inbound-ok",
        scheme: Scheme::Standard,
    },
    Path {
        registry: passport_manual::registry,
        case: "manual/src/connectors/custom_webhook/cases/inbound-cloudevent-structured",
        scheme: Scheme::Standard,
    },
    Path {
        registry: passport_manual::registry,
        case: "manual/src/connectors/custom_webhook/cases/hmac-cloudevent",
        scheme: Scheme::Own,
    },
    Path {
        registry: passport_manual::registry,
        case: "manual/src/connectors/custom_webhook/cases/hmac-with-time",
        scheme: Scheme::Own,
    },
    Path {
        registry: passport_manual::registry,
        case: "manual/src/connectors/custom_webhook/cases/hmac-defaults",
        scheme: Scheme::Own,
    },
];

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Accepted,
    Duplicate,
    Rejected,
}

/// A source at the end of a path, and what its sender has to send.
pub struct Inbox {
    trial: Trial,
    pub scheme: Scheme,
    pub headers: Headers,
    pub body: String,
    secret: String,
    /// When it comes.
    pub now: DateTime<Utc>,
    _provider: Option<Provider>,
}

/// What senders answer to, where they were asked: the request that a source sent before.
async fn asked_before(case: &Case, trial: &Trial) -> Result<()> {
    if let (Some(request), Some(subject)) = (&case.rules.open_request, &case.subject) {
        let answer = serde_json::to_value(request)?;
        let kept = answered_before(&subject.into(), answer, TimeDelta::days(1));
        trial.keep(&kept, case.now).await?;
    }
    Ok(())
}

// === impl Inbox ===

impl Inbox {
    /// A source that was told nothing yet.
    pub async fn at_the_end_of(path: Path) -> Result<Self> {
        let case = Case::load(workspace::root().join(format!("services/{}.case.json", path.case)))?;
        let provider = match case.source.to_string().contains(BASE) {
            false => None,
            true => {
                let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &case.rules);
                Some(script.start().await?)
            }
        };
        let addresses = provider.as_ref().map(|it| Addresses::base(it.base()));
        let mut source = addresses.unwrap_or_default().fill_json(&case.source);
        let delivery = case.deliveries.first().context("no delivery")?;
        let mut env = case.env.clone();
        let mut headers: Headers = delivery.headers.clone().into_iter().collect();
        if source["signing_secrets"].is_null() {
            // What a token lets in may be asked to be signed as well.
            source["signing_secrets"] = json!([{ "env": "BUNDLE_SECRET" }]);
            env.insert(
                "BUNDLE_SECRET".into(),
                "whsec_cGFzc3BvcnQtbWVzaC1wdWJsaWMtdGVzdC12ZWN0b3I=".into(),
            );
            headers = with(&headers, "webhook-id", "msg_bundle_1");
            headers = with(
                &headers,
                "webhook-timestamp",
                &case.now.timestamp().to_string(),
            );
        }
        let secrets = source["signing_secrets"].as_array().into_iter().flatten();
        let newest = secrets.last().and_then(|it| it["env"].as_str());
        let secret = newest
            .and_then(|it| env.get(it))
            .context("no secret")?
            .clone();
        let id = source_id("workspace-acme-prod", "checkout-api", "production", "inbox")?;
        let trial = Bench::new(&(path.registry)(), id, case.now)
            .source(source)
            .env(Env::from_iter(env))
            .subject(case.subject.as_ref().map(Subject::from))
            .deadline(Duration::from_secs(10))
            .start()
            .map_err(|problems| anyhow!("{}: {problems:?}", path.case))?;
        asked_before(&case, &trial).await?;
        Ok(Self {
            trial,
            scheme: path.scheme,
            headers,
            body: delivery.body_text.clone().context("no text")?,
            secret,
            now: delivery.received_at.unwrap_or(case.now),
            _provider: provider,
        })
    }

    /// Headers that say that it was sent then, where the scheme says anything of that.
    pub fn sent(&self, after: TimeDelta) -> Headers {
        match self.scheme.time_header() {
            Some(name) if value(&self.headers, name).is_some() => {
                let time = (self.now + after).timestamp().to_string();
                with(&self.headers, name, &time)
            }
            Some(_) | None => self.headers.clone(),
        }
    }

    /// Whether what is sent is signed together with its moment.
    pub fn tells_time(&self) -> bool {
        let name = self.scheme.time_header();
        name.is_some_and(|name| value(&self.headers, name).is_some())
    }

    /// The headers with a signature over them and the body.
    pub fn signed(&self, headers: &[(String, String)], body: &str) -> Result<Headers> {
        self.signed_with(&self.secret, headers, body)
    }

    /// The same with another secret.
    pub fn signed_with(
        &self,
        secret: &str,
        headers: &[(String, String)],
        body: &str,
    ) -> Result<Headers> {
        let signature = self.scheme.sign(secret, headers, body)?;
        Ok(with(headers, self.scheme.header(), &signature))
    }

    /// A secret that is as good as the source's, and another.
    pub fn another_secret(&self) -> &'static str {
        match self.scheme {
            Scheme::Standard => "whsec_YS1zZWNvbmQta2V5LW9mLXRoZS1jYXNlcy0wMDAwMDE=",
            Scheme::Hub
            | Scheme::Versioned
            | Scheme::Bare
            | Scheme::Own
            | Scheme::Slack
            | Scheme::Token => "another-secret-of-the-tests-0001",
        }
    }

    /// Gives the source a delivery.
    pub async fn deliver(
        &self,
        headers: &[(String, String)],
        body: &str,
        after: TimeDelta,
    ) -> Result<Fate> {
        let mut sent = HeaderMap::new();
        for (name, value) in headers {
            sent.append(
                HeaderName::from_bytes(name.as_bytes())?,
                HeaderValue::from_str(value)?,
            );
        }
        self.trial.clock.set(self.now + after);
        let delivery = Delivery {
            headers: sent,
            body: body.to_owned().into(),
            received_at: self.now + after,
        };
        Ok(match self.trial.deliver(&delivery).await {
            Delivered::Accepted(..) => Fate::Accepted,
            Delivered::Duplicate(..) => Fate::Duplicate,
            Delivered::Rejected(_) => Fate::Rejected,
        })
    }

    /// Name, item, status and value of every fact.
    pub async fn facts(&self) -> Result<Vec<Value>> {
        self.trial.clock.set(self.now + TimeDelta::seconds(10));
        let outcome = self.trial.collect().await?;
        let json: Value = serde_json::to_value(&outcome)?;
        match outcome {
            Outcome::Failure(_) => Err(anyhow!("{json}")),
            Outcome::Evidence(_) => Ok(json["facts"].as_array().cloned().unwrap_or_default()),
        }
    }
}
