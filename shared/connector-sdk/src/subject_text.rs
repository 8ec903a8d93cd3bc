//! Settings that name a part of what is being released.

use passport_evidence::Subject;

/// A text in which `${subject.version}` and `${subject.revision}` may stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectText(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Plain(String),
    Version,
    Revision,
}

/// A text that names something else in `${…}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("names a part that is neither ${{subject.version}} nor ${{subject.revision}}")]
pub struct NoSuchPart;

impl SubjectText {
    /// Reads a text.
    ///
    /// # Errors
    /// It names a part that no subject has, or does not close what it opens.
    pub fn parse(text: &str) -> Result<Self, NoSuchPart> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').ok_or(NoSuchPart)?;
            parts.extend((!before.is_empty()).then(|| Part::Plain(before.to_owned())));
            parts.push(match name {
                "subject.version" => Part::Version,
                "subject.revision" => Part::Revision,
                _ => return Err(NoSuchPart),
            });
            rest = after;
        }
        parts.extend((!rest.is_empty()).then(|| Part::Plain(rest.to_owned())));
        Ok(Self(parts))
    }

    /// The text with the subject's parts put in. `None` where the subject lacks one of them.
    pub fn filled(&self, subject: Option<&Subject>) -> Option<String> {
        self.0.iter().map(|part| part.of(subject)).collect()
    }

    /// What stands in it beside the parts of the subject.
    pub fn plain(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            Part::Plain(text) => Some(text.as_str()),
            Part::Version | Part::Revision => None,
        })
    }
}

impl Part {
    fn of<'a>(&'a self, subject: Option<&'a Subject>) -> Option<&'a str> {
        let named = match self {
            Self::Plain(text) => return Some(text),
            Self::Version => subject?.version.as_deref(),
            Self::Revision => subject?.revision.as_deref(),
        };
        named.filter(|it| !it.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, version: Option<&str>, revision: Option<&str>) -> Option<String> {
        let subject = Subject {
            version: version.map(str::to_owned),
            revision: revision.map(str::to_owned),
            ..Subject::default()
        };
        SubjectText::parse(text).unwrap().filled(Some(&subject))
    }

    #[test]
    fn parts_are_put_in_and_a_missing_one_leaves_nothing() {
        let text = "api@${subject.version}+${subject.revision}";
        let whole = filled(text, Some("2.14.0"), Some("4f1c"));
        assert_eq!(whole.as_deref(), Some("api@2.14.0+4f1c"));
        assert_eq!(filled(text, Some("2.14.0"), None), None);
        assert_eq!(filled("${subject.version}", Some(""), None), None);
        assert_eq!(filled("2.14.0", None, None).as_deref(), Some("2.14.0"));
        let parsed = SubjectText::parse(text).unwrap();
        assert_eq!(parsed.filled(None), None);
        assert_eq!(parsed.plain().collect::<Vec<_>>(), ["api@", "+"]);
    }

    /// What a subject says is put in once, and never read again.
    #[test]
    fn a_subject_can_name_no_part_itself() {
        let found = filled(
            "v${subject.version}",
            Some("${subject.revision}"),
            Some("x"),
        );
        assert_eq!(found.as_deref(), Some("v${subject.revision}"));
    }

    #[test]
    fn other_parts_are_refused() {
        for text in [
            "${version}",
            "${subject.digest}",
            "${",
            "a${subject.version",
            "${}",
        ] {
            assert_eq!(SubjectText::parse(text), Err(NoSuchPart), "{text}");
        }
    }
}
