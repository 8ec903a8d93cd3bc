use std::io::{BufReader, Cursor};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_evidence::Scope;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::ledger::{
    EntryKind, NewEntry, Seal, Sealer,
    chain::{BEFORE_THE_FIRST, End, link, seal},
};

struct Key;

impl Sealer for Key {
    fn seal(&self, message: &[u8]) -> Seal {
        Seal {
            key_id: "key".to_owned(),
            signature: message.iter().rev().copied().collect(),
        }
    }
}

impl Verifier for Key {
    fn verify(&self, seal: &Seal, message: &[u8], _: DateTime<Utc>) -> bool {
        seal.key_id == "key" && seal.signature.iter().rev().eq(message)
    }
}

fn acme() -> WorkspaceId {
    "acme".parse().unwrap()
}

fn entries(many: u128) -> Vec<Entry> {
    let mut end = End {
        sequence: 0,
        hash: BEFORE_THE_FIRST,
    };
    let new = (1..=many).map(|n| NewEntry {
        id: Uuid::from_u128(n),
        kind: EntryKind::Passport,
        scope: Scope {
            workspace: acme(),
            service: "shop".parse().unwrap(),
            environment: "production".parse().unwrap(),
        },
        about: None,
        subject: None,
        at: DateTime::from_timestamp(1_777_800_600, 0).unwrap(),
        body: Bytes::from_static(b"{}"),
    });
    new.map(|it| link(&mut end, &it)).collect()
}

fn text(entries: &[Entry], head: Option<&Head>) -> Vec<String> {
    let lines = entries.iter().map(|it| serde_json::to_string(it).unwrap());
    let head = serde_json::json!({ "head": head }).to_string();
    lines.chain([head]).collect()
}

fn head_after(entries: &[Entry]) -> Head {
    seal(entries.last().unwrap(), &Key)
}

fn verified(lines: &[String], checkpoint: Option<&Head>) -> Result<Exported, BrokenExport> {
    let text = lines.iter().map(|it| format!("{it}\n")).collect::<String>();
    verified_text(text.as_bytes(), checkpoint)
}

fn verified_text(text: &[u8], checkpoint: Option<&Head>) -> Result<Exported, BrokenExport> {
    let mut seen = 0;
    let result = verify_export(text, &acme(), checkpoint, &Key, |entry| {
        seen += 1;
        assert_eq!(entry.sequence, seen);
    });
    result.map_err(|error| match error {
        NotWhole::Broken(broken) => broken,
        NotWhole::Unread(error) => panic!("{error}"),
    })
}

fn broken(lines: &[String], checkpoint: Option<&Head>) -> (u64, u64, Reason, Option<(u64, u64)>) {
    let found = verified(lines, checkpoint).unwrap_err();
    let Broken { sequence, reason } = found.broken;
    (sequence, found.line, reason, found.missing)
}

#[test]
fn a_whole_export_is_whole_with_and_without_a_checkpoint_on_it() {
    let entries = entries(5);
    let lines = text(&entries, Some(&head_after(&entries)));
    for checkpoint in [
        None,
        Some(head_after(&entries[..2])),
        Some(head_after(&entries)),
    ] {
        let whole = verified(&lines, checkpoint.as_ref()).unwrap();
        assert_eq!((whole.verified.entries, whole.verified.newest), (5, 5));
        assert_eq!(whole.head, Some(head_after(&entries)));
    }
}

#[test]
fn one_of_nothing_is_whole_unless_something_was_recorded_before() {
    let nothing = text(&[], None);
    assert_eq!(verified(&nothing, None).unwrap().verified.entries, 0);
    let before = head_after(&entries(3));
    let found = broken(&nothing, Some(&before));
    assert_eq!(found, (3, 1, Reason::NotOnChain, Some((1, 3))));
}

#[test]
fn what_was_removed_at_the_end_is_named() {
    let entries = entries(5);
    let (whole, shorter) = (head_after(&entries), head_after(&entries[..3]));
    // With the head that they led to.
    let lines = text(&entries[..3], Some(&whole));
    let found = broken(&lines, None);
    assert_eq!(found, (4, 4, Reason::HeadDiffers, Some((4, 5))));
    // With an older head put back: only a checkpoint tells.
    let lines = text(&entries[..3], Some(&shorter));
    assert!(verified(&lines, None).is_ok());
    let found = broken(&lines, Some(&whole));
    assert_eq!(found, (5, 4, Reason::NotOnChain, Some((4, 5))));
}

#[test]
fn the_first_break_is_told_with_its_line() {
    let entries = entries(5);
    let lines = text(&entries, Some(&head_after(&entries)));
    let changed = |at: usize, to: &dyn Fn(&mut Vec<String>)| {
        let mut lines = lines.clone();
        to(&mut lines);
        let (sequence, line, reason, _) = broken(&lines, None);
        assert_eq!((sequence, line), (at as u64, at as u64), "{reason}");
        reason
    };
    let other = |lines: &mut Vec<String>| lines[2] = lines[2].replace("shop", "shoq");
    assert_eq!(changed(3, &other), Reason::HashDiffers);
    assert_eq!(changed(2, &|it| drop(it.remove(1))), Reason::Gap);
    assert_eq!(changed(4, &|it| it.swap(3, 4)), Reason::Gap);
    let no_json = |lines: &mut Vec<String>| lines[3].truncate(20);
    assert_eq!(changed(4, &no_json), Reason::Unreadable);
    assert_eq!(changed(6, &|it| drop(it.pop())), Reason::CutOff);
    let no_head = |lines: &mut Vec<String>| lines[5] = "{}".to_owned();
    assert_eq!(changed(6, &no_head), Reason::Unreadable);
}

#[test]
fn nothing_may_follow_the_head() {
    let entries = entries(2);
    let mut lines = text(&entries, Some(&head_after(&entries)));
    lines.push(lines[0].clone());
    assert_eq!(broken(&lines, None), (3, 4, Reason::AfterTheHead, None));
}

#[test]
fn an_empty_file_is_no_export() {
    let found = verified_text(b"", None).unwrap_err();
    assert_eq!((found.broken.reason, found.line), (Reason::CutOff, 1));
}

#[test]
fn a_line_without_end_is_not_read_to_its_end() {
    let endless = BufReader::new(std::io::repeat(b' '));
    let found = verify_export(endless, &acme(), None, &Key, |_| {});
    let NotWhole::Broken(found) = found.unwrap_err() else {
        panic!("it was read");
    };
    assert_eq!(found.broken.reason, Reason::Unreadable);
}

#[test]
fn what_can_not_be_read_is_not_called_broken() {
    struct Fails;
    impl std::io::Read for Fails {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::PermissionDenied.into())
        }
    }
    let found = verify_export(BufReader::new(Fails), &acme(), None, &Key, |_| {});
    assert!(matches!(found, Err(NotWhole::Unread(_))));
}

proptest! {
    /// A byte more, a byte less or another one anywhere: either the same is said as before, or it is
    /// found. Cut off anywhere, it is found unless only the last end of line is gone.
    #[test]
    fn no_other_text_is_taken_for_the_whole(at in any::<prop::sample::Index>(), by in 1_u8..=255) {
        let entries = entries(3);
        let head = head_after(&entries);
        let lines = text(&entries, Some(&head));
        let text = lines.iter().map(|it| format!("{it}\n")).collect::<String>().into_bytes();
        let at = at.index(text.len());
        let mut changed = text.clone();
        changed[at] ^= by;
        let same = |found: Exported| {
            prop_assert_eq!(&found.head, &Some(head.clone()));
            prop_assert_eq!(found.verified.entries, 3);
            Ok(())
        };
        if let Ok(found) = verified_text(&changed, Some(&head)) {
            same(found)?;
        }
        let mut cursor = Cursor::new(&text[..at]);
        let cut_off = verify_export(&mut cursor, &acme(), None, &Key, |_| {});
        prop_assert_eq!(cut_off.is_ok(), at == text.len() - 1);
    }
}
