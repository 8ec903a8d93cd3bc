//! By which labels numbers are told apart.

use super::{LogqlError, lexer::Token, parser::Parser};

/// Most labels of one grouping: each combination of values is a series.
const MAX_GROUPING: usize = 3;

impl Parser<'_> {
    /// `by (a, b)`; tells whether it was there.
    pub(super) fn grouping(&mut self) -> Result<bool, LogqlError> {
        match self.peek() {
            Some(Token::Word("by")) => self.at += 1,
            Some(Token::Word("without")) => return Err(LogqlError::ManyLabels),
            Some(_) | None => return Ok(false),
        }
        self.wants("(")?;
        let mut labels = 0;
        while !self.takes(")") {
            if labels > 0 {
                self.wants(",")?;
            }
            let Token::Word(_) = self.next()? else {
                return Err(LogqlError::Syntax);
            };
            labels += 1;
        }
        if labels > MAX_GROUPING {
            return Err(LogqlError::ManyLabels);
        }
        Ok(labels > 0)
    }
}
