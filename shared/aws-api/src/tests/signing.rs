//! Signatures, beside those that botocore made of the same requests.

use bytes::Bytes;
use chrono::DateTime;
use http::{HeaderName, HeaderValue, Method};
use secrecy::SecretString;

use crate::{Keys, sign::Unsigned};

const BEGINS: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260503/eu-west-1";

fn keys(session: Option<&str>) -> Keys {
    let secret = SecretString::from("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let session = session.map(SecretString::from);
    Keys::new(SecretString::from("AKIDEXAMPLE"), secret, session)
}

fn signature(unsigned: &Unsigned<'_>, keys: &Keys) -> Vec<(HeaderName, HeaderValue)> {
    let now = DateTime::from_timestamp(1_777_800_600, 0).unwrap();
    unsigned.signature(keys, now).unwrap()
}

fn header<'a>(all: &'a [(HeaderName, HeaderValue)], name: &str) -> &'a HeaderValue {
    &all.iter().find(|(it, _)| it == name).unwrap().1
}

#[test]
fn a_call_of_json_is_signed_with_its_port_and_its_operation() {
    let target = "AmazonEC2ContainerServiceV20141113.DescribeServices";
    let unsigned = Unsigned {
        method: &Method::POST,
        url: "http://127.0.0.1:4566/",
        region: "eu-west-1",
        service: "ecs",
        content_type: Some("application/x-amz-json-1.1"),
        shows_digest: false,
        headers: vec![(
            HeaderName::from_static("x-amz-target"),
            HeaderValue::from_static(target),
        )],
        body: Bytes::from_static(br#"{"cluster":"shop-prod"}"#),
    };
    let made = signature(&unsigned, &keys(None));
    assert_eq!(header(&made, "x-amz-date"), "20260503T093000Z");
    let wanted = format!(
        "{BEGINS}/ecs/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
         Signature=1460c33f926c77340b144d9190c85e84e7f3ea13a01e2d5edca9270549e97b90"
    );
    assert_eq!(header(&made, "authorization"), &wanted);
    assert!(made.iter().all(|(_, value)| value.is_sensitive()));
}

#[test]
fn a_temporary_key_is_shown_with_its_session() {
    let unsigned = Unsigned {
        method: &Method::POST,
        url: "https://sts.eu-west-1.amazonaws.com/",
        region: "eu-west-1",
        service: "sts",
        content_type: Some("application/x-www-form-urlencoded"),
        shows_digest: false,
        headers: Vec::new(),
        body: Bytes::from_static(b"Action=GetCallerIdentity&Version=2011-06-15"),
    };
    let made = signature(&unsigned, &keys(Some("session/token+1==")));
    assert_eq!(header(&made, "x-amz-security-token"), "session/token+1==");
    let wanted = format!(
        "{BEGINS}/sts/aws4_request, \
         SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, \
         Signature=e9535b9e8b1b53feb53c2b51084eabdd9824ca66236b52f8e7222d4b400d00ca"
    );
    assert_eq!(header(&made, "authorization"), &wanted);
}

#[test]
fn keys_are_shown_nowhere() {
    let shown = format!("{:?}", keys(Some("session")));
    assert_eq!(shown, "Keys");
}
