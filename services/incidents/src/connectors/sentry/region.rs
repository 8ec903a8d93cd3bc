//! Where an organization lies. Pure.

use passport_connector_sdk::CollectError;
use passport_evidence::FailureCode;
use url::Url;

use super::model::Organization;

/// The older name of the region in the United States, which still answers for it.
const SENTRY: &str = "https://sentry.io";
const UNITED_STATES: &str = "https://us.sentry.io";

/// Regions, and what to do about one.
const REGIONS: [(&str, &str); 2] = [
    (
        "https://de.sentry.io",
        "the organization lies in another region; set `endpoint: https://de.sentry.io`",
    ),
    (
        UNITED_STATES,
        "the organization lies in another region; set `endpoint: https://us.sentry.io`",
    ),
];
const ELSEWHERE: &str = "the organization lies at another address than the endpoint; set the one that its \
                         settings show";

/// Fails where the organization says that it lies elsewhere. That address is never asked.
pub fn check(endpoint: &Url, organization: &Organization) -> Result<(), CollectError> {
    let links = organization.links.as_ref();
    let told = links.and_then(|it| it.region_url.as_deref());
    let Some(region) = told.and_then(|it| Url::parse(it).ok()) else {
        return Ok(());
    };
    let (own, other) = (origin(endpoint), origin(&region));
    if own == other || (own == SENTRY && other == UNITED_STATES) {
        return Ok(());
    }
    let known = REGIONS.iter().find(|(it, _)| *it == other);
    let advice = known.map_or(ELSEWHERE, |(_, advice)| advice);
    Err(CollectError::new(FailureCode::NotFound).advising(advice))
}

fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

#[cfg(test)]
mod tests {
    use passport_connector_sdk::Object;

    use super::*;
    use crate::connectors::sentry::model::Links;

    fn advice(endpoint: &str, region: Option<&str>) -> Option<&'static str> {
        let links = Links {
            region_url: region.map(str::to_owned),
        };
        let organization = Organization {
            access: None,
            links: Some(Object(links)),
        };
        let checked = check(&Url::parse(endpoint).unwrap(), &organization);
        checked.err().map(|it| it.advice())
    }

    #[test]
    fn another_region_is_told_and_the_same_one_is_not() {
        let sentry = "https://sentry.io";
        let same = [
            (sentry, Some("https://us.sentry.io")),
            (sentry, Some(sentry)),
            (sentry, None),
            ("https://s.example/sentry", Some("https://s.example")),
            ("https://s.example", Some("not an address")),
        ];
        for (endpoint, region) in same {
            assert_eq!(advice(endpoint, region), None, "{endpoint} {region:?}");
        }
        let german = advice(sentry, Some("https://de.sentry.io")).unwrap();
        assert!(german.contains("https://de.sentry.io"));
        let other = advice("https://us.sentry.io", Some("https://x.example/secret"));
        assert_eq!(other, Some(ELSEWHERE));
        assert!(advice("https://de.sentry.io", Some("https://us.sentry.io")).is_some());
    }
}
