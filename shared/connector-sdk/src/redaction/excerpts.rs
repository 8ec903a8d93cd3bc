//! What of log lines may be shown beside a fact.

use std::collections::BTreeMap;

use passport_evidence::{Excerpts, Subject, excerpts::MAX_EXCERPTS};

use super::{Redacted, Redactor};

/// Length of the shortest id that is whole: as long as what is taken for random.
const WHOLE: usize = 32;

/// Excerpts of the first of these lines: each is redacted as a whole, and cut only then. What says
/// nothing is left out. The subject's own revision and digests may be seen. How much was taken out of the
/// lines that are shown is told beside them.
pub fn excerpts<'a>(
    lines: impl IntoIterator<Item = &'a str>,
    subject: Option<&Subject>,
) -> Excerpts {
    let redactor = Redactor::new(true).keeping(&own_ids(subject));
    let lines = lines.into_iter().take(MAX_EXCERPTS);
    let shown = lines
        .map(|line| redactor.excerpt(line))
        .filter(|excerpt| !excerpt.text.trim().is_empty());
    let shown: Vec<_> = shown.collect();
    let counts = totals(&shown);
    let texts = shown.into_iter().map(|it| it.text);
    texts.collect::<Excerpts>().redacted(counts)
}

/// How often each pattern hit in all of them.
fn totals(shown: &[Redacted]) -> BTreeMap<String, u32> {
    let mut totals = BTreeMap::<String, u32>::new();
    for (id, count) in shown.iter().flat_map(|it| &it.counts) {
        let total = totals.entry(id.to_string()).or_default();
        *total = total.saturating_add(*count);
    }
    totals
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
    use passport_evidence::excerpts::EXCERPT_CHARS;

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
    fn what_was_taken_out_of_the_lines_shown_is_counted_also_behind_the_cut() {
        let long = format!("{} jo@example.org", "é".repeat(EXCERPT_CHARS));
        let lines = [
            "from jo@example.org at 203.0.113.9",
            &long,
            " ",
            "mail jo@example.org",
        ];
        let counts = excerpts(lines, None).redactions().clone();
        let wanted = [("email", 2), ("ip", 1)].map(|(kind, count)| (kind.to_owned(), count));
        assert_eq!(counts, BTreeMap::from(wanted));
        assert!(excerpts(["a", "b"], None).redactions().is_empty());
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
