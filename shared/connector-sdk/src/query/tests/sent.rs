use serde_json::json;

use super::*;

fn digest(asked: &Asked) -> String {
    asked.unknown(Reason::NoData).query().unwrap().to_string()
}

/// As `printf %s abc | sha256sum` tells.
#[test]
fn it_is_the_hash_of_the_text_and_nothing_else() {
    let sent = asked("< 10").sent_as("abc");
    let wanted = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(digest(&sent), wanted);
    assert_eq!(asked("< 10").unknown(Reason::NoData).query(), None);
}

#[test]
fn every_fact_of_a_query_bears_it() {
    let sent = asked("< 10").sent_as("abc");
    let age = MaxAge::from_secs(300).unwrap();
    let [good, bad] = [1, 20].map(|it| sent.judge(&reading(&[number(it)]), age, at(NOW)));
    for fact in [
        good,
        bad,
        sent.judge(&reading(&[]), age, at(NOW)),
        sent.unknown(Reason::Denied),
        sent.pending(Reason::InProgress),
    ] {
        assert_eq!(fact.query(), sent.digest.as_ref());
    }
}

#[test]
fn a_question_in_json_has_one_form() {
    let one = asked("< 10").sent_as_json(&json!({"b": [1, {"d": 1, "c": 2}], "a": null}));
    let other = asked("< 10").sent_as(r#"{"a":null,"b":[1,{"c":2,"d":1}]}"#);
    assert_eq!(digest(&one), digest(&other));
}
