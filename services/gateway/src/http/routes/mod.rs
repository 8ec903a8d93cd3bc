//! Every route, once: the router and the OpenAPI document are both made from these tables.

mod evidence;
mod gates;
mod operating;
mod persons;
mod records;

use axum::routing::MethodRouter;
use schemars::{JsonSchema, Schema, SchemaGenerator};

use super::Shared;

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = &'static Route> {
    let tables = [
        evidence::ROUTES,
        gates::ROUTES,
        records::ROUTES,
        persons::ROUTES,
        operating::ROUTES,
    ];
    tables.into_iter().flatten()
}

/// One route and what is said of it.
pub(crate) struct Route {
    /// `get`, `post` or `delete`, as the document has it.
    pub method: &'static str,
    /// With parameters in braces, which axum and OpenAPI write alike.
    pub path: &'static str,
    /// Names the operation for generated clients.
    pub id: &'static str,
    /// What it does.
    pub summary: &'static str,
    /// Who may use it.
    pub token: Token,
    /// Keys of the query: name, whether it is wanted, and what it says.
    pub query: &'static [(&'static str, bool, &'static str)],
    /// What the request's body is; empty: none.
    pub takes: &'static [Content],
    /// Status of the good answer.
    pub status: &'static str,
    /// What the good answer is, for each media type.
    pub gives: &'static [Content],
    /// Headers that it reads beside those of every route, and what each says.
    pub headers: &'static [(&'static str, &'static str)],
    /// Statuses of problems that its callers have to tell apart.
    pub problems: &'static [Refusal],
    /// What answers.
    pub handler: fn() -> MethodRouter<Shared>,
}

/// A problem that callers of a route have to tell from others.
pub(crate) struct Refusal {
    /// Its status.
    pub status: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Whether it says in `Retry-After` when to send the same again.
    pub passes: bool,
    /// Whether it is a line of text, and not a problem document.
    pub is_text: bool,
}

/// Whether a route wants a bearer token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    /// For everybody.
    No,
    /// Wanted.
    Yes,
    /// Wanted, unless the sender signs.
    OrSignature,
    /// A hook's own, in the path.
    InPath,
}

/// A body of one media type.
pub(crate) struct Content {
    pub media: &'static str,
    /// `None`: bytes or text.
    pub schema: Option<fn(&mut SchemaGenerator) -> Schema>,
}

const fn json<T: JsonSchema>() -> Content {
    Content {
        media: "application/json",
        schema: Some(|generator| generator.subschema_for::<T>()),
    }
}

const fn plain(media: &'static str) -> Content {
    Content {
        media,
        schema: None,
    }
}

/// Nothing is decided, and nothing told, without the ledger.
const NO_LEDGER: Refusal = Refusal {
    passes: true,
    ..refused(
        "503",
        "The ledger can't be reached: nothing is decided that is not recorded.",
    )
};

const fn refused(status: &'static str, meaning: &'static str) -> Refusal {
    Refusal {
        status,
        meaning,
        passes: false,
        is_text: false,
    }
}
