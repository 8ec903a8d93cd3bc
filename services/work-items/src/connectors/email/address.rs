//! Mailboxes, and the names that stand for them. Pure.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Longest part before the sign, and longest address (RFC 5321, section 4.5.3.1).
const MAX_LOCAL: usize = 64;
const MAX_ADDRESS: usize = 254;
/// Longest label of a name (RFC 1035, section 2.3.4).
const MAX_LABEL: usize = 63;
/// Hexadecimal digits of a name that stands for a mailbox.
const DIGITS: usize = 32;
/// Set before what is hashed, so that it is a hash of nothing else.
const PURPOSE: &str = "passport email recipient:";

/// One mailbox: letters, digits and the few signs that need no quotes, in ASCII. No list, no name beside it,
/// and nothing that ends a line or a header can stand in it.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    text: String,
    /// Where the sign stands.
    at: usize,
}

// === impl Mailbox ===

impl Mailbox {
    /// Reads an address; `None`: it is not exactly one.
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.split_once('@')?;
        let is_mailbox = text.len() <= MAX_ADDRESS && is_local(local) && is_domain(domain);
        is_mailbox.then(|| Self {
            text: text.to_owned(),
            at: local.len(),
        })
    }

    /// The address, as it is written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// What stands before the sign.
    pub fn local(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    /// What stands behind the sign.
    pub fn domain(&self) -> &str {
        self.text
            .get(self.at.saturating_add(1)..)
            .unwrap_or_default()
    }

    /// Whether another address is that of the same mailbox. Servers write addresses in letters of either
    /// case.
    pub fn is(&self, other: &str) -> bool {
        self.text.eq_ignore_ascii_case(other)
    }

    /// What stands for the mailbox in what is kept of a message: without the message's id, which nobody can
    /// guess, nobody can tell whose it is.
    pub fn under(&self, message_id: &str) -> Option<String> {
        let mac = Hmac::<Sha256>::new_from_slice(message_id.as_bytes()).ok()?;
        let mac = mac.chain_update(PURPOSE);
        let mac = mac.chain_update(self.text.to_ascii_lowercase()).finalize();
        let mut digits = hex::encode(mac.into_bytes());
        digits.truncate(DIGITS);
        Some(digits)
    }
}

impl fmt::Debug for Mailbox {
    /// The domain alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mailbox(…@{})", self.domain())
    }
}

/// Words joined by dots (RFC 5321, section 4.1.2), without those in quotes.
fn is_local(text: &str) -> bool {
    let is_inner = |it: u8| it.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&it);
    text.len() <= MAX_LOCAL
        && text
            .split('.')
            .all(|word| !word.is_empty() && word.bytes().all(is_inner))
}

fn is_domain(text: &str) -> bool {
    let is_label = |it: &str| {
        let is_inner = |it: u8| it.is_ascii_alphanumeric() || it == b'-';
        (1..=MAX_LABEL).contains(&it.len())
            && it.bytes().all(is_inner)
            && !it.starts_with('-')
            && !it.ends_with('-')
    };
    text.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_mailbox_is_one_and_a_list_is_none() {
        for good in [
            "cab@example.com",
            "release+checkout@mail.example.com",
            "a.b-c_d@xn--bcher-kva.example",
            "root@localhost",
            "o'neil/x=y@example.com",
        ] {
            let mailbox = Mailbox::parse(good).unwrap();
            assert_eq!(mailbox.as_str(), good);
            assert!(good.ends_with(mailbox.domain()), "{good}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("a@{}.com", ["a".repeat(60).as_str(); 5].join("."));
        for bad in [
            "",
            "@",
            "cab",
            "cab@",
            "@example.com",
            "cab@@example.com",
            "a@example.com,b@example.com",
            "a@example.com b@example.com",
            "a@example.com;b@example.com",
            "Board <cab@example.com>",
            "<cab@example.com>",
            "\"cab board\"@example.com",
            "cab@example.com\r\nBcc: x@example.com",
            "cab@example.com\n",
            "cab\u{0}@example.com",
            "cab@example..com",
            "cab@.example.com",
            "cab@example.com.",
            "cab@-example.com",
            "cab@example-.com",
            "cab@[127.0.0.1]",
            ".cab@example.com",
            "cab.@example.com",
            "c..ab@example.com",
            "cäb@example.com",
            "cab@exämple.com",
            "cab(x)@example.com",
            "group:a@example.com;",
            &long,
            &longer,
        ] {
            assert_eq!(Mailbox::parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn nobody_is_shown() {
        let mailbox = Mailbox::parse("Cab@example.com").unwrap();
        assert_eq!(format!("{mailbox:?}"), "Mailbox(…@example.com)");
        let name = mailbox.under("<1@example.com>").unwrap();
        assert_eq!(name.len(), DIGITS);
        let same = Mailbox::parse("cab@EXAMPLE.com").unwrap();
        assert_eq!(same.under("<1@example.com>").as_ref(), Some(&name));
        assert_ne!(same.under("<2@example.com>").as_ref(), Some(&name));
        assert!(mailbox.is("CAB@example.COM") && !mailbox.is("cab@example.co"));
    }
}
