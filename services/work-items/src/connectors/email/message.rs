//! The message about a release (RFC 5322, RFC 2045, RFC 2047). Pure.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use passport_evidence::{Scope, Subject};

use super::address::Mailbox;

/// Longest part that is shown of the release, and most digests.
const MAX_SHOWN: usize = 150;
const MAX_DIGESTS: usize = 3;
/// Longest text that stands in a header as it is.
const MAX_PLAIN: usize = 60;
/// Most bytes in one encoded word: together with what stands around them no more than 75 characters.
const MAX_WORD: usize = 42;
/// Characters of a line of the body.
const LINE: usize = 76;

/// What a message is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Service and environment.
    pub of: &'a Scope,
    /// The release.
    pub subject: &'a Subject,
}

/// What stands at its head.
#[derive(Debug, Clone, Copy)]
pub struct Head<'a> {
    /// Who sends.
    pub from: &'a Mailbox,
    /// The one recipient.
    pub to: &'a Mailbox,
    /// Its id.
    pub id: &'a str,
    /// When it is sent.
    pub at: DateTime<Utc>,
}

/// Whether anything is known of a release that could be written.
pub fn names(subject: &Subject) -> bool {
    let texts = subject.version.iter().chain(&subject.revision);
    let mut texts = texts.chain(&subject.artifact_digests);
    texts.any(|it| !it.trim().is_empty())
}

// === impl About ===

impl About<'_> {
    /// The whole message in ASCII; `None`: something in its head would end a line.
    pub fn message(&self, head: &Head<'_>) -> Option<Vec<u8>> {
        let headers = [
            ("From", head.from.as_str().to_owned()),
            ("To", head.to.as_str().to_owned()),
            ("Subject", unstructured(&self.title())),
            (
                "Date",
                head.at.format("%a, %d %b %Y %H:%M:%S +0000").to_string(),
            ),
            ("Message-ID", head.id.to_owned()),
            ("Auto-Submitted", "auto-generated".to_owned()),
            ("MIME-Version", "1.0".to_owned()),
            ("Content-Type", "text/plain; charset=utf-8".to_owned()),
            ("Content-Transfer-Encoding", "base64".to_owned()),
        ];
        let mut message = String::new();
        for (name, value) in &headers {
            message.push_str(&line(name, value)?);
        }
        message.push_str("\r\n");
        let body = BASE64_STANDARD.encode(self.body());
        for chunk in body.as_bytes().chunks(LINE) {
            message.push_str(std::str::from_utf8(chunk).ok()?);
            message.push_str("\r\n");
        }
        Some(message.into_bytes())
    }

    fn title(&self) -> String {
        let (service, environment) = (&self.of.service, &self.of.environment);
        let version = self.subject.version.as_deref().map(shown);
        let version = version.filter(|it| !it.is_empty());
        let version = version.map(|it| format!(" {it}")).unwrap_or_default();
        format!("Release of {service}{version} to {environment}")
    }

    fn body(&self) -> String {
        let Subject {
            version,
            revision,
            artifact_digests,
        } = self.subject;
        let line = |what: &str, it: &str| format!("{what}: {}\r\n", shown(it));
        let scope = [
            line("Service", self.of.service.as_str()),
            line("Environment", self.of.environment.as_str()),
        ];
        let version = version.iter().map(|it| line("Version", it));
        let revision = revision.iter().map(|it| line("Revision", it));
        let digests = artifact_digests.iter().take(MAX_DIGESTS);
        let digests = digests.map(|it| line("Digest", it));
        let told = scope
            .into_iter()
            .chain(version)
            .chain(revision)
            .chain(digests);
        let note =
            "\r\nThis message was sent once, by a machine. An answer to it approves nothing.\r\n";
        told.chain([note.to_owned()]).collect()
    }
}

/// A header on one line; folded only where an encoded word ends. `None`: its value would end it.
fn line(name: &str, value: &str) -> Option<String> {
    let unfolded = value.replace("\r\n =?", " =?");
    let is_one = !unfolded.contains(|it: char| it.is_control() || !it.is_ascii());
    is_one.then(|| format!("{name}: {value}\r\n"))
}

/// A text of the release on one line: nothing in it ends one, and nothing changes how the rest is read.
fn shown(text: &str) -> String {
    let is_plain = |it: &char| !it.is_control() && !is_turning(*it);
    let plain = text.chars().map(|it| if is_plain(&it) { it } else { ' ' });
    let plain: String = plain.take(MAX_SHOWN).collect();
    plain.trim().to_owned()
}

/// Characters that break a line, are not seen, or turn the direction of what follows.
fn is_turning(it: char) -> bool {
    matches!(it, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{61c}')
}

/// A text as it may stand in a header: itself, or encoded words, each of whole characters.
fn unstructured(text: &str) -> String {
    let is_plain = text.bytes().all(|it| (b' '..=b'~').contains(&it));
    if is_plain && text.len() <= MAX_PLAIN && !text.contains("=?") {
        return text.to_owned();
    }
    let mut words = vec![String::new()];
    for it in text.chars() {
        let is_full = |word: &String| word.len().saturating_add(it.len_utf8()) > MAX_WORD;
        if words.last().is_none_or(is_full) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(it);
        }
    }
    let words = words
        .iter()
        .map(|it| format!("=?utf-8?B?{}?=", BASE64_STANDARD.encode(it)));
    words.collect::<Vec<_>>().join("\r\n ")
}
