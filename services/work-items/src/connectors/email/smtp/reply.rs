//! Replies of a mail server (RFC 5321, section 4.2). Pure.

use std::fmt;

use lettre::transport::smtp::response::{Code, Response};

/// Most digits of the second and third part of an enhanced status (RFC 2034, section 4).
const MAX_DIGITS: usize = 3;

/// All that is read of a reply. Its text is for people, may name some, and is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The status behind the code, such as `5.1.1`, where there is one of the code's own class.
    pub enhanced: Option<String>,
}

/// What a code says by its first digit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Done.
    Done,
    /// More is wanted.
    Continue,
    /// Not now.
    Later,
    /// Never.
    Never,
}

// === impl Reply ===

impl Reply {
    /// Reads the lines of a reply, each with its end; `None`: they are none.
    pub fn parse(lines: &str) -> Option<Self> {
        let response = lines.parse::<Response>().ok()?;
        Some(Self::from(&response))
    }

    /// Reads code and status as they are kept of a reply.
    pub fn parse_kept(kept: &str) -> Option<Self> {
        // Between a code and nothing stands a blank, too.
        Self::parse(&format!("{kept} \r\n"))
    }

    /// A code, and a text that may begin with a status.
    pub fn new(code: Code, text: &str) -> Self {
        let code = u16::from(code);
        Self {
            code,
            enhanced: enhanced(text, code),
        }
    }

    /// What the code says.
    pub fn class(&self) -> Option<Class> {
        match self.code / 100 {
            2 => Some(Class::Done),
            3 => Some(Class::Continue),
            4 => Some(Class::Later),
            5 => Some(Class::Never),
            _ => None,
        }
    }
}

impl From<&Response> for Reply {
    fn from(response: &Response) -> Self {
        Self::new(response.code(), response.first_line().unwrap_or_default())
    }
}

impl fmt::Display for Reply {
    /// Code and status.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.code)?;
        match &self.enhanced {
            Some(enhanced) => write!(f, " {enhanced}"),
            None => Ok(()),
        }
    }
}

fn enhanced(text: &str, code: u16) -> Option<String> {
    let word = text.split(' ').next()?;
    is_status(word).filter(|class| u16::from(*class) == code / 100)?;
    Some(word.to_owned())
}

/// The class of a status such as `5.1.1`: its first part (RFC 3463, section 2). `None`: it is none.
pub fn is_status(text: &str) -> Option<u8> {
    let mut parts = text.split('.');
    let class = match parts.next()? {
        "2" => 2,
        "4" => 4,
        "5" => 5,
        _ => return None,
    };
    for _ in 0..2 {
        let part = parts.next()?;
        let is_number = part.bytes().all(|it| it.is_ascii_digit());
        if !(1..=MAX_DIGITS).contains(&part.len()) || !is_number {
            return None;
        }
    }
    parts.next().is_none().then_some(class)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(lines: &[&str]) -> Option<String> {
        let lines: String = lines.iter().map(|it| format!("{it}\r\n")).collect();
        Reply::parse(&lines).map(|it| it.to_string())
    }

    #[test]
    fn code_and_status_are_read_and_the_text_is_not() {
        for (lines, wanted) in [
            (&["250 2.0.0 Ok: queued as 6l"][..], "250 2.0.0"),
            (&["250 "], "250"),
            (&["250 ok"], "250"),
            (&["550 5.1.1 <cab@example.com>: unknown"], "550 5.1.1"),
            (&["550-5.1.1 one", "550 5.1.1 two"], "550 5.1.1"),
            (&["550 2.1.1 of another class"], "550"),
            (&["450 4.7.1x greylisted"], "450"),
            (&["554 5.7.1000 too long"], "554"),
            (&["451 4.3 short"], "451"),
        ] {
            assert_eq!(shown(lines).as_deref(), Some(wanted), "{lines:?}");
            assert_eq!(Reply::parse_kept(wanted).unwrap().to_string(), wanted);
        }
        for lines in [
            &[][..],
            &[""],
            &["25"],
            &["HTTP/1.1 400 Bad Request"],
            &["250_ok"],
            &["150 odd"],
            &["650 odd"],
            &["+50 ok"],
            &["２５０ ok"],
            &["250-more"],
            &["250-one", "251 two"],
        ] {
            assert_eq!(shown(lines), None, "{lines:?}");
        }
    }
}
