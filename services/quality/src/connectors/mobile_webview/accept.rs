//! From an upload to what is kept of it.

use std::{collections::BTreeSet, fmt::Write as _};

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use passport_connector_sdk::{
    Accepted, Delivery, Object, Rejected, SenderReply, signature::SigningSecrets,
};
use sha2::{Digest, Sha256};

use super::{
    manifest::{self, File, Kind, Manifest},
    multipart::{self, Part},
    parts::{self, Images},
    settings::Platform,
    summary::{Flaw, Summary},
};

/// Most bytes of all parts and what is between them.
const MAX_BYTES: usize = 100 * 1024 * 1024;
/// Most bytes of one file.
const MAX_FILE: usize = 20 * 1024 * 1024;
/// How far ahead of the clock a run may end. From a minute on nothing of it passes.
const AHEAD: TimeDelta = TimeDelta::seconds(300);
/// Name of the part that lists the others.
const MANIFEST: &str = "manifest.json";

/// What a source takes.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Whose bundles.
    pub producer: String,
    /// What they ran on.
    pub platform: Platform,
    /// Hosts that may be named.
    pub hosts: BTreeSet<String>,
    /// What they are signed with; `None`: the ingest token alone lets them in.
    pub signing: Option<SigningSecrets>,
    /// How long they are of use.
    pub keep_for: TimeDelta,
}

/// Why a bundle is not taken. Sending it again would not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Too many bytes.
    #[error("a file over 20 MiB, or over 100 MiB together")]
    TooLarge,
    /// Too many parts.
    #[error("over 500 files")]
    TooMany,
    /// Not of parts that can be read in one way only.
    #[error("not one multipart/form-data body with every part named once")]
    Form,
    /// None, or none that can be read.
    #[error("no manifest.json of schemaVersion 1 with producer, build, run and files")]
    Manifest,
    /// A name that the manifest does not list, lists twice, or that no file may have.
    #[error("a file that the manifest does not list once under a flat name")]
    Name,
    /// Of another producer or platform.
    #[error("a bundle of another producer or platform than this source's")]
    OtherScope,
    /// It ended after it came in.
    #[error("a run that ends over 300 seconds ahead of the clock")]
    Ahead,
}

// === impl Inbox ===

impl Inbox {
    /// Judges a delivery: its signature over the bytes as they came, and only then what is in it.
    pub fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        if let Some(signing) = &self.signing {
            signing.verify_standard(delivery)?;
        }
        self.taken(delivery).map_err(Unusable::rejected)
    }

    fn taken(&self, delivery: &Delivery) -> Result<Accepted, Unusable> {
        let summary = self.summary(delivery)?;
        let record = serde_json::to_vec(&summary).map_err(|_| Unusable::Manifest)?;
        Ok(Accepted {
            // The id of the run is among these bytes.
            idempotency_key: hex::encode(Sha256::digest(&delivery.body)),
            records: vec![record.into()],
            keep_for: self.keep_for,
            reply: SenderReply::new(
                StatusCode::ACCEPTED,
                "text/plain; charset=utf-8",
                answer(&summary),
            ),
        })
    }

    fn summary(&self, delivery: &Delivery) -> Result<Summary, Unusable> {
        if delivery.body.len() > MAX_BYTES {
            return Err(Unusable::TooLarge);
        }
        let parts = multipart::read(&delivery.headers, &delivery.body)?;
        if parts.iter().any(|it| it.body.len() > MAX_FILE) {
            return Err(Unusable::TooLarge);
        }
        let listing = parts.iter().find(|it| it.name == MANIFEST);
        let manifest = manifest::read(listing.ok_or(Unusable::Manifest)?.body)?;
        self.check(&manifest, delivery.received_at)?;
        all_listed(&manifest, &parts)?;
        let mut summary = manifest.summary();
        let mut images = Images::default();
        for is_image in [true, false] {
            let of_kind = |it: &&Object<File>| (it.kind == Kind::Screenshot) == is_image;
            for file in manifest.files.iter().filter(of_kind) {
                let part = parts.iter().find(|it| it.name == file.name);
                self.add(&mut summary, file, part, &mut images);
            }
        }
        Ok(summary)
    }

    fn check(&self, manifest: &Manifest, received_at: DateTime<Utc>) -> Result<(), Unusable> {
        let build = &manifest.build;
        if manifest.producer != self.producer || build.platform != self.platform {
            return Err(Unusable::OtherScope);
        }
        match manifest.run.finished_at > received_at + AHEAD {
            true => Err(Unusable::Ahead),
            false => Ok(()),
        }
    }

    /// Notes what one file says. One with other bytes than its digest is not read. Images come before the pairs that
    /// they are of.
    fn add(
        &self,
        summary: &mut Summary,
        file: &File,
        part: Option<&Part<'_>>,
        images: &mut Images,
    ) {
        summary.files.listed += 1;
        images.are_listed |= file.kind == Kind::Screenshot;
        let Some(part) = part else {
            summary.files.missing += 1;
            return summary.flaw(file.kind, Flaw::Missing);
        };
        if hex::encode(Sha256::digest(part.body)) != file.sha256 {
            return summary.flaw(file.kind, Flaw::Altered);
        }
        summary.files.matching += 1;
        parts::add(summary, file, part.body, &self.hosts, images);
    }
}

/// Nothing may be in a bundle that its manifest does not vouch for.
fn all_listed(manifest: &Manifest, parts: &[Part<'_>]) -> Result<(), Unusable> {
    let is_listed = |name: &str| manifest.files.iter().any(|it| it.name == name);
    let mut names = parts.iter().map(|it| it.name);
    match names.all(|name| name == MANIFEST || is_listed(name)) {
        true => Ok(()),
        false => Err(Unusable::Name),
    }
}

/// What the sender gets: where requests failed, by hosts that may be named.
fn answer(summary: &Summary) -> String {
    let mut answer = "the bundle is kept".to_owned();
    for (host, failed) in &summary.network.found.failed_at {
        // Writing to a text does not fail.
        let _ = write!(answer, "; requests to {host} that failed: {failed}");
    }
    answer
}

// === impl Unusable ===

impl Unusable {
    fn rejected(self) -> Rejected {
        let status = match self {
            Self::TooLarge | Self::TooMany => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Form => StatusCode::BAD_REQUEST,
            Self::Manifest | Self::Name | Self::OtherScope | Self::Ahead => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
        };
        let why = self.to_string().into_bytes();
        Rejected::with(SenderReply::new(status, "text/plain; charset=utf-8", why))
    }
}
