//! Where in a line a secret stands.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use rand::{Rng, rngs::StdRng};
use serde_json::json;

use super::{Line, Secret};

type Place = fn(&mut StdRng, &Secret) -> String;

/// Every place by its name.
pub const PLACES: &[(&str, Place)] = &[
    ("start", |_, it| format!("{} was refused", it.text)),
    ("middle", |_, it| {
        format!("level=error the charge of {} was refused", it.text)
    }),
    ("end", |_, it| format!("level=error refused {}", it.text)),
    ("alone", |_, it| it.text.clone()),
    ("value of JSON", |_, it| {
        json!({"level": "error", "detail": it.text, "order": 17}).to_string()
    }),
    ("key of JSON", |_, it| {
        json!({"level": "error", &it.text: 17}).to_string()
    }),
    ("quoted", |_, it| {
        format!("msg=\"refused {}\" order=17", it.text)
    }),
    ("in single quotes", |_, it| {
        format!("refused '{}' again", it.text)
    }),
    ("JSON within JSON", |_, it| {
        let inner = json!({"detail": it.text}).to_string();
        json!({"msg": inner, "level": "error"}).to_string()
    }),
    ("escaped slashes", |_, it| {
        json!({"detail": it.text}).to_string().replace('/', "\\/")
    }),
    ("percent-encoded", |_, it| {
        format!("GET /next?to={}&order=17 200", encoded(&it.text))
    }),
    ("percent-encoded form", |_, it| {
        format!("to={}&n=1", encoded(&it.text).replace("%20", "+"))
    }),
    ("base64", |_, it| {
        format!("body {} refused", STANDARD.encode(&it.text))
    }),
    ("across the cut", |random, it| {
        let before = random.random_range(100..160);
        format!("{} {}", "abc ".repeat(before / 4), it.text)
    }),
    ("of several lines", |_, it| {
        format!("panicked at\n  {}\n  in main", it.text)
    }),
    ("beside letters of other scripts", |_, it| {
        format!("拒绝{}拒绝", it.text)
    }),
    ("beside signs", |_, it| {
        format!("🙂{}🙂 [{}]", it.text, it.text)
    }),
    ("behind an escape", |_, it| {
        format!("\u{1b}[31m{}\u{1b}[0m refused", it.text)
    }),
    ("in brackets", |_, it| {
        format!("headers=[{}] order=17", it.text)
    }),
    ("behind a colon", |_, it| format!("error:{}", it.text)),
    ("beside a no-break space", |_, it| {
        format!("order\u{a0}{}\u{a0}refused", it.text)
    }),
];

/// A line with a secret somewhere in it. Some are cut, as providers cut them.
pub fn line(random: &mut StdRng, secret: Secret) -> Line {
    let (_, place) = PLACES[random.random_range(0..PLACES.len())];
    let text = place(random, &secret);
    let whole = Line { text, secret };
    match random.random_range(0..10) {
        0 if whole.secret.is_known_by_its_beginning => cut(random, whole),
        _ => whole,
    }
}

/// The secret at the end of a line, and not all of it.
fn cut(random: &mut StdRng, line: Line) -> Line {
    let piece = &line.secret.pieces[0];
    let kept = random.random_range(12..piece.len());
    let (before, _) = line.secret.text.split_once(piece.as_str()).unwrap();
    let mut secret = line.secret.clone();
    secret.pieces = vec![piece[..kept].to_owned()];
    Line {
        text: format!("refused {before}{}", &piece[..kept]),
        secret,
    }
}

/// Everything but letters and digits.
fn encoded(text: &str) -> String {
    let one = |it: u8| match it.is_ascii_alphanumeric() {
        true => char::from(it).to_string(),
        false => format!("%{it:02X}"),
    };
    text.bytes().map(one).collect()
}
