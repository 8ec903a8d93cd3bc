//! One address of a collector, and the connection to it.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use backon::{BackoffBuilder as _, ExponentialBackoff, ExponentialBuilder};
use tokio::{
    select,
    sync::{Notify, watch},
    time::{Instant, sleep},
};
use tokio_util::task::AbortOnDropHandle;

use super::{
    connect::{Connection, Connector},
    link::Link,
    replicas::Changes,
};

const FIRST_REST: Duration = Duration::from_millis(200);
const LONGEST_REST: Duration = Duration::from_secs(10);

/// A connection that lived this long was a good one: what follows is a new failure.
const GOOD: Duration = Duration::from_secs(5);

/// One address of a collector. Connects, and anew when the connection is lost, until it is dropped.
pub(super) struct Replica {
    state: Arc<State>,
    _task: AbortOnDropHandle<()>,
}

struct State {
    address: SocketAddr,
    phase: watch::Sender<Phase>,
    kicked: Notify,
    changes: Changes,
}

#[derive(Debug, Clone)]
enum Phase {
    /// On the way to a connection.
    Connecting,
    /// There is one, or was until a moment ago.
    Connected(Arc<Link>),
    /// The last attempt failed; the next comes after a rest, or when somebody asks for it.
    Resting,
}

// === impl Replica ===

impl Replica {
    pub fn of(address: SocketAddr, connector: Arc<Connector>, changes: Changes) -> Self {
        let state = Arc::new(State {
            address,
            phase: watch::Sender::new(Phase::Connecting),
            kicked: Notify::new(),
            changes,
        });
        let task = tokio::spawn(live(Arc::clone(&state), connector));
        let _task = AbortOnDropHandle::new(task);
        Self { state, _task }
    }

    pub fn address(&self) -> SocketAddr {
        self.state.address
    }

    /// The connection, if there is one that takes calls.
    pub fn link(&self) -> Option<Arc<Link>> {
        match &*self.state.phase.borrow() {
            Phase::Connected(link) if !link.is_ended() => Some(Arc::clone(link)),
            Phase::Connected(_) | Phase::Connecting | Phase::Resting => None,
        }
    }

    /// Whether there may be a connection in a moment.
    pub fn is_connecting(&self) -> bool {
        match &*self.state.phase.borrow() {
            Phase::Connecting => true,
            Phase::Connected(link) => link.is_ended(),
            Phase::Resting => false,
        }
    }

    /// Ends a rest.
    pub fn kick(&self) {
        let is_new = self.state.phase.send_if_modified(|phase| {
            let is_resting = matches!(phase, Phase::Resting);
            if is_resting {
                *phase = Phase::Connecting;
            }
            is_resting
        });
        if is_new {
            self.state.kicked.notify_one();
        }
    }
}

async fn live(state: Arc<State>, connector: Arc<Connector>) {
    let (address, collector) = (state.address, connector.meters.collector());
    let mut rests = rests();
    let mut was_there = true;
    loop {
        let begun = Instant::now();
        match connector.connect(address).await {
            Ok(connection) => {
                tracing::info!(collector, %address, "a replica is connected");
                was_there = true;
                state.use_up(connection).await;
            }
            Err(error) if was_there => {
                tracing::warn!(collector, %address, %error, "a replica can't be reached");
                was_there = false;
            }
            Err(error) => tracing::debug!(collector, %address, %error, "still not reached"),
        }
        match was_there && begun.elapsed() >= GOOD {
            true => rests = self::rests(),
            false => state.rest(&mut rests).await,
        }
    }
}

fn rests() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(FIRST_REST)
        .with_max_delay(LONGEST_REST)
        .with_jitter()
        .without_max_times()
        .build()
}

// === impl State ===

impl State {
    fn enter(&self, phase: Phase) {
        self.phase.send_replace(phase);
        self.changes.tell();
    }

    /// Until the connection takes no more calls. Those that are under way go on without it.
    async fn use_up(&self, connection: Connection) {
        let link = Arc::new(Link::new(self.address, connection.sender));
        self.enter(Phase::Connected(Arc::clone(&link)));
        select! {
            _ = connection.ended => link.end(),
            () = link.until_ended() => {}
        }
        self.enter(Phase::Connecting);
    }

    async fn rest(&self, rests: &mut ExponentialBackoff) {
        self.enter(Phase::Resting);
        let rest = rests.next().unwrap_or(LONGEST_REST);
        select! {
            () = sleep(rest) => self.enter(Phase::Connecting),
            () = self.kicked.notified() => {}
        }
    }
}
