use proptest::prelude::*;

use crate::config::tests::StandIn;
use crate::config::{Report, load_bytes};

fn report(text: &str) -> Report {
    load_bytes("a.yaml", text.as_bytes(), &StandIn).unwrap_err()
}

#[test]
fn problems_stand_in_the_order_of_the_file() {
    let report = report("b: 1\na: 1\n");
    let lines = report
        .findings()
        .iter()
        .map(|finding| (finding.line, finding.path.as_str()));
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [(1, "b"), (1, "workspaces"), (2, "a")]
    );
}

#[test]
fn a_comment_beside_a_problem_is_not_shown() {
    let picture =
        report("workspaces: {} # s3cr3t, \"s3cr3t\": 1\nmore: 1 # s3cr3t\n").picture(false);
    assert!(picture.contains("2 | more: …\n"), "{picture}");
    assert!(!picture.contains("s3cr3t"), "{picture}");
}

#[test]
fn a_very_long_line_is_not_drawn() {
    let text = format!("workspaces: {{}}\nmore: [{}]\n", "1, ".repeat(200));
    assert!(!report(&text).picture(false).contains("…, …"));
}

proptest! {
    #[test]
    fn no_value_of_a_file_shows_in_a_report(
        key in "(credential|password|more|token)",
        secret in "s3cr3t[-a-z0-9 .:,{}\\[\\]#&*!|>'\"%@]{0,20}",
        quote in "(|'|\")",
    ) {
        let text = format!("workspaces: {{}}\nmode: 1\n{key}: {quote}{secret}{quote}\n");
        let report = report(&text);
        let lines = report.to_string();
        let picture = report.picture(false);
        // A secret that holds `: ` is, to YAML, a mapping whose keys are not secret.
        prop_assume!(report.findings().iter().all(|finding| !finding.path.contains("s3cr3t")));
        prop_assert!(!lines.contains("s3cr3t") && !picture.contains("s3cr3t"), "{}\n{}", lines, picture);
    }
}
