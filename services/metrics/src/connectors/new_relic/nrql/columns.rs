//! The columns of a query.

use super::{NrqlError, lexer::Token, spans::depths};

/// Whether a `SELECT` has the three columns that are read, and each is what its name says: a number made by a
/// function, a count, and the time of the newest event.
pub fn check(select: &[Token]) -> Result<(), NrqlError> {
    let mut columns: Vec<_> = parted(select)?
        .into_iter()
        .map(named)
        .collect::<Result<_, _>>()?;
    columns.sort_unstable_by_key(|(name, _)| *name);
    match columns.as_slice() {
        [("n", n), ("ts", ts), ("value", value)]
            if counts(n) && is_newest(ts) && value.contains(&Token::Sign('(')) =>
        {
            Ok(())
        }
        _ => Err(NrqlError::Columns),
    }
}

/// Columns, between commas that stand in no parentheses.
fn parted(select: &[Token]) -> Result<Vec<&[Token]>, NrqlError> {
    let depths = depths(select)?;
    let comma =
        |at: &usize| select.get(*at) == Some(&Token::Sign(',')) && depths.get(*at) == Some(&0);
    let mut columns = Vec::new();
    let mut start = 0;
    for end in (0..select.len()).filter(comma).chain([select.len()]) {
        columns.push(select.get(start..end).unwrap_or_default());
        start = end + 1;
    }
    Ok(columns)
}

/// What a column is called, and what it is made of.
fn named(column: &[Token]) -> Result<(&str, &[Token]), NrqlError> {
    match column {
        [made @ .., named, Token::Text(name)] if named.is("as") => Ok((name, made)),
        _ => Err(NrqlError::Columns),
    }
}

/// One call and nothing beside it: what is added to a count was not counted.
fn counts(column: &[Token]) -> bool {
    let [function, inner @ .., Token::Sign(')')] = column else {
        return false;
    };
    let counts = function.is("count") || function.is("sum");
    let opens = inner.first() == Some(&Token::Sign('('));
    let depths = depths(column).unwrap_or_default();
    let within = |at: usize| depths.get(at).is_some_and(|depth| *depth > 0);
    counts && opens && (2..column.len() - 1).all(within)
}

fn is_newest(column: &[Token]) -> bool {
    match column {
        [function, Token::Sign('('), of, Token::Sign(')')] => {
            (function.is("latest") || function.is("max")) && of.is("timestamp")
        }
        _ => false,
    }
}
