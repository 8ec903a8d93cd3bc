//! One line of JSON, byte for byte what the HTTP interface answers.

use serde::Serialize;

use crate::exit::Fault;

pub fn write(answer: &impl Serialize) -> Result<String, Fault> {
    serde_json::to_string(answer).map_err(|error| {
        Fault::unanswered(
            format!("could not write the answer as JSON: {error}"),
            "report this as a defect",
        )
    })
}
