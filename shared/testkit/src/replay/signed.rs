//! Whether requests were signed, where a case asks for it. The signature itself is not made again.

use serde_json::Value;

use crate::{case::Case, provider::Seen};

/// How every signature begins.
const ALGORITHM: &str = "AWS4-HMAC-SHA256 ";
/// What it is good for, at the end of its scope.
const END: &str = "aws4_request";
/// Services by what stands before their operations.
const SERVICES: [(&str, &str); 2] = [("Logs_", "logs"), ("GraniteServiceVersion", "monitoring")];

/// What is wrong with the first request that is not signed with the case's key, for its region.
pub(super) fn unsigned(case: &Case, seen: &[Seen]) -> Option<String> {
    let text = |pointer: &str| case.source.pointer(pointer).and_then(Value::as_str);
    let key = text("/credential/access_key_id/env").and_then(|name| case.env.get(name));
    let (Some(key), Some(region)) = (key, text("/scope/region")) else {
        return Some("the case names no key and region to sign with".to_owned());
    };
    let wrong = seen.iter().find(|it| !is_signed(it, key, region));
    wrong.map(|it| format!("{} {} is not signed as wanted", it.method, it.path))
}

fn is_signed(seen: &Seen, key: &str, region: &str) -> bool {
    let header = |name: &str| {
        let value = seen.headers.get(name);
        value.and_then(|it| it.to_str().ok()).unwrap_or_default()
    };
    let target = header("x-amz-target");
    let service = SERVICES.iter().find(|(it, _)| target.starts_with(it));
    let date = header("x-amz-date").get(..8).unwrap_or_default();
    let parts = header("authorization").strip_prefix(ALGORITHM);
    let parts: Vec<_> = parts.into_iter().flat_map(|it| it.split(", ")).collect();
    let credential =
        service.map(|(_, service)| format!("Credential={key}/{date}/{region}/{service}/{END}"));
    let hex = |it: &str| it.len() == 64 && it.bytes().all(|it| it.is_ascii_hexdigit());
    match parts.as_slice() {
        [found, headers, signature] => {
            !date.is_empty()
                && credential.as_deref() == Some(*found)
                && headers.starts_with("SignedHeaders=")
                && signature.strip_prefix("Signature=").is_some_and(hex)
        }
        [..] => false,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use http::{HeaderMap, HeaderName, HeaderValue};

    use super::*;
    use crate::provider::Listing;

    const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=KEY/20260503/eu-central-1/logs/aws4_request, \
                          SignedHeaders=host;x-amz-date, \
                          Signature=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn seen(signature: &str) -> Seen {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", signature),
            ("x-amz-date", "20260503T093000Z"),
            ("x-amz-target", "Logs_20140328.StartQuery"),
        ] {
            let value = HeaderValue::from_str(value).unwrap();
            headers.insert(HeaderName::from_static(name), value);
        }
        Seen {
            method: "POST".to_owned(),
            path: "/".to_owned(),
            query: None,
            headers,
            body: bytes::Bytes::new(),
            at: Instant::now(),
            listing: Listing::Listed,
        }
    }

    #[test]
    fn a_request_is_signed_with_one_key_for_one_region_and_service() {
        let is_signed = |text: &str| is_signed(&seen(text), "KEY", "eu-central-1");
        assert!(is_signed(SIGNED));
        for (part, other) in [
            ("KEY", "OTHER"),
            ("eu-central-1", "us-east-1"),
            ("/logs/", "/monitoring/"),
            ("20260503/", "20260504/"),
            ("Signature=0", "Signature="),
            ("AWS4-HMAC-SHA256 ", "Bearer "),
        ] {
            assert!(!is_signed(&SIGNED.replace(part, other)), "{part}");
        }
    }
}
