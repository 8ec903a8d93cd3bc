//! Whether a piece of a secret is seen in what came out.

use std::collections::HashSet;

use base64::{
    Engine as _,
    alphabet::{STANDARD, URL_SAFE},
    engine::{GeneralPurpose, general_purpose::NO_PAD},
};

/// So much of a secret is a leak; of a shorter one, the whole.
const WINDOW: usize = 8;

/// All that came out, ready to be looked through, as it is and decoded.
#[derive(Debug, Default)]
pub struct Seen {
    windows: HashSet<[u8; WINDOW]>,
    texts: Vec<String>,
}

// === impl Seen ===

impl Seen {
    /// This came out.
    pub fn of(text: &str) -> Self {
        let mut seen = Self::default();
        seen.add(text.to_owned());
        for run in runs(text) {
            decoded(run).into_iter().for_each(|it| seen.add(it));
        }
        seen.add(unescaped(text));
        seen.add(percent_decoded(text));
        seen
    }

    fn add(&mut self, text: String) {
        let windows = text.as_bytes().windows(WINDOW);
        self.windows
            .extend(windows.filter_map(|it| <[u8; WINDOW]>::try_from(it).ok()));
        self.texts.push(text);
    }

    /// The first part of a secret that is in it.
    pub fn shows<'a>(&self, pieces: &'a [String]) -> Option<&'a str> {
        pieces.iter().find_map(|piece| {
            let windows = piece.as_bytes().windows(WINDOW);
            let mut windows = windows.filter_map(|it| <[u8; WINDOW]>::try_from(it).ok());
            let is_seen = match piece.len() < WINDOW || has_few_letters(piece) {
                true => self.texts.iter().any(|it| it.contains(piece.as_str())),
                false => windows.any(|it| self.windows.contains(&it)),
            };
            is_seen.then_some(piece.as_str())
        })
    }
}

/// Numbers and addresses: parts of them occur elsewhere.
fn has_few_letters(piece: &str) -> bool {
    piece.bytes().filter(|it| !it.is_ascii_hexdigit()).count() * 2 < piece.len()
        && !piece.bytes().any(|it| it.is_ascii_uppercase())
}

fn runs(text: &str) -> impl Iterator<Item = &str> {
    let is_inner = |it: char| it.is_ascii_alphanumeric() || "+/-_".contains(it);
    text.split(move |it| !is_inner(it))
        .filter(|it| it.len() >= 12)
}

fn decoded(run: &str) -> Vec<String> {
    let config = NO_PAD.with_decode_allow_trailing_bits(true);
    let run = &run[..run.len() - usize::from(run.len() % 4 == 1)];
    let ways = [&STANDARD, &URL_SAFE].into_iter();
    let ways = ways.filter_map(|it| GeneralPurpose::new(it, config).decode(run).ok());
    ways.filter_map(|it| String::from_utf8(it).ok()).collect()
}

fn unescaped(text: &str) -> String {
    text.replace("\\/", "/").replace('\\', "")
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.as_bytes();
    while let Some((first, rest)) = bytes.split_first() {
        let code = rest.get(..2).filter(|_| *first == b'%');
        let code = code.and_then(|it| u8::from_str_radix(std::str::from_utf8(it).ok()?, 16).ok());
        match code {
            Some(byte) => {
                out.push(byte);
                bytes = &rest[2..];
            }
            None => {
                out.push(*first);
                bytes = rest;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn a_piece_is_seen_plain_and_encoded() {
    let pieces = ["Abcdefgh12345".to_owned()];
    for text in [
        "x Abcdefgh12345",
        "xAbcdefghx",
        "QWJjZGVmZ2gxMjM0NQ==",
        "%41bcdefgh",
        "Abcd\\/efgh".replace("\\/", "\\").as_str(),
    ] {
        assert!(Seen::of(text).shows(&pieces).is_some(), "{text}");
    }
    assert_eq!(Seen::of("Abcdefg").shows(&pieces), None);
    let address = ["203.0.113.9".to_owned()];
    assert_eq!(Seen::of("203.0.113.8").shows(&address), None);
    assert!(Seen::of("at 203.0.113.9").shows(&address).is_some());
}
