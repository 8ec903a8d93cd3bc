//! The parts of a query. Pipes within parentheses, which begin another query, are not understood.

use super::{InsightsError, SCOPE};
use crate::connectors::cloudwatch_logs::scope::Fields;

/// One part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token<'a> {
    /// A command, a keyword, a field, a number.
    Word(&'a str),
    /// A field in backticks.
    Field(&'a str),
    /// A text, which some commands take for a regular expression.
    Text(&'a str),
    /// A regular expression.
    Regex(&'a str),
    /// What stands for the scope.
    Scope,
    /// `(` or `[`.
    Open,
    /// `)` or `]`.
    Close,
    /// Between two commands.
    Pipe,
    /// `,`, or a part of an operator.
    Sign(char),
}

/// All parts of a query.
pub fn tokens(query: &str) -> Result<Vec<Token<'_>>, InsightsError> {
    let mut lexer = Lexer {
        rest: query,
        found: Vec::new(),
        depth: 0,
    };
    while lexer.step()? {}
    match lexer.depth {
        0 => Ok(lexer.found),
        _ => Err(InsightsError::NotUnderstood),
    }
}

struct Lexer<'a> {
    rest: &'a str,
    found: Vec<Token<'a>>,
    depth: usize,
}

// === impl Lexer ===

impl<'a> Lexer<'a> {
    /// Reads one part; whether there was any.
    fn step(&mut self) -> Result<bool, InsightsError> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
        let Some(first) = self.rest.chars().next() else {
            return Ok(false);
        };
        let token = match first {
            '"' | '\'' => {
                let text = self.quoted(first)?;
                placeholders(text)?;
                Token::Text(text)
            }
            '`' => {
                let name = self.quoted('`')?;
                let is_inner = |it: char| is_inner(it) || it == '-' || it == ':';
                let is_name = !name.is_empty() && name.chars().all(is_inner);
                is_name
                    .then_some(Token::Field(name))
                    .ok_or(InsightsError::NotUnderstood)?
            }
            '/' if self.may_be_regex() => Token::Regex(self.quoted('/')?),
            '$' => self.scope()?,
            '(' | '[' => {
                self.depth += 1;
                self.one(Token::Open)
            }
            ')' | ']' => {
                let depth = self.depth.checked_sub(1);
                self.depth = depth.ok_or(InsightsError::NotUnderstood)?;
                self.one(Token::Close)
            }
            '|' if self.depth == 0 => self.one(Token::Pipe),
            ',' | '=' | '!' | '<' | '>' | '~' | '+' | '-' | '*' | '%' | '^' => {
                self.one(Token::Sign(first))
            }
            it if is_inner(it) => self.word(),
            _ => return Err(InsightsError::NotUnderstood),
        };
        self.found.push(token);
        Ok(true)
    }

    /// A part of one ASCII character.
    fn one(&mut self, token: Token<'a>) -> Token<'a> {
        self.rest = self.rest.get(1..).unwrap_or_default();
        token
    }

    fn word(&mut self) -> Token<'a> {
        let end = self.rest.find(|it| !is_inner(it));
        let (word, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        Token::Word(word)
    }

    fn scope(&mut self) -> Result<Token<'a>, InsightsError> {
        let rest = self.rest.strip_prefix(SCOPE);
        self.rest = rest.ok_or(InsightsError::Placeholder)?;
        Ok(Token::Scope)
    }

    /// What stands between this mark and its next that is not escaped.
    fn quoted(&mut self, mark: char) -> Result<&'a str, InsightsError> {
        let inner = self.rest.get(1..).unwrap_or_default();
        let mut is_escaped = false;
        for (at, it) in inner.char_indices() {
            match it {
                _ if is_escaped => is_escaped = false,
                '\\' if mark != '`' => is_escaped = true,
                it if it.is_control() => break,
                it if it == mark => {
                    self.rest = inner.get(at + 1..).unwrap_or_default();
                    return Ok(inner.get(..at).unwrap_or_default());
                }
                _ => {}
            }
        }
        Err(InsightsError::NotUnderstood)
    }

    /// After `like` and `=~`, and after the field of a `parse`; elsewhere it would divide.
    fn may_be_regex(&self) -> bool {
        let command = self.found.rsplit(|it| *it == Token::Pipe).next();
        match command.unwrap_or_default() {
            [.., last] if last.is_word("like") || *last == Token::Sign('~') => true,
            [parse, Token::Word(_) | Token::Field(_)] => parse.is_word("parse"),
            [parse] => parse.is_word("parse"),
            [..] => false,
        }
    }
}

fn is_inner(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '_' | '@' | '.')
}

/// A text that looks as if something in it were replaced.
fn placeholders(text: &str) -> Result<(), InsightsError> {
    match text.contains("${") {
        true => Err(InsightsError::Placeholder),
        false => Ok(()),
    }
}

// === impl Token ===

impl Token<'_> {
    /// Whether it is a word, in capitals or not.
    pub fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(it) if it.eq_ignore_ascii_case(word))
    }

    /// Whether it names a field of the scope: a group of a regular expression may make one.
    pub fn names(&self, fields: &Fields) -> bool {
        match self {
            Self::Word(name) | Self::Field(name) => fields.has(name),
            Self::Regex(text) | Self::Text(text) => {
                let text = text.to_ascii_lowercase();
                let mut names = fields
                    .names()
                    .map(|it| format!("<{}>", it.to_ascii_lowercase()));
                text.contains("${") || names.any(|it| text.contains(&it))
            }
            Self::Scope | Self::Open | Self::Close | Self::Pipe | Self::Sign(_) => false,
        }
    }
}
