mod asked;
mod cache;
mod calls;
mod deliveries;
mod faults;
mod flight;
mod notices;
mod succession;

use std::time::Duration;

use passport_evidence::{ClaimedEvidence, Evidence, Failure, FailureCode, SourceId};
use passport_proto::{
    collector::{CollectRequest, collector_service_server::CollectorService},
    evidence::outcome::Kind,
};
use tonic::Request;

use super::{deliver::READ_AT_ONCE, *};
use crate::{
    keep::MemoryKeeper,
    stub::{Calls, SetClock, Stub, id},
};

/// A collector and its clock.
struct House {
    server: CollectorServer,
    clock: SetClock,
}

impl House {
    fn of(sources: Vec<Source>) -> Self {
        let clock = SetClock::new();
        let server = CollectorServer::new(parts(sources, &clock));
        Self { server, clock }
    }

    /// The same house after its configuration was changed to these sources.
    fn with(&self, sources: Vec<Source>) -> Self {
        let clock = self.clock.clone();
        let server = self.server.succeeded_by(parts(sources, &clock));
        Self { server, clock }
    }

    fn of_one(stub: Stub) -> (Self, Calls) {
        let calls = stub.calls();
        (Self::of(vec![stub.source("one")]), calls)
    }

    /// What became of each source of the scope.
    async fn ask(&self, request: CollectRequest) -> Vec<Outcome> {
        let answer = self.server.collect(Request::new(request)).await.unwrap();
        outcomes(answer.into_inner())
    }

    /// What became of the only source.
    async fn ask_one(&self) -> Outcome {
        self.ask(everything()).await.remove(0)
    }
}

fn parts(sources: Vec<Source>, clock: &SetClock) -> ServerParts {
    ServerParts {
        name: "stubs",
        registry: Registry::default(),
        sources,
        configuration_digest: "sha256:stub".to_owned(),
        keeper: Arc::new(MemoryKeeper::default()),
        clock: Arc::new(clock.clone()),
        source_timeout: Duration::from_secs(10),
    }
}

/// What became of a source, by its name.
#[derive(Debug)]
enum Outcome {
    Evidence(Evidence),
    Failure(Failure),
}

impl Outcome {
    fn evidence(self) -> Evidence {
        match self {
            Self::Evidence(evidence) => evidence,
            Self::Failure(failure) => panic!("{failure:?}"),
        }
    }

    fn code(&self) -> Option<FailureCode> {
        match self {
            Self::Evidence(_) => None,
            Self::Failure(failure) => Some(failure.code),
        }
    }

    fn source(&self) -> &str {
        match self {
            Self::Evidence(evidence) => evidence.source.as_str(),
            Self::Failure(failure) => failure.source.as_str(),
        }
    }
}

fn outcomes(answer: passport_proto::collector::CollectResponse) -> Vec<Outcome> {
    assert_eq!(answer.configuration_digest, "sha256:stub");
    let outcomes = answer.outcomes.into_iter();
    outcomes.map(|it| outcome(it.kind.unwrap())).collect()
}

fn outcome(kind: Kind) -> Outcome {
    match kind {
        Kind::Evidence(evidence) => {
            let claimed = ClaimedEvidence::try_from(evidence).unwrap();
            let collected_at = claimed.frame.provenance.collected_at;
            Outcome::Evidence(claimed.admit(collected_at))
        }
        Kind::Failure(failure) => Outcome::Failure(failure.try_into().unwrap()),
    }
}

fn everything() -> CollectRequest {
    of_workspace("acme")
}

fn of_workspace(workspace: &str) -> CollectRequest {
    let SourceId { scope, .. } = id(workspace, "any");
    CollectRequest {
        scope: Some((&scope).into()),
        ..CollectRequest::default()
    }
}

fn no_older_than(seconds: i64) -> CollectRequest {
    CollectRequest {
        max_age: Some(prost_types::Duration { seconds, nanos: 0 }),
        ..everything()
    }
}
