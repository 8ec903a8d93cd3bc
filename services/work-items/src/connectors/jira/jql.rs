//! Queries in Jira's language (JQL). Pure.
//!
//! Fields and operators stand here and nowhere else. Whatever is searched for stands in quotes, in which only
//! a backslash and a quote mean something ("Advanced searching using JQL", reserved characters).

/// What is searched for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// Keys of projects, at least one.
    pub projects: &'a [String],
    /// The version that tickets are to be fixed in.
    pub fix_version: Option<&'a str>,
    /// A label that they have.
    pub label: Option<&'a str>,
    /// Name or id of their type.
    pub issue_type: Option<&'a str>,
}

impl Search<'_> {
    /// The query.
    pub fn jql(&self) -> String {
        let projects: Vec<_> = self.projects.iter().map(|it| quoted(it)).collect();
        let of_projects = match projects.as_slice() {
            [one] => format!("project = {one}"),
            several => format!("project in ({})", several.join(", ")),
        };
        let conditions = [
            ("fixVersion", self.fix_version),
            ("labels", self.label),
            ("issuetype", self.issue_type),
        ];
        let conditions = conditions.into_iter().filter_map(|(field, value)| {
            value.map(|value| format!(" AND {field} = {}", quoted(value)))
        });
        std::iter::once(of_projects).chain(conditions).collect()
    }
}

/// The backslash first: those that a quote needs must not be doubled.
fn quoted(value: &str) -> String {
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_written_exactly_so() {
        let (pay, ops) = ("PAY".to_owned(), "OPS".to_owned());
        let search = Search {
            projects: std::slice::from_ref(&pay),
            fix_version: Some("2.14.0"),
            label: None,
            issue_type: None,
        };
        assert_eq!(
            search.jql(),
            "project = \"PAY\" AND fixVersion = \"2.14.0\""
        );
        let search = Search {
            projects: &[pay, ops],
            fix_version: None,
            label: Some("a\\\"b"),
            issue_type: Some("Change"),
        };
        let wanted =
            "project in (\"PAY\", \"OPS\") AND labels = \"a\\\\\\\"b\" AND issuetype = \"Change\"";
        assert_eq!(search.jql(), wanted);
    }
}
