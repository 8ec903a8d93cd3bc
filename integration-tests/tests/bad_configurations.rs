//! What the program says of bad configurations. Nothing starts on them.

use std::fs;

use anyhow::{Context, Result};
use passport_integration_tests::{all_in_one, golden, workspace};

#[tokio::test]
async fn every_bad_file_is_refused_with_its_reasons_and_nothing_starts() -> Result<()> {
    let folder = workspace::root().join("shared/service-kit/testdata/config/bad");
    let mut files: Vec<_> = fs::read_dir(&folder)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "yaml")
        })
        .collect();
    files.sort();
    assert!(files.len() >= 25, "only {} files", files.len());
    let mut said = String::new();
    for file in files {
        let file = file.to_str().context("a path that is no text")?;
        let up = ["up", "--listen", "127.0.0.1:0", "--config", file];
        let output = all_in_one::run(up).await?;
        assert_eq!(output.status.code(), Some(2), "{file}");
        let stdout = String::from_utf8(output.stdout)?;
        assert_eq!(stdout, "", "{file}");
        said.push_str(&String::from_utf8(output.stderr)?.replace(&*folder.to_string_lossy(), ""));
        said.push('\n');
    }
    golden::check("bad-configurations.txt", &said)
}
