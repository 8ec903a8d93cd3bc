//! Makes a query of an entry: of what Datadog keeps under an id of its own.

use passport_connector_sdk::settings::{QuerySettings, Span};

use super::{
    Figure, Query,
    entry::{Entry, Kind},
};
use crate::connectors::datadog::{ask::Ask, scope::Group, states};

/// Windows of an objective, as Datadog names them.
const SLO_WINDOWS: [(Span, &str); 3] = [
    (Span::of_seconds(7 * 86_400), "7d"),
    (Span::of_seconds(30 * 86_400), "30d"),
    (Span::of_seconds(90 * 86_400), "90d"),
];

impl Entry<'_, '_, '_> {
    /// The state of a monitor.
    pub fn monitor(&mut self, shared: &QuerySettings) -> Option<Query> {
        let id = self.own.monitor?;
        let group = match self.own.group.as_deref() {
            None => Some(None),
            Some(text) => match Group::of_scope(text, self.tags) {
                Some(group) => Some(Some(group)),
                None => {
                    let reason = "is no group of tags, or is another scope's";
                    self.refuse("group", reason, "write one such as service:checkout-api")
                }
            },
        };
        let asked = shared.resolve_state(self.id, states::GOOD, self.builder)?;
        self.suits(Kind::Monitor, asked.name.as_str())?;
        Some(Query::Monitor {
            asked,
            ask: Ask::Monitor(id),
            group: group?,
        })
    }

    /// The state of all monitors that are labelled as the scope.
    pub fn health(&mut self, shared: &QuerySettings) -> Option<Query> {
        if self.own.monitors != Some(true) {
            return self.refuse("monitors", "is false, which asks nothing", "write true");
        }
        let asked = shared.resolve_state(self.id, states::GOOD, self.builder)?;
        self.suits(Kind::Health, asked.name.as_str())?;
        if asked.wanted.is_none() {
            let reason = "is not judged, and the worst of several states has no word without that";
            return self.refuse("", reason, "leave `threshold` out, or write = OK");
        }
        let ask = Ask::Health(self.tags.in_monitors());
        Some(Query::Health { asked, ask })
    }

    /// A figure of a service level objective.
    pub fn slo(&mut self, shared: &QuerySettings) -> Option<Query> {
        let id = self.own.slo.as_ref()?;
        let digits = |c: char| c.is_ascii_digit() || matches!(c, 'a'..='f');
        if id.len() != 32 || !id.chars().all(digits) {
            let fix = "write its 32 hexadecimal digits";
            self.refuse::<()>("slo", "is no id of an objective", fix);
        }
        let windows = SLO_WINDOWS.iter();
        let window = windows
            .clone()
            .find(|(span, _)| Some(*span) == self.own.window);
        let Some((span, word)) = window else {
            return self.refuse(
                "window",
                "is no window of an objective",
                "write 7d, 30d or 90d",
            );
        };
        let mut asked = shared.resolve(self.id, self.builder)?;
        self.suits(Kind::Slo, asked.name.as_str())?;
        let figure = match asked.name.as_str() {
            "slo_attainment" => Figure::Attainment,
            _ => Figure::Budget(word),
        };
        // More than the budget may have been spent.
        if shared.domain.is_none() && figure != Figure::Attainment {
            asked.domain.0 = None;
        }
        let ask = Ask::Slo {
            id: id.clone(),
            window: span.as_secs(),
        };
        Some(Query::Slo { asked, ask, figure })
    }
}
