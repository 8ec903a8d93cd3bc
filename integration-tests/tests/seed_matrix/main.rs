//! Every connector that was ever announced, at once behind one `passport up`: each answers with evidence or
//! with an honest failure, and says no more of itself than it was announced as, or why.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

mod rows;
mod situation;
mod subject;
mod table;
mod world;

use anyhow::Result;
use serde_json::Value;

use self::world::{Outcome, World};

#[test]
fn each_connector_has_a_row_and_is_what_it_was_announced_as_or_says_why_not() -> Result<()> {
    let mut differences = String::new();
    let problems = table::problems(&mut differences)?;
    println!("{differences}");
    assert!(problems.is_empty(), "{problems:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_row_speaks_of_one_release_and_it_goes() -> Result<()> {
    let world = World::started(|_| true).await?;
    let gated = world.gate().await?;
    println!("{}", table::drawn(&gated)?);
    let mut missing = Vec::new();
    for situation in &world.situations {
        let outcome = gated.outcome(&situation.row)?;
        for (name, item) in &situation.wanted {
            if !outcome.has_passed(name, item.as_deref()) {
                let facts: Vec<&Value> =
                    outcome.facts().filter(|it| it["name"] == **name).collect();
                missing.push(format!(
                    "{} {name} {item:?}: {facts:?}",
                    situation.row.name()
                ));
            }
        }
    }
    assert!(missing.is_empty(), "not passed: {missing:#?}");
    let against = &gated.passport["requirements"];
    assert_eq!(gated.passport["decision"], "allow", "{against:#}");
    assert_eq!(gated.code, Some(0));
    for situation in &world.situations {
        let asked = situation.provider.as_ref().map(|it| it.requests().len());
        assert_ne!(asked, Some(0), "{} was not asked", situation.row.name());
        for secret in situation.environment.values() {
            assert!(!gated.passport.to_string().contains(secret), "{secret}");
        }
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn with_every_provider_gone_nothing_that_is_asked_passes() -> Result<()> {
    let world = World::started(|_| false).await?;
    let gated = world.gate().await?;
    println!("{}", table::drawn(&gated)?);
    for situation in &world.situations {
        let name = situation.row.name();
        let outcome = gated.outcome(&situation.row)?;
        let is_told = situation.provider.is_none();
        for fact in outcome.facts() {
            assert!(is_told || fact["status"] != "passed", "{name}: {fact}");
        }
        let is_failure = matches!(outcome, Outcome::Failure(_));
        assert!(!is_told || !is_failure, "{name} was told and failed");
    }
    // The endpoint that runtime-target asks is the release itself: that it is gone is a fact, and a failed one.
    assert_eq!(gated.passport["decision"], "block");
    assert_eq!(gated.code, Some(1));
    Ok(())
}

/// One that is gone costs its own row, and no other.
#[tokio::test(flavor = "multi_thread")]
async fn with_every_second_provider_gone_the_others_say_what_they_always_do() -> Result<()> {
    let world = World::started(|number| number % 2 == 0).await?;
    let gated = world.gate().await?;
    println!("{}", table::drawn(&gated)?);
    let mut wrong = Vec::new();
    for situation in &world.situations {
        let name = situation.row.name();
        let outcome = gated.outcome(&situation.row)?;
        for (fact, item) in &situation.wanted {
            if outcome.has_passed(fact, item.as_deref()) == situation.is_down {
                wrong.push(format!(
                    "{name} {fact} {item:?}, gone: {}",
                    situation.is_down
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let gone = world.situations.iter().filter(|it| it.is_down).count();
    assert!(gone > 10, "{gone}");
    assert_ne!(gated.passport["decision"], "allow");
    assert_eq!(gated.code, Some(1));
    Ok(())
}
