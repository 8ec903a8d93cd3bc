//! The examples of "HTTP Protocol Binding for CloudEvents" 1.0.2 and of the "JSON Event Format", with what a
//! customer's system states as their data: the specification leaves the data out.

use anyhow::Result;
use chrono::TimeDelta;
use passport_integration_tests::signatures::{Headers, with};
use serde_json::Value;

use crate::paths::{Fate, Inbox, PATHS, Path};

/// The path that CloudEvents come by.
fn path() -> Path {
    let mut paths = PATHS.iter();
    let found = paths.find(|it| it.case.ends_with("custom_webhook/cases/inbound-ok"));
    *found.unwrap_or(&PATHS[0])
}

/// Sends it, well signed, to a source that was told nothing, and gives what became of it and of the fact.
async fn sent(headers: &[(&str, &str)], body: impl Fn(&str) -> String) -> Result<(Fate, Value)> {
    let inbox = Inbox::at_the_end_of(path()).await?;
    let body = body(&inbox.body);
    let all: Headers = headers
        .iter()
        .fold(inbox.headers.clone(), |all, (name, value)| {
            with(&all, name, value)
        });
    let signed = inbox.signed(&all, &body)?;
    let fate = inbox.deliver(&signed, &body, TimeDelta::zero()).await?;
    let facts = inbox.facts().await?;
    let smoke_test = facts.iter().find(|it| it["name"] == "smoke_test");
    Ok((
        fate,
        smoke_test.map_or(Value::Null, |it| it["status"].clone()),
    ))
}

const STRUCTURED: [(&str, &str); 1] = [(
    "content-type",
    "application/cloudevents+json; charset=utf-8",
)];

/// Section 3.1.4: binary content mode, the attributes in headers.
#[tokio::test]
async fn the_example_of_the_binary_mode_is_taken() -> Result<()> {
    let headers = [
        ("ce-specversion", "1.0"),
        ("ce-type", "com.example.someevent"),
        ("ce-time", "2018-04-05T03:56:24Z"),
        ("ce-id", "1234-1234-1234"),
        ("ce-source", "/mycontext/subcontext"),
        ("content-type", "application/json; charset=utf-8"),
    ];
    let told = sent(&headers, str::to_owned).await?;
    assert_eq!(told, (Fate::Accepted, "passed".into()));
    Ok(())
}

/// Section 3.2.3: structured content mode, and the attributes of the JSON format's example.
#[tokio::test]
async fn the_examples_of_the_structured_mode_are_taken() -> Result<()> {
    let envelope = |type_of_data: &str, data: &str| {
        format!(
            r#"{{
    "specversion" : "1.0",
    "type" : "com.example.someevent",
    "source" : "/mycontext",
    "subject": null,
    "id" : "C234-1234-1234",
    "time" : "2026-05-03T09:29:50Z",
    "comexampleextension1" : "value",
    "comexampleothervalue" : 5,
    {type_of_data}
    "data" : {data}
}}"#
        )
    };
    for type_of_data in [
        r#""datacontenttype" : "application/json","#,
        r#""datacontenttype" : "application/json; charset=utf-8","#,
        r#""datacontenttype" : "Application/JSON","#,
        r#""datacontenttype" : "application/vnd.acme.evidence+json","#,
        "",
    ] {
        let told = sent(&STRUCTURED, |data| envelope(type_of_data, data)).await?;
        assert_eq!(told, (Fate::Accepted, "passed".into()), "{type_of_data}");
    }
    // The format's own example of data that is no JSON.
    let of_xml = r#""datacontenttype" : "application/xml","#;
    let xml = r#""<much wow=\"xml\"/>""#;
    let (fate, status) = sent(&STRUCTURED, |_| envelope(of_xml, xml)).await?;
    assert_eq!(fate, Fate::Rejected);
    assert_ne!(status, "passed");
    Ok(())
}

/// Section 3.3: several events at once would be several deliveries; none of them is taken.
#[tokio::test]
async fn a_batch_and_what_is_no_whole_event_are_not_taken() -> Result<()> {
    let batch = [("content-type", "application/cloudevents-batch+json")];
    let event = |data: &str| {
        format!(r#"{{"specversion":"1.0","type":"t","source":"/s","id":"1","data":{data}}}"#)
    };
    let (fate, status) = sent(&batch, |data| format!("[{}]", event(data))).await?;
    assert_eq!(fate, Fate::Rejected);
    assert_ne!(status, "passed");
    for missing in ["specversion", "type", "source", "id", "data"] {
        let without = |data: &str| event(data).replacen(&format!("\"{missing}\""), "\"x\"", 1);
        let (fate, _) = sent(&STRUCTURED, without).await?;
        assert_eq!(fate, Fate::Rejected, "{missing}");
    }
    Ok(())
}
