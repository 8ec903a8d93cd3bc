//! The part of LogQL that can be checked, after the pages "Metric queries" and "Log queries" of
//! Loki.

use std::collections::BTreeMap;

use super::{
    LogqlError,
    lexer::{Token, tokens},
    pipeline,
    range::seconds,
    shape::Shape,
};

/// Deepest nesting.
const MAX_DEPTH: u32 = 32;

/// Aggregations that leave nothing out.
const AGGREGATIONS: [&str; 5] = ["sum", "avg", "min", "max", "count"];

/// Functions that give no series where no line was counted.
const COUNTING: [&str; 4] = ["count_over_time", "rate", "bytes_over_time", "bytes_rate"];

/// Functions over values in lines.
const MEASURING: [&str; 7] = [
    "sum_over_time",
    "avg_over_time",
    "min_over_time",
    "max_over_time",
    "first_over_time",
    "last_over_time",
    "quantile_over_time",
];

/// What a function was called with.
struct Call {
    /// In seconds.
    range: u32,
    /// Every line of the scope.
    whole: bool,
    /// A value in each line, and not the line.
    unwraps: bool,
}

/// Reads a query.
pub struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    pub(super) at: usize,
    depth: u32,
    pub(super) scope: &'a BTreeMap<String, String>,
}

impl<'a> Parser<'a> {
    /// Of a template, for a scope of these labels.
    pub fn new(text: &'a str, scope: &'a BTreeMap<String, String>) -> Result<Self, LogqlError> {
        Ok(Self {
            tokens: tokens(text)?,
            at: 0,
            depth: 0,
            scope,
        })
    }

    /// Reads a metric query.
    pub fn number(mut self) -> Result<Shape, LogqlError> {
        let shape = self.expression()?;
        self.end().map(|()| shape)
    }

    /// Reads a log query.
    pub fn lines(mut self) -> Result<(), LogqlError> {
        if self.peek() != Some(Token::Sign("{")) {
            return Err(match self.number() {
                Ok(_) => LogqlError::MetricQuery,
                Err(error) => error,
            });
        }
        self.selector()?;
        let stages = self.stages();
        pipeline::check(&stages, self.scope)?;
        if pipeline::unwraps(&stages) {
            return Err(LogqlError::Unsupported);
        }
        self.end()
    }

    fn end(&self) -> Result<(), LogqlError> {
        match self.peek() {
            None => Ok(()),
            Some(Token::Word("offset")) => Err(LogqlError::Past),
            Some(_) => Err(LogqlError::Syntax),
        }
    }

    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.tokens.get(self.at).copied()
    }

    pub(super) fn next(&mut self) -> Result<Token<'a>, LogqlError> {
        let token = self.peek().ok_or(LogqlError::Syntax)?;
        self.at += 1;
        Ok(token)
    }

    pub(super) fn takes(&mut self, sign: &'static str) -> bool {
        let there = self.peek() == Some(Token::Sign(sign));
        self.at += usize::from(there);
        there
    }

    pub(super) fn wants(&mut self, sign: &'static str) -> Result<(), LogqlError> {
        if self.takes(sign) {
            Ok(())
        } else {
            self.end().and(Err(LogqlError::Syntax))
        }
    }

    /// Operands and the arithmetic between them.
    fn expression(&mut self) -> Result<Shape, LogqlError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(LogqlError::TooLong);
        }
        let mut shape = self.operand()?;
        let mut first = true;
        while let Some(operator) = self.operator()? {
            let right = self.operand()?;
            shape = match (shape, operator, right) {
                (Shape::Constant, _, Shape::Constant) => Shape::Constant,
                (left, "/", right) if first => left.over(right),
                _ => Shape::Other,
            };
            first = false;
        }
        self.depth -= 1;
        Ok(shape)
    }

    fn operator(&mut self) -> Result<Option<&'static str>, LogqlError> {
        let sign = match self.peek() {
            Some(Token::Sign(sign @ ("+" | "-" | "*" | "/" | "%" | "^"))) => sign,
            Some(Token::Sign("==" | "!=" | ">" | ">=" | "<" | "<="))
            | Some(Token::Word("and" | "or" | "unless")) => return Err(LogqlError::Hiding),
            Some(_) | None => return Ok(None),
        };
        self.at += 1;
        Ok(Some(sign))
    }

    fn operand(&mut self) -> Result<Shape, LogqlError> {
        match self.next()? {
            Token::Sign("-" | "+") => match self.next()? {
                Token::Number(_) => Ok(Shape::Constant),
                Token::Scope | Token::Word(_) | Token::Text(_) | Token::Sign(_) => {
                    Err(LogqlError::Syntax)
                }
            },
            Token::Number(_) => Ok(Shape::Constant),
            Token::Sign("(") => {
                let shape = self.expression()?;
                self.wants(")").map(|()| shape)
            }
            Token::Sign("{") => Err(LogqlError::LogQuery),
            Token::Word(name) if AGGREGATIONS.contains(&name) => self.aggregation(),
            Token::Word(name) if COUNTING.contains(&name) => {
                let Call {
                    range,
                    whole,
                    unwraps,
                } = self.call()?;
                let every_line_within = Some(range).filter(|_| whole);
                if unwraps {
                    // No count: nothing to add up is no zero.
                    return Ok(Shape::Other);
                }
                Ok(Shape::Count {
                    every_line_within,
                    single: false,
                })
            }
            Token::Word(name) if MEASURING.contains(&name) => {
                self.call()?;
                self.grouping()?;
                Ok(Shape::Other)
            }
            Token::Word(_) => Err(LogqlError::Unsupported),
            Token::Sign(_) | Token::Text(_) | Token::Scope => Err(LogqlError::Syntax),
        }
    }

    fn aggregation(&mut self) -> Result<Shape, LogqlError> {
        let before = self.grouping()?;
        self.wants("(")?;
        let inner = self.expression()?;
        self.wants(")")?;
        let after = self.grouping()?;
        Ok(inner.aggregated(before || after))
    }

    /// What stands behind a function's name: its range, and whether it takes every line.
    fn call(&mut self) -> Result<Call, LogqlError> {
        self.wants("(")?;
        if let Some(Token::Number(_)) = self.peek() {
            self.at += 1;
            self.wants(",")?;
        }
        let only_scope = self.selector()?;
        let before = self.stages();
        self.wants("[")?;
        let range = match self.next()? {
            Token::Number(text) => seconds(text).ok_or(LogqlError::Range)?,
            Token::Scope | Token::Word(_) | Token::Text(_) | Token::Sign(_) => {
                return Err(LogqlError::Range);
            }
        };
        self.wants("]")?;
        let after = self.stages();
        let stages = [before, after].concat();
        pipeline::check(&stages, self.scope)?;
        self.wants(")")?;
        Ok(Call {
            range,
            whole: only_scope && stages.is_empty(),
            unwraps: pipeline::unwraps(&stages),
        })
    }

    /// Everything up to the range, or to the end of the call.
    fn stages(&mut self) -> Vec<Token<'a>> {
        let start = self.at;
        let mut open = 0_usize;
        while let Some(token) = self.peek() {
            match token {
                Token::Sign("[") => break,
                Token::Sign(")") if open == 0 => break,
                Token::Sign("(") => open += 1,
                Token::Sign(")") => open -= 1,
                Token::Word("offset") if self.at == start => break,
                Token::Scope
                | Token::Word(_)
                | Token::Text(_)
                | Token::Number(_)
                | Token::Sign(_) => {}
            }
            self.at += 1;
        }
        let stages = self.tokens.get(start..self.at);
        stages.unwrap_or_default().to_vec()
    }
}
