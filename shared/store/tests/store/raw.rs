//! The database itself, as somebody sees it who can write to it.

use passport_store::Location;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database, DatabaseConnection, DbBackend, DbErr,
    QueryResult, Statement, Value,
};
use secrecy::ExposeSecret as _;
use uuid::Uuid;

use crate::databases::Scratch;

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    pub name: &'static str,
    pub is: Is,
}

/// What a column holds.
#[derive(Debug, Clone, Copy)]
pub enum Is {
    Text,
    Bytes,
    Number,
    Id,
}

pub const fn column(name: &'static str, is: Is) -> Column {
    Column { name, is }
}

pub struct Raw(DatabaseConnection);

impl Raw {
    pub async fn open(scratch: &Scratch) -> Self {
        let url = match &scratch.at {
            Location::File(path) => format!("sqlite://{}", path.display()),
            Location::Postgres { url, .. } => url.expose_secret().to_owned(),
        };
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        if let Location::Postgres { schema, .. } = &scratch.at {
            options.set_schema_search_path(schema);
        }
        Self(Database::connect(options).await.unwrap())
    }

    fn is_postgres(&self) -> bool {
        self.0.get_database_backend() == DbBackend::Postgres
    }

    pub async fn run(&self, sql: &str) {
        self.0.execute_unprepared(sql).await.unwrap();
    }

    async fn row(&self, sql: &str) -> QueryResult {
        let all = Statement::from_string(self.0.get_database_backend(), sql);
        self.0.query_one_raw(all).await.unwrap().unwrap()
    }

    /// The bytes of a cell, or none where it is NULL.
    pub async fn cell(&self, table: &str, column: Column, row: &str) -> Option<Vec<u8>> {
        let name = column.name;
        let shown = match column.is {
            Is::Text if self.is_postgres() => format!("convert_to({name}, 'UTF8')"),
            Is::Text => format!("CAST({name} AS BLOB)"),
            Is::Bytes | Is::Number | Is::Id => name.to_owned(),
        };
        let sql = format!("SELECT {shown} AS cell FROM {table} WHERE {row}");
        let row = self.row(&sql).await;
        match column.is {
            Is::Text | Is::Bytes => row.try_get("", "cell").unwrap(),
            Is::Number => {
                let number: Option<i64> = row.try_get("", "cell").unwrap();
                number.map(|it| it.to_be_bytes().to_vec())
            }
            Is::Id => {
                let id: Option<Uuid> = row.try_get("", "cell").unwrap();
                id.map(|it| it.as_bytes().to_vec())
            }
        }
    }

    /// Puts bytes into a cell. The database may refuse them: what is no text, or not unique.
    pub async fn put(
        &self,
        table: &str,
        column: Column,
        row: &str,
        cell: Option<&[u8]>,
    ) -> Result<(), DbErr> {
        let name = column.name;
        let given = match column.is {
            Is::Text if self.is_postgres() => "convert_from($1, 'UTF8')",
            Is::Text => "CAST($1 AS TEXT)",
            Is::Bytes | Is::Number | Is::Id => "$1",
        };
        let value: Value = match column.is {
            Is::Text | Is::Bytes => cell.map(<[u8]>::to_vec).into(),
            Is::Number => cell
                .map(|it| i64::from_be_bytes(it.try_into().unwrap()))
                .into(),
            Is::Id => cell.map(|it| Uuid::from_slice(it).unwrap()).into(),
        };
        let update = Statement::from_sql_and_values(
            self.0.get_database_backend(),
            format!("UPDATE {table} SET {name} = {given} WHERE {row}"),
            [value],
        );
        self.0.execute_raw(update).await.map(|_| ())
    }
}
