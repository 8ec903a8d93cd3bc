//! What an answer has to be.

use passport_connector_sdk::{Builder, Request};
use passport_evidence::{Limits, Threshold, Unit};

use crate::connectors::runtime_target::{expectation::Expectation, settings::Settings};

const LASTS: &str = ">= 7d";
/// What an answer has to be.
#[derive(Debug)]
pub struct Wanted {
    /// The request; `None`: a connection is enough.
    pub request: Option<Request>,
    /// Statuses that are good.
    pub statuses: Vec<u16>,
    /// What the JSON body has to say.
    pub json: Vec<Expectation>,
    /// What the body has to contain.
    pub contains: Option<String>,
    /// Where the JSON body names the version.
    pub version_pointer: Option<String>,
    /// How many days the certificate has to last.
    pub lasts: Limits,
    /// The origin, for where a redirect leads.
    pub origin: String,
    /// Whether it speaks TLS.
    pub is_https: bool,
    /// Whether headers are sent that anybody on the way can read.
    pub shows_headers: bool,
}

/// How long the certificate has to last, or a problem.
pub fn lasts(settings: &Settings, builder: &mut Builder<'_>) -> Option<Limits> {
    let text = settings
        .thresholds
        .tls_certificate
        .as_deref()
        .unwrap_or(LASTS);
    let parsed = text
        .parse::<Threshold>()
        .and_then(|it| it.in_unit(Unit::Days));
    let reason = match parsed {
        Ok(threshold) if threshold.wants_less() == Some(false) => return Some(threshold.into()),
        Ok(_) => "is no limit from below".to_owned(),
        Err(error) => error.to_string(),
    };
    builder.problem(
        "thresholds.tls_certificate",
        reason,
        "write one such as `>= 14d`",
    );
    None
}

// === impl Wanted ===

#[cfg(test)]
impl Wanted {
    /// Of an answer's status and body, over plain http.
    pub fn of_body(
        statuses: Vec<u16>,
        json: Vec<crate::connectors::runtime_target::expectation::ExpectedJson>,
        version_pointer: Option<String>,
    ) -> Self {
        let json = json
            .iter()
            .filter_map(crate::connectors::runtime_target::expectation::ExpectedJson::parsed);
        Self {
            request: None,
            statuses,
            json: json.collect(),
            contains: None,
            version_pointer,
            lasts: Limits::default(),
            origin: "http://127.0.0.1".to_owned(),
            is_https: false,
            shows_headers: false,
        }
    }
}
