//! One message to one recipient, step by step.

use std::fmt::Display;

use lettre::{
    Address,
    transport::smtp::{
        commands::{Data, Mail, Quit, Rcpt, Rset},
        extension::{MailParameter, RcptParameter},
    },
};
use passport_connector_sdk::{CollectError, Unanswered};
use passport_evidence::FailureCode;

use super::{
    Class, Reply,
    talk::{Broken, Talk},
};
use crate::connectors::email::address::Mailbox;

/// Codes by which a server wants a login first (RFC 4954, section 6).
const WANTS_LOGIN: [u16; 4] = [530, 534, 535, 538];

/// A connection on which messages are taken.
pub struct Session {
    talk: Talk,
    /// Whether reports of delivery are asked for (RFC 3461).
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
    pub(super) fn new(talk: Talk, reports: bool) -> Self {
        Self {
            talk,
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
            self.step(Rset, Class::Done).await?;
        }
        self.begun = true;
        let (mail, rcpt) = self.commands(envelope);
        let step = self.step(mail, Class::Done).await?;
        let step = match step.class() {
            Some(Class::Done) => self.step(rcpt, Class::Done).await?,
            _ => step,
        };
        let step = match step.class() {
            Some(Class::Done) => self.step(Data, Class::Continue).await?,
            _ => step,
        };
        if step.class() != Some(Class::Continue) {
            return Ok(Judged::Reply(step));
        }
        match self.talk.hand_over(message).await {
            Ok(reply) => Ok(judged(reply)),
            Err(Broken::Garbled) => Ok(Judged::Unclear),
            Err(broken @ (Broken::Gone | Broken::Late)) => {
                Err(Unanswered::uncertain(broken.into()))
            }
        }
    }

    /// Says goodbye. Whether that is heard does not matter.
    pub async fn quit(mut self) {
        let _heard = self.talk.ask(Quit).await;
    }

    /// A command, and the reply to it: the one that is wanted, or a refusal.
    async fn step(&mut self, command: impl Display, wanted: Class) -> Result<Reply, Unanswered> {
        let reply = self.talk.ask(command).await;
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

    fn commands(&self, envelope: &Envelope<'_>) -> (Mail, Rcpt) {
        let (from, to) = (address(envelope.from), address(envelope.to));
        if !self.reports {
            return (Mail::new(Some(from), vec![]), Rcpt::new(to, vec![]));
        }
        let heads = MailParameter::Other {
            keyword: "RET".to_owned(),
            value: Some("HDRS".to_owned()),
        };
        let ends = RcptParameter::Other {
            keyword: "NOTIFY".to_owned(),
            value: Some("SUCCESS,FAILURE,DELAY".to_owned()),
        };
        (
            Mail::new(Some(from), vec![heads]),
            Rcpt::new(to, vec![ends]),
        )
    }
}

/// A mailbox as lettre writes it. It was read more strictly than lettre reads any.
fn address(mailbox: &Mailbox) -> Address {
    Address::new_dangerous(mailbox.local(), mailbox.domain())
}

fn judged(reply: Reply) -> Judged {
    match reply.class() {
        Some(Class::Done | Class::Later | Class::Never) => Judged::Reply(reply),
        Some(Class::Continue) | None => Judged::Unclear,
    }
}
