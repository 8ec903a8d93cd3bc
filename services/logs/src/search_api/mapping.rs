//! Whether fields can be matched exactly at all, after the page "Field capabilities". A field of full text is cut into
//! words, so that no line ever has the exact value: the count is zero for ever, and says nothing. The same holds of a field
//! that no line ever had.

use std::collections::{BTreeMap, BTreeSet};

use passport_connector_sdk::{CollectRequest, Object, ReadError};
use passport_evidence::Reason;
use serde::Deserialize;

use super::{ask::Ask, client::Client, query::Query};

/// Types whose values are compared as they are. What is not known is none of them.
const EXACT: [&str; 22] = [
    "alias",
    "boolean",
    "byte",
    "constant_keyword",
    "date",
    "date_nanos",
    "double",
    "flat_object",
    "flattened",
    "float",
    "half_float",
    "integer",
    "ip",
    "keyword",
    "long",
    "scaled_float",
    "short",
    "token_count",
    "unsigned_long",
    "unmapped",
    "version",
    "wildcard",
];

/// What the server says of fields: by name and type.
#[derive(Debug, Deserialize)]
struct Capabilities {
    fields: Object<BTreeMap<String, ByType>>,
}

/// A field has another type in some indices than in others.
type ByType = Object<BTreeMap<String, Object<Capability>>>;

#[derive(Debug, Deserialize)]
struct Capability {
    searchable: Option<bool>,
}

/// Why an exact match on a field can't be relied on, by field.
#[derive(Debug, Default)]
pub struct Mapping(BTreeMap<String, Reason>);

// === impl Mapping ===

impl Mapping {
    /// Asks about the fields of these queries.
    pub async fn read(client: &Client, queries: &[&Query], request: &CollectRequest) -> Self {
        let all = queries.iter().flat_map(|it| &it.matching);
        let fields: BTreeSet<_> = all.map(|it| it.field.as_str()).collect();
        if fields.is_empty() {
            return Self::default();
        }
        let ask = Ask::get([client.index.as_str(), "_field_caps"]);
        let ask = ask.naming(
            "fields",
            fields.iter().copied().collect::<Vec<_>>().join(","),
        );
        let told = client.read::<Capabilities>(ask, request).await;
        let doubt = |field: &&str| Some(((*field).to_owned(), reason(&told, field)?));
        Self(fields.iter().filter_map(doubt).collect())
    }

    /// Why a count of nothing says nothing; `None`: it does.
    pub fn doubt(&self, query: &Query) -> Option<Reason> {
        let mut fields = query.matching.iter();
        fields.find_map(|it| self.0.get(&it.field).copied())
    }
}

fn reason(told: &Result<Capabilities, ReadError>, field: &str) -> Option<Reason> {
    let types = match told {
        Ok(told) => told.fields.get(field),
        // It has no such path, or somebody before it lets none through but searches.
        Err(ReadError::NotFound | ReadError::Rejected) => return None,
        Err(error) => return Some(error.reason()),
    };
    let Some(types) = types.filter(|it| !it.is_empty()) else {
        return Some(Reason::NoData);
    };
    let is_exact = |(kind, it): (&String, &Object<Capability>)| {
        EXACT.contains(&kind.as_str()) && it.searchable != Some(false)
    };
    (!types.iter().all(is_exact)).then_some(Reason::QueryRejected)
}
