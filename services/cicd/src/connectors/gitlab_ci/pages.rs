//! Lists over several pages, read to their end or known not to be ("REST API", pagination). Pure.

use std::collections::BTreeSet;

use http::{HeaderMap, HeaderName, header::LINK};

/// Most items of a page.
pub const PER_PAGE: usize = 100;
/// Items of a page of a server that does not obey: a page without headers that is shorter is the last.
const DEFAULT_PER_PAGE: usize = 20;
const NEXT_PAGE: HeaderName = HeaderName::from_static("x-next-page");
const TOTAL: HeaderName = HeaderName::from_static("x-total");

/// A list that was read.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    /// What was read of it.
    pub items: Vec<T>,
    /// Whether that is all of it.
    pub is_whole: bool,
}

/// What follows a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another page.
    Page,
    /// Nothing: it was the last.
    End,
    /// What can't be understood.
    Lost,
}

impl<T> Listed<T> {
    /// Nothing read yet.
    pub fn new() -> Self {
        Self {
            items: Vec::new(),
            is_whole: false,
        }
    }

    /// Adds a page. `Next::Lost` where an item of it was there before: then another one may be
    /// missing.
    pub fn add(
        &mut self,
        page: Vec<T>,
        number: usize,
        headers: &HeaderMap,
        id: fn(&T) -> u64,
    ) -> Next {
        let found = page.len();
        self.items.extend(page);
        let ids: BTreeSet<_> = self.items.iter().map(id).collect();
        if ids.len() < self.items.len() {
            return Next::Lost;
        }
        let next = next(headers, number, found);
        let total = text(headers, &TOTAL).and_then(|it| it.parse::<usize>().ok());
        match next {
            Next::End if total.is_some_and(|total| total > self.items.len()) => Next::Lost,
            Next::End | Next::Page | Next::Lost => next,
        }
    }
}

/// Totals are left out of long lists, so that only the next page tells.
fn next(headers: &HeaderMap, number: usize, found: usize) -> Next {
    if let Some(next) = text(headers, &NEXT_PAGE) {
        return match next.trim() {
            "" => Next::End,
            next if next.parse() == Ok(number + 1) => Next::Page,
            _ => Next::Lost,
        };
    }
    match text(headers, &LINK) {
        Some(links) if links.contains("rel=\"next\"") => Next::Page,
        Some(_) => Next::End,
        None if found < DEFAULT_PER_PAGE => Next::End,
        None => Next::Page,
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name).and_then(|it| it.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next_after(headers: &[(&'static str, &'static str)], found: usize) -> Next {
        let headers = headers.iter().map(|(name, value)| {
            let name = HeaderName::from_static(name);
            (name, http::HeaderValue::from_static(value))
        });
        let mut listed = Listed::new();
        let page = (0..found as u64).collect();
        listed.add(page, 1, &HeaderMap::from_iter(headers), |it| *it)
    }

    #[test]
    fn a_list_ends_only_where_it_is_said_to() {
        let link = r#"<https://h/x?page=2>; rel="next", <https://h/x?page=1>; rel="first""#;
        let last = r#"<https://h/x?page=1>; rel="first""#;
        for (headers, found, next) in [
            (&[("x-next-page", "")][..], 3, Next::End),
            (&[("x-next-page", "2")], 100, Next::Page),
            (&[("x-next-page", "2")], 3, Next::Page),
            (&[("x-next-page", "7")], 100, Next::Lost),
            (&[("x-next-page", "two")], 100, Next::Lost),
            (&[("x-next-page", ""), ("x-total", "4")], 3, Next::Lost),
            (&[("x-next-page", ""), ("x-total", "3")], 3, Next::End),
            (&[("link", link)], 100, Next::Page),
            (&[("link", last)], 100, Next::End),
            (&[], 19, Next::End),
            (&[], 20, Next::Page),
            (&[], 100, Next::Page),
        ] {
            assert_eq!(next_after(headers, found), next, "{headers:?} {found}");
        }
    }

    #[test]
    fn an_item_that_comes_twice_leaves_doubt() {
        let mut listed = Listed::new();
        let next = listed.add(vec![1, 2, 1], 1, &HeaderMap::new(), |it| *it);
        assert_eq!(next, Next::Lost);
    }
}
