//! Answers and refusals.

use http::{HeaderMap, HeaderValue};
use passport_connector_sdk::ReadError;

use crate::{
    Caller, Identity, Moment, endpoint, is_account, is_region,
    refusal::{meaning, word},
    xml,
};

const ACCOUNT: &str = "111122223333";

fn caller(arn: &str) -> Result<Caller, ReadError> {
    Identity::of(ACCOUNT, arn).map(|it| it.caller)
}

#[test]
fn a_caller_is_the_account_a_user_a_role_or_somebody_else() {
    for (arn, wanted) in [
        ("arn:aws:iam::111122223333:root", Caller::Root),
        ("arn:aws:iam::111122223333:user/ci", Caller::User),
        ("arn:aws:iam::111122223333:user/team/ci", Caller::User),
        (
            "arn:aws-cn:sts::111122223333:assumed-role/reader/session",
            Caller::Role("reader".to_owned()),
        ),
        (
            "arn:aws:sts::111122223333:federated-user/ann",
            Caller::Other,
        ),
        ("arn:aws:iam::111122223333:assumed-role/a/b", Caller::Other),
        ("arn:aws:sts::111122223333:root", Caller::Other),
        (
            "arn:aws:sts::111122223333:assumed-role/reader",
            Caller::Other,
        ),
    ] {
        assert_eq!(caller(arn), Ok(wanted), "{arn}");
    }
    for arn in [
        "",
        "arn:aws:iam::444455556666:root",
        "arn:aws:iam:eu-west-1:111122223333:root",
        "arn:aws:s3::111122223333:root",
        "111122223333:root",
    ] {
        assert_eq!(caller(arn), Err(ReadError::Shape), "{arn}");
    }
    let short = Identity::of("1111", "arn:aws:iam::1111:root");
    assert_eq!(short, Err(ReadError::Shape));
}

#[test]
fn a_refusal_means_what_its_word_says() {
    for (word, wanted) in [
        ("Throttling", Some(ReadError::Throttled { retry_at: None })),
        ("AccessDeniedException", Some(ReadError::Denied)),
        ("ExpiredToken", Some(ReadError::Unauthenticated)),
        ("ClusterNotFoundException", Some(ReadError::NotFound)),
        ("InvalidParameterException", None),
        ("accessdenied", None),
        ("", None),
    ] {
        assert_eq!(meaning(word), wanted, "{word}");
    }
}

#[test]
fn a_refusal_that_is_json_names_its_word() {
    let none = HeaderMap::new();
    for (body, wanted) in [
        (
            r#"{"__type":"ThrottlingException","message":"x"}"#,
            Some("ThrottlingException"),
        ),
        (
            r#"{"__type":"com.amazonaws.x#AccessDeniedException"}"#,
            Some("AccessDeniedException"),
        ),
        (
            r#"{"code":"ExpiredTokenException"}"#,
            Some("ExpiredTokenException"),
        ),
        (r#"{"__type":null}"#, None),
        (r#"["ThrottlingException"]"#, None),
        ("not JSON", None),
        ("", None),
    ] {
        assert_eq!(word(&none, body.as_bytes()).as_deref(), wanted, "{body}");
    }
    let mut named = HeaderMap::new();
    let value = "ThrottlingException:http://internal.example/";
    named.insert("x-amzn-errortype", HeaderValue::from_static(value));
    assert_eq!(word(&named, b"{}").as_deref(), Some("ThrottlingException"));
}

#[test]
fn texts_of_xml_are_found_by_their_path() {
    let texts =
        xml::texts(b"<?xml version=\"1.0\"?><A xmlns=\"x\"><B> one </B><C/><D>1</D><D>2</D></A>");
    let texts = texts.unwrap();
    assert_eq!(texts.one("A/B").as_deref(), Some("one"));
    for path in ["A/C", "A/D", "A", "B", "A/E"] {
        assert_eq!(texts.one(path), None, "{path}");
    }
}

#[test]
fn what_is_no_plain_xml_is_not_read() {
    for text in [
        "",
        "{}",
        "null",
        "<A><B>one</B>",
        "<A></B>",
        "<A>1</A><A>2</A>",
        "<!DOCTYPE A [<!ENTITY b \"c\">]><A>&b;</A>",
        "<A>&amp;</A>",
        "<A><![CDATA[x]]></A>",
        &"<A>".repeat(100),
    ] {
        assert!(xml::texts(text.as_bytes()).is_none(), "{text}");
    }
    assert!(xml::texts(b"<A>\xff</A>").is_none());
}

#[test]
fn regions_and_accounts_have_a_form() {
    for good in [
        "eu-west-1",
        "us-gov-east-1",
        "cn-north-1",
        "eusc-de-east-1",
        "ap-southeast-12",
    ] {
        assert!(is_region(good), "{good}");
    }
    for bad in [
        "",
        "*",
        "eu",
        "eu-1",
        "eu-west-",
        "EU-west-1",
        "eu-west-1.evil.example",
        "eu--1",
        "-a-1",
        "eu-west-100",
    ] {
        assert!(!is_region(bad), "{bad}");
    }
    assert!(is_account(ACCOUNT));
    for bad in ["", "*", "11112222333", "1111222233334", "11112222333x"] {
        assert!(!is_account(bad), "{bad}");
    }
}

#[test]
fn a_region_has_its_own_addresses() {
    let of = |region| endpoint("sts", region);
    assert_eq!(of("eu-west-1"), "https://sts.eu-west-1.amazonaws.com");
    assert_eq!(of("cn-north-1"), "https://sts.cn-north-1.amazonaws.com.cn");
    assert_eq!(
        of("eusc-de-east-1"),
        "https://sts.eusc-de-east-1.amazonaws.eu"
    );
}

#[test]
fn moments_are_seconds_with_decimals() {
    let read = |text| serde_json::from_str::<Moment>(text).map(|it| it.0.timestamp_millis());
    assert_eq!(read("1777800600").ok(), Some(1_777_800_600_000));
    assert_eq!(read("1777800600.0155").ok(), Some(1_777_800_600_016));
    assert_eq!(read("-1.5").ok(), Some(-1_500));
    for text in ["\"1777800600\"", "1e300", "-1e300", "null", "[]", "1e12"] {
        assert!(read(text).is_err(), "{text}");
    }
}
