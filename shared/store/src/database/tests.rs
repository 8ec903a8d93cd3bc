use tempfile::TempDir;

use super::*;
use crate::migrations::CollectorTables;

async fn count(db: &DatabaseConnection) -> i64 {
    let all = Statement::from_string(DbBackend::Sqlite, "SELECT count(*) AS n FROM letters");
    let row = db.query_one_raw(all).await.unwrap().unwrap();
    row.try_get("", "n").unwrap()
}

/// A transaction that SQLite ends by itself, as it does where the disk is full.
async fn ended_by_sqlite(db: &DatabaseConnection) {
    let writing = begin_writing(db).await.unwrap();
    writing.execute_unprepared("ROLLBACK").await.unwrap();
}

async fn failed(db: &DatabaseConnection) {
    let writing = begin_writing(db).await.unwrap();
    let wrong = writing.execute_unprepared("INSERT INTO nowhere VALUES (1)");
    assert!(wrong.await.is_err());
}

#[tokio::test]
async fn what_is_committed_after_a_transaction_that_sqlite_ended_is_there_for_everybody() {
    let folder = TempDir::new().unwrap();
    let at = Location::in_folder(folder.path(), "quality");
    let db = open::<CollectorTables>(&at).await.unwrap();
    let other = open::<CollectorTables>(&at).await.unwrap();
    let make = db.execute_unprepared("CREATE TABLE letters (n INTEGER)");
    make.await.unwrap();
    // Often enough that every connection of the pool has met it.
    let often = 3 * i64::from(CONNECTIONS);
    for _ in 0..often {
        ended_by_sqlite(&db).await;
    }
    // One that fails within what the driver takes for a transaction leaves that open.
    for _ in 0..often {
        failed(&db).await;
    }
    for _ in 0..often {
        let writing = begin_writing(&db).await.unwrap();
        let keep = writing.execute_unprepared("INSERT INTO letters VALUES (1)");
        keep.await.unwrap();
        writing.commit().await.unwrap();
    }
    assert_eq!(count(&other).await, often);
}
