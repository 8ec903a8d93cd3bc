//! Whoever writes to the database past the ledger is found, on both databases.

use bytes::Bytes;
use passport_store::{
    EntryKind, Ledger, NewEntry,
    ledger::{Broken, NotVerified, Reason, Verified},
};

use crate::{
    databases::Scratch,
    entries::{acme, id, passport, passport_of, workspace},
    raw::{Column, Is, Raw, column},
    seals::{Key, Stranger},
};

const ENTRIES: &str = "ledger_entries";
const HEADS: &str = "ledger_heads";

const OF_ENTRIES: [Column; 12] = [
    column("workspace", Is::Text),
    column("sequence", Is::Number),
    column("previous", Is::Bytes),
    column("hash", Is::Bytes),
    column("id", Is::Id),
    column("kind", Is::Text),
    column("service", Is::Text),
    column("environment", Is::Text),
    column("about", Is::Id),
    column("subject", Is::Bytes),
    column("at", Is::Number),
    column("body", Is::Bytes),
];

const OF_HEADS: [Column; 6] = [
    column("workspace", Is::Text),
    column("sequence", Is::Number),
    column("hash", Is::Bytes),
    column("at", Is::Number),
    column("key_id", Is::Text),
    column("signature", Is::Bytes),
];

/// Entries of a chain whose every byte is turned.
const FEW: u64 = 4;

async fn few(scratch: &Scratch) -> Ledger {
    let ledger = scratch.open_ledger().await;
    for n in 1..=FEW {
        let new = NewEntry {
            kind: EntryKind::Waiver,
            about: Some(id(1)),
            body: Bytes::from(format!("body {n}")),
            ..passport(n.into())
        };
        ledger.append(new).await.unwrap();
    }
    ledger
}

async fn broken(ledger: &Ledger) -> Broken {
    match ledger.verify(&acme(), None, &Key).await {
        Err(NotVerified::Broken(broken)) => broken,
        other => panic!("{other:?}"),
    }
}

async fn is_whole(ledger: &Ledger) {
    let verified = ledger.verify(&acme(), None, &Key).await;
    assert_eq!(verified.map(|it| it.entries), Ok(FEW));
}

fn entry(place: u64) -> String {
    format!("workspace = 'acme' AND sequence = {place}")
}

/// Every cell of a row with one bit of each byte turned, and those that may be so made NULL.
fn altered(cell: &[u8]) -> Vec<Vec<u8>> {
    let turned = (0..cell.len()).flat_map(|at| {
        [0x01, 0x80].map(|bit| {
            let mut other = cell.to_vec();
            other[at] ^= bit;
            other
        })
    });
    turned.chain([Vec::new()]).collect()
}

/// The place that is named. Of an entry that was moved that is where it is missing, or where it is and
/// should not be: the end of the chain, or before its beginning.
fn expected(column: Column, place: u64, cell: &[u8]) -> Vec<u64> {
    if column.name != "sequence" {
        return vec![place];
    }
    match i64::from_be_bytes(cell.try_into().unwrap()) < 1 {
        true => vec![0],
        false => vec![place, FEW + 1],
    }
}

/// Where the row is after it was altered.
fn row_after(table: &str, column: Column, row: &str, cell: &[u8]) -> String {
    if table == ENTRIES && column.name == "sequence" {
        let place = i64::from_be_bytes(cell.try_into().unwrap());
        return format!("sequence = {place}");
    }
    if column.name == "workspace" {
        // No other row of these tests has another workspace.
        let place = row.split_once("AND").map_or("1 = 1", |(_, place)| place);
        return format!("workspace <> 'acme' AND {place}");
    }
    row.to_owned()
}

async fn any_byte_of_any_entry_that_is_turned_is_found_in_its_place(scratch: Scratch) {
    let ledger = few(&scratch).await;
    let raw = Raw::open(&scratch).await;
    let mut found = 0;
    for place in 1..=FEW {
        let row = entry(place);
        for column in OF_ENTRIES {
            let before = raw.cell(ENTRIES, column, &row).await.unwrap();
            for cell in altered(&before) {
                let whole_cell = !matches!(column.is, Is::Number | Is::Id);
                if !whole_cell && cell.is_empty() {
                    continue;
                }
                let put = raw.put(ENTRIES, column, &row, Some(&cell)).await;
                if put.is_err() {
                    continue;
                }
                let broken = broken(&ledger).await;
                let found_at = broken.sequence;
                assert!(
                    expected(column, place, &cell).contains(&found_at),
                    "{} of {place}: {broken}",
                    column.name
                );
                found += 1;
                let row_now = row_after(ENTRIES, column, &row, &cell);
                let back = raw.put(ENTRIES, column, &row_now, Some(&before));
                back.await.unwrap();
            }
        }
    }
    is_whole(&ledger).await;
    assert!(found > 1_000, "{found}");
}

async fn any_byte_of_a_head_that_is_turned_is_found(scratch: Scratch) {
    let ledger = few(&scratch).await;
    let raw = Raw::open(&scratch).await;
    let row = "workspace = 'acme'";
    for column in OF_HEADS {
        let before = raw.cell(HEADS, column, row).await.unwrap();
        for cell in altered(&before) {
            if cell.is_empty() && matches!(column.is, Is::Number) {
                continue;
            }
            if raw.put(HEADS, column, row, Some(&cell)).await.is_err() {
                continue;
            }
            let reason = broken(&ledger).await.reason;
            let expected = match column.name {
                "workspace" => vec![Reason::HeadMissing],
                "sequence" | "hash" => vec![Reason::HeadDiffers, Reason::HeadUnreadable],
                _ => vec![Reason::SealInvalid, Reason::HeadUnreadable],
            };
            assert!(expected.contains(&reason), "{}: {reason}", column.name);
            let row_now = row_after(HEADS, column, row, &cell);
            let back = raw.put(HEADS, column, &row_now, Some(&before));
            back.await.unwrap();
        }
    }
    is_whole(&ledger).await;
}

async fn what_is_taken_out_of_an_entry_or_put_into_it_is_found(scratch: Scratch) {
    let ledger = few(&scratch).await;
    let raw = Raw::open(&scratch).await;
    let row = entry(2);
    for column in [column("about", Is::Id), column("subject", Is::Bytes)] {
        let before = raw.cell(ENTRIES, column, &row).await;
        raw.put(ENTRIES, column, &row, None).await.unwrap();
        let found = broken(&ledger).await;
        assert_eq!((found.sequence, found.reason), (2, Reason::HashDiffers));
        let back = raw.put(ENTRIES, column, &row, before.as_deref());
        back.await.unwrap();
    }
    is_whole(&ledger).await;
}

async fn an_entry_that_was_removed_is_found_in_its_place(scratch: Scratch) {
    let ledger = few(&scratch).await;
    let raw = Raw::open(&scratch).await;
    raw.run("CREATE TABLE kept AS SELECT * FROM ledger_entries")
        .await;
    for place in 1..=FEW {
        raw.run(&format!("DELETE FROM {ENTRIES} WHERE sequence = {place}"))
            .await;
        assert_eq!(broken(&ledger).await.sequence, place);
        raw.run(&format!(
            "INSERT INTO {ENTRIES} SELECT * FROM kept WHERE sequence = {place}"
        ))
        .await;
    }
    is_whole(&ledger).await;
}

async fn entries_that_changed_places_are_found(scratch: Scratch) {
    let ledger = few(&scratch).await;
    let raw = Raw::open(&scratch).await;
    for (a, b) in [(1, 2), (1, 4), (2, 3), (3, 4)] {
        let exchange = async || {
            for (from, to) in [(a, 99), (b, a), (99, b)] {
                raw.run(&format!(
                    "UPDATE {ENTRIES} SET sequence = {to} WHERE sequence = {from}"
                ))
                .await;
            }
        };
        exchange().await;
        assert_eq!(broken(&ledger).await.sequence, a, "{a} and {b}");
        exchange().await;
    }
    is_whole(&ledger).await;
}

async fn an_entry_of_another_workspace_that_was_put_into_a_chain_is_found(scratch: Scratch) {
    let ledger = few(&scratch).await;
    for n in [11, 12] {
        ledger.append(passport_of("rival", n)).await.unwrap();
    }
    let raw = Raw::open(&scratch).await;
    raw.run(&format!(
        "UPDATE {ENTRIES} SET workspace = 'acme', sequence = 5 WHERE workspace = 'rival' AND sequence = 2"
    ))
    .await;
    let found = broken(&ledger).await;
    assert_eq!((found.sequence, found.reason), (5, Reason::PreviousDiffers));
    let rival = ledger.verify(&workspace("rival"), None, &Key).await;
    let missing = Broken {
        sequence: 2,
        reason: Reason::HeadDiffers,
    };
    assert_eq!(rival, Err(NotVerified::Broken(missing)));
}

async fn a_chain_put_back_to_an_older_head_is_found_against_a_checkpoint(scratch: Scratch) {
    let ledger = few(&scratch).await;
    let raw = Raw::open(&scratch).await;
    raw.run("CREATE TABLE kept AS SELECT * FROM ledger_heads")
        .await;
    ledger.append(passport(5)).await.unwrap();
    let checkpoint = ledger.head(&acme()).await.unwrap();
    raw.run(&format!("DELETE FROM {ENTRIES} WHERE sequence = 5"))
        .await;
    assert_eq!(broken(&ledger).await.reason, Reason::HeadDiffers);
    raw.run(&format!("DELETE FROM {HEADS}")).await;
    raw.run(&format!("INSERT INTO {HEADS} SELECT * FROM kept"))
        .await;
    is_whole(&ledger).await;
    let against = ledger.verify(&acme(), checkpoint.as_ref(), &Key).await;
    let shortened = Broken {
        sequence: 5,
        reason: Reason::NotOnChain,
    };
    assert_eq!(against, Err(NotVerified::Broken(shortened)));
    // Another entry in the place of the one that was removed.
    ledger.append(passport(6)).await.unwrap();
    let against = ledger.verify(&acme(), checkpoint.as_ref(), &Key).await;
    assert_eq!(against, Err(NotVerified::Broken(shortened)));
}

async fn a_chain_whose_head_was_removed_is_not_begun_anew(scratch: Scratch) {
    let ledger = few(&scratch).await;
    let raw = Raw::open(&scratch).await;
    raw.run(&format!("DELETE FROM {HEADS}")).await;
    for ledger in [&ledger, &ledger, &scratch.open_ledger().await] {
        assert!(ledger.append(passport(5)).await.is_err());
    }
    assert!(ledger.beginning(&acme()).await.is_err(), "given as empty");
    let found = broken(&ledger).await;
    assert_eq!((found.sequence, found.reason), (FEW, Reason::HeadMissing));
}

async fn a_chain_that_a_stranger_sealed_is_not_whole(scratch: Scratch) {
    let ledger = few(&scratch).await;
    let found = ledger.verify(&acme(), None, &Stranger).await;
    let not_ours = Broken {
        sequence: FEW,
        reason: Reason::SealInvalid,
    };
    assert_eq!(found, Err(NotVerified::Broken(not_ours)));
}

async fn a_long_chain_of_large_entries_is_checked_in_pages(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let large = |n: u128| NewEntry {
        body: match n.is_multiple_of(50) {
            true => vec![7; 3 * 1024 * 1024].into(),
            false => Bytes::from_static(b"small"),
        },
        ..passport(n)
    };
    let added = futures::future::join_all((1..=600).map(|n| ledger.append(large(n))));
    for added in added.await {
        added.unwrap();
    }
    let whole = Verified {
        entries: 600,
        oldest: 1,
        newest: 600,
    };
    assert_eq!(ledger.verify(&acme(), None, &Key).await, Ok(whole));
    let raw = Raw::open(&scratch).await;
    for place in [257, 512, 600] {
        let kind = column("kind", Is::Text);
        let row = entry(place);
        let before = raw.cell(ENTRIES, kind, &row).await;
        let put = raw.put(ENTRIES, kind, &row, Some(b"of a newer version"));
        put.await.unwrap();
        let found = broken(&ledger).await;
        assert_eq!((found.sequence, found.reason), (place, Reason::Unreadable));
        let back = raw.put(ENTRIES, kind, &row, before.as_deref());
        back.await.unwrap();
    }
}

both!(
    any_byte_of_any_entry_that_is_turned_is_found_in_its_place,
    any_byte_of_a_head_that_is_turned_is_found,
    what_is_taken_out_of_an_entry_or_put_into_it_is_found,
    an_entry_that_was_removed_is_found_in_its_place,
    entries_that_changed_places_are_found,
    an_entry_of_another_workspace_that_was_put_into_a_chain_is_found,
    a_chain_put_back_to_an_older_head_is_found_against_a_checkpoint,
    a_chain_whose_head_was_removed_is_not_begun_anew,
    a_chain_that_a_stranger_sealed_is_not_whole,
    a_long_chain_of_large_entries_is_checked_in_pages,
);
