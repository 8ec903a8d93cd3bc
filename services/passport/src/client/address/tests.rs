use super::Address;

#[test]
fn an_address_is_shown_as_scheme_host_and_port() {
    for (text, shown) in [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        (
            " https://passport.example.com/ ",
            "https://passport.example.com",
        ),
    ] {
        assert_eq!(Address::parse(text).unwrap().to_string(), shown);
    }
}

#[test]
fn only_what_is_encrypted_or_stays_on_this_machine_is_private() {
    for (text, private) in [
        ("http://127.0.0.1:8080", true),
        ("http://127.8.8.8", true),
        ("http://[::1]:8080", true),
        ("http://localhost:8080", true),
        ("https://passport.example.com", true),
        ("http://passport.example.com", false),
        ("http://10.0.0.1:8080", false),
        ("http://localhost.example.com", false),
        ("http://0.0.0.0:8080", false),
    ] {
        assert_eq!(
            Address::parse(text).unwrap().is_private(),
            private,
            "{text}"
        );
    }
}
