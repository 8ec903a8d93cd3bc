//! Messages about releases in Slack, and approvals that persons give there.

mod actor;
mod breadth;
mod check;
mod detect;
mod facts;
mod hook;
mod inbox;
mod message;
mod names;
mod post;
mod posted;
mod rejections;
mod settings;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Notice, Observation, Rejected, Sending, Unanswered, detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, Scope, Subject,
};
use serde_json::Value;

use check::Checks;
use inbox::Inbox;
use post::Post;
use settings::{Settings, Wanted};

/// The kind.
pub struct Slack;

struct Source {
    /// What is released, by its service and environment.
    of: Scope,
    wanted: Wanted,
    post: Post,
    checks: Checks,
    inbox: Option<Inbox>,
}

impl ConnectorKind for Slack {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "slack",
        display_name: "Slack",
        category: Category::Communication,
        status: ConnectorStatus::EvidenceIngest,
        promotion: None,
        capabilities: &[Capability::Ingest, Capability::Notify, Capability::Detect],
        credential: "token of a bot with `chat:write`, or the address of an incoming webhook; the \
                     signing secret of the app for approvals",
        evidence: "whether the message about the release was taken and is seen, who may approve \
                   and how many did, whether every click was signed",
        minimum_scope: "one channel of one workspace, both by their ids",
        avoid: "tokens of users, `chat:write.public`, `admin` scopes, bots that read channels",
        facts: &[
            FactDescriptor::new(
                "notification_accepted",
                "whether Slack took the message about the release",
                None,
            ),
            FactDescriptor::new(
                "notification_delivered",
                "whether the message is known to be seen in its channel",
                None,
            ),
            FactDescriptor::new(
                "approval_decision",
                "allowed persons who approved on the open request",
                Some(">= 1"),
            ),
            FactDescriptor::new(
                "approval_authenticity",
                "whether every decision was signed, and no other came",
                None,
            ),
        ],
        default_max_age_seconds: 86_400,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let secrets = settings.signing(builder);
        let actors = settings.actors(builder);
        let post = settings.post(builder);
        // After a problem with the endpoint there is no other.
        let checks = post.as_ref().and_then(|_| settings.checks(builder));
        let (wanted, secrets) = (wanted?, secrets?);
        let inbox = secrets.map(|secrets| Inbox::new(secrets, actors, &wanted));
        Some(Box::new(Source {
            of: builder.scope().clone(),
            wanted,
            post: post?,
            checks: checks?,
            inbox,
        }))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        facts::observe(&self.wanted, self.inbox.as_ref(), request, kept)
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = self.checks.ask(&self.wanted.team, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match &self.inbox {
            Some(inbox) => inbox.accept(delivery),
            None => Err(Rejected::not_supported()),
        }
    }

    fn notice(&self, subject: &Subject) -> Option<Notice> {
        let is_wanted = self.wanted.notifies && message::names(subject);
        is_wanted.then_some(Notice {
            keep_for: self.wanted.keep_for,
        })
    }

    async fn notify(&self, subject: &Subject, sending: &Sending<'_>) -> Result<Value, Unanswered> {
        let requester = self.inbox.as_ref().and_then(Inbox::requester);
        let about = message::About {
            of: &self.of,
            subject,
        };
        let posted = self.post.send(&about, &self.wanted, requester, sending);
        posted.await
    }
}
