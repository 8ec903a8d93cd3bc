//! Replies of a mail server (RFC 5321, section 4.2). Pure.

use std::fmt;

/// Most digits of the second and third part of an enhanced status (RFC 2034, section 4).
const MAX_DIGITS: usize = 3;

/// A whole reply: all that is read of it. Its text is for people, may name some, and is dropped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// Three digits.
    pub code: u16,
    /// The status behind the code, such as `5.1.1`, where there is one of the code's own class.
    pub enhanced: Option<String>,
    /// The texts of its lines, for what a server says that it can.
    lines: Vec<String>,
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
    /// Reads the lines of a reply, without their ends; `None`: they are none.
    pub fn parse(lines: &[String]) -> Option<Self> {
        let (last, first) = lines.split_last()?;
        let (code, _, _) = part(last).filter(|it| it.1)?;
        let mut texts = Vec::with_capacity(lines.len());
        for line in first {
            let (_, _, text) = part(line).filter(|it| it.0 == code && !it.1)?;
            texts.push(text.to_owned());
        }
        texts.push(part(last)?.2.to_owned());
        let enhanced = texts.first().and_then(|it| enhanced(it, code));
        Some(Self {
            code,
            enhanced,
            lines: texts,
        })
    }

    /// Reads code and status as they are kept of a reply.
    pub fn parse_line(line: &str) -> Option<Self> {
        Self::parse(&[line.to_owned()])
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

    /// What follows a word on a line, where the server says that it can do that; the words of lists in
    /// capitals.
    pub fn offer(&self, word: &str) -> Option<String> {
        let mut offers = self.lines.iter().skip(1);
        offers.find_map(|line| {
            let line = line.trim().to_ascii_uppercase();
            let (first, rest) = line.split_once([' ', '=']).unwrap_or((&line, ""));
            (first == word).then(|| rest.to_owned())
        })
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

/// Whether another line follows this one of a reply; `None`: it is no line of one.
pub fn is_last(line: &str) -> Option<bool> {
    part(line).map(|it| it.1)
}

/// Code, whether it is the last line, and text.
fn part(line: &str) -> Option<(u16, bool, &str)> {
    let (code, rest) = line.split_at_checked(3)?;
    let is_code = code.bytes().all(|it| it.is_ascii_digit());
    let code = code.parse().ok().filter(|_| is_code)?;
    if !(200..=599).contains(&code) {
        return None;
    }
    match rest.chars().next() {
        None => Some((code, true, "")),
        Some(' ') => Some((code, true, rest.get(1..)?)),
        Some('-') => Some((code, false, rest.get(1..)?)),
        Some(_) => None,
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
        let lines: Vec<_> = lines.iter().map(|it| (*it).to_owned()).collect();
        Reply::parse(&lines).map(|it| it.to_string())
    }

    #[test]
    fn code_and_status_are_read_and_the_text_is_not() {
        for (lines, wanted) in [
            (&["250 2.0.0 Ok: queued as 6l"][..], "250 2.0.0"),
            (&["250"], "250"),
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
            &["250 one", "250 two"],
        ] {
            assert_eq!(shown(lines), None, "{lines:?}");
        }
    }

    #[test]
    fn what_a_server_offers_stands_below_its_name() {
        let lines = [
            "250-STARTTLS",
            "250-starttls",
            "250-AUTH plain LOGIN",
            "250 DSN",
        ];
        let lines: Vec<_> = lines.iter().map(|it| (*it).to_owned()).collect();
        let reply = Reply::parse(&lines).unwrap();
        assert_eq!(reply.offer("AUTH").as_deref(), Some("PLAIN LOGIN"));
        assert_eq!(reply.offer("DSN").as_deref(), Some(""));
        assert_eq!(reply.offer("STARTTLS").as_deref(), Some(""));
        assert_eq!(reply.offer("SIZE"), None);
        let alone = Reply::parse_line("250 STARTTLS").unwrap();
        assert_eq!(alone.offer("STARTTLS"), None);
    }
}
