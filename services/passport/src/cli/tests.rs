use std::time::Duration;

use clap::{CommandFactory as _, Parser as _};

use super::parse::{Expiry, duration, expiry, max_age};
use super::{Cli, Command};

#[test]
fn the_tree_of_commands_holds_together() {
    Cli::command().debug_assert();
}

#[test]
fn global_options_may_stand_before_or_after_the_command() {
    for typed in [
        ["passport", "-o", "json", "connectors"],
        ["passport", "connectors", "-o", "json"],
    ] {
        let cli = Cli::try_parse_from(typed).unwrap();
        assert_eq!(cli.global.output, crate::output::Format::Json);
        assert!(matches!(cli.command, Command::Connectors(_)));
    }
}

#[test]
fn spans_are_above_zero_and_have_a_unit() {
    assert_eq!(duration("1m 30s"), Ok(Duration::from_secs(90)));
    for wrong in ["", "5", "0s", "-5m", "soon"] {
        assert!(duration(wrong).is_err(), "{wrong}");
    }
    assert!(max_age("1500ms").is_err());
    assert_eq!(max_age("5m").unwrap().as_secs(), 300);
}

#[test]
fn an_end_is_a_span_or_a_moment() {
    assert_eq!(
        expiry("90d"),
        Ok(Expiry::In(Duration::from_secs(90 * 86_400)))
    );
    let at = "2027-01-01T00:00:00Z".parse().unwrap();
    assert_eq!(expiry("2027-01-01T01:00:00+01:00"), Ok(Expiry::At(at)));
    assert!(expiry("2027-01-01").is_err());
}
