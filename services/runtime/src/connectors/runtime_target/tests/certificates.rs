//! Ends of certificates, read from some that this project did not write.

use std::time::Duration;

use chrono::{DateTime, Utc};
use proptest::{collection::vec, prelude::*};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use crate::connectors::runtime_target::certificate::not_after;

fn issued(seconds: u64) -> Vec<u8> {
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    params.not_before = date_time_ymd(1970, 1, 1);
    params.not_after = date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds);
    let key = KeyPair::generate().unwrap();
    params.self_signed(&key).unwrap().der().to_vec()
}

#[test]
fn the_end_of_a_certificate_is_read_to_the_second() {
    for end in [
        "1970-01-01T00:00:01Z",
        "1999-12-31T23:59:59Z",
        "2026-07-30T12:34:56Z",
        "2049-12-31T23:59:59Z",
        // From here on years have four digits.
        "2050-01-01T00:00:00Z",
        "2999-02-28T01:02:03Z",
    ] {
        let end: DateTime<Utc> = end.parse().unwrap();
        let seconds = u64::try_from(end.timestamp()).unwrap();
        assert_eq!(not_after(&issued(seconds)), Some(end));
    }
}

#[test]
fn what_is_no_certificate_has_no_end() {
    let whole = issued(1_785_000_000);
    for length in 0..whole.len() {
        let cut = &whole[..length];
        assert_eq!(not_after(cut), None, "{length}");
    }
    for text in [
        &b""[..],
        b"0",
        b"0\x80",
        b"0\x84\xff\xff\xff\xff",
        b"-----BEGIN",
    ] {
        assert_eq!(not_after(text), None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn bytes_of_any_kind_do_no_harm(bytes in vec(any::<u8>(), 0..100)) {
        let _ = not_after(&bytes);
    }

    #[test]
    fn a_certificate_with_a_byte_changed_does_no_harm(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        thread_local! {
            static WHOLE: Vec<u8> = issued(1_785_000_000);
        }
        let mut bytes = WHOLE.with(Vec::clone);
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _ = not_after(&bytes);
    }
}
