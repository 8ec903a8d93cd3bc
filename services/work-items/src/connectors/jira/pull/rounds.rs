//! Rounds of approval, over several pages.

use std::collections::BTreeSet;

use http::{HeaderName, HeaderValue};
use passport_connector_sdk::{CollectRequest, Object, Request};

use super::MissedRounds;
use crate::connectors::jira::{
    client::{self, Client, Dated, Listed},
    model::{Round, RoundsPage},
    wanted::{Deployment, Wanted},
};

const PER_PAGE: u32 = 50;
/// Older data centers answer only who says that they know of its being new.
const EXPERIMENTAL: HeaderName = HeaderName::from_static("x-experimentalapi");
const OPT_IN: HeaderValue = HeaderValue::from_static("opt-in");

/// All rounds of a ticket.
pub async fn ask(
    client: &Client,
    key: &str,
    wanted: &Wanted,
    request: &CollectRequest,
) -> Result<Dated<Listed<Round>>, MissedRounds> {
    let mut listed = Listed {
        rows: Vec::new(),
        is_whole: false,
    };
    let mut at = request.now;
    for number in 0..wanted.page_limit {
        let read = client
            .one(page(key, listed.rows.len(), wanted), request)
            .await;
        let read: Dated<Object<RoundsPage>> = match read.map_err(MissedRounds::from) {
            Ok(read) => read,
            Err(MissedRounds::No(_)) if number > 0 => break,
            Err(missed) => return Err(missed),
        };
        at = at.min(read.at);
        let page = read.read.0;
        let is_empty = page.values.is_empty();
        listed.rows.extend(page.values.into_iter().map(|it| it.0));
        if page.is_last == Some(true) {
            let ids: BTreeSet<_> = listed.rows.iter().map(|it| &it.id).collect();
            // One that comes twice may have pushed another one away.
            listed.is_whole = ids.len() == listed.rows.len();
            break;
        }
        if is_empty {
            break;
        }
    }
    Ok(Dated { read: listed, at })
}

fn page(key: &str, start: usize, wanted: &Wanted) -> Request {
    let ask = client::get(&["rest", "servicedeskapi", "request", key, "approval"])
        .query("start", start.to_string())
        .query("limit", PER_PAGE.to_string());
    match wanted.deployment {
        Deployment::Cloud => ask,
        Deployment::Datacenter => ask.header(EXPERIMENTAL, OPT_IN),
    }
}
