//! A row made ready: its source as it stands in the configuration, its provider running, and what its
//! senders are going to deliver.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use passport_evidence::Clock as _;
use passport_integration_tests::signatures::{Headers, Scheme, with};
use passport_integration_tests::{port, today};
use passport_service_kit::clock::SystemClock;
use passport_testkit::case::{Addresses, Case, Delivery, DeliveryResult};
use passport_testkit::provider::{Provider, Script};
use serde_json::{Value, json};

use crate::rows::Row;
use crate::subject::{self, ADA, BOB};

/// A row made ready.
pub struct Situation {
    pub row: Row,
    /// What stands under the source.
    pub source: Value,
    /// Whom it asks; `None`: it is told.
    pub provider: Option<Provider>,
    /// Whether that one is gone.
    pub is_down: bool,
    pub environment: BTreeMap<String, String>,
    pub deliveries: Vec<Push>,
    /// What was sent about the release before, and what came of it.
    pub sent: Option<Value>,
    /// Facts that have to be passed, each with its item.
    pub wanted: Vec<(String, Option<String>)>,
}

/// A delivery as it is sent.
pub struct Push {
    pub headers: Headers,
    pub body: String,
    /// Who may send it.
    pub by: Sender,
}

/// How a sender shows that it may.
pub enum Sender {
    /// By a signature of the provider.
    Signature,
    /// By a token of the gateway: its text.
    Token(&'static str),
    /// By the token of the source, which OTLP shows as its own.
    Otlp(String),
}

// === impl Situation ===

impl Situation {
    /// The situation of a row. What its certificates are trusted by is written into `secrets`.
    pub async fn of(row: Row, secrets: &Path) -> Result<Self> {
        Self::made(row, secrets).await.with_context(|| row.name())
    }

    async fn made(row: Row, secrets: &Path) -> Result<Self> {
        let case = subject::of_one_release(today::asked_at_any_time(row.case)?)?;
        let file = secrets.join(format!("{}.case.json", row.name()));
        std::fs::write(&file, case.to_string())?;
        let case = Case::load(&file)?;
        let provider = match case.exchanges.is_empty() {
            true => None,
            false => Some(played(&case).await?),
        };
        let addresses = Addresses {
            base: provider.as_ref().map(Provider::base),
            smtp: Some(format!("smtp://127.0.0.1:{}", port::free()?)),
        };
        let own = |name: &str| format!("{}_{name}", row.name().replace('-', "_").to_uppercase());
        let mut source = renamed(addresses.fill_json(&case.source), &own);
        if let Some(authority) = provider.as_ref().and_then(Provider::authority) {
            let file = secrets.join(format!("{}.pem", row.name()));
            std::fs::write(&file, authority)?;
            source["tls"] = json!({ "ca": { "file": file } });
        }
        let environment = case.env.iter();
        // What a case shows to be turned away is no part of a release.
        let is_taken = |it: &&Delivery| it.result != DeliveryResult::Rejected;
        let deliveries = case.deliveries.iter().filter(is_taken);
        let passed = case
            .expected
            .facts
            .iter()
            .filter(|it| it.status == "passed");
        Ok(Self {
            row,
            deliveries: deliveries
                .map(|it| pushes(&case, it))
                .collect::<Result<Vec<_>>>()?
                .into_iter()
                .flatten()
                .collect(),
            environment: environment
                .map(|(name, value)| (own(name), value.clone()))
                .collect(),
            sent: case
                .rules
                .sent
                .as_ref()
                .map(serde_json::to_value)
                .transpose()?,
            wanted: passed
                .map(|it| (it.name.clone(), it.item.clone()))
                .collect(),
            source,
            provider,
            is_down: false,
        })
    }

    /// Whether it tells people of a release, where that is asked for.
    pub fn notifies(&self) -> bool {
        self.source["notify"] == true
    }

    /// What a policy wants of it, whoever it is that states it.
    pub fn requirement(&self) -> Value {
        let mut facts: Vec<_> = self.wanted.iter().map(|(name, _)| name).collect();
        facts.dedup();
        json!({ "source": self.row.name(), "facts": facts, "accept_declared": true })
    }
}

/// A provider that plays a case, and shows a certificate that is good today.
async fn played(case: &Case) -> Result<Provider> {
    let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &case.rules);
    Ok(script.at(SystemClock.now()).start().await?)
}

/// The settings with every variable of the environment under a name that no other row has.
fn renamed(settings: Value, own: &impl Fn(&str) -> String) -> Value {
    match settings {
        Value::Array(items) => items.into_iter().map(|it| renamed(it, own)).collect(),
        Value::Object(keys) => {
            // Beside others it is a key of the provider's.
            let is_reference = keys.len() == 1;
            let each = |(key, value): (String, Value)| match value.as_str() {
                Some(name) if is_reference && key == "env" => (key, own(name).into()),
                _ => (key, renamed(value, own)),
            };
            keys.into_iter().map(each).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => settings,
    }
}

/// A delivery of a case, as it comes to the gateway: signed anew, since what it says has moved; and what two
/// persons state, once of each.
fn pushes(case: &Case, delivery: &Delivery) -> Result<Vec<Push>> {
    const OF_THE_SOURCE: &str = "passport-source-token";
    let body = delivery
        .body_text
        .clone()
        .context("a delivery without a text")?;
    let mut headers: Headers = delivery.headers.clone().into_iter().collect();
    let is_authorization = |name: &str| name.eq_ignore_ascii_case("authorization");
    let shown = headers.iter().find(|(name, _)| is_authorization(name));
    let shown = shown.map(|(_, value)| value.trim_start_matches("Bearer ").to_owned());
    headers.retain(|(name, _)| !is_authorization(name));
    let by = match (Scheme::of(&headers), shown) {
        (Some(scheme), _) => {
            let secret = case.source["signing_secrets"][0]["env"].as_str();
            let secret = secret
                .and_then(|name| case.env.get(name))
                .context("no secret")?;
            if let Some(time) = scheme.time_header() {
                let now = SystemClock.now().timestamp().to_string();
                headers = with(&headers, time, &now);
            }
            let signature = scheme.sign(secret, &headers, &body)?;
            headers = with(&headers, scheme.header(), &signature);
            Sender::Signature
        }
        (None, Some(token)) if case.connector == "otlp" => Sender::Otlp(token),
        (None, Some(token)) => {
            headers = with(&headers, OF_THE_SOURCE, &token);
            Sender::Token(ADA)
        }
        (None, None) => Sender::Token(ADA),
    };
    let confirmed = case.rules.approver.as_ref().map(|_| Push {
        headers: headers.clone(),
        body: body.clone(),
        by: Sender::Token(BOB),
    });
    let first = Push { headers, body, by };
    Ok([first].into_iter().chain(confirmed).collect())
}
