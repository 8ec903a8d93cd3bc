//! One message to one recipient, step by step.

use passport_connector_sdk::{CollectError, Unanswered};
use passport_evidence::FailureCode;

use super::{
    Class, Reply,
    wire::{Broken, Wire},
};
use crate::connectors::email::address::Mailbox;

/// Codes by which a server wants a login first (RFC 4954, section 6).
const WANTS_LOGIN: [u16; 4] = [530, 534, 535, 538];

/// A connection on which messages are taken.
pub struct Session {
    wire: Wire,
    /// Whether the server can be asked for reports of delivery (RFC 3461).
    reports: bool,
    /// Whether a message was begun on it.
    begun: bool,
}

/// From whom a message goes to whom.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    /// Who sends, and gets reports.
    pub from: &'a Mailbox,
    /// The one recipient.
    pub to: &'a Mailbox,
    /// Whether reports of delivery are asked for, where the server can be.
    pub wants_reports: bool,
}

/// What a server said of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judged {
    /// That it took it, or at some step that it does not.
    Reply(Reply),
    /// After the whole message something that is no answer.
    Unclear,
}

// === impl Session ===

impl Session {
    pub(super) fn new(wire: Wire, reports: bool) -> Self {
        Self {
            wire,
            reports,
            begun: false,
        }
    }

    /// Hands over a message, and gives the reply that decided on it.
    ///
    /// # Errors
    /// There was none, and whether it may have arrived. No further message can be sent over this connection.
    pub async fn send(
        &mut self,
        envelope: &Envelope<'_>,
        message: &[u8],
    ) -> Result<Judged, Unanswered> {
        if self.begun {
            self.step("RSET".to_owned(), Class::Done).await?;
        }
        self.begun = true;
        for (command, wanted) in self.commands(envelope) {
            let reply = self.step(command, wanted).await?;
            if reply.class() != Some(wanted) {
                return Ok(Judged::Reply(reply));
            }
        }
        let sent = self.wire.send(&ended(message)).await;
        sent.map_err(uncertain)?;
        match self.wire.reply().await {
            Ok(reply) => Ok(judged(reply)),
            Err(Broken::Garbled) => Ok(Judged::Unclear),
            Err(broken @ (Broken::Gone | Broken::Late)) => Err(uncertain(broken)),
        }
    }

    /// Says goodbye. Whether that is heard does not matter.
    pub async fn quit(mut self) {
        let _heard = self.wire.ask("QUIT").await;
    }

    /// A command, and the reply to it: the one that is wanted, or a refusal.
    async fn step(&mut self, command: String, wanted: Class) -> Result<Reply, Unanswered> {
        let reply = self.wire.ask(&command).await;
        let reply = reply.map_err(|it| Unanswered::unsent(it.into()))?;
        if WANTS_LOGIN.contains(&reply.code) {
            let error = CollectError::new(FailureCode::Unauthenticated);
            return Err(Unanswered::unsent(error));
        }
        match reply.class() {
            Some(Class::Later | Class::Never) => Ok(reply),
            class if class == Some(wanted) => Ok(reply),
            Some(Class::Done | Class::Continue) | None => {
                Err(Unanswered::unsent(Broken::Garbled.into()))
            }
        }
    }

    fn commands(&self, envelope: &Envelope<'_>) -> [(String, Class); 3] {
        let (ret, notify) = match self.reports && envelope.wants_reports {
            true => (" RET=HDRS", " NOTIFY=SUCCESS,FAILURE,DELAY"),
            false => ("", ""),
        };
        let (from, to) = (envelope.from.as_str(), envelope.to.as_str());
        [
            (format!("MAIL FROM:<{from}>{ret}"), Class::Done),
            (format!("RCPT TO:<{to}>{notify}"), Class::Done),
            ("DATA".to_owned(), Class::Continue),
        ]
    }
}

fn judged(reply: Reply) -> Judged {
    match reply.class() {
        Some(Class::Done | Class::Later | Class::Never) => Judged::Reply(reply),
        Some(Class::Continue) | None => Judged::Unclear,
    }
}

fn uncertain(broken: Broken) -> Unanswered {
    Unanswered::uncertain(broken.into())
}

/// The message with a second dot before each at the start of a line, and its end (RFC 5321, section 4.5.2).
fn ended(message: &[u8]) -> Vec<u8> {
    let mut whole = Vec::with_capacity(message.len().saturating_add(8));
    for line in message.split_inclusive(|it| *it == b'\n') {
        if line.starts_with(b".") {
            whole.push(b'.');
        }
        whole.extend_from_slice(line);
    }
    if !whole.ends_with(b"\r\n") {
        whole.extend_from_slice(b"\r\n");
    }
    whole.extend_from_slice(b".\r\n");
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_line_of_a_message_ends_it() {
        for (message, wanted) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            ("", "\r\n.\r\n"),
            (".\r\nb", "..\r\nb\r\n.\r\n"),
            ("a\r\n.\r\n.b\r\n", "a\r\n..\r\n..b\r\n.\r\n"),
        ] {
            assert_eq!(ended(message.as_bytes()), wanted.as_bytes(), "{message:?}");
        }
    }
}
