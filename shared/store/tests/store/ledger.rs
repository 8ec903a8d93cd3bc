//! What the ledger promises to whoever adds and reads, on both databases.

use bytes::Bytes;
use futures::future::join_all;
use passport_store::{
    Entry, EntryKind, LedgerRefusal, Listing, NewEntry, StoreError, ledger::Verified,
};

use crate::{
    databases::Scratch,
    entries::{acme, at, id, passport, passport_of, scope, speaking_of, workspace},
    seals::Key,
};

fn ids(entries: &[Entry]) -> Vec<u128> {
    entries.iter().map(|it| it.id.as_u128()).collect()
}

fn whole(entries: u64) -> Verified {
    Verified {
        entries,
        oldest: 1,
        newest: entries,
    }
}

fn doubled() -> Result<Entry, StoreError> {
    Err(StoreError::Ledger(LedgerRefusal::Doubled))
}

async fn an_entry_comes_back_as_it_was_added(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let all: Vec<u8> = (0..=255).collect();
    for (n, kind) in (1..).zip(EntryKind::ALL) {
        if kind == EntryKind::Cut {
            continue;
        }
        let new = NewEntry {
            kind,
            about: (n > 1).then(|| id(1)),
            subject: (n > 2).then_some([3; 32]),
            body: Bytes::from(all.clone()),
            ..passport(n)
        };
        let added = ledger.append(new.clone()).await.unwrap();
        assert_eq!(u128::from(added.sequence), n);
        assert_eq!(ledger.get(&acme(), id(n)).await, Ok(Some(added.clone())));
        let again = NewEntry {
            id: added.id,
            kind: added.kind,
            scope: added.scope,
            about: added.about,
            subject: added.subject,
            at: added.at,
            body: added.body,
        };
        assert_eq!(again, new);
    }
    assert_eq!(ledger.get(&acme(), id(99)).await, Ok(None));
}

async fn what_was_added_is_there_when_the_ledger_is_opened_again(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let first = ledger.append(passport(1)).await.unwrap();
    ledger.close().await.unwrap();
    let again = scratch.open_ledger().await;
    let second = again.append(passport(2)).await.unwrap();
    assert_eq!(second.sequence, 2);
    assert_eq!(second.previous, first.hash);
    assert_eq!(again.get(&acme(), id(1)).await, Ok(Some(first)));
}

async fn an_id_is_taken_once(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let first = ledger.append(passport(1)).await.unwrap();
    let other = NewEntry {
        body: Bytes::from_static(b"other"),
        ..passport(1)
    };
    assert_eq!(ledger.append(other).await, doubled());
    assert_eq!(ledger.get(&acme(), id(1)).await, Ok(Some(first)));
    let together = join_all((0..50).map(|n| ledger.append(passport(2 + n % 5)))).await;
    let taken = together.iter().filter(|it| it.is_ok()).count();
    let refused = together.iter().filter(|it| **it == doubled()).count();
    assert_eq!((taken, refused), (5, 45));
    assert_eq!(ledger.verify(&acme(), None, &Key).await, Ok(whole(6)));
}

async fn workspaces_with_equal_names_never_see_one_another(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let of_both = (0..60).map(|n| {
        let workspace = ["acme", "rival"][n as usize % 2];
        // The same ids, subjects and scopes in both.
        ledger.append(passport_of(workspace, n / 2))
    });
    for added in join_all(of_both).await {
        added.unwrap();
    }
    let spoken = speaking_of(0, EntryKind::PassportRevoked, 30);
    let revoked = ledger.append(spoken).await.unwrap();
    let (acme, rival) = (acme(), workspace("rival"));
    assert_eq!(ledger.about(&acme, id(0)).await, Ok(vec![revoked]));
    assert_eq!(ledger.about(&rival, id(0)).await, Ok(Vec::new()));
    assert_eq!(ledger.get(&rival, id(30)).await, Ok(None));
    let of_release = ledger.of_release(&rival, EntryKind::Passport, [7; 32]);
    let of_release = of_release.await.unwrap();
    assert_eq!(of_release.len(), 30);
    let listed = ledger.list(&everything(&rival)).await.unwrap();
    assert_eq!(listed.len(), 30);
    for entry in of_release.iter().chain(&listed) {
        assert_eq!(entry.scope.workspace, rival);
    }
    assert_eq!(ledger.verify(&acme, None, &Key).await, Ok(whole(31)));
    assert_eq!(ledger.verify(&rival, None, &Key).await, Ok(whole(30)));
    let head = ledger.head(&rival).await.unwrap().unwrap();
    assert_eq!((head.workspace, head.sequence), (rival, 30));
    assert_eq!(ledger.head(&workspace("nobody")).await, Ok(None));
}

fn everything(workspace: &passport_evidence::WorkspaceId) -> Listing<'_> {
    Listing {
        workspace,
        service: None,
        environment: None,
        kinds: &[],
        before: None,
        limit: 100,
    }
}

async fn entries_are_listed_newest_first_page_by_page(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for n in 1..=7 {
        ledger.append(passport(n)).await.unwrap();
    }
    let acme = acme();
    let page = |before| Listing {
        before,
        limit: 3,
        ..everything(&acme)
    };
    let first = ledger.list(&page(None)).await.unwrap();
    assert_eq!(ids(&first), [7, 6, 5]);
    let second = ledger.list(&page(Some(first[2].sequence))).await.unwrap();
    assert_eq!(ids(&second), [4, 3, 2]);
    let third = ledger.list(&page(Some(second[2].sequence))).await.unwrap();
    assert_eq!(ids(&third), [1]);
}

async fn a_listing_holds_what_it_asks_for(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let places = [
        ("shop", "production"),
        ("shop", "staging"),
        ("till", "production"),
    ];
    let mut n = 0;
    for (service, environment) in places {
        for kind in [EntryKind::Passport, EntryKind::Waiver] {
            n += 1;
            let new = NewEntry {
                kind,
                scope: scope("acme", service, environment),
                ..passport(n)
            };
            ledger.append(new).await.unwrap();
        }
    }
    let (acme, shop, production) = (
        acme(),
        "shop".parse().unwrap(),
        "production".parse().unwrap(),
    );
    let listed = async |which: Listing<'_>| ids(&ledger.list(&which).await.unwrap());
    let all = everything(&acme);
    assert_eq!(listed(all).await, [6, 5, 4, 3, 2, 1]);
    let of_shop = Listing {
        service: Some(&shop),
        ..all
    };
    assert_eq!(listed(of_shop).await, [4, 3, 2, 1]);
    let in_production = Listing {
        environment: Some(&production),
        ..of_shop
    };
    assert_eq!(listed(in_production).await, [2, 1]);
    let waivers = Listing {
        kinds: &[EntryKind::Waiver],
        ..all
    };
    assert_eq!(listed(waivers).await, [6, 4, 2]);
    let both = [EntryKind::Waiver, EntryKind::Passport, EntryKind::Cut];
    let both = Listing {
        kinds: &both,
        ..all
    };
    assert_eq!(listed(both).await, [6, 5, 4, 3, 2, 1]);
}

async fn what_was_said_of_an_entry_is_given_in_its_order(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    ledger.append(passport(1)).await.unwrap();
    for (n, kind) in [(4, EntryKind::Approval), (3, EntryKind::PassportRevoked)] {
        ledger.append(speaking_of(1, kind, n)).await.unwrap();
    }
    ledger
        .append(speaking_of(2, EntryKind::Approval, 5))
        .await
        .unwrap();
    let about = ledger.about(&acme(), id(1)).await.unwrap();
    assert_eq!(ids(&about), [4, 3]);
}

async fn of_an_entry_all_is_given_or_nothing(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let said = |n| ledger.append(speaking_of(1, EntryKind::Approval, n));
    join_all((2..502).map(said)).await;
    let about = ledger.about(&acme(), id(1)).await.unwrap();
    assert_eq!(about.len(), 500);
    said(502).await.unwrap();
    let too_many = StoreError::Ledger(LedgerRefusal::TooMany);
    assert_eq!(ledger.about(&acme(), id(1)).await, Err(too_many));
}

async fn of_a_release_the_newest_are_given_in_their_order(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let waiver = |n| NewEntry {
        kind: EntryKind::Waiver,
        ..passport(n)
    };
    for n in [1_u128, 2] {
        ledger.append(waiver(n)).await.unwrap();
    }
    let other = NewEntry {
        subject: Some([8; 32]),
        ..waiver(3)
    };
    ledger.append(other).await.unwrap();
    ledger.append(passport(4)).await.unwrap();
    let acme = acme();
    let found = async || {
        let found = ledger.of_release(&acme, EntryKind::Waiver, [7; 32]);
        ids(&found.await.unwrap())
    };
    assert_eq!(found().await, [1, 2]);
    join_all((5..504).map(|n| ledger.append(waiver(n)))).await;
    let found = found().await;
    assert_eq!(found.len(), 500);
    assert_eq!(found[..2], [2, 5]);
}

async fn of_a_release_all_that_persons_said_is_given_or_nothing(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let said = |n, kind| NewEntry {
        kind,
        ..passport(n)
    };
    let kinds = [EntryKind::Waiver, EntryKind::WaiverRevoked];
    ledger.append(passport(1)).await.unwrap();
    ledger.append(said(3, kinds[0])).await.unwrap();
    ledger.append(said(2, kinds[1])).await.unwrap();
    ledger.append(said(4, EntryKind::Approval)).await.unwrap();
    let other = NewEntry {
        subject: Some([8; 32]),
        ..said(5, kinds[0])
    };
    ledger.append(other).await.unwrap();
    let (acme, rival) = (acme(), workspace("rival"));
    let found = ledger.all_of_release(&acme, &kinds, [7; 32]).await;
    assert_eq!(ids(&found.unwrap()), [3, 2]);
    let found = ledger.all_of_release(&rival, &kinds, [7; 32]).await;
    assert_eq!(found, Ok(Vec::new()));
    join_all((6..505).map(|n| ledger.append(said(n, kinds[0])))).await;
    let too_many = StoreError::Ledger(LedgerRefusal::TooMany);
    let found = ledger.all_of_release(&acme, &kinds, [7; 32]).await;
    assert_eq!(found, Err(too_many));
}

async fn what_was_said_of_several_entries_is_given_together(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for n in 1..4 {
        ledger.append(passport(n)).await.unwrap();
        let later = speaking_of(n, EntryKind::WaiverRevoked, n + 10);
        ledger.append(later).await.unwrap();
    }
    let about = ledger.about_any(&acme(), &[id(3), id(1)]).await.unwrap();
    assert_eq!(ids(&about), [11, 13]);
    assert_eq!(ledger.about_any(&acme(), &[]).await, Ok(Vec::new()));
}

async fn of_a_batch_only_what_is_refused_is_left_out(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    ledger.append(passport(1)).await.unwrap();
    let verdicts = join_all([2, 1, 3, 3, 4].map(|n| ledger.append(passport(n)))).await;
    let taken: Vec<_> = verdicts.iter().map(Result::is_ok).collect();
    assert_eq!(taken, [true, false, true, false, true]);
    assert_eq!(ledger.verify(&acme(), None, &Key).await, Ok(whole(4)));
}

async fn a_cut_is_not_added_and_nothing_too_large(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let cut = NewEntry {
        kind: EntryKind::Cut,
        ..passport(1)
    };
    let refused = ledger.append(cut).await;
    assert_eq!(refused, Err(LedgerRefusal::OnlyByCut.into()));
    let large = |bytes| NewEntry {
        body: Bytes::from(vec![0; bytes]),
        ..passport(2)
    };
    let refused = ledger.append(large(16 * 1024 * 1024 + 1)).await;
    assert_eq!(refused, Err(LedgerRefusal::TooLarge.into()));
    assert_eq!(ledger.head(&acme()).await, Ok(None));
    let taken = ledger.append(large(16 * 1024 * 1024)).await.unwrap();
    assert_eq!(taken.sequence, 1);
    assert_eq!(ledger.verify(&acme(), None, &Key).await, Ok(whole(1)));
}

/// Eight gateways, each with its own connections, and senders that wait together.
async fn replicas_make_one_chain(scratch: Scratch) {
    let replicas = join_all((0..8).map(|_| scratch.open_ledger())).await;
    let workspaces = ["acme", "rival", "third"];
    let added = replicas.iter().enumerate().flat_map(|(replica, ledger)| {
        (0..60).map(move |n| {
            let number = replica as u128 * 1_000 + n;
            ledger.append(passport_of(workspaces[n as usize % 3], number))
        })
    });
    let mut sequences = std::collections::BTreeMap::<_, Vec<_>>::new();
    for added in join_all(added).await {
        let added = added.unwrap();
        let of = sequences.entry(added.scope.workspace).or_default();
        of.push(added.sequence);
    }
    assert_eq!(sequences.len(), 3);
    for (workspace, mut sequences) in sequences {
        sequences.sort_unstable();
        assert_eq!(sequences, (1..=160).collect::<Vec<_>>());
        for ledger in &replicas {
            let verified = ledger.verify(&workspace, None, &Key).await;
            assert_eq!(verified, Ok(whole(160)));
        }
    }
}

async fn a_caller_who_gives_up_costs_nobody_else(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    for n in 0..20 {
        let adding = ledger.append(passport(n));
        let _gave_up = tokio::time::timeout(std::time::Duration::ZERO, adding).await;
    }
    let last = ledger.append(passport(20)).await.unwrap();
    let whole = whole(last.sequence);
    assert_eq!(ledger.verify(&acme(), None, &Key).await, Ok(whole));
}

async fn what_was_taken_is_written_before_the_ledger_is_closed(scratch: Scratch) {
    let ledger = scratch.open_ledger().await;
    let adding = (0..100).map(|n| {
        let ledger = ledger.clone();
        tokio::spawn(async move { ledger.append(passport(n)).await })
    });
    let adding: Vec<_> = adding.collect();
    ledger.append(passport(100)).await.unwrap();
    ledger.close().await.unwrap();
    let mut taken = 1;
    for verdict in join_all(adding).await {
        match verdict.unwrap() {
            Ok(_) => taken += 1,
            Err(error) => assert_eq!(error, StoreError::Ending),
        }
    }
    assert_eq!(ledger.append(passport(101)).await, Err(StoreError::Ending));
    assert_eq!(
        ledger.head(&acme()).await,
        Err(StoreError::Ending),
        "nothing is read either"
    );
    let again = scratch.open_ledger().await;
    let verified = again.verify(&acme(), None, &Key).await;
    assert_eq!(verified, Ok(whole(taken)));
}

async fn any_time_is_kept_as_well_as_it_can_be(scratch: Scratch) {
    use chrono::{DateTime, Utc};
    let ledger = scratch.open_ledger().await;
    let times = [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC, at(0)];
    for (n, at) in (1..).zip(times) {
        let added = ledger.append(NewEntry { at, ..passport(n) }).await;
        let added = added.unwrap();
        assert_eq!(ledger.get(&acme(), id(n)).await, Ok(Some(added)));
    }
    assert_eq!(ledger.verify(&acme(), None, &Key).await, Ok(whole(3)));
}

both!(
    an_entry_comes_back_as_it_was_added,
    what_was_added_is_there_when_the_ledger_is_opened_again,
    an_id_is_taken_once,
    workspaces_with_equal_names_never_see_one_another,
    entries_are_listed_newest_first_page_by_page,
    a_listing_holds_what_it_asks_for,
    what_was_said_of_an_entry_is_given_in_its_order,
    of_an_entry_all_is_given_or_nothing,
    of_a_release_the_newest_are_given_in_their_order,
    of_a_release_all_that_persons_said_is_given_or_nothing,
    what_was_said_of_several_entries_is_given_together,
    of_a_batch_only_what_is_refused_is_left_out,
    a_cut_is_not_added_and_nothing_too_large,
    replicas_make_one_chain,
    a_caller_who_gives_up_costs_nobody_else,
    what_was_taken_is_written_before_the_ledger_is_closed,
    any_time_is_kept_as_well_as_it_can_be,
);
