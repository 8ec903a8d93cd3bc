use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::evidence::Frame;
use passport_evidence::{
    Actor, ActorId, Actors, Evidence, Excerpts, Fact, FactName, FailedRefresh, Failure,
    FailureCode, Limits, MaxAge, Origin, Outcome, Provenance, Quantity, Reason, Role, Scope, Value,
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
    evidence_of(Origin::Pulled, source, facts, failed_refresh)
}

fn evidence_of(
    origin: Origin,
    source: &str,
    facts: Vec<Fact>,
    failed_refresh: Option<FailedRefresh>,
) -> Outcome {
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
            origin,
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
fn each_form_says_of_somebodys_word_that_it_is_one() {
    let fact = measured("error_rate", "0%", "< 1%");
    let declared = evidence_of(Origin::Declared, "hand", vec![fact], None);
    let answer = Answer::new(vec![declared, failure("z-slow", "ask less often")], now());
    for format in [Format::Table, Format::Json, Format::Yaml, Format::Markdown] {
        let text = render(&answer, format, PIPE).unwrap();
        assert_eq!(text.matches("declared").count(), 1, "{text}");
        assert!(!text.contains("pulled"), "{text}");
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

/// Evidence of a fact with these lines beside it.
fn quoting(lines: &[&str]) -> Outcome {
    let lines = lines.iter().map(|it| (*it).to_owned()).collect();
    let fact = measured("error_log_count", "12", "< 100").about("eu");
    evidence("logs", vec![fact.quoting(lines)], None)
}

#[test]
fn log_lines_behind_a_fact_are_shown_few_and_short() {
    let long = "é".repeat(500);
    let answer = Answer::new(
        vec![quoting(&["charge failed", &long, "b", "a fourth"])],
        now(),
    );
    for format in [Format::Table, Format::Markdown] {
        let text = render(&answer, format, PIPE).unwrap();
        for shown in ["LOG LINE, REDACTED", "charge failed", "eu"] {
            assert!(text.contains(shown), "{shown}: {text}");
        }
        assert_eq!(text.matches('é').count(), 160);
        assert!(!text.contains("a fourth"), "{text}");
    }
    let none = Answer::new(vec![quoting(&[])], now());
    assert!(
        !render(&none, Format::Table, PIPE)
            .unwrap()
            .contains("LOG LINE")
    );
}

#[test]
fn how_much_was_taken_out_of_log_lines_is_told() {
    let lines = ["charge of [REDACTED:email] failed".to_owned()].into_iter();
    let counts = [("email".to_owned(), 2), ("ip".to_owned(), 1)];
    let fact = measured("error_log_count", "12", "< 100").about("eu");
    let fact = fact.quoting(lines.collect::<Excerpts>().redacted(counts));
    let answer = Answer::new(vec![evidence("logs", vec![fact], None)], now());
    let told = "logs: taken out of the lines of error_log_count eu: email 2, ip 1";
    let text = render(&answer, Format::Table, PIPE).unwrap();
    assert!(text.lines().any(|it| it == told), "{text}");
}

#[test]
fn a_log_line_is_text_on_a_terminal_and_in_markdown() {
    let hostile = [
        "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m all is well",
        "a\nb\r\nSOURCE  FACT  passed \u{202e}desrever\u{200b}\u{feff}",
        "| x | <img src=x> [l](https://evil.example) `c` **b** @ada #1 ~~s~~ $m$ \\| y",
    ];
    let answer = Answer::new(vec![quoting(&hostile)], now());
    let table = render(&answer, Format::Table, PIPE).unwrap();
    let steers = |c: char| c != '\n' && (c.is_control() || "\u{202e}\u{200b}\u{feff}".contains(c));
    assert!(!table.contains(steers), "{table:?}");
    // A head, the fact; a head, its three lines; what it adds up to: each on a line of its own.
    let lines = table.lines().filter(|it| !it.is_empty());
    assert_eq!(lines.count(), 7, "{table}");
    let markdown = render(&answer, Format::Markdown, PIPE).unwrap();
    let rows: Vec<_> = markdown
        .lines()
        .filter(|it| it.starts_with("| logs |"))
        .collect();
    assert_eq!(rows.len(), 4, "{markdown}");
    let row = rows[3];
    for meant in [" <img", "[l]", "`c`", "**", "@ada", "~~", "https://"] {
        assert!(
            !row.replace('\\', "\u{0}").contains(meant),
            "{meant}: {row}"
        );
    }
    let bars = row
        .char_indices()
        .filter(|(at, c)| *c == '|' && !row[..*at].ends_with('\\'));
    assert_eq!(bars.count(), 5, "{row}");
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

/// Roles and the first digits of ids, beside the facts; whole ids are for programs.
#[test]
fn persons_behind_facts_are_shown_briefly() {
    let actor = |role, byte| Actor {
        role,
        id: ActorId::of_keyed_hash([byte; 32]),
    };
    let all = [actor(Role::Requester, 0xcd), actor(Role::Approver, 0xab)];
    let actors = all.into_iter().collect::<Actors>().and_further(2);
    let fact = measured("approver_state", "2", ">= 2").about("PAY-142");
    let facts = vec![fact.involving(actors), measured("error_rate", "1%", "")];
    let answer = Answer::new(vec![evidence("change", facts, None)], now());
    let shown = table::draw(&answer.page(), PIPE);
    let line = "change  approver_state  PAY-142  approver abababab, requester cdcdcdcd, 2 more";
    assert!(shown.contains(line), "{shown}");
    assert!(!shown.contains("actor:"), "{shown}");
    let json = serde_json::to_string(&answer).unwrap();
    let whole = format!(r#"{{"id":"actor:{}","role":"approver"}}"#, "ab".repeat(8));
    assert!(
        json.contains(&whole) && json.contains(r#""furtherActors":2"#),
        "{json}"
    );
}
