//! All replicas of one collector, and which one a call goes to.

use std::{
    collections::BTreeSet,
    fmt,
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use arc_swap::ArcSwap;
use rand::seq::IndexedRandom as _;
use tokio::sync::{Notify, watch};
use tokio_util::task::AbortOnDropHandle;

use super::{
    connect::Connector,
    link::Link,
    names::{self, Resolve},
    replica::Replica,
};
use crate::client::{meters::ClientMeters, unanswered::Unanswered};

/// All replicas of one collector. Nothing is looked up and nobody connected to before the first
/// call; from then on, until this is dropped, names and connections are kept up to date.
pub(in crate::client) struct Replicas {
    connector: Arc<Connector>,
    names: Arc<dyn Resolve>,
    known: Arc<Known>,
    follower: OnceLock<AbortOnDropHandle<()>>,
}

/// What is known of the replicas.
pub(super) struct Known {
    replicas: ArcSwap<Vec<Arc<Replica>>>,
    is_looking: AtomicBool,
    wanted: Notify,
    changes: Changes,
}

/// Tells those who wait for a replica that something changed.
#[derive(Debug, Clone)]
pub(super) struct Changes(watch::Sender<()>);

// === impl Changes ===

impl Changes {
    pub fn tell(&self) {
        self.0.send_replace(());
    }
}

// === impl Known ===

impl Known {
    fn new() -> Self {
        Self {
            replicas: ArcSwap::default(),
            is_looking: AtomicBool::new(true),
            wanted: Notify::new(),
            changes: Changes(watch::Sender::new(())),
        }
    }

    /// Ready when somebody wants the name to be looked up.
    pub async fn wanted(&self) {
        self.wanted.notified().await;
    }

    /// Takes in what was found. A replica that has no address any more gets no more calls.
    pub fn found(&self, addresses: &[SocketAddr], connector: &Arc<Connector>) {
        if !addresses.is_empty() {
            let before = self.replicas.load();
            let of = |address: &SocketAddr| {
                let known = before.iter().find(|it| it.address() == *address);
                known.map_or_else(
                    || {
                        let changes = self.changes.clone();
                        let connector = Arc::clone(connector);
                        Arc::new(Replica::of(*address, connector, changes))
                    },
                    Arc::clone,
                )
            };
            let addresses: BTreeSet<_> = addresses.iter().copied().collect();
            let after = addresses.iter().map(of).collect();
            self.replicas.store(Arc::new(after));
        }
        self.is_looking.store(false, Ordering::Release);
        self.changes.tell();
    }

    fn look_up(&self) {
        self.is_looking.store(true, Ordering::Release);
        self.wanted.notify_one();
    }

    fn links(&self) -> Vec<Arc<Link>> {
        self.replicas
            .load()
            .iter()
            .filter_map(|it| it.link())
            .collect()
    }

    fn is_coming(&self) -> bool {
        let replicas = self.replicas.load();
        self.is_looking.load(Ordering::Acquire) || replicas.iter().any(|it| it.is_connecting())
    }
}

// === impl Replicas ===

impl Replicas {
    pub fn new(connector: Connector, names: Arc<dyn Resolve>) -> Self {
        Self {
            connector: Arc::new(connector),
            names,
            known: Arc::new(Known::new()),
            follower: OnceLock::new(),
        }
    }

    /// Looks the name up now: something is not as it was.
    pub fn look_up(&self) {
        self.known.look_up();
    }

    /// Whether somebody else could be asked.
    pub fn has_other(&self, link: &Arc<Link>) -> bool {
        let links = self.known.links();
        links
            .iter()
            .any(|it| !Arc::ptr_eq(it, link) && !it.is_aside())
    }

    /// A connection for a call. Where there is none, all that rest are tried at once, and the call
    /// waits for how that ends.
    pub async fn pick(&self, not: Option<&Arc<Link>>) -> Result<Arc<Link>, Unanswered> {
        self.start();
        let mut changes = self.known.changes.0.subscribe();
        let mut was_kicked = false;
        loop {
            changes.mark_unchanged();
            if let Some(link) = chosen(self.known.links(), not) {
                return Ok(link);
            }
            if !self.known.is_coming() {
                if was_kicked {
                    return Err(Unanswered::Nobody);
                }
                self.kick();
                was_kicked = true;
            }
            // Its sender lives as long as we do.
            let _ = changes.changed().await;
        }
    }

    fn start(&self) {
        self.follower.get_or_init(|| {
            let names = Arc::clone(&self.names);
            let connector = Arc::clone(&self.connector);
            let counted = counted(Arc::clone(&self.known), connector.meters.clone());
            let follow = names::follow(names, connector, Arc::clone(&self.known));
            AbortOnDropHandle::new(tokio::spawn(async { tokio::join!(follow, counted).0 }))
        });
    }

    fn kick(&self) {
        self.known.look_up();
        for replica in self.known.replicas.load().iter() {
            replica.kick();
        }
    }
}

/// Counts replicas whenever something changes.
async fn counted(known: Arc<Known>, meters: ClientMeters) {
    let mut changes = known.changes.0.subscribe();
    loop {
        meters.replicas(known.replicas.load().len(), known.links().len());
        // Its sender lives as long as what is known.
        let _ = changes.changed().await;
    }
}

impl fmt::Debug for Replicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replicas").finish_non_exhaustive()
    }
}

/// Of two at random the one that has less to do; of those only that were not set aside, if there
/// are any.
fn chosen(mut links: Vec<Arc<Link>>, not: Option<&Arc<Link>>) -> Option<Arc<Link>> {
    links.retain(|link| not.is_none_or(|not| !Arc::ptr_eq(link, not)));
    if links.iter().any(|link| !link.is_aside()) {
        links.retain(|link| !link.is_aside());
    }
    let two = links.choose_multiple(&mut rand::rng(), 2);
    let less = |a: &&Arc<Link>, b: &&Arc<Link>| a.load().partial_cmp(&b.load());
    two.min_by(|a, b| less(a, b).unwrap_or(std::cmp::Ordering::Equal))
        .map(Arc::clone)
}
