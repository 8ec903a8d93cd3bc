//! What a check says of a login, and that it sends nothing.

use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    connector,
    mail::{MailServer, Said, Stages},
};

use super::bench::{PASSWORD, now, source};
use crate::connectors::email::Email;

async fn checked(
    stages: Stages,
    has_login: bool,
) -> (Result<Vec<(String, Status)>, FailureCode>, Vec<String>) {
    let server = MailServer::start(stages).await.unwrap();
    let mut source = source(&server.address());
    if !has_login {
        source.as_object_mut().unwrap().remove("credential");
    }
    let hub = connector::hub(&[("SMTP_USER", "release"), ("SMTP_PASSWORD", PASSWORD)]);
    let connector = connector::built::<Email>(&source, &hub).unwrap();
    let observed = connector.check(&connector::request(now())).await;
    let facts = observed.map(|it| {
        let facts = it.facts.iter();
        facts
            .map(|it| (it.name().to_string(), it.status()))
            .collect()
    });
    (facts.map_err(|it| it.code), server.commands())
}

#[tokio::test]
async fn what_a_login_may_do_nobody_tells() {
    for (has_login, status) in [(true, Status::Unknown), (false, Status::NotApplicable)] {
        let (facts, commands) = checked(Stages::default(), has_login).await;
        assert_eq!(facts, Ok(vec![("credential_scope".to_owned(), status)]));
        assert!(
            commands.iter().all(|it| !it.starts_with("MAIL")),
            "{commands:?}"
        );
        assert_eq!(commands.last().map(String::as_str), Some("QUIT"));
    }
}

#[tokio::test]
async fn a_login_that_is_none_fails_the_check() {
    for (stage, said, code) in [
        ("AUTH", "535 5.7.8 no\r\n", FailureCode::Unauthenticated),
        ("AUTH", "454 4.7.0 later\r\n", FailureCode::Unreachable),
        ("EHLO", "250 nothing\r\n", FailureCode::Unauthenticated),
        ("EHLO", "", FailureCode::Unreachable),
        (
            "GREETING",
            "HTTP/1.1 400 Bad Request\r\n",
            FailureCode::Malformed,
        ),
    ] {
        let stages = Stages::from([(stage.to_owned(), Said::Always(said.to_owned()))]);
        let (facts, _) = checked(stages, true).await;
        assert_eq!(facts, Err(code), "{stage} {said}");
    }
}
