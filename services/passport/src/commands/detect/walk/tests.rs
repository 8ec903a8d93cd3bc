use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use super::*;

fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn names(walked: &Walked) -> Vec<&str> {
    walked.files.iter().map(|it| it.path()).collect()
}

#[test]
fn what_configures_something_is_read_and_what_holds_secrets_is_not() {
    let folder = folder(&[
        (".github/workflows/ci.yml", b"a"),
        (".git/config", b"b"),
        (".git/HEAD.yml", b"b"),
        (".snyk", b"c"),
        ("Jenkinsfile", b"d"),
        ("src/main.rs", b"e"),
        (".env", b"SECRET=1"),
        (".env.yml", b"SECRET: 1"),
        ("id_rsa", b"key"),
        ("node_modules/it/package.json", b"f"),
        ("package.json", b"g"),
    ]);
    let walked = walk(folder.path()).unwrap();
    let wanted = [
        ".git/config",
        ".github/workflows/ci.yml",
        ".snyk",
        "Jenkinsfile",
        "package.json",
    ];
    assert_eq!(names(&walked), wanted);
    assert_eq!(walked.skipped, Skipped::default());
}

#[test]
fn what_git_ignores_is_left_out() {
    let folder = folder(&[
        (".gitignore", b"*.yml\n!keep.yml\n/build/\n[\n"),
        (".git/info/exclude", b"mine.yaml\n"),
        ("a.yml", b""),
        ("keep.yml", b""),
        ("mine.yaml", b""),
        ("build/keep.yml", b""),
        ("deep/build/keep.yml", b""),
        ("deep/.gitignore", b"!b.yml\nkeep.yml\n"),
        ("deep/b.yml", b""),
        ("deep/keep.yml", b""),
    ]);
    let walked = walk(folder.path()).unwrap();
    assert_eq!(
        names(&walked),
        [".gitignore", "deep/.gitignore", "deep/b.yml", "keep.yml"]
    );
}

#[test]
fn no_link_is_followed() {
    let outside = folder(&[
        ("secret.yml", b"secret"),
        ("git/config", b"[remote \"origin\"]"),
    ]);
    let inside = folder(&[("a.yml", b"a")]);
    let root = inside.path();
    symlink(outside.path().join("secret.yml"), root.join("b.yml")).unwrap();
    symlink(outside.path(), root.join("folder")).unwrap();
    symlink(root, root.join("loop")).unwrap();
    symlink(outside.path().join("git"), root.join(".git")).unwrap();
    symlink("/dev/zero", root.join(".gitignore")).unwrap();
    symlink("/nowhere", root.join("c.yml")).unwrap();
    let walked = walk(root).unwrap();
    assert_eq!(names(&walked), ["a.yml"]);
    assert_eq!(walked.skipped.links, 6);
}

#[test]
fn what_is_too_large_no_text_or_not_readable_is_counted() {
    let large = vec![b' '; 512 * 1024 + 1];
    let folder = folder(&[
        ("large.yml", &large),
        ("fits.yml", &large[1..]),
        ("nul.yml", b"a\0b"),
        ("latin.yml", b"\xff\xfe"),
        ("closed/a.yml", b"a"),
    ]);
    let closed = folder.path().join("closed");
    fs::set_permissions(&closed, Permissions::from_mode(0o0)).unwrap();
    let is_root = fs::read_dir(&closed).is_ok();
    let walked = walk(folder.path()).unwrap();
    fs::set_permissions(&closed, Permissions::from_mode(0o700)).unwrap();
    let skipped = walked.skipped;
    assert_eq!((skipped.too_large, skipped.not_text), (1, 2));
    assert_eq!(skipped.unreadable, usize::from(!is_root));
}

#[test]
fn folders_end_somewhere() {
    let deep = format!("{}a.yml", "d/".repeat(17));
    let fits = format!("{}b.yml", "d/".repeat(16));
    let folder = folder(&[(&deep, b""), (&fits, b"")]);
    let walked = walk(folder.path()).unwrap();
    assert_eq!(names(&walked), [fits]);
    assert_eq!(walked.skipped.too_deep, 1);
}

#[test]
fn a_repository_of_many_files_is_read_to_a_bound() {
    let folder = tempfile::tempdir().unwrap();
    for nth in 0..MAX_FILES + 3 {
        fs::write(folder.path().join(format!("{nth}.yml")), "").unwrap();
    }
    let walked = walk(folder.path()).unwrap();
    assert_eq!(walked.files.iter().count(), MAX_FILES);
    assert!(walked.skipped.ended_early);
}
