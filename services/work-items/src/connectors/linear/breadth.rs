//! How much a credential may do. Linear does not tell what a key or a token may do, only whose it is and
//! which teams it reads: that it is narrow can't be known.

use passport_connector_sdk::{
    CollectError, CollectRequest, Object, ReadError, credential_scope::Breadth,
};

use super::{
    client::{Client, Dated, Missed},
    model::{Page, Team, ViewerData},
};
use passport_connector_sdk::Part;

/// What Linear says of the credential; `None` where it could not be asked for now.
///
/// # Errors
/// The credential is not accepted at all.
pub async fn ask(
    client: &Client,
    team: &str,
    request: &CollectRequest,
) -> Result<Dated<Option<Breadth>>, CollectError> {
    let Dated { read, at } = client.viewer(request).await;
    let breadth = match read {
        Ok(Some(found)) => Some(of(&found.it, team)),
        Ok(None) => Some(Breadth::Unverifiable),
        Err(missed) => unread(missed)?,
    };
    Ok(Dated { read: breadth, at })
}

/// More than the source needs is known as soon as one part of the answer says so.
fn of(told: &ViewerData, team: &str) -> Breadth {
    let is_admin = matches!(&told.viewer, Part::Is(viewer) if viewer.admin);
    let reads_others = matches!(&told.teams, Part::Is(teams) if are_others(teams, team));
    match is_admin || reads_others {
        true => Breadth::Broad,
        false => Breadth::Unverifiable,
    }
}

fn are_others(teams: &Page<Object<Team>>, team: &str) -> bool {
    teams.info.has_next_page || teams.nodes.iter().any(|it| it.key != team)
}

fn unread(missed: Missed) -> Result<Option<Breadth>, CollectError> {
    let _ = missed.beside()?;
    Ok(match missed {
        Missed::Invalid | Missed::Partial => Some(Breadth::Unverifiable),
        Missed::Read(error) => match error {
            ReadError::Denied
            | ReadError::NotFound
            | ReadError::Rejected
            | ReadError::Shape
            | ReadError::Malformed => Some(Breadth::Unverifiable),
            ReadError::Unauthenticated
            | ReadError::Unreachable
            | ReadError::TimedOut
            | ReadError::LeftAlone { .. }
            | ReadError::Throttled { .. }
            | ReadError::TooLarge
            | ReadError::OutOfScope
            | ReadError::NotConfigured => None,
        },
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn told(viewer: Value, teams: &[&str], has_next: bool) -> Breadth {
        let nodes: Vec<_> = teams.iter().map(|it| json!({"key": it})).collect();
        let teams = json!({"nodes": nodes, "pageInfo": {"hasNextPage": has_next}});
        let data = json!({"viewer": viewer, "teams": teams});
        of(&serde_json::from_str(&data.to_string()).unwrap(), "ENG")
    }

    #[test]
    fn what_is_too_much_is_told_and_nothing_is_narrow() {
        let plain = || json!({"admin": false});
        for (viewer, teams, has_next, wanted) in [
            (plain(), &["ENG"][..], false, Breadth::Unverifiable),
            (plain(), &[], false, Breadth::Unverifiable),
            (json!(null), &["ENG"], false, Breadth::Unverifiable),
            (json!({}), &["ENG"], false, Breadth::Unverifiable),
            (json!({"admin": true}), &["ENG"], false, Breadth::Broad),
            (plain(), &["ENG", "OPS"], false, Breadth::Broad),
            (plain(), &["OPS"], false, Breadth::Broad),
            (plain(), &["ENG"], true, Breadth::Broad),
            (json!(null), &["ENG", "OPS"], false, Breadth::Broad),
        ] {
            let found = told(viewer.clone(), teams, has_next);
            assert_eq!(found, wanted, "{viewer} {teams:?}");
        }
        let nothing: ViewerData = serde_json::from_str("{}").unwrap();
        assert_eq!(of(&nothing, "ENG"), Breadth::Unverifiable);
        let admin = json!({"viewer": {"admin": true}, "teams": 7});
        let admin: ViewerData = serde_json::from_str(&admin.to_string()).unwrap();
        assert_eq!(of(&admin, "ENG"), Breadth::Broad);
    }
}
