//! What stands under a source, and what is wrong with it.

use passport_connector_sdk::{
    ActorIds, Builder, secrets::SecretRef, settings::Credential, signature::SigningSecrets,
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    jobs::Pattern,
    pages::Pages,
    protection::{Answering, AnswersSettings},
};

/// Where GitHub itself is asked.
const GITHUB: &str = "https://api.github.com";
/// Longest name in a scope.
const MAX_NAME: usize = 255;
/// Most required jobs.
const MAX_JOBS: usize = 100;

/// A GitHub Actions source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether GitHub is asked, or only its signed webhooks are taken.
    #[serde(default)]
    pub mode: Mode,
    /// The API. Default `https://api.github.com`; of an Enterprise Server `https://HOST/api/v3`.
    pub endpoint: Option<String>,
    /// A token that reads the actions of one repository. Default: none, for public repositories.
    pub credential: Option<SecretRef>,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Jobs that must have succeeded: exact names, or a matrix as `name (*)`.
    pub required_jobs: Option<Vec<String>>,
    /// An uploaded artifact whose digest is shown, or compared with the subject's.
    pub artifact: Option<ArtifactSettings>,
    /// Whether build attestations of the subject's artifacts are read, which takes `Attestations: read`. Their
    /// signatures are not verified: they never pass, and one of another commit fails. Default: no.
    #[serde(default)]
    pub attestations: bool,
    /// Secrets that webhooks are signed with, 1 to 5: any one of them will do.
    pub signing_secrets: Option<Vec<SecretRef>>,
    /// A custom deployment protection rule that the gate answers. Default: none.
    pub answers: Option<AnswersSettings>,
}

/// How a source comes to know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It asks. A webhook only makes it ask anew.
    #[default]
    Pull,
    /// It takes signed webhooks and never makes a request.
    Ingest,
}

/// The narrow target: one workflow of one repository.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// User or organization that the repository belongs to.
    pub owner: String,
    /// The repository.
    pub repo: String,
    /// File name of the workflow, such as `release.yml`, or its numeric id.
    pub workflow: String,
    /// The branch. Needed only where the subject has no revision.
    pub branch: Option<String>,
    /// Which of several runs of one commit is meant, such as `push`.
    pub event: Option<String>,
    /// Environment whose deployment of the commit, and whose approval, are read.
    pub deployment_environment: Option<String>,
}

/// An uploaded artifact.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ArtifactSettings {
    /// Its name.
    pub name: String,
    /// Whether its digest must be one of the subject's.
    #[serde(default)]
    pub match_subject: bool,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The target.
    pub scope: ScopeSettings,
    /// Jobs that must have succeeded; empty: none in particular.
    pub required: Vec<Pattern>,
    /// An uploaded artifact.
    pub artifact: Option<ArtifactSettings>,
    /// Whether attestations of the subject's artifacts are read.
    pub attestations: bool,
    /// Where a person can look; `None`: that is not known.
    pub pages: Option<Pages>,
    /// Makes ids of persons.
    pub actors: ActorIds,
}

// === impl Settings ===

impl Settings {
    /// What is wanted, or problems.
    pub fn wanted(&self, builder: &mut Builder<'_>) -> Option<Wanted> {
        let scope = self.scope.check(builder);
        let required = self.required(builder);
        let artifact = self.artifact.as_ref();
        if artifact.is_some_and(|it| !is_name(&it.name)) {
            let fix = "write the name that the workflow uploads it under";
            builder.problem("artifact.name", "is not one name", fix);
            return None;
        }
        Some(Wanted {
            scope: scope?,
            required: required?,
            artifact: self.artifact.clone(),
            attestations: self.attestations,
            pages: self.pages(),
            actors: builder.actor_ids(self.endpoint()),
        })
    }

    fn required(&self, builder: &mut Builder<'_>) -> Option<Vec<Pattern>> {
        let Some(names) = &self.required_jobs else {
            return Some(Vec::new());
        };
        if !(1..=MAX_JOBS).contains(&names.len()) {
            let fix = "name 1 to 100 jobs, or leave the key out";
            builder.problem("required_jobs", "holds no job, or too many", fix);
            return None;
        }
        let named = names.iter().enumerate().map(|(at, name)| {
            let pattern = Pattern::parse(name);
            if pattern.is_none() {
                let fix = "write the exact name of a job, or a matrix as `name (*)`";
                builder.problem(format!("required_jobs[{at}]"), "names no one job", fix);
            }
            pattern
        });
        named.collect::<Vec<_>>().into_iter().collect()
    }

    /// The secrets of its webhooks. `None` after a problem.
    pub fn signing(&self, builder: &mut Builder<'_>) -> Option<Option<SigningSecrets>> {
        match (&self.signing_secrets, self.mode) {
            (Some(secrets), _) => SigningSecrets::build(secrets, builder).map(Some),
            (None, Mode::Pull) => Some(None),
            (None, Mode::Ingest) => {
                let fix = "name the secret of the webhook";
                let reason = "is missing, and nothing else shows who delivers";
                builder.problem("signing_secrets", reason, fix);
                None
            }
        }
    }

    /// The API that is asked; `None` where none is, or after a problem.
    pub fn endpoint(&self) -> &str {
        self.endpoint.as_deref().unwrap_or(GITHUB)
    }

    /// Webhooks alone don't tell of which GitHub they are.
    fn pages(&self) -> Option<Pages> {
        let is_known = self.endpoint.is_some() || self.mode == Mode::Pull;
        Pages::of(self.endpoint()).filter(|_| is_known)
    }

    /// What answers a deployment protection rule. `None` after a problem.
    pub fn answering(&self, builder: &mut Builder<'_>) -> Option<Option<Answering>> {
        let Some(answers) = &self.answers else {
            return Some(None);
        };
        let answering = answers.build(self.endpoint(), &self.scope, builder);
        if self.signing_secrets.is_none() {
            let fix = "name the secret of the app's webhook under `signing_secrets`";
            builder.problem("answers", "has nothing that shows who asks", fix);
            return None;
        }
        answering.map(Some)
    }

    /// What is shown to GitHub.
    pub fn token(&self) -> Option<Credential> {
        self.credential.clone().map(Credential::Token)
    }

    /// Whether a source that never asks is told whom to ask.
    pub fn asks_in_vain(&self, builder: &mut Builder<'_>) -> bool {
        let given = [
            (
                "endpoint",
                self.endpoint.is_some() && self.answers.is_none(),
            ),
            ("credential", self.credential.is_some()),
            ("attestations", self.attestations),
        ];
        let given = given.into_iter().filter(|(_, is_given)| *is_given);
        let mut any = false;
        for (key, _) in given {
            let fix = "leave it out, or set `mode: pull`";
            builder.problem(key, "means nothing where no request is ever made", fix);
            any = true;
        }
        any
    }
}

// === impl ScopeSettings ===

impl ScopeSettings {
    fn check(&self, builder: &mut Builder<'_>) -> Option<Self> {
        let names = [
            ("owner", Some(&self.owner), true),
            ("repo", Some(&self.repo), true),
            ("workflow", Some(&self.workflow), true),
            ("branch", self.branch.as_ref(), false),
            ("event", self.event.as_ref(), true),
            (
                "deployment_environment",
                self.deployment_environment.as_ref(),
                false,
            ),
        ];
        let mut sound = true;
        for (key, name, is_segment) in names {
            let fits = |it: &String| is_name(it) && (!is_segment || is_segment_of_path(it));
            if !name.is_none_or(fits) {
                let reason = "names no one thing: empty, a pattern, or more than its name";
                let fix = "write the exact name of one; a whole organization is never read";
                builder.problem(format!("scope.{key}"), reason, fix);
                sound = false;
            }
        }
        sound.then(|| self.clone())
    }

    /// The repository as GitHub names it.
    pub fn repository(&self) -> String {
        format!("{}/{}", self.owner, self.repo)
    }
}

pub fn is_name(name: &str) -> bool {
    let odd = |it: char| it.is_control() || matches!(it, '*' | '?' | '#');
    (1..=MAX_NAME).contains(&name.len()) && name.trim() == name && !name.contains(odd)
}

fn is_segment_of_path(name: &str) -> bool {
    let inner = |it: char| it.is_alphanumeric() || matches!(it, '.' | '_' | '-' | ' ' | '+');
    !matches!(name, "." | "..") && name.chars().all(inner)
}
