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
