//! Commits, as subjects and providers name them.

use passport_evidence::Subject;

/// The full commit id of the subject, in small letters; `None` where it names none.
pub fn revision(subject: Option<&Subject>) -> Option<String> {
    let revision = subject?.revision.as_deref()?;
    is_commit(revision).then(|| revision.to_ascii_lowercase())
}

/// Whether a text is a full commit id, of SHA-1 or SHA-256.
pub fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|it| it.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_full_commit_id_is_one() {
        for (text, is_one) in [
            ("4F1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e", true),
            (&"a".repeat(64), true),
            ("4f1c2e9a", false),
            (&"g".repeat(40), false),
            ("", false),
        ] {
            assert_eq!(is_commit(text), is_one, "{text}");
        }
        let subject = Subject {
            revision: Some("A".repeat(40)),
            ..Subject::default()
        };
        assert_eq!(revision(Some(&subject)), Some("a".repeat(40)));
        assert_eq!(revision(None), None);
    }
}
