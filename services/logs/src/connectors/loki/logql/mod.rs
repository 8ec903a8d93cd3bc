//! Checks that a query can see nothing but its scope.

mod error;
mod grouping;
mod lexer;
mod parser;
mod pipeline;
mod range;
mod selector;
mod shape;

use std::collections::BTreeMap;

pub use error::LogqlError;
use lexer::PLACEHOLDER;
use parser::Parser;
use shape::Shape;

/// The labels that narrow a source, sorted by name.
#[derive(Debug, Clone)]
pub struct Labels(BTreeMap<String, String>);

/// What an answer without series means, where the scope has lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// No line was counted.
    Zero,
    /// No line of the numerator was counted, if the scope had one within this time: the denominator
    /// counts them all.
    ZeroIfLinesWithin {
        /// Range of the denominator.
        seconds: u32,
    },
    /// One of several numbers is missing, and not told which.
    Nothing,
}

impl Labels {
    /// The labels of a source.
    pub fn new(labels: BTreeMap<String, String>) -> Self {
        Self(labels)
    }

    /// All of them, each with the value that it must have.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The selector of all lines of the scope.
    pub fn selector(&self) -> String {
        format!("{{{}}}", self.matchers())
    }

    /// The metric query to send, if every selector of it is narrowed.
    pub fn number(&self, template: &str) -> Result<(String, Absent), LogqlError> {
        let shape = Parser::new(template, &self.0)?.number()?;
        let absent = match shape {
            Shape::Constant => return Err(LogqlError::NoSelector),
            Shape::Count { .. } => Absent::Zero,
            Shape::Share { seconds } => Absent::ZeroIfLinesWithin { seconds },
            Shape::Other => Absent::Nothing,
        };
        Ok((self.fill(template), absent))
    }

    /// The log query to send, if its selector is narrowed.
    pub fn lines(&self, template: &str) -> Result<String, LogqlError> {
        Parser::new(template, &self.0)?.lines()?;
        Ok(self.fill(template))
    }

    fn matchers(&self) -> String {
        let matchers: Vec<_> = self
            .iter()
            .map(|(name, value)| format!("{name}=\"{value}\""))
            .collect();
        matchers.join(",")
    }

    fn fill(&self, template: &str) -> String {
        template.replace(PLACEHOLDER, &self.matchers())
    }
}

#[cfg(test)]
mod tests;
