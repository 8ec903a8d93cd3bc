//! Secrets that nobody else has, and what finds them again in whatever form.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;

use aho_corasick::AhoCorasick;
use anyhow::Result;
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};
use passport_integration_tests::receiver::Came;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode, percent_encode_byte};

/// Less of a secret is found by chance, and is no use to anybody.
const SHORTEST: usize = 12;

/// What stays as it is in a query or in userinfo.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// A secret that was planted.
#[derive(Debug, Clone)]
pub struct Canary {
    /// What kind of secret it is.
    pub kind: &'static str,
    /// What no output may hold.
    pub secret: Vec<u8>,
}

/// Something that came out.
#[derive(Debug, Clone)]
pub struct Output {
    /// Where.
    pub name: String,
    /// What.
    pub bytes: Vec<u8>,
}

/// Finds canaries.
pub struct Searcher {
    needles: AhoCorasick,
    /// What each needle is.
    names: Vec<String>,
}

// === impl Canary ===

impl Canary {
    /// A random secret as tokens are: 28 characters, among them `+` and `/`.
    pub fn token(kind: &'static str) -> Result<(Self, String)> {
        let text = BASE64_STANDARD.encode(random::<21>()?);
        let (front, back) = text.split_at(14);
        let text = format!(
            "{}+{}/",
            front.get(..13).unwrap_or(front),
            back.get(..13).unwrap_or(back)
        );
        Ok((Self::of(kind, &text), text))
    }

    /// A random secret that looks like a word: 24 small letters, with a `/` and a `%` in between.
    pub fn word(kind: &'static str) -> Result<(Self, String)> {
        let letters = random::<24>()?.map(|byte| char::from(b'a' + byte % 26));
        let (front, back) = letters.split_at(12);
        let text = front
            .iter()
            .chain(&['/', '%'])
            .chain(back)
            .collect::<String>();
        Ok((Self::of(kind, &text), text))
    }

    /// A secret that stands elsewhere.
    pub fn of(kind: &'static str, secret: impl AsRef<[u8]>) -> Self {
        let secret = secret.as_ref().to_vec();
        Self { kind, secret }
    }

    /// Every form in which it, or a half of it, may show, with a name for the form.
    pub fn forms(&self) -> Vec<(String, Vec<u8>)> {
        let (front, back) = self.secret.split_at(self.secret.len() / 2);
        let pieces = [
            ("whole", self.secret.as_slice()),
            ("first half", front),
            ("second half", back),
        ];
        let long = pieces
            .into_iter()
            .filter(|(_, piece)| piece.len() >= SHORTEST);
        let forms = long.flat_map(|(part, piece)| {
            encodings(piece)
                .into_iter()
                .map(move |(form, text)| (format!("{part}, {form}"), text))
        });
        forms.collect()
    }
}

/// Every form of some bytes. Letters of either case are found alike.
fn encodings(piece: &[u8]) -> Vec<(String, Vec<u8>)> {
    let escaped = |set| percent_encode(piece, set).to_string().into_bytes();
    let every = piece.iter().map(|byte| percent_encode_byte(*byte));
    let mut all = vec![
        ("raw".to_owned(), piece.to_vec()),
        ("hex".to_owned(), hex::encode(piece).into_bytes()),
        ("percent-encoded".to_owned(), escaped(UNRESERVED)),
        (
            "all percent-encoded".to_owned(),
            every.collect::<String>().into_bytes(),
        ),
    ];
    if let Ok(text) = std::str::from_utf8(piece) {
        let json = text.replace('/', "\\/").into_bytes();
        all.push(("JSON".to_owned(), json));
    }
    for shift in 0..3 {
        for (name, engine) in [("base64", BASE64_STANDARD), ("base64url", BASE64_URL_SAFE)] {
            let text = core(
                &engine.encode([&vec![0; shift], piece].concat()),
                shift,
                piece.len(),
            );
            all.push((format!("{name} at {shift}"), text));
        }
    }
    all
}

/// The characters that depend on the piece alone, whatever stands before and after it.
fn core(encoded: &str, shift: usize, length: usize) -> Vec<u8> {
    let first = (shift * 8).div_ceil(6);
    let end = (shift + length) * 8 / 6;
    encoded.get(first..end).unwrap_or_default().into()
}

fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes)
}

// === impl Output ===

impl Output {
    pub fn new(name: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        let (name, bytes) = (name.into(), bytes.into());
        Self { name, bytes }
    }
}

impl From<Came> for Output {
    fn from(Came { kind, bytes }: Came) -> Self {
        Self::new(kind, bytes)
    }
}

// === impl Searcher ===

impl Searcher {
    /// What finds these.
    pub fn new<'a>(canaries: impl IntoIterator<Item = &'a Canary>) -> Result<Self> {
        let named = |canary: &Canary| {
            let kind = canary.kind;
            let forms = canary.forms().into_iter();
            forms
                .map(move |(form, text)| (format!("{kind} ({form})"), text))
                .collect::<Vec<_>>()
        };
        let (names, texts): (Vec<_>, Vec<_>) = canaries.into_iter().flat_map(named).unzip();
        let needles = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(texts)?;
        Ok(Self { needles, names })
    }

    /// What shows, and where; empty when nothing does.
    pub fn search<'a>(&self, outputs: impl IntoIterator<Item = &'a Output>) -> BTreeSet<String> {
        let outputs = outputs.into_iter();
        outputs.flat_map(|output| self.found_in(output)).collect()
    }

    fn found_in(&self, output: &Output) -> BTreeSet<String> {
        let found = self.needles.find_overlapping_iter(&output.bytes);
        let told = found.map(|found| {
            let name = self.names.get(found.pattern().as_usize());
            let around =
                found.start().saturating_sub(60)..(found.end() + 20).min(output.bytes.len());
            let around = output.bytes.get(around).unwrap_or_default();
            let around = String::from_utf8_lossy(around);
            format!(
                "{}: {} in {around:?}",
                output.name,
                name.map_or("?", String::as_str)
            )
        });
        told.collect()
    }
}

// === tests ===

/// Every encoding, made here by other means than the needles are.
fn hidden(secret: &str) -> Vec<String> {
    let url_safe = BASE64_URL_SAFE;
    let shifted = |before: &str| format!("{before}{secret}:after");
    let mut all = vec![
        format!("before {secret} after"),
        secret.to_uppercase(),
        hex::encode_upper(shifted("x")),
        percent_encode(secret.as_bytes(), NON_ALPHANUMERIC).to_string(),
        serde_json::json!({ "text": secret }).to_string(),
    ];
    for before in ["", "u", "us", "user:"] {
        all.push(BASE64_STANDARD.encode(shifted(before)));
        all.push(
            BASE64_STANDARD
                .encode(shifted(before))
                .trim_end_matches('=')
                .to_owned(),
        );
        all.push(url_safe.encode(shifted(before)));
        all.push(
            url_safe
                .encode(format!("{before}{secret}"))
                .trim_end_matches('=')
                .to_owned(),
        );
    }
    all
}

#[test]
fn every_encoding_of_every_half_is_found_wherever_it_stands() -> Result<()> {
    for (canary, secret) in [Canary::token("token")?, Canary::word("word")?] {
        let searcher = Searcher::new([&canary])?;
        let (front, back) = secret.split_at(secret.len() / 2);
        for part in [secret.as_str(), front, back] {
            for text in hidden(part) {
                let output = Output::new("planted", text.clone());
                assert!(!searcher.search([&output]).is_empty(), "{part}: {text}");
            }
        }
    }
    Ok(())
}

#[test]
fn what_is_no_secret_is_not_found() -> Result<()> {
    let (canary, _) = Canary::token("token")?;
    let (_, other) = Canary::token("another")?;
    let searcher = Searcher::new([&canary])?;
    let outputs = hidden(&other)
        .into_iter()
        .map(|text| Output::new("innocent", text));
    let outputs: Vec<_> = outputs.collect();
    assert!(searcher.search(&outputs).is_empty());
    Ok(())
}
