//! Where nobody should be led, in the forms that it hides in. One table for every client.

/// Whether the operator may open it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// No setting opens it.
    Never,
    /// The operator may open it, and has not.
    Private,
}

use Kind::{Never, Private};

/// Addresses, as a resolver gives them; in a URL one of IPv6 stands in brackets.
pub const ADDRESSES: &[(&str, Kind)] = &[
    // Nothing, this machine, and networks of one's own.
    ("0.0.0.0", Never),
    ("0.1.2.3", Never),
    ("10.0.0.1", Private),
    ("10.255.255.255", Private),
    ("100.64.0.1", Private),
    ("100.127.255.254", Private),
    ("127.0.0.1", Private),
    ("127.0.0.53", Private),
    ("127.255.255.254", Private),
    ("172.16.0.1", Private),
    ("172.31.255.255", Private),
    ("192.168.0.1", Private),
    ("192.168.255.254", Private),
    // Where a cloud hands out credentials.
    ("169.254.169.254", Never),
    ("169.254.170.2", Never),
    ("169.254.170.23", Never),
    ("169.254.169.253", Never),
    ("169.254.0.1", Never),
    ("100.100.100.200", Never),
    ("168.63.129.16", Never),
    ("192.0.0.192", Never),
    ("fd00:ec2::254", Never),
    ("fd00:ec2::23", Never),
    ("fd20:ce::254", Never),
    ("fd00:c1::a9fe:a9fe", Never),
    ("fd00:42::42", Never),
    // Set aside for something else.
    ("192.0.0.8", Private),
    ("192.0.2.1", Private),
    ("192.88.99.1", Private),
    ("198.18.0.1", Private),
    ("198.51.100.1", Private),
    ("203.0.113.1", Private),
    ("224.0.0.1", Never),
    ("239.255.255.250", Never),
    ("240.0.0.1", Private),
    ("255.255.255.255", Private),
    // IPv6.
    ("::", Never),
    ("::1", Private),
    ("fc00::1", Private),
    ("fdff::1", Private),
    ("fe80::1", Never),
    ("febf::1", Never),
    ("fec0::1", Private),
    ("ff02::1", Never),
    ("2001:db8::1", Private),
    ("3fff::1", Private),
    ("4000::1", Private),
    ("100::1", Private),
    // IPv4 within IPv6: mapped, compatible, translated, NAT64 (well known and local), 6to4, Teredo.
    ("::ffff:127.0.0.1", Private),
    ("::ffff:10.0.0.5", Private),
    ("::ffff:169.254.169.254", Never),
    ("::ffff:0.0.0.0", Never),
    ("::ffff:100.100.100.200", Never),
    ("::127.0.0.1", Private),
    ("::169.254.169.254", Never),
    ("::ffff:0:7f00:1", Private),
    ("64:ff9b::7f00:1", Private),
    ("64:ff9b::a9fe:a9fe", Never),
    ("64:ff9b::a00:1", Private),
    ("64:ff9b:1::a9fe:a9fe", Never),
    ("64:ff9b:1::1", Never),
    ("2002:7f00:1::", Private),
    ("2002:a9fe:a9fe::", Never),
    ("2002:a00:1::1", Private),
    ("2001::1", Never),
    ("2001:0:a9fe:a9fe::", Never),
];

/// The same in other spellings, and what is no server's place at all. `Never` is what no setting makes good.
pub const SPELLINGS: &[(&str, Kind)] = &[
    // Decimal, octal, hexadecimal, short.
    ("https://2130706433", Private),
    ("https://0x7f000001", Private),
    ("https://0x7F.0.0.1", Private),
    ("https://017700000001", Private),
    ("https://0177.0.0.1", Private),
    ("https://127.1", Private),
    ("https://127.0.1", Private),
    ("https://2852039166", Never),
    ("https://0xa9fea9fe", Never),
    ("https://0251.0376.0251.0376", Never),
    ("https://169.254.43518", Never),
    ("https://0xa9.0376.43518", Never),
    ("https://0", Never),
    ("https://00000000", Never),
    ("https://1684300904", Private),
    // Digits and dots of other scripts, and in capitals.
    ("https://１２７.0.0.1", Private),
    ("https://①②⑦.0.0.1", Private),
    ("https://127。0。0。1", Private),
    ("https://１６９.254.169.254", Never),
    ("https://169。254。169。254", Never),
    ("https://[::FFFF:A9FE:A9FE]", Never),
    ("https://[0:0:0:0:0:ffff:169.254.169.254]", Never),
    ("https://[FD00:EC2::254]", Never),
    // A dot at the end, ports, escapes.
    ("https://127.0.0.1.", Private),
    ("https://169.254.169.254.", Never),
    ("https://169.254.169.254:80", Never),
    ("https://127.0.0.1:6443", Private),
    ("https://%31%32%37.0.0.1", Private),
    ("https://169.254.169.254%2f", Never),
    // This machine by its name.
    ("https://localhost", Private),
    ("https://localhost.", Private),
    ("https://LOCALHOST", Private),
    ("https://LocalHost:8443", Private),
    ("https://loc%61lhost", Private),
    // Zone ids, empty labels, no host, no port.
    ("https://[fe80::1%25lo]", Never),
    ("https://[fe80::1%lo]", Never),
    ("https://[::1%25lo]", Never),
    ("https://..", Never),
    ("https://", Never),
    ("https://:443", Never),
    ("https://example.com:0", Never),
    ("https://example.com:99999", Never),
    // What only looks like a good host.
    ("https://user@169.254.169.254", Never),
    ("https://user:secret@example.com", Never),
    ("https://example.com@169.254.169.254", Never),
    ("https://169.254.169.254#@example.com", Never),
    ("https://169.254.169.254?@example.com", Never),
    ("https://169.254.169.254\\@example.com", Never),
    ("https://169.254\t.169.254", Never),
    ("https://169.254.169.254\n", Never),
    // No HTTP.
    ("file:///etc/passwd", Never),
    ("gopher://169.254.169.254", Never),
    ("ftp://169.254.169.254", Never),
    ("ldap://127.0.0.1", Never),
    ("data:text/plain,x", Never),
    ("//169.254.169.254", Never),
    ("169.254.169.254", Never),
];

/// As the host of a URL.
pub fn host(address: &str) -> String {
    match address.contains(':') {
        true => format!("[{address}]"),
        false => address.to_owned(),
    }
}

/// Every origin of the table.
pub fn origins() -> impl Iterator<Item = (String, Kind)> {
    let written = ADDRESSES
        .iter()
        .map(|(it, kind)| (format!("https://{}", host(it)), *kind));
    written.chain(SPELLINGS.iter().map(|(it, kind)| ((*it).to_owned(), *kind)))
}
