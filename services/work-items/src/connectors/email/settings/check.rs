//! What is wrong with the settings of a source.

use passport_connector_sdk::{Builder, Dial, settings::Credential};

use super::{Settings, Wanted};
use crate::connectors::email::{
    address::Mailbox,
    smtp::{Login, Security, Server},
};

/// Schemes, each with the port that is usual for submission (RFC 8314, section 3) and with when TLS begins.
const SCHEMES: [(&str, u16, Security); 2] = [
    ("smtp://", 587, Security::Starttls),
    ("smtps://", 465, Security::Implicit),
];
/// Most recipients.
const MAX_RECIPIENTS: usize = 10;
const ONE_MAILBOX: &str =
    "write one address such as cab@example.com, in plain ASCII and without a name";

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let from = self.from(builder);
        let recipients = self.recipients(builder);
        Some(Wanted {
            from: from?,
            recipients: recipients?,
            notifies: self.notify,
            takes_reports: self.dsn,
        })
    }

    fn from(&self, builder: &mut Builder<'_>) -> Option<Mailbox> {
        let from = Mailbox::parse(&self.scope.from);
        if from.is_none() {
            builder.problem("scope.from", "is not exactly one mailbox", ONE_MAILBOX);
        }
        from
    }

    fn recipients(&self, builder: &mut Builder<'_>) -> Option<Vec<Mailbox>> {
        let listed = &self.scope.recipients;
        if !(1..=MAX_RECIPIENTS).contains(&listed.len()) {
            let fix = "list from 1 to 10 mailboxes";
            builder.problem("scope.recipients", "names nobody, or more than 10", fix);
            return None;
        }
        let mut all: Vec<Mailbox> = Vec::with_capacity(listed.len());
        for (at, text) in listed.iter().enumerate() {
            let path = format!("scope.recipients[{at}]");
            match Mailbox::parse(text) {
                None => builder.problem(path, "is not exactly one mailbox", ONE_MAILBOX),
                Some(it) if all.iter().any(|other| other.is(it.as_str())) => {
                    builder.problem(path, "is listed before", "list each mailbox once");
                }
                Some(it) => all.push(it),
            }
        }
        (all.len() == listed.len()).then_some(all)
    }

    /// The server, or problems. It is told the domain of who sends.
    pub fn server(&self, builder: &mut Builder<'_>) -> Option<Server> {
        let mut schemes = SCHEMES.into_iter();
        let scheme = schemes.find_map(|(scheme, port, usual)| {
            Some((self.endpoint.strip_prefix(scheme)?, port, usual))
        });
        let login = self.login(builder);
        let Some((authority, port, usual)) = scheme else {
            let fix = "write it as smtp://host:port or smtps://host:port";
            builder.problem("endpoint", "is neither smtp:// nor smtps://", fix);
            return None;
        };
        let security = self.security.unwrap_or(usual);
        let dial = builder.dial(authority, port, security != Security::None);
        let is_sound = is_secure(security, usual, dial.as_ref(), builder);
        let server = Server {
            dial: dial?,
            security,
            login,
            hello: Mailbox::parse(&self.scope.from)?.domain().to_owned(),
        };
        is_sound.then_some(server)
    }

    fn login(&self, builder: &mut Builder<'_>) -> Option<Login> {
        match self.credential.as_ref()? {
            Credential::Basic(both) => Some(Login {
                username: builder.secret(&both.username),
                password: builder.secret(&both.password),
            }),
            Credential::Token(_) => {
                let fix = "write username and password, each as { env: NAME } or { file: PATH }";
                builder.problem("credential", "is one secret, and a login takes two", fix);
                None
            }
        }
    }
}

fn is_secure(
    security: Security,
    usual: Security,
    dial: Option<&Dial>,
    builder: &mut Builder<'_>,
) -> bool {
    let is_local = dial.is_none_or(|it| it.is_local);
    let (reason, fix) = match (security, usual) {
        (Security::None | Security::Starttls, Security::Implicit) => (
            "says otherwise than smtps://",
            "remove it, or write smtp://",
        ),
        (Security::None, Security::Starttls | Security::None) if !is_local => (
            "is `none` off this machine",
            "write starttls, or smtps:// in the endpoint",
        ),
        (Security::None | Security::Starttls | Security::Implicit, _) => return true,
    };
    builder.problem("security", reason, fix);
    false
}
