//! An answer over several pages. Pure.

use super::found::{Found, Number, Whole};

/// Most pages that are read.
pub const MAX_PAGES: usize = 5;

// === impl Found ===

impl Found {
    /// The same, with a further page: counts and lines are added up, and it is whole only where
    /// every page says so. A page without a count is one that is missing.
    pub fn with_page(self, page: Self) -> Self {
        let scope = self.scope.worse(page.scope);
        let both = self.numbers.as_ref().ok().zip(page.numbers.as_ref().ok());
        let sum = both.and_then(|(before, after)| sum(before.iter().chain(after)));
        let Some(sum) = sum else {
            return Self { scope, ..self }.cut_short();
        };
        let lines = match (&self.lines, &page.lines) {
            (Some(one), Some(other)) => sum_of(one, other),
            (Some(_), None) | (None, Some(_)) | (None, None) => None,
        };
        Self {
            numbers: Ok(vec![sum]),
            time: self.time.later(page.time),
            whole: match self.whole {
                Whole::Said => page.whole,
                Whole::NotSaid | Whole::Undeclared => self.whole,
            },
            lines,
            scope,
            cut: self.cut || page.cut,
        }
    }

    /// The same, where a page is missing.
    pub fn cut_short(self) -> Self {
        Self { cut: true, ..self }
    }
}

fn sum_of(one: &Number, other: &Number) -> Option<Number> {
    sum([one, other].into_iter())
}

fn sum<'a>(numbers: impl Iterator<Item = &'a Number>) -> Option<Number> {
    let values: Option<Vec<_>> = numbers.map(Number::value).collect();
    Some(Number::of(&values?.iter().sum()))
}
