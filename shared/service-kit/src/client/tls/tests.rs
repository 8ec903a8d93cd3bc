use std::{fs, path::Path};

use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::TempDir;

use super::*;

fn renew(path: &Path) {
    let CertifiedKey { cert, .. } = generate_simple_self_signed(["a.test".to_owned()]).unwrap();
    let next = path.with_extension("next");
    fs::write(&next, cert.pem()).unwrap();
    fs::rename(next, path).unwrap();
}

#[test]
fn what_changed_is_read_and_what_did_not_is_kept() {
    let folder = TempDir::new().unwrap();
    let ca = folder.path().join("ca.crt");
    renew(&ca);
    let files = TlsFiles {
        ca: Some(Named {
            at: "ca".to_owned(),
            it: ca.clone(),
        }),
        ..TlsFiles::default()
    };
    let (tls, meters) = (ClientTls::load(files).unwrap(), ClientMeters::unread("a"));
    let first = tls.newest(&meters);
    assert!(Arc::ptr_eq(&first, &tls.newest(&meters)));

    fs::write(&ca, "cut off in the mid").unwrap();
    assert!(
        Arc::ptr_eq(&first, &tls.newest(&meters)),
        "the old ones stay"
    );
    fs::remove_file(&ca).unwrap();
    assert!(
        Arc::ptr_eq(&first, &tls.newest(&meters)),
        "the old ones stay"
    );

    renew(&ca);
    let second = tls.newest(&meters);
    assert!(!Arc::ptr_eq(&first, &second));
    assert!(Arc::ptr_eq(&second, &tls.newest(&meters)));
}
