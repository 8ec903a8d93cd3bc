//! Whatever comes in as a report, only one about our message and our recipient makes anything pass.

use passport_evidence::Status;
use proptest::{prelude::*, sample::select};

use super::bench::{ID, judged, report};

/// A change of a report's lines.
#[derive(Debug, Clone)]
enum Change {
    Lost(usize),
    Doubled(usize),
    Moved(usize, usize),
    Set(usize, String),
    Cut(usize),
    Replaced(&'static str, &'static str),
    Byte(usize, u8),
}

fn count() -> usize {
    report().split("\r\n").count()
}

/// What changes one thing into another that could be taken for it.
fn replaced() -> impl Strategy<Value = Change> {
    let pairs = vec![
        ("7f3e2c10", "7f3e2c11"),
        ("<7f3e2c10-req7Q2@example.com>", "<other@example.com>"),
        (
            "<7f3e2c10-req7Q2@example.com>",
            "<x@y> <7f3e2c10-req7Q2@example.com>",
        ),
        ("<7f3e2c10-req7Q2@example.com>", ""),
        ("Message-ID", "In-Reply-To"),
        ("Message-ID", "Message-Id"),
        ("cab@example.com", "mallory@example.net"),
        ("cab@example.com", "cab@example.com.example.net"),
        ("cab@example.com", "CAB@Example.COM"),
        ("cab@example.com", "x@example.net, cab@example.com"),
        ("Final-Recipient", "Original-Recipient"),
        ("Final-Recipient", "X-Recipient"),
        ("rfc822;", "x400;"),
        ("delivered", "failed"),
        ("delivered", "delayed"),
        ("delivered", "relayed"),
        ("delivered", "DELIVERED"),
        ("delivered", "delivered (really)"),
        ("2.0.0", "5.0.0"),
        ("2.0.0", "4.0.0"),
        ("2.0.0", "2"),
        ("delivery-status", "disposition-notification"),
        ("multipart/report", "multipart/mixed"),
        ("message/delivery-status", "text/plain"),
        ("text/rfc822-headers", "text/plain"),
        ("text/plain", "message/delivery-status"),
        ("text/plain", "text/rfc822-headers"),
        ("boundary=\"b1\"", "boundary=b1"),
        ("boundary=\"b1\"", "boundary=\"b2\""),
        ("\r\n", "\n"),
        ("--b1--", "--b1"),
    ];
    select(pairs).prop_map(|(from, to)| Change::Replaced(from, to))
}

fn change() -> impl Strategy<Value = Change> {
    let at = || 0..count();
    let lines: Vec<String> = report().split("\r\n").map(str::to_owned).collect();
    let further = [
        "Message-ID: <other@example.com>",
        "Final-Recipient: rfc822; mallory@example.net",
        "Action: failed",
        "Content-Transfer-Encoding: base64",
        "Content-Type: text/plain",
        " folded",
        "no field",
    ];
    let texts = lines.into_iter().chain(further.map(str::to_owned));
    prop_oneof![
        at().prop_map(Change::Lost),
        at().prop_map(Change::Doubled),
        (at(), at()).prop_map(|(from, to)| Change::Moved(from, to)),
        (at(), select(texts.collect::<Vec<_>>())).prop_map(|(at, text)| Change::Set(at, text)),
        (0..report().len()).prop_map(Change::Cut),
        replaced(),
        (0..report().len(), any::<u8>()).prop_map(|(at, byte)| Change::Byte(at, byte)),
    ]
}

// === impl Change ===

impl Change {
    fn apply(&self, report: &mut Vec<u8>) {
        let text = String::from_utf8_lossy(report).into_owned();
        let mut lines: Vec<_> = text.split("\r\n").map(str::to_owned).collect();
        match self {
            Self::Lost(at) if *at < lines.len() => {
                lines.remove(*at);
            }
            Self::Doubled(at) if *at < lines.len() => {
                let line = lines[*at].clone();
                lines.insert(*at, line);
            }
            Self::Moved(from, to) if *from < lines.len() => {
                let line = lines.remove(*from);
                lines.insert((*to).min(lines.len()), line);
            }
            Self::Set(at, text) if *at < lines.len() => lines[*at].clone_from(text),
            Self::Replaced(from, to) => lines = vec![text.replace(from, to)],
            Self::Cut(at) => {
                report.truncate(*at);
                return;
            }
            Self::Byte(at, byte) => {
                if let Some(it) = report.get_mut(*at) {
                    *it = *byte;
                }
                return;
            }
            Self::Lost(_) | Self::Doubled(_) | Self::Moved(..) | Self::Set(..) => return,
        }
        *report = lines.join("\r\n").into_bytes();
    }
}

/// Reads the same text in a way of its own, and no more strictly than could ever be right: every sign of a
/// report about our message is somewhere in it, on lines of its own. Blanks say nothing.
fn may_pass(report: &[u8]) -> bool {
    let text = String::from_utf8_lossy(report)
        .replace("\r\n", "\n")
        .replace("\n ", " ")
        .replace("\n\t", " ");
    let has = |name: &str, value: &str| {
        let lines = text.lines().filter_map(|it| it.split_once(':'));
        let mut found = lines.filter(|(it, _)| it.trim_end().eq_ignore_ascii_case(name));
        found.any(|(_, it)| {
            let told: String = it.chars().filter(|it| !it.is_ascii_whitespace()).collect();
            told.to_ascii_lowercase().contains(value)
        })
    };
    let is_ours = text.lines().any(|it| {
        let field = it.split_once(':');
        field.is_some_and(|(name, value)| {
            name.trim_end().eq_ignore_ascii_case("message-id") && value.trim() == ID
        })
    });
    let to = |name| has(name, ";cab@example.com");
    is_ours
        && (to("final-recipient") || to("original-recipient"))
        && has("action", "delivered")
        && has("status", "2.")
        && has("content-type", "delivery-status")
}

#[test]
fn the_report_itself_passes() {
    let fact = judged(report().as_bytes()).unwrap();
    assert_eq!(fact.status(), Status::Passed);
    assert!(may_pass(report().as_bytes()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn changed_reports_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(), 1..5),
    ) {
        let mut changed = report().into_bytes();
        for change in &changes {
            change.apply(&mut changed);
        }
        let has_passed = judged(&changed).is_some_and(|it| it.status() == Status::Passed);
        let shown = String::from_utf8_lossy(&changed);
        prop_assert!(!has_passed || may_pass(&changed), "{}", shown);
    }

    #[test]
    fn arbitrary_bytes_break_nothing(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            prop::collection::vec(select(b" \t\r\n;:<>(".as_slice()), 0..6),
        ],
        at in 0..report().len(),
    ) {
        prop_assert!(judged(&bytes).is_none());
        let mut within = report().into_bytes();
        within.splice(at..at, bytes);
        let has_passed = judged(&within).is_some_and(|it| it.status() == Status::Passed);
        let shown = String::from_utf8_lossy(&within);
        prop_assert!(!has_passed || may_pass(&within), "{}", shown);
    }
}
