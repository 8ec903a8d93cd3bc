use serde_json::json;

use super::*;

fn number(source: &str, value: &str) -> Value {
    let fact = json!({ "name": "error_rate", "status": "passed", "value": value });
    json!({ "source": source, "facts": [fact] })
}

fn scan(status: &str) -> Value {
    let fact = json!({ "name": "artifact_digest", "status": status });
    json!({ "source": "scan", "facts": [fact] })
}

fn answer(evidence: &[Value], failures: &[(&str, &str)]) -> Value {
    let failures = failures.iter();
    let failures = failures.map(|(source, code)| json!({ "source": source, "code": code }));
    json!({ "evidence": evidence, "failures": failures.collect::<Vec<_>>() })
}

/// What a whole answer is counted as, with these services harmed: right, refused and wrong.
fn counted(harmed: &[&str], with_scan: bool, answer: &Value) -> (bool, u64, u64) {
    let situation = Situation::default();
    for service in harmed {
        situation.harmed(service);
    }
    let question = Question {
        begun: Instant::now(),
        with_scan,
        situation: &situation,
        of_first: vec!["0.1%"],
    };
    let mut counts = Counts::default();
    let is_right = question.check(answer, &mut counts);
    (is_right, counts.refused.values().sum(), counts.wrong)
}

#[test]
fn an_answer_with_the_value_of_each_source_is_right() {
    let whole = answer(&[number("first", "0.1%"), number("second", "0.2%")], &[]);
    assert_eq!(counted(&[], false, &whole), (true, 0, 0));
}

#[test]
fn the_value_of_another_source_is_wrong_whoever_is_harmed() {
    let crossed = answer(&[number("first", "0.2%"), number("second", "0.1%")], &[]);
    assert_eq!(counted(&["metrics"], false, &crossed), (false, 0, 2));
}

#[test]
fn a_failure_is_for_a_service_that_is_harmed_and_has_a_code_that_says_so() {
    let failed = |code| {
        let of_first = [("first", code)];
        answer(&[number("second", "0.2%")], &of_first)
    };
    let unreachable = failed("UNREACHABLE");
    assert_eq!(counted(&["metrics"], false, &unreachable), (false, 1, 0));
    assert_eq!(counted(&["quality"], false, &unreachable), (false, 0, 1));
    assert_eq!(counted(&[], false, &unreachable), (false, 0, 1));
    assert_eq!(
        counted(&["metrics"], false, &failed("INTERNAL")),
        (false, 0, 1)
    );
}

#[test]
fn only_what_is_kept_cannot_be_read_while_the_database_is_away() {
    let of = |source| {
        let mut numbers = vec![
            number("first", "0.1%"),
            number("second", "0.2%"),
            scan("passed"),
        ];
        numbers.retain(|it| it["source"] != source);
        answer(&numbers, &[(source, "INTERNAL")])
    };
    assert_eq!(counted(&["database"], true, &of("scan")), (false, 1, 0));
    assert_eq!(counted(&["quality"], true, &of("scan")), (false, 0, 1));
    assert_eq!(counted(&["database"], true, &of("first")), (false, 0, 1));
}

#[test]
fn a_source_without_an_outcome_or_with_two_is_wrong() {
    let one = answer(&[number("first", "0.1%")], &[]);
    assert!(!counted(&["metrics"], false, &one).0);
    assert!(counted(&["metrics"], false, &one).2 > 0);
    let both = [number("first", "0.1%"), number("second", "0.2%")];
    let doubled = answer(&both, &[("second", "UNREACHABLE")]);
    assert!(counted(&["metrics"], false, &doubled).2 > 0);
}

#[test]
fn a_report_that_was_acknowledged_has_to_be_there_once_its_collector_answers() {
    let with = |status| {
        let numbers = [number("first", "0.1%"), number("second", "0.2%")];
        let [first, second] = numbers;
        answer(&[first, second, scan(status)], &[])
    };
    assert_eq!(counted(&[], true, &with("passed")), (true, 0, 0));
    assert_eq!(counted(&["quality"], true, &with("unknown")), (false, 0, 1));
}
