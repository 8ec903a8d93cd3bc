//! Waivers and approvals that were recorded.

use passport_policy::grants::Verb;
use passport_store::Listing;

use crate::{
    access::Caller, call_error::CallError, gate::ListQuestion, gateway::Gateway, ledger::Saying,
};

/// How many entries are looked through for one page at most, in pieces: what has ended, or the caller may
/// not read, is left out.
const MOST_READS: usize = 10;

/// How many are read at once. Each has a few later entries, which are read together.
const AT_ONCE: usize = 200;

/// A page of what persons said, newest first.
#[derive(Debug, Clone)]
pub struct Sayings<T> {
    /// Newest first.
    pub items: Vec<T>,
    /// For the next page. `None`: this was the last.
    pub next_page_token: Option<String>,
}

impl Gateway {
    /// What persons said of a scope that the caller may read, newest first.
    pub(super) async fn sayings<T: Saying>(
        &self,
        caller: &Caller,
        question: ListQuestion,
        with_ended: bool,
    ) -> Result<Sayings<T>, CallError> {
        self.counted(question.permitted(caller))?;
        let now = self.fan_out.clock.now();
        let mut items = Vec::new();
        let mut before = question.before;
        for _ in 0..MOST_READS {
            let which = Listing {
                workspace: &question.workspace,
                service: question.service.as_ref(),
                environment: question.environment.as_ref(),
                kinds: &[],
                before,
                limit: AT_ONCE,
            };
            let read = self.records.said::<T>(&which).await?;
            let is_last = read.len() < AT_ONCE;
            for (sequence, saying) in read {
                if items.len() == question.page_size {
                    let next_page_token = before.map(|it| it.to_string());
                    return Ok(Sayings {
                        items,
                        next_page_token,
                    });
                }
                before = Some(sequence);
                let is_wanted = with_ended || !saying.is_over(now);
                if is_wanted && caller.is_granted_on(Verb::Read, saying.scope()) {
                    items.push(saying);
                }
            }
            if is_last {
                return Ok(Sayings {
                    items,
                    next_page_token: None,
                });
            }
        }
        Ok(Sayings {
            items,
            next_page_token: before.map(|it| it.to_string()),
        })
    }
}
