use passport_evidence::Value;
use proptest::prelude::*;

use super::*;
use crate::query::Tolerance;

fn tolerance(share: &str, amount: &str) -> Tolerance {
    Tolerance {
        share: share.parse().unwrap(),
        amount: amount.parse().unwrap(),
    }
}

fn beside(asked: &Asked, value: i64, before: Result<i64, Reason>) -> Fact {
    let max_age = MaxAge::from_secs(300).unwrap();
    asked.judge_beside(
        before.map(BigDecimal::from),
        &tolerance("0.1", "0"),
        &reading(&[number(value)]),
        max_age,
        at(NOW),
    )
}

fn told(fact: &Fact) -> String {
    let reason = fact.reason().map_or(String::new(), |it| format!(" {it}"));
    let wanted = fact.threshold().unwrap();
    let value = fact.value_text().unwrap_or_default();
    format!("{}{reason} {value} {wanted}", fact.status())
}

#[test]
fn the_stricter_of_what_is_wanted_and_what_was_decides() {
    let less = asked("< 500");
    assert_eq!(told(&beside(&less, 105, Ok(100))), "passed 105 <= 110");
    assert_eq!(
        told(&beside(&less, 111, Ok(100))),
        "failed THRESHOLD_MISSED 111 <= 110"
    );
    assert_eq!(told(&beside(&less, 480, Ok(490))), "passed 480 < 500");
    assert_eq!(
        told(&beside(&less, 510, Ok(490))),
        "failed THRESHOLD_MISSED 510 < 500"
    );
    let more = asked(">= 10");
    assert_eq!(
        told(&beside(&more, 85, Ok(100))),
        "failed THRESHOLD_MISSED 85 >= 90"
    );
    assert_eq!(told(&beside(&more, 95, Ok(100))), "passed 95 >= 90");
    assert_eq!(told(&beside(&more, 10, Ok(5))), "passed 10 >= 10");
}

#[test]
fn both_numbers_stand_in_the_fact() {
    let fact = beside(&asked("< 500"), 105, Ok(100));
    let before = fact.baseline().map(|it| it.display(None));
    assert_eq!(before.as_deref(), Some("100"));
    assert_eq!(fact.value_text().as_deref(), Some("105"));
    let none = beside(&asked("< 500"), 105, Err(Reason::NoData));
    assert_eq!(none.baseline(), None);
}

#[test]
fn without_a_before_nothing_passes_and_what_fails_by_itself_fails() {
    let less = asked("< 500");
    let missing = beside(&less, 105, Err(Reason::Stale));
    assert_eq!(told(&missing), "unknown BASELINE_MISSING 105 < 500");
    let failed = beside(&less, 505, Err(Reason::Stale));
    assert_eq!(told(&failed), "failed THRESHOLD_MISSED 505 < 500");
    let undirected = beside(&asked("!= 3"), 5, Ok(5));
    assert_eq!(undirected.reason(), Some(Reason::BaselineMissing));
}

#[test]
fn of_nothing_only_the_amount_is_tolerated() {
    let less = asked("< 500");
    let age = MaxAge::from_secs(300).unwrap();
    let judge = |value, tolerance: &Tolerance| {
        let reading = reading(&[number(value)]);
        let zero = Ok(BigDecimal::from(0));
        told(&less.judge_beside(zero, tolerance, &reading, age, at(NOW)))
    };
    assert_eq!(
        judge(1, &tolerance("0.5", "0")),
        "failed THRESHOLD_MISSED 1 <= 0"
    );
    assert_eq!(judge(1, &tolerance("0.5", "2")), "passed 1 <= 2");
}

#[test]
fn a_before_is_one_number_of_a_whole_and_fresh_answer() {
    let less = asked("< 10");
    let told = |change: &dyn Fn(&mut Reading)| {
        let mut reading = reading(&[number(20)]);
        change(&mut reading);
        less.number(&reading, MaxAge::from_secs(300).unwrap(), at(NOW))
    };
    assert_eq!(told(&|_| {}), Ok(BigDecimal::from(20)));
    assert_eq!(
        told(&|it| it.partial = Some(Reason::PartialResponse)),
        Err(Reason::PartialResponse)
    );
    assert_eq!(told(&|it| it.time = None), Err(Reason::NoTime));
    assert_eq!(told(&|it| it.time = Some(at(-301))), Err(Reason::Stale));
    assert_eq!(
        told(&|it| it.volume = Volume::TooLittle),
        Err(Reason::InsufficientSample)
    );
    assert_eq!(
        told(&|it| it.samples = vec![Sample::AtLeast(20.into())]),
        Err(Reason::LowerBound)
    );
    assert_eq!(
        told(&|it| it.samples = vec![number(1), number(2)]),
        Err(Reason::Ambiguous)
    );
    assert_eq!(told(&|it| it.samples.clear()), Err(Reason::NoData));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The comparison is that of the numbers, whatever they are, and the gateway, which reads value and
    /// threshold as they are shown, comes to the same.
    #[test]
    fn it_is_the_comparison_of_the_numbers(
        now in 0..1_000_i64, before in 0..1_000_i64, share in 0..200_u32, amount in 0..50_u32,
        limit in 0..1_000_i64, less in any::<bool>(),
    ) {
        let sign = if less { "<" } else { ">" };
        let asked = asked(&format!("{sign} {limit}"));
        let tolerance = tolerance(&format!("{}", f64::from(share) / 100.0), &amount.to_string());
        let age = MaxAge::from_secs(300).unwrap();
        let fact = asked.judge_beside(Ok(before.into()), &tolerance, &reading(&[number(now)]), age, at(NOW));
        let slack = before * i64::from(share) + i64::from(amount) * 100;
        let (wanted, not_worse) = match less {
            true => (now < limit, now * 100 <= before * 100 + slack),
            false => (now > limit, now * 100 >= before * 100 - slack),
        };
        prop_assert_eq!(fact.status() == Status::Passed, wanted && not_worse, "{}", told(&fact));
        let shown = Value::parse(&fact.value_text().unwrap());
        let shown_wanted: Threshold = fact.threshold().unwrap().to_string().parse().unwrap();
        prop_assert_eq!(shown_wanted.judge(&shown) == passport_evidence::Verdict::Met, fact.status() == Status::Passed);
    }
}
