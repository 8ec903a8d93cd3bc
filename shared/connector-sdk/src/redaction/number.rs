//! Numbers that a checksum gives away: payment cards and bank accounts.

use std::ops::Range;

use super::hits::{Hits, rest};
use super::patterns::Patterns;

const CARD_DIGITS: std::ops::RangeInclusive<usize> = 13..=19;
const IBAN_LENGTH: std::ops::RangeInclusive<usize> = 15..=34;

/// Finds card numbers. A run of digits may hold a number before or after the card, so that each
/// group of digits may begin or end one.
pub(super) fn cards(patterns: &Patterns, text: &str) -> Hits {
    let mut hits = Hits::new();
    for run in patterns.digits.find_iter(text) {
        let mut at = run.start();
        while at < run.end() {
            let group = rest(text, at)
                .bytes()
                .take_while(u8::is_ascii_digit)
                .count();
            let next = at.saturating_add(group).saturating_add(1);
            at = match card(text, at..run.end()) {
                Some(hit) => {
                    let after = hit.end.saturating_add(1);
                    hits.push(hit);
                    after
                }
                None => next,
            };
        }
    }
    hits
}

/// The longest card that begins where the range does and ends with a group.
fn card(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let mut digits = Vec::new();
    let mut longest = None;
    let mut bytes = text.get(range.clone())?.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        if !byte.is_ascii_digit() {
            continue;
        }
        digits.push(byte.saturating_sub(b'0'));
        let ends_group = bytes.peek().is_none_or(|(_, next)| !next.is_ascii_digit());
        if digits.len() > *CARD_DIGITS.end() {
            break;
        }
        if ends_group && is_card(&digits) {
            longest = Some(range.start..range.start.saturating_add(at).saturating_add(1));
        }
    }
    longest
}

fn is_card(digits: &[u8]) -> bool {
    let first = digits.first().copied().unwrap_or_default();
    CARD_DIGITS.contains(&digits.len())
        && (3..=6).contains(&first)
        && digits.iter().any(|digit| *digit != first)
        && luhn(digits)
}

fn luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| match digit {
        0..=4 => digit.saturating_mul(2),
        _ => digit.saturating_mul(2).saturating_sub(9),
    };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| u32::from(if at % 2 == 1 { doubled(*digit) } else { *digit }))
        .sum();
    sum.is_multiple_of(10)
}

/// Finds bank account numbers.
pub(super) fn ibans(patterns: &Patterns, text: &str) -> Hits {
    let starts = patterns.iban_start.find_iter(text);
    starts
        .filter(|start| begins_word(text, start.start()))
        .filter_map(|start| iban(text, start.start()))
        .map(|hit| with_its_word(text, hit))
        .collect()
}

/// What a number is glued to may be the rest of a key in which it stands by chance, and goes with it.
fn with_its_word(text: &str, hit: Range<usize>) -> Range<usize> {
    let head = text.get(..hit.start).unwrap_or_default();
    let before = head.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || "+/".contains(c));
    before.len()..hit.end
}

/// An account number may be glued to a lower-case word before it; it is no part of a digest or id.
fn begins_word(text: &str, at: usize) -> bool {
    let before = text.get(..at).and_then(|head| head.chars().next_back());
    let upper = rest(text, at).starts_with(|c: char| c.is_ascii_uppercase());
    before.is_none_or(|c| !c.is_ascii_alphanumeric() || upper && c.is_lowercase())
}

/// The longest valid number that begins here and ends with a group.
fn iban(text: &str, start: usize) -> Option<Range<usize>> {
    let mut number = Vec::new();
    let mut longest = None;
    let mut after_separator = false;
    for (at, c) in rest(text, start).char_indices() {
        if c.is_ascii_alphanumeric() {
            number.push(c);
            after_separator = false;
        } else if matches!(c, ' ' | '-') && !after_separator {
            after_separator = true;
        } else {
            break;
        }
        if number.len() > *IBAN_LENGTH.end() {
            break;
        }
        let end = start.saturating_add(at).saturating_add(1);
        let ends_group = !rest(text, end).starts_with(|c: char| c.is_ascii_alphanumeric());
        if !after_separator
            && ends_group
            && IBAN_LENGTH.contains(&number.len())
            && mod_97(&number) == 1
        {
            longest = Some(start..end);
        }
    }
    longest
}

/// The number modulo 97, its first four characters moved to the end and its letters as 10 to 35.
fn mod_97(number: &[char]) -> u32 {
    let (head, tail) = number.split_at_checked(4).unwrap_or((number, &[]));
    tail.iter().chain(head).fold(0, |rest, c| {
        let value = c.to_digit(36).unwrap_or_default();
        let shift = if value > 9 { 100 } else { 10 };
        (rest * shift + value) % 97
    })
}
