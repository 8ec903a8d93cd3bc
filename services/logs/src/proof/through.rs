//! Lines through a connector: what it shows, what it keeps, and what the process logs meanwhile.

use chrono::{DateTime, Utc};
use futures::future::join_all;
use passport_connector_sdk::{CollectError, ConnectorKind, Observation};
use passport_evidence::excerpts::{EXCERPT_CHARS, MAX_EXCERPTS};
use passport_testkit::{
    capture, change,
    change::Change,
    connector,
    provider::{Provider, Reply, Script},
};
use rand::{Rng, rngs::StdRng};
use serde_json::{Value, json};

use super::{Line, Seen, THROUGH, line, random, secret};

/// Lines of one piece of log, which is looked through as a whole.
const AT_ONCE: usize = 240;
/// Bad answers that are given.
const ERRORS: usize = 1_200;
/// Providers that are asked side by side.
const LANES: usize = 16;

/// A connector in front of a provider that has these lines.
#[derive(Clone, Copy)]
pub struct Collected {
    /// What stands in the configuration, where the provider answers at this address.
    pub source: fn(&str) -> Value,
    /// What the provider answers.
    pub script: fn(&[String]) -> Script,
    /// Lines of one answer or several, all of which a collection shows.
    pub lines: usize,
    /// Whether it shows any.
    pub shows: bool,
    /// When it is.
    pub now: fn() -> DateTime<Utc>,
}

/// Shows a connector so many lines, and sees that all come and no secret of one does.
pub async fn lines_show_no_secret<K: ConnectorKind>(seed: u64, collected: Collected) {
    let mut random = random(seed);
    let (mut lines, mut excerpts) = (0, 0);
    while lines < THROUGH {
        let some: Vec<_> = (0..AT_ONCE).map(|_| any(&mut random)).collect();
        let texts: Vec<_> = some.iter().map(|it| it.text.clone()).collect();
        let scripts: Vec<_> = texts
            .chunks(collected.lines)
            .map(collected.script)
            .collect();
        let (shown, log) = capture::logged(move || all_of::<K>(collected, scripts))
            .await
            .unwrap();
        excerpts += shown.iter().map(|it| it.excerpts).sum::<usize>();
        let shown: Vec<_> = shown.into_iter().map(|it| it.text).collect();
        assert_no_leak(&some, &format!("{}\n{log}", shown.join("\n")));
        lines += some.len();
    }
    // Lines that say nothing but a secret are shown as its replacement.
    let wanted = if collected.shows { lines } else { 0 };
    assert!(
        (wanted * 99 / 100..=wanted).contains(&excerpts),
        "{excerpts} of {lines} were shown"
    );
}

/// Gives a connector answers that are none: with a bad status, or with a line in a place where none belongs.
pub async fn errors_show_no_secret<K: ConnectorKind>(
    seed: u64,
    collected: Collected,
    bad: fn(&mut StdRng, &str) -> Script,
) {
    let mut random = random(seed);
    let mut lines = 0;
    while lines < ERRORS {
        let some: Vec<_> = (0..60).map(|_| any(&mut random)).collect();
        let scripts: Vec<_> = some.iter().map(|it| bad(&mut random, &it.text)).collect();
        let (shown, log) = capture::logged(move || all_of::<K>(collected, scripts))
            .await
            .unwrap();
        let shown: Vec<_> = shown.into_iter().map(|it| it.text).collect();
        assert_no_leak(&some, &format!("{}\n{log}", shown.join("\n")));
        lines += some.len();
    }
}

fn any(random: &mut StdRng) -> Line {
    let secret = secret(random);
    line(random, secret)
}

fn assert_no_leak(lines: &[Line], out: &str) {
    let seen = Seen::of(out);
    for line in lines {
        if let Some(piece) = seen.shows(&line.secret.pieces) {
            let at = out
                .lines()
                .find(|it| it.contains(&piece[..piece.len().min(8)]));
            panic!("{piece:?} of {:?} in {at:?}", line.text);
        }
    }
}

/// What a collection shows, and how many excerpts are in it.
struct Shown {
    text: String,
    excerpts: usize,
}

/// A collection mostly waits for its provider: several side by side.
async fn all_of<K: ConnectorKind>(collected: Collected, scripts: Vec<Script>) -> Vec<Shown> {
    let each = scripts.len().div_ceil(LANES).max(1);
    let mut lanes = Vec::new();
    let mut rest = scripts.into_iter().peekable();
    while rest.peek().is_some() {
        lanes.push(in_turn::<K>(collected, rest.by_ref().take(each).collect()));
    }
    join_all(lanes).await.into_iter().flatten().collect()
}

async fn in_turn<K: ConnectorKind>(collected: Collected, scripts: Vec<Script>) -> Vec<Shown> {
    let provider = Provider::script().start().await.unwrap();
    let source = (collected.source)(&provider.base());
    let secrets = [
        ("TOKEN", "token-1"),
        ("ID", "an-id"),
        ("SECRET", "a-secret"),
    ];
    let built = connector::built::<K>(&source, &connector::hub(&secrets)).unwrap();
    let mut shown = Vec::new();
    for script in scripts {
        provider.set(script).unwrap();
        let request = connector::request((collected.now)());
        shown.push(of(built.collect(&request, &Default::default()).await));
    }
    shown
}

fn of(outcome: Result<Observation, CollectError>) -> Shown {
    let observation = match outcome {
        Ok(observation) => observation,
        Err(error) => {
            return Shown {
                text: format!("{error} {error:?}"),
                excerpts: 0,
            };
        }
    };
    let facts = &observation.facts;
    for fact in facts {
        assert!(fact.excerpts().iter().count() <= MAX_EXCERPTS);
        let is_short = |it: &str| it.chars().count() <= EXCERPT_CHARS;
        assert!(fact.excerpts().iter().all(is_short));
    }
    Shown {
        text: format!("{}\n{observation:?}", serde_json::to_string(facts).unwrap()),
        excerpts: facts.iter().map(|it| it.excerpts().iter().count()).sum(),
    }
}

/// A bad answer: a refusal that holds a text, or a good answer with the text where none belongs.
pub fn spoilt(random: &mut StdRng, good: &Value, text: &str) -> Reply {
    let statuses = [400, 401, 403, 404, 429, 500, 503];
    let status = statuses[random.random_range(0..statuses.len())];
    match random.random_range(0..5) {
        0 => Reply::text(status, text),
        1 => Reply::json(
            status,
            json!({"error": {"reason": text, "type": text}, "message": text, text: 1}),
        ),
        2 => Reply::json(
            status,
            json!({"__type": text, "Message": text, "error": text}),
        ),
        3 => Reply::text(200, text),
        _ => {
            let places = change::places(good);
            let place = places[random.random_range(0..places.len())].clone();
            let mut answer = good.clone();
            Change::Set(place, text.into()).apply(&mut answer);
            Reply::json(200, answer)
        }
    }
}
