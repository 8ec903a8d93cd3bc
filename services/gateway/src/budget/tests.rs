use super::*;

fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn budget(time: Duration) -> Budget {
    Budget::until(Some(Instant::now() + time))
}

#[tokio::test(start_paused = true)]
async fn a_twentieth_is_kept_back() {
    assert_eq!(
        budget(secs(10)).for_collectors(),
        Duration::from_millis(9_500)
    );
}

#[tokio::test(start_paused = true)]
async fn at_least_50_ms_are_kept_back() {
    let given = budget(Duration::from_millis(200)).for_collectors();
    assert_eq!(given, Duration::from_millis(150));
}

#[tokio::test(start_paused = true)]
async fn where_no_time_is_left_none_is_given() {
    assert_eq!(
        budget(Duration::from_millis(40)).for_collectors(),
        Duration::ZERO
    );
}

#[tokio::test(start_paused = true)]
async fn the_gateway_waits_longer_than_a_collector_may_and_shorter_than_the_caller() {
    let by = Instant::now() + secs(4);
    let budget = Budget::until(Some(by));
    assert!(Instant::now() + budget.for_collectors() < budget.cutoff());
    assert!(budget.cutoff() < by);
}

#[tokio::test(start_paused = true)]
async fn without_a_deadline_there_is_the_default() {
    assert_eq!(Budget::until(None), budget(DEFAULT));
}

#[tokio::test(start_paused = true)]
async fn nobody_gets_more_than_the_longest() {
    assert_eq!(budget(secs(86_400)), budget(LONGEST));
}

#[tokio::test(start_paused = true)]
async fn what_was_spent_is_not_given() {
    let budget = budget(secs(10));
    tokio::time::advance(secs(3)).await;
    assert_eq!(budget.for_collectors(), Duration::from_millis(6_500));
}
