//! Signed requests, signed once more by the rules of the page "Create a signed AWS API request".

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use passport_testkit::{
    connector,
    provider::{Provider, Reply, Seen},
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::{
    connectors::opensearch::OpenSearch,
    search_api::tests::bench::{newest, now, source},
};

const SECRET: &str = "case-secret-1";
const REGION: &str = "eu-central-1";

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Everything but letters, digits and four signs is encoded, slashes of a path aside.
fn encoded(text: &str) -> String {
    let kept = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let one = |byte: u8| match kept(byte) {
        true => char::from(byte).to_string(),
        false => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

/// The value of `Authorization` that a request must have.
fn wanted(seen: &Seen, service: &str) -> String {
    let given = seen.header("authorization").unwrap();
    let signed = given.split("SignedHeaders=").nth(1).unwrap();
    let signed = signed.split(',').next().unwrap();
    let headers = signed
        .split(';')
        .map(|name| format!("{name}:{}\n", seen.header(name).unwrap()));
    let query = seen.query.as_deref().unwrap_or_default();
    let pairs: BTreeMap<_, _> = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .collect();
    let pairs: Vec<_> = pairs
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let canonical = [
        seen.method.clone(),
        encoded(&seen.path),
        pairs.join("&"),
        headers.collect(),
        signed.to_owned(),
        hash(&seen.body),
    ];
    let time = seen.header("x-amz-date").unwrap();
    let day = time.split('T').next().unwrap();
    let scope = format!("{day}/{REGION}/{service}/aws4_request");
    let text = format!(
        "AWS4-HMAC-SHA256\n{time}\n{scope}\n{}",
        hash(canonical.join("\n").as_bytes())
    );
    let key = [day, REGION, service, "aws4_request"];
    let first = format!("AWS4{SECRET}").into_bytes();
    let key = key.iter().fold(first, |key, part| hmac(&key, part));
    let signature = hex::encode(hmac(&key, &text));
    format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{scope}, SignedHeaders={signed}, Signature={signature}"
    )
}

#[tokio::test]
async fn every_request_is_signed_as_a_whole() {
    for service in ["es", "aoss"] {
        let provider = Provider::script()
            .any()
            .respond(Reply::json(200, newest(6)));
        let provider = provider.start().await.unwrap();
        let mut source = source("opensearch", &format!("{}/context%20path", provider.base()));
        source["credential"] = json!({
            "access_key_id": {"env": "ID"}, "secret_access_key": {"env": "SECRET"},
            "session_token": {"env": "SESSION"}, "region": REGION, "service": service,
        });
        source["queries"]["error_kind_count"] = json!({"threshold": "< 10"});
        let secrets = [
            ("ID", "AKIDEXAMPLE"),
            ("SECRET", SECRET),
            ("SESSION", "case-session-1"),
        ];
        let built = connector::built::<OpenSearch>(&source, &connector::hub(&secrets)).unwrap();
        let request = connector::request(now());
        built.collect(&request, &Default::default()).await.unwrap();
        built.check(&request).await.unwrap();
        let seen = provider.requests();
        assert!(seen.len() >= 6);
        for seen in seen {
            assert_eq!(
                seen.header("authorization"),
                Some(wanted(&seen, service).as_str()),
                "{}",
                seen.path
            );
            assert_eq!(seen.header("x-amz-security-token"), Some("case-session-1"));
            assert_eq!(
                seen.header("x-amz-content-sha256"),
                Some(hash(&seen.body).as_str())
            );
            assert_eq!(seen.header("x-amz-date"), Some("20260503T093000Z"));
        }
    }
}
