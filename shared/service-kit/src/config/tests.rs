mod golden;
mod mutations;
mod stand_in;

use super::*;
pub use stand_in::{StandIn, connector_schema};

fn good(name: &str) -> Loaded {
    load(&testdata("good").join(name), &StandIn).unwrap()
}

pub fn testdata(folder: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/config")
        .join(folder)
}

#[test]
fn a_source_is_given_with_its_place_and_its_whole_value() {
    let loaded = good("design.yaml");
    let sources = loaded.sources().collect::<Vec<_>>();
    assert_eq!(sources.len(), 1);
    let prom = sources[0];
    assert_eq!(
        (prom.workspace, prom.service),
        ("workspace-acme-prod", "checkout-api")
    );
    assert_eq!((prom.environment, prom.name), ("production", "prom"));
    assert_eq!(prom.connector(), Some("prometheus"));
    assert_eq!(prom.value["scope"]["labels"]["namespace"], "shop");
}

#[test]
fn settings_are_typed() {
    let loaded = good("full.yaml");
    let token = &loaded.settings.gateway.tokens[0];
    assert_eq!(token.id.as_str(), "ci");
    assert_eq!(
        token.expires.unwrap().to_rfc3339(),
        "2027-01-01T00:00:00+00:00"
    );
    assert!(token.grants[0].environments[0].selects("anything"));
    assert!(!token.grants[0].services[0].selects("anything"));
    let environments = &loaded.settings.workspaces["acme"].services["checkout.api"].environments;
    assert_eq!(environments["staging"].mode, model::Mode::Shadow);
    let production = &environments["production"];
    assert_eq!(production.mode, model::Mode::Enforce);
    assert_eq!(production.sources["prom"].connector(), "prometheus");
    assert_eq!(
        production.policy.require[1].category,
        Some(model::Category::CiCd)
    );
    assert_eq!(production.policy.max_age["prom"].0.as_secs(), 120);
    let waivers = production.policy.waivers.as_ref().unwrap();
    assert_eq!(waivers.longest.0.as_secs(), 24 * 3600);
    assert_eq!(
        production.policy.rules[0].otherwise,
        model::Consequence::Approve
    );
    let acme = &loaded.settings.workspaces["acme"];
    assert_eq!(acme.mode, model::Mode::Advisory);
    assert!(acme.policy.require[0].replaceable);
}

#[test]
fn issuers_of_each_kind_are_typed() {
    let loaded = good("oidc.yaml");
    let [github, gitlab, kubernetes, people] = &loaded.settings.gateway.oidc[..] else {
        panic!("not four");
    };
    assert_eq!(github.kind, model::IssuerKind::GithubActions);
    let claim = |issuer: &model::Issuer, mapping: usize, name: &str| {
        issuer.mappings[mapping].claims[name].as_str().to_owned()
    };
    assert_eq!(claim(github, 0, "repository_id"), "123456");
    assert_eq!(claim(github, 1, "repository_id"), "123457");
    assert_eq!(gitlab.kind, model::IssuerKind::GitlabCi);
    assert_eq!(people.kind, model::IssuerKind::People);
    assert_eq!(claim(people, 0, "groups"), "release-managers");
    assert_eq!(claim(gitlab, 0, "ref_protected"), "true");
    assert_eq!(kubernetes.kind, model::IssuerKind::Kubernetes);
    assert_eq!(kubernetes.max_lifetime.unwrap().0.as_secs(), 7200);
    assert_eq!(kubernetes.algorithms.len(), 2);
}

#[test]
fn two_files_that_say_the_same_have_one_digest() {
    let digest = |text: &str| load_bytes("a", text.as_bytes(), &StandIn).unwrap().digest;
    let one = digest("workspaces: { b: { services: {} }, a: { services: {} } }");
    let same =
        digest("# other words\nworkspaces:\n  a: { 'services': {} }\n  b:\n    services: {}\n");
    let other = digest("workspaces: { a: { services: {} } }");
    assert_eq!(one, same);
    assert_ne!(one, other);
    assert_eq!(one.len(), 64);
}

#[test]
fn the_connector_is_told_where_its_source_stands_and_what_is_allowed() {
    struct Recorder(std::sync::Mutex<Vec<String>>);
    impl SourceChecks for Recorder {
        fn check(
            &self,
            connector: &str,
            _: &serde_json::Value,
            context: &Context<'_>,
        ) -> Vec<passport_evidence::problem::Problem> {
            self.0
                .lock()
                .unwrap()
                .push(format!("{connector} {context:?}"));
            Vec::new()
        }
    }
    let recorder = Recorder(Default::default());
    load(&testdata("good").join("full.yaml"), &recorder).unwrap();
    let seen = recorder.0.into_inner().unwrap();
    assert_eq!(
        seen[0],
        "prometheus Context { workspace: \"acme\", service: \"checkout.api\", environment: \
         \"production\", source: \"prom\", allow_addresses: [10.0.0.0/8, fd00::/8], \
         allow_sockets: [], in_cluster: InCluster { workspaces: [], folder: None }, \
         machine_credentials: None, secrets_folder: Some(\"/etc/passport/secrets\"), \
         persons_key: MayBeMade }"
    );
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_file_that_is_not_there_is_told_without_a_picture() {
    let report = load(std::path::Path::new("/nonexistent/passport.yaml"), &StandIn).unwrap_err();
    assert_eq!(
        report.to_string(),
        "/nonexistent/passport.yaml:1:1: the file cannot be read: entity not found; name a file \
         that exists and that this process may read"
    );
}

#[test]
fn a_file_over_the_limit_is_refused_at_the_place_where_it_ends() {
    let mut text = "workspaces: {}\n".to_owned();
    text.push_str(&"#\n".repeat(tree::MAX_BYTES / 2));
    let report = load_bytes("big.yaml", text.as_bytes(), &StandIn).unwrap_err();
    let finding = &report.findings()[0];
    assert_eq!(finding.reason, "the file is larger than 4 MiB");
    assert!(finding.line > 2_000_000, "{finding}");
}

#[test]
fn the_machine_form_is_a_list_of_objects() {
    let report = load_bytes("a.yaml", b"workspaces: {}\nelsewhere: 1\n", &StandIn).unwrap_err();
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json,
        serde_json::json!([{
            "file": "a.yaml", "line": 2, "column": 1, "path": "elsewhere",
            "reason": "is not a key that can stand here",
            "fix": "use one of `addresses`, `collectors`, `gateway`, `persons`, `secrets`, `store`, `telemetry`, `workspaces`",
        }])
    );
}
