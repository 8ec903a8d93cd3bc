//! The errors that stand in an answer, beside what was found or instead of it. Pure.

use passport_connector_sdk::Object;
use serde::Deserialize;
use serde_json::Value;

use passport_connector_sdk::Part;

/// What an error says where what was asked for is not there, or not for this credential.
const NOT_FOUND: &str = "Entity not found";

/// An error, as far as it is read.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Wire {
    /// Only to be told apart by: nothing of it may be shown.
    message: Part<String>,
    /// Where in the answer something is missing for it.
    path: Part<Vec<Value>>,
    extensions: Part<Object<Extensions>>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Extensions {
    code: Part<String>,
}

/// What an error means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The credential is not accepted.
    Unauthenticated,
    /// It may not read this.
    Denied,
    /// Too many requests, or too expensive ones, in too short a time.
    RateLimited,
    /// The document is none of this schema.
    Invalid,
    /// What was asked for is not there.
    NotFound,
    /// The question was refused for what stands in it.
    Rejected,
    /// Anything else.
    Other,
}

/// An error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What it means.
    pub kind: Kind,
    /// Where something is missing for it: the keys from the top, indices aside. `None`: it does not say.
    pub path: Option<Vec<String>>,
}

/// The errors of an answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

// === impl Faults ===

impl Faults {
    /// Those of a list of errors, as it came.
    pub fn of(errors: &Value) -> Self {
        match errors {
            Value::Null => Self::default(),
            Value::Array(all) => Self(all.iter().map(Fault::of).collect()),
            // What is no list of errors may be about anything.
            other @ (Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => {
                Self(vec![Fault {
                    path: Some(Vec::new()),
                    ..Fault::of(other)
                }])
            }
        }
    }

    /// Those in a body of whatever form.
    pub fn in_body(body: &[u8]) -> Self {
        let body: Option<Value> = serde_json::from_slice(body).ok();
        let errors = body.as_ref().and_then(|it| it.get("errors"));
        errors.map_or_else(Self::default, Self::of)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them means this.
    pub fn have(&self, kind: Kind) -> bool {
        self.0.iter().any(|it| it.kind == kind)
    }

    /// How many don't say where something is missing.
    pub fn unplaced(&self) -> usize {
        self.0.iter().filter(|it| it.path.is_none()).count()
    }

    /// Whether one of them is about this part of what stands at `root`, or about all of it.
    pub fn touch(&self, root: &[&str], part: &str) -> bool {
        let paths = self.0.iter().filter_map(|it| it.path.as_deref());
        paths.into_iter().any(|path| {
            let mut wanted = root.iter().copied().chain([part]);
            path.iter()
                .all(|it| wanted.next().is_none_or(|wanted| it == wanted))
        })
    }
}

// === impl Fault ===

impl Fault {
    fn of(error: &Value) -> Self {
        let wire = Object::<Wire>::deserialize(error).unwrap_or_default();
        Self {
            kind: wire.kind(),
            path: wire.placed(),
        }
    }
}

impl Wire {
    fn kind(&self) -> Kind {
        if let Part::Is(message) = &self.message
            && message.starts_with(NOT_FOUND)
        {
            return Kind::NotFound;
        }
        let Part::Is(extensions) = &self.extensions else {
            return Kind::Other;
        };
        let Part::Is(code) = &extensions.code else {
            return Kind::Other;
        };
        match code.as_str() {
            "AUTHENTICATION_ERROR" => Kind::Unauthenticated,
            "FORBIDDEN" => Kind::Denied,
            "RATELIMITED" => Kind::RateLimited,
            "GRAPHQL_VALIDATION_FAILED" => Kind::Invalid,
            "INVALID_INPUT" | "INPUT_ERROR" => Kind::Rejected,
            _ => Kind::Other,
        }
    }

    fn placed(&self) -> Option<Vec<String>> {
        let Part::Is(path) = &self.path else {
            return None;
        };
        let keys = path.iter().filter(|it| !it.is_number());
        let keys = keys.map(|it| it.as_str().map(str::to_owned));
        keys.collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(error: &Value) -> Kind {
        Faults::of(&json!([error])).0[0].kind
    }

    #[test]
    fn an_error_is_told_by_its_code_and_what_is_not_there_by_its_message() {
        let coded = |code: &str| json!({"message": "no", "extensions": {"code": code}});
        for (code, wanted) in [
            ("AUTHENTICATION_ERROR", Kind::Unauthenticated),
            ("FORBIDDEN", Kind::Denied),
            ("RATELIMITED", Kind::RateLimited),
            ("GRAPHQL_VALIDATION_FAILED", Kind::Invalid),
            ("INVALID_INPUT", Kind::Rejected),
            ("INPUT_ERROR", Kind::Rejected),
            ("INTERNAL_SERVER_ERROR", Kind::Other),
            ("ratelimited", Kind::Other),
        ] {
            assert_eq!(kind(&coded(code)), wanted, "{code}");
        }
        let mut gone = coded("INPUT_ERROR");
        gone["message"] = json!("Entity not found: Issue");
        assert_eq!(kind(&gone), Kind::NotFound);
        for odd in [
            json!(null),
            json!([]),
            json!("no"),
            json!({"extensions": 1}),
        ] {
            assert_eq!(kind(&odd), Kind::Other, "{odd}");
        }
    }

    #[test]
    fn an_error_touches_what_lies_on_its_path() {
        let at = |path: Value| Faults::of(&json!([{"path": path}]));
        let history = at(json!(["issue", "history", "nodes", 3, "actorId"]));
        assert!(history.touch(&["issue"], "history"));
        assert!(!history.touch(&["issue"], "labels"));
        assert!(!history.touch(&["issues", "nodes"], "history"));
        let listed = at(json!(["issues", "nodes", 0, "history"]));
        assert!(listed.touch(&["issues", "nodes"], "history"));
        assert!(!listed.touch(&["issues", "nodes"], "state"));
        for above in [json!([]), json!(["issue"])] {
            assert!(at(above).touch(&["issue"], "labels"));
        }
        for (errors, unplaced) in [
            (json!(null), 0),
            (json!([]), 0),
            (
                json!([{}, {"path": null}, {"path": [true]}, {"path": ["issue"]}]),
                3,
            ),
            (json!([7, "no", null]), 3),
        ] {
            assert_eq!(Faults::of(&errors).unplaced(), unplaced, "{errors}");
        }
    }

    #[test]
    fn what_is_no_list_of_errors_touches_everything() {
        for errors in [json!({"message": "no"}), json!("no"), json!(""), json!(0)] {
            let faults = Faults::of(&errors);
            assert!(faults.touch(&["issue"], "labels"), "{errors}");
            assert_eq!(faults.unplaced(), 0, "{errors}");
        }
    }

    #[test]
    fn a_body_of_another_form_holds_none() {
        for body in ["", "<html>", "[]", "null", "{}", "7"] {
            assert!(Faults::in_body(body.as_bytes()).is_empty(), "{body}");
        }
        assert!(!Faults::in_body(br#"{"errors":[{}]}"#).is_empty());
    }
}
