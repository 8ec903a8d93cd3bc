//! Pairs of screenshots that a comparator of the sender compared.

use passport_connector_sdk::Object;
use serde::Deserialize;

use crate::{
    connectors::mobile_webview::{
        facts::PARTS,
        parts::Images,
        summary::{Flaw, Of, Screenshots},
    },
    strict_json::Bounds,
};

#[derive(Deserialize)]
struct Pairs {
    pairs: Vec<Object<Pair>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pair {
    /// Null where there was nothing to compare with.
    baseline_sha256: Option<String>,
    actual_sha256: String,
    width: u32,
    height: u32,
    /// Size of the baseline, where the comparator tells it.
    baseline_width: Option<u32>,
    baseline_height: Option<u32>,
    diff_pixels: u64,
    /// Pixels that were masked.
    ignored_pixels: u64,
}

const BOUNDS: Bounds = Bounds {
    lists: &["pairs"],
    items: 100_000,
};

/// Adds a list of pairs.
pub fn add(of: &mut Of<Screenshots>, file: &[u8], images: &Images) -> Result<(), Flaw> {
    let list: Pairs = super::object(file, &BOUNDS)?;
    of.files += 1;
    for Object(pair) in &list.pairs {
        let flaws = [pair.add(&mut of.found), pair.is_of(images)];
        of.flaws.extend(flaws.into_iter().filter_map(Result::err));
    }
    Ok(())
}

// === impl Pair ===

impl Pair {
    fn add(&self, found: &mut Screenshots) -> Result<(), Flaw> {
        found.pairs += 1;
        let Some(baseline) = &self.baseline_sha256 else {
            return Ok(());
        };
        let differs = |told: Option<u32>, is: u32| told.is_some_and(|it| it != is);
        if differs(self.baseline_width, self.width) || differs(self.baseline_height, self.height) {
            found.resized += 1;
            return Ok(());
        }
        if !is_sha256(baseline) || !is_sha256(&self.actual_sha256) {
            return Err(Flaw::Shape);
        }
        let share = self.share().ok_or(Flaw::Domain)?;
        found.compared += 1;
        found.worst = found.worst.max(share);
        // One image does not differ from itself.
        match *baseline == self.actual_sha256 && self.diff_pixels > 0 {
            true => Err(Flaw::Contradictory),
            false => Ok(()),
        }
    }

    /// Where the bundle has images, a pair is of two of them, and as large as they are.
    fn is_of(&self, images: &Images) -> Result<(), Flaw> {
        if let Some(baseline) = &self.baseline_sha256 {
            let width = self.baseline_width.unwrap_or(self.width);
            let height = self.baseline_height.unwrap_or(self.height);
            images.check(baseline, (width, height))?;
        }
        images.check(&self.actual_sha256, (self.width, self.height))
    }

    /// The share of the pixels that were looked at, rounded up. `None`: it can't be.
    fn share(&self) -> Option<u64> {
        let all = u64::from(self.width) * u64::from(self.height);
        let compared = all.checked_sub(self.ignored_pixels).filter(|it| *it > 0)?;
        let differing = Some(self.diff_pixels).filter(|it| *it <= compared)?;
        let parts = u128::from(differing) * u128::from(100 * PARTS);
        u64::try_from(parts.div_ceil(u128::from(compared))).ok()
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|it| it.is_ascii_hexdigit())
}
