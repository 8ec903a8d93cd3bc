//! Texts that are reviewed like code; `UPDATE_GOLDEN=1` writes them anew.

use std::fs;
use std::path::Path;

/// Compares with the golden file of that name.
pub fn assert_golden(name: &str, text: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/golden")
        .join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&file, text).unwrap();
    }
    let golden = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(golden, text, "{}", file.display());
}
