//! Blanks of a proposed configuration that nobody has filled in yet.

use passport_evidence::{blank::is_blank, problem::Problem};
use serde_json::Value;

use super::path::{self, Segment};

/// Depth of `workspaces.W.services.S.environments.E.sources.N`.
const OF_A_SOURCE: usize = 8;

/// Every blank, value or key. What stands in it is not told: somebody may have written a secret behind it.
pub fn problems(file: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    visit(String::new(), file, &mut problems);
    problems
}

fn visit(at: String, value: &Value, problems: &mut Vec<Problem>) {
    match value {
        Value::String(text) if is_blank(text) => problems.push(blank(at)),
        Value::Array(items) => {
            for (nth, item) in items.iter().enumerate() {
                visit(path::index(&at, nth), item, problems);
            }
        }
        Value::Object(entries) => {
            for (key, value) in entries {
                let at = path::key(&at, key);
                if is_blank(key) {
                    problems.push(blank(at.clone()));
                }
                visit(at, value, problems);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn blank(at: String) -> Problem {
    let fix = "write what it asks for in place of the whole blank";
    Problem::new(at, "is still to be filled in", fix)
}

/// Whether a connector could not judge the source of a problem: it holds a blank, or stands below a key that
/// is one. What it says of such a source may only come from the blank.
pub fn unfinished(blanks: &[Problem], problem: &Problem) -> bool {
    let at = path::parse(&problem.path);
    let source = at.get(..OF_A_SOURCE).unwrap_or(&at);
    let mut blanks = blanks.iter().map(|it| path::parse(&it.path));
    blanks.any(|blank: Vec<Segment>| blank.starts_with(source) || source.starts_with(&blank))
}
