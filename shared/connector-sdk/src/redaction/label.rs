//! Names of labels whose values are never shown, redacted or not.

const FORBIDDEN: [&str; 14] = [
    "token", "secret", "passw", "auth", "cookie", "session", "key", "email", "user", "ip", "addr",
    "phone", "card", "iban",
];

/// Whether a label of this name may not be shown beside a metric.
pub fn forbidden_label(name: &str) -> bool {
    let name = name.to_lowercase();
    FORBIDDEN.iter().any(|part| name.contains(part))
}
