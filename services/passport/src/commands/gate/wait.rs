//! `passport gate --wait`: until the release may go, waiting is of no use, or the time is over.

use std::time::Duration;

use passport_gateway::gate::wire;
use passport_policy::passport::Passport;
use passport_proto::gateway::{WatchGateRequest, WatchGateResponse};
use tokio::time::{Instant, sleep, timeout_at};

use super::request;
use crate::cli::Gate;
use crate::client::{Gateway, Lost, protocol};
use crate::commands::{Session, progress::Progress};
use crate::exit::Fault;
use crate::terminal::remark;

/// How long after a connection was lost it is tried anew.
const A_MOMENT: Duration = Duration::from_secs(1);

struct Wait<'a> {
    args: &'a Gate,
    session: &'a Session,
    what: String,
    until: Instant,
    progress: Progress,
    /// What was decided last.
    last: Option<Passport>,
}

/// The last decision of the time.
pub async fn decided(args: &Gate, wait: Duration, session: &Session) -> Result<Passport, Fault> {
    let scope = args.scope.scope();
    let mut waiting = Wait {
        what: format!("watch {scope}"),
        until: Instant::now() + wait,
        progress: Progress::waiting(session.terminal, &scope),
        last: None,
        args,
        session,
    };
    // That there is a gateway shows at once; a connection that is lost later is made anew.
    let mut gateway = Gateway::connect(&session.global).await?;
    loop {
        let lost = match waiting.watch(gateway).await {
            Ok(passport) => return Ok(passport),
            Err(Lost { fault, comes_back }) if !comes_back => return Err(fault),
            Err(Lost { fault, .. }) => fault,
        };
        gateway = match waiting.connected(&lost).await {
            Some(gateway) => gateway,
            None => return waiting.last.ok_or(lost),
        };
    }
}

// === impl Wait ===

impl Wait<'_> {
    /// The decision that ends the wait.
    async fn watch(&mut self, gateway: Gateway) -> Result<Passport, Lost> {
        let gateway = gateway.until(self.until);
        let request = gateway.request(WatchGateRequest {
            evaluate: Some(request(self.args)),
        });
        let mut client = gateway.client();
        let stream = gateway
            .heard(&self.what, client.watch_gate(request))
            .await?;
        let mut stream = stream.into_inner();
        loop {
            let message = gateway.heard(&self.what, stream.message()).await?;
            let Some(message) = message else {
                return Err(Lost::of(protocol(&self.what, "it ended before its time")));
            };
            if let Some(passport) = self.took(message).map_err(Lost::for_good)? {
                return Ok(passport);
            }
        }
    }

    /// Takes a decision; gives it where no better one is to come.
    fn took(&mut self, message: WatchGateResponse) -> Result<Option<Passport>, Fault> {
        let passport = message.passport;
        let passport =
            passport.ok_or_else(|| protocol(&self.what, "there is no passport in it"))?;
        let passport = wire::read(passport).map_err(|error| protocol(&self.what, error))?;
        if passport.decision.lets_go() || message.settled {
            return Ok(Some(passport));
        }
        let decision = passport.decision.as_str();
        let waits_for = message.waits_for.join("; ");
        self.progress
            .stands(&format!("{decision}, waits for {waits_for}"));
        self.last = Some(passport);
        Ok(None)
    }

    /// Another connection, while there is time.
    async fn connected(&self, lost: &Fault) -> Option<Gateway> {
        if Instant::now() + A_MOMENT >= self.until {
            return None;
        }
        remark(&format!("{lost}; trying again"));
        let tries = async {
            loop {
                sleep(A_MOMENT).await;
                if let Ok(gateway) = Gateway::connect(&self.session.global).await {
                    return gateway;
                }
            }
        };
        timeout_at(self.until, tries).await.ok()
    }
}
