//! Whatever is uploaded, nothing breaks, and nothing passes that no bundle says.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    bundle::{ARTIFACT, BOUNDARY, Bundle, OTHER, delivery, good, judged, passed, source},
    oracle::Oracle,
};

const BODIES: u64 = 100_000;

/// Picks among choices, the same ones for the same seed.
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> usize {
        // A step of xorshift64*.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize
    }

    fn pick<T: Clone>(&mut self, all: &[T]) -> T {
        all[self.throw() % all.len()].clone()
    }

    /// The usual one, or now and then another.
    fn rarely(&mut self, usual: Value, others: &[Value]) -> Value {
        match self.throw() % 8 {
            0 => self.pick(others),
            _ => usual,
        }
    }
}

fn odd() -> [Value; 8] {
    [
        Value::Null,
        json!(-1),
        json!(0),
        json!(1.5),
        json!("1"),
        json!([]),
        json!({}),
        json!(u64::MAX),
    ]
}

fn report(dice: &mut Dice) -> Value {
    let status = dice.rarely(
        json!("expected"),
        &["unexpected", "flaky", "new"].map(Value::from),
    );
    let attempt = dice.rarely(json!("passed"), &[json!("interrupted"), Value::Null]);
    let test = json!({"status": status, "results": [{"status": attempt}]});
    let ok = dice.rarely(json!(true), &[json!(false), Value::Null]);
    let suite = json!({"specs": [{"ok": ok, "tests": [test]}]});
    let suites = dice.rarely(
        json!([suite.clone()]),
        &[json!([{"specs": [], "suites": [suite]}])],
    );
    let writes = ["all", "changed", "missing", "x"].map(Value::from);
    json!({
        "config": {
            "updateSnapshots": dice.rarely(json!("none"), &writes),
            "shard": dice.rarely(Value::Null, &[json!({"total": 2}), json!({"total": 1})]),
        },
        "suites": suites,
        "errors": dice.rarely(json!([]), &[json!([{}]), Value::Null]),
        "stats": {
            "expected": dice.rarely(json!(3), &odd()),
            "unexpected": dice.rarely(json!(0), &odd()),
            "flaky": dice.rarely(json!(0), &[json!(1), Value::Null]),
            "skipped": dice.rarely(json!(0), &odd()),
        },
    })
}

fn entry(dice: &mut Dice) -> Value {
    let statuses = [-1, 0, 7, 204, 304, 404, 499, 500, 599, 999].map(Value::from);
    let mut response = json!({"status": dice.rarely(json!(200), &statuses)});
    let texts = ["net::ERR_ABORTED", "net::ERR_TIMED_OUT", ""].map(Value::from);
    response["_failureText"] = dice.rarely(Value::Null, &texts);
    let path = dice.pick(&["a", "b", "c/1", "c/2"]);
    let second = dice.pick(&[0, 1, 2]);
    json!({
        "startedDateTime": format!("2026-05-03T08:41:0{second}Z"),
        "request": {"method": "GET", "url": format!("https://api.example.com/{path}")},
        "response": response,
    })
}

fn pair(dice: &mut Dice) -> Value {
    let digest = |of: &str| json!(of.repeat(64));
    json!({
        "baselineSha256": dice.rarely(digest("a"), &[Value::Null, digest("b"), json!("x")]),
        "actualSha256": digest("b"),
        "width": dice.rarely(json!(100), &odd()),
        "height": 100,
        "baselineWidth": dice.rarely(Value::Null, &[json!(100), json!(90)]),
        "diffPixels": dice.rarely(json!(10), &[json!(50), json!(51), json!(9000), Value::Null]),
        "ignoredPixels": dice.rarely(json!(0), &[json!(9000), json!(10_000), json!(-1)]),
    })
}

fn line(dice: &mut Dice) -> Value {
    let levels = [
        json!("error"),
        json!("warning"),
        json!("fatal"),
        Value::Null,
    ];
    json!({
        "level": dice.rarely(json!("info"), &levels),
        "count": dice.rarely(json!(1), &odd()),
        "fingerprint": dice.rarely(json!("f"), &[json!(""), Value::Null]),
    })
}

fn some(dice: &mut Dice, one: fn(&mut Dice) -> Value) -> Vec<Value> {
    let count = dice.pick(&[1, 1, 2, 3, 0]);
    (0..count).map(|_| one(dice)).collect()
}

fn bundle(dice: &mut Dice, base: &Bundle) -> Bundle {
    let mut bundle = base.clone();
    let console: Vec<_> = some(dice, line).iter().map(Value::to_string).collect();
    for (name, text) in [
        ("report.json", report(dice).to_string()),
        (
            "net.har",
            json!({"log": {"entries": some(dice, entry)}}).to_string(),
        ),
        ("diff.json", json!({"pairs": some(dice, pair)}).to_string()),
        ("console.jsonl", console.join("\n")),
    ] {
        *bundle.file_mut(name).unwrap() = text;
    }
    bundle.list();
    let others = [
        json!({"artifactDigest": ARTIFACT, "createdAt": "2026-04-20T10:00:00Z"}),
        json!({"artifactDigest": OTHER, "createdAt": "2026-05-03T08:40:00Z"}),
        Value::Null,
    ];
    let usual = bundle.manifest["baseline"].clone();
    bundle.manifest["baseline"] = dice.rarely(usual, &others);
    let artifact = dice.rarely(json!(ARTIFACT), &[json!(OTHER)]);
    bundle.manifest["build"]["artifactDigest"] = artifact;
    spoil(dice, &mut bundle);
    bundle
}

/// Takes a file out, or alters it, after the manifest was written.
fn spoil(dice: &mut Dice, bundle: &mut Bundle) {
    let at = dice.pick(&[0, 1, 2, 3]);
    match dice.pick(&[0, 1, 2, 2, 2, 2, 2, 2]) {
        0 => drop(bundle.files.remove(at)),
        1 => bundle.files[at].1.push(' '),
        _ => {}
    }
}

/// A quarter of all bodies, so that the quarters run beside each other.
fn no_unearned_pass(quarter: u64) {
    let source = source(json!({}));
    let (base, mut passes) = (good(), BTreeMap::new());
    let first = quarter * BODIES / 4 + 1;
    for seed in first..first + BODIES / 4 {
        let bundle = bundle(&mut Dice(seed), &base);
        let facts = judged(source.as_ref(), &delivery(bundle.body()));
        let oracle = Oracle::of(&bundle);
        for name in passed(&facts) {
            assert!(oracle.may_pass(name), "{name} {bundle:?}");
            *passes.entry(name.to_owned()).or_insert(0_u64) += 1;
        }
    }
    // It would be easy for nothing ever to pass.
    assert_eq!(passes.len(), 5, "{passes:?}");
    assert!(passes.values().all(|it| *it > BODIES / 400), "{passes:?}");
}

#[test]
fn nothing_passes_that_no_bundle_says() {
    no_unearned_pass(0);
}

#[test]
fn nothing_passes_that_no_bundle_of_the_second_quarter_says() {
    no_unearned_pass(1);
}

#[test]
fn nothing_passes_that_no_bundle_of_the_third_quarter_says() {
    no_unearned_pass(2);
}

#[test]
fn nothing_passes_that_no_bundle_of_the_last_quarter_says() {
    no_unearned_pass(3);
}

#[test]
fn bytes_of_a_file_that_change_break_the_bundle() {
    let source = source(json!({}));
    let whole = good().body();
    let report = good().file("report.json").unwrap().len();
    let files = whole.find("\r\n\r\n{\"config\"").unwrap() + 4;
    for seed in 1..=20_000 {
        let mut dice = Dice(seed);
        let mut body = whole.clone().into_bytes();
        let at = dice.throw() % body.len();
        match dice.pick(&[0, 1, 2, 3]) {
            0 => body[at] ^= 1 << (dice.throw() % 8),
            1 => drop(body.remove(at)),
            2 => body.insert(at, dice.pick(b"\r\n-\"{}\0\xFF")),
            _ => body.truncate(at),
        }
        let facts = judged(source.as_ref(), &delivery(body.clone()));
        let is_in_a_file = at >= files && at < files + report;
        if is_in_a_file {
            assert!(!passed(&facts).contains(&"bundle_integrity"), "{seed}");
            assert!(!passed(&facts).contains(&"ui_test_result"), "{seed}");
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_pass_nothing(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let facts = judged(source(json!({})).as_ref(), &delivery(bytes));
        prop_assert!(passed(&facts).is_empty());
    }

    #[test]
    fn arbitrary_parts_pass_nothing(texts in prop::collection::vec(".{0,40}", 0..6)) {
        let delimiter = format!("\r\n--{BOUNDARY}\r\n");
        let body = format!("--{BOUNDARY}\r\n{}\r\n--{BOUNDARY}--", texts.join(&delimiter));
        let facts = judged(source(json!({})).as_ref(), &delivery(body));
        prop_assert!(passed(&facts).is_empty());
    }
}
