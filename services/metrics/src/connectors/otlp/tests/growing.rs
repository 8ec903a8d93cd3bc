use bigdecimal::BigDecimal;
use passport_evidence::Reason;
use proptest::prelude::*;

use crate::connectors::otlp::{
    amounts::{Amounts, Growth, Point},
    record::Kind,
    series::{Series, Window},
};

const WINDOW: Window = Window {
    start: 1_000,
    end: 2_000,
    settled: 500,
};

fn point(start: u64, time: u64, number: i64) -> Point {
    Point {
        start,
        time,
        amounts: Some(Amounts::number(number.into())),
        unusable: false,
        exponential: None,
        quantiles: Vec::new(),
    }
}

fn gap(time: u64) -> Point {
    Point {
        start: 0,
        time,
        amounts: None,
        unusable: false,
        exponential: None,
        quantiles: Vec::new(),
    }
}

fn cumulative(points: &[Point]) -> Result<Growth, Reason> {
    Series::new(points.to_vec()).growth(Kind::CumulativeSum, WINDOW)
}

fn by(number: i64, time: u64) -> Result<Growth, Reason> {
    Ok(Growth::By(Amounts::number(number.into()), time))
}

#[test]
fn growth_is_counted_from_the_last_point_before_the_window() {
    let points = [point(1, 800, 5), point(1, 1_000, 10), point(1, 1_900, 17)];
    assert_eq!(cumulative(&points), by(7, 1_900));
}

#[test]
fn a_point_after_the_window_does_not_count() {
    let points = [point(1, 900, 10), point(1, 1_900, 17), point(1, 2_001, 99)];
    assert_eq!(cumulative(&points), by(7, 1_900));
}

#[test]
fn one_point_tells_no_growth() {
    assert_eq!(cumulative(&[point(1, 1_500, 10)]), Ok(Growth::Untold));
    assert_eq!(cumulative(&[point(1_400, 1_500, 10)]), Ok(Growth::Untold));
}

#[test]
fn a_series_without_a_point_in_the_window_is_absent() {
    assert_eq!(
        cumulative(&[point(1, 800, 5), point(1, 900, 6)]),
        Ok(Growth::Absent)
    );
    assert_eq!(cumulative(&[]), Ok(Growth::Absent));
}

#[test]
fn a_later_start_is_a_reset_and_what_was_counted_before_it_stays_counted() {
    let points = [
        point(1, 900, 10),
        point(1, 1_200, 15),
        point(1_300, 1_500, 4),
    ];
    assert_eq!(cumulative(&points), by(9, 1_500));
}

#[test]
fn a_fall_without_start_times_is_a_reset() {
    let points = [point(0, 900, 10), point(0, 1_500, 4)];
    assert_eq!(cumulative(&points), by(4, 1_500));
}

#[test]
fn a_fall_under_one_start_can_not_be() {
    let points = [point(1, 900, 10), point(1, 1_500, 4)];
    assert_eq!(cumulative(&points), Err(Reason::OutOfDomain));
}

#[test]
fn a_start_that_goes_back_shows_two_senders_that_nothing_tells_apart() {
    let points = [
        point(200, 900, 10),
        point(100, 1_500, 40),
        point(200, 1_600, 11),
    ];
    assert_eq!(cumulative(&points), Err(Reason::Ambiguous));
}

#[test]
fn a_start_that_is_missing_from_some_points_is_no_reset() {
    let points = [point(200, 900, 10), point(0, 1_500, 40)];
    assert_eq!(cumulative(&points), Err(Reason::UnexpectedShape));
}

#[test]
fn a_gap_is_neither_a_sample_nor_a_reset() {
    let points = [
        point(1, 900, 10),
        gap(1_200),
        point(1, 1_500, 12),
        gap(1_600),
    ];
    assert_eq!(cumulative(&points), by(2, 1_500));
}

#[test]
fn a_series_that_started_inside_the_window_grew_from_nothing() {
    let points = [point(1_100, 1_200, 5), point(1_100, 1_500, 6)];
    assert_eq!(cumulative(&points), by(6, 1_500));
}

#[test]
fn a_series_that_was_there_when_we_began_to_listen_grew_from_its_first_point() {
    let early = Window {
        settled: 1_200,
        ..WINDOW
    };
    let series = Series::new(vec![point(1, 1_200, 5), point(1, 1_500, 6)]);
    assert_eq!(series.growth(Kind::CumulativeSum, early), by(1, 1_500));
}

/// An error counter is first exported with its first errors. Counted from that point, they would
/// never be seen.
#[test]
fn an_old_series_that_turns_up_late_does_not_tell_its_growth() {
    let points = [point(1, 1_200, 5), point(1, 1_500, 5)];
    assert_eq!(cumulative(&points), Ok(Growth::Untold));
}

#[test]
fn delta_points_count_where_they_end() {
    let points = vec![
        point(900, 1_000, 1),
        point(1_000, 1_100, 2),
        point(1_900, 2_000, 4),
    ];
    let growth = Series::new(points).growth(Kind::DeltaSum, WINDOW);
    assert_eq!(growth, by(6, 2_000));
}

#[test]
fn the_newest_point_of_a_gauge_counts_and_a_gap_ends_it() {
    let newest = |points: &[Point]| {
        let series = Series::new(points.to_vec());
        let newest = series.newest(2_000)?;
        Ok(newest.map(|(amounts, time)| (amounts.total(), time)))
    };
    let points = [point(0, 100, 1), point(0, 200, 2), point(0, 2_100, 3)];
    assert_eq!(newest(&points), Ok(Some((BigDecimal::from(2), 200))));
    assert_eq!(newest(&[point(0, 100, 1), gap(200)]), Ok(None));
    let older = [point(0, 100, 1), point(0, 100, 5), point(0, 200, 2)];
    assert_eq!(newest(&older), Ok(Some((BigDecimal::from(2), 200))));
    let twice = [point(0, 200, 1), point(0, 200, 2)];
    assert_eq!(newest(&twice), Err(Reason::Ambiguous));
    assert_eq!(
        newest(&[gap(200), point(0, 200, 2)]),
        Err(Reason::Ambiguous)
    );
}

#[test]
fn points_of_one_moment_that_differ_are_ambiguous_where_they_are_looked_at() {
    let deltas = |points: &[Point]| Series::new(points.to_vec()).growth(Kind::DeltaSum, WINDOW);
    let twice = |time: u64| [point(900, time, 5), point(900, time, 7)];
    let around = [
        point(900, 990, 1),
        point(1_000, 1_500, 2),
        point(900, 2_001, 9),
    ];
    let with = |time: u64| [twice(time).as_slice(), &around].concat();
    for (time, ambiguous) in [(1_000, false), (1_001, true), (2_000, true), (2_001, false)] {
        let found = deltas(&with(time));
        assert_eq!(
            found == Err(Reason::Ambiguous),
            ambiguous,
            "{time} {found:?}"
        );
    }
    // Of a cumulative counter the last point before the window is what it grew from.
    let counts = |time| cumulative(&[twice(time).as_slice(), &[point(900, 1_500, 9)]].concat());
    for time in [980, 1_200] {
        assert_eq!(counts(time), Err(Reason::Ambiguous), "{time}");
    }
    let older = [
        twice(970).as_slice(),
        &[point(900, 980, 7), point(900, 1_500, 9)],
    ]
    .concat();
    assert_eq!(cumulative(&older), by(2, 1_500));
}

#[test]
fn points_of_one_moment_with_two_starts_come_from_two_senders() {
    let starts = [point(900, 1_500, 5), point(1_400, 1_500, 3)];
    let growth = Series::new(starts.to_vec()).growth(Kind::DeltaSum, WINDOW);
    assert_eq!(growth, Err(Reason::Ambiguous));
    assert_eq!(cumulative(&starts), Err(Reason::Ambiguous));
}

#[test]
fn the_same_point_again_is_no_other_one() {
    let once = [point(900, 950, 1), point(900, 1_500, 4)];
    let again = [once.clone(), once.clone()].concat();
    assert_eq!(cumulative(&again), cumulative(&once));
    let between = [
        point(900, 1_500, 4),
        point(900, 1_500, 5),
        point(900, 1_500, 4),
    ];
    assert_eq!(cumulative(&between), Err(Reason::Ambiguous));
}

#[test]
fn buckets_that_change_their_bounds_can_not_be_added() {
    let point = |time, bound, counts: [i64; 2]| Point {
        start: 1,
        time,
        unusable: false,
        exponential: None,
        quantiles: Vec::new(),
        amounts: Some(Amounts {
            bounds: vec![bound],
            counts: counts.map(BigDecimal::from).to_vec(),
        }),
    };
    let changed = vec![point(900, 1.0, [1, 1]), point(1_500, 2.0, [2, 2])];
    for kind in [Kind::CumulativeHistogram, Kind::DeltaHistogram] {
        let mut changed = changed.clone();
        changed[0].time = 1_100;
        let growth = Series::new(changed.clone()).growth(
            kind,
            Window {
                settled: 2_000,
                ..WINDOW
            },
        );
        assert_eq!(growth, Err(Reason::UnexpectedShape), "{kind:?}");
    }
}

/// Exports of one counter in time order: increments, some of them after a restart.
fn exports() -> impl Strategy<Value = Vec<(i64, bool)>> {
    prop::collection::vec((0_i64..1_000, prop::bool::weighted(0.1)), 2..30)
}

/// Points from 1000 (before the window) on, 10 apart.
fn as_points(exports: &[(i64, bool)]) -> Vec<Point> {
    let (mut start, mut value, mut time) = (1, 0, 1_000);
    let mut points = Vec::new();
    for (more, restarted) in exports {
        if *restarted && time > 1_000 {
            (start, value) = (time - 5, 0);
        }
        value += more;
        points.push(point(start, time, value));
        time += 10;
    }
    points
}

proptest! {
    #[test]
    fn splitting_an_export_into_more_points_never_changes_the_increase(
        increments in prop::collection::vec(0_i64..1_000, 2..30),
        kept in prop::collection::vec(any::<bool>(), 30),
    ) {
        let exports: Vec<_> = increments.into_iter().map(|more| (more, false)).collect();
        let all = as_points(&exports);
        let last = all.len() - 1;
        let some: Vec<_> = all.iter().cloned().zip(kept).enumerate()
            .filter(|(index, (_, kept))| *kept || *index == 0 || *index == last)
            .map(|(_, (point, _))| point)
            .collect();
        prop_assert_eq!(cumulative(&some), cumulative(&all));
    }

    #[test]
    fn points_sent_again_and_in_another_order_change_nothing(
        exports in exports(),
        order in any::<prop::sample::Index>(),
    ) {
        let points = as_points(&exports);
        let mut again = points.clone();
        again.rotate_left(order.index(points.len()));
        again.extend(points.iter().cloned());
        prop_assert_eq!(cumulative(&again), cumulative(&points));
        let delta = |points: Vec<Point>| Series::new(points).growth(Kind::DeltaSum, WINDOW);
        prop_assert_eq!(delta(again), delta(points));
    }

    #[test]
    fn no_counter_ever_shrinks(exports in exports()) {
        if let Ok(Growth::By(amounts, _)) = cumulative(&as_points(&exports)) {
            prop_assert!(amounts.total() >= 0);
        }
    }
}
