//! Does a value have the shape that a schema wants? Every key that is unknown, missing or of
//! another type is told at once, in words that never repeat a value.

mod branches;
mod kinds;
mod schema_walk;
#[cfg(test)]
mod tests;
mod words;

use jsonschema::{ValidationError, Validator};
use passport_evidence::problem::Problem;
use serde_json::Value;

/// More problems than anybody reads at once.
const MOST: usize = 200;

/// What is wrong with `value` by `schema` (JSON Schema 2020-12), in no particular order. Paths
/// are relative to `value`.
///
/// Beside the standard formats, `cidr` (a network) and `origin` (scheme, host and port of an HTTP
/// server, nothing else) are checked.
pub fn problems(schema: &Value, value: &Value) -> Vec<Problem> {
    match validator(schema) {
        Ok(validator) => {
            let errors = validator.iter_errors(value).take(MOST);
            errors
                .flat_map(|error| words::problems(schema, value, &error))
                .collect()
        }
        Err(_) => vec![Problem::new(
            "",
            "cannot be checked: the schema of these settings is broken",
            "report this as a defect",
        )],
    }
}

fn validator(schema: &Value) -> Result<Validator, Box<ValidationError<'static>>> {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .with_format("cidr", is_cidr)
        .with_format("origin", is_origin)
        .with_format("date-time", is_time)
        .build(schema)
        .map_err(Box::new)
}

fn is_cidr(text: &str) -> bool {
    text.parse::<ipnet::IpNet>().is_ok()
}

fn is_time(text: &str) -> bool {
    text.parse::<chrono::DateTime<chrono::Utc>>().is_ok()
}

fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<http::Uri>() else {
        return false;
    };
    let scheme = matches!(uri.scheme_str(), Some("http" | "https"));
    let user = uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'));
    let bare = matches!(uri.path(), "" | "/") && uri.query().is_none();
    scheme && !user && bare && uri.host().is_some_and(|host| !host.is_empty())
}
