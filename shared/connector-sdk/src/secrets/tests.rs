use std::fs;

use tempfile::TempDir;

use super::*;
use crate::stub::SetEnv;

/// A variable that is set wherever tests run.
const SET: &str = "CARGO_MANIFEST_DIR";

fn folder_with(name: &str, text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(name);
    fs::write(&file, text).unwrap();
    (folder, file)
}

fn read_in(folder: &Path, file: &Path) -> Result<String, SecretError> {
    let secrets = ProcessSecrets {
        folder: Some(folder.to_owned()),
        reserved: Vec::new(),
        reserved_files: Vec::new(),
    };
    let secret = secrets.read(&SecretRef::File(file.to_owned()))?;
    Ok(secret.expose_secret().to_owned())
}

#[test]
fn a_variable_is_read() {
    let secret = ProcessSecrets::default().read(&SecretRef::Env(SET.to_owned()));
    assert_eq!(secret.unwrap().expose_secret(), env!("CARGO_MANIFEST_DIR"));
}

#[test]
fn a_variable_that_is_not_set_is_absent() {
    let reference = SecretRef::Env("PASSPORT_NO_SUCH_VARIABLE".to_owned());
    let error = ProcessSecrets::default().read(&reference).unwrap_err();
    assert_eq!(
        error.to_string(),
        "environment variable PASSPORT_NO_SUCH_VARIABLE is not set"
    );
}

#[test]
fn the_process_s_own_variables_can_be_named_by_no_source() {
    let secrets = ProcessSecrets {
        reserved: vec![SET.to_owned()],
        ..ProcessSecrets::default()
    };
    let refused = secrets.read(&SecretRef::Env(SET.to_owned()));
    assert!(matches!(refused, Err(SecretError::Outside(_))));
}

#[test]
fn the_process_s_own_files_can_be_named_by_no_source_in_any_way() {
    let (folder, file) = folder_with("database", "postgres://u:p@h/d");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let twin = folder.path().join("twin");
    std::fs::hard_link(&file, &twin).unwrap();
    let dots = folder.path().join(".").join(".").join("database");
    let doubled = PathBuf::from(format!("{}//database", folder.path().display()));
    let relative = PathBuf::from("database");
    let secrets = ProcessSecrets {
        folder: Some(folder.path().to_path_buf()),
        reserved_files: vec![file.clone()],
        ..ProcessSecrets::default()
    };
    for name in [file, link, twin, dots, doubled, relative] {
        let refused = secrets.read(&SecretRef::File(name.clone()));
        assert!(matches!(refused, Err(SecretError::Outside(_))), "{name:?}");
    }
}

#[test]
fn a_relative_file_lies_in_the_secrets_folder() {
    let (folder, _) = folder_with("token", "s");
    assert_eq!(read_in(folder.path(), Path::new("token")).unwrap(), "s");
}

#[test]
fn an_editor_s_line_break_is_not_part_of_a_secret() {
    for (text, secret) in [
        ("s\n", "s"),
        ("s\r\n", "s"),
        (" s ", " s "),
        ("a\nb\n", "a\nb"),
    ] {
        let (folder, file) = folder_with("token", text);
        assert_eq!(read_in(folder.path(), &file).unwrap(), secret);
    }
}

#[test]
fn an_empty_a_binary_and_a_huge_file_are_no_secrets() {
    let (folder, file) = folder_with("token", "\n");
    let unusable =
        |file: &Path| matches!(read_in(folder.path(), file), Err(SecretError::Unusable(_)));
    assert!(unusable(&file));
    fs::write(&file, [0xff, 0xfe]).unwrap();
    assert!(unusable(&file));
    fs::write(&file, "s".repeat(64 * 1024 + 1)).unwrap();
    assert!(unusable(&file));
}

#[test]
fn a_file_outside_the_folder_is_refused_however_it_is_reached() {
    let (folder, _) = folder_with("token", "s");
    let (_outside, secret) = folder_with("other", "s");
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&secret, &link).unwrap();
    let climbing = folder.path().join("..").join(
        secret
            .strip_prefix(secret.ancestors().nth(2).unwrap())
            .unwrap(),
    );
    for file in [secret, link, climbing] {
        let refused = read_in(folder.path(), &file);
        assert!(matches!(refused, Err(SecretError::Outside(_))), "{file:?}");
    }
}

#[test]
fn a_file_is_read_anew_at_each_use() {
    let (folder, file) = folder_with("token", "first");
    assert_eq!(read_in(folder.path(), &file).unwrap(), "first");
    fs::write(&file, "second").unwrap();
    assert_eq!(read_in(folder.path(), &file).unwrap(), "second");
}

#[test]
fn a_secret_is_shown_as_its_reference() {
    let env = SetEnv::default();
    env.set("TOKEN", "hidden");
    assert_eq!(
        format!("{:?}", env.secret("TOKEN")),
        "Secret(environment variable TOKEN)"
    );
}

#[test]
fn only_the_whole_secret_matches() {
    let env = SetEnv::default();
    env.set("TOKEN", "hidden");
    let secret = env.secret("TOKEN");
    assert!(secret.matches("hidden"));
    for other in ["", "hidde", "hiddenn", "HIDDEN"] {
        assert!(!secret.matches(other));
    }
    assert!(!env.secret("ABSENT").matches(""));
}

#[test]
fn a_generation_changes_with_any_secret_and_with_nothing_else() {
    let env = SetEnv::default();
    env.set("A", "1");
    let secrets = [env.secret("A"), env.secret("B")];
    let key = [7; 32];
    let first = generation(&key, &secrets);
    assert_eq!(first, generation(&key, &secrets));
    env.set("B", "2");
    let second = generation(&key, &secrets);
    assert_ne!(first, second);
    env.set("A", "2");
    assert_ne!(second, generation(&key, &secrets));
    assert_ne!(generation(&[8; 32], &secrets), generation(&key, &secrets));
}
