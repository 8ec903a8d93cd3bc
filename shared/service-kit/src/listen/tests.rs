use super::*;

fn allowed(address: &str, has_credentials: bool) -> bool {
    check(address.parse().unwrap(), has_credentials).is_ok()
}

#[test]
fn loopback_needs_no_credentials() {
    assert!(allowed("127.0.0.1:8080", false));
    assert!(allowed("127.9.9.9:8080", false));
    assert!(allowed("[::1]:8080", false));
    assert!(allowed("[::ffff:127.0.0.1]:8080", false));
}

#[test]
fn beyond_loopback_nobody_is_served_without_credentials() {
    for address in [
        "0.0.0.0:8080",
        "[::]:8080",
        "10.0.0.1:8080",
        "[::ffff:10.0.0.1]:80",
    ] {
        assert!(!allowed(address, false), "{address}");
        assert!(allowed(address, true), "{address}");
    }
}

#[test]
fn the_refusal_says_what_to_do() {
    let address = "0.0.0.0:8080".parse().unwrap();
    let refusal = check(address, false).unwrap_err();
    assert!(refusal.to_string().contains("0.0.0.0:8080"), "{refusal}");
    assert!(refusal.fix().contains("gateway.tokens"));
}

#[test]
fn where_tokens_do_not_help_they_are_not_asked_for() {
    let refusal = on_this_machine("0.0.0.0:8080".parse().unwrap()).unwrap_err();
    let said = format!("{refusal} {}", refusal.fix());
    assert!(!said.contains("token"), "{said}");
    assert!(on_this_machine("127.0.0.1:8080".parse().unwrap()).is_ok());
}
