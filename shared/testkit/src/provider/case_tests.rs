use std::path::Path;

use serde_json::Value;
use tokio::io::AsyncReadExt;
use url::form_urlencoded::Serializer;

use super::client::{ask, open};
use super::*;
use crate::case::{Case, Fault, Request, load_folder};

/// A request line that has what is listed.
fn line(request: &Request) -> String {
    let mut query = Serializer::new(String::new());
    for (key, values) in &request.query {
        query.extend_pairs(values.as_slice().iter().map(|value| (key, value)));
    }
    let method = request.method.as_deref().unwrap_or("GET");
    format!(
        "{method} {}?{}",
        request.path.as_deref().unwrap_or("/"),
        query.finish()
    )
}

fn header_lines(request: &Request) -> String {
    request
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect()
}

fn body(request: &Request) -> String {
    let is_form = request
        .headers
        .values()
        .any(|value| value.contains("x-www-form-urlencoded"));
    match &request.body {
        Some(Value::Object(keys)) if is_form => {
            let pairs = keys
                .iter()
                .map(|(key, value)| (key, value.as_str().unwrap()));
            Serializer::new(String::new()).extend_pairs(pairs).finish()
        }
        Some(body) => body.to_string(),
        None => String::new(),
    }
}

async fn play(case: &Case) {
    let name = case.file.display();
    let provider = Provider::start(&case.exchanges, case.unmatched.as_ref(), &case.rules)
        .await
        .unwrap();
    for exchange in &case.exchanges {
        let request = &exchange.request;
        let (line, headers, body) = (line(request), header_lines(request), body(request));
        for _ in 0..exchange.times.unwrap_or(1) {
            match (exchange.fault, &exchange.response) {
                (None | Some(Fault::Truncate), Some(response)) => {
                    let got = ask(&provider, &line, &headers, &body).await;
                    assert_eq!(got.status, response.status, "{name}");
                    for header in response.headers.keys() {
                        assert!(
                            got.headers.contains_key(&header.to_lowercase()),
                            "{name}: {header}"
                        );
                    }
                }
                (Some(Fault::Reset), _) => {
                    let mut stream = open(&provider, &line, &headers, &body).await;
                    assert!(stream.read_u8().await.is_err(), "{name}");
                }
                (Some(Fault::Hang | Fault::Slow | Fault::Truncate) | None, _) => {
                    open(&provider, &line, &headers, &body).await;
                }
            }
        }
    }
    let times = |exchange: &Exchange| usize::try_from(exchange.times.unwrap_or(1)).unwrap();
    let seen = provider.seen(case.exchanges.iter().map(times).sum()).await;
    assert!(
        seen.iter()
            .all(|request| request.listing == Listing::Listed),
        "{name}"
    );
}

#[tokio::test]
async fn every_exchange_of_every_case_is_reached_by_its_request() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../services/metrics/src/connectors");
    for case in load_folder(folder, None).unwrap() {
        play(&case).await;
    }
}
