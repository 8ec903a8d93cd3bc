//! Lists over several pages. Pure.

use url::Url;

/// Most items of a page.
pub const PER_PAGE: u32 = 100;
/// Beyond this the API lists nothing.
const MAX_ITEMS: u32 = 20_000;

/// What follows a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// The page at this offset.
    Page(u32),
    /// Nothing: it was the last.
    End,
    /// What can't be understood, or is not listed any more.
    Lost,
}

/// What follows the page at an offset. Of a link to the next one only its offset is used: where it leads
/// to otherwise is never asked.
pub fn next(link: Option<&str>, offset: u32) -> Next {
    let Some(link) = link else {
        return Next::End;
    };
    let found = offset_of(link).filter(|it| *it > offset);
    match found {
        Some(next) if next.saturating_add(PER_PAGE) <= MAX_ITEMS => Next::Page(next),
        Some(_) | None => Next::Lost,
    }
}

fn offset_of(link: &str) -> Option<u32> {
    // A link may begin with its path.
    let base = Url::parse("https://api.example.com").ok()?;
    let url = base.join(link).ok()?;
    let mut pairs = url.query_pairs().filter(|(key, _)| key == "offset");
    let (_, value) = pairs.next().filter(|_| pairs.next().is_none())?;
    value.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_offset_of_a_link_counts() {
        let (end, lost) = (Next::End, Next::Lost);
        for (link, offset, found) in [
            (None, 0, end),
            (
                Some("https://elsewhere.example/v2/alerts?limit=100&offset=100"),
                0,
                Next::Page(100),
            ),
            (
                Some("/jsm/ops/api/x/v1/alerts?offset=200&size=100"),
                100,
                Next::Page(200),
            ),
            (Some("?offset=20"), 0, Next::Page(20)),
            (Some("?offset=100"), 100, lost),
            (Some("?offset=0"), 100, lost),
            (Some("?offset=19900"), 19_800, Next::Page(19_900)),
            (Some("?offset=19901"), 19_800, lost),
            (Some("?offset=-1"), 0, lost),
            (Some("?offset=4294967296"), 0, lost),
            (Some("?offset=1&offset=2"), 0, lost),
            (Some("?page=2"), 0, lost),
            (Some(""), 0, lost),
        ] {
            assert_eq!(next(link, offset), found, "{link:?}");
        }
    }
}
