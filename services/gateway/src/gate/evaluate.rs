//! One evaluation.

use std::{collections::BTreeSet, sync::Arc};

use passport_policy::{
    gate::{Asked, Decided, decide},
    grants::Verb,
    passport::Passport,
};
use tracing::info;

use super::{GateQuestion, new_id};
use crate::{
    access::Caller,
    budget::Budget,
    call_error::CallError,
    configured::Sources,
    gateway::{Collected, Gateway},
    ledger::Said,
    policies::Effective,
    question::Question,
};

impl Gateway {
    /// Decides whether a release may go, and records that before it answers.
    ///
    /// # Errors
    /// The caller was not granted it, nothing is configured for the scope, or it can't be recorded.
    pub async fn evaluate_gate(
        &self,
        caller: &Caller,
        question: GateQuestion,
        budget: Budget,
    ) -> Result<Passport, CallError> {
        let passport = self.weighed(caller, question, budget).await?;
        self.recorded(passport).await
    }

    /// The same decision, of which nobody hears unless it is [`recorded`](Self::recorded).
    pub(super) async fn weighed(
        &self,
        caller: &Caller,
        question: GateQuestion,
        budget: Budget,
    ) -> Result<Passport, CallError> {
        self.granted(caller, Verb::Evaluate, &question.scope)?;
        let sources = self.sources_of(&question.scope)?;
        let effective = self.policy_of(&question.scope)?;
        let collected = self.collected_for(caller, &question, sources, budget).await;
        let said = self.said_for(&question, &effective).await?;
        Ok(self.decided(caller, question, &effective, sources, collected, said))
    }

    /// Every source of the scope is asked, whatever the policy requires: what only warns is shown too.
    async fn collected_for(
        &self,
        caller: &Caller,
        question: &GateQuestion,
        sources: &Sources,
        budget: Budget,
    ) -> Collected {
        let asked = Question {
            subject: question.subject.clone(),
            ..Question::about(question.scope.clone(), [])
        };
        let plan = self.plan(&asked, sources);
        let asked = Arc::new(asked);
        let outcomes = self.fan_out.all(caller.name(), &asked, plan, budget);
        outcomes.await.into_values().collect()
    }

    /// What persons said of the release, read last, so that what was taken back meanwhile does not count.
    async fn said_for(
        &self,
        question: &GateQuestion,
        effective: &Effective,
    ) -> Result<Said, CallError> {
        match &question.subject {
            Some(subject) if effective.policy.hears_persons() => {
                self.records.said_of(&question.scope, subject).await
            }
            Some(_) | None => Ok(Said::default()),
        }
    }

    fn decided(
        &self,
        caller: &Caller,
        question: GateQuestion,
        effective: &Effective,
        sources: &Sources,
        collected: Collected,
        said: Said,
    ) -> Passport {
        let now = self.fan_out.clock.now();
        let policy = &effective.policy;
        let evidence = collected.evidence.into_iter();
        let evidence: Vec<_> = evidence.map(|it| policy.aged(it, now)).collect();
        let planned = self.catalog.categories(sources);
        let decided = decide(&Asked {
            policy,
            scope: &question.scope,
            subject: question.subject.as_ref(),
            planned: &planned,
            evidence: &evidence,
            failures: &collected.failures,
            waivers: &said.waivers,
            approvals: &said.approvals,
            now,
        });
        let until_allowed = decided.until_allowed().map(str::to_owned).collect();
        let Decided {
            decision,
            mode,
            requirements,
            valid_until,
            waivers,
            approvals,
        } = decided;
        Passport {
            id: new_id(now),
            scope: question.scope,
            subject: question.subject,
            decision,
            mode: question.mode.map_or(mode, |asked| asked.max(mode)),
            requirements,
            until_allowed,
            evidence,
            failures: collected.failures,
            waivers: counted(said.waivers, &waivers, |it| &it.id),
            approvals: counted(said.approvals, &approvals, |it| &it.id),
            policy_digest: effective.digest,
            decided_at: now,
            valid_until,
            asked_by: caller.name().to_owned(),
            revoked_at: None,
        }
    }

    pub(super) async fn recorded(&self, passport: Passport) -> Result<Passport, CallError> {
        self.records.keep(&passport).await?;
        self.fan_out
            .meters
            .decided(passport.decision, passport.mode);
        info!(
            passport = %passport.id,
            scope = %passport.scope,
            decision = passport.decision.as_str(),
            mode = passport.mode.as_str(),
            "decided"
        );
        if let (false, Some(subject)) = (passport.decision.lets_go(), &passport.subject) {
            let turned = (passport.id, passport.decision);
            let scope = &passport.scope;
            let at = passport.decided_at;
            let revoked = self
                .records
                .revoke_earlier(scope, subject, turned, at)
                .await?;
            for id in revoked {
                info!(passport = %id, turned_by = %passport.id, "withdrawn");
            }
        }
        Ok(passport)
    }
}

/// Those that count, sorted by id.
fn counted<T>(said: Vec<T>, ids: &BTreeSet<String>, id: impl Fn(&T) -> &str) -> Vec<T> {
    let mut counted: Vec<_> = said.into_iter().filter(|it| ids.contains(id(it))).collect();
    counted.sort_by(|one, other| id(one).cmp(id(other)));
    counted
}
