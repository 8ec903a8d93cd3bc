//! Configurations with secrets where none belong, and databases that can't be used.

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use passport_integration_tests::program;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::TempDir;
use tokio::process::Command;

use crate::drive::printed;
use crate::nothing_shows;
use crate::search::{Canary, Output};

/// Secrets in place of what refers to them, or within an address. In all of these places a secret
/// is refused whatever it looks like.
const WHERE_SECRETS_ARE_NAMED: &str = r#"
gateway: { tokens: [{ id: ci, sha256: "SECRET", grants: [{ workspace: acme, services: ["*"], environments: ["*"], verbs: [collect] }] }] }
store: { postgres: "postgres://user:ENCODED@127.0.0.1/data" }
collectors: { metrics: { address: "http://user:ENCODED@127.0.0.1:1", token: "SECRET" }, quality: { address: "http://127.0.0.1:1", token: { env: "SECRET" } } }
telemetry: { otlp_endpoint: "http://user:ENCODED@127.0.0.1:4317" }
workspaces: { acme: { services: { shop: { environments: { production: { sources: {
  userinfo: { connector: prometheus, endpoint: "https://user:ENCODED@prometheus.example.com", scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  only-user: { connector: prometheus, endpoint: "https://ENCODED@prometheus.example.com", scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  query: { connector: prometheus, endpoint: "https://prometheus.example.com/?token=ENCODED", scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  fragment: { connector: prometheus, endpoint: "https://prometheus.example.com/#SECRET", scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  inline: { connector: prometheus, endpoint: "https://prometheus.example.com", credential: "SECRET", scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  variable: { connector: prometheus, endpoint: "https://prometheus.example.com", credential: { env: "SECRET" }, scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  token: { connector: prometheus, endpoint: "https://prometheus.example.com", credential: { token: "SECRET" }, scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  basic: { connector: prometheus, endpoint: "https://prometheus.example.com", credential: { username: reader, password: "SECRET" }, scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  key: { connector: prometheus, endpoint: "https://prometheus.example.com", tls: { client_cert: { env: CERT }, client_key: "SECRET" }, scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  pushed: { connector: otlp, credential: "SECRET", scope: { service_name: shop, deployment_environment: production }, queries: { saturation: { gauge: cpu, unit: ratio } } }
} } } } } } }
"#;

/// What looks like a token, in places that are no secret's.
const ANYWHERE: &str = r#"
gateway: { tokens: [{ id: "SECRET", sha256: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", grants: [] }] }
secrets: { folder: "SECRET" }
store: { folder: data, "SECRET": 1 }
telemetry: { log_format: "SECRET" }
addresses: { allow: ["SECRET"] }
workspaces: { acme: { services: { shop: { environments: { production: { mode: "SECRET", sources: {
  tenant: { connector: prometheus, endpoint: "https://prometheus.example.com", tenant: "SECRET|*", scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  label: { connector: prometheus, endpoint: "https://prometheus.example.com", scope: { labels: { app: "SECRET.*" } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  promql: { connector: prometheus, endpoint: "https://prometheus.example.com", scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(SECRET", unit: "SECRET", threshold: "SECRET" } } },
  file: { connector: prometheus, endpoint: "https://prometheus.example.com", credential: { file: "SECRET" }, scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  age: { connector: prometheus, endpoint: "https://prometheus.example.com", max_age: "SECRET", "SECRET": 1, scope: { labels: { app: shop } }, queries: { error_rate: { promql: "sum(errors{${scope}})", unit: ratio } } },
  other: { connector: "SECRET" },
  "SECRET": { connector: prometheus }
}, policy: { require: [{ source: "SECRET" }] } } } }, "SECRET": {} } } }
"#;

/// Files that are no YAML.
const BROKEN: [&str; 4] = [
    "workspaces: {}\nstore: { postgres: \"SECRET\n",
    "workspaces: {}\nstore:\n  postgres: SECRET\n\tfolder: data\n",
    "workspaces: {}\nworkspaces: SECRET\n",
    "workspaces: {}\nstore: &a { postgres: SECRET }\nsecrets: *a\n",
];

/// What every program says of a file, one after another.
async fn refused(text: String) -> Result<Vec<Output>> {
    let folder = TempDir::new()?;
    let file = folder.path().join("passport.yaml");
    std::fs::write(&file, &text)?;
    let check = |form| ("passport", vec!["config", "check", "-o", form]);
    let mut ways: Vec<_> = ["table", "json", "yaml", "markdown"].map(check).into();
    ways.push(("passport", vec!["up", "--log", "trace", "--config"]));
    for name in ["passport-gateway", "passport-metrics", "passport-quality"] {
        ways.push((name, vec!["--log", "trace", "--config"]));
    }
    let mut outputs = Vec::new();
    for (name, arguments) in ways {
        let mut command = Command::new(program::built(name)?);
        command.args(arguments).arg(&file).current_dir(&folder);
        let output = printed(command, &format!("{name} on a bad file")).await?;
        ensure!(output.bytes.len() > 20, "{name} says nothing of {text}");
        outputs.push(output);
    }
    Ok(outputs)
}

fn filled(text: &str, secret: &str) -> String {
    let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
    text.replace("SECRET", secret).replace("ENCODED", &encoded)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_file_is_refused_without_the_secrets_in_it() -> Result<()> {
    let (token, looks_random) = Canary::token("token in a bad file")?;
    let (word, looks_harmless) = Canary::word("word in a bad file")?;
    let named = [&looks_random, &looks_harmless].map(|it| filled(WHERE_SECRETS_ARE_NAMED, it));
    let broken = BROKEN.iter().map(|text| filled(text, &looks_random));
    let anywhere = filled(ANYWHERE, &looks_random);
    let files = named.into_iter().chain([anywhere]).chain(broken);
    let outputs = try_join_all(files.map(refused)).await?.concat();
    nothing_shows(&[token, word], &outputs)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_can_not_be_used_is_told_without_its_password() -> Result<()> {
    let (canary, password) = Canary::word("password of a database")?;
    let encoded = utf8_percent_encode(&password, NON_ALPHANUMERIC).to_string();
    let file = r#"
        store: { postgres: { env: CANARY_DATABASE } }
        workspaces: { acme: { services: { shop: { environments: { production: { sources: {
          scan: { connector: trivy, scope: { artifact: images.example.com/shop } }
        } } } } } } }
    "#;
    let folder = TempDir::new()?;
    let path = folder.path().join("passport.yaml");
    std::fs::write(&path, file)?;
    let mut outputs = Vec::new();
    for url in [
        format!("postgres://user:{encoded}@127.0.0.1:1/data"),
        format!("postgres://user:{encoded}@127.0.0.1:none/data"),
        format!("postgres://user:{password}@127.0.0.1:1/data"),
        format!("mysql://user:{encoded}@127.0.0.1:1/data"),
        format!("postgres://127.0.0.1:1/data?password={encoded}&sslmode={encoded}"),
        password,
    ] {
        let mut command = Command::new(program::built("passport")?);
        command
            .args([
                "up",
                "--listen",
                "127.0.0.1:0",
                "--log",
                "trace",
                "--config",
            ])
            .arg(&path);
        command.env("CANARY_DATABASE", url);
        let output = printed(command, "passport without its database").await?;
        let text = String::from_utf8_lossy(&output.bytes);
        ensure!(
            text.contains("error: ") && !text.contains("listens"),
            "{text}"
        );
        outputs.push(output);
    }
    nothing_shows(&[canary], &outputs)
}
