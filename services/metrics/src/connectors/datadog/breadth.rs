//! How much an application key may do, after the page "API and Application Keys" of Datadog.

use passport_connector_sdk::{
    CollectError, CollectRequest, Object, ReadError, Request, credential_scope::Breadth,
};
use passport_evidence::FailureCode;
use secrecy::ExposeSecret as _;
use serde::Deserialize;

use super::{ask::Ask, client::Client};

/// What a source may need.
const NEEDED: [&str; 7] = [
    "timeseries_query",
    "metrics_read",
    "monitors_read",
    "slos_read",
    "logs_read_data",
    "logs_read_index_data",
    "apm_read",
];

/// Scopes that only read, beside those that end in `_read`.
const READING: [&str; 2] = ["_query", "_read_"];
/// Scopes that read what opens other doors.
const OF_SECRETS: [&str; 2] = ["api_keys", "app_keys"];

/// Most keys of a page, which Datadog allows.
const PAGE: &str = "100";
/// Last characters of a key, by which the list tells keys apart.
const TAIL: usize = 4;

#[derive(Deserialize)]
struct Listed {
    data: Vec<Object<Key>>,
}

#[derive(Deserialize)]
struct Key {
    attributes: Object<Attributes>,
}

#[derive(Deserialize)]
struct Attributes {
    last4: Option<String>,
    /// `null`: everything that its owner may do. Where it is missing, nothing is told.
    #[serde(default, deserialize_with = "there")]
    scopes: Option<Option<Vec<String>>>,
}

fn there<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<Vec<String>>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Asks whether both keys work, and what the application key may do. A key that may do no more than a source
/// needs may not read its own scopes either: that is not known to be narrow.
pub async fn ask(
    client: &Client,
    one: &Ask,
    request: &CollectRequest,
) -> Result<Breadth, CollectError> {
    works(client, one, request).await?;
    let keys = Request::get(["api", "v2", "current_user", "application_keys"]);
    let reply = client.send(keys.query("page[size]", PAGE), request).await;
    let listed = reply.and_then(|reply| reply.json::<Object<Listed>>());
    match listed {
        Ok(Object(listed)) => Ok(of_keys(&listed, client)),
        Err(ReadError::Denied | ReadError::NotFound | ReadError::Rejected | ReadError::Shape) => {
            Ok(Breadth::Unverifiable)
        }
        Err(error) => Err(failed(error)),
    }
}

/// One of the source's own reads: only that shows both keys on their site.
async fn works(client: &Client, one: &Ask, request: &CollectRequest) -> Result<(), CollectError> {
    match client.send(one.request(request.now), request).await {
        // The question may be wrong, and what it is about may be gone; whoever asked was let in.
        Ok(_) | Err(ReadError::Rejected | ReadError::NotFound) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

fn failed(error: ReadError) -> CollectError {
    let internal = || CollectError::new(FailureCode::Internal);
    error.failure().unwrap_or_else(internal)
}

fn of_keys(listed: &Listed, client: &Client) -> Breadth {
    let Ok(key) = client.app_key.read() else {
        return Breadth::Unverifiable;
    };
    let key = key.expose_secret();
    let tail = key.len().checked_sub(TAIL).and_then(|at| key.get(at..));
    let all = listed.data.iter().map(|it| &it.0.attributes.0);
    let own = all.filter(|it| tail.is_some() && it.last4.as_deref() == tail);
    agreed(own.map(|it| of_scopes(it.scopes.as_ref())))
}

/// Several keys may end alike: what is not true of all of them is not known of this one.
fn agreed(mut verdicts: impl Iterator<Item = Breadth>) -> Breadth {
    match verdicts.next() {
        Some(first) if verdicts.all(|it| it == first) => first,
        Some(_) | None => Breadth::Unverifiable,
    }
}

/// What the scopes of a key allow. Without scopes it may do what its owner may.
fn of_scopes(scopes: Option<&Option<Vec<String>>>) -> Breadth {
    let scopes = match scopes {
        None => return Breadth::Unverifiable,
        Some(None) => return Breadth::Broad,
        Some(Some(scopes)) => scopes,
    };
    let beyond = scopes.iter().filter(|it| !NEEDED.contains(&it.as_str()));
    let beyond: Vec<_> = beyond.map(String::as_str).collect();
    if beyond.iter().any(|scope| !only_reads(scope)) {
        Breadth::WriteCapable
    } else if beyond.is_empty() {
        Breadth::Narrow
    } else {
        Breadth::Broad
    }
}

fn only_reads(scope: &str) -> bool {
    let reads = scope.ends_with("_read") || READING.iter().any(|it| scope.contains(it));
    reads && !OF_SECRETS.iter().any(|it| scope.contains(it))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(scopes: &str) -> Breadth {
        let text = format!("{{\"last4\": \"abcd\"{scopes}}}");
        let attributes: Attributes = serde_json::from_str(&text).unwrap();
        of_scopes(attributes.scopes.as_ref())
    }

    #[test]
    fn a_key_is_as_broad_as_the_broadest_of_its_scopes() {
        for (scopes, breadth) in [
            ("", Breadth::Unverifiable),
            (", \"scopes\": null", Breadth::Broad),
            (", \"scopes\": []", Breadth::Narrow),
            (
                ", \"scopes\": [\"timeseries_query\", \"monitors_read\"]",
                Breadth::Narrow,
            ),
            (
                ", \"scopes\": [\"monitors_read\", \"dashboards_read\"]",
                Breadth::Broad,
            ),
            (", \"scopes\": [\"logs_read_archives\"]", Breadth::Broad),
            (
                ", \"scopes\": [\"dashboards_read\", \"monitors_write\"]",
                Breadth::WriteCapable,
            ),
            (
                ", \"scopes\": [\"monitors_downtime\"]",
                Breadth::WriteCapable,
            ),
            (", \"scopes\": [\"user_app_keys\"]", Breadth::WriteCapable),
            (", \"scopes\": [\"api_keys_read\"]", Breadth::WriteCapable),
        ] {
            assert_eq!(of(scopes), breadth, "{scopes}");
        }
    }

    #[test]
    fn keys_that_end_alike_have_to_agree() {
        use Breadth::{Broad, Narrow, Unverifiable};
        assert_eq!(agreed([].into_iter()), Unverifiable);
        assert_eq!(agreed([Narrow].into_iter()), Narrow);
        assert_eq!(agreed([Broad, Broad].into_iter()), Broad);
        assert_eq!(agreed([Narrow, Broad].into_iter()), Unverifiable);
    }
}
