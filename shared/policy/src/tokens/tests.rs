use proptest::prelude::*;
use secrecy::ExposeSecret as _;

use super::*;

fn at(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + second, 0).unwrap()
}

fn admitted(id: &str, random: [u8; 32], expires: Option<DateTime<Utc>>) -> (String, Token) {
    let issued = issue(id, random);
    let token = Token {
        id: id.to_owned(),
        sha256: issued.sha256,
        expires,
        grants: Grants::default(),
        person: None,
    };
    (issued.secret.expose_secret().to_owned(), token)
}

#[test]
fn a_token_that_was_issued_is_found_among_others() {
    let (_, first) = admitted("ci", [1; 32], None);
    let (secret, second) = admitted("deploy_bot", [2; 32], None);
    let tokens: Tokens = [first, second].into_iter().collect();
    assert_eq!(tokens.find(&secret, at(0)).unwrap().id, "deploy_bot");
}

#[test]
fn a_token_ends_at_its_expiry_and_not_before() {
    let (secret, token) = admitted("ci", [1; 32], Some(at(10)));
    let tokens: Tokens = [token].into_iter().collect();
    assert!(tokens.find(&secret, at(9)).is_ok());
    let refusal = tokens.find(&secret, at(10)).unwrap_err();
    assert_eq!(refusal, Refusal::Expired { id: "ci".into() });
}

#[test]
fn an_expired_token_reads_like_an_unknown_one() {
    let expired = Refusal::Expired { id: "ci".into() };
    assert_eq!(expired.to_string(), Refusal::Unknown.to_string());
}

#[test]
fn the_hash_is_not_the_token() {
    let (_, token) = admitted("ci", [1; 32], None);
    let hex: String = token
        .sha256
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let tokens: Tokens = [token].into_iter().collect();
    assert_eq!(tokens.find(&hex, at(0)).unwrap_err(), Refusal::Unknown);
}

#[test]
fn no_tokens_admit_nobody() {
    assert_eq!(
        Tokens::default().find("", at(0)).unwrap_err(),
        Refusal::Unknown
    );
}

#[test]
fn a_secret_is_not_in_what_is_printed_for_debugging() {
    let issued = issue("ci", [7; 32]);
    let secret = issued.secret.expose_secret().to_owned();
    assert!(!format!("{issued:?}").contains(&secret));
}

#[test]
fn the_form_is_prefix_id_and_random() {
    let issued = issue("ci", [0; 32]);
    let wanted = format!("pm_ci_{}", "A".repeat(43));
    assert_eq!(issued.secret.expose_secret(), wanted);
}

#[test]
fn a_token_for_a_hook_is_told_from_every_other() {
    let hook = issue_for_hook("flagger", [7; 32]);
    let other = issue("flagger", [7; 32]);
    assert!(is_for_hook(hook.secret.expose_secret()));
    assert!(!is_for_hook(other.secret.expose_secret()));
    assert_eq!(id_of(hook.secret.expose_secret()), None);
    assert_ne!(hook.sha256, other.sha256);
}

proptest! {
    #[test]
    fn the_id_can_be_read_back_whatever_the_random_part_holds(
        id in "[a-z0-9][a-z0-9._-]{0,62}", random: [u8; 32],
    ) {
        let issued = issue(&id, random);
        prop_assert_eq!(id_of(issued.secret.expose_secret()), Some(id.as_str()));
    }

    #[test]
    fn other_text_has_no_id_and_is_not_admitted(text in "\\PC{0,80}") {
        let (secret, token) = admitted("ci", [3; 32], None);
        prop_assume!(text != secret && !text.starts_with("pm_"));
        let tokens: Tokens = [token].into_iter().collect();
        prop_assert_eq!(id_of(&text), None);
        prop_assert_eq!(tokens.find(&text, at(0)).unwrap_err(), Refusal::Unknown);
    }

    #[test]
    fn a_token_with_one_character_changed_is_not_admitted(place in 0_usize..49) {
        let (secret, token) = admitted("ci", [3; 32], None);
        let tokens: Tokens = [token].into_iter().collect();
        let mut changed: Vec<char> = secret.chars().collect();
        changed[place] = if changed[place] == 'x' { 'y' } else { 'x' };
        let changed: String = changed.into_iter().collect();
        prop_assert_eq!(tokens.find(&changed, at(0)).unwrap_err(), Refusal::Unknown);
    }
}
