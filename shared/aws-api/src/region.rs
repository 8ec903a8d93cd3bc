//! Regions, and where their services answer, after the page "AWS service endpoints".

/// Longest name of a region.
const MAX_NAME: usize = 30;

/// Whether a text has the form of a region's name, such as `eu-west-1` or `us-gov-east-1`.
pub fn is_region(text: &str) -> bool {
    let is_part = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_lowercase());
    let is_number =
        |it: &str| (1..=2).contains(&it.len()) && it.bytes().all(|b| b.is_ascii_digit());
    let Some((names, number)) = text.rsplit_once('-') else {
        return false;
    };
    text.len() <= MAX_NAME
        && names.contains('-')
        && names.split('-').all(is_part)
        && is_number(number)
}

/// The address at which a region's service answers, such as `https://sts.eu-west-1.amazonaws.com`.
pub fn endpoint(service: &str, region: &str) -> String {
    let domain = match region {
        it if it.starts_with("cn-") => "amazonaws.com.cn",
        it if it.starts_with("eusc-") => "amazonaws.eu",
        _ => "amazonaws.com",
    };
    format!("https://{service}.{region}.{domain}")
}
