//! Files that may be used, and what is said of the others.

use std::fs;
use std::path::{Path, PathBuf};

use crate::golden::assert_golden;
use crate::run::{Ran, passport, run};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/config")
}

/// From within the folder, so that messages name the file as a user would.
async fn check(file: &str, more: &[&str]) -> Ran {
    let mut command = passport();
    command
        .current_dir(folder())
        .args(["config", "check", file])
        .args(more);
    run(command).await
}

#[tokio::test]
async fn a_good_file_gets_one_line() {
    let ran = check("good.yaml", &[]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""));
    assert_eq!(ran.out, "good.yaml is good: 1 source\n");
}

#[tokio::test]
async fn variables_that_are_not_set_here_are_noted_and_no_problem() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passport.yaml");
    let good = fs::read_to_string(self::folder().join("good.yaml")).unwrap();
    let credential =
        "credential: { username: { env: PASSPORT_TEST_UNSET }, password: { env: PATH } }";
    let endpoint = "endpoint: http://127.0.0.1:9090";
    let with = good.replace(
        endpoint,
        &format!("{endpoint}\n                {credential}"),
    );
    fs::write(&file, with).unwrap();
    let ran = check(file.to_str().unwrap(), &[]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    let note = "needed where it runs: PASSPORT_TEST_UNSET\n";
    assert!(ran.out.ends_with(note), "{}", ran.out);
    let ran = check(file.to_str().unwrap(), &["-o", "json"]).await;
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let absent = serde_json::json!(["PASSPORT_TEST_UNSET"]);
    assert_eq!(found["absentVariables"], absent);
}

#[tokio::test]
async fn a_bad_file_is_told_all_that_is_wrong_in_every_form() {
    for form in ["table", "json", "yaml", "markdown"] {
        let ran = check("bad.yaml", &["-o", form]).await;
        assert_eq!((ran.code, ran.err.as_str()), (2, ""), "{form}");
        assert!(!ran.out.contains("s3cr3t"), "{form}");
        assert_golden(&format!("config/bad.{form}.txt"), &ran.out);
    }
}

#[tokio::test]
async fn a_file_that_is_not_there_is_a_problem_like_any_other() {
    let ran = check("nowhere.yaml", &[]).await;
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("the file cannot be read"));
}

#[tokio::test]
async fn every_connector_of_the_program_is_in_the_schema() {
    let mut offline = passport();
    offline.args(["connectors", "--offline", "-o", "json"]);
    let connectors: serde_json::Value = serde_json::from_str(&run(offline).await.out).unwrap();
    let mut command = passport();
    command.args(["config", "schema"]);
    let ran = run(command).await;
    let schema: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let connectors = connectors["connectors"].as_array().unwrap();
    assert!(!connectors.is_empty());
    for connector in connectors {
        let id = connector["id"].as_str().unwrap();
        assert!(schema["$defs"].get(id).is_some(), "{id}");
    }
}

/// What `token new` prints for the configuration, with a workspace that it can speak of.
async fn entry(folder: &Path, args: &[&str]) -> (PathBuf, Ran) {
    let mut command = passport();
    command.args(["token", "new", "--id", "ci"]).args(args);
    let ran = run(command).await;
    let file = folder.join("passport.yaml");
    fs::write(&file, format!("{}workspaces: {{}}\n", ran.err)).unwrap();
    (file, ran)
}

#[tokio::test]
async fn the_entry_of_a_new_token_is_one_that_a_configuration_takes() {
    let folder = tempfile::tempdir().unwrap();
    let scope = [
        "--workspace",
        "acme",
        "--service",
        "*",
        "--environment",
        "production",
    ];
    let more = ["--verb", "collect", "--verb", "read", "--expires", "90d"];
    let (file, ran) = entry(folder.path(), &[scope.as_slice(), &more].concat()).await;
    assert_eq!(ran.code, 0);
    assert_eq!(
        check(file.to_str().unwrap(), &[]).await.code,
        0,
        "{}",
        ran.err
    );
}

#[tokio::test]
async fn the_entry_of_who_may_waive_names_a_person() {
    let folder = tempfile::tempdir().unwrap();
    let scope = [
        "--workspace",
        "acme",
        "--service",
        "*",
        "--environment",
        "*",
    ];
    let waive = ["--verb", "waive"];
    let (_, ran) = entry(folder.path(), &[scope.as_slice(), &waive].concat()).await;
    assert!(ran.err.contains("issuer: ISSUER"), "{}", ran.err);
    let person = ["--person-issuer", "https://idp.example.com"];
    let subject = ["--person-subject", "7f3a"];
    let all = [scope.as_slice(), &waive, &person, &subject].concat();
    let (file, ran) = entry(folder.path(), &all).await;
    let checked = check(file.to_str().unwrap(), &[]).await;
    assert_eq!(checked.code, 0, "{}", ran.err);
}

#[tokio::test]
async fn an_entry_whose_names_were_left_out_is_refused_until_they_are_set() {
    let folder = tempfile::tempdir().unwrap();
    let (file, _) = entry(folder.path(), &[]).await;
    let ran = check(file.to_str().unwrap(), &["-o", "json"]).await;
    assert_eq!(ran.code, 2);
    let found: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(
        found["problems"].as_array().unwrap().len(),
        3,
        "{}",
        ran.out
    );
}

#[tokio::test]
async fn standard_output_has_the_token_alone_and_the_entry_its_hash_alone() {
    let folder = tempfile::tempdir().unwrap();
    let (_, ran) = entry(folder.path(), &[]).await;
    let token = ran.out.trim_end();
    assert_eq!(ran.out, format!("{token}\n"));
    assert!(token.starts_with("pm_ci_"));
    assert!(!ran.err.contains(token));
    let hash = hex::encode(passport_policy::tokens::hash(token));
    assert!(ran.err.contains(&hash));
}

#[tokio::test]
async fn no_two_tokens_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let (_, one) = entry(folder.path(), &[]).await;
    let (_, two) = entry(folder.path(), &[]).await;
    assert_ne!(one.out, two.out);
}

#[tokio::test]
async fn a_token_that_has_ended_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let (_, ran) = entry(folder.path(), &["--expires", "2020-01-01T00:00:00Z"]).await;
    assert_eq!((ran.code, ran.out.as_str()), (2, ""));
}

#[tokio::test]
async fn a_token_of_a_hook_has_a_form_of_its_own_and_an_entry_that_a_configuration_takes() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passport.yaml");
    let mut command = passport();
    command.args(["token", "hook", "--id", "flagger", "--workspace", "acme"]);
    command.args([
        "--service",
        "shop",
        "--environment",
        "live",
        "--expires",
        "90d",
    ]);
    command.args(["--fail-on", "block"]);
    let ran = run(command).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let token = ran.out.trim_end();
    assert!(token.starts_with("pmh_flagger_"));
    assert!(!ran.err.contains(token));
    assert!(
        ran.err
            .contains(&hex::encode(passport_policy::tokens::hash(token)))
    );
    let text = format!("{}{POLICY}", ran.err);
    fs::write(&file, text).unwrap();
    let checked = check(file.to_str().unwrap(), &[]).await;
    assert_eq!(checked.code, 0, "{}", checked.err);
}

const POLICY: &str = r#"
workspaces:
  acme:
    mode: advisory
    policy: { require: [ { category: metrics } ], bind: [revision] }
    services:
      shop:
        policy: { least_live_sources: 1 }
        environments:
          live:
            sources: {}
            policy:
              rules:
                - { name: answered, that: size(failures) == 0, otherwise: hold, next: see why }
"#;

#[tokio::test]
async fn the_policy_of_a_scope_is_shown_put_together() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passport.yaml");
    fs::write(&file, POLICY).unwrap();
    let file = file.to_str().unwrap();
    let ran = check(file, &["--policy-of", "acme/shop/live"]).await;
    assert_eq!((ran.code, ran.err.as_str()), (0, ""), "{}", ran.out);
    assert_golden("config/policy.table.txt", &ran.out);
    let ran = check(file, &["--policy-of", "acme/shop/live", "-o", "json"]).await;
    let shown: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(shown["policy"]["mode"], "advisory");
    assert_eq!(shown["policy"]["leastLiveSources"], 1);
    assert_eq!(shown["policy"]["rules"][0]["name"], "answered");
    let ran = check(file, &["--policy-of", "acme/shop/elsewhere"]).await;
    assert_eq!(ran.code, 2);
    assert!(
        ran.err.contains("no scope acme/shop/elsewhere"),
        "{}",
        ran.err
    );
    let ran = check(file, &["--policy-of", "acme/shop"]).await;
    assert_eq!(ran.code, 2);
}

#[tokio::test]
async fn a_rule_that_is_no_expression_is_told_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passport.yaml");
    fs::write(&file, POLICY.replace("size(failures)", "size(failure)")).unwrap();
    let ran = check(file.to_str().unwrap(), &[]).await;
    assert_eq!(ran.code, 2);
    assert!(ran.out.contains("rules[0].that"), "{}", ran.out);
    assert!(ran.out.contains("`failure`"), "{}", ran.out);
}
