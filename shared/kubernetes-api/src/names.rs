//! Names, after the page "Object Names and IDs".

/// Longest DNS label.
const MAX_LABEL: usize = 63;
/// Longest name.
const MAX_NAME: usize = 253;

/// Whether it is a DNS label, as namespaces and containers are named.
pub fn is_label(name: &str) -> bool {
    name.len() <= MAX_LABEL && !name.contains('.') && is_name(name)
}

/// Whether it is a DNS subdomain, as most objects are named.
pub fn is_name(name: &str) -> bool {
    let inner =
        |it: char| it.is_ascii_lowercase() || it.is_ascii_digit() || matches!(it, '-' | '.');
    let ends = |it: char| it == '-' || it == '.';
    (1..=MAX_NAME).contains(&name.len())
        && name.chars().all(inner)
        && !name.starts_with(ends)
        && !name.ends_with(ends)
}
