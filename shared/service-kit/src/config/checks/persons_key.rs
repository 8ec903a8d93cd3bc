//! Where the key is that ids of persons are made with.

use serde_json::Value;

/// Where the key is that ids of persons are made with, as far as the file tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonsKey {
    /// The file says where.
    Named,
    /// Nowhere yet: a process that has everything in it makes one in the folder of its store.
    MayBeMade,
    /// Nowhere: several processes, or all that use one database, have to be given the same one.
    Nowhere,
}

// === impl PersonsKey ===

impl PersonsKey {
    /// What a file says.
    pub(super) fn of(file: &Value) -> Self {
        let collectors = file.get("collectors").and_then(Value::as_object);
        let is_whole = collectors.is_none_or(|it| it.is_empty());
        match file.pointer("/persons/key") {
            Some(_) => Self::Named,
            None if is_whole && file.pointer("/store/postgres").is_none() => Self::MayBeMade,
            None => Self::Nowhere,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn one_is_made_only_where_one_process_and_one_folder_are_all_there_is() {
        for (file, key) in [
            (json!({}), PersonsKey::MayBeMade),
            (json!({ "collectors": {} }), PersonsKey::MayBeMade),
            (
                json!({ "store": { "folder": "kept" } }),
                PersonsKey::MayBeMade,
            ),
            (
                json!({ "store": { "postgres": { "env": "URL" } } }),
                PersonsKey::Nowhere,
            ),
            (
                json!({ "collectors": { "manual": {} } }),
                PersonsKey::Nowhere,
            ),
            (
                json!({ "collectors": { "manual": {} }, "persons": { "key": { "env": "KEY" } } }),
                PersonsKey::Named,
            ),
        ] {
            assert_eq!(PersonsKey::of(&file), key, "{file}");
        }
    }
}
