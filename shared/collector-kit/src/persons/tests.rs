use std::os::unix::fs::PermissionsExt as _;

use super::*;

fn settings(file: &serde_json::Value) -> Settings {
    serde_json::from_value(file.clone()).unwrap()
}

#[test]
fn one_process_makes_a_key_for_its_owner_alone_and_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let settings = settings(&serde_json::json!({
        "store": { "folder": folder.path() }, "workspaces": {},
    }));
    let key = || key(&settings, Process::AllInOne).unwrap();
    let file = folder.path().join(FILE);
    assert!(!file.exists(), "it is made when it is wanted");
    let threads: Vec<_> = (0..8)
        .map(|_| {
            std::thread::spawn({
                let key = key();
                move || key.read().unwrap()
            })
        })
        .collect();
    let read: Vec<_> = threads.into_iter().map(|it| it.join().unwrap()).collect();
    for one in &read {
        assert_eq!(one.expose_secret().len(), 64);
        assert_eq!(one.expose_secret(), key().read().unwrap().expose_secret());
    }
    assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
    assert!(matches!(key().read(), Err(SecretError::Unusable(_))));
    // No source may have it.
    let own = crate::secrets(&settings);
    assert!(matches!(
        own.read(&SecretRef::File(file)),
        Err(SecretError::Outside(_))
    ));
}

#[test]
fn who_shares_what_is_kept_makes_no_key() {
    let mesh = serde_json::json!({ "workspaces": {}, "collectors": {
        "manual": { "address": "http://127.0.0.1:7000" },
    } });
    let shared = serde_json::json!({ "workspaces": {}, "store": { "postgres": { "env": "URL" } } });
    for file in [&mesh, &shared] {
        assert!(key(&settings(file), Process::AllInOne).is_none());
    }
    let plain = serde_json::json!({ "workspaces": {} });
    assert!(key(&settings(&plain), Process::Alone).is_none());
}

#[test]
fn a_key_that_is_named_is_long_and_for_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("key");
    let settings = settings(&serde_json::json!({
        "workspaces": {}, "persons": { "key": { "file": file } },
    }));
    let read = |text: &str, mode: u32| {
        std::fs::write(&file, text).unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).unwrap();
        key(&settings, Process::Alone).unwrap().read()
    };
    let long = "0123456789abcdef".repeat(2);
    assert_eq!(read(&long, 0o600).unwrap().expose_secret(), long);
    assert!(read(&long, 0o644).is_err(), "others may read it");
    assert!(read("short", 0o600).is_err());
    std::fs::remove_file(&file).unwrap();
    assert!(matches!(
        key(&settings, Process::Alone).unwrap().read(),
        Err(SecretError::Absent(_))
    ));
}
