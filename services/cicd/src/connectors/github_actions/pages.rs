//! Where a person can look.

use url::Url;

use super::{model::Run, settings::ScopeSettings};

/// The site that belongs to an API.
#[derive(Debug, Clone)]
pub struct Pages(Url);

// === impl Pages ===

impl Pages {
    /// Of GitHub, of a tenant with data residency, or of an Enterprise Server, each as their pages "Using
    /// the REST API" name it; `None` for any other address.
    pub fn of(endpoint: &str) -> Option<Self> {
        let mut site = Url::parse(endpoint).ok()?;
        let host = site.host_str()?.to_owned();
        let path = site.path().trim_end_matches('/').to_owned();
        match host.strip_prefix("api.") {
            Some(of_api) if path.is_empty() && is_of_github(of_api) => {
                site.set_host(Some(of_api)).ok()?;
            }
            _ => path
                .strip_suffix("/api/v3")
                .map(|above| site.set_path(above))?,
        }
        Some(Self(site))
    }

    /// The page of an attempt of a run.
    pub fn run(&self, scope: &ScopeSettings, run: &Run) -> Option<String> {
        let (id, attempt) = (run.id.to_string(), run.run_attempt.to_string());
        let path = ["actions", "runs", &id, "attempts", &attempt];
        let mut page = self.0.clone();
        page.path_segments_mut()
            .ok()?
            .pop_if_empty()
            .extend([scope.owner.as_str(), &scope.repo])
            .extend(path);
        Some(page.into())
    }
}

fn is_of_github(host: &str) -> bool {
    host == "github.com" || host.ends_with(".ghe.com")
}
