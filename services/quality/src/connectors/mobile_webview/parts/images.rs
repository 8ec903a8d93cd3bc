//! The images that pairs are of. Of each only its digest and size are known, and only while a bundle is read.

use std::collections::HashMap;

use crate::connectors::mobile_webview::summary::Flaw;

/// Width and height, in pixels.
type Size = (u32, u32);

/// What a PNG begins with: its signature, and the length and name of its first chunk (PNG, section 5.2 and 11.2.1).
const HEAD: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";

/// The images of a bundle.
#[derive(Debug, Default)]
pub struct Images {
    /// Whether the manifest lists any.
    pub are_listed: bool,
    /// By digest.
    sizes: HashMap<String, Size>,
}

// === impl Images ===

impl Images {
    /// Notes an image with its digest in lower-case digits.
    pub fn add(&mut self, digest: &str, image: &[u8]) -> Result<(), Flaw> {
        let size = size(image).ok_or(Flaw::Shape)?;
        self.sizes.insert(digest.to_owned(), size);
        Ok(())
    }

    /// Whether an image is there and of that size, where images are listed.
    pub fn check(&self, digest: &str, told: Size) -> Result<(), Flaw> {
        if !self.are_listed {
            return Ok(());
        }
        match self.sizes.get(&digest.to_ascii_lowercase()) {
            Some(is) if *is == told => Ok(()),
            Some(_) => Err(Flaw::Contradictory),
            None => Err(Flaw::Missing),
        }
    }
}

/// As its header says.
fn size(image: &[u8]) -> Option<Size> {
    let (width, rest) = image.strip_prefix(HEAD)?.split_first_chunk::<4>()?;
    let (height, _) = rest.split_first_chunk::<4>()?;
    let size = (u32::from_be_bytes(*width), u32::from_be_bytes(*height));
    (size.0 > 0 && size.1 > 0).then_some(size)
}
