//! How a container is, in one word, after the states of the Docker Engine API reference and one of podman.

use chrono::{DateTime, Utc};
use passport_evidence::Reason;

use crate::connectors::docker_compose::{model::Container, settings::ServiceKind};

/// How a container is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    Created,
    /// Running, and its health check says so.
    Healthy,
    /// Running, and its health check has not decided.
    Starting,
    Unhealthy,
    /// Running, without a health check.
    Unchecked,
    Paused,
    Restarting,
    Removing,
    /// Ended a moment ago: about to be started again by its policy, or not tidied up.
    Due,
    Exited,
    /// Ended well, as one that is to end.
    Completed,
    Dead,
}

// === impl Condition ===

impl Condition {
    /// Of a container.
    ///
    /// # Errors
    /// Why it is not known.
    pub fn of(
        container: &Container,
        kind: ServiceKind,
        now: DateTime<Utc>,
    ) -> Result<Self, Reason> {
        let state = &container.state;
        let status = state.status.as_deref().ok_or(Reason::UnexpectedShape)?;
        match (status, kind) {
            ("created", _) => Ok(Self::Created),
            ("running", _) => Self::of_running(container),
            ("paused", _) => Ok(Self::Paused),
            ("restarting", _) => Ok(Self::Restarting),
            ("removing", _) => Ok(Self::Removing),
            ("dead", _) => Ok(Self::Dead),
            ("exited", ServiceKind::LongRunning) => match container.may_be_restarted(now) {
                true => Ok(Self::Due),
                false => Ok(Self::Exited),
            },
            ("exited", ServiceKind::OneShot) => match state.exit_code {
                Some(0) => Ok(Self::Completed),
                Some(_) => Ok(Self::Exited),
                None => Err(Reason::UnexpectedShape),
            },
            ("stopped", _) => Ok(Self::of_stopped(container, kind, now)),
            _ => Err(Reason::UnrecognizedState),
        }
    }

    /// In podman's words a container that ended and that it has not tidied up yet. While it starts one again
    /// and again it has no other word for it.
    fn of_stopped(container: &Container, kind: ServiceKind, now: DateTime<Utc>) -> Self {
        let was_restarted = container.restart_count.is_none_or(|it| it > 0);
        match (kind, container.state.exit_code) {
            (ServiceKind::OneShot, Some(0) | None) => Self::Due,
            (ServiceKind::OneShot, Some(_)) => Self::Exited,
            (ServiceKind::LongRunning, _) => match container.may_be_restarted(now) {
                true if was_restarted => Self::Restarting,
                true => Self::Due,
                false => Self::Exited,
            },
        }
    }

    fn of_running(container: &Container) -> Result<Self, Reason> {
        let health = container.state.health.as_ref();
        match health.and_then(|it| it.status.as_deref()) {
            None | Some("" | "none") => Ok(Self::Unchecked),
            Some("starting") => Ok(Self::Starting),
            Some("healthy") => Ok(Self::Healthy),
            Some("unhealthy") => Ok(Self::Unhealthy),
            Some(_) => Err(Reason::UnrecognizedState),
        }
    }

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Healthy => "healthy",
            Self::Starting => "starting",
            Self::Unhealthy => "unhealthy",
            Self::Unchecked => "running",
            Self::Paused => "paused",
            Self::Restarting => "restarting",
            Self::Removing => "removing",
            Self::Due => "ended_just_now",
            Self::Exited => "exited",
            Self::Completed => "completed",
            Self::Dead => "dead",
        }
    }
}
