mod baselines;
mod properties;
mod sent;

use bigdecimal::BigDecimal;
use passport_evidence::FailureCode;

use super::*;
use crate::{provider::ReadError, stub::at};

const NOW: i64 = 0;

fn asked(threshold: &str) -> Asked {
    Asked {
        name: FactName::fixed("load"),
        item: None,
        unit: Unit::Count,
        domain: (Some(0.into()), Some(1_000.into())),
        limits: Limits {
            threshold: (threshold != "none").then(|| threshold.parse().unwrap()),
            warn_threshold: None,
        },
        reduce: Reduce::Single,
        expect_series: None,
        digest: None,
    }
}

fn number(number: i64) -> Sample {
    Sample::Number(BigDecimal::from(number))
}

fn reading(samples: &[Sample]) -> Reading {
    Reading {
        samples: samples.to_vec(),
        time: Some(at(-60)),
        volume: Volume::NotAsked,
        absent_is_zero: false,
        partial: None,
    }
}

fn judged(asked: &Asked, reading: &Reading) -> (Status, Option<Reason>, Option<String>) {
    let fact = asked.judge(reading, MaxAge::from_secs(300).unwrap(), at(NOW));
    (fact.status(), fact.reason(), fact.value_text())
}

/// Status and reason in one word: `passed` has no reason.
fn verdict(asked: &Asked, reading: &Reading) -> String {
    let (status, reason, _) = judged(asked, reading);
    match reason {
        Some(reason) => format!("{status} {reason}"),
        None => status.to_string(),
    }
}

#[test]
fn a_number_is_compared() {
    let one = |value, threshold| verdict(&asked(threshold), &reading(&[number(value)]));
    assert_eq!(one(5, "< 10"), "passed");
    assert_eq!(one(10, "< 10"), "failed THRESHOLD_MISSED");
    assert_eq!(one(5, "none"), "not_applicable INFORMATIONAL");
    let mut with_warning = asked("< 10");
    with_warning.limits.warn_threshold = Some("< 5".parse().unwrap());
    assert_eq!(
        verdict(&with_warning, &reading(&[number(7)])),
        "warning THRESHOLD_MISSED"
    );
}

/// Each reading has every flaw that comes later in the order, and only the first decides.
#[test]
fn the_first_test_that_hits_decides() {
    let mut asked = asked("< 10");
    asked.expect_series = Some(2);
    let mut flawed = reading(&[]);
    flawed.time = None;
    flawed.volume = Volume::TooLittle;
    flawed.partial = Some(Reason::PartialResponse);
    let expect = |flawed: &mut Reading, change: &dyn Fn(&mut Reading), wanted: &str| {
        assert_eq!(verdict(&asked, flawed), wanted);
        change(flawed);
    };
    let nan = |it: &mut Reading| it.samples = vec![Sample::NotANumber];
    expect(&mut flawed, &nan, "unknown NO_DATA");
    let two = |it: &mut Reading| it.samples = vec![number(1), number(2)];
    expect(&mut flawed, &two, "unknown NOT_A_NUMBER");
    let impossible = |it: &mut Reading| it.samples = vec![number(-1)];
    expect(&mut flawed, &impossible, "unknown AMBIGUOUS");
    let possible = |it: &mut Reading| it.samples = vec![number(1)];
    expect(&mut flawed, &possible, "unknown OUT_OF_DOMAIN");
    let old = |it: &mut Reading| it.time = Some(at(-301));
    expect(&mut flawed, &old, "unknown NO_TIME");
    let ahead = |it: &mut Reading| it.time = Some(at(61));
    expect(&mut flawed, &ahead, "unknown STALE");
    let fresh = |it: &mut Reading| it.time = Some(at(60));
    expect(&mut flawed, &fresh, "unknown FUTURE");
    let nothing = |it: &mut Reading| it.volume = Volume::Nothing;
    expect(&mut flawed, &nothing, "unknown INSUFFICIENT_SAMPLE");
    let enough = |it: &mut Reading| it.volume = Volume::Enough;
    expect(&mut flawed, &enough, "unknown NO_DATA");
    let whole = |it: &mut Reading| it.partial = None;
    expect(&mut flawed, &whole, "unknown PARTIAL_RESPONSE");
    let all = |it: &mut Reading| it.samples = vec![number(1), number(1)];
    expect(&mut flawed, &all, "unknown INCOMPLETE");
    asked.reduce = Reduce::Worst;
    assert_eq!(verdict(&asked, &flawed), "passed");
}

#[test]
fn where_no_number_may_be_shown_there_is_none() {
    let mut little = reading(&[number(5)]);
    little.volume = Volume::TooLittle;
    for flawed in [
        reading(&[]),
        reading(&[Sample::NotANumber]),
        reading(&[number(1), number(2)]),
        little,
    ] {
        assert_eq!(judged(&asked("< 10"), &flawed).2, None);
    }
    let mut stale = reading(&[number(5)]);
    stale.time = Some(at(-400));
    assert_eq!(judged(&asked("< 10"), &stale).2.as_deref(), Some("5"));
}

#[test]
fn a_future_fact_has_no_time() {
    let mut ahead = reading(&[number(5)]);
    ahead.time = Some(at(61));
    let fact = asked("< 10").judge(&ahead, MaxAge::from_secs(300).unwrap(), at(NOW));
    assert_eq!(fact.observed_at(), None);
}

#[test]
fn the_worst_series_counts() {
    let worst = |threshold: &str, samples: &[Sample]| {
        let mut asked = asked(threshold);
        asked.reduce = Reduce::Worst;
        let (status, reason, value) = judged(&asked, &reading(samples));
        let reason = reason.map_or(String::new(), |reason| format!(" {reason}"));
        format!("{status}{reason} {}", value.unwrap_or_default())
    };
    let [one, five, nine] = [number(1), number(5), number(9)];
    let all = [one, nine, five];
    assert_eq!(worst("< 10", &all), "passed 9");
    assert_eq!(worst("< 9", &all), "failed THRESHOLD_MISSED 9");
    assert_eq!(worst(">= 1", &all), "passed 1");
    assert_eq!(worst("> 1", &all), "failed THRESHOLD_MISSED 1");
    assert_eq!(worst("= 1", &all), "failed THRESHOLD_MISSED 9");
    assert_eq!(worst("!= 5", &all), "failed THRESHOLD_MISSED 5");
}

#[test]
fn a_breach_in_one_readable_series_fails_whatever_the_others_are() {
    let mut asked = asked("< 10");
    asked.reduce = Reduce::Worst;
    asked.expect_series = Some(5);
    for other in [Sample::NotANumber, number(-1), number(5_000), number(1)] {
        for samples in [[number(20), other.clone()], [other.clone(), number(20)]] {
            let verdict = verdict(&asked, &reading(&samples));
            assert_eq!(verdict, "failed THRESHOLD_MISSED", "{samples:?}");
        }
    }
    for (other, reason) in [
        (Sample::NotANumber, "unknown NOT_A_NUMBER"),
        (number(-1), "unknown OUT_OF_DOMAIN"),
    ] {
        assert_eq!(verdict(&asked, &reading(&[number(1), other])), reason);
    }
}

#[test]
fn counts_are_summed_and_one_that_is_no_number_spoils_the_sum() {
    let mut asked = asked("< 10");
    asked.reduce = Reduce::Sum;
    let sum = |samples: &[Sample]| verdict(&asked, &reading(samples));
    assert_eq!(sum(&[number(4), number(5)]), "passed");
    assert_eq!(sum(&[number(5), number(5)]), "failed THRESHOLD_MISSED");
    assert_eq!(
        sum(&[number(4), Sample::NotANumber]),
        "unknown NOT_A_NUMBER"
    );
    assert_eq!(sum(&[number(12), number(-5)]), "unknown OUT_OF_DOMAIN");
    let bound = Sample::AtLeast(5.into());
    assert_eq!(sum(&[number(4), bound.clone()]), "unknown LOWER_BOUND");
    assert_eq!(sum(&[number(5), bound]), "failed THRESHOLD_MISSED");
}

#[test]
fn empty_is_zero_only_where_there_was_something_to_count() {
    for (volume, wanted) in [
        (Volume::Enough, "passed"),
        (Volume::TooLittle, "unknown INSUFFICIENT_SAMPLE"),
        (Volume::Nothing, "unknown NO_DATA"),
        (Volume::NotAsked, "unknown NO_DATA"),
    ] {
        let mut empty = reading(&[]);
        empty.absent_is_zero = true;
        empty.volume = volume;
        assert_eq!(verdict(&asked("< 10"), &empty), wanted);
    }
}

#[test]
fn a_partial_answer_proves_only_what_more_can_not_undo() {
    let partial = |unit, threshold: &str, value: i64| {
        let mut asked = asked(threshold);
        asked.unit = unit;
        let mut partial = reading(&[number(value)]);
        partial.partial = Some(Reason::PartialResponse);
        verdict(&asked, &partial)
    };
    let partial_response = "unknown PARTIAL_RESPONSE";
    assert_eq!(partial(Unit::Count, "< 10", 5), partial_response);
    assert_eq!(partial(Unit::Count, "< 10", 20), "failed THRESHOLD_MISSED");
    assert_eq!(partial(Unit::Count, ">= 10", 5), partial_response);
    assert_eq!(partial(Unit::Count, ">= 10", 20), partial_response);
    assert_eq!(partial(Unit::Milliseconds, "< 10ms", 20), partial_response);
}

#[test]
fn a_lower_bound_that_breaches_stands_and_one_that_does_not_decides_nothing() {
    for (bound, wanted) in [
        (5, "unknown LOWER_BOUND >= 5"),
        (10, "failed THRESHOLD_MISSED >= 10"),
    ] {
        let bound = Sample::AtLeast(bound.into());
        let (status, reason, value) = judged(&asked("< 10"), &reading(&[bound]));
        let text = format!("{status} {} {}", reason.unwrap(), value.unwrap());
        assert_eq!(text, wanted);
    }
}

#[test]
fn every_fact_of_a_query_bears_its_item_and_its_threshold() {
    let mut asked = asked("< 10");
    asked.item = Some("queue".to_owned());
    for fact in [
        asked.unknown(Reason::Denied),
        asked.pending(Reason::InsufficientSample),
        asked.judge(&reading(&[]), MaxAge::from_secs(300).unwrap(), at(NOW)),
        asked.judge(
            &reading(&[number(1)]),
            MaxAge::from_secs(300).unwrap(),
            at(NOW),
        ),
    ] {
        assert_eq!(fact.item(), Some("queue"));
        assert_eq!(fact.threshold().unwrap().to_string(), "< 10");
    }
}

#[test]
fn a_lower_bound_that_does_not_decide_is_never_hidden_behind_a_larger_number() {
    let mut worst = asked("< 10");
    worst.reduce = Reduce::Worst;
    let bound = Sample::AtLeast(BigDecimal::from(2));
    for samples in [[bound.clone(), number(5)], [number(5), bound]] {
        assert_eq!(verdict(&worst, &reading(&samples)), "unknown LOWER_BOUND");
    }
}

#[test]
fn a_series_that_only_warns_is_never_hidden_behind_one_that_is_well() {
    let mut worst = asked("< 10");
    worst.reduce = Reduce::Worst;
    worst.limits.warn_threshold = Some(">= 2".parse().unwrap());
    for samples in [[number(1), number(5)], [number(5), number(1)]] {
        let (status, _, value) = judged(&worst, &reading(&samples));
        assert_eq!((status, value.as_deref()), (Status::Warning, Some("1")));
    }
    let bound = Sample::AtLeast(BigDecimal::from(1));
    let with_bound = reading(&[number(1), bound, number(5)]);
    assert_eq!(verdict(&worst, &with_bound), "unknown LOWER_BOUND");
    let with_breach = reading(&[number(1), number(5), number(10)]);
    assert_eq!(verdict(&worst, &with_breach), "failed THRESHOLD_MISSED");
}

#[test]
fn a_series_without_a_number_is_no_data_unless_another_breaches() {
    let worst = Asked {
        reduce: Reduce::Worst,
        ..asked("< 10")
    };
    let of = |asked: &Asked, samples: &[Sample]| verdict(asked, &reading(samples));
    assert_eq!(of(&asked("< 10"), &[Sample::Missing]), "unknown NO_DATA");
    assert_eq!(
        of(&worst, &[Sample::Missing, Sample::Missing]),
        "unknown NO_DATA"
    );
    assert_eq!(of(&worst, &[number(1), Sample::Missing]), "unknown NO_DATA");
    let breach = [number(10), Sample::Missing];
    assert_eq!(of(&worst, &breach), "failed THRESHOLD_MISSED");
    let both = [number(1), Sample::Missing, Sample::NotANumber];
    assert_eq!(of(&worst, &both), "unknown NOT_A_NUMBER");
    let sum = Asked {
        reduce: Reduce::Sum,
        ..asked("< 10")
    };
    assert_eq!(of(&sum, &[number(1), Sample::Missing]), "unknown NO_DATA");
}

#[test]
fn a_flagged_count_that_does_not_decide_is_so_for_the_flag() {
    let flagged = |least: i64, threshold: &str| {
        let reading = Reading {
            partial: Some(Reason::PartialResponse),
            ..reading(&[Sample::AtLeast(least.into())])
        };
        let age = MaxAge::from_secs(300).unwrap();
        let fact = flagged(asked(threshold).judge(&reading, age, at(NOW)));
        (fact.reason(), fact.value_text())
    };
    let partial = Some(Reason::PartialResponse);
    assert_eq!(flagged(7, "< 100"), (partial, Some(">= 7".to_owned())));
    assert_eq!(flagged(0, "< 100"), (partial, None));
    let missed = (Some(Reason::ThresholdMissed), Some(">= 7".to_owned()));
    assert_eq!(flagged(7, "< 5"), missed);
}

#[test]
fn what_is_still_to_come_is_pending() {
    let fact = asked("< 10").pending(Reason::InsufficientSample);
    assert_eq!(fact.status(), Status::Pending);
    assert_eq!(fact.reason(), Some(Reason::InsufficientSample));
}

#[test]
fn a_source_fails_where_its_credential_does_or_nothing_could_be_read() {
    use ReadError::{Denied, Rejected, TimedOut, Unauthenticated};
    let code = |own: &[Option<ReadError>], all: &[ReadError]| {
        let failure = failure(own.iter().copied(), all.iter().copied());
        failure.err().map(|error| error.code)
    };
    assert_eq!(code(&[], &[]), None);
    assert_eq!(code(&[None, Some(Denied)], &[Denied]), None);
    assert_eq!(code(&[Some(Rejected), Some(Denied)], &[Denied]), None);
    let both = [Some(TimedOut), Some(Denied)];
    assert_eq!(
        code(&both, &[Denied, TimedOut]),
        Some(FailureCode::TimedOut)
    );
    let rejected = Some(FailureCode::Unauthenticated);
    assert_eq!(code(&[None], &[Denied, Unauthenticated]), rejected);
    assert_eq!(code(&both, &[Denied, Unauthenticated]), rejected);
}
