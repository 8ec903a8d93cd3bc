//! What stands between braces.

use super::{LogqlError, lexer::Token, parser::Parser};

impl Parser<'_> {
    /// `{${scope}, …}`; tells whether there is nothing beside the scope.
    pub(super) fn selector(&mut self) -> Result<bool, LogqlError> {
        if !self.takes("{") {
            return Err(LogqlError::Syntax);
        }
        let (mut scoped, mut others) = (0, 0);
        while !self.takes("}") {
            if scoped + others > 0 {
                self.wants(",")?;
            }
            match self.next()? {
                Token::Scope => scoped += 1,
                Token::Word(label) => {
                    self.matcher(label)?;
                    others += 1;
                }
                Token::Text(_) | Token::Number(_) | Token::Sign(_) => {
                    return Err(LogqlError::Syntax);
                }
            }
        }
        match scoped {
            0 => Err(LogqlError::Unscoped),
            1 => Ok(others == 0),
            _ => Err(LogqlError::Overridden),
        }
    }

    fn matcher(&mut self, label: &str) -> Result<(), LogqlError> {
        if self.scope.contains_key(label) {
            return Err(LogqlError::Overridden);
        }
        match (self.next()?, self.next()?) {
            (Token::Sign("=" | "!=" | "=~" | "!~"), Token::Text(_)) => Ok(()),
            _ => Err(LogqlError::Syntax),
        }
    }
}
