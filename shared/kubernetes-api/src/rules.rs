//! Asks what a token may do in one namespace, all at once: `SelfSubjectRulesReview`, after the page
//! "Authorization". What it lists may be less than is allowed where the server says so, and nobody should
//! conclude from it that something *is* allowed; so only a whole list is used, and only for a no.

use chrono::{DateTime, Utc};
use k8s_openapi::api::authorization::v1::{SelfSubjectRulesReview, SelfSubjectRulesReviewSpec};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use serde::Deserialize;

use super::{
    client::Client,
    review::{Action, reviewed},
};

const ANY: &str = "*";

/// All that a token may do in one namespace, roles for the whole cluster among it.
#[derive(Debug, Clone)]
pub struct Rules {
    rules: Vec<Rule>,
    /// How old the answer is.
    pub observed_at: DateTime<Utc>,
}

/// Verbs on resources. Lists that are left out are empty.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    verbs: Vec<String>,
    #[serde(default)]
    api_groups: Vec<String>,
    #[serde(default)]
    resources: Vec<String>,
    /// Empty: all.
    #[serde(default)]
    resource_names: Vec<String>,
}

/// The answer. That of `k8s-openapi` reads a list that is absent as a whole and empty one.
#[derive(Deserialize)]
pub(super) struct Review {
    status: Status,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    resource_rules: Vec<Rule>,
    /// Whether an authorizer can't tell its part.
    incomplete: bool,
    #[serde(default)]
    evaluation_error: String,
}

/// What the client's token may do in a namespace. `None`: the server does not tell, or only a part.
pub async fn rules(
    provider: &ProviderClient,
    namespace: &str,
    request: &CollectRequest,
) -> Result<Option<Rules>, ReadError> {
    let review = SelfSubjectRulesReview {
        spec: SelfSubjectRulesReviewSpec {
            namespace: Some(namespace.to_owned()),
        },
        ..SelfSubjectRulesReview::default()
    };
    let client = Client::new(provider, request);
    let answer: Option<Review> = reviewed(&client, &review).await?;
    Ok(answer.and_then(|it| it.whole(client.observed_at())))
}

// === impl Review ===

impl Review {
    pub(super) fn whole(self, observed_at: DateTime<Utc>) -> Option<Rules> {
        let status = self.status;
        let is_whole = !status.incomplete && status.evaluation_error.is_empty();
        is_whole.then_some(Rules {
            rules: status.resource_rules,
            observed_at,
        })
    }
}

// === impl Rules ===

impl Rules {
    /// Whether nothing in them allows this, in the namespace or, which needs more, in all of them.
    pub fn exclude(&self, action: &Action<'_>) -> bool {
        !self.rules.iter().any(|it| it.allows(action))
    }
}

// === impl Rule ===

impl Rule {
    fn allows(&self, action: &Action<'_>) -> bool {
        let has = |all: &[String], one: &str| all.iter().any(|it| it == ANY || it == one);
        let names = &self.resource_names;
        let is_named = action
            .name
            .is_some_and(|name| names.iter().any(|it| it == name));
        has(&self.verbs, action.verb)
            && has(&self.api_groups, action.group)
            && self.is_about(action)
            && (names.is_empty() || is_named)
    }

    /// A part of a resource is written behind it, and `*/scale` is that part of each.
    fn is_about(&self, action: &Action<'_>) -> bool {
        let Some(part) = action.subresource else {
            return self
                .resources
                .iter()
                .any(|it| it == ANY || it == action.resource);
        };
        let whole = format!("{}/{part}", action.resource);
        let of_each = format!("{ANY}/{part}");
        let fits = |it: &String| *it == ANY || *it == whole || *it == of_each;
        self.resources.iter().any(fits)
    }
}
