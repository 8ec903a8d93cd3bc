//! JSON that can be read in one way only. Readers differ in what they make of a key that stands
//! twice, and deep nesting costs more than it can say.

use std::{borrow::Cow, cell::Cell, collections::HashSet, fmt};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};

/// Deepest nesting of lists and objects.
const MAX_DEPTH: usize = 64;

/// Most keys of all objects together: each is remembered while its object is read.
const MAX_KEYS: usize = 2_000_000;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// What a document may hold. Items of lists that are ignored cost nothing and are not counted.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Keys of the lists whose items count, beside those of the document itself and right below it.
    pub lists: &'static [&'static str],
    /// Most items in all of these lists together.
    pub items: usize,
}

/// Why a document is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not one JSON document, nests too deep, or has a key twice in an object.
    #[error("not one JSON document with every key once, at most {MAX_DEPTH} levels deep")]
    NotStrict,
    /// Over its bounds.
    #[error("more items or keys than a document may hold")]
    TooMany,
}

/// The document without a byte order mark, once all of it was looked at.
///
/// # Errors
/// It can be read in more ways than one, or is over its bounds.
pub fn document<'a>(bytes: &'a [u8], bounds: &Bounds) -> Result<&'a [u8], Refused> {
    let text = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let budget = Budget {
        lists: bounds.lists,
        items: Cell::new(bounds.items),
        keys: Cell::new(MAX_KEYS),
        is_spent: Cell::new(false),
    };
    let mut reader = serde_json::Deserializer::from_slice(text);
    Levels::of(&budget)
        .deserialize(&mut reader)
        .and_then(|()| reader.end())
        .map_err(|_| match budget.is_spent.get() {
            true => Refused::TooMany,
            false => Refused::NotStrict,
        })?;
    Ok(text)
}

/// What may still follow.
struct Budget {
    lists: &'static [&'static str],
    items: Cell<usize>,
    keys: Cell<usize>,
    is_spent: Cell<bool>,
}

/// A value and what is below it.
#[derive(Clone, Copy)]
struct Levels<'b> {
    budget: &'b Budget,
    /// So many levels are above it.
    depth: usize,
    /// Whether its items count.
    counts: bool,
}

// === impl Budget ===

impl Budget {
    fn spend<E: Error>(&self, left: &Cell<usize>) -> Result<(), E> {
        let after = left.get().checked_sub(1);
        left.set(after.unwrap_or_default());
        after.map(|_| ()).ok_or_else(|| {
            self.is_spent.set(true);
            E::custom("too many")
        })
    }
}

// === impl Levels ===

impl<'b> Levels<'b> {
    fn of(budget: &'b Budget) -> Self {
        Self {
            budget,
            depth: 0,
            counts: true,
        }
    }

    fn below<E: Error>(self, counts: bool) -> Result<Self, E> {
        match self.depth < MAX_DEPTH {
            true => Ok(Self {
                depth: self.depth + 1,
                counts,
                ..self
            }),
            false => Err(E::custom("nested too deep")),
        }
    }

    fn counts_under(&self, key: &str) -> bool {
        self.depth == 0 || self.budget.lists.contains(&key)
    }
}

impl<'de> DeserializeSeed<'de> for Levels<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Levels<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let below = self.below(false)?;
        while items.next_element_seed(below)?.is_some() {
            if self.counts {
                self.budget.spend(&self.budget.items)?;
            }
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut seen = HashSet::new();
        let mut below = self.below(false)?;
        while let Some(key) = entries.next_key_seed(Key)? {
            self.budget.spend(&self.budget.keys)?;
            below.counts = self.counts_under(&key);
            if !seen.insert(key) {
                return Err(A::Error::custom("a key stands twice"));
            }
            entries.next_value_seed(below)?;
        }
        Ok(())
    }
}

/// A key, copied only where it was escaped.
struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}

#[cfg(test)]
mod tests;
