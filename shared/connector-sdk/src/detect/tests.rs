use proptest::prelude::*;

use super::*;

fn files(files: &[(&str, &str)]) -> RepositoryFiles {
    let owned = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
    files.iter().map(owned).collect()
}

fn origin(url: &str) -> Option<(String, String, usize)> {
    let text = format!("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n");
    let found = files(&[(".git/config", &text)]).origin()?;
    Some((found.host, found.path, found.why.line))
}

#[test]
fn every_form_of_a_remote_gives_host_and_path_and_never_its_password() {
    let wanted = Some(("github.com".to_owned(), "acme/checkout-api".to_owned(), 4));
    for url in [
        "https://github.com/acme/checkout-api.git",
        "https://GitHub.com/acme/checkout-api",
        "https://ada:secret-of-ada@github.com/acme/checkout-api.git",
        "git@github.com:acme/checkout-api.git",
        "ssh://git@github.com:22/acme/checkout-api.git",
    ] {
        assert_eq!(origin(url), wanted, "{url}");
    }
    for url in [
        "/srv/git/acme.git",
        "../acme",
        "file:///srv/acme.git",
        "",
        "https://",
        "C:\\acme",
    ] {
        assert_eq!(origin(url), None, "{url}");
    }
}

#[test]
fn another_remote_is_not_the_origin() {
    let text = "[remote \"fork\"]\nurl = https://github.com/fork/it\n[branch \"main\"]\nurl = git@github.com:a/b\n";
    assert_eq!(files(&[(".git/config", text)]).origin(), None);
}

#[test]
fn only_plain_names_are_shown() {
    for name in [
        "build",
        "Build and test",
        "images.example.com/acme/checkout-api",
        "x86_64",
        "Prüfung",
    ] {
        assert_eq!(plain(name), Some(name));
    }
    for text in [
        "",
        " build",
        "${{ matrix.os }}",
        "a\nb",
        "a\u{1b}[31mb",
        "../up",
        "a//b",
        "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
        "AKIAIOSFODNN7EXAMPLE",
        "ada@example.com",
        "user:password",
    ] {
        assert_eq!(plain(text), None, "{text}");
    }
}

#[test]
fn values_know_their_line_and_what_is_no_yaml_ends_the_documents() {
    let all = files(&[(
        "a.yaml",
        "a: 1\nb:\n  - c: x\n  - *nowhere\n---\nd: {e: f}\n---\n{{ x: [\n",
    )]);
    let documents = all.get("a.yaml").unwrap().documents();
    assert_eq!(documents.len(), 2);
    let first = documents[0].get("b").unwrap();
    assert_eq!(first.items()[0].entry("c").unwrap().line, 3);
    assert_eq!(first.items()[1].text(), None);
    assert_eq!(documents[1].text_at(&["d", "e"]), Some("f"));
    assert_eq!(documents[1].entry("d").unwrap().line, 6);
}

#[test]
fn a_library_is_named_as_a_whole_and_not_in_a_comment() {
    let all = files(&[
        ("a/package.json", "{\n \"prom-client\": \"15\"\n}"),
        ("b/package.json", "{\n \"prom-client-gc-stats\": \"1\"\n}"),
        ("c/package.json", "// prom-client"),
        (
            "e/package.json",
            "{\"description\": \"for prom-client alone\"}",
        ),
        ("d/other.json", "\"prom-client\""),
    ]);
    let found = all.depending(&["package.json"], "prom-client", "the client library");
    let wanted = Why {
        file: "a/package.json".to_owned(),
        line: 2,
        what: "the client library".to_owned(),
    };
    assert_eq!(found, [wanted]);
}

#[test]
fn a_proposal_keeps_its_order_and_tells_its_blanks() {
    let proposal = table([
        ("z", "known".into()),
        ("a", blank("the server")),
        ("list", [blank("one"), "two".into()].into_iter().collect()),
    ]);
    let text = serde_json::to_string(&proposal).unwrap();
    let wanted = r#"{"z":"known","a":"FILL IN: the server","list":["FILL IN: one","two"]}"#;
    assert_eq!(text, wanted);
    assert_eq!(proposal.blanks(), 2);
}

#[test]
fn a_proposal_has_a_name_that_a_source_may_have() {
    let long = "a".repeat(39) + "-b";
    for (text, name) in [
        ("release", "release"),
        ("Build & Test.v2", "build-test-v2"),
        ("_Ü_", "source"),
        (long.as_str(), &long[..39]),
    ] {
        assert_eq!(Proposal::named(text).name, name);
    }
}

#[test]
fn deep_nesting_is_read_as_nothing() {
    let deep = "[".repeat(100_000);
    assert!(
        files(&[("a.yml", &deep)])
            .get("a.yml")
            .unwrap()
            .documents()
            .is_empty()
    );
}

proptest! {
    #[test]
    fn no_text_is_too_odd_to_be_read(text in "[\\[\\]{}:,&*!|>'\"#%@ \\-\\na-z0-9\\t]{0,200}") {
        let all = files(&[("a.yml", &text), (".git/config", &text), ("Cargo.toml", &text)]);
        for document in all.get("a.yml").unwrap().documents() {
            document.mappings();
        }
        all.origin();
        all.depending(&["Cargo.toml"], "a", "it");
    }
}
