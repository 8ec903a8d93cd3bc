//! YAML with the keys and the order of the JSON.

use serde::Serialize;

use crate::exit::Fault;

pub fn write(answer: &impl Serialize) -> Result<String, Fault> {
    serde_saphyr::to_string(answer).map_err(|error| {
        Fault::unanswered(
            format!("could not write the answer as YAML: {error}"),
            "report this as a defect",
        )
    })
}
