//! Units that senders declare, in UCUM, and those that a query declares.

use bigdecimal::BigDecimal;
use passport_connector_sdk::settings::QueryUnit;
use passport_evidence::Reason;

/// By what a sender's number is multiplied to be in the query's unit. A sender that declares no
/// unit is taken to mean the query's; one of another dimension is not converted.
pub fn factor(sent: &str, declared: QueryUnit) -> Result<BigDecimal, Reason> {
    let one = BigDecimal::from(1);
    let factor = match declared {
        _ if sent.is_empty() => Some(one),
        QueryUnit::Ratio if sent == "%" => Some(BigDecimal::new(1.into(), 2)),
        QueryUnit::Ratio => (sent == "1").then_some(one),
        QueryUnit::Percent if sent == "1" => Some(100.into()),
        QueryUnit::Percent => (sent == "%").then_some(one),
        QueryUnit::Seconds => seconds(sent),
        QueryUnit::Milliseconds => seconds(sent).map(|seconds| seconds * 1_000),
        QueryUnit::Bytes => bytes(sent).map(BigDecimal::from),
        QueryUnit::Count | QueryUnit::Score => is_plain(sent).then_some(one),
        QueryUnit::PerSecond => is_per_second(sent).then_some(one),
    };
    factor.ok_or(Reason::UnexpectedShape)
}

/// Whether two numbers may be divided to give a share.
pub fn divide(numerator: &str, denominator: &str) -> bool {
    numerator == denominator || (is_count(numerator) && is_count(denominator))
}

fn is_count(sent: &str) -> bool {
    sent.is_empty() || is_plain(sent)
}

/// `1`, or a bare annotation such as `{request}`.
fn is_plain(sent: &str) -> bool {
    sent == "1" || (sent.starts_with('{') && sent.ends_with('}'))
}

fn is_per_second(sent: &str) -> bool {
    sent == "Hz" || sent.strip_suffix("/s").is_some_and(is_plain)
}

fn seconds(sent: &str) -> Option<BigDecimal> {
    let tens = |power| Some(BigDecimal::new(1.into(), power));
    match sent {
        "s" => tens(0),
        "ms" => tens(3),
        "us" => tens(6),
        "ns" => tens(9),
        "min" => Some(60.into()),
        "h" => Some(3_600.into()),
        "d" => Some(86_400.into()),
        _ => None,
    }
}

const fn bytes(sent: &str) -> Option<u64> {
    match sent.as_bytes() {
        b"By" => Some(1),
        b"kBy" => Some(1_000),
        b"MBy" => Some(1_000_000),
        b"GBy" => Some(1_000_000_000),
        b"KiBy" => Some(1 << 10),
        b"MiBy" => Some(1 << 20),
        b"GiBy" => Some(1 << 30),
        _ => None,
    }
}
