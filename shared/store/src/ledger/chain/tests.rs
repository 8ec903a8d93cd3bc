use bytes::Bytes;
use passport_evidence::Scope;
use proptest::{collection::vec, option, prelude::*, sample::Index};
use uuid::Uuid;

use super::*;
use crate::ledger::{EntryKind, Seal};

/// Whoever knows its byte can seal.
struct Key(u8);

impl Key {
    fn sign(&self, message: &[u8]) -> Vec<u8> {
        Sha256::digest([&[self.0], message].concat()).to_vec()
    }
}

impl Sealer for Key {
    fn seal(&self, message: &[u8]) -> Seal {
        Seal {
            key_id: "key".to_owned(),
            signature: self.sign(message),
        }
    }
}

impl Verifier for Key {
    fn verify(&self, seal: &Seal, message: &[u8], _: DateTime<Utc>) -> bool {
        seal.key_id == "key" && seal.signature == self.sign(message)
    }
}

const OURS: Key = Key(1);
const THEIRS: Key = Key(2);

fn acme() -> WorkspaceId {
    "acme".parse().unwrap()
}

fn new(n: u128, body: &[u8]) -> NewEntry {
    NewEntry {
        id: Uuid::from_u128(n),
        kind: EntryKind::Passport,
        scope: Scope {
            workspace: acme(),
            service: "shop".parse().unwrap(),
            environment: "production".parse().unwrap(),
        },
        about: None,
        subject: None,
        at: DateTime::from_timestamp(1_777_800_600, 123_456_789).unwrap(),
        body: Bytes::copy_from_slice(body),
    }
}

fn chain_of(new: &[NewEntry]) -> Vec<Entry> {
    let mut end = End {
        sequence: 0,
        hash: BEFORE_THE_FIRST,
    };
    new.iter().map(|it| link(&mut end, it)).collect()
}

/// The same entries, linked anew, as whoever writes history anew would.
fn linked_anew(entries: &[Entry]) -> Vec<Entry> {
    let new = |entry: &Entry| NewEntry {
        id: entry.id,
        kind: entry.kind,
        scope: entry.scope.clone(),
        about: entry.about,
        subject: entry.subject,
        at: entry.at,
        body: entry.body.clone(),
    };
    chain_of(&entries.iter().map(new).collect::<Vec<_>>())
}

fn head_of(entries: &[Entry], key: &Key) -> Head {
    seal(entries.last().unwrap(), key)
}

fn check(entries: &[Entry], head: &Head, checkpoint: Option<&Head>) -> Result<Verified, Broken> {
    verify(&acme(), entries, Some(head), checkpoint, &OURS)
}

fn at(sequence: u64, reason: Reason) -> Result<Verified, Broken> {
    Err(Broken { sequence, reason })
}

fn whole(entries: u64) -> Result<Verified, Broken> {
    Ok(Verified {
        entries,
        oldest: 1,
        newest: entries,
    })
}

prop_compose! {
    fn any_new()(
        kind in prop::sample::select(&EntryKind::ALL[..6]),
        service in "[a-z0-9][a-z0-9._-]{0,8}",
        environment in "[a-z0-9][a-z0-9._-]{0,8}",
        about in option::of(any::<u128>()),
        subject in option::of(any::<[u8; 32]>()),
        nanoseconds in any::<i64>(),
        body in vec(any::<u8>(), 0..40),
        id in any::<u128>(),
    ) -> NewEntry {
        NewEntry {
            id: Uuid::from_u128(id),
            kind,
            scope: Scope {
                workspace: acme(),
                service: service.parse().unwrap(),
                environment: environment.parse().unwrap(),
            },
            about: about.map(Uuid::from_u128),
            subject,
            at: time(nanoseconds),
            body: body.into(),
        }
    }
}

fn any_chain() -> impl Strategy<Value = Vec<Entry>> {
    vec(any_new(), 1..12).prop_map(|new| chain_of(&new))
}

/// A part of an entry that may be changed.
fn changed(entry: &mut Entry, part: usize, at: Index) {
    fn flip(bytes: &mut [u8], at: Index) {
        let bit = at.index(bytes.len() * 8);
        bytes[bit / 8] ^= 1 << (bit % 8);
    }
    match part {
        0 => flip(&mut entry.previous, at),
        1 => flip(&mut entry.hash, at),
        2 => {
            let mut id = *entry.id.as_bytes();
            flip(&mut id, at);
            entry.id = Uuid::from_bytes(id);
        }
        3 => {
            let others: Vec<_> = EntryKind::ALL
                .into_iter()
                .filter(|it| *it != entry.kind)
                .collect();
            entry.kind = others[at.index(others.len())];
        }
        4 => entry.scope.service = format!("{}x", entry.scope.service).parse().unwrap(),
        5 => entry.scope.environment = format!("x{}", entry.scope.environment).parse().unwrap(),
        6 => {
            entry.about = match entry.about {
                Some(_) => None,
                None => Some(Uuid::nil()),
            };
        }
        7 => {
            entry.subject = match entry.subject {
                Some(_) => None,
                None => Some([0; 32]),
            };
        }
        8 => {
            let mut nanoseconds = nanoseconds(entry.at).to_be_bytes();
            flip(&mut nanoseconds, at);
            entry.at = time(i64::from_be_bytes(nanoseconds));
        }
        _ => {
            let mut body = entry.body.to_vec();
            if body.is_empty() {
                body.push(0);
            } else {
                flip(&mut body, at);
            }
            entry.body = body.into();
        }
    }
}

proptest! {
    #[test]
    fn any_chain_is_whole_from_any_of_its_heads(entries in any_chain(), at in any::<Index>()) {
        let checkpoint = head_of(&entries[..=at.index(entries.len())], &OURS);
        let head = head_of(&entries, &OURS);
        prop_assert_eq!(check(&entries, &head, Some(&checkpoint)), whole(entries.len() as u64));
    }

    #[test]
    fn any_change_is_found_in_its_place(
        mut entries in any_chain(), which in any::<Index>(), part in 0..10_usize, at in any::<Index>(),
    ) {
        let head = head_of(&entries, &OURS);
        let which = which.index(entries.len());
        changed(&mut entries[which], part, at);
        let broken = check(&entries, &head, None).unwrap_err();
        prop_assert_eq!(broken.sequence, which as u64 + 1);
    }

    #[test]
    fn a_missing_entry_is_found_in_its_place(mut entries in any_chain(), which in any::<Index>()) {
        let head = head_of(&entries, &OURS);
        let which = which.index(entries.len());
        entries.remove(which);
        let broken = check(&entries, &head, None).unwrap_err();
        prop_assert_eq!(broken.sequence, which as u64 + 1);
    }

    #[test]
    fn entries_out_of_order_are_found(entries in any_chain(), a in any::<Index>(), b in any::<Index>()) {
        let head = head_of(&entries, &OURS);
        let (a, b) = (a.index(entries.len()), b.index(entries.len()));
        prop_assume!(a != b);
        let first = a.min(b) as u64 + 1;
        let mut swapped = entries.clone();
        swapped.swap(a, b);
        prop_assert!(check(&swapped, &head, None).is_err());
        // With their places exchanged as well, as in a database.
        (swapped[a].sequence, swapped[b].sequence) = (entries[a].sequence, entries[b].sequence);
        let broken = check(&swapped, &head, None).unwrap_err();
        prop_assert_eq!(broken.sequence, first);
    }

    #[test]
    fn what_was_linked_anew_is_no_longer_sealed(
        mut entries in any_chain(), which in any::<Index>(), part in 2..10_usize, at_byte in any::<Index>(),
    ) {
        let sealed = head_of(&entries, &OURS);
        let which = which.index(entries.len());
        let newest = entries.len() as u64;
        changed(&mut entries[which], part, at_byte);
        prop_assume!(entries[which].kind != EntryKind::Cut);
        let anew = linked_anew(&entries);
        prop_assert_eq!(check(&anew, &sealed, None), at(newest, Reason::HeadDiffers));
        let by_another = head_of(&anew, &THEIRS);
        prop_assert_eq!(check(&anew, &by_another, None), at(newest, Reason::SealInvalid));
        // Even whoever has the key can't get past a head that was exported.
        let stolen = head_of(&anew, &OURS);
        prop_assert_eq!(check(&anew, &stolen, None), whole(newest));
        prop_assert_eq!(check(&anew, &stolen, Some(&sealed)), at(newest, Reason::NotOnChain));
    }

    #[test]
    fn what_was_shortened_is_found_against_a_checkpoint(entries in any_chain(), left in any::<Index>()) {
        let checkpoint = head_of(&entries, &OURS);
        let newest = entries.len() as u64;
        let shorter = &entries[..left.index(entries.len())];
        let Some(last) = shorter.last() else {
            let nothing = verify(&acme(), [], None, Some(&checkpoint), &OURS);
            prop_assert_eq!(nothing, at(newest, Reason::NotOnChain));
            return Ok(());
        };
        let older = seal(last, &OURS);
        prop_assert_eq!(check(shorter, &older, None), whole(last.sequence));
        prop_assert_eq!(check(shorter, &older, Some(&checkpoint)), at(newest, Reason::NotOnChain));
    }

    #[test]
    fn what_was_exported_is_as_whole_as_before(entries in any_chain()) {
        let head = head_of(&entries, &OURS);
        let json = serde_json::to_vec(&(&entries, &head)).unwrap();
        let (again, head_again): (Vec<Entry>, Head) = serde_json::from_slice(&json).unwrap();
        prop_assert_eq!(&again, &entries);
        prop_assert_eq!(&head_again, &head);
        prop_assert_eq!(check(&again, &head_again, Some(&head)), whole(entries.len() as u64));
    }
}

#[test]
fn hashes_are_those_that_are_documented() {
    let full = NewEntry {
        kind: EntryKind::WaiverRevoked,
        about: Some(Uuid::from_u128(1)),
        subject: Some([9; 32]),
        ..new(2, b"second")
    };
    let entries = chain_of(&[new(1, b"first"), full]);
    let hashes: Vec<_> = entries.iter().map(|it| hex::encode(it.hash)).collect();
    // Made by another program from the table.
    assert_eq!(
        hashes,
        [
            "453fb87c52dc0dfaf8c8e16f99a1b2395da4bb82103d94cf0ac12aee65f92744",
            "061aa297d1af9c751ca23566362ddae1e7e53628163114f70dba1c3c62591655"
        ]
    );
    let message = head_message(&head_of(&entries, &OURS));
    assert_eq!(
        hex::encode(Sha256::digest(message)),
        "5b01841dba0ec6ce57e7261cab655d2b3e5235b44ea0b7314f8267bebe786604"
    );
}

#[test]
fn heads_and_entries_have_their_documented_form() {
    let mut entries = chain_of(&[new(1, b"first")]);
    entries[0].hash = [0xab; 32];
    entries[0].about = Some(Uuid::from_u128(7));
    let ab = "ab".repeat(32);
    let zeros = "00".repeat(32);
    assert_eq!(
        serde_json::to_string(&entries[0]).unwrap(),
        format!(
            r#"{{"workspaceId":"acme","sequence":1,"previous":"{zeros}","hash":"{ab}","id":"00000000-0000-0000-0000-000000000001","kind":"passport","service":"shop","environment":"production","about":"00000000-0000-0000-0000-000000000007","at":"2026-05-03T09:30:00.123456789Z","body":"Zmlyc3Q="}}"#
        )
    );
    let mut head = head_of(&entries, &OURS);
    head.seal.signature = vec![1, 2, 3];
    assert_eq!(
        serde_json::to_string(&head).unwrap(),
        format!(
            r#"{{"workspaceId":"acme","sequence":1,"hash":"{ab}","at":"2026-05-03T09:30:00.123456789Z","keyId":"key","signature":"AQID"}}"#
        )
    );
}

#[test]
fn an_entry_that_is_not_as_exported_is_refused_without_being_repeated() {
    let entries = chain_of(&[new(1, b"first")]);
    let good = serde_json::to_value(&entries[0]).unwrap();
    for key in good.as_object().unwrap().keys() {
        let mut bad = good.clone();
        bad[key] = "xyzzy never shown".into();
        let error = serde_json::from_value::<Entry>(bad).unwrap_err();
        if key != "sequence" {
            assert_eq!(error.to_string(), format!("{key} is not as it is exported"));
        }
    }
}

#[test]
fn entries_without_a_head_and_a_head_without_entries_are_broken() {
    let entries = chain_of(&[new(1, b""), new(2, b"")]);
    let none = verify(&acme(), &entries, None, None, &OURS);
    assert_eq!(none, at(2, Reason::HeadMissing));
    let head = head_of(&entries, &OURS);
    assert_eq!(check(&[], &head, None), at(1, Reason::HeadDiffers));
    let nothing = verify(&acme(), [], None, None, &OURS);
    let empty = Verified {
        entries: 0,
        oldest: 0,
        newest: 0,
    };
    assert_eq!(nothing, Ok(empty));
}

#[test]
fn entries_of_another_workspace_are_no_part_of_a_chain() {
    let rival: WorkspaceId = "rival".parse().unwrap();
    let entries = chain_of(&[new(1, b"")]);
    let head = head_of(&entries, &OURS);
    let theirs = verify(&rival, &entries, Some(&head), None, &OURS);
    assert_eq!(theirs, at(1, Reason::OtherWorkspace));
    let other = verify(&rival, [], None, Some(&head), &OURS);
    assert_eq!(other, at(1, Reason::CheckpointInvalid));
}

#[test]
fn a_checkpoint_that_nobody_trusted_sealed_says_nothing() {
    let entries = chain_of(&[new(1, b"")]);
    let forged = head_of(&entries, &THEIRS);
    let head = head_of(&entries, &OURS);
    let checked = check(&entries, &head, Some(&forged));
    assert_eq!(checked, at(1, Reason::CheckpointInvalid));
}

/// A chain of six, of which the last says that those through a place were removed.
fn with_a_cut(body: impl Fn(&[Entry]) -> Vec<u8>) -> Vec<Entry> {
    let mut all: Vec<_> = (1..6).map(|n| new(n, b"x")).collect();
    let body = body(&chain_of(&all));
    all.push(NewEntry {
        kind: EntryKind::Cut,
        ..new(6, &body)
    });
    chain_of(&all)
}

fn cut_through(place: usize) -> Vec<Entry> {
    with_a_cut(|entries| {
        let last = &entries[place - 1];
        let hash = hex::encode(last.hash);
        format!(r#"{{"removedThrough":{place},"hash":"{hash}"}}"#).into_bytes()
    })
}

#[test]
fn a_chain_begins_where_its_cut_says_and_nowhere_else() {
    let entries = cut_through(3);
    let head = head_of(&entries, &OURS);
    let cut = Verified {
        entries: 3,
        oldest: 4,
        newest: 6,
    };
    assert_eq!(check(&entries[3..], &head, None), Ok(cut));
    assert_eq!(
        check(&entries[4..], &head, None),
        at(4, Reason::CutNotSealed)
    );
    assert_eq!(
        check(&entries[2..], &head, None),
        at(2, Reason::CutNotSealed)
    );
    assert_eq!(check(&entries, &head, None), at(1, Reason::CutNotSealed));
}

#[test]
fn a_checkpoint_holds_until_its_entry_is_cut_away() {
    let entries = cut_through(3);
    let head = head_of(&entries, &OURS);
    let against = |place: usize| {
        let checkpoint = head_of(&entries[..place], &OURS);
        check(&entries[3..], &head, Some(&checkpoint))
    };
    assert_eq!(against(2), at(2, Reason::CheckpointCutAway));
    for place in 3..=6 {
        assert!(against(place).is_ok(), "{place}");
    }
    let mut other = entries[..3].to_vec();
    other[2].body = Bytes::from_static(b"y");
    let other = head_of(&linked_anew(&other), &OURS);
    let checked = check(&entries[3..], &head, Some(&other));
    assert_eq!(checked, at(3, Reason::NotOnChain));
}

#[test]
fn a_cut_is_written_in_one_way_and_names_what_came_before_it() {
    let zeros = "00".repeat(32);
    let bodies = [
        String::new(),
        "{}".to_owned(),
        format!(r#"{{"removedThrough":6,"hash":"{zeros}"}}"#),
        format!(r#"{{"removedThrough":0,"hash":"{zeros}"}}"#),
        format!(r#"{{"removedThrough": 3,"hash":"{zeros}"}}"#),
        format!(r#"{{"hash":"{zeros}","removedThrough":3}}"#),
        format!(r#"{{"removedThrough":3,"hash":"{}"}}"#, "AB".repeat(32)),
        format!(r#"{{"removedThrough":3,"hash":"{zeros}","more":1}}"#),
        r#"{"removedThrough":3,"hash":"00"}"#.to_owned(),
    ];
    for body in bodies {
        let entries = with_a_cut(|_| body.clone().into_bytes());
        let head = head_of(&entries, &OURS);
        let checked = check(&entries, &head, None);
        assert_eq!(checked, at(6, Reason::CutDiffers), "{body}");
    }
}
