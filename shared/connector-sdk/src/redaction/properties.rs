use proptest::prelude::*;

use super::*;

/// Secrets in the words that give them away, `{}` where the secret stands.
const PLANTS: [&str; 12] = [
    "authorization: Bearer {}",
    "\"x-api-key\": \"{}\"",
    "password={}",
    "{\\\"client_secret\\\":\\\"{}\\\"}",
    "'session_id': '{}'",
    "postgres://app:{}@db.internal/shop",
    "ghp_{}",
    "eyJ{}.{}.{}",
    "-----BEGIN RSA PRIVATE KEY-----\n{}\n-----END RSA PRIVATE KEY-----",
    "{}@example.com",
    "Cookie: a={}; b={}",
    "bearer {}",
];

/// Pieces that patterns are made of, to be thrown together.
const SHARDS: [&str; 59] = [
    "password",
    "=",
    ":",
    "\"",
    "'",
    "\\",
    " ",
    "\n",
    "\t",
    "[REDACTED:auth]",
    "[REDACTED:",
    "]",
    "{",
    "}",
    "(",
    ",",
    ";",
    "&",
    "authorization",
    "Bearer ",
    "token",
    "cookie",
    "session",
    "eyJ",
    "abcdefgh",
    "://",
    "@",
    ".",
    "a1",
    "-----BEGIN ",
    "PRIVATE KEY-----",
    "AKIA",
    "4111 1111 1111 1111",
    "::",
    "10.0.0.1",
    "\u{1b}[",
    "\u{200b}",
    "\\u001b[",
    "q7Zp2LxT9vKc4RnW8sYb1MdJ6hGf3EaU",
    "DE89370400440532013000",
    "::a",
    "SG.",
    "pk_",
    "%22",
    "%40",
    "basic ",
    "digest ",
    "'",
    "set-",
    "otp",
    "%3D",
    "-",
    "_",
    "/",
    "secret",
    "key",
    "api_",
    "digest",
    "ghp_",
];

fn shards() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&SHARDS[..]), 0..24).prop_map(|all| all.concat())
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![shards(), "\\PC{0,80}", any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_planted_secret_never_survives(
        before in text(),
        after in text(),
        secret in "[A-Za-z0-9]{20}",
        plant in prop::sample::select(&PLANTS[..]),
    ) {
        let line = format!("{before} {} {after}", plant.replace("{}", &secret));
        let out = Redactor::new(true).redact(&line).text;
        prop_assert!(!out.contains(&secret), "{line:?} became {out:?}");
        let out = Redactor::new(true).excerpt(&line).text;
        prop_assert!(!out.contains(&secret[..8]), "{line:?} became {out:?}");
    }

    #[test]
    fn a_planted_secret_that_was_cut_never_survives(
        before in text(),
        secret in "[A-Za-z0-9]{20}",
        plant in prop::sample::select(&PLANTS[..6]),
        keep in 12_usize..20,
    ) {
        let (name, _) = plant.split_once("{}").unwrap();
        let line = format!("{before} {name}{}", &secret[..keep]);
        let out = Redactor::new(true).redact(&line).text;
        prop_assert!(!out.contains(&secret[..keep]), "{line:?} became {out:?}");
    }

    #[test]
    fn redacting_twice_is_redacting_once(line in text()) {
        let redactor = Redactor::new(true);
        let once = redactor.redact(&line).text;
        prop_assert_eq!(&redactor.redact(&once).text, &once);
    }

    #[test]
    fn an_excerpt_is_short_and_shows_nothing_more_when_redacted_again(line in text()) {
        let excerpt = Redactor::new(true).excerpt(&line).text;
        prop_assert!(excerpt.chars().count() <= EXCERPT_CHARS);
        prop_assert!(!excerpt.chars().any(char::is_control));
    }

    #[test]
    fn the_counts_are_the_replacements(line in "[a-z0-9=:@. \"]{0,80}") {
        let out = Redactor::new(false).redact(&line);
        let shown = out.text.matches(pattern_id::MARKER_START).count();
        prop_assert!(shown <= out.counts.values().sum::<u32>() as usize);
    }

    #[test]
    fn a_fingerprint_does_not_see_digits(line in "[a-z ]{0,40}", n in any::<u32>(), m in any::<u32>()) {
        let key = [3; 32];
        prop_assert_eq!(
            fingerprint(&key, &format!("{line} {n}")),
            fingerprint(&key, &format!("{line} {m}"))
        );
    }
}

/// Each of these would hardly end if a pattern went back over the text it had read.
#[test]
fn mebibytes_of_hostile_text_are_finished() {
    let redactor = Redactor::new(true).keeping(&["abcdef0123456789", "0123456789abcdef"]);
    for unit in [
        "a",
        "a@",
        "a@b.",
        "1 ",
        "4111 ",
        "AB12",
        "AB12 ",
        "token=[",
        "token=\"\\",
        "token={'",
        "x://a:",
        "x://",
        "x://a@",
        "eyJ",
        "eyJabcdefgh.",
        ":",
        "a:",
        "1.",
        "-----BEGIN ",
        "-----BEGIN PRIVATE KEY-----",
        "\\",
        "\u{1b}[",
        "\u{1b}]",
        "bearer ",
        "authorization: digest a=1, ",
        "cookie: a=b; ",
        "[REDACTED:auth]",
        "password=[REDACTED:jwt]",
        "%22",
        "abcdef0123456789",
        "&quot;token&quot;:&quot;",
    ] {
        let text = unit.repeat((1 << 17) / unit.len());
        let out = redactor.redact(&text);
        assert!(out.text.len() <= 16 * text.len(), "{unit:?}");
    }
}
