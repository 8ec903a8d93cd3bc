//! Rules of a report, and whether its results fit them.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{Found, Meaning, Rule, UNTOLD};

/// Rules, and which of them a result named.
pub struct Rules<'a> {
    all: &'a [Rule],
    by_id: BTreeMap<&'a str, Meaning>,
    named: BTreeSet<&'a str>,
    pointed_at: BTreeSet<usize>,
    is_ambiguous: bool,
}

// === impl Rules ===

impl<'a> Rules<'a> {
    /// Rules that no result named yet.
    pub fn new(all: &'a [Rule]) -> Self {
        Self {
            all,
            by_id: by_id(all),
            named: BTreeSet::new(),
            pointed_at: BTreeSet::new(),
            is_ambiguous: false,
        }
    }

    /// What a result's rule says of it. A result that names one rule and points at another tells
    /// nothing.
    pub fn meaning_of(&mut self, result: &'a Found) -> Meaning {
        let id = result.rule_id.as_deref();
        // SARIF has -1 stand for none.
        let index = result.rule_index.filter(|it| *it != -1);
        let Some(index) = index else {
            self.named.extend(id);
            return id.map_or(UNTOLD, |id| self.of_id(id));
        };
        let found = self.at(index);
        match (found, id) {
            (Some((at, rule)), None) => {
                self.pointed_at.insert(at);
                rule.meaning()
            }
            (Some((_, rule)), Some(id)) if rule.id.as_deref() == Some(id) => {
                self.named.insert(id);
                self.of_id(id)
            }
            (Some(_) | None, _) => {
                self.is_ambiguous = true;
                UNTOLD
            }
        }
    }

    /// Whether some of it can't be so. Trivy writes a rule only for something that it found: one
    /// that no result names has lost its findings.
    pub fn contradict(&self) -> bool {
        let is_named = |(at, rule): (usize, &Rule)| {
            let by_id = rule.id.as_deref().is_some_and(|id| self.named.contains(id));
            by_id || self.pointed_at.contains(&at)
        };
        self.is_ambiguous || !self.all.iter().enumerate().all(is_named)
    }

    fn of_id(&self, id: &str) -> Meaning {
        self.by_id.get(id).copied().unwrap_or(UNTOLD)
    }

    fn at(&self, index: i64) -> Option<(usize, &'a Rule)> {
        let index = usize::try_from(index).ok()?;
        self.all.get(index).map(|rule| (index, rule))
    }
}

/// Rules by id. Two that differ under one id tell nothing.
fn by_id(rules: &[Rule]) -> BTreeMap<&str, Meaning> {
    let mut by_id = BTreeMap::new();
    for rule in rules {
        let Some(id) = rule.id.as_deref() else {
            continue;
        };
        match by_id.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert(rule.meaning());
            }
            Entry::Occupied(mut entry) if *entry.get() != rule.meaning() => {
                entry.insert(UNTOLD);
            }
            Entry::Occupied(_) => {}
        }
    }
    by_id
}
