//! What of log lines may be shown beside a fact.

use passport_evidence::{Excerpts, Subject, excerpts::MAX_EXCERPTS};

use super::Redactor;

/// Length of the shortest id that is whole: as long as what is taken for random.
const WHOLE: usize = 32;

/// Excerpts of the first of these lines: each is redacted as a whole, and cut only then. What says
/// nothing is left out. The subject's own revision and digests may be seen.
pub fn excerpts<'a>(
    lines: impl IntoIterator<Item = &'a str>,
    subject: Option<&Subject>,
) -> Excerpts {
    let redactor = Redactor::new(true).keeping(&own_ids(subject));
    let lines = lines.into_iter().take(MAX_EXCERPTS);
    lines
        .map(|line| redactor.excerpt(line).text)
        .filter(|excerpt| !excerpt.trim().is_empty())
        .collect()
}

fn own_ids(subject: Option<&Subject>) -> Vec<&str> {
    subject
        .into_iter()
        .flat_map(|it| {
            let digests = it.artifact_digests.iter().map(String::as_str);
            it.revision.as_deref().into_iter().chain(digests)
        })
        // What is shorter stands in many a secret, which would then be taken for several harmless parts.
        .filter(|it| it.rsplit(':').next().is_some_and(is_whole_id))
        .collect()
}

/// Whether this is as long as a whole id.
fn is_whole_id(digits: &str) -> bool {
    digits.len() >= WHOLE
}

#[cfg(test)]
mod tests {
    use super::*;

    const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

    #[test]
    fn so_many_lines_are_shown_redacted_and_then_cut() {
        let long = format!("{} password=hunter2-and-more", "é".repeat(140));
        let lines = ["from jo@example.org", " \n ", &long, "a fourth"];
        assert_eq!(
            excerpts(lines, None).into_texts(),
            [
                "from [REDACTED:email]".to_owned(),
                format!("{} password=", "é".repeat(140)),
            ]
        );
        let few = excerpts(["a", "b", "c", "d"], None);
        assert_eq!(few.into_texts(), ["a", "b", "c"]);
    }

    #[test]
    fn the_subject_itself_is_no_secret() {
        let random = "q8ZrT2vLx0PkWm4NcYb7Hd1Sg5Fj9Ae3";
        let subject = Subject {
            revision: Some(REVISION.to_owned()),
            artifact_digests: vec![format!("sha256:{random}")],
            ..Subject::default()
        };
        let lines = [REVISION, random];
        assert_eq!(excerpts(lines, Some(&subject)).into_texts(), lines);
        assert_eq!(
            excerpts([random], None).into_texts(),
            ["[REDACTED:entropy]"]
        );
    }
}
