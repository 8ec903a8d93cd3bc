//! Finds what a query selects, and refuses ways to answer with something else.

use promql_parser::parser::{
    BinaryExpr, Expr, VectorSelector,
    token::{T_DIV, T_LOR},
};

use super::TemplateError;

/// The selectors of a query.
#[derive(Debug, Default)]
pub struct Found {
    /// Those that it has no answer without, in the order of the text.
    pub required: Vec<VectorSelector>,
    /// Those before a fallback to zero: where they select nothing, that is zero.
    pub optional: Vec<VectorSelector>,
}

/// All selectors. `zero_fallback` allows a numerator that is missing to count as zero.
pub fn selectors(expr: &Expr, zero_fallback: bool) -> Result<Found, TemplateError> {
    let mut found = Found::default();
    found.visit(expr, zero_fallback)?;
    Ok(found)
}

impl Found {
    fn visit(&mut self, expr: &Expr, zero_fallback: bool) -> Result<(), TemplateError> {
        let mut inner = |expr: &Expr| self.visit(expr, zero_fallback);
        match expr {
            Expr::Aggregate(aggregate) => {
                aggregate.param.as_deref().map_or(Ok(()), &mut inner)?;
                inner(&aggregate.expr)
            }
            Expr::Unary(unary) => inner(&unary.expr),
            Expr::Paren(paren) => inner(&paren.expr),
            Expr::Subquery(subquery) if subquery.offset.is_some() || subquery.at.is_some() => {
                Err(TemplateError::Past)
            }
            Expr::Subquery(subquery) => inner(&subquery.expr),
            Expr::Call(call) => call
                .args
                .args
                .iter()
                .try_for_each(|argument| inner(argument)),
            Expr::Binary(binary) if binary.op.id() == T_LOR => Err(TemplateError::Alternative),
            Expr::Binary(binary) => self.binary(binary, zero_fallback),
            Expr::VectorSelector(selector) => self.present(selector),
            Expr::MatrixSelector(matrix) => self.present(&matrix.vs),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Ok(()),
            Expr::Extension(_) => Err(TemplateError::Syntax),
        }
    }

    fn binary(&mut self, binary: &BinaryExpr, zero_fallback: bool) -> Result<(), TemplateError> {
        let divides = zero_fallback && binary.op.id() == T_DIV;
        let Some(numerator) = fallback(&binary.lhs).filter(|_| divides) else {
            self.visit(&binary.lhs, zero_fallback)?;
            return self.visit(&binary.rhs, zero_fallback);
        };
        // Over arithmetic one missing part would make the whole of it zero.
        if computes(numerator) {
            return Err(TemplateError::Alternative);
        }
        let mut counted = Self::default();
        counted.visit(numerator, false)?;
        self.optional.append(&mut counted.required);
        let before = self.required.len();
        self.visit(&binary.rhs, zero_fallback)?;
        // Without a denominator that can be missing the whole query falls back.
        if self.required.len() == before {
            return Err(TemplateError::Alternative);
        }
        Ok(())
    }

    /// A selector of another time than now answers with data that the probe says nothing about.
    fn present(&mut self, selector: &VectorSelector) -> Result<(), TemplateError> {
        if selector.offset.is_some() || selector.at.is_some() {
            return Err(TemplateError::Past);
        }
        self.required.push(selector.clone());
        Ok(())
    }
}

/// What falls back in `… or vector(0)`, in any number of parentheses.
fn fallback(expr: &Expr) -> Option<&Expr> {
    let Expr::Binary(binary) = bare(expr) else {
        return None;
    };
    let to_zero = binary.op.id() == T_LOR && is_constant_vector(&binary.rhs);
    to_zero.then_some(&binary.lhs)
}

/// `vector(0)`, in any number of parentheses.
fn is_constant_vector(expr: &Expr) -> bool {
    let Expr::Call(call) = bare(expr) else {
        return false;
    };
    let zero = |it: &Expr| matches!(it, Expr::NumberLiteral(number) if number.val == 0.0);
    call.func.name == "vector" && call.args.args.iter().all(|argument| zero(argument))
}

fn bare(mut expr: &Expr) -> &Expr {
    while let Expr::Paren(paren) = expr {
        expr = &paren.expr;
    }
    expr
}

/// Whether any arithmetic is in it.
fn computes(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(_) => true,
        Expr::Aggregate(aggregate) => {
            aggregate.param.as_deref().is_some_and(computes) || computes(&aggregate.expr)
        }
        Expr::Unary(unary) => computes(&unary.expr),
        Expr::Paren(paren) => computes(&paren.expr),
        Expr::Subquery(subquery) => computes(&subquery.expr),
        Expr::Call(call) => call.args.args.iter().any(|argument| computes(argument)),
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => false,
    }
}
