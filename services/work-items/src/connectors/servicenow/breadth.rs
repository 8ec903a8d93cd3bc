//! How much a credential may do.

use std::collections::BTreeSet;

use passport_connector_sdk::{CollectError, CollectRequest, ReadError, credential_scope::Breadth};
use passport_evidence::FailureCode;

use super::{
    cell,
    client::{Client, Rows},
    model::HasRole,
};

/// Roles that read changes and no more ("Change Management roles", "Base system roles").
const READS: [&str; 2] = ["sn_change_read", "snc_read_only"];
/// Every user of the company has it where roles are explicit.
const OF_EVERYBODY: &str = "snc_internal";
/// Roles that read more than changes.
const READS_MORE: [&str; 1] = ["rest_api_explorer"];
/// Roles that change things, or approve.
const WRITES: [&str; 7] = [
    "approver_user",
    "change_manager",
    "itil",
    "itil_admin",
    "sn_change_write",
    "security_admin",
    "admin",
];
/// Ends the names of roles that may do everything in a part of the instance.
const ADMIN: &str = "admin";

/// What the roles of the credential's user say; `None` where they could not be asked for now.
///
/// # Errors
/// The credential is not accepted at all.
pub async fn ask(
    client: &Client,
    request: &CollectRequest,
) -> Result<Option<Breadth>, CollectError> {
    match client.roles(request).await {
        Ok(rows) => Ok(Some(of(&rows))),
        Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
        Err(
            ReadError::Denied
            | ReadError::NotFound
            | ReadError::Rejected
            | ReadError::Shape
            | ReadError::Malformed,
        ) => Ok(Some(Breadth::Unverifiable)),
        Err(
            ReadError::Unreachable
            | ReadError::TimedOut
            | ReadError::LeftAlone { .. }
            | ReadError::Throttled { .. }
            | ReadError::TooLarge
            | ReadError::OutOfScope
            | ReadError::NotConfigured,
        ) => Ok(None),
    }
}

/// Roles of one user prove that it writes as soon as one does; that it only reads they prove together.
fn of(rows: &Rows<HasRole>) -> Breadth {
    let users: BTreeSet<_> = rows
        .rows
        .iter()
        .map(|it| cell::coded(it.user.as_ref()))
        .collect();
    let is_one = users.len() == 1 && !users.contains(&None);
    if !is_one {
        // Nothing is told, or of other users too: the instance ignored the filter.
        return Breadth::Unverifiable;
    }
    let roles = rows.rows.iter().map(|it| cell::coded(it.role.as_ref()));
    let roles: BTreeSet<_> = roles.map(Option::unwrap_or_default).collect();
    let any = |known: &[&str]| known.iter().any(|it| roles.contains(it));
    let is_known = |it: &&str| READS.contains(it) || READS_MORE.contains(it) || *it == OF_EVERYBODY;
    if any(&WRITES) || roles.iter().any(|it| it.ends_with(ADMIN)) {
        Breadth::WriteCapable
    } else if rows.gap.is_some() || !roles.iter().all(is_known) || !any(&READS) {
        Breadth::Unverifiable
    } else if any(&READS_MORE) {
        Breadth::Broad
    } else {
        Breadth::Narrow
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use passport_connector_sdk::Object;
    use passport_evidence::Reason;
    use serde_json::{Value, json};

    use super::*;

    fn told(rows: &Value, gap: Option<Reason>) -> Breadth {
        let rows: Vec<Object<HasRole>> = serde_json::from_str(&rows.to_string()).unwrap();
        of(&Rows {
            total: Some(rows.len() as u64),
            rows,
            gap,
            at: DateTime::UNIX_EPOCH,
            clock: None,
        })
    }

    fn roles(names: &[&str]) -> Value {
        let row = |name: &&str| json!({"user": {"value": "u"}, "role.name": {"value": name}});
        names.iter().map(row).collect()
    }

    #[test]
    fn only_roles_that_are_known_to_read_are_narrow() {
        for (names, breadth) in [
            (&["sn_change_read"][..], Breadth::Narrow),
            (&["snc_read_only", "snc_internal"], Breadth::Narrow),
            (&["sn_change_read", "rest_api_explorer"], Breadth::Broad),
            (&["snc_internal"], Breadth::Unverifiable),
            (&["rest_api_explorer"], Breadth::Unverifiable),
            (
                &["sn_change_read", "u_release_reader"],
                Breadth::Unverifiable,
            ),
            (&["sn_change_read", ""], Breadth::Unverifiable),
            (&["sn_change_read", "itil"], Breadth::WriteCapable),
            (&["approver_user"], Breadth::WriteCapable),
            (
                &["snc_read_only", "web_service_admin"],
                Breadth::WriteCapable,
            ),
            (&[], Breadth::Unverifiable),
        ] {
            assert_eq!(told(&roles(names), None), breadth, "{names:?}");
        }
    }

    #[test]
    fn a_part_of_the_roles_proves_only_what_is_too_much() {
        let gap = Some(Reason::Incomplete);
        assert_eq!(
            told(&roles(&["sn_change_read"]), gap),
            Breadth::Unverifiable
        );
        assert_eq!(told(&roles(&["admin"]), gap), Breadth::WriteCapable);
    }

    #[test]
    fn roles_of_several_users_say_nothing() {
        let mut rows = roles(&["sn_change_read", "admin"]);
        rows[1]["user"]["value"] = json!("v");
        assert_eq!(told(&rows, None), Breadth::Unverifiable);
        rows[1]["user"] = json!("u");
        assert_eq!(told(&rows, None), Breadth::Unverifiable);
    }
}
