//! What a statement of a role's policy allows, after the pages "Using policies" and "Using resources". Pure.

use serde::Deserialize;

use super::Found;

/// The one action that a source needs.
const VIEW: &str = "viewProject";
const PROJECT: &str = "proj/";

/// A statement of a policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    effect: String,
    resources: Option<Vec<String>>,
    not_resources: Option<Vec<String>>,
    actions: Option<Vec<String>>,
    not_actions: Option<Vec<String>>,
}

// === impl Statement ===

impl Statement {
    /// What it allows beyond seeing the one project.
    pub fn beyond(&self, project: &str) -> Found {
        let mut found = Found::default();
        match self.effect.as_str() {
            "deny" => return found,
            "allow" => {}
            _ => found.is_untold = true,
        }
        let list = |it: &Option<Vec<String>>| it.clone().unwrap_or_default();
        let (actions, resources) = (list(&self.actions), list(&self.resources));
        // All but some are all that will ever be.
        found.writes |= !list(&self.not_actions).is_empty();
        found.is_broad |= !list(&self.not_resources).is_empty();
        found.writes |= actions.iter().any(|it| it != VIEW);
        found.is_broad |= resources.iter().any(|it| !is_of(it, project));
        let says_nothing = |one: &Option<Vec<String>>, other: &Option<Vec<String>>| {
            list(one).is_empty() && list(other).is_empty()
        };
        found.is_untold |= says_nothing(&self.actions, &self.not_actions)
            || says_nothing(&self.resources, &self.not_resources);
        found
    }
}

/// Whether a resource is the project, or lies in it. Patterns, tags and attributes of members may stand
/// for others.
fn is_of(resource: &str, project: &str) -> bool {
    let own = resource.strip_prefix(PROJECT);
    let key = own.and_then(|it| it.split(':').next());
    key == Some(project)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn beyond(statement: Value) -> (bool, bool, bool) {
        let statement: Statement = serde_json::from_value(statement).unwrap();
        let found = statement.beyond("shop");
        (found.writes, found.is_broad, found.is_untold)
    }

    fn allow(actions: Value, resources: Value) -> Value {
        json!({"effect": "allow", "actions": actions, "resources": resources})
    }

    #[test]
    fn only_seeing_the_one_project_is_nothing_more() {
        let view = || json!(["viewProject"]);
        let nothing = (false, false, false);
        for (statement, expected) in [
            (allow(view(), json!(["proj/shop"])), nothing),
            (allow(view(), json!(["proj/shop:env/*"])), nothing),
            (allow(view(), json!(["proj/*"])), (false, true, false)),
            (allow(view(), json!(["proj/sho*"])), (false, true, false)),
            (
                allow(view(), json!(["proj/shop;team-a"])),
                (false, true, false),
            ),
            (
                allow(view(), json!(["proj/shop", "proj/other"])),
                (false, true, false),
            ),
            (allow(view(), json!(["*"])), (false, true, false)),
            (allow(view(), json!([])), (false, false, true)),
            (allow(json!([]), json!(["proj/shop"])), (false, false, true)),
            (
                allow(json!(["*"]), json!(["proj/shop"])),
                (true, false, false),
            ),
            (
                allow(json!(["viewSdkKey"]), json!(["proj/shop:env/*"])),
                (true, false, false),
            ),
            (
                allow(json!(["updateOn"]), json!(["proj/*:env/*:flag/*"])),
                (true, true, false),
            ),
            (
                json!({"effect": "allow", "notActions": ["deleteFlag"], "resources": ["proj/shop"]}),
                (true, false, false),
            ),
            (
                json!({"effect": "allow", "actions": ["viewProject"], "notResources": ["proj/other"]}),
                (false, true, false),
            ),
            (
                json!({"effect": "deny", "actions": ["*"], "resources": ["proj/*"]}),
                nothing,
            ),
            (
                json!({"effect": "permit", "actions": ["viewProject"], "resources": ["proj/shop"]}),
                (false, false, true),
            ),
        ] {
            assert_eq!(beyond(statement.clone()), expected, "{statement}");
        }
    }
}
