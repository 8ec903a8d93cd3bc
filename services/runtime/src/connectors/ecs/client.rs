//! The reads that are ever sent: one service by its name, its deployments, and its tasks.

use std::{collections::BTreeSet, time::Duration};

use aws_sdk_ecs::{Client as Sdk, config, types::DesiredStatus};
use chrono::{DateTime, Utc};
use passport_aws_api::{Answer, Api, Asking, Call, Credential, Keys, Sts};
use passport_connector_sdk::{CollectRequest, Object, ReadError};
use passport_evidence::Reason;

use super::{
    model::{
        DescribeServiceDeployments, DescribeServices, DescribeTasks, ListClusters,
        ListServiceDeployments, ListTasks, Objects, Progress, ServiceDeployment,
    },
    settings::Wanted,
    snapshot::{Found, GOES_ON, Rollouts, Snapshot, Tasks, sorted},
};

/// ECS, as it is named in addresses.
pub const SERVICE: &str = "ecs";

/// Newest rollouts that are asked for.
const ROLLOUTS: i32 = 5;
/// Tasks that ECS lists, and describes, at once.
const PAGE: usize = 100;
/// Most pages of tasks.
const MAX_PAGES: usize = 10;
/// A service that was just made may be missing for so many first waits: about a second.
const WAITS: u32 = 10;
/// Asks about one service.
#[derive(Debug)]
pub struct Client {
    pub api: Api,
    pub sts: Sts,
    pub credential: Credential,
    pub wanted: Wanted,
    /// The first wait before something is asked for again.
    pub first_wait: Duration,
}

// === impl Client ===

impl Client {
    /// Keys for one collection.
    pub async fn keys(&self, request: &CollectRequest) -> Result<Keys, ReadError> {
        self.credential.keys(&self.sts, request).await
    }

    /// The service and all that belongs to it.
    pub async fn snapshot(&self, asking: Asking<'_>) -> Result<Snapshot, ReadError> {
        let Answer {
            found: service,
            observed_at,
        } = self.service(asking).await?;
        let is_there = matches!(&service, Found::Service(_));
        let rolls_out = matches!(&service, Found::Service(it) if it.is_rolled_out_by_ecs());
        let (rollouts, running, stopped) = futures::join!(
            async {
                match rolls_out {
                    true => self.rollouts(asking).await.map_err(ReadError::reason),
                    false => Err(Reason::NoData),
                }
            },
            self.tasks_of(is_there, DesiredStatus::Running, asking),
            self.tasks_of(is_there, DesiredStatus::Stopped, asking),
        );
        Ok(Snapshot {
            service,
            observed_at,
            rollouts,
            running,
            stopped,
        })
    }

    /// The service alone; asked for once more where it is missing.
    pub async fn service(&self, asking: Asking<'_>) -> Result<Answer<Found>, ReadError> {
        let first = self.describe(asking).await?;
        let wait = self.first_wait * WAITS;
        match first.found {
            Found::Missing if asking.request.pause(wait).await => self.describe(asking).await,
            Found::Service(_) | Found::Missing | Found::Untold(_) => Ok(first),
        }
    }

    async fn describe(&self, asking: Asking<'_>) -> Result<Answer<Found>, ReadError> {
        let scope = &self.wanted.scope;
        let call = self.api.call(asking);
        let sent = sdk(&call)
            .describe_services()
            .cluster(&scope.cluster)
            .services(&scope.service)
            .send();
        let answer: Answer<DescribeServices> = call.read(sent).await?;
        Ok(Answer {
            found: sorted(answer.found, scope)?,
            observed_at: answer.observed_at,
        })
    }

    async fn rollouts(&self, asking: Asking<'_>) -> Result<Rollouts, ReadError> {
        let scope = &self.wanted.scope;
        let call = self.api.call(asking);
        let sent = sdk(&call)
            .list_service_deployments()
            .cluster(&scope.cluster)
            .service(&scope.service)
            .max_results(ROLLOUTS)
            .send();
        let answer: Answer<ListServiceDeployments> = call.read(sent).await?;
        let all = answer.found.service_deployments.ok_or(ReadError::Shape)?;
        let ongoing = self.progress(&all, asking).await;
        Ok(Rollouts {
            all,
            ongoing,
            has_more: answer.found.next_token.is_some(),
            observed_at: answer.observed_at,
        })
    }

    /// More of the rollouts that go on: whether they go back. Where that can't be read they go on.
    async fn progress(
        &self,
        all: &Objects<ServiceDeployment>,
        asking: Asking<'_>,
    ) -> Objects<Progress> {
        let goes_on = |it: &&Object<ServiceDeployment>| {
            let status = it.0.status.as_deref();
            status.is_some_and(|it| GOES_ON.contains(&it))
        };
        let arns = all.iter().filter(goes_on);
        let arns: Vec<_> = arns
            .filter_map(|it| it.0.service_deployment_arn.clone())
            .collect();
        if arns.is_empty() {
            return Vec::new();
        }
        let call = self.api.call(asking);
        let sent = sdk(&call)
            .describe_service_deployments()
            .set_service_deployment_arns(Some(arns))
            .send();
        let answer: Result<Answer<DescribeServiceDeployments>, _> = call.read(sent).await;
        let described = answer.ok().and_then(|it| it.found.service_deployments);
        described.unwrap_or_default()
    }

    async fn tasks_of(
        &self,
        is_there: bool,
        wanted: DesiredStatus,
        asking: Asking<'_>,
    ) -> Result<Tasks, Reason> {
        match is_there {
            true => self.tasks(wanted, asking).await,
            false => Err(Reason::NoData),
        }
    }

    async fn tasks(&self, wanted: DesiredStatus, asking: Asking<'_>) -> Result<Tasks, Reason> {
        let read = async {
            let listed = self.listed(&wanted, asking).await?;
            let mut tasks = Tasks {
                all: Vec::new(),
                are_all: listed.is_whole,
                observed_at: listed.observed_at,
            };
            let arns: Vec<_> = listed.arns.iter().cloned().collect();
            for some in arns.chunks(PAGE) {
                let call = self.api.call(asking);
                let sent = sdk(&call)
                    .describe_tasks()
                    .cluster(&self.wanted.scope.cluster)
                    .set_tasks(Some(some.to_vec()))
                    .send();
                let answer: Answer<DescribeTasks> = call.read(sent).await?;
                let found = answer.found.tasks.ok_or(ReadError::Shape)?;
                tasks.all.extend(found.into_iter().map(|Object(it)| it));
                tasks.observed_at = tasks.observed_at.min(answer.observed_at);
            }
            Ok((tasks, listed.arns))
        };
        let (tasks, arns) = read.await.map_err(ReadError::reason)?;
        tasks.of_scope(&arns, &self.wanted.scope)
    }

    async fn listed(
        &self,
        wanted: &DesiredStatus,
        asking: Asking<'_>,
    ) -> Result<Listed, ReadError> {
        let scope = &self.wanted.scope;
        let mut listed = Listed {
            arns: BTreeSet::new(),
            is_whole: false,
            observed_at: asking.request.now,
        };
        let mut next: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let call = self.api.call(asking);
            let sent = sdk(&call)
                .list_tasks()
                .cluster(&scope.cluster)
                .service_name(&scope.service)
                .desired_status(wanted.clone())
                .set_next_token(next.take())
                .send();
            let answer: Answer<ListTasks> = call.read(sent).await?;
            let found = answer.found.task_arns.ok_or(ReadError::Shape)?;
            listed.arns.extend(found);
            listed.observed_at = listed.observed_at.min(answer.observed_at);
            next = answer.found.next_token;
            if next.is_none() {
                listed.is_whole = true;
                break;
            }
        }
        Ok(listed)
    }

    /// Asks for what only a credential of the whole account may list.
    pub async fn probe(&self, asking: Asking<'_>) -> Result<(), ReadError> {
        let call = self.api.call(asking);
        let sent = sdk(&call).list_clusters().max_results(1).send();
        let answer: Result<Answer<ListClusters>, _> = call.read(sent).await;
        answer.map(drop)
    }
}

fn sdk(call: &Call<'_>) -> Sdk {
    let config = config::Builder::from(call.config()).retry_partition(call.retries());
    Sdk::from_conf(config.build())
}

/// Tasks by their ARNs.
struct Listed {
    arns: BTreeSet<String>,
    is_whole: bool,
    observed_at: DateTime<Utc>,
}
