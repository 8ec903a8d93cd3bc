use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600 + seconds, 0).unwrap()
}

#[test]
fn an_answer_is_as_old_as_the_oldest_thing_behind_it() {
    let oldest = |probes: &[i64], point: Option<i64>| {
        let probes: Vec<_> = probes.iter().map(|probe| Some(at(*probe))).collect();
        earliest(&probes, point.map(at), at(0))
    };
    assert_eq!(oldest(&[-10], None), Some(at(-10)));
    assert_eq!(oldest(&[-10, -200, -3], None), Some(at(-200)));
    assert_eq!(oldest(&[-10, -20], Some(-60)), Some(at(-60)));
    assert_eq!(oldest(&[-10, -20], Some(0)), Some(at(-20)));
}

#[test]
fn a_probe_ahead_of_the_clock_is_not_hidden_behind_an_older_one() {
    for probes in [[-10, 61], [61, -10]] {
        let probes = probes.map(|probe| Some(at(probe)));
        assert_eq!(earliest(&probes, Some(at(-60)), at(0)), Some(at(61)));
    }
}

#[test]
fn where_one_metric_has_no_sample_there_is_no_time() {
    assert_eq!(earliest(&[Some(at(-10)), None], Some(at(0)), at(0)), None);
    assert_eq!(earliest(&[None], None, at(0)), None);
    assert_eq!(earliest(&[], Some(at(0)), at(0)), None);
}
