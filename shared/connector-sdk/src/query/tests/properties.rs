//! Whatever makes an answer worse never makes it pass.

use proptest::prelude::*;

use super::*;

fn sample() -> impl Strategy<Value = Sample> {
    prop_oneof![
        4 => (-5..50_i64).prop_map(number),
        1 => (0..50_i64).prop_map(|least| Sample::AtLeast(least.into())),
        1 => Just(Sample::NotANumber),
        1 => Just(Sample::Missing),
    ]
}

fn threshold() -> impl Strategy<Value = String> {
    let sign = prop::sample::select(vec!["<", "<=", ">", ">=", "=", "!="]);
    (sign, 0..40_i64).prop_map(|(sign, number)| format!("{sign} {number}"))
}

prop_compose! {
    fn question()(
        threshold in threshold(),
        reduce in prop::sample::select(vec![Reduce::Single, Reduce::Worst, Reduce::Sum]),
        expect_series in prop::option::of(1..5_u32),
        warn_threshold in prop::option::of(threshold()),
    ) -> Asked {
        let mut asked = Asked { reduce, expect_series, ..asked(&threshold) };
        asked.limits.warn_threshold = warn_threshold.map(|warn| warn.parse().unwrap());
        asked
    }
}

prop_compose! {
    fn answer()(
        samples in prop::collection::vec(sample(), 0..5),
        seconds in prop::option::of(-400..100_i64),
        volume in prop::sample::select(vec![
            Volume::NotAsked, Volume::Enough, Volume::TooLittle, Volume::Nothing,
        ]),
        absent_is_zero in any::<bool>(),
        partial in prop::option::of(prop::sample::select(vec![
            Reason::PartialResponse, Reason::Incomplete,
        ])),
    ) -> Reading {
        Reading { samples, time: seconds.map(at), volume, absent_is_zero, partial }
    }
}

fn passes(asked: &Asked, reading: &Reading) -> bool {
    judged(asked, reading).0 == Status::Passed
}

/// Ways to make an answer worse, whatever the question is.
fn worse(reading: &Reading, at_series: usize) -> Vec<Reading> {
    let changed = |change: &dyn Fn(&mut Reading)| {
        let mut worse = reading.clone();
        change(&mut worse);
        worse
    };
    let at = at_series % (reading.samples.len() + 1);
    vec![
        changed(&|it| it.samples.insert(at, Sample::NotANumber)),
        changed(&|it| it.samples.insert(at, Sample::Missing)),
        changed(&|it| it.partial = Some(Reason::PartialResponse)),
        changed(&|it| it.time = None),
        changed(&|it| it.volume = Volume::Nothing),
        changed(&|it| it.volume = Volume::TooLittle),
    ]
}

proptest! {
    #[test]
    fn what_is_worse_never_passes_anew(
        asked in question(), reading in answer(), at_series in 0..5_usize,
    ) {
        for worse in worse(&reading, at_series) {
            prop_assert!(!passes(&asked, &worse) || passes(&asked, &reading), "{worse:?}");
        }
    }

    #[test]
    fn nothing_incomplete_untimed_or_unreadable_passes(
        asked in question(), reading in answer(),
    ) {
        let series = u32::try_from(reading.samples.len()).unwrap();
        let flawed = reading.partial.is_some()
            || reading.time.is_none_or(|time| time < at(-300) || time > at(60))
            || reading.samples.contains(&Sample::NotANumber)
            || reading.samples.contains(&Sample::Missing)
            || matches!(reading.volume, Volume::Nothing | Volume::TooLittle)
            || asked.expect_series.is_some_and(|wanted| series < wanted)
            || (asked.reduce == Reduce::Single && series > 1);
        prop_assert!(!flawed || !passes(&asked, &reading));
    }

    /// Of the worst of several, each is judged as if it were alone.
    #[test]
    fn the_worst_of_several_series_weighs_as_much_as_the_heaviest_alone(
        mut asked in question(), mut reading in answer(),
    ) {
        prop_assume!(!reading.samples.is_empty());
        (asked.reduce, asked.expect_series) = (Reduce::Worst, None);
        (reading.partial, reading.time) = (None, Some(at(-60)));
        reading.volume = Volume::NotAsked;
        let alone = reading.samples.iter().map(|sample| {
            let alone = Reading { samples: vec![sample.clone()], ..reading.clone() };
            judged(&asked, &alone).0.weight()
        });
        prop_assert_eq!(judged(&asked, &reading).0.weight(), alone.max().unwrap());
    }

    /// With a series missing, fewer are there than were expected.
    #[test]
    fn removing_a_series_that_was_expected_never_passes(
        mut asked in question(), mut reading in answer(), at_series in 0..5_usize,
    ) {
        prop_assume!(!reading.samples.is_empty());
        asked.expect_series = Some(u32::try_from(reading.samples.len()).unwrap());
        let at_series = at_series % reading.samples.len();
        reading.samples.remove(at_series);
        prop_assert!(!passes(&asked, &reading));
    }

    #[test]
    fn doubling_a_series_never_passes_anew_where_less_is_wanted(
        mut asked in question(), reading in answer(), at_series in 0..5_usize, limit in 0..40_i64,
    ) {
        prop_assume!(!reading.samples.is_empty());
        asked.limits = Limits::from(format!("< {limit}").parse::<Threshold>().unwrap());
        asked.expect_series = None;
        let mut doubled = reading.clone();
        let at_series = at_series % reading.samples.len();
        doubled.samples.push(reading.samples[at_series].clone());
        prop_assert!(!passes(&asked, &doubled) || passes(&asked, &reading));
    }

    /// A value is only ever shown as it was measured.
    #[test]
    fn a_pass_is_within_its_domain_and_meets_its_threshold(
        asked in question(), reading in answer(),
    ) {
        let fact = asked.judge(&reading, MaxAge::from_secs(300).unwrap(), at(NOW));
        if fact.status() == Status::Passed {
            let value = fact.value().unwrap();
            prop_assert!(asked.in_domain(value));
            let met = fact.threshold().unwrap().judge(value);
            prop_assert_eq!(met, passport_evidence::Verdict::Met);
            let warned = asked.limits.warn_threshold.as_ref().map(|warn| warn.judge(value));
            prop_assert!(warned.is_none_or(|it| it == passport_evidence::Verdict::Met));
        }
    }
}
