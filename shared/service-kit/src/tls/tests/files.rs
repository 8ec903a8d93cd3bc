use std::fs;

use super::{
    authority::Authority,
    port::{Files, meters},
};
use crate::tls::{AskClients, Problem, TlsError};

fn refused(files: &Files) -> TlsError {
    let opened = files.open(AskClients::Must, &meters());
    opened.err().unwrap()
}

fn good() -> (Authority, Files) {
    let authority = Authority::new();
    let files = Files::of(&authority.issue(&["dns:localhost"]), &[&authority]);
    (authority, files)
}

#[test]
fn a_refusal_names_the_key_of_the_configuration_and_the_file() {
    let (_, files) = good();
    fs::remove_file(&files.tls.key).unwrap();
    let refused = refused(&files);
    let file = files.tls.key.display();
    let said = format!("gateway.tls.key: {file} is not there");
    assert_eq!(refused.to_string(), said);
    assert!(refused.problem.fix().starts_with("put the file there"));
}

#[test]
fn a_key_that_others_may_read_or_write_is_refused() {
    let (_, files) = good();
    for mode in [0o644, 0o604, 0o602, 0o660, 0o620, 0o777] {
        files.mode(&files.tls.key, mode);
        assert_eq!(refused(&files).problem, Problem::OpenKey(mode), "{mode:o}");
    }
    for mode in [0o600, 0o400, 0o640, 0o440] {
        files.mode(&files.tls.key, mode);
        let opened = files.open(AskClients::Must, &meters());
        assert!(opened.is_ok(), "{mode:o}");
    }
}

#[test]
fn authorities_that_others_may_write_are_refused() {
    let (_, files) = good();
    let file = files.tls.client_ca.clone().unwrap();
    files.mode(&file, 0o664);
    let refused = refused(&files);
    assert_eq!(refused.key, "gateway.tls.client_ca");
    assert_eq!(refused.problem, Problem::OpenAuthority(0o664));
}

#[test]
fn what_can_not_be_used_is_told_apart() {
    let (authority, files) = good();
    let name = ["dns:localhost"];
    files.put(&authority.issue_expired(&name));
    assert!(matches!(refused(&files).problem, Problem::Expired(_)));
    files.put(&authority.issue_for_later(&name));
    assert!(matches!(refused(&files).problem, Problem::NotYetValid(_)));
    files.put(&authority.issue(&name));
    fs::write(&files.tls.key, authority.issue(&name).key_pem()).unwrap();
    assert_eq!(refused(&files).problem, Problem::OtherKey);
    fs::write(&files.tls.key, authority.pem()).unwrap();
    assert_eq!(refused(&files).problem, Problem::NoKey);
    fs::write(&files.tls.certificate, "").unwrap();
    assert_eq!(refused(&files).problem, Problem::NoCertificate);
    fs::write(&files.tls.certificate, vec![b' '; (1 << 20) + 1]).unwrap();
    assert_eq!(refused(&files).problem, Problem::TooLarge);
}

#[test]
fn no_authorities_are_not_all_of_them() {
    let (_, files) = good();
    fs::write(files.tls.client_ca.as_ref().unwrap(), "").unwrap();
    let refused = refused(&files);
    assert_eq!(refused.key, "gateway.tls.client_ca");
    assert_eq!(refused.problem, Problem::NoCertificate);
}
