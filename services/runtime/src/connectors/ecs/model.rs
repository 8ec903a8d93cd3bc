//! The fields that are read, as the API reference of Amazon ECS (2014-11-13) names them. Events' texts are
//! looked at and never shown; overrides, which may hold environments, are not read.

use passport_aws_api::Moment;
use passport_connector_sdk::Object;
use serde::Deserialize;

/// A list of objects.
pub type Objects<T> = Vec<Object<T>>;

#[derive(Debug, Deserialize)]
pub struct DescribeServices {
    pub services: Option<Objects<Service>>,
    pub failures: Option<Objects<Failure>>,
}

/// Why one of several was not described.
#[derive(Debug, Clone, Deserialize)]
pub struct Failure {
    pub reason: Option<String>,
}

/// A service.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    pub service_arn: Option<String>,
    pub service_name: Option<String>,
    pub cluster_arn: Option<String>,
    pub status: Option<String>,
    pub desired_count: Option<u32>,
    /// Over all that it runs.
    pub running_count: Option<u32>,
    /// `None`: rolled out by ECS itself.
    pub deployment_controller: Option<Object<Controller>>,
    /// Of a service that ECS rolls out.
    pub deployments: Option<Objects<Deployment>>,
    /// Of a service that another rolls out.
    pub task_sets: Option<Objects<TaskSet>>,
    pub events: Option<Objects<Event>>,
}

/// Who rolls out.
#[derive(Debug, Clone, Deserialize)]
pub struct Controller {
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// Tasks of one task definition, rolled out by ECS.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Deployment {
    /// `PRIMARY`, `ACTIVE` while it has tasks, `INACTIVE`.
    pub status: Option<String>,
    pub task_definition: Option<String>,
    pub desired_count: Option<u32>,
    pub running_count: Option<u32>,
    pub pending_count: Option<u32>,
    /// Tasks that did not start or stay, in a row.
    pub failed_tasks: Option<u32>,
    pub rollout_state: Option<String>,
}

/// Tasks of one task definition, rolled out by another than ECS.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskSet {
    pub status: Option<String>,
    pub task_definition: Option<String>,
    pub running_count: Option<u32>,
    pub stability_status: Option<String>,
    pub scale: Option<Object<Scale>>,
}

/// How much of a service's tasks a set has.
#[derive(Debug, Clone, Deserialize)]
pub struct Scale {
    pub value: Option<f64>,
    pub unit: Option<String>,
}

/// What ECS told of a service.
#[derive(Debug, Clone, Deserialize)]
pub struct Event {
    pub message: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListServiceDeployments {
    pub service_deployments: Option<Objects<ServiceDeployment>>,
    pub next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DescribeServiceDeployments {
    pub service_deployments: Option<Objects<Progress>>,
}

/// One rollout, from its start to its end or to the end of its rollback.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceDeployment {
    pub service_deployment_arn: Option<String>,
    pub service_arn: Option<String>,
    pub created_at: Option<Moment>,
    pub status: Option<String>,
}

/// How far a rollout is that has not ended.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Progress {
    pub service_deployment_arn: Option<String>,
    /// Present once it is rolled back.
    pub rollback: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ListTasks {
    pub task_arns: Option<Vec<String>>,
    pub next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
pub struct DescribeTasks {
    pub tasks: Option<Objects<Task>>,
}

#[derive(Debug, Deserialize)]
pub struct ListClusters {}

/// A task.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    pub task_arn: Option<String>,
    pub cluster_arn: Option<String>,
    /// `service:` and the name of its service.
    pub group: Option<String>,
    pub last_status: Option<String>,
    pub desired_status: Option<String>,
    pub connectivity: Option<String>,
    pub health_status: Option<String>,
    pub started_at: Option<Moment>,
    pub stopped_at: Option<Moment>,
    pub stop_code: Option<String>,
    /// Looked at and never shown.
    pub stopped_reason: Option<String>,
    pub containers: Option<Objects<Container>>,
}

/// A container of a task.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Container {
    pub name: Option<String>,
    pub image_digest: Option<String>,
    pub last_status: Option<String>,
    /// Of its last end, whether or not it was started again.
    pub exit_code: Option<i64>,
    /// Looked at and never shown.
    pub reason: Option<String>,
}
