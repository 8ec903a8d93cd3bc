//! Numbers of accounts.

/// Digits of an account's number.
const DIGITS: usize = 12;

/// Whether a text is the number of an account.
pub fn is_account(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|it| it.is_ascii_digit())
}
