//! Checks what is searched for in logs beside the scope, after the page "Log Search Syntax" of Datadog. Terms
//! side by side narrow each other; what would not is refused.

use super::scope::Tags;

/// Longest search.
const MAX_LENGTH: usize = 2_000;
/// Keys that the scope has, under whatever name it has them.
const RESERVED: [&str; 2] = ["service", "env"];

/// Why a search is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SearchError {
    /// A quote or bracket without its other end, or a character that has no place there.
    #[error("is no whole search")]
    Syntax,
    /// Nothing to search for.
    #[error("searches for nothing")]
    Empty,
    /// A pattern.
    #[error("has a pattern")]
    Pattern,
    /// A key of the scope.
    #[error("names a tag of the scope")]
    Overridden,
    /// An alternative to the scope.
    #[error("has an alternative to the scope")]
    Alternative,
}

impl SearchError {
    /// What to write instead.
    pub fn fix(self) -> &'static str {
        match self {
            Self::Syntax => "close every quote and bracket, and write it in one line",
            Self::Empty => "write what the lines have in common, such as status:error",
            Self::Pattern => "write whole words, without `*` and `?`",
            Self::Overridden => "leave service, env and the tags of the scope out: they are added",
            Self::Alternative => {
                "put alternatives into parentheses: (status:error OR status:critical)"
            }
        }
    }
}

/// The search to send: the scope and, beside it, this.
pub fn narrowed(text: &str, tags: &Tags) -> Result<String, SearchError> {
    if text.len() > MAX_LENGTH || text.contains(|c: char| c.is_control()) {
        return Err(SearchError::Syntax);
    }
    if text.trim().is_empty() {
        return Err(SearchError::Empty);
    }
    if text.contains(['*', '?']) {
        return Err(SearchError::Pattern);
    }
    Reader::default().read(text, tags)?;
    Ok(format!("{} {text}", tags.in_search()))
}

/// How far a search was read.
#[derive(Default)]
struct Reader {
    /// The other ends of brackets that are open.
    open: Vec<char>,
    /// The word that is being read, as it is written.
    word: String,
}

impl Reader {
    fn read(mut self, text: &str, tags: &Tags) -> Result<(), SearchError> {
        let mut chars = text.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    self.word.push(c);
                    self.word.push(chars.next().ok_or(SearchError::Syntax)?);
                }
                '"' => {
                    skip_quoted(&mut chars)?;
                    // A quoted text is no key, whatever follows it.
                    self.word.push(c);
                }
                '(' | '[' | '{' => {
                    self.end_word(tags)?;
                    self.open.push(closing(c));
                }
                ')' | ']' | '}' => {
                    self.end_word(tags)?;
                    if self.open.pop() != Some(c) {
                        return Err(SearchError::Syntax);
                    }
                }
                c if c.is_whitespace() => self.end_word(tags)?,
                c => self.word.push(c),
            }
        }
        self.end_word(tags)?;
        match self.open.is_empty() {
            true => Ok(()),
            false => Err(SearchError::Syntax),
        }
    }

    fn end_word(&mut self, tags: &Tags) -> Result<(), SearchError> {
        let word = std::mem::take(&mut self.word);
        let is_or = word.eq_ignore_ascii_case("or") || word.contains("||");
        if is_or && self.open.is_empty() {
            return Err(SearchError::Alternative);
        }
        let Some((key, _)) = word.split_once(':') else {
            return Ok(());
        };
        // An escaped character is itself: without the backslashes it is what it says.
        let key: String = key.chars().filter(|c| !matches!(c, '\\' | '"')).collect();
        let key = key.trim_start_matches(['-', '!', '@', '+']);
        let reserved = RESERVED.iter().any(|it| key.eq_ignore_ascii_case(it));
        match reserved || tags.names(key) {
            true => Err(SearchError::Overridden),
            false => Ok(()),
        }
    }
}

fn closing(open: char) -> char {
    match open {
        '(' => ')',
        '[' => ']',
        _ => '}',
    }
}

fn skip_quoted(chars: &mut std::str::Chars<'_>) -> Result<(), SearchError> {
    loop {
        match chars.next().ok_or(SearchError::Syntax)? {
            '"' => return Ok(()),
            '\\' => drop(chars.next()),
            _ => {}
        }
    }
}
