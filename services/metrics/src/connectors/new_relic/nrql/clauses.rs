//! The clauses of a query.

use super::{
    MAX_GROUPS, MAX_WINDOW, NrqlError, Rows,
    lexer::Token,
    spans::{depths, seconds},
};

/// Words that begin a clause.
const KEYWORDS: [&str; 7] = [
    "select",
    "from",
    "where",
    "since",
    "facet",
    "limit",
    "timeseries",
];

/// Whether a word, in small letters, begins a clause.
pub fn is_keyword(word: &str) -> bool {
    KEYWORDS.contains(&word)
}

/// The clauses of a query, each without the word that begins it.
#[derive(Debug, Default)]
pub struct Clauses<'a> {
    pub select: &'a [Token],
    from: &'a [Token],
    wanted: &'a [Token],
    since: &'a [Token],
    facet: Option<&'a [Token]>,
    limit: Option<&'a [Token]>,
    timeseries: Option<&'a [Token]>,
}

impl<'a> Clauses<'a> {
    /// Parts a query into its clauses. Each of them may be there once, and none between parentheses but the
    /// conditions of a function.
    pub fn of(tokens: &'a [Token]) -> Result<Self, NrqlError> {
        let depths = depths(tokens)?;
        let begins = |at: &usize| {
            let outside = depths.get(*at) == Some(&0);
            outside && keyword(tokens.get(*at)).is_some()
        };
        let starts: Vec<_> = (0..tokens.len()).filter(begins).collect();
        if starts.first() != Some(&0) || !inner_words_are_plain(tokens, &depths) {
            return Err(NrqlError::Syntax);
        }
        let mut found: [Option<&[Token]>; 7] = [None; 7];
        for (nth, start) in starts.iter().enumerate() {
            let end = starts.get(nth + 1).copied().unwrap_or(tokens.len());
            let clause = tokens.get(start + 1..end).ok_or(NrqlError::Syntax)?;
            let which = keyword(tokens.get(*start)).ok_or(NrqlError::Syntax)?;
            let place = found.get_mut(which).ok_or(NrqlError::Syntax)?;
            if place.replace(clause).is_some() {
                return Err(NrqlError::Syntax);
            }
        }
        let [select, from, wanted, since, facet, limit, timeseries] = found;
        Ok(Self {
            select: select.ok_or(NrqlError::Syntax)?,
            from: from.ok_or(NrqlError::Syntax)?,
            wanted: wanted.ok_or(NrqlError::Unscoped)?,
            since: since.ok_or(NrqlError::Window)?,
            facet,
            limit,
            timeseries,
        })
    }

    /// Kinds of events, with commas between them.
    pub fn from(&self) -> Result<(), NrqlError> {
        let kinds = self.from.split(|it| *it == Token::Sign(','));
        let is_kind = |it: &[Token]| matches!(it, [Token::Word(_)]);
        match kinds.clone().all(is_kind) {
            true => Ok(()),
            false => Err(NrqlError::Syntax),
        }
    }

    /// The scope stands once in the whole query: in its conditions, outside of parentheses, with nothing but
    /// `AND` at its sides, and with no alternative beside it.
    pub fn narrowed(&self, tokens: &[Token]) -> Result<(), NrqlError> {
        if outside(tokens)?.iter().any(|it| it.is("or")) {
            return Err(NrqlError::Alternative);
        }
        let own = outside(self.wanted)?;
        let place = own.iter().position(|it| **it == Token::Scope);
        let place = place.ok_or(NrqlError::Unscoped)?;
        let all = tokens.iter().filter(|it| **it == Token::Scope).count();
        let joined = |it: Option<&&Token>| it.is_none_or(|it| it.is("and"));
        let before = place.checked_sub(1).and_then(|at| own.get(at));
        match all == 1 && joined(before) && joined(own.get(place + 1)) {
            true => Ok(()),
            false => Err(NrqlError::Unscoped),
        }
    }

    /// How far back it looks, in seconds.
    pub fn window(&self) -> Result<u32, NrqlError> {
        let [Token::Number(number), Token::Word(unit), ago] = self.since else {
            return Err(NrqlError::Window);
        };
        let seconds = seconds(number, unit).filter(|it| (1..=MAX_WINDOW).contains(it));
        seconds.filter(|_| ago.is("ago")).ok_or(NrqlError::Window)
    }

    /// What its rows are.
    pub fn rows(&self) -> Result<Rows, NrqlError> {
        let limit = match self.limit {
            None => None,
            Some([Token::Number(limit)]) => {
                let limit = limit
                    .parse()
                    .ok()
                    .filter(|it| (1..=MAX_GROUPS).contains(it));
                Some(limit.ok_or(NrqlError::Groups)?)
            }
            Some(_) => return Err(NrqlError::Groups),
        };
        match (self.facet, self.timeseries) {
            (None, None) => Ok(Rows::One),
            (Some([]), _) => Err(NrqlError::Syntax),
            (Some(_), None) => limit.map(Rows::Groups).ok_or(NrqlError::Groups),
            (Some(_), Some(_)) => Err(NrqlError::Groups),
            (None, Some([])) => Ok(Rows::Buckets),
            (None, Some([Token::Number(number), Token::Word(unit)]))
                if seconds(number, unit).is_some() =>
            {
                Ok(Rows::Buckets)
            }
            (None, Some(_)) => Err(NrqlError::Syntax),
        }
    }
}

/// What stands in no parentheses.
fn outside(tokens: &[Token]) -> Result<Vec<&Token>, NrqlError> {
    let depths = depths(tokens)?;
    let outer = tokens.iter().zip(depths).filter(|(_, depth)| *depth == 0);
    Ok(outer.map(|(token, _)| token).collect())
}

fn keyword(token: Option<&Token>) -> Option<usize> {
    KEYWORDS
        .iter()
        .position(|it| token.is_some_and(|token| token.is(it)))
}

/// Between parentheses no clause begins but the conditions of a function: no query within the query.
fn inner_words_are_plain(tokens: &[Token], depths: &[u32]) -> bool {
    let inner = tokens.iter().zip(depths).filter(|(_, depth)| **depth > 0);
    let mut begins = inner.filter_map(|(token, _)| keyword(Some(token)));
    begins.all(|which| KEYWORDS.get(which) == Some(&"where"))
}
