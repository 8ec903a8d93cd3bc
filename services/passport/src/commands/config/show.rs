//! `passport config show`.

use std::path::Path;

use passport_evidence::json;
use passport_service_kit::config::{Report, load};
use passport_service_kit::process::Configuration;
use serde::{Deserialize, Serialize};

use super::{Session, show_problems};
use crate::client::{Gateway, protocol};
use crate::connectors::checks;
use crate::exit::{Exit, Fault};
use crate::output::{Block, Page, Show};

const WHAT: &str = "ask which configuration is in use";

pub async fn run(file: Option<&Path>, session: &Session) -> Result<Exit, Fault> {
    let expected = match file.map(Expected::read).transpose() {
        Ok(expected) => expected,
        Err((file, report)) => {
            show_problems(file, report, session)?;
            return Ok(Exit::Wrong);
        }
    };
    let gateway = Gateway::connect(&session.global).await?;
    let told = gateway.readiness(WHAT).await?;
    let told: Told = serde_json::from_slice(told.body()).map_err(|error| protocol(WHAT, error))?;
    let shown = Shown::new(told.configuration, expected);
    session.show(&shown)?;
    Ok(match shown.is_as_it_should_be() {
        true => Exit::Answered,
        false => Exit::Otherwise,
    })
}

/// What is read of `/readyz`.
#[derive(Debug, Deserialize)]
struct Told {
    configuration: Configuration,
}

/// The file that should be in use.
struct Expected {
    file: String,
    digest: String,
}

/// What is in use, beside what should be.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(rename = "inUse")]
    in_use: Configuration,
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<Compared>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Compared {
    file: String,
    digest: String,
    is_in_use: bool,
}

// === impl Expected ===

impl Expected {
    fn read(file: &Path) -> Result<Self, (&Path, Report)> {
        let loaded = load(file, &checks()).map_err(|report| (file, report))?;
        Ok(Self {
            file: file.display().to_string(),
            digest: format!("sha256:{}", loaded.digest),
        })
    }
}

// === impl Shown ===

impl Shown {
    fn new(in_use: Configuration, expected: Option<Expected>) -> Self {
        let file = expected.map(|it| Compared {
            is_in_use: it.digest == in_use.digest,
            file: it.file,
            digest: it.digest,
        });
        Self { in_use, file }
    }

    /// A newer file that was refused is to be mended, whatever is in use.
    fn is_as_it_should_be(&self) -> bool {
        self.in_use.refused.is_none() && self.file.as_ref().is_none_or(|it| it.is_in_use)
    }
}

impl Show for Shown {
    fn page(&self) -> Page {
        let since = json::time(self.in_use.since);
        let mut lines = vec![format!("{} is in use since {since}", self.in_use.digest)];
        lines.extend(self.in_use.refused.as_ref().map(|it| {
            let problems = match it.problems {
                1 => "1 problem".to_owned(),
                several => format!("{several} problems"),
            };
            let at = json::time(it.at);
            format!(
                "a newer file was refused at {at} for {problems}: the log there names them, as does \
                 `passport config check`"
            )
        }));
        lines.extend(self.file.as_ref().map(|it| match it.is_in_use {
            true => format!("{} is the one in use", it.file),
            false => format!("{} is another: {}", it.file, it.digest),
        }));
        Page(lines.into_iter().map(Block::Line).collect())
    }
}
