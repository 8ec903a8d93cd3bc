//! Schemas that offer a choice: tell what is wrong with the branch that was meant.

use jsonschema::{ValidationError, error::ValidationErrorKind};
use passport_evidence::problem::Problem;

use super::kinds::wanted;
use super::words::{self, Place};

/// The problems of the nearest branch, or all that was on offer where none is near.
pub(super) fn problems(at: &Place<'_>, branches: &[Vec<ValidationError<'static>>]) -> Vec<Problem> {
    let meant = branches
        .iter()
        .filter(|branch| !branch.is_empty() && !turned_away(at, branch));
    match meant.min_by_key(|branch| branch.len()) {
        Some(branch) => branch
            .iter()
            .flat_map(|error| words::problems(at.schema, at.value, error))
            .collect(),
        None => vec![none_fits(at, branches)],
    }
}

/// Whether a branch wants another type or another word than was written in this very place.
fn turned_away(at: &Place<'_>, branch: &[ValidationError<'static>]) -> bool {
    branch.iter().any(|error| {
        error.instance_path() == at.error.instance_path()
            && matches!(
                error.kind(),
                ValidationErrorKind::Type { .. }
                    | ValidationErrorKind::Constant { .. }
                    | ValidationErrorKind::Enum { .. }
            )
    })
}

fn none_fits(at: &Place<'_>, branches: &[Vec<ValidationError<'static>>]) -> Problem {
    let mut constants = Vec::new();
    let mut types = Vec::<String>::new();
    for error in branches.iter().flatten() {
        if let ValidationErrorKind::Constant { expected_value } = error.kind() {
            constants.push(expected_value.as_ref());
        } else if let ValidationErrorKind::Enum { options } = error.kind() {
            constants.extend(options.as_array().into_iter().flatten());
        } else if let ValidationErrorKind::Type { kind } = error.kind() {
            types.push(wanted(kind));
        }
    }
    types.retain(|of| of != "nothing");
    types.sort();
    types.dedup();
    if constants.is_empty() {
        at.mistyped(&types.join(" or "))
    } else {
        at.not_one_of(&constants)
    }
}
