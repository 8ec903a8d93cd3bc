//! The email connector against aiosmtpd, a server that this project did not write: TLS, login, and one message a
//! recipient, whoever asks for it. Reports of delivery are built here as RFC 3464 has them.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use chrono::TimeDelta;
use passport_connector_sdk::keep::DurableKeeper;
use passport_connector_sdk::provider::AddressPolicy;
use passport_connector_sdk::{CollectorServer, Hub, HubOptions, ServerParts};
use passport_evidence::{Clock as _, SourceId, Subject};
use passport_integration_tests::mail::{Mail, PASSWORD};
use passport_proto::collector::{
    CollectRequest, Header, IngestRequest, IngestResult, NoticeResult, SendNoticeRequest,
    SendNoticeResponse, collector_service_client::CollectorServiceClient,
    collector_service_server::CollectorServiceServer,
};
use passport_proto::evidence::{Fact, FactStatus, outcome::Kind};
use passport_service_kit::clock::SystemClock;
use passport_store::{Deliveries, Limits, Location};
use passport_testkit::env::Env;
use passport_testkit::scenario::source_id;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use serde_json::{Value, json};
use tempfile::TempDir;

const RECIPIENTS: [&str; 2] = ["cab@example.com", "ops@example.net"];

/// A mail server, whom it is vouched for by, and a place where collectors keep things.
struct World {
    mail: Mail,
    authority: String,
    store: TempDir,
    id: SourceId,
}

/// One of several collectors with the same sources and the same database.
struct Replica {
    server: CollectorServer,
    id: SourceId,
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

// === impl World ===

impl World {
    async fn new() -> Result<Self> {
        let issuer = authority()?;
        let key = KeyPair::generate()?;
        let names = ["localhost".to_owned()];
        let certificate = CertificateParams::new(names)?.signed_by(&key, &issuer)?;
        Ok(Self {
            mail: Mail::start(&certificate.pem(), &key.serialize_pem()).await?,
            authority: issuer.pem(),
            store: TempDir::new()?,
            id: source_id("workspace-acme-prod", "checkout-api", "production", "mail")?,
        })
    }

    fn source(&self, endpoint: &str, authority: &str, recipients: &[&str]) -> Result<Value> {
        let file = self.store.path().join("authority.pem");
        std::fs::write(&file, authority)?;
        Ok(json!({
            "connector": "email", "endpoint": endpoint, "tls": {"ca": {"file": file}},
            "credential": {"username": {"env": "USER_OF_MAIL"}, "password": {"env": "PASSWORD_OF_MAIL"}},
            "scope": {"from": "release@example.com", "recipients": recipients},
            "notify": true, "dsn": true,
        }))
    }

    async fn replica(&self, source: &Value, password: &str) -> Result<Replica> {
        let secrets = [("USER_OF_MAIL", "release"), ("PASSWORD_OF_MAIL", password)];
        let secrets = secrets.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let options = HubOptions {
            addresses: AddressPolicy::with_loopback(),
            ..HubOptions::default()
        };
        let hub = Hub::new(options, Arc::new(Env::from_iter(secrets)));
        let registry = passport_work_items::registry();
        let built = registry.build(self.id.clone(), source, &hub);
        let at = Location::in_folder(self.store.path(), "work-items");
        let deliveries = Deliveries::open(&at, Limits::default()).await?;
        let parts = ServerParts {
            name: "work-items",
            sources: vec![built.map_err(|problems| anyhow!("{problems:?}"))?],
            registry,
            configuration_digest: "sha256:test".to_owned(),
            keeper: Arc::new(DurableKeeper::new(deliveries)),
            clock: Arc::new(SystemClock),
            source_timeout: Duration::from_secs(20),
        };
        Ok(Replica {
            server: CollectorServer::new(parts),
            id: self.id.clone(),
        })
    }
}

// === impl Replica ===

impl Replica {
    fn client(&self) -> CollectorServiceClient<CollectorServiceServer<CollectorServer>> {
        CollectorServiceClient::new(CollectorServiceServer::new(self.server.clone()))
    }

    async fn send_notice(&self) -> Result<SendNoticeResponse> {
        let request = SendNoticeRequest {
            scope: Some((&self.id.scope).into()),
            source: self.id.name.to_string(),
            subject: Some((&subject()).into()),
        };
        Ok(self.client().send_notice(request).await?.into_inner())
    }

    async fn ingest(&self, report: String) -> Result<IngestResult> {
        let request = IngestRequest {
            scope: Some((&self.id.scope).into()),
            source: self.id.name.to_string(),
            headers: vec![Header {
                name: "content-type".to_owned(),
                value: b"message/rfc822".to_vec().into(),
            }],
            body: report.into_bytes().into(),
        };
        Ok(self.client().ingest(request).await?.into_inner().result())
    }

    async fn facts(&self) -> Result<Vec<Fact>> {
        let request = CollectRequest {
            scope: Some((&self.id.scope).into()),
            subject: Some((&subject()).into()),
            sources: vec![self.id.name.to_string()],
            categories: Vec::new(),
            max_age: None,
        };
        let answer = self.client().collect(request).await?.into_inner();
        let outcome = answer.outcomes.into_iter().next().context("no outcome")?;
        match outcome.kind.context("an empty outcome")? {
            Kind::Evidence(evidence) => Ok(evidence.facts),
            Kind::Failure(failure) => Err(anyhow!("{failure:?}")),
        }
    }

    /// Name, item and status of what is said of the notice.
    async fn said(&self) -> Result<Vec<(String, String, FactStatus)>> {
        let facts = self.facts().await?.into_iter();
        Ok(facts
            .map(|it| (it.name.clone(), it.item.clone(), it.status()))
            .collect())
    }
}

fn subject() -> Subject {
    Subject {
        version: Some("2.14.0".to_owned()),
        ..Subject::default()
    }
}

/// The value of a message's header.
fn header<'a>(text: &'a str, name: &str) -> Result<&'a str> {
    let mut lines = text.lines().take_while(|it| !it.is_empty());
    let value = lines.find_map(|it| it.strip_prefix(name)?.strip_prefix(": "));
    value.with_context(|| format!("no {name} in {text}"))
}

/// A report of delivery, as the server of a recipient writes it.
fn report(message_id: &str, recipient: &str) -> String {
    let arrived = SystemClock.now() - TimeDelta::seconds(1);
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery System <MAILER-DAEMON@mx.example.com>\r\n\
         To: release@example.com\r\nSubject: Successful Mail Delivery Report\r\n\
         Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary=\"4Zt.1777/mx\"\r\n\r\n\
         This is a MIME-encapsulated message.\r\n\r\n\
         --4Zt.1777/mx\r\nContent-Description: Notification\r\n\
         Content-Type: text/plain; charset=us-ascii\r\n\r\nYour message was delivered.\r\n\r\n\
         --4Zt.1777/mx\r\nContent-Description: Delivery report\r\n\
         Content-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.com\r\nX-Queue-ID: 4Zt\r\nArrival-Date: {}\r\n\r\n\
         Final-Recipient: rfc822; {recipient}\r\nOriginal-Recipient: rfc822;{recipient}\r\n\
         Action: delivered\r\nStatus: 2.0.0\r\n\
         Diagnostic-Code: X-Postfix; delivered to mailbox\r\n\r\n\
         --4Zt.1777/mx\r\nContent-Description: Message Headers\r\n\
         Content-Type: text/rfc822-headers\r\n\r\n\
         Received: from collector (unknown [192.0.2.7])\r\n\tby mx.example.com; x\r\n\
         Message-ID: {message_id}\r\nFrom: release@example.com\r\n\r\n\
         --4Zt.1777/mx--\r\n",
        arrived.to_rfc2822()
    )
}

#[tokio::test]
async fn two_replicas_send_one_message_a_recipient_and_a_report_tells_of_its_delivery() -> Result<()>
{
    let world = World::new().await?;
    let source = world.source(&world.mail.starttls(), &world.authority, &RECIPIENTS)?;
    let one = world.replica(&source, PASSWORD).await?;
    let other = world.replica(&source, PASSWORD).await?;
    let (first, second) = futures::join!(one.send_notice(), other.send_notice());
    let mut results = [first?.result(), second?.result()];
    results.sort_unstable();
    assert_eq!(results, [NoticeResult::Sent, NoticeResult::SentBefore]);
    assert_eq!(one.send_notice().await?.result(), NoticeResult::SentBefore);
    let messages = world.mail.messages()?;
    assert_eq!(messages.len(), RECIPIENTS.len(), "{messages:?}");
    for (message, to) in messages.iter().zip(RECIPIENTS) {
        assert_eq!(message.to, [to]);
        assert_eq!(message.from, "release@example.com");
        assert_eq!(message.login, "release");
        ensure!(message.tls, "without TLS");
        let title = header(&message.text, "Subject")?;
        assert_eq!(title, "Release of checkout-api 2.14.0 to production");
        assert_eq!(header(&message.text, "To")?, to);
    }
    let first = messages.first().context("no message")?;
    let id = header(&first.text, "Message-ID")?;
    let taken = |item: &str| {
        (
            "notification_accepted".to_owned(),
            item.to_owned(),
            FactStatus::Passed,
        )
    };
    let reached =
        |item: &str, status| ("notification_delivered".to_owned(), item.to_owned(), status);
    let wanted = [
        taken("recipient-1"),
        reached("recipient-1", FactStatus::Unknown),
        taken("recipient-2"),
        reached("recipient-2", FactStatus::Unknown),
    ];
    assert_eq!(other.said().await?, wanted);
    // Of another message, and of nobody of ours.
    let forged = one.ingest(report("<forged@example.com>", "cab@example.com"));
    assert_eq!(forged.await?, IngestResult::Accepted);
    let foreign = one.ingest(report(id, "mallory@example.net"));
    assert_eq!(foreign.await?, IngestResult::Rejected);
    assert_eq!(other.said().await?, wanted);
    let report = report(id, "cab@example.com");
    assert_eq!(one.ingest(report.clone()).await?, IngestResult::Accepted);
    assert_eq!(other.ingest(report).await?, IngestResult::Duplicate);
    let wanted = [
        taken("recipient-1"),
        reached("recipient-1", FactStatus::Passed),
        taken("recipient-2"),
        reached("recipient-2", FactStatus::Unknown),
    ];
    assert_eq!(other.said().await?, wanted);
    for fact in other.facts().await? {
        let shown = format!("{fact:?}");
        ensure!(!shown.contains("@example"), "{shown}");
    }
    assert_eq!(world.mail.messages()?.len(), RECIPIENTS.len());
    Ok(())
}

#[tokio::test]
async fn tls_from_the_first_byte_does_as_well_and_a_refusal_is_told() -> Result<()> {
    let world = World::new().await?;
    let recipients = ["nobody@example.com", "cab@example.com"];
    let source = world.source(&world.mail.implicit(), &world.authority, &recipients)?;
    let replica = world.replica(&source, PASSWORD).await?;
    assert_eq!(replica.send_notice().await?.result(), NoticeResult::Sent);
    let messages = world.mail.messages()?;
    assert_eq!(messages.len(), 1, "{messages:?}");
    let facts = replica.said().await?;
    let statuses: Vec<_> = facts.iter().map(|it| it.2).collect();
    use FactStatus::{Failed, Passed, Unknown};
    assert_eq!(statuses, [Failed, Failed, Passed, Unknown], "{facts:?}");
    Ok(())
}

#[tokio::test]
async fn nothing_is_sent_to_a_stranger_or_without_a_login() -> Result<()> {
    let world = World::new().await?;
    let stranger = authority()?.pem();
    for (endpoint, authority, password, code) in [
        (world.mail.starttls(), &stranger, PASSWORD, "UNREACHABLE"),
        (world.mail.implicit(), &stranger, PASSWORD, "UNREACHABLE"),
        (
            world.mail.starttls(),
            &world.authority,
            "another",
            "UNAUTHENTICATED",
        ),
        // The certificate is for the name, not for the address.
        (
            world.mail.starttls().replace("localhost", "127.0.0.1"),
            &world.authority,
            PASSWORD,
            "UNREACHABLE",
        ),
    ] {
        let source = world.source(&endpoint, authority, &RECIPIENTS)?;
        let replica = world.replica(&source, password).await?;
        let sent = replica.send_notice().await?;
        assert_eq!(sent.result(), NoticeResult::Unspecified, "{endpoint}");
        let failure = sent.failure.context("no failure")?;
        let told = passport_evidence::Failure::try_from(failure)?;
        assert_eq!(told.code.as_str(), code, "{endpoint}");
    }
    assert!(world.mail.messages()?.is_empty());
    Ok(())
}
