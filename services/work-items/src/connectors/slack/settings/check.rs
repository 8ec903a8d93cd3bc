//! What is wrong with the settings of a source.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use passport_connector_sdk::{Auth, Builder, settings::Span, signature::SigningSecrets};
use passport_evidence::MaxAge;

use super::{Approval, Mode, Settings, Wanted};
use crate::connectors::slack::{actor::Actors, check::Checks, hook::Hook, names, post::Post};

/// Where Slack is.
const SLACK: &str = "https://slack.com";
const HOOKS: &str = "https://hooks.slack.com";
/// Longest that a request may be answered, and that evidence of approvals lasts.
const LONGEST: Span = Span::of_seconds(4 * 3_600);
/// Most persons who may approve.
const MAX_APPROVERS: usize = 100;
/// How long Slack may take to say once more that it throttles, where it names no time.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let is_target = self.target(builder);
        let approval = self.approval(builder);
        let lasts = self.lasts(builder);
        let (approval, lasts) = (approval?, lasts?);
        let ttl = approval.as_ref().map_or(TimeDelta::zero(), |it| it.ttl);
        is_target.then(|| Wanted {
            mode: self.mode,
            team: self.scope.team.clone(),
            channel: self.scope.channel.clone(),
            notifies: self.notify,
            approval,
            keep_for: lasts.as_delta().max(ttl),
            lasts,
            // Persons have their ids in a workspace, whatever Slack's address is.
            actors: builder.actor_ids(&self.scope.team),
        })
    }

    fn target(&self, builder: &mut Builder<'_>) -> bool {
        let is_team = names::is_team(&self.scope.team);
        if !is_team {
            let fix = "write the workspace's id, such as T0123ABCD";
            builder.problem("scope.team", "is no id of one workspace", fix);
        }
        let is_channel = names::is_channel(&self.scope.channel);
        if !is_channel {
            let reason = "is no id of one channel; a name may be given to another channel";
            let fix = "write the channel's id, such as C0123ABCD: it stands under \"About\" of the channel";
            builder.problem("scope.channel", reason, fix);
        }
        is_team && is_channel
    }

    /// Approvals are of use for four hours at most.
    fn lasts(&self, builder: &mut Builder<'_>) -> Option<MaxAge> {
        let longest = MaxAge::from_secs(LONGEST.as_secs().into())?;
        if self.approvers.is_some() {
            builder.lasts_by_default(longest);
        }
        let own = builder.max_age()?;
        Some(match self.approvers {
            Some(_) => own.min(longest),
            None => own,
        })
    }

    fn approval(&self, builder: &mut Builder<'_>) -> Option<Option<Approval>> {
        let ttl = self.ttl(builder);
        let requester = self.requester(builder);
        let counts = self.least(builder);
        let Some(listed) = &self.approvers else {
            return (ttl && requester && counts).then_some(None);
        };
        let mut approvers = self.approvers(listed, builder)?;
        if let Some(it) = &self.requester {
            approvers.remove(it);
        }
        let wanted = format!(">= {}", self.min_approvals).parse().ok()?;
        (ttl && requester && counts).then(|| {
            Some(Approval {
                approvers,
                requester: self.requester.clone(),
                wanted,
                least: self.min_approvals,
                ttl: self.request_ttl.as_delta(),
            })
        })
    }

    fn approvers(&self, listed: &[String], builder: &mut Builder<'_>) -> Option<BTreeSet<String>> {
        let mut all = BTreeSet::new();
        let mut sound = true;
        for (at, id) in listed.iter().enumerate() {
            let is_person = names::is_person(id) && at < MAX_APPROVERS;
            if !is_person || !all.insert(id.clone()) {
                let path = format!("approvers[{at}]");
                let fix = "write up to 100 ids of persons, such as U0123ABCD, each once";
                builder.problem(path, "is no id of one further person", fix);
                sound = false;
            }
        }
        sound.then_some(all)
    }

    fn ttl(&self, builder: &mut Builder<'_>) -> bool {
        let is_short = self.request_ttl <= LONGEST;
        if !is_short {
            builder.problem("request_ttl", "is over 4h", "write at most 4h");
        }
        is_short
    }

    fn requester(&self, builder: &mut Builder<'_>) -> bool {
        let is_person = self.requester.as_deref().is_none_or(names::is_person);
        if !is_person {
            let fix = "write the id of a person, such as U0123ABCD";
            builder.problem("requester", "is no id of a person", fix);
        }
        is_person
    }

    fn least(&self, builder: &mut Builder<'_>) -> bool {
        let listed = self.approvers.as_deref().unwrap_or_default();
        let most = match listed.len() {
            0 => u32::MAX,
            some => u32::try_from(some).unwrap_or(u32::MAX),
        };
        let is_met = (1..=most).contains(&self.min_approvals);
        if !is_met {
            let fix = "write from 1 up to the number of `approvers`";
            builder.problem("min_approvals", "is 0, or more than may approve", fix);
        }
        is_met
    }

    /// The signing secrets; `None` after a problem.
    pub fn signing(&self, builder: &mut Builder<'_>) -> Option<Option<SigningSecrets>> {
        builder.keeps_apart("signing_secrets");
        match &self.signing_secrets {
            Some(secrets) => SigningSecrets::build(secrets, builder).map(Some),
            None if self.approvers.is_none() => Some(None),
            None => {
                let fix = "name the app's signing secret: [ { env: SLACK_SIGNING } ]";
                builder.problem("signing_secrets", "is missing beside `approvers`", fix);
                None
            }
        }
    }

    /// What turns persons into ids: the process's key where it has one, which stays when a signing secret is
    /// replaced. A request that was sent before there was one is still known by the signing secrets.
    pub fn actors(&self, builder: &mut Builder<'_>) -> Actors {
        let secrets = self.signing_secrets.iter().flatten();
        let keys = builder.persons_key(None).into_iter();
        let keys = keys.chain(secrets.map(|it| builder.secret(it)));
        Actors::new(keys.collect())
    }

    /// Where messages go, or problems.
    pub fn post(&self, builder: &mut Builder<'_>) -> Option<Post> {
        let endpoint = self.endpoint();
        match self.mode {
            Mode::WebApi => {
                let auth = Auth::Bearer(builder.secret(&self.credential));
                let client = builder.notice_client(endpoint, auth)?;
                Some(Post::api(client.patient(PATIENCE)))
            }
            Mode::IncomingWebhook => {
                let client = builder.notice_client(endpoint, Auth::None)?;
                let hook = Hook::build(endpoint, &self.credential, &self.scope.team, builder)?;
                Some(Post::hook(client.patient(PATIENCE), hook))
            }
        }
    }

    /// How the credential is checked, or problems.
    pub fn checks(&self, builder: &mut Builder<'_>) -> Option<Checks> {
        match self.mode {
            Mode::WebApi => {
                let auth = Auth::Bearer(builder.secret(&self.credential));
                builder.client(self.endpoint(), auth).map(Checks::api)
            }
            Mode::IncomingWebhook => Some(Checks::none()),
        }
    }

    fn endpoint(&self) -> &str {
        let usual = match self.mode {
            Mode::WebApi => SLACK,
            Mode::IncomingWebhook => HOOKS,
        };
        self.endpoint.as_deref().unwrap_or(usual)
    }
}
