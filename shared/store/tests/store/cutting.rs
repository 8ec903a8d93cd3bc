//! What is promised of a chain whose oldest entries were removed, on both databases.

use futures::future::join_all;
use passport_store::{
    EntryKind, LedgerRefusal,
    ledger::{Broken, NotVerified, Reason, Verified, chain},
};

use crate::{
    databases::Scratch,
    entries::{acme, at, id, passport, passport_of, workspace},
    raw::Raw,
    seals::Key,
};

fn whole(oldest: u64, newest: u64) -> Result<Verified, NotVerified> {
    Ok(Verified {
        entries: newest - oldest + 1,
        oldest,
        newest,
    })
}

fn broken(sequence: u64, reason: Reason) -> Result<Verified, NotVerified> {
    Err(NotVerified::Broken(Broken { sequence, reason }))
}

async fn a_cut_chain_is_whole_and_goes_on(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for n in 1..=5 {
        ledger.append(passport(n)).await.unwrap();
        ledger.append(passport_of("rival", n)).await.unwrap();
    }
    let third = ledger.get(&acme(), id(3)).await.unwrap().unwrap();
    let cut = ledger.cut(&acme(), 4, at(9)).await.unwrap().unwrap();
    assert_eq!((cut.sequence, cut.kind), (6, EntryKind::Cut));
    assert_eq!((cut.at, cut.scope), (at(9), third.scope));
    let hash = third.hash.map(|byte| format!("{byte:02x}")).concat();
    let says = format!(r#"{{"removedThrough":3,"hash":"{hash}"}}"#);
    assert_eq!(cut.body, says.into_bytes());
    assert_eq!(ledger.verify(&acme(), None, &Key).await, whole(4, 6));
    assert_eq!(ledger.get(&acme(), id(3)).await, Ok(None));
    let head = ledger.head(&acme()).await.unwrap().unwrap();
    assert_eq!((head.sequence, head.hash), (6, cut.hash));
    ledger.append(passport(7)).await.unwrap();
    assert_eq!(ledger.verify(&acme(), Some(&head), &Key).await, whole(4, 7));
    let rival = workspace("rival");
    assert_eq!(ledger.verify(&rival, None, &Key).await, whole(1, 5));
}

async fn a_chain_can_be_cut_again_and_again_and_down_to_its_newest_entry(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for n in 1..=3 {
        ledger.append(passport(n)).await.unwrap();
    }
    for (keep_from, newest) in [(2, 4), (4, 5), (5, 6), (6, 7)] {
        let cut = ledger.cut(&acme(), keep_from, at(9)).await.unwrap();
        assert_eq!(cut.map(|it| it.sequence), Some(newest));
        let verified = ledger.verify(&acme(), None, &Key).await;
        assert_eq!(verified, whole(keep_from, newest));
    }
}

async fn nothing_is_cut_where_nothing_would_be_removed_or_left(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let too_far = Err(LedgerRefusal::CutTooFar.into());
    assert_eq!(ledger.cut(&acme(), 1, at(9)).await, too_far);
    for n in 1..=3 {
        ledger.append(passport(n)).await.unwrap();
    }
    assert_eq!(ledger.cut(&acme(), 4, at(9)).await, too_far);
    for keep_from in [0, 1] {
        assert_eq!(ledger.cut(&acme(), keep_from, at(9)).await, Ok(None));
    }
    assert_eq!(ledger.verify(&acme(), None, &Key).await, whole(1, 3));
    ledger.cut(&acme(), 3, at(9)).await.unwrap();
    assert_eq!(ledger.cut(&acme(), 2, at(9)).await, Ok(None));
    assert_eq!(ledger.verify(&acme(), None, &Key).await, whole(3, 4));
}

async fn more_than_was_cut_is_missed(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for n in 1..=5 {
        ledger.append(passport(n)).await.unwrap();
    }
    ledger.cut(&acme(), 3, at(9)).await.unwrap();
    let raw = Raw::open(&scratch).await;
    raw.run("DELETE FROM ledger_entries WHERE sequence = 3")
        .await;
    let verified = ledger.verify(&acme(), None, &Key).await;
    assert_eq!(verified, broken(3, Reason::CutNotSealed));
}

async fn a_broken_place_is_not_cut_away(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for n in 1..=5 {
        ledger.append(passport(n)).await.unwrap();
    }
    let raw = Raw::open(&scratch).await;
    raw.run("DELETE FROM ledger_entries WHERE sequence = 2")
        .await;
    let refused = Err(LedgerRefusal::CutBroken.into());
    assert_eq!(ledger.cut(&acme(), 3, at(9)).await, refused);
    let verified = ledger.verify(&acme(), None, &Key).await;
    assert_eq!(verified, broken(2, Reason::Gap));
}

async fn what_is_older_is_cut_and_what_came_after_it_stays(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    assert_eq!(ledger.cut_older(&acme(), at(9), at(9)).await, Ok(0));
    // The clock of the fourth was behind.
    for (n, seconds) in [(1, 1), (2, 2), (3, 5), (4, 2), (5, 6)] {
        let entry = passport_store::NewEntry {
            at: at(seconds),
            ..passport(n)
        };
        ledger.append(entry).await.unwrap();
    }
    assert_eq!(ledger.cut_older(&acme(), at(1), at(9)).await, Ok(0));
    assert_eq!(ledger.cut_older(&acme(), at(3), at(9)).await, Ok(2));
    assert_eq!(ledger.verify(&acme(), None, &Key).await, whole(3, 6));
    assert_eq!(ledger.cut_older(&acme(), at(3), at(9)).await, Ok(0));
    // All are older: the newest stays, which was the cut, and a cut of its own comes after it.
    assert_eq!(ledger.cut_older(&acme(), at(20), at(30)).await, Ok(3));
    assert_eq!(ledger.verify(&acme(), None, &Key).await, whole(6, 7));
}

async fn what_is_broken_is_not_cut_for_its_age(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for n in 1..=5 {
        ledger.append(passport(n)).await.unwrap();
    }
    let raw = Raw::open(&scratch).await;
    raw.run("UPDATE ledger_entries SET service = 'other' WHERE sequence = 2")
        .await;
    let refused = Err(LedgerRefusal::CutBroken.into());
    assert_eq!(ledger.cut_older(&acme(), at(99), at(99)).await, refused);
    let verified = ledger.verify(&acme(), None, &Key).await;
    assert_eq!(verified, broken(2, Reason::HashDiffers));
}

async fn a_chain_whose_beginning_is_gone_is_not_cut_for_its_age(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for n in 1..=9 {
        ledger.append(passport(n)).await.unwrap();
    }
    let raw = Raw::open(&scratch).await;
    raw.run("DELETE FROM ledger_entries WHERE sequence <= 2")
        .await;
    let refused = Err(LedgerRefusal::CutBroken.into());
    assert_eq!(ledger.cut_older(&acme(), at(99), at(99)).await, refused);
    let verified = ledger.verify(&acme(), None, &Key).await;
    assert_eq!(verified, broken(2, Reason::CutNotSealed));
}

async fn many_are_cut_in_parts(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for added in join_all((1..=10_005).map(|n| ledger.append(passport(n)))).await {
        added.unwrap();
    }
    let cut = ledger.cut(&acme(), 10_004, at(9)).await.unwrap().unwrap();
    assert_eq!(cut.sequence, 10_007);
    let verified = ledger.verify(&acme(), None, &Key).await;
    assert_eq!(verified, whole(10_004, 10_007));
}

async fn a_chain_is_read_from_its_beginning_and_what_is_cut_meanwhile_is_told(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    assert_eq!(ledger.beginning(&acme()).await, Ok(None));
    for n in 1..=600 {
        ledger.append(passport(n)).await.unwrap();
    }
    let (head, oldest) = ledger.beginning(&acme()).await.unwrap().unwrap();
    assert_eq!((head.sequence, oldest.len()), (600, 256));
    let mut entries = oldest;
    while let Some(last) = entries.last().map(|it| it.sequence) {
        let page = ledger.following(&acme(), last).await.unwrap();
        if page.is_empty() {
            break;
        }
        entries.extend(page);
    }
    let checked = chain::verify(&acme(), &entries, Some(&head), None, &Key);
    assert_eq!(checked.unwrap().entries, 600);
    ledger.cut(&acme(), 300, at(9)).await.unwrap();
    let told = ledger.following(&acme(), 256).await;
    assert_eq!(told, Err(LedgerRefusal::CutMeanwhile.into()));
    let goes_on = ledger.following(&acme(), 299).await.unwrap();
    assert_eq!(goes_on.first().map(|it| it.sequence), Some(300));
}

async fn a_chain_can_be_cut_and_checked_while_others_add_to_it(scratch: Scratch) {
    let replicas = join_all((0..3).map(|_| scratch.open_ledger())).await;
    for n in 1..=20 {
        replicas[0].append(passport(n)).await.unwrap();
    }
    let adding = async {
        for n in 21..=120 {
            let new = passport(n);
            replicas[n as usize % 2].append(new).await.unwrap();
        }
    };
    let cutting = async {
        for keep_from in 2..=20 {
            replicas[2].cut(&acme(), keep_from, at(9)).await.unwrap();
        }
    };
    let acme = acme();
    let checking = async {
        for _ in 0..20 {
            let verified = replicas[1].verify(&acme, None, &Key).await;
            assert!(verified.is_ok(), "{verified:?}");
        }
    };
    futures::join!(adding, cutting, checking);
    let verified = replicas[0].verify(&acme, None, &Key).await;
    assert_eq!(verified, whole(20, 139));
}

both!(
    a_cut_chain_is_whole_and_goes_on,
    a_chain_can_be_cut_again_and_again_and_down_to_its_newest_entry,
    nothing_is_cut_where_nothing_would_be_removed_or_left,
    more_than_was_cut_is_missed,
    a_broken_place_is_not_cut_away,
    what_is_older_is_cut_and_what_came_after_it_stays,
    what_is_broken_is_not_cut_for_its_age,
    a_chain_whose_beginning_is_gone_is_not_cut_for_its_age,
    many_are_cut_in_parts,
    a_chain_is_read_from_its_beginning_and_what_is_cut_meanwhile_is_told,
    a_chain_can_be_cut_and_checked_while_others_add_to_it,
);
