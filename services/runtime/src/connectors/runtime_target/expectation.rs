//! What a body has to say.

use passport_connector_sdk::Builder;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Number, Value};

/// One thing that a JSON body has to say: exactly one comparison.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExpectedJson {
    /// Where, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// Has to be this.
    pub equals: Option<Scalar>,
    /// Has to be one of these.
    pub one_of: Option<Vec<Scalar>>,
    /// Has to be a smaller number.
    pub lt: Option<Number>,
    /// Has to be a larger number.
    pub gt: Option<Number>,
}

/// A value that is no list and no object.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// True or false.
    Flag(bool),
    /// A number.
    Number(Number),
}

/// What a body has to say at one place.
#[derive(Debug, Clone)]
pub struct Expectation {
    pointer: String,
    comparison: Comparison,
}

#[derive(Debug, Clone)]
enum Comparison {
    OneOf(Vec<Scalar>),
    Less(f64),
    Greater(f64),
}

// === impl ExpectedJson ===

impl ExpectedJson {
    /// What is wanted, or a problem at `probe.expect_json`.
    pub fn expectation(&self, builder: &mut Builder<'_>) -> Option<Expectation> {
        let found = self.parsed();
        if found.is_none() {
            let reason = "has no pointer, or not exactly one comparison with it";
            let fix =
                "write one such as { pointer: /status, equals: ok }: equals, one_of, lt or gt";
            builder.problem("probe.expect_json", reason, fix);
        }
        found
    }

    /// What is wanted; `None`: that is not clear.
    pub fn parsed(&self) -> Option<Expectation> {
        let comparison = self.comparison().filter(|_| is_pointer(&self.pointer))?;
        Some(Expectation {
            pointer: self.pointer.clone(),
            comparison,
        })
    }

    fn comparison(&self) -> Option<Comparison> {
        let limit = |it: &Number| it.as_f64().filter(|it| it.is_finite());
        match (&self.equals, &self.one_of, &self.lt, &self.gt) {
            (Some(one), None, None, None) => Some(Comparison::OneOf(vec![one.clone()])),
            (None, Some(all), None, None) if !all.is_empty() => {
                Some(Comparison::OneOf(all.clone()))
            }
            (None, None, Some(less), None) => limit(less).map(Comparison::Less),
            (None, None, None, Some(more)) => limit(more).map(Comparison::Greater),
            _ => None,
        }
    }
}

/// Whether a text points into JSON. The empty one points at all of it.
pub fn is_pointer(text: &str) -> bool {
    text.is_empty() || text.starts_with('/')
}

// === impl Expectation ===

impl Expectation {
    /// Whether a body says so. A text is not the number that it spells.
    pub fn holds(&self, body: &Value) -> bool {
        let Some(found) = body.pointer(&self.pointer) else {
            return false;
        };
        match &self.comparison {
            Comparison::OneOf(wanted) => wanted.iter().any(|it| it.is(found)),
            Comparison::Less(limit) => found.as_f64().is_some_and(|it| it < *limit),
            Comparison::Greater(limit) => found.as_f64().is_some_and(|it| it > *limit),
        }
    }
}

// === impl Scalar ===

impl Scalar {
    fn is(&self, found: &Value) -> bool {
        match (self, found) {
            (Self::Text(wanted), Value::String(found)) => wanted == found,
            (Self::Flag(wanted), Value::Bool(found)) => wanted == found,
            // 1 and 1.0 are one number; large integers are compared as they are written.
            (Self::Number(wanted), Value::Number(found)) => {
                wanted == found
                    || ((wanted.is_f64() || found.is_f64()) && wanted.as_f64() == found.as_f64())
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn holds(expected: Value, body: Value) -> bool {
        let expected: ExpectedJson = serde_json::from_value(expected).unwrap();
        let comparison = expected.comparison().unwrap();
        let pointer = expected.pointer;
        Expectation {
            pointer,
            comparison,
        }
        .holds(&body)
    }

    #[test]
    fn a_body_says_what_is_wanted_or_it_does_not() {
        let ok = || json!({"pointer": "/s", "equals": "ok"});
        assert!(holds(ok(), json!({"s": "ok"})));
        for other in [
            json!({"s": "OK"}),
            json!({"s": null}),
            json!({}),
            json!([]),
            json!({"s": ["ok"]}),
        ] {
            assert!(!holds(ok(), other.clone()), "{other}");
        }
        let one = || json!({"pointer": "/n", "one_of": [1, true, "x"]});
        for good in [
            json!({"n": 1}),
            json!({"n": 1.0}),
            json!({"n": true}),
            json!({"n": "x"}),
        ] {
            assert!(holds(one(), good.clone()), "{good}");
        }
        for other in [json!({"n": "1"}), json!({"n": 2}), json!({"n": "true"})] {
            assert!(!holds(one(), other.clone()), "{other}");
        }
    }

    #[test]
    fn numbers_are_compared_as_numbers_alone() {
        let less = || json!({"pointer": "/n", "lt": 10});
        assert!(holds(less(), json!({"n": 9.5})));
        for other in [json!({"n": 10}), json!({"n": "9"}), json!({"n": null})] {
            assert!(!holds(less(), other.clone()), "{other}");
        }
        let more = || json!({"pointer": "", "gt": 0.5});
        assert!(holds(more(), json!(1)) && !holds(more(), json!(0.5)));
        let large = json!({"pointer": "", "equals": u64::MAX});
        assert!(!holds(large, json!(u64::MAX - 1)));
    }

    #[test]
    fn exactly_one_comparison_is_one() {
        for wrong in [
            json!({"pointer": "/a"}),
            json!({"pointer": "/a", "equals": 1, "lt": 2}),
            json!({"pointer": "/a", "one_of": []}),
        ] {
            let expected: ExpectedJson = serde_json::from_value(wrong.clone()).unwrap();
            assert!(expected.parsed().is_none(), "{wrong}");
        }
    }
}
