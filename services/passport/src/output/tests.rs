use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::evidence::Frame;
use passport_evidence::{
    Evidence, Fact, FactName, FailedRefresh, Failure, FailureCode, Limits, MaxAge, Origin, Outcome,
    Provenance, Quantity, Reason, Scope, Value,
};

use super::*;

const PIPE: Terminal = Terminal {
    person: false,
    colour: false,
    progress: false,
};

fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:30Z".parse().unwrap()
}

fn measured(name: &'static str, value: &str, threshold: &str) -> Fact {
    let limits = Limits {
        threshold: (!threshold.is_empty()).then(|| threshold.parse().unwrap()),
        warn_threshold: None,
    };
    let value = Value::Exact(Quantity::parse(value).unwrap());
    let observed_at = now() - TimeDelta::seconds(30);
    Fact::measured(FactName::fixed(name), value, &limits).observed(Some(observed_at))
}

fn evidence(source: &str, facts: Vec<Fact>, failed_refresh: Option<FailedRefresh>) -> Outcome {
    let frame = Frame {
        connector: "prometheus".to_owned(),
        scope: Scope {
            workspace: "acme".parse().unwrap(),
            service: "checkout-api".parse().unwrap(),
            environment: "production".parse().unwrap(),
        },
        source: source.parse().unwrap(),
        subject: None,
        provenance: Provenance {
            origin: Origin::Pulled,
            collected_at: now(),
            failed_refresh,
        },
    };
    let max_age = MaxAge::from_secs(300).unwrap();
    Outcome::Evidence(Evidence::new(frame, facts, max_age, now()))
}

fn failure(source: &str, message: &str) -> Outcome {
    Outcome::Failure(Failure {
        connector: "prometheus".to_owned(),
        source: source.parse().unwrap(),
        code: FailureCode::Throttled,
        message: message.to_owned(),
        retry_at: Some(now() + TimeDelta::seconds(60)),
    })
}

fn answer() -> Answer {
    let refresh = FailedRefresh {
        code: FailureCode::TimedOut,
        at: now() - TimeDelta::seconds(90),
    };
    let shop = vec![
        measured("error_rate", "0.02%", "< 1%"),
        measured("p95_latency", "742ms", "< 500ms").about("GET /a|b"),
        measured("throughput", "12", ""),
        Fact::unknown(FactName::fixed("saturation"), Reason::NoData),
    ];
    let outcomes = vec![
        failure("z-slow", "ask less often"),
        evidence("shop", shop, None),
        evidence(
            "edge",
            vec![measured("error_rate", "0%", "< 1%")],
            Some(refresh),
        ),
    ];
    Answer::new(outcomes, now())
}

fn assert_golden(name: &str, text: &str) {
    let file = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src/output/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, text).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(golden, text, "{}", file.display());
}

#[test]
fn each_form_reads_as_reviewed() {
    for (format, name) in [
        (Format::Table, "evidence.table.txt"),
        (Format::Json, "evidence.json.txt"),
        (Format::Yaml, "evidence.yaml.txt"),
        (Format::Markdown, "evidence.markdown.txt"),
    ] {
        assert_golden(name, &render(&answer(), format, PIPE).unwrap());
    }
}

#[test]
fn nothing_found_says_so() {
    let none = Answer::new(Vec::new(), now());
    assert_eq!(render(&none, Format::Table, PIPE).unwrap(), "no facts");
    let json = render(&none, Format::Json, PIPE).unwrap();
    assert_eq!(json, r#"{"evidence":[],"failures":[]}"#);
}

#[test]
fn what_a_provider_says_can_not_steer_a_terminal() {
    let hostile = failure("shop", "\u{1b}[31mall is well\u{202e}\r");
    let text = render(&Answer::new(vec![hostile], now()), Format::Table, PIPE).unwrap();
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\r']), "{text:?}");
}

#[test]
fn what_a_provider_says_is_no_markdown() {
    let hostile = failure("shop", "a | b\n<b>`c`</b> [d](javascript:e)");
    let text = render(&Answer::new(vec![hostile], now()), Format::Markdown, PIPE).unwrap();
    let row = text.lines().nth(2).unwrap();
    assert!(
        row.ends_with("a \\| b\u{fffd}\\<b\\>\\`c\\`\\</b\\> \\[d\\](javascript:e) |"),
        "{row}"
    );
}

#[test]
fn a_span_shows_its_two_largest_units() {
    for (seconds, text) in [
        (-5, "0s"),
        (0, "0s"),
        (42, "42s"),
        (60, "1m"),
        (200, "3m 20s"),
        (3_600, "1h"),
        (3_601, "1h"),
        (187_200, "2d 4h"),
    ] {
        assert_eq!(span(TimeDelta::seconds(seconds)), text);
    }
}
