//! Lines of five log stores hold secrets: what stands in the corpus of redaction, and random ones. Evidence is
//! collected, a gate is evaluated and recorded, and no secret of a line shows in an answer, in a log, in metrics,
//! or in a file of the store.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "the provider stands in for stores whose lines are of now"
)]

#[path = "canaries/search.rs"]
mod search;

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use chrono::{SubsecRound as _, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use passport_integration_tests::configuration::{File, of_sources, scope};
use passport_integration_tests::program::Program;
use passport_integration_tests::{http, workspace};
use passport_testkit::provider::{Provider, Reply, Script};
use serde_json::{Map, Value, json};
use sha2::Sha256;

use search::{Canary, Output, Searcher};

const CORPUS: &str = "shared/connector-sdk/testdata/redaction/lines.json";
/// Lines that a fact shows.
const SHOWN: usize = 3;
/// Shorter parts of a line occur elsewhere by chance.
const SHORTEST: usize = 8;
const UPLOAD_SECRET: &str = "what-uploads-are-signed-with";
const QUERY: &str = "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";

/// Lines, and what must not be seen of them.
struct Lines {
    texts: Vec<String>,
    canaries: Vec<Canary>,
}

// === lines ===

/// The parts of a line that stand where its redacted form has a replacement.
fn secrets(raw: &str, redacted: &str) -> Vec<String> {
    let (mut rest, mut found) = (raw, Vec::new());
    for (at, piece) in redacted.split("[REDACTED:").enumerate() {
        let kept = match at {
            0 => piece,
            _ => piece.split_once(']').map_or("", |(_, kept)| kept),
        };
        let start = match kept {
            "" => rest.len(),
            kept => rest.find(kept).unwrap_or(rest.len()),
        };
        if at > 0 {
            found.extend(rest.get(..start).map(str::to_owned));
        }
        rest = rest.get(start + kept.len()..).unwrap_or_default();
    }
    found
}

fn corpus() -> Result<Lines> {
    let text = std::fs::read(workspace::root().join(CORPUS))?;
    let all: Vec<Value> = serde_json::from_slice(&text)?;
    let (mut texts, mut canaries) = (Vec::new(), Vec::new());
    for line in &all {
        let raw = line["in"].as_str().context("a line without a text")?;
        let redacted = line["out"].as_str().context("a line without its form")?;
        let pieces = secrets(raw, redacted);
        ensure!(!pieces.is_empty(), "no secret in {raw}");
        let long = pieces.into_iter().filter(|it| it.len() >= SHORTEST);
        canaries.extend(long.map(|it| Canary::of("corpus", it)));
        texts.push(raw.to_owned());
    }
    Ok(Lines { texts, canaries })
}

/// A line for each way in which a secret of its own may stand in one.
fn generated() -> Result<Lines> {
    type Form = (&'static str, fn(&str) -> String);
    const FORMS: [Form; 9] = [
        ("password", |it| {
            format!("login of app failed password={it}")
        }),
        ("bearer", |it| {
            format!("GET /pay authorization: Bearer {it}")
        }),
        ("userinfo", |it| {
            format!("connect to postgres://app:{it}@db.internal:5432/shop failed")
        }),
        ("api key", |it| {
            format!("{{\"api_key\":\"{it}\",\"order\":17}}")
        }),
        ("github token", |it| format!("push with ghp_{it} refused")),
        ("slack token", |it| format!("post with xoxb-{it} refused")),
        ("cookie", |it| {
            format!("request cookie=session={it}; path=/")
        }),
        ("vault token", |it| {
            format!("read secret x-vault-token: {it}")
        }),
        ("app key", |it| {
            format!("call dd-application-key={it} refused")
        }),
    ];
    let (mut texts, mut canaries) = (Vec::new(), Vec::new());
    for (kind, line) in FORMS {
        let (_, secret) = Canary::token(kind)?;
        let plain = secret.replace(['+', '/'], "q");
        texts.push(line(&plain));
        canaries.push(Canary::of(kind, &plain));
    }
    Ok(Lines { texts, canaries })
}

// === one provider, which speaks for every store ===

fn loki(script: Script, at: usize, lines: &[String], nanos: i64) -> Script {
    let scope = "environment=\"production\",service=\"checkout-api\"";
    let values: Vec<_> = lines
        .iter()
        .map(|it| json!([nanos.to_string(), it]))
        .collect();
    let streams = json!({"status": "success", "data": {"resultType": "streams", "result": [
        {"stream": {"environment": "production", "service": "checkout-api"}, "values": values},
    ]}});
    let asked = |script: Script, query: String| {
        let on = script.on("GET", "/loki/api/v1/query_range");
        on.query("query", query).reply(200, streams.clone())
    };
    let script = asked(script, format!("{{{scope}}} |= \"m-{at}\""));
    asked(script, format!("{{{scope}}}"))
}

fn search_api(script: Script, at: usize, lines: &[String], newest: &str, millis: i64) -> Script {
    let hit = |line: &String| {
        json!({"_index": "a", "_id": "1", "_source": {
            "@timestamp": newest, "message": line, "service.name": "checkout-api",
            "service.environment": "production", "log.level": "error",
        }})
    };
    let hits: Vec<_> = lines.iter().map(hit).collect();
    let answer = |hits: &[Value]| {
        json!({
            "took": 1, "timed_out": false,
            "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
            "hits": {"total": {"value": lines.len(), "relation": "eq"}, "max_score": null, "hits": hits},
            "aggregations": {"newest": {"value": millis as f64}},
        })
    };
    let path = format!("/logs-checkout-{at}/_search");
    let product = |reply: Reply| reply.header("X-Elastic-Product", "Elasticsearch");
    let script = script
        .on("POST", path.clone())
        .body(json!({"size": 0}))
        .respond(product(Reply::json(200, answer(&[]))));
    script
        .on("POST", path)
        .body(json!({"size": SHOWN}))
        .respond(product(Reply::json(200, answer(&hits))))
}

fn cloudwatch(script: Script, at: Option<usize>, lines: &[String], millis: i64) -> Script {
    let filter = "filter service = \"checkout-api\"";
    let (id, text, results) = match at {
        None => (
            "q-newest".to_owned(),
            format!("{filter} | stats count(*) as n, max(@timestamp) as newest"),
            json!({"status": "Complete", "results": [[
                {"field": "n", "value": "7"}, {"field": "newest", "value": millis.to_string()},
            ]]}),
        ),
        Some(at) => {
            let row = |line: &String| json!([{"field": "@message", "value": line}]);
            let rows: Vec<_> = lines.iter().map(row).collect();
            (
                format!("q-{at}"),
                format!(
                    "{filter} and kind = \"{at}\" | fields @timestamp, @message | sort @timestamp desc \
                     | limit {SHOWN}"
                ),
                json!({"status": "Complete", "results": rows, "statistics": {"recordsMatched": 12.0}}),
            )
        }
    };
    let asked = |script: Script, operation: &str, body: Value, reply: Value| {
        let target = format!("Logs_20140328.{operation}");
        let on = script.on("POST", "/").header("x-amz-target", target);
        on.body(body).respond(Reply::json(200, reply))
    };
    let script = asked(
        script,
        "StartQuery",
        json!({"queryString": text}),
        json!({"queryId": id}),
    );
    asked(script, "GetQueryResults", json!({"queryId": id}), results)
}

fn script(lines: &[String]) -> Script {
    // Now, but for the seconds that the test may take.
    let now = Utc::now().trunc_subsecs(0);
    let at = now - TimeDelta::seconds(20);
    let settled = now - TimeDelta::seconds(400);
    let newest = passport_evidence::json::time(at);
    let empty = cloudwatch(Provider::script(), None, &[], settled.timestamp_millis());
    lines
        .chunks(SHOWN)
        .enumerate()
        .fold(empty, |script, (number, lines)| {
            let script = loki(script, number, lines, at.timestamp() * 1_000_000_000);
            let script = search_api(script, number, lines, &newest, at.timestamp_millis());
            cloudwatch(script, Some(number), lines, settled.timestamp_millis())
        })
}

// === sources ===

fn queries(chunks: usize, query: impl Fn(usize) -> Value) -> Value {
    let each = (0..chunks).map(|at| {
        let mut query = query(at);
        query["fact"] = json!("error_log_count");
        query["threshold"] = json!("< 100");
        query["excerpts"] = json!(SHOWN);
        (format!("errors_{at}"), query)
    });
    each.collect::<Map<_, _>>().into()
}

fn sources(base: &str, chunks: usize) -> Value {
    let mut sources = json!({
        "loki": {
            "connector": "loki", "endpoint": base,
            "scope": {"labels": {"environment": "production", "service": "checkout-api"}},
            "queries": queries(chunks, |at| json!({"lines": format!("{{${{scope}}}} |= \"m-{at}\"")})),
        },
        "cloudwatch": {
            "connector": "cloudwatch-logs", "endpoint": base, "sts_endpoint": base,
            "credential": {"access_key_id": {"env": "AWS_ID"}, "secret_access_key": {"env": "AWS_SECRET"}},
            "scope": {
                "region": "eu-central-1", "log_groups": ["/ecs/prod/checkout-api"],
                "fields": {"service": "checkout-api"},
            },
            "queries": queries(chunks, |at| {
                json!({"insights": format!("filter ${{scope}} and kind = \"{at}\"")})
            }),
        },
        "uploads": {
            "connector": "log-upload", "signing_secrets": [{"env": "UPLOAD_SECRET"}], "max_age": "5m",
            "scope": {"service": "checkout-api", "environment": "production"},
            "queries": {"error_log_count": {
                "read": {
                    "count": "/summary/matched", "newest": "/summary/newest", "lines": "/summary/total",
                    "complete": {"pointer": "/summary/complete", "equals": true},
                },
                "threshold": "< 100",
            }},
        },
    });
    for connector in ["opensearch", "elasticsearch"] {
        for at in 0..chunks {
            sources[format!("{connector}-{at}")] = json!({
                "connector": connector, "endpoint": base,
                "scope": {
                    "index": format!("logs-checkout-{at}"),
                    "terms": {"service.environment": "production", "service.name": "checkout-api"},
                },
                "queries": queries(1, |_| json!({"match": {"log.level": "error"}})),
            });
        }
    }
    sources
}

// === what comes out ===

fn signed(body: &str) -> Result<[(&'static str, String); 2]> {
    let now = Utc::now().timestamp().to_string();
    let mac = Hmac::<Sha256>::new_from_slice(UPLOAD_SECRET.as_bytes())?;
    let mac = mac.chain_update(&now).chain_update(".").chain_update(body);
    let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
    Ok([
        ("passport-timestamp", now),
        ("passport-signature", signature),
    ])
}

/// An upload with every line in it, and the answer to its sender.
async fn upload(url: &str, lines: &[String]) -> Result<Output> {
    let newest = passport_evidence::json::time(Utc::now() - TimeDelta::seconds(5));
    let document = json!({
        "summary": {"matched": 12, "complete": true, "newest": newest, "total": 4_021}, "lines": lines,
    });
    let body = document.to_string();
    let path = format!("{url}/v1/evidence/ingest/uploads?{QUERY}");
    let mut request = http::client()?
        .post(path)
        .header("content-type", "application/json");
    for (name, value) in signed(&body)? {
        request = request.header(name, value);
    }
    let answer = request.body(body).send().await?;
    let (status, body) = (answer.status(), answer.bytes().await?);
    ensure!(
        status.as_u16() == 202,
        "{status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(Output::new("the answer to an upload", body))
}

async fn got(url: &str, path: &str) -> Result<Output> {
    let answer = http::client()?.get(format!("{url}{path}")).send().await?;
    let status = answer.status();
    let body = answer.bytes().await?;
    ensure!(status.is_success(), "{path}: {status}");
    Ok(Output::new(path.split('?').next().unwrap_or(path), body))
}

async fn gated(url: &str) -> Result<Output> {
    let asked = json!({"scope": scope(), "subject": {"revision": "0123456789abcdef0123456789abcdef01234567"}});
    let request = http::client()?
        .post(format!("{url}/v1/gate/evaluate"))
        .json(&asked);
    let answer = request.send().await?;
    let (status, body) = (answer.status(), answer.bytes().await?);
    ensure!(
        status.is_success(),
        "{status}: {}",
        String::from_utf8_lossy(&body)
    );
    Ok(Output::new("the passport", body))
}

/// Every file of the store, with those of the write-ahead log.
fn files(folder: &Path) -> Result<Vec<Output>> {
    let read = |path: std::path::PathBuf| {
        let bytes = std::fs::read(&path)?;
        Ok(Output::new(path.display().to_string(), bytes))
    };
    let entries = std::fs::read_dir(folder)?;
    entries.map(|entry| read(entry?.path())).collect()
}

/// What of the secrets shows, in whatever form; of short ones the text itself.
fn shown(canaries: &[Canary], outputs: &[Output]) -> Result<Vec<String>> {
    let mut found: Vec<_> = Searcher::new(canaries)?
        .search(outputs)
        .into_iter()
        .collect();
    for output in outputs {
        for canary in canaries {
            let mut windows = output.bytes.windows(canary.secret.len());
            if windows.any(|it| it == canary.secret) {
                found.push(format!("{}: {}", output.name, canary.kind));
            }
        }
    }
    Ok(found)
}

/// Facts of the evidence that show lines, and whether all of them passed.
fn showing(collected: &Value, connector: &str) -> (usize, bool) {
    let all = collected["evidence"].as_array().into_iter().flatten();
    let own = all.filter(|it| it["connector"] == connector);
    let facts = own.flat_map(|it| it["facts"].as_array().into_iter().flatten());
    let facts: Vec<_> = facts.filter(|it| it["name"] == "error_log_count").collect();
    let shows = |it: &&&Value| it["excerpts"].as_array().is_some_and(|it| !it.is_empty());
    let passed = facts.iter().all(|it| it["status"] == "passed");
    (
        facts.iter().filter(shows).count(),
        passed && !facts.is_empty(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_a_line_is_told_logged_or_kept() -> Result<()> {
    let (corpus, generated) = (corpus()?, generated()?);
    let texts = [corpus.texts, generated.texts].concat();
    let canaries = [corpus.canaries, generated.canaries].concat();
    let chunks = texts.chunks(SHOWN).count();
    let provider = script(&texts).start().await?;
    let folder = tempfile::tempdir()?;
    let data = folder.path().join("data");
    let mut configuration = of_sources(sources(&provider.base(), chunks));
    configuration["store"] = json!({ "folder": data });
    configuration["workspaces"]["workspace-acme-prod"]["policy"] =
        json!({ "require": [{ "source": "loki", "facts": ["error_log_count"] }] });
    let file = File::of(&configuration)?;
    let arguments = [
        "up",
        "--listen",
        "127.0.0.1:0",
        "--log",
        "trace",
        "--config",
        file.name(),
    ];
    let environment = [
        ("AWS_ID", "an-id-of-a-key"),
        ("AWS_SECRET", "the-key-that-it-signs-with"),
        ("UPLOAD_SECRET", UPLOAD_SECRET),
    ];
    let mut mesh = Program::start_in(file.folder(), "passport", arguments, &environment).await?;
    let url = mesh.url().to_owned();
    let mut outputs = vec![upload(&url, &texts).await?];
    let collected = http::collect(&url, &json!({ "scope": scope() })).await?;
    // What is shown of the lines is what is looked through: it must be there, and every line of it.
    for (connector, facts) in [
        ("loki", chunks),
        ("opensearch", chunks),
        ("elasticsearch", chunks),
        ("cloudwatch-logs", chunks),
        ("log-upload", 0),
    ] {
        assert_eq!(
            showing(&collected, connector),
            (facts, true),
            "{connector}: {collected:#}"
        );
    }
    outputs.push(Output::new("the evidence", collected.to_string()));
    outputs.push(gated(&url).await?);
    for path in [
        "/",
        "/metrics",
        "/v1/sources",
        &format!("/v1/passports?{QUERY}"),
    ] {
        outputs.push(got(&url, path).await?);
    }
    let kept = files(&data)?;
    ensure!(
        kept.iter().any(|it| it.name.ends_with("-wal")),
        "there is no write-ahead log"
    );
    // The redacted lines are kept, so the store is the place to look at.
    let marker = b"[REDACTED:";
    let holds = |it: &Output| it.bytes.windows(marker.len()).any(|it| it == marker);
    ensure!(kept.iter().any(holds), "no line was kept");
    outputs.extend(kept);
    let status = mesh.terminate().await?;
    ensure!(status.success(), "it ended with {status}");
    let printed = mesh.output();
    ensure!(
        printed.contains("TRACE") || printed.contains("DEBUG"),
        "it logs too little"
    );
    outputs.push(Output::new("the log", printed));
    outputs.extend(files(&data)?);
    let found = shown(&canaries, &outputs)?;
    ensure!(
        found.is_empty(),
        "{} times a secret shows:\n{}",
        found.len(),
        found.join("\n")
    );
    Ok(())
}

/// The search itself finds what it is to find.
#[test]
fn a_line_that_is_told_as_it_was_written_is_found() -> Result<()> {
    let (corpus, generated) = (corpus()?, generated()?);
    for lines in [corpus, generated] {
        for text in &lines.texts {
            let output = Output::new("a line", text.as_bytes());
            let own = lines.canaries.iter();
            let own: Vec<_> = own
                .filter(|it| {
                    text.as_bytes()
                        .windows(it.secret.len())
                        .any(|part| part == it.secret)
                })
                .cloned()
                .collect();
            ensure!(
                own.is_empty() || !shown(&own, &[output])?.is_empty(),
                "{text}"
            );
        }
    }
    Ok(())
}
