use std::{fs, os::unix::fs::symlink};

use super::*;

#[tokio::test(start_paused = true)]
async fn a_link_that_leads_elsewhere_is_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    fs::write(at("one"), "same").unwrap();
    fs::write(at("two"), "same").unwrap();
    symlink(at("one"), at("now")).unwrap();
    let mut watch = Watch::of([at("now")]);
    symlink(at("two"), at("next")).unwrap();
    fs::rename(at("next"), at("now")).unwrap();
    assert_eq!(watch.due(false).await, Why::Changed);
}

#[tokio::test(start_paused = true)]
async fn a_file_that_goes_away_or_comes_is_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let mut watch = Watch::of([file.clone()]);
    fs::write(&file, "").unwrap();
    assert_eq!(watch.due(false).await, Why::Changed);
    fs::remove_file(&file).unwrap();
    assert_eq!(watch.due(false).await, Why::Changed);
}

#[tokio::test(start_paused = true)]
async fn what_could_not_be_used_is_tried_again_without_a_change() {
    let mut watch = Watch::of([PathBuf::from("/nowhere")]);
    assert_eq!(watch.due(true).await, Why::Again);
    let idle = tokio::time::timeout(EVERY * 10, watch.due(false)).await;
    assert!(idle.is_err());
}
