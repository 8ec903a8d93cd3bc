//! Files that were named.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use passport_policy::attest::TrustedKeys;

use crate::exit::Fault;

/// Most bytes of a file of keys.
const MOST_KEYS: usize = 1 << 20;

/// The bytes of a file, or of standard input for `-`.
pub fn read(file: &Path, most: usize) -> Result<Vec<u8>, Fault> {
    let bytes = match file == Path::new("-") {
        true => within(io::stdin().lock(), most),
        false => File::open(file).and_then(|it| within(it, most)),
    };
    let name = file.display();
    match bytes {
        Ok(bytes) if bytes.len() <= most => Ok(bytes),
        Ok(_) => Err(Fault::wrong(
            format!("{name} has more than {} MiB", most >> 20),
            "see whether that is the right file",
        )),
        Err(error) => Err(Fault::wrong(
            format!("could not read {name}: {error}"),
            "name a file that can be read, or - for standard input",
        )),
    }
}

/// Public keys that somebody trusts.
pub fn keys(file: &Path) -> Result<TrustedKeys, Fault> {
    let keys = read(file, MOST_KEYS)?;
    TrustedKeys::parse(&String::from_utf8_lossy(&keys)).map_err(|error| {
        let file = file.display();
        Fault::wrong(format!("{file}: {error}"), "name a file of public keys")
    })
}

/// What to say of a file that can't be written.
pub fn unwritable(file: &Path, error: &io::Error) -> Fault {
    Fault::wrong(
        format!("could not write {}: {error}", file.display()),
        "name a file in a folder that exists and may be written to",
    )
}

/// One byte more than may be, so that what is too large is known without reading it all.
fn within(from: impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(most).unwrap_or(u64::MAX);
    from.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
