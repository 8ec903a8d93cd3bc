//! One named query, checked.

use bigdecimal::BigDecimal;
use passport_connector_sdk::{
    Builder,
    query::{Asked, AskedState},
    settings::{NamedQuery, QuerySettings, Reduce},
};
use passport_evidence::quantity;

use super::{
    client::Ask,
    nrql::{self, Checked, NrqlError, Rows},
    scope::Attributes,
    settings::OwnSettings,
    states,
};

/// One named query, checked.
#[derive(Debug)]
pub enum Query {
    /// A number of events.
    Number(Number),
    /// The health of the entity.
    Health(AskedState),
    /// A count of the entity's open issues.
    Issues(Asked),
}

/// A number of events.
#[derive(Debug)]
pub struct Number {
    /// What it asks for.
    pub asked: Asked,
    /// The read that gives it.
    pub ask: Ask,
    /// What its rows are.
    pub rows: Rows,
    /// How far back it looks, in seconds.
    pub window: u32,
    /// Fewest events that are enough to judge.
    pub min_volume: Option<BigDecimal>,
    /// Which percentile counts, as the answer names it.
    pub percentile: Option<String>,
}

/// What kind of query an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Nrql,
    Entity,
    Issues,
}

impl Query {
    /// Checks the entry of an id.
    pub fn build(
        id: &str,
        settings: &NamedQuery<OwnSettings>,
        scope: &Attributes,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let own = &settings.own;
        let mut entry = Entry { id, own, builder };
        match entry.kind()? {
            Kind::Nrql => entry.number(&settings.shared, scope),
            Kind::Entity => {
                let asked = settings
                    .shared
                    .resolve_state(id, states::GOOD, entry.builder)?;
                entry.suits(Kind::Entity, asked.name.as_str())?;
                Some(Self::Health(asked))
            }
            Kind::Issues => {
                let asked = settings.shared.resolve(id, entry.builder)?;
                entry.suits(Kind::Issues, asked.name.as_str())?;
                Some(Self::Issues(asked))
            }
        }
    }

    /// Whether it is about the entity.
    pub fn needs_entity(&self) -> bool {
        match self {
            Self::Number(_) => false,
            Self::Health(_) | Self::Issues(_) => true,
        }
    }

    /// Every read that it takes, the one that gives its answer first.
    pub fn asks(&self) -> Vec<Ask> {
        match self {
            Self::Number(number) => vec![number.ask.clone()],
            Self::Health(_) => vec![Ask::Entity],
            Self::Issues(_) => vec![Ask::Issues, Ask::Entity],
        }
    }
}

impl Kind {
    /// The kind that gives a fact.
    fn gives(self, fact: &str) -> bool {
        self == match fact {
            "apm_health" => Self::Entity,
            "active_alert_issues" => Self::Issues,
            _ => Self::Nrql,
        }
    }
}

/// One entry while it is checked.
struct Entry<'a, 'b, 'c> {
    id: &'a str,
    own: &'a OwnSettings,
    builder: &'b mut Builder<'c>,
}

impl Entry<'_, '_, '_> {
    /// Reports a problem at a key of the entry, or at the entry itself.
    fn refuse<T>(&mut self, key: &str, reason: &str, fix: &str) -> Option<T> {
        let dot = if key.is_empty() { "" } else { "." };
        let path = format!("queries.{}{dot}{key}", self.id);
        self.builder.problem(path, reason, fix);
        None
    }

    fn refuse_query<T>(&mut self, error: NrqlError) -> Option<T> {
        self.refuse("nrql", &error.to_string(), error.fix())
    }

    /// What kind of query it is; keys of others are problems.
    fn kind(&mut self) -> Option<Kind> {
        let own = self.own;
        let kind = match (&own.nrql, own.entity, own.issues) {
            (Some(_), None, None) => Kind::Nrql,
            (None, Some(true), None) => Kind::Entity,
            (None, None, Some(true)) => Kind::Issues,
            _ => {
                let fix = "write exactly one of nrql, `entity: true` and `issues: true`";
                return self.refuse("", "is not one kind of query", fix);
            }
        };
        for (key, is_set) in [
            ("min_volume", own.min_volume.is_some()),
            ("percentile", own.percentile.is_some()),
        ] {
            if is_set && kind != Kind::Nrql {
                self.refuse::<()>(key, "belongs to `nrql`", "leave it out");
            }
        }
        Some(kind)
    }

    /// Whether the kind gives the fact.
    fn suits(&mut self, kind: Kind, fact: &str) -> Option<()> {
        match kind.gives(fact) {
            true => Some(()),
            false => {
                let fix = "see the README for the facts of each kind, or set `fact`";
                self.refuse("", "is a fact of another kind of query", fix)
            }
        }
    }

    fn number(&mut self, shared: &QuerySettings, scope: &Attributes) -> Option<Query> {
        let checked = match nrql::query(self.own.nrql.as_ref()?, scope) {
            Ok(checked) => self.reduced(checked, shared.reduce),
            Err(error) => self.refuse_query(error),
        };
        let min_volume = self.min_volume();
        let percentile = self.percentile();
        let mut asked = shared.resolve(self.id, self.builder)?;
        if shared.domain.is_none() && asked.name.as_str() == "apdex" {
            asked.domain.1 = Some(1.into());
        }
        self.suits(Kind::Nrql, asked.name.as_str())?;
        let checked = checked?;
        Some(Query::Number(Number {
            asked: asked.sent_as(&checked.text),
            ask: Ask::Nrql(checked.text),
            rows: checked.rows,
            window: checked.window,
            min_volume: min_volume?,
            percentile: percentile?,
        }))
    }

    /// Of groups the worst counts: their shares can't be added, and any one of them is not the whole.
    fn reduced(&mut self, checked: Checked, reduce: Reduce) -> Option<Checked> {
        let suits = match checked.rows {
            Rows::Groups(_) => reduce == Reduce::Worst,
            Rows::One | Rows::Buckets => reduce == Reduce::Single,
        };
        match suits {
            true => Some(checked),
            false => {
                let reason = "has groups without `reduce: worst`, or that without groups";
                self.refuse(
                    "nrql",
                    reason,
                    "write `reduce: worst` beside FACET, and nowhere else",
                )
            }
        }
    }

    fn min_volume(&mut self) -> Option<Option<BigDecimal>> {
        let Some(least) = self.own.min_volume else {
            return Some(None);
        };
        match quantity::from_f64(least).ok().filter(|it| *it > 0) {
            Some(least) => Some(Some(least)),
            None => {
                let fix = "write the least number of events that is enough to judge";
                self.refuse("min_volume", "is not above zero", fix)
            }
        }
    }

    fn percentile(&mut self) -> Option<Option<String>> {
        match self.own.percentile {
            None => Some(None),
            Some(wanted) if wanted > 0.0 && wanted < 100.0 => Some(Some(wanted.to_string())),
            Some(_) => {
                let fix = "write the number that stands in `percentile(…)`";
                self.refuse("percentile", "is no percentile", fix)
            }
        }
    }
}
