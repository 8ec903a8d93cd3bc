use chrono::TimeDelta;

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

#[test]
fn a_collector_is_away_since_it_was_first_missed_whatever_the_reason_then() {
    let seen = Presences::default();
    let presence = |state, since| Presence {
        state,
        since: Some(at(since)),
    };
    for (state, now, since) in [
        (Standing::Answers, 1, 1),
        (Standing::Answers, 2, 1),
        (Standing::Unreachable, 3, 3),
        (Standing::TimedOut, 4, 3),
        (Standing::Failing, 5, 3),
        (Standing::Answers, 6, 6),
    ] {
        assert_eq!(seen.saw("logs", state, at(now)), presence(state, since));
    }
    assert_eq!(
        seen.saw("metrics", Standing::Unreachable, at(9)),
        presence(Standing::Unreachable, 9),
        "each collector is looked at by itself"
    );
}

#[test]
fn an_impatient_caller_does_not_make_a_collector_absent() {
    for code in [
        Code::DeadlineExceeded,
        Code::Cancelled,
        Code::InvalidArgument,
        Code::PermissionDenied,
        Code::Internal,
    ] {
        assert_eq!(Standing::heard_in(code), None, "{code:?}");
    }
    let gone = Standing::heard_in(Code::Unavailable);
    assert_eq!(gone, Some(Standing::Unreachable));
    assert_eq!(Standing::heard_in(Code::Ok), Some(Standing::Answers));
}
