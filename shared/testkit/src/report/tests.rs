use super::*;

fn verdict(case: &str, difference: Option<&str>, unearned_pass: bool) -> Verdict {
    Verdict {
        connector: "probe".to_owned(),
        case: case.to_owned(),
        ok: difference.is_none(),
        unearned_pass,
        difference: difference.map(str::to_owned),
    }
}

fn three() -> [Verdict; 3] {
    [
        verdict("good", None, false),
        verdict("other", Some("status failed, not unknown"), false),
        verdict("worst", Some("load has passed and should not"), true),
    ]
}

#[test]
fn each_case_has_a_line() {
    assert_eq!(
        lines(&three()),
        "ok             probe/good\ndifferent      probe/other\nUNEARNED PASS  probe/worst\n"
    );
}

#[test]
fn each_connector_has_a_row() {
    let table = table(&three());
    let words: Vec<_> = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .collect();
    assert_eq!(words[1], ["probe", "3", "1", "2", "1"]);
    assert_eq!(words.len(), 2, "{table}");
}

#[test]
fn only_differences_are_put_in_words() {
    assert_eq!(
        differences(&three()),
        "probe/other: status failed, not unknown\nprobe/worst: load has passed and should not\n"
    );
    assert_eq!(differences(&three()[..1]), "");
}

#[test]
fn machines_get_one_object_a_line() {
    let json = json(&three());
    let expected = r#"{"connector":"probe","case":"good","ok":true,"unearnedPass":false}
{"connector":"probe","case":"other","ok":false,"unearnedPass":false,"difference":"status failed, not unknown"}
{"connector":"probe","case":"worst","ok":false,"unearnedPass":true,"difference":"load has passed and should not"}
"#;
    assert_eq!(json, expected);
}
