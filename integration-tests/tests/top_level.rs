//! The top folder stays small: a reader sees at once what there is.

use std::fs;

use anyhow::Result;
use passport_integration_tests::workspace;

/// What stands there on purpose. Dotfiles are tools' business, `target` is cargo's and not committed.
const KNOWN: [&str; 14] = [
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "buf.yaml",
    "clippy.toml",
    "deny.toml",
    "deploy",
    "integration-tests",
    "proto",
    "rustfmt.toml",
    "services",
    "shared",
    "target",
];

#[test]
fn nothing_unexpected_stands_in_the_top_folder() -> Result<()> {
    let mut unexpected = Vec::new();
    for entry in fs::read_dir(workspace::root())? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') && !KNOWN.contains(&name.as_str()) {
            unexpected.push(name);
        }
    }
    assert!(
        unexpected.is_empty(),
        "{unexpected:?} belongs in a folder, or in the list of this test"
    );
    Ok(())
}
