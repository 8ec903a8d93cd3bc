//! What the files of a bundle say. What they hold of headers, cookies, addresses and texts is passed
//! over while they are read.

mod console;
mod images;
mod network;
mod playwright;
mod screenshots;

use std::collections::BTreeSet;

use passport_connector_sdk::Object;
use serde::de::DeserializeOwned;

pub use images::Images;

use super::{
    manifest::{File, Kind},
    summary::{Flaw, Summary},
};
use crate::strict_json::{self, Bounds, Refused};

/// Adds what a file says to what others of the bundle said.
pub fn add(
    summary: &mut Summary,
    file: &File,
    body: &[u8],
    hosts: &BTreeSet<String>,
    images: &mut Images,
) {
    let added = match file.kind {
        Kind::PlaywrightJson => playwright::add(&mut summary.tests, body),
        Kind::Har => network::add(&mut summary.network, body, hosts),
        Kind::ScreenshotDiff => screenshots::add(&mut summary.screenshots, body, images),
        Kind::Screenshot => images.add(&file.sha256, body),
        Kind::Console => console::add(&mut summary.console, body),
    };
    if let Err(flaw) = added {
        summary.flaw(file.kind, flaw);
    }
}

/// One JSON object that can be read in one way only.
fn object<T: DeserializeOwned>(text: &[u8], bounds: &Bounds) -> Result<T, Flaw> {
    let text = strict_json::document(text, bounds).map_err(|refused| match refused {
        Refused::NotStrict => Flaw::Shape,
        Refused::TooMany => Flaw::Partial,
    })?;
    let read: Result<Object<T>, _> = serde_json::from_slice(text);
    read.map(|it| it.0).map_err(|_| Flaw::Shape)
}
