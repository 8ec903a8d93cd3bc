//! The reads that are ever sent: one service by its name, its deployments, and its tasks.

use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use passport_aws_api::{Answer, Api, Asking, Credential, Keys, Service as Signed, Sts};
use passport_connector_sdk::{CollectRequest, Object, ReadError};
use passport_evidence::Reason;
use serde_json::{Value, json};

use super::{
    model::{
        DescribeServiceDeployments, DescribeServices, DescribeTasks, ListClusters,
        ListServiceDeployments, ListTasks, Objects, Progress, ServiceDeployment,
    },
    settings::Wanted,
    snapshot::{Found, GOES_ON, Rollouts, Snapshot, Tasks, sorted},
};

/// ECS, as its API's model names it.
pub const SERVICE: Signed = Signed {
    name: "ecs",
    target: "AmazonEC2ContainerServiceV20141113",
    content_type: "application/x-amz-json-1.1",
};

/// Newest rollouts that are asked for.
const ROLLOUTS: usize = 5;
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
            self.tasks_of(is_there, "RUNNING", asking),
            self.tasks_of(is_there, "STOPPED", asking),
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
        let input = json!({"cluster": scope.cluster, "services": [scope.service]});
        let answer: Answer<DescribeServices> =
            self.api.call("DescribeServices", &input, asking).await?;
        Ok(Answer {
            found: sorted(answer.found, scope)?,
            observed_at: answer.observed_at,
        })
    }

    async fn rollouts(&self, asking: Asking<'_>) -> Result<Rollouts, ReadError> {
        let scope = &self.wanted.scope;
        let input = json!({
            "cluster": scope.cluster, "service": scope.service, "maxResults": ROLLOUTS,
        });
        let answer: Answer<ListServiceDeployments> = self
            .api
            .call("ListServiceDeployments", &input, asking)
            .await?;
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
            .filter_map(|it| it.0.service_deployment_arn.as_deref())
            .collect();
        if arns.is_empty() {
            return Vec::new();
        }
        let input = json!({"serviceDeploymentArns": arns});
        let answer: Result<Answer<DescribeServiceDeployments>, _> = self
            .api
            .call("DescribeServiceDeployments", &input, asking)
            .await;
        let described = answer.ok().and_then(|it| it.found.service_deployments);
        described.unwrap_or_default()
    }

    async fn tasks_of(
        &self,
        is_there: bool,
        wanted: &str,
        asking: Asking<'_>,
    ) -> Result<Tasks, Reason> {
        match is_there {
            true => self.tasks(wanted, asking).await,
            false => Err(Reason::NoData),
        }
    }

    async fn tasks(&self, wanted: &str, asking: Asking<'_>) -> Result<Tasks, Reason> {
        let read = async {
            let listed = self.listed(wanted, asking).await?;
            let mut tasks = Tasks {
                all: Vec::new(),
                are_all: listed.is_whole,
                observed_at: listed.observed_at,
            };
            let arns: Vec<_> = listed.arns.iter().collect();
            for some in arns.chunks(PAGE) {
                let input = json!({"cluster": self.wanted.scope.cluster, "tasks": some});
                let answer: Answer<DescribeTasks> =
                    self.api.call("DescribeTasks", &input, asking).await?;
                let found = answer.found.tasks.ok_or(ReadError::Shape)?;
                tasks.all.extend(found.into_iter().map(|Object(it)| it));
                tasks.observed_at = tasks.observed_at.min(answer.observed_at);
            }
            Ok((tasks, listed.arns))
        };
        let (tasks, arns) = read.await.map_err(ReadError::reason)?;
        tasks.of_scope(&arns, &self.wanted.scope)
    }

    async fn listed(&self, wanted: &str, asking: Asking<'_>) -> Result<Listed, ReadError> {
        let scope = &self.wanted.scope;
        let mut listed = Listed {
            arns: BTreeSet::new(),
            is_whole: false,
            observed_at: asking.request.now,
        };
        let mut next: Option<String> = None;
        for _ in 0..MAX_PAGES {
            let mut input = json!({
                "cluster": scope.cluster, "serviceName": scope.service, "desiredStatus": wanted,
            });
            if let (Some(token), Value::Object(keys)) = (next.take(), &mut input) {
                keys.insert("nextToken".to_owned(), token.into());
            }
            let answer: Answer<ListTasks> = self.api.call("ListTasks", &input, asking).await?;
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
        let input = json!({"maxResults": 1});
        let answer: Result<Answer<ListClusters>, _> =
            self.api.call("ListClusters", &input, asking).await;
        answer.map(drop)
    }
}

/// Tasks by their ARNs.
struct Listed {
    arns: BTreeSet<String>,
    is_whole: bool,
    observed_at: DateTime<Utc>,
}
