//! A release that people approve: its request is sent once, however often and by whom that is asked for, and what
//! they click comes back to the gate.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

mod replicas;
mod world;

use anyhow::{Context as _, Result};
use futures::future::try_join_all;
use passport_integration_tests::http;
use passport_integration_tests::wait::until;
use passport_testkit::provider::Script;
use serde_json::{Value, json};

use world::{POST, QUERY, SECRETS, VERSION, World, taking};

async fn a_request_is_sent_once_and_answered_by_people(world: World) -> Result<()> {
    // Nobody is told anything by looking.
    let nothing = (json!("unknown"), json!("NO_DATA"));
    assert_eq!(world.says("notification_accepted", VERSION).await?, nothing);
    assert_eq!(world.messages()?.len(), 0);
    assert_eq!(
        world.typed("silent").await?,
        (Some(1), json!({ "result": "nothing_to_send" }))
    );

    // Many ask at once, and one message goes out.
    let asked = (0..8).map(|_| world.notice("cab", VERSION));
    let told = try_join_all(asked).await?;
    let (sent, before) = (
        json!({ "result": "sent" }),
        json!({ "result": "sent_before" }),
    );
    let (first, later): (Vec<_>, Vec<_>) = told.into_iter().partition(|it| *it == sent);
    assert_eq!((first.len(), later.len()), (1, 7));
    assert!(later.iter().all(|it| *it == before), "{later:?}");
    assert_eq!(world.typed("cab").await?, (Some(0), before));
    let messages = world.messages()?;
    let [message] = messages.as_slice() else {
        anyhow::bail!("{messages:#?}");
    };
    assert_eq!(message["channel"], "C0REL");
    let is_buttons = |it: &&Value| it["type"] == "actions";
    let blocks = message["blocks"].as_array().context("no blocks")?;
    let buttons = blocks.iter().find(is_buttons).context("no buttons")?;
    let request = buttons["elements"][0]["value"].as_str().context("no id")?;
    let passed = (json!("passed"), Value::Null);
    assert_eq!(world.says("notification_accepted", VERSION).await?, passed);
    let awaited = (json!("pending"), json!("AWAITING_APPROVAL"));
    assert_eq!(world.says("approval_decision", VERSION).await?, awaited);

    // Only who may approve does, and only what is signed is heard.
    let forged = world.click("U0APPR", "approve", request, "another").await?;
    assert_eq!(forged, 401);
    assert_eq!(
        world
            .click("U0ELSE", "approve", request, SECRETS[1].1)
            .await?,
        200
    );
    assert_eq!(
        world
            .click("U0APPR", "approve", "another", SECRETS[1].1)
            .await?,
        200
    );
    assert_eq!(world.says("approval_decision", VERSION).await?, awaited);
    assert_eq!(
        world
            .click("U0APPR", "approve", request, SECRETS[1].1)
            .await?,
        200
    );
    assert_eq!(world.says("approval_decision", VERSION).await?, passed);

    // Of another release nobody was told, and nobody approved it.
    let other = world.says("approval_decision", "2.15.0").await?;
    assert_ne!(other.0, "passed");
    assert_eq!(world.messages()?.len(), 1);
    assert_eq!(
        world.notice("cab", "2.15.0").await?,
        json!({ "result": "sent" })
    );
    assert_eq!(world.messages()?.len(), 2);
    assert_eq!(world.says("approval_decision", "2.15.0").await?, awaited);
    Ok(())
}

#[tokio::test]
async fn in_one_process_a_request_is_sent_once() -> Result<()> {
    a_request_is_sent_once_and_answered_by_people(World::in_one_process().await?).await
}

#[tokio::test]
async fn in_processes_of_their_own_a_request_is_sent_once() -> Result<()> {
    a_request_is_sent_once_and_answered_by_people(World::in_processes_of_their_own().await?).await
}

/// How many of these answers are this word.
fn count(told: &[Value], word: &str) -> usize {
    told.iter().filter(|it| it["result"] == word).count()
}

#[tokio::test]
async fn two_replicas_on_one_database_send_a_request_once() -> Result<()> {
    let mut world = World::with_a_replica().await?;
    // The gateway connects when it is asked for the first time.
    world.says("notification_accepted", VERSION).await?;
    world.replicas()?.begin_second().await?;
    for (round, version) in ["3.0.0", "3.0.1", "3.0.2"].into_iter().enumerate() {
        let asked = (0..16).map(|_| world.notice("cab", version));
        let told = try_join_all(asked).await?;
        let counts = (count(&told, "sent"), count(&told, "sent_before"));
        assert_eq!(counts, (1, 15), "{told:?}");
        assert_eq!(world.messages()?.len(), round + 1);
    }
    world.end().await
}

/// Whether a message went out whose sender is gone nobody knows, and nobody tries again.
#[tokio::test]
async fn a_replica_that_dies_while_it_sends_is_followed_by_no_second_message() -> Result<()> {
    let mut world = World::with_a_replica().await?;
    world.slack.set(Script::default().on("POST", POST).hang())?;
    let (url, client) = (world.url().to_owned(), http::client()?);
    let body = json!({ "subject": { "version": VERSION } });
    let url = format!("{url}/v1/sources/cab/notice?{QUERY}");
    let first = client.post(&url).json(&body).send();
    let killed = async {
        until("the message is on its way", async || {
            Ok((world.messages()?.len() == 1).then_some(()))
        })
        .await?;
        let replicas = world.replicas()?;
        replicas.begin_second().await?;
        replicas.first.kill().await
    };
    let (told, killed) = tokio::join!(first, killed);
    killed?;
    // Its caller is never told that it was sent.
    if let Ok(told) = told {
        let told: Value = told.json().await?;
        assert_ne!(told["result"], "sent", "{told}");
    }
    world.slack.set(taking())?;
    let asked = (0..16).map(|_| world.notice("cab", VERSION));
    let told = try_join_all(asked).await?;
    assert_eq!(count(&told, "sent"), 0, "{told:?}");
    assert!(count(&told, "sent_before") > 0, "{told:?}");
    assert_eq!(world.messages()?.len(), 1);
    // Of another release the one that is left tells once.
    until("another release is told of", async || {
        let told = world.notice("cab", "2.15.0").await?;
        Ok((told["result"] == "sent").then_some(()))
    })
    .await?;
    assert_eq!(world.messages()?.len(), 2);
    world.end().await
}
