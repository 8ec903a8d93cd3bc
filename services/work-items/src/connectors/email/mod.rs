//! Messages about releases by mail, and reports of their delivery.

mod address;
mod facts;
mod inbox;
mod message;
mod post;
mod report;
mod sent;
mod settings;
mod smtp;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::TimeDelta;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Notice, Observation, Rejected, Sending, Unanswered, credential_scope::Breadth,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, Scope, Subject,
};
use serde_json::Value;

use inbox::Inbox;
use post::Post;
use settings::{Settings, Wanted};

/// How long it is known that a message was sent, and reports of it are of use: servers try for days.
const KEEP_FOR: TimeDelta = TimeDelta::days(30);

/// The kind.
pub struct Email;

struct Source {
    /// What is released, by its service and environment.
    of: Scope,
    wanted: Wanted,
    post: Post,
    inbox: Option<Inbox>,
}

impl ConnectorKind for Email {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "email",
        display_name: "Email",
        category: Category::Communication,
        status: ConnectorStatus::EvidenceIngest,
        promotion: None,
        capabilities: &[Capability::Ingest, Capability::Notify],
        credential: "name and password for submission at a mail server, where it asks for them",
        evidence: "whether the mail server took the message about the release for each recipient, \
                   and whether it is reported to have reached the mailbox",
        minimum_scope: "one sender and 1 to 10 mailboxes",
        avoid: "lists and groups as recipients, logins that may send as anybody, a mailbox for \
                reports that others read",
        facts: &[
            FactDescriptor::new(
                "notification_accepted",
                "whether the mail server took the message for the recipient",
                None,
            ),
            FactDescriptor::new(
                "notification_delivered",
                "whether the message is reported to have reached the recipient's mailbox",
                None,
            ),
        ],
        default_max_age_seconds: 86_400,
    };

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let server = settings.server(builder);
        let (wanted, server) = (wanted?, server?);
        let inbox = wanted.takes_reports.then(|| Inbox {
            recipients: wanted.recipients.clone(),
            keep_for: KEEP_FOR,
        });
        Some(Box::new(Source {
            of: builder.scope().clone(),
            post: Post {
                server,
                first_wait: builder.first_wait(),
            },
            wanted,
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
        facts::observe(&self.wanted, request, kept)
    }

    /// Connects, logs in and leaves. What else a login may do no server tells.
    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let session = self.post.server.open(false, request.deadline).await?;
        session.quit().await;
        let breadth = match self.post.server.login {
            Some(_) => Breadth::Unverifiable,
            None => Breadth::NoneSent,
        };
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
        is_wanted.then_some(Notice { keep_for: KEEP_FOR })
    }

    async fn notify(&self, subject: &Subject, sending: &Sending<'_>) -> Result<Value, Unanswered> {
        let about = message::About {
            of: &self.of,
            subject,
        };
        self.post.send(&about, &self.wanted, sending).await
    }
}
