//! SARIF 2.1.0 as Trivy writes it: one run, severities in the tags of its rules, packages in the
//! text of its results.

mod rules;

use serde::{Deserialize, de::IgnoredAny};

use super::{Names, Unusable};
use crate::connectors::trivy::{
    severity::Severity,
    summary::{ArtifactKind, Format, PackageClass, Summary, Wholeness},
    tally::{Fix, Tally, Vulnerability},
};
use rules::Rules;

/// A report.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Log {
    version: String,
    runs: Vec<Run>,
    inline_external_properties: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    results: Option<Vec<Found>>,
    properties: Option<Image>,
    invocations: Option<Vec<Invocation>>,
    external_property_file_references: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: Option<bool>,
}

#[derive(Deserialize)]
struct Tool {
    driver: Driver,
}

#[derive(Deserialize)]
struct Driver {
    name: String,
    rules: Option<Vec<Rule>>,
}

/// What Trivy says of an image; left out for all else.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Image {
    image_name: Option<String>,
    repo_tags: Option<Vec<String>>,
    repo_digests: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Rule {
    id: Option<String>,
    name: Option<String>,
    properties: Option<RuleProperties>,
}

#[derive(Deserialize)]
struct RuleProperties {
    tags: Option<Vec<String>>,
    #[serde(rename = "security-severity")]
    score: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Found {
    rule_id: Option<String>,
    rule_index: Option<i64>,
    message: Option<Message>,
    locations: Option<Vec<Location>>,
}

#[derive(Deserialize)]
struct Message {
    text: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: Option<PhysicalLocation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: Option<ArtifactLocation>,
}

#[derive(Deserialize)]
struct ArtifactLocation {
    uri: Option<String>,
}

/// What a rule says of its findings.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Meaning {
    kind: Kind,
    severity: Option<Severity>,
}

/// What a rule finds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Vulnerability(Option<PackageClass>),
    Misconfiguration,
    Secret,
    License,
}

/// What is not told may be anything: it counts as a vulnerability of any severity.
const UNTOLD: Meaning = Meaning {
    kind: Kind::Vulnerability(None),
    severity: None,
};

/// Reads a report about an artifact.
pub fn summary(log: &Log, artifact: &str) -> Result<Summary, Unusable> {
    let [run] = log.runs.as_slice() else {
        return Err(Unusable::Form);
    };
    if log.version != "2.1.0" {
        return Err(Unusable::Form);
    }
    if run.tool.driver.name != "Trivy" {
        return Err(Unusable::OtherScanner);
    }
    let names = run.names();
    names.check(artifact)?;
    let mut summary = Summary {
        format: Format::Sarif,
        artifact: match names.artifact {
            Some(_) => ArtifactKind::Image,
            None => ArtifactKind::Untold,
        },
        ..Summary::default()
    };
    names.write_digests(artifact, &mut summary)?;
    run.count(&mut summary);
    if log.inline_external_properties.is_some() || !run.is_whole() {
        summary.wholeness = Wholeness::Partial;
    }
    Ok(summary)
}

/// The rest of the line that begins with a word and a colon.
fn line<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    text.lines()
        .find_map(|line| line.strip_prefix(word)?.strip_prefix(':'))
        .map(str::trim)
}

// === impl Run ===

impl Run {
    fn names(&self) -> Names<'_> {
        let image = self.properties.as_ref();
        Names {
            artifact: image.and_then(|it| it.image_name.as_deref()),
            tags: image
                .and_then(|it| it.repo_tags.as_deref())
                .unwrap_or_default(),
            digests: image
                .and_then(|it| it.repo_digests.as_deref())
                .unwrap_or_default(),
            // Nothing else has these properties.
            is_container_image: true,
        }
    }

    /// Whether all that the scan found is listed here.
    fn is_whole(&self) -> bool {
        let mut invocations = self.invocations.iter().flatten();
        self.results.is_some()
            && self.external_property_file_references.is_none()
            && invocations.all(|it| it.execution_successful == Some(true))
    }

    fn count(&self, summary: &mut Summary) {
        let rules = self.tool.driver.rules.as_deref().unwrap_or_default();
        let results = self.results.as_deref().unwrap_or_default();
        summary.has_results = !rules.is_empty() || !results.is_empty();
        for rule in rules {
            if let Kind::Vulnerability(class) = rule.meaning().kind {
                summary.packages.extend(class);
            }
        }
        let mut rules = Rules::new(rules);
        let mut tally = Tally::default();
        for result in results {
            let meaning = rules.meaning_of(result);
            match meaning.kind {
                Kind::Vulnerability(_) => tally.add(result.vulnerability(meaning.severity)),
                Kind::Misconfiguration => summary.misconfigurations.add(meaning.severity),
                Kind::Secret => summary.secrets += 1,
                Kind::License => {}
            }
        }
        tally.into_summary(summary);
        if rules.contradict() {
            summary.wholeness = Wholeness::Contradictory;
        }
    }
}

// === impl Rule ===

impl Rule {
    fn meaning(&self) -> Meaning {
        Meaning {
            kind: self.kind(),
            severity: self.severity(),
        }
    }

    fn kind(&self) -> Kind {
        match self.name.as_deref() {
            Some("OsPackageVulnerability") => Kind::Vulnerability(Some(PackageClass::OsPkgs)),
            // The second is the word of older versions.
            Some("LanguageSpecificPackageVulnerability" | "ProgrammingLanguageVulnerability") => {
                Kind::Vulnerability(Some(PackageClass::LangPkgs))
            }
            Some("Misconfiguration") => Kind::Misconfiguration,
            Some("Secret") => Kind::Secret,
            Some("License") => Kind::License,
            Some(_) | None => Kind::Vulnerability(None),
        }
    }

    /// From the last tag, else from the score; never from the level, which joins two of them.
    fn severity(&self) -> Option<Severity> {
        let properties = self.properties.as_ref()?;
        let last = properties.tags.as_ref().and_then(|tags| tags.last());
        let tagged = last.and_then(|tag| Severity::read(tag));
        tagged.or_else(|| Severity::of_score(properties.score.as_deref()?))
    }
}

// === impl Found ===

impl Found {
    fn vulnerability(&self, severity: Option<Severity>) -> Vulnerability<'_> {
        let text = self.message.as_ref().and_then(|it| it.text.as_deref());
        let said = |word| text.and_then(|text| line(text, word));
        Vulnerability {
            severity,
            id: self.rule_id.as_deref().unwrap_or_default(),
            package: said("Package").unwrap_or_default(),
            installed: said("Installed Version").unwrap_or_default(),
            target: self.place().unwrap_or_default(),
            fix: match said("Fixed Version") {
                Some("") => Fix::Missing,
                Some(_) => Fix::Exists,
                None => Fix::Untold,
            },
        }
    }

    fn place(&self) -> Option<&str> {
        let first = self.locations.as_ref()?.first()?;
        let place = first.physical_location.as_ref()?;
        place.artifact_location.as_ref()?.uri.as_deref()
    }
}
