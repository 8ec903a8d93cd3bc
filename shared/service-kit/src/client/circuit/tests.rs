use std::sync::atomic::{AtomicU32, Ordering};

use bytes::Bytes;
use tower::{ServiceExt as _, service_fn};

use super::*;
use crate::deadline::DeadlineLayer;

const SECOND: Duration = Duration::from_secs(1);

fn after(breaker: &mut Breaker, failures: u32, now: Instant) -> CircuitState {
    for _ in 0..failures {
        assert!(breaker.admit(now).is_ok());
        breaker.record(Ending::Failed, now);
    }
    breaker.state()
}

#[tokio::test(start_paused = true)]
async fn five_failures_in_a_row_open_the_circuit() {
    let (mut breaker, now) = (Breaker::default(), Instant::now());
    assert_eq!(after(&mut breaker, 4, now), CircuitState::Closed);
    breaker.record(Ending::Answered, now);
    assert_eq!(after(&mut breaker, 4, now), CircuitState::Closed);
    assert_eq!(after(&mut breaker, 1, now), CircuitState::Open);
    assert_eq!(breaker.admit(now), Err(SECOND));
}

#[tokio::test(start_paused = true)]
async fn one_call_tries_an_open_circuit_and_decides() {
    let (mut breaker, now) = (Breaker::default(), Instant::now());
    after(&mut breaker, 5, now);
    let later = now + SECOND;
    assert_eq!(breaker.admit(later), Ok(()));
    assert_eq!(breaker.state(), CircuitState::Probing);
    assert!(breaker.admit(later).is_err(), "a second one waits");
    breaker.record(Ending::Failed, later);
    assert_eq!(breaker.admit(later), Err(2 * SECOND), "a longer rest");
    assert_eq!(breaker.admit(later + 2 * SECOND), Ok(()));
    breaker.record(Ending::Answered, later + 2 * SECOND);
    assert_eq!(breaker.state(), CircuitState::Closed);
}

#[tokio::test(start_paused = true)]
async fn a_trial_that_told_nothing_leaves_the_next_call_to_try() {
    let (mut breaker, now) = (Breaker::default(), Instant::now());
    after(&mut breaker, 5, now);
    let later = now + SECOND;
    assert_eq!(breaker.admit(later), Ok(()));
    breaker.record(Ending::Unknown, later);
    assert_eq!(breaker.state(), CircuitState::Open);
    assert_eq!(breaker.admit(later), Ok(()));
}

#[tokio::test(start_paused = true)]
async fn rests_do_not_grow_for_ever() {
    let (mut breaker, mut now) = (Breaker::default(), Instant::now());
    after(&mut breaker, 5, now);
    for _ in 0..10 {
        now += 60 * SECOND;
        assert_eq!(breaker.admit(now), Ok(()));
        breaker.record(Ending::Failed, now);
    }
    assert_eq!(breaker.admit(now), Err(15 * SECOND));
}

/// A collector that never answers, under the deadline layer, and its circuit.
fn hanging() -> (impl AsyncFn(Duration), Switch) {
    let switch = Switch::new(ClientMeters::unread("hanging"));
    let hang =
        service_fn(|_: Request<Body>| std::future::pending::<Result<Response<Body>, Status>>());
    let circuit = Circuit::new(hang, switch.clone());
    let calls = move |within: Duration| {
        let ended = tower::ServiceBuilder::new()
            .layer(DeadlineLayer::at_most(within))
            .service(circuit.clone());
        async move {
            let _ = ended.oneshot(Request::new(Body::empty())).await;
        }
    };
    (calls, switch)
}

#[tokio::test(start_paused = true)]
async fn a_collector_that_hangs_past_fair_deadlines_is_not_asked_for_a_while() {
    let (call, switch) = hanging();
    for _ in 0..5 {
        assert_eq!(switch.state(), CircuitState::Closed);
        call(2 * SECOND).await;
    }
    assert_eq!(switch.state(), CircuitState::Open);
}

#[tokio::test(start_paused = true)]
async fn impatient_callers_do_not_take_a_collector_from_others() {
    let (call, switch) = hanging();
    for _ in 0..50 {
        call(SECOND / 10).await;
    }
    assert_eq!(switch.state(), CircuitState::Closed);
}

#[tokio::test]
async fn an_answer_that_refuses_is_an_answer_and_one_that_is_unavailable_is_none() {
    for (code, state) in [
        (Code::Internal, CircuitState::Closed),
        (Code::ResourceExhausted, CircuitState::Closed),
        (Code::Unavailable, CircuitState::Open),
    ] {
        let asked = Arc::new(AtomicU32::new(0));
        let count = Arc::clone(&asked);
        let says = service_fn(move |_: Request<Bytes>| {
            count.fetch_add(1, Ordering::Relaxed);
            let answer = tonic::Status::new(code, "said").into_http();
            async { Ok::<Response<Body>, Status>(answer) }
        });
        let switch = Switch::new(ClientMeters::unread("saying"));
        let circuit = Circuit::new(says, switch.clone());
        for _ in 0..9 {
            let _ = circuit.clone().oneshot(Request::new(Bytes::new())).await;
        }
        assert_eq!(switch.state(), state, "{code:?}");
        let expected = if state == CircuitState::Open { 5 } else { 9 };
        assert_eq!(asked.load(Ordering::Relaxed), expected, "{code:?}");
    }
}
