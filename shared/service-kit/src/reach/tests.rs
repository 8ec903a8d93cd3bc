use super::*;

#[test]
fn the_operators_own_networks_are_reached_and_what_nobody_may_name_is_not() {
    for good in [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.0.1",
        "fd00::1",
        "::1",
        "100.64.0.1",
        "8.8.8.8",
    ] {
        assert_eq!(permits(good.parse().unwrap()), Ok(()), "{good}");
    }
    for bad in [
        "169.254.169.254",
        "169.254.0.1",
        "100.100.100.200",
        "fd00:ec2::254",
        "fe80::1",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::",
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "ff02::1",
    ] {
        assert!(permits(bad.parse().unwrap()).is_err(), "{bad}");
    }
}

#[tokio::test]
async fn no_spelling_of_such_an_address_is_dialled() {
    for host in [
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "0251.0376.0251.0376",
        "169.254.43518",
        "[::ffff:a9fe:a9fe]",
        "0.0.0.0",
        "0",
    ] {
        let uri: Uri = format!("http://{host}:4317").parse().unwrap();
        let said = Dialer.call(uri).await.unwrap_err().to_string();
        assert!(said.contains("never allowed"), "{host}: {said}");
    }
}
