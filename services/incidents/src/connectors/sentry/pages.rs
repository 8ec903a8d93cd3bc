//! Lists over several pages ("Paginating Results"). Pure.
//!
//! A link to a next page stands on the last one as well: only its `results` tells whether there is one.

use http::{HeaderMap, header::LINK};

/// Longest cursor that is sent back.
const MAX_CURSOR: usize = 200;

/// What follows a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The page at this cursor.
    Page(String),
    /// Nothing: it was the last.
    End,
    /// What can't be understood.
    Lost,
}

/// What follows the page that has these headers.
pub fn next(headers: &HeaderMap) -> Next {
    let mut values = headers.get_all(LINK).iter();
    let value = values.next().filter(|_| values.next().is_none());
    let text = value.and_then(|it| it.to_str().ok()).unwrap_or_default();
    let mut links = text.split('<').skip(1);
    let Some(link) = links.find(|it| parameter(it, "rel") == Some("next")) else {
        return Next::Lost;
    };
    let is_cursor = |it: &&str| (1..=MAX_CURSOR).contains(&it.len());
    match (parameter(link, "results"), parameter(link, "cursor")) {
        (Some("false"), _) => Next::End,
        (Some("true"), Some(cursor)) if is_cursor(&cursor) => Next::Page(cursor.to_owned()),
        (_, _) => Next::Lost,
    }
}

/// A parameter of a link, less its quotes.
fn parameter<'a>(link: &'a str, name: &str) -> Option<&'a str> {
    let (_, parameters) = link.split_once('>')?;
    let mut parameters = parameters.split(';').map(|it| it.trim_matches([' ', ',']));
    let value = parameters.find_map(|it| it.strip_prefix(name)?.strip_prefix('='))?;
    value.strip_prefix('"')?.strip_suffix('"')
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn after(text: &'static str) -> Next {
        next(&HeaderMap::from_iter([(
            LINK,
            HeaderValue::from_static(text),
        )]))
    }

    #[test]
    fn only_results_tell_whether_there_is_another_page() {
        let previous =
            r#"<https://h/x?a=1,2&cursor=0:0:1>; rel="previous"; results="false"; cursor="0:0:1""#;
        let whole = |next: &str| -> &'static str { format!("{previous}, {next}").leak() };
        for (link, found) in [
            (
                r#"<https://h/x?cursor=0:100:0>; rel="next"; results="true"; cursor="0:100:0""#,
                Next::Page("0:100:0".to_owned()),
            ),
            (
                r#"<https://h/x>; results="false"; rel="next"; cursor="0:100:0""#,
                Next::End,
            ),
            (r#"<https://h/x>; rel="next"; cursor="0:100:0""#, Next::Lost),
            (r#"<https://h/x>; rel="next"; results="true""#, Next::Lost),
            (
                r#"<https://h/x>; rel="next"; results="true"; cursor="""#,
                Next::Lost,
            ),
            (
                r#"<https://h/x>; rel="next"; results="maybe"; cursor="1""#,
                Next::Lost,
            ),
            ("", Next::Lost),
        ] {
            assert_eq!(after(whole(link)), found, "{link}");
        }
        assert_eq!(next(&HeaderMap::new()), Next::Lost);
    }
}
