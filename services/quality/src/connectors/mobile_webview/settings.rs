//! What stands under a source, and what is wrong with it.

use passport_connector_sdk::{
    Builder, secrets::SecretRef, settings::ThresholdText, signature::SigningSecrets,
};
use passport_evidence::{Threshold, Unit};
use schemars::JsonSchema;
use serde::Deserialize;

/// Settings of a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whose bundles are taken.
    pub scope: ScopeSettings,
    /// Hosts that may be named to the sender, 1 to 50, in lower case. All others are counted as
    /// `other`.
    pub allowed_hosts: Vec<String>,
    /// Secrets that bundles are signed with (Standard Webhooks), 1 to 5. Without them the ingest
    /// token alone lets a bundle in.
    pub signing_secrets: Option<Vec<SecretRef>>,
    /// Fingerprints of console errors that are known and not counted.
    #[serde(default)]
    pub console_baseline: Vec<String>,
    /// What is wanted of the figures.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// Whose bundles are taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The `producer` of the manifest, to the letter.
    pub producer: String,
    /// What the suite ran on.
    pub platform: Platform,
}

/// What a suite ran on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// A WebView of Android.
    Android,
    /// A WebView of iOS.
    Ios,
    /// A browser.
    Web,
}

/// What is wanted of the figures.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Thresholds {
    /// Of the largest share of pixels that differ. Default: `<= 0.5%`.
    pub screenshot_diff_ratio: Option<ThresholdText>,
    /// Of new console errors. Default: `<= 0`.
    pub console_error_count: Option<ThresholdText>,
    /// Of requests that failed. Default: `<= 0`.
    pub network_failure_count: Option<ThresholdText>,
    /// Of answers 400 to 499. Default: only shown.
    pub http_4xx_count: Option<ThresholdText>,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Of the largest share of pixels that differ.
    pub screenshots: Threshold,
    /// Of new console errors.
    pub console: Threshold,
    /// Of requests that failed.
    pub network: Threshold,
    /// Of answers 400 to 499; `None`: they are only shown.
    pub http_4xx: Option<Threshold>,
}

/// Default threshold of screenshots.
pub const SCREENSHOTS: &str = "<= 0.5%";
/// Default threshold of errors and failures.
pub const NONE_AT_ALL: &str = "<= 0";

const MAX_PRODUCER: usize = 128;
const MAX_HOSTS: usize = 50;
/// Longest name of a host (RFC 1035, section 2.3.4).
const MAX_HOST: usize = 253;
const MAX_KNOWN: usize = 1000;

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn check(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        if !is_one_producer(&self.scope.producer) {
            let fix = "write the `producer` of the manifest, such as playwright-webview-suite";
            builder.problem("scope.producer", "is not the name of one producer", fix);
        }
        let hosts = &self.allowed_hosts;
        if !(1..=MAX_HOSTS).contains(&hosts.len()) || !hosts.iter().all(|it| is_one_host(it)) {
            let fix = "name each host, such as api.example.com, in lower case and without a port";
            builder.problem("allowed_hosts", "is not a list of 1 to 50 hosts", fix);
        }
        if self.console_baseline.len() > MAX_KNOWN {
            let fix = "mend some of the errors, or stop logging them as errors";
            builder.problem("console_baseline", "names over 1000 errors", fix);
        }
        self.thresholds.check(builder)
    }

    /// What bundles are signed with. `None` after a problem.
    pub fn signing(&self, builder: &mut Builder<'_>) -> Option<Option<SigningSecrets>> {
        match &self.signing_secrets {
            Some(secrets) => {
                builder.keeps_apart("signing_secrets");
                SigningSecrets::build(secrets, builder).map(Some)
            }
            None => Some(None),
        }
    }
}

fn is_one_producer(name: &str) -> bool {
    let odd = |it: char| it.is_control() || it == '*';
    (1..=MAX_PRODUCER).contains(&name.len()) && name.trim() == name && !name.contains(odd)
}

fn is_one_host(host: &str) -> bool {
    let is_plain = |it: u8| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-';
    let is_label = |it: &str| !it.is_empty() && it.bytes().all(is_plain);
    host.len() <= MAX_HOST && host.split('.').all(is_label)
}

// === impl Thresholds ===

impl Thresholds {
    fn check(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let mut read = |fact, text: &Option<ThresholdText>, default, unit| {
            let text = text.as_deref().or(default);
            let read = text.map(|text| threshold(fact, text, unit, builder));
            // `Some(None)`: a problem.
            read.map_or(Some(None), |it| it.map(Some))
        };
        let (share, count) = (Unit::Percent, Unit::Count);
        let some = Some(NONE_AT_ALL);
        let screenshots = read(
            "screenshot_diff_ratio",
            &self.screenshot_diff_ratio,
            Some(SCREENSHOTS),
            share,
        );
        let console = read(
            "console_error_count",
            &self.console_error_count,
            some,
            count,
        );
        let network = read(
            "network_failure_count",
            &self.network_failure_count,
            some,
            count,
        );
        let http_4xx = read("http_4xx_count", &self.http_4xx_count, None, count);
        Some(Wanted {
            screenshots: screenshots??,
            console: console??,
            network: network??,
            http_4xx: http_4xx?,
        })
    }
}

fn threshold(fact: &str, text: &str, unit: Unit, builder: &mut Builder<'_>) -> Option<Threshold> {
    let threshold = text.parse::<Threshold>();
    let refuse = |error: passport_evidence::threshold::ThresholdError| {
        let fix = "write one such as `<= 0`, or `<= 0.5%` of screenshots";
        builder.problem(format!("thresholds.{fact}"), error.to_string(), fix);
    };
    threshold
        .and_then(|it| it.in_unit(unit))
        .map_err(refuse)
        .ok()
}
