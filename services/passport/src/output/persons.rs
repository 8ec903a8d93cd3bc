//! What persons said of releases.

use chrono::{DateTime, Utc};
use passport_evidence::json::time;
use passport_policy::gate::{Actor, Approval, Waiver};
use serde::{Serialize, Serializer};

use super::passports::release;
use super::{Block, Cell, Grid, Page, Show, Tone, span};

const WAIVERS: [&str; 8] = [
    "WAIVER",
    "SCOPE",
    "RELEASE",
    "FACT",
    "REASON",
    "BY",
    "CONFIRMED BY",
    "ENDS",
];

const APPROVALS: [&str; 6] = ["APPROVAL", "SCOPE", "RELEASE", "REASON", "BY", "ENDS"];

/// A waiver. Its serde form is the waiver's own.
#[derive(Debug)]
pub struct Waived(Waiver);

/// An approval. Its serde form is the approval's own.
#[derive(Debug)]
pub struct Approved(Approval);

/// A page of waivers.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Waivers {
    waivers: Vec<Waiver>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    #[serde(skip)]
    now: DateTime<Utc>,
}

/// A page of approvals.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Approvals {
    approvals: Vec<Approval>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    #[serde(skip)]
    now: DateTime<Utc>,
}

macro_rules! shown_now {
    ($one:ident: $of:ident; $many:ident, $items:ident) => {
        impl $one {
            /// One that is shown.
            pub fn new(it: $of) -> Self {
                Self(it)
            }
        }

        impl Serialize for $one {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl $many {
            /// Those that are listed now.
            pub fn new(
                $items: Vec<$of>,
                next_page_token: Option<String>,
                now: DateTime<Utc>,
            ) -> Self {
                Self {
                    $items,
                    next_page_token,
                    now,
                }
            }
        }
    };
}

shown_now!(Waived: Waiver; Waivers, waivers);
shown_now!(Approved: Approval; Approvals, approvals);

impl Show for Waived {
    fn page(&self) -> Page {
        let Waiver {
            id,
            scope,
            source,
            fact,
            reason,
            expires_at,
            ..
        } = &self.0;
        let item = self.0.item.as_ref();
        let item = item.map(|it| format!(" ({it})")).unwrap_or_default();
        let who = by(&self.0.actor);
        let mut lines = vec![
            format!("waived: {fact}{item} of {source} for {scope}, by {who}: {reason}"),
            format!("waiver {id}, until {}", time(*expires_at)),
        ];
        let workspace = &scope.workspace;
        lines.extend(match (self.0.revoked_at, &self.0.second_actor) {
            (Some(at), _) => Some(format!("revoked at {}; it counts no longer", time(at))),
            (None, Some(second)) => Some(format!("confirmed by {}", by(second))),
            (None, None) => Some(format!(
                "where the policy wants a second person, have another one type: passport waivers \
                 confirm {id} --workspace {workspace}"
            )),
        });
        Page(lines.into_iter().map(Block::Line).collect())
    }
}

impl Show for Approved {
    fn page(&self) -> Page {
        let Approval {
            id,
            scope,
            reason,
            expires_at,
            ..
        } = &self.0;
        let (release, who) = (release(Some(&self.0.subject)), by(&self.0.actor));
        let mut lines = vec![
            format!("approved: {release} for {scope}, by {who}: {reason}"),
            format!("approval {id}, until {}", time(*expires_at)),
        ];
        let revoked = self.0.revoked_at;
        lines.extend(revoked.map(|at| format!("taken back at {}; it counts no longer", time(at))));
        Page(lines.into_iter().map(Block::Line).collect())
    }
}

impl Show for Waivers {
    fn page(&self) -> Page {
        let rows = self.waivers.iter().map(|it| {
            let item = it.item.as_ref();
            let item = item.map(|it| format!(" ({it})")).unwrap_or_default();
            vec![
                Cell::from(&it.id),
                Cell::from(&it.scope),
                Cell::from(release(Some(&it.subject))),
                Cell::from(format!("{}{item} of {}", it.fact, it.source)),
                Cell::from(&it.reason),
                Cell::from(by(&it.actor)),
                Cell::from(it.second_actor.as_ref().map(by).unwrap_or_default()),
                ends(it.revoked_at, it.expires_at, self.now),
            ]
        });
        listed("no waivers", WAIVERS.to_vec(), rows.collect())
    }
}

impl Show for Approvals {
    fn page(&self) -> Page {
        let rows = self.approvals.iter().map(|it| {
            vec![
                Cell::from(&it.id),
                Cell::from(&it.scope),
                Cell::from(release(Some(&it.subject))),
                Cell::from(&it.reason),
                Cell::from(by(&it.actor)),
                ends(it.revoked_at, it.expires_at, self.now),
            ]
        });
        listed("no approvals", APPROVALS.to_vec(), rows.collect())
    }
}

fn listed(nothing: &str, head: Vec<&'static str>, rows: Vec<Vec<Cell>>) -> Page {
    Page(vec![match rows.is_empty() {
        true => Block::Line(nothing.to_owned()),
        false => Block::Grid(Grid { head, rows }),
    }])
}

fn ends(revoked: Option<DateTime<Utc>>, end: DateTime<Utc>, now: DateTime<Utc>) -> Cell {
    match revoked {
        Some(_) => Cell::toned("revoked", Tone::Doubtful),
        None if end <= now => Cell::toned("expired", Tone::Doubtful),
        None => Cell::from(format!("in {}", span(end.signed_duration_since(now)))),
    }
}

fn by(actor: &Actor) -> String {
    format!("{} ({})", actor.subject, actor.issuer)
}
