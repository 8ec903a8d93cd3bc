//! What a bundle says in words stays in the bundle.

use serde_json::{Value, json};

use super::bundle::{Bundle, delivery, good, judged, source};

const SECRET: &str = "Tr0ub4dor-3";

/// The value with each of its texts changed, one at a time.
fn planted(json: &Value) -> Vec<Value> {
    match json {
        Value::String(text) => vec![json!(SECRET), json!(format!("{text}{SECRET}"))],
        Value::Array(items) => {
            let at = |(index, item): (usize, &Value)| {
                let put = move |inner: Value| {
                    let mut items = items.clone();
                    items[index] = inner;
                    Value::Array(items)
                };
                planted(item).into_iter().map(put).collect::<Vec<_>>()
            };
            items.iter().enumerate().flat_map(at).collect()
        }
        Value::Object(keys) => {
            let at = |(key, item): (&String, &Value)| {
                let put = |inner: Value| {
                    let mut keys = keys.clone();
                    keys.insert(key.clone(), inner);
                    Value::Object(keys)
                };
                planted(item).into_iter().map(put).collect::<Vec<_>>()
            };
            keys.iter().flat_map(at).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

/// Bundles with the secret in a text: of the manifest, of a file, or of failing requests.
fn bundles() -> Vec<Bundle> {
    let mut failing = good();
    let archive = failing.file_mut("net.har").unwrap();
    *archive = archive.replace("200", "503");
    failing.list();
    let mut all = Vec::new();
    for base in [good(), failing] {
        let manifests = planted(&base.manifest).into_iter();
        all.extend(manifests.map(|manifest| Bundle {
            manifest,
            ..base.clone()
        }));
        for (name, text) in &base.files {
            for json in planted(&serde_json::from_str(text).unwrap()) {
                let mut bundle = base.clone();
                *bundle.file_mut(name).unwrap() = json.to_string();
                bundle.list();
                all.push(bundle);
            }
        }
    }
    let address = "https://secret.example.com/Tr0ub4dor-3?q=Tr0ub4dor-3#Tr0ub4dor-3";
    let mut elsewhere = good();
    let archive = elsewhere.file_mut("net.har").unwrap();
    *archive = archive.replace("https://api.example.com/v1/cart/7?a=b", address);
    elsewhere.list();
    all.push(elsewhere);
    all
}

#[test]
fn a_secret_in_any_text_of_a_bundle_is_neither_kept_nor_shown_nor_answered() {
    let source = source(json!({}));
    let bundles = bundles();
    assert!(bundles.len() > 80, "{}", bundles.len());
    for bundle in bundles {
        let delivery = delivery(bundle.body());
        let (answer, kept) = match source.accept(&delivery) {
            Ok(accepted) => (accepted.reply.body, accepted.records),
            Err(rejected) => (rejected.reply.body.clone(), Vec::new()),
        };
        let facts = format!("{:?}", judged(source.as_ref(), &delivery));
        for shown in kept.iter().chain([&answer, &facts.into()]) {
            let shown = String::from_utf8_lossy(shown).to_ascii_lowercase();
            assert!(!shown.contains("tr0ub4dor"), "{shown}");
        }
    }
}

#[test]
fn only_hosts_that_are_allowed_are_named_to_the_sender() {
    let mut bundle = good();
    let archive = bundle.file_mut("net.har").unwrap();
    let entry = |url: &str| {
        json!({"startedDateTime": "2026-05-03T08:41:00Z",
               "request": {"method": "GET", "url": url}, "response": {"status": 503}})
    };
    let entries = ["https://api.example.com/a", "https://tracker.example.net/b"].map(entry);
    *archive = json!({"log": {"entries": entries}}).to_string();
    bundle.list();
    let accepted = source(json!({})).accept(&delivery(bundle.body())).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&accepted.reply.body),
        "the bundle is kept; requests to api.example.com that failed: 1; requests to other that \
         failed: 1"
    );
}
