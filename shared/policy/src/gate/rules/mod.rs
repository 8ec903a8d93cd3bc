//! Rules beyond what requirements can say: expressions in CEL over what was found. A rule can make a
//! decision stricter, never milder.

mod given;
mod walk;

use std::sync::Arc;

use cel::{Context, Program, Value};

use super::{
    decide::Asked,
    policy::Consequence,
    result::{RequirementResult, State},
};
use given::Given;
use walk::Walk;

/// Steps that a rule may take in one decision. What may take more is not evaluated.
const MOST_STEPS: u64 = 2_000_000;

/// A rule that can be evaluated.
#[derive(Debug, Clone)]
pub struct Rule {
    name: String,
    that: String,
    otherwise: Consequence,
    next: String,
    program: Arc<Program>,
    walk: Walk,
}

/// Why an expression can't be a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadRule {
    /// It is no expression.
    #[error("is no expression of CEL: {0}")]
    Syntax(String),
    /// It names something that there is not.
    #[error("speaks of `{name}`, which a rule does not know; it knows {}", given::NAMES.join(", "))]
    Unknown {
        /// The name.
        name: String,
    },
    /// It goes through lists within lists within lists.
    #[error("goes through more than two lists within each other")]
    Deep,
    /// It fails over the facts that any release can have.
    #[error("can't be evaluated: {0}")]
    Fails(String),
    /// It is neither true nor false.
    #[error("is neither true nor false; compare it with something")]
    NoTruth,
}

/// What became of a rule.
enum Told {
    Holds,
    Fails,
    Unclear(String),
}

// === impl Rule ===

impl Rule {
    /// Compiles a rule, and tries it over facts of every kind.
    ///
    /// # Errors
    /// It is no expression, or not one that is true or false over any evidence.
    pub fn compile(
        name: &str,
        that: &str,
        otherwise: Consequence,
        next: &str,
    ) -> Result<Self, BadRule> {
        let program = Program::compile(that);
        let program = program.map_err(|errors| BadRule::Syntax(first_line(&errors)))?;
        let walk = Walk::of(program.expression());
        if let Some(unknown) = walk.first_beyond(&given::NAMES) {
            return Err(BadRule::Unknown {
                name: unknown.to_owned(),
            });
        }
        if walk.depth > 2 {
            return Err(BadRule::Deep);
        }
        let rule = Self {
            name: name.to_owned(),
            that: that.to_owned(),
            otherwise,
            next: next.to_owned(),
            program: Arc::new(program),
            walk,
        };
        match rule.told_over(&Given::example()) {
            Ok(Value::Bool(_)) => Ok(rule),
            Ok(_) => Err(BadRule::NoTruth),
            Err(why) => Err(BadRule::Fails(why)),
        }
    }

    /// Names the rule in decisions.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The expression that has to be true.
    pub fn that(&self) -> &str {
        &self.that
    }

    /// What follows where it is not.
    pub fn otherwise(&self) -> Consequence {
        self.otherwise
    }

    /// What to do then, in words.
    pub fn next(&self) -> &str {
        &self.next
    }

    fn told(&self, given: &Given) -> Told {
        if self.walk.steps(given.items()) > MOST_STEPS {
            return Told::Unclear("it would take too long over so many facts".to_owned());
        }
        match self.told_over(given) {
            Ok(Value::Bool(true)) => Told::Holds,
            Ok(Value::Bool(false)) => Told::Fails,
            Ok(_) => Told::Unclear("it is neither true nor false".to_owned()),
            Err(why) => Told::Unclear(why),
        }
    }

    fn told_over(&self, given: &Given) -> Result<Value, String> {
        let mut context = Context::default();
        given
            .tell(&mut context)
            .map_err(|error| first_line(&error))?;
        let told = self.program.execute(&context);
        told.map_err(|error| first_line(&error))
    }

    fn result(&self, given: &Given) -> RequirementResult {
        let requirement = format!("rule {}: {}", self.name, self.that);
        let (state, consequence, explanation) = match self.told(given) {
            Told::Holds => return RequirementResult::met(requirement, "it is so"),
            Told::Fails if self.otherwise == Consequence::Block => {
                (State::Violated, self.otherwise, "it is not so".to_owned())
            }
            Told::Fails if self.otherwise == Consequence::Hold => {
                (State::Missing, self.otherwise, "it is not so".to_owned())
            }
            Told::Fails => (State::Warned, self.otherwise, "it is not so".to_owned()),
            // What nobody can tell is not good enough, whatever the rule is worth.
            Told::Unclear(why) => {
                let worth = self.otherwise.max(Consequence::Hold);
                (State::Missing, worth, format!("it can't be told: {why}"))
            }
        };
        RequirementResult {
            state,
            consequence,
            next_action: Some(self.next.clone()),
            ..RequirementResult::missing(requirement, explanation)
        }
    }
}

/// The same rule is the same text: programs are made of nothing else.
impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
            && self.that == other.that
            && self.otherwise == other.otherwise
            && self.next == other.next
    }
}

impl Eq for Rule {}

/// What became of each rule.
pub(super) fn results(asked: &Asked<'_>) -> Vec<RequirementResult> {
    let rules = &asked.policy.rules;
    if rules.is_empty() {
        return Vec::new();
    }
    let given = Given::of(asked);
    rules.iter().map(|rule| rule.result(&given)).collect()
}

fn first_line(error: &impl ToString) -> String {
    let text = error.to_string();
    text.lines().next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests;
