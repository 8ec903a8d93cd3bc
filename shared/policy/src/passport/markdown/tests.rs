use passport_evidence::{Excerpts, FailureCode, Origin, Status};

use super::{
    MAX_MARKDOWN, markdown,
    text::{link, plain},
};
use crate::{
    gate::{
        Consequence, Decision, Mode, State,
        tests::made::{self, at},
    },
    passport::tests::passport,
};

/// Where each of these first stands, which has to be in this order.
fn are_in_order(page: &str, wanted: &[&str]) {
    let mut rest = page;
    for text in wanted {
        let found = rest.split_once(text);
        rest = found.unwrap_or_else(|| panic!("no {text:?} in\n{rest}")).1;
    }
}

#[test]
fn the_decision_comes_first_then_what_decided_it() {
    let page = markdown(&passport());
    are_in_order(
        &page,
        &[
            "## Release gate: block for acme/checkout-api/production\n",
            "latency is 2%",
            "- Mode: enforce",
            "- Release: version 1.8.0, revision aaaa",
            "- Decided: 2026-05-03T09:30:00Z\n",
            "### Requirements\n",
            "| violated: block |",
            "### What would have to change\n\n- ",
            "### Waivers\n",
            "| latency (eu) of prom | known, and mended tomorrow | ada (https",
            "### Approvals\n",
            "| bob (https",
            "| looked at it with the team | ",
            "### Evidence\n",
            "2026-05-03T09:29:50Z, good for 300 s | pulled |",
            "### Sources that could not answer\n",
            "| ci | THROTTLED |",
        ],
    );
}

#[test]
fn the_word_of_a_person_is_shown_as_such() {
    let mut passport = passport();
    let facts = vec![made::fact("tested", Status::Passed, 1)];
    passport.evidence = vec![made::evidence_of("qa", Origin::Declared, facts)];
    assert!(markdown(&passport).contains(" | declared |\n"));
}

#[test]
fn a_release_that_nobody_named_in_shadow_says_both() {
    let mut passport = passport();
    passport.subject = None;
    passport.mode = Mode::Shadow;
    passport.decision = Decision::Hold;
    passport.valid_until = None;
    passport.revoked_at = Some(made::now());
    are_in_order(
        &markdown(&passport),
        &[
            "## Release gate: hold",
            "- Mode: shadow: it is recorded only and approves nothing\n",
            "- Release: nobody said which\n",
            "- Valid until: it rests on nothing",
            "- **Withdrawn: 2026-05-03T09:30:00Z**",
        ],
    );
}

#[test]
fn what_others_wrote_does_nothing() {
    let cases = [
        ("a|b", r"a\|b"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("&lt;", "&amp;lt;"),
        ("`rm`", r"\`rm\`"),
        ("[a](https://x)", r"\[a\](https\://x)"),
        ("@team #1 !2", "\\@\u{200b}team \\#\u{200b}1 \\!\u{200b}2"),
        ("www.example.com", "www\u{200b}.example.com"),
        ("a\r\n| b\t\u{0}\u{1b}", r"a  \| b   "),
        ("a\u{202e}b\u{200b}c", "a\u{fffd}b\u{fffd}c"),
        (r"\|", r"\\\|"),
        ("1.5% of -3", "1.5% of -3"),
    ];
    for (text, shown) in cases {
        assert_eq!(plain(text), shown, "{text:?}");
    }
    assert_eq!(plain(&"é".repeat(401)), "é".repeat(400) + "…");
}

#[test]
fn log_lines_behind_a_fact_are_shown_as_text() {
    let mut passport = passport();
    assert!(!markdown(&passport).contains("What log lines look like"));
    let lines = [
        "charge failed",
        "\u{1b}[31m| x | <b>\n@ada https://evil.example",
        "c",
        "a fourth",
    ];
    let lines: Excerpts = lines.map(str::to_owned).into_iter().collect();
    let lines = lines.redacted([("email".to_owned(), 2), ("ip".to_owned(), 1)]);
    let fact = made::fact("errors", Status::Failed, 5)
        .about("eu")
        .quoting(lines);
    passport.evidence = vec![made::evidence_of("logs", Origin::Pulled, vec![fact])];
    let page = markdown(&passport);
    are_in_order(
        &page,
        &[
            "### Evidence\n",
            "### What log lines look like\n\n| Source | Fact | Line, redacted |\n",
            "| logs | errors (eu) | charge failed |\n",
            "| logs | errors (eu) |  \\[31m\\| x \\| &lt;b&gt; \\@\u{200b}ada https\\://evil.example |\n",
            "| logs | errors (eu) | c |\n",
            "| logs | errors (eu) | *taken out of these lines: email 2, ip 1* |\n",
        ],
    );
    assert!(!page.contains("a fourth"));
}

#[test]
fn a_link_goes_to_the_web_and_carries_no_user() {
    let shown = link("https://ci.example.com/run?a=1&b=(2)#x|y").unwrap();
    assert_eq!(
        shown,
        " [look](<https://ci.example.com/run?a=1&b=%282%29#x%7Cy>)"
    );
    let long = format!("https://example.com/{}", "a".repeat(1_000));
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://ci.example.com@evil.example.com/",
        "//example.com",
        "look here",
        &long,
    ] {
        assert_eq!(link(bad), None, "{bad}");
    }
}

#[test]
fn a_long_page_is_cut_and_says_what_was_left_out() {
    let mut passport = passport();
    let long = "@<".repeat(1_000);
    let mut requirement = passport.requirements[0].clone();
    requirement.state = State::Violated;
    requirement.consequence = Consequence::Block;
    requirement.explanation.clone_from(&long);
    requirement.requirement.clone_from(&long);
    passport.requirements = vec![requirement; 500];
    passport.until_allowed = vec![long.clone(); 500];
    let mut waiver = made::waiver(&at("prom", "latency"), None);
    waiver.reason.clone_from(&long);
    passport.waivers = vec![waiver; 500];
    let mut approval = made::approval("bob");
    approval.reason.clone_from(&long);
    passport.approvals = vec![approval; 500];
    let mut failure = made::failure("ci", FailureCode::Throttled);
    failure.message.clone_from(&long);
    passport.failures = vec![failure; 500];
    let lines = [long.clone()].into_iter().collect();
    let fact = made::fact("latency", Status::Failed, 5).about(long.clone());
    let fact = fact.quoting(lines);
    passport.evidence = vec![made::evidence_of("prom", Origin::Pulled, vec![fact; 500])];
    if let Some(subject) = &mut passport.subject {
        subject.artifact_digests = vec![long; 100];
    }
    let page = markdown(&passport);
    assert!(page.len() <= MAX_MARKDOWN, "{}", page.len());
    let cut = page.matches("more left out here").count();
    assert_eq!(cut, 7, "{page}");
}
