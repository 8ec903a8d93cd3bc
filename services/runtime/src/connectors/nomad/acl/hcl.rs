//! As much of HCL as rules of policies are written in, and JSON, which is another form of it. What is
//! not understood to the end is not read at all. Pure.

use std::{iter::Peekable, str::Chars};

use serde_json::Value;

/// Deepest nesting of blocks and lists.
const MAX_DEPTH: usize = 16;

/// A value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// A text in quotes.
    Text(String),
    /// A number, a flag, or nothing.
    Plain,
    /// A list.
    List(Vec<Node>),
    /// What stands in braces.
    Body(Vec<Entry>),
}

/// A value or a block under its name, which labels may follow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The name, then the labels.
    pub keys: Vec<String>,
    /// What stands under them.
    pub node: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Name(String),
    Text(String),
    Sign(char),
}

/// What a text holds; `None` where any of it is not understood.
pub fn read(text: &str) -> Option<Vec<Entry>> {
    if text.trim_start().starts_with('{') {
        let json: Value = serde_json::from_str(text).ok()?;
        return match of_json(&json, 0)? {
            Node::Body(entries) => Some(entries),
            Node::Text(_) | Node::Plain | Node::List(_) => None,
        };
    }
    let mut tokens = tokens(text)?.into_iter().peekable();
    let entries = body(&mut tokens, None, 0)?;
    tokens.next().is_none().then_some(entries)
}

fn of_json(json: &Value, depth: usize) -> Option<Node> {
    if depth > MAX_DEPTH {
        return None;
    }
    Some(match json {
        Value::Null | Value::Bool(_) | Value::Number(_) => Node::Plain,
        Value::String(text) => Node::Text(text.clone()),
        Value::Array(items) => {
            let items = items.iter().map(|it| of_json(it, depth + 1));
            Node::List(items.collect::<Option<_>>()?)
        }
        Value::Object(entries) => {
            let entry = |(key, it): (&String, &Value)| {
                let keys = vec![key.clone()];
                of_json(it, depth + 1).map(|node| Entry { keys, node })
            };
            Node::Body(entries.iter().map(entry).collect::<Option<_>>()?)
        }
    })
}

type Tokens = Peekable<std::vec::IntoIter<Token>>;

/// Entries up to `end`, or to the end of the text.
fn body(tokens: &mut Tokens, end: Option<char>, depth: usize) -> Option<Vec<Entry>> {
    let mut entries = Vec::new();
    if depth > MAX_DEPTH {
        return None;
    }
    loop {
        match (tokens.peek(), end) {
            (None, None) => return Some(entries),
            (Some(Token::Sign(sign)), Some(end)) if *sign == end => {
                tokens.next();
                return Some(entries);
            }
            (Some(Token::Sign(',')), Some(_)) => {
                tokens.next();
            }
            (Some(Token::Name(_) | Token::Text(_)), _) => entries.push(entry(tokens, depth)?),
            (Some(Token::Sign(_)), _) | (None, Some(_)) => return None,
        }
    }
}

fn entry(tokens: &mut Tokens, depth: usize) -> Option<Entry> {
    let mut keys = Vec::new();
    loop {
        match tokens.next()? {
            Token::Name(key) | Token::Text(key) => keys.push(key),
            Token::Sign('{') => {
                let node = Node::Body(body(tokens, Some('}'), depth + 1)?);
                return Some(Entry { keys, node });
            }
            Token::Sign('=' | ':') => {
                let node = value(tokens, depth + 1)?;
                return Some(Entry { keys, node });
            }
            Token::Sign(_) => return None,
        }
    }
}

fn value(tokens: &mut Tokens, depth: usize) -> Option<Node> {
    if depth > MAX_DEPTH {
        return None;
    }
    match tokens.next()? {
        Token::Text(text) => Some(Node::Text(text)),
        Token::Sign('{') => body(tokens, Some('}'), depth + 1).map(Node::Body),
        Token::Sign('[') => list(tokens, depth),
        Token::Name(name) => is_plain(&name).then_some(Node::Plain),
        Token::Sign(_) => None,
    }
}

fn list(tokens: &mut Tokens, depth: usize) -> Option<Node> {
    let mut items = Vec::new();
    loop {
        match tokens.peek()? {
            Token::Sign(']') => {
                tokens.next();
                return Some(Node::List(items));
            }
            Token::Sign(',') => {
                tokens.next();
            }
            Token::Sign(_) | Token::Name(_) | Token::Text(_) => {
                items.push(value(tokens, depth + 1)?);
            }
        }
    }
}

/// A name that is a value is a flag or a number.
fn is_plain(name: &str) -> bool {
    matches!(name, "true" | "false") || name.bytes().all(|it| it.is_ascii_digit())
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            it if it.is_whitespace() => {}
            '#' => skip_line(&mut rest),
            '/' if rest.next_if_eq(&'/').is_some() => skip_line(&mut rest),
            '/' if rest.next_if_eq(&'*').is_some() => skip_comment(&mut rest)?,
            '"' => tokens.push(Token::Text(quoted(&mut rest)?)),
            '{' | '}' | '[' | ']' | '=' | ':' | ',' => tokens.push(Token::Sign(next)),
            it if is_inner(it) => {
                let mut name = String::from(it);
                while let Some(more) = rest.next_if(|it| is_inner(*it)) {
                    name.push(more);
                }
                tokens.push(Token::Name(name));
            }
            _ => return None,
        }
    }
    Some(tokens)
}

fn is_inner(it: char) -> bool {
    it.is_ascii_alphanumeric() || matches!(it, '_' | '-' | '.')
}

fn skip_line(rest: &mut Peekable<Chars<'_>>) {
    for _ in rest.by_ref().take_while(|it| *it != '\n') {}
}

fn skip_comment(rest: &mut Peekable<Chars<'_>>) -> Option<()> {
    loop {
        if rest.next()? == '*' && rest.next_if_eq(&'/').is_some() {
            return Some(());
        }
    }
}

/// A text up to its closing quote. One that is put together when it is read says nothing here.
fn quoted(rest: &mut Peekable<Chars<'_>>) -> Option<String> {
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\n' => return None,
            '$' if rest.peek() == Some(&'{') => return None,
            '\\' => match rest.next()? {
                escaped @ ('"' | '\\') => text.push(escaped),
                _ => return None,
            },
            plain => text.push(plain),
        }
    }
}
