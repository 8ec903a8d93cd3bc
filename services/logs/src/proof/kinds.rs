//! Kinds of secrets and personal details, each made up anew. None of them is anybody's.

use rand::{Rng, rngs::StdRng};

use super::Secret;

const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";
const HEX: &str = "0123456789abcdef";
const ALPHANUMERIC: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE32: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

type Make = fn(&mut StdRng) -> Secret;

/// Every kind by its name.
pub const KINDS: &[(&str, Make)] = &[
    ("aws access key", |r| {
        token(r, &["AKIA", "ASIA"], BASE32, 16, "", "aws_key")
    }),
    ("aws secret key", |r| {
        named(r, "aws_secret_access_key", BASE64, 40)
    }),
    ("bare aws secret key", |r| entropy(r, BASE64, 40)),
    ("github token", |r| {
        token(
            r,
            &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
            ALPHANUMERIC,
            36,
            "",
            "token",
        )
    }),
    ("github fine-grained token", |r| {
        token(r, &["github_pat_"], ALPHANUMERIC, 60, "", "token")
    }),
    ("gitlab token", |r| {
        token(
            r,
            &["glpat-", "glrt-", "gldt-", "glcbt-", "glptt-"],
            ALPHANUMERIC,
            20,
            "",
            "token",
        )
    }),
    ("slack token", |r| {
        token(
            r,
            &["xoxb-", "xoxp-", "xapp-"],
            ALPHANUMERIC,
            40,
            "",
            "token",
        )
    }),
    ("slack webhook", slack_webhook),
    ("stripe key", |r| {
        token(
            r,
            &["sk_live_", "sk_test_", "rk_live_", "whsec_"],
            ALPHANUMERIC,
            24,
            "",
            "token",
        )
    }),
    ("google api key", |r| {
        token(r, &["AIza"], ALPHANUMERIC, 35, "", "token")
    }),
    ("google oauth", |r| {
        token(r, &["ya29.", "GOCSPX-"], ALPHANUMERIC, 40, "", "token")
    }),
    ("npm token", |r| {
        token(r, &["npm_"], ALPHANUMERIC, 36, "", "token")
    }),
    ("pypi token", |r| {
        token(r, &["pypi-AgEIcHlwaS5vcmc"], ALPHANUMERIC, 60, "", "token")
    }),
    ("docker token", |r| {
        token(r, &["dckr_pat_"], ALPHANUMERIC, 27, "", "token")
    }),
    ("hugging face token", |r| {
        token(r, &["hf_"], ALPHANUMERIC, 34, "", "token")
    }),
    ("model api key", |r| {
        token(r, &["sk-proj-", "sk-"], ALPHANUMERIC, 48, "", "token")
    }),
    ("sendgrid key", |r| {
        token(r, &["SG."], ALPHANUMERIC, 22, ".", "token")
    }),
    ("new relic key", |r| {
        token(r, &["NRAK-"], ALPHANUMERIC, 27, "", "token")
    }),
    ("grafana token", |r| {
        token(r, &["glsa_", "glc_"], ALPHANUMERIC, 32, "", "token")
    }),
    ("vault token", |r| {
        token(r, &["hvs.", "hvb."], ALPHANUMERIC, 24, "", "token")
    }),
    ("shop token", |r| {
        token(r, &["shpat_"], HEX, 32, "", "token")
    }),
    ("cloud token", |r| {
        token(r, &["dop_v1_"], HEX, 64, "", "token")
    }),
    ("jwt", jwt),
    ("private key", private_key),
    ("bearer", |r| {
        said(
            r,
            &["Authorization: Bearer ", "authorization=Bearer "],
            "auth",
        )
    }),
    ("bearer alone", |r| {
        said(r, &["sent Bearer ", "bearer "], "auth")
    }),
    ("api key header", |r| {
        said(
            r,
            &["X-Api-Key: ", "dd-api-key: ", "Private-Token: "],
            "auth",
        )
    }),
    ("basic header", |r| {
        said(r, &["Authorization: Basic "], "auth")
    }),
    ("cookie", cookie),
    ("set-cookie", |r| {
        said(r, &["Set-Cookie: sid="], "secret_kv")
    }),
    ("password", |r| {
        said(
            r,
            &["password=", "db_passwd: ", "pwd=", "PASSPHRASE="],
            "secret_kv",
        )
    }),
    ("client secret", |r| {
        said(
            r,
            &["client_secret=", "clientSecret: ", "api-key="],
            "secret_kv",
        )
    }),
    ("session", |r| {
        said(
            r,
            &["session_id=", "JSESSIONID=", "PHPSESSID="],
            "secret_kv",
        )
    }),
    ("url with password", url),
    ("connection string", |r| {
        said(r, &["Server=db;User Id=app;Password="], "secret_kv")
    }),
    ("storage account", |r| {
        named(r, "AccountName=shop;AccountKey", BASE64, 86)
    }),
    ("card", card),
    ("iban", iban),
    ("email", email),
    ("phone", phone),
    ("ipv4", ipv4),
    ("ipv6", ipv6),
    ("random run", |r| entropy(r, ALPHANUMERIC, 48)),
];

/// So many characters of an alphabet.
pub fn some(random: &mut StdRng, alphabet: &str, count: usize) -> String {
    let alphabet = alphabet.as_bytes();
    let one = |_| char::from(alphabet[random.random_range(0..alphabet.len())]);
    (0..count).map(one).collect()
}

fn one_of<'a>(random: &mut StdRng, all: &[&'a str]) -> &'a str {
    all[random.random_range(0..all.len())]
}

fn secret(text: String, piece: String, id: &'static str, by_beginning: bool) -> Secret {
    Secret {
        text,
        pieces: vec![piece],
        id,
        is_known_by_its_beginning: by_beginning,
    }
}

/// Of one of these prefixes, so long; and where `joint` is not empty, a second part behind it.
fn token(
    random: &mut StdRng,
    prefixes: &[&str],
    alphabet: &str,
    count: usize,
    joint: &str,
    id: &'static str,
) -> Secret {
    let prefix = one_of(random, prefixes);
    let first = some(random, alphabet, count);
    let second = match joint.is_empty() {
        true => String::new(),
        false => some(random, alphabet, count),
    };
    let text = format!("{prefix}{first}{joint}{second}");
    let mut made = secret(text, first, id, id == "token");
    made.pieces.extend(Some(second).filter(|it| !it.is_empty()));
    made
}

fn named(random: &mut StdRng, name: &str, alphabet: &str, count: usize) -> Secret {
    let value = some(random, alphabet, count);
    secret(format!("{name}={value}"), value, "secret_kv", true)
}

fn said(random: &mut StdRng, names: &[&str], id: &'static str) -> Secret {
    let name = one_of(random, names);
    let value = some(random, ALPHANUMERIC, 20);
    secret(format!("{name}{value}"), value, id, true)
}

fn entropy(random: &mut StdRng, alphabet: &str, count: usize) -> Secret {
    let value = some(random, alphabet, count);
    secret(value.clone(), value, "entropy", false)
}

fn slack_webhook(random: &mut StdRng) -> Secret {
    let value = some(random, ALPHANUMERIC, 24);
    let text = format!("https://hooks.slack.com/services/T0AB/B0CD/{value}");
    secret(text, value, "token", false)
}

fn jwt(random: &mut StdRng) -> Secret {
    let parts = [
        some(random, ALPHANUMERIC, 33),
        some(random, ALPHANUMERIC, 40),
        some(random, ALPHANUMERIC, 43),
    ];
    Secret {
        text: format!("eyJ{}.eyJ{}.{}", parts[0], parts[1], parts[2]),
        pieces: parts.to_vec(),
        id: "jwt",
        is_known_by_its_beginning: true,
    }
}

/// In lines of 64 characters, as files have them, or with the ends of its lines written out.
fn private_key(random: &mut StdRng) -> Secret {
    let kind = one_of(random, &["RSA ", "EC ", "", "OPENSSH ", "ENCRYPTED "]);
    let joint = one_of(random, &["\n", "\\n", " "]);
    let lines: Vec<_> = (0..3).map(|_| some(random, BASE64, 64)).collect();
    let body = lines.join(joint);
    let text = format!(
        "-----BEGIN {kind}PRIVATE KEY-----{joint}{body}{joint}-----END {kind}PRIVATE KEY-----"
    );
    Secret {
        text,
        pieces: lines,
        id: "private_key",
        is_known_by_its_beginning: true,
    }
}

fn cookie(random: &mut StdRng) -> Secret {
    let (one, other) = (
        some(random, ALPHANUMERIC, 20),
        some(random, ALPHANUMERIC, 20),
    );
    Secret {
        text: format!("Cookie: sid={one}; cart={other}"),
        pieces: vec![one, other],
        id: "secret_kv",
        is_known_by_its_beginning: true,
    }
}

fn url(random: &mut StdRng) -> Secret {
    let scheme = one_of(
        random,
        &["https", "postgres", "amqp", "mongodb+srv", "redis"],
    );
    let (user, password) = (some(random, LOWER, 9), some(random, ALPHANUMERIC, 16));
    let text = format!("{scheme}://{user}:{password}@db.internal/shop");
    Secret {
        text,
        pieces: vec![user, password],
        id: "url_userinfo",
        is_known_by_its_beginning: false,
    }
}

/// With its check digit, in groups or not.
fn card(random: &mut StdRng) -> Secret {
    let mut digits = one_of(random, &["4", "51", "37", "6011"]).to_owned();
    let count = match digits.starts_with("37") {
        true => 14,
        false => 15,
    };
    digits += &some(random, DIGITS, count - digits.len());
    let sum: u32 = digits
        .chars()
        .rev()
        .enumerate()
        .map(|(at, it)| {
            let digit = it.to_digit(10).unwrap();
            match at % 2 == 0 {
                true if digit > 4 => digit * 2 - 9,
                true => digit * 2,
                false => digit,
            }
        })
        .sum();
    digits += &((10 - sum % 10) % 10).to_string();
    let joint = one_of(random, &["", " ", "-"]);
    let groups: Vec<_> = digits
        .as_bytes()
        .chunks(4)
        .map(|it| String::from_utf8_lossy(it).into_owned())
        .collect();
    let text = groups.join(joint);
    secret(text.clone(), text, "card", false)
}

/// With its check digits.
fn iban(random: &mut StdRng) -> Secret {
    let (country, length) =
        [("DE", 18), ("NL", 14), ("FR", 23), ("ES", 20)][random.random_range(0..4)];
    let account = some(random, DIGITS, length);
    let number: String = format!("{account}{country}00")
        .chars()
        .map(|it| it.to_digit(36).unwrap().to_string())
        .collect();
    let rest = number
        .bytes()
        .fold(0_u32, |rest, it| (rest * 10 + u32::from(it - b'0')) % 97);
    let whole = format!("{country}{:02}{account}", 98 - rest);
    let joint = one_of(random, &["", " "]);
    let groups: Vec<_> = whole
        .as_bytes()
        .chunks(4)
        .map(|it| String::from_utf8_lossy(it).into_owned())
        .collect();
    let text = groups.join(joint);
    secret(text.clone(), text, "iban", false)
}

fn email(random: &mut StdRng) -> Secret {
    let (name, host) = (some(random, LOWER, 10), some(random, LOWER, 8));
    let text = format!("{name}@{host}.example");
    secret(text, name, "email", false)
}

fn phone(random: &mut StdRng) -> Secret {
    let number = some(random, DIGITS, 7);
    let text = match random.random_range(0..4) {
        0 => format!("+49 170 {number}"),
        1 => format!("+1-555-{}-{}", &number[..3], some(random, DIGITS, 4)),
        2 => format!("(555) {}-{}", &number[..3], some(random, DIGITS, 4)),
        _ => format!("phone=0170{number}"),
    };
    let piece = text.trim_start_matches("phone=").to_owned();
    secret(text, piece, "phone", false)
}

fn ipv4(random: &mut StdRng) -> Secret {
    let mut octet = || random.random_range(1..255);
    let text = format!("{}.{}.{}.{}", octet(), octet(), octet(), octet());
    secret(text.clone(), text, "ip", false)
}

fn ipv6(random: &mut StdRng) -> Secret {
    let mut group = || some(random, HEX, 4);
    let text = format!("2001:db8:{}::{}:{}", group(), group(), group());
    secret(text.clone(), text, "ip", false)
}

#[test]
fn there_are_many_kinds_and_no_two_of_one_name() {
    let mut names: Vec<_> = KINDS.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), KINDS.len());
    assert!(names.len() >= 40);
}
