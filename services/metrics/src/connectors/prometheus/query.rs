//! One named query, checked.

use bigdecimal::BigDecimal;
use passport_connector_sdk::{
    Builder,
    query::Asked,
    settings::{Absent, NamedQuery},
};
use passport_evidence::{Quantity, quantity};

use super::{
    baseline::Baseline,
    client::Ask,
    exemplar::Link,
    range,
    settings::OwnSettings,
    template::{Checked, Labels, TemplateError},
};

/// One named query, checked, with its companions.
#[derive(Debug)]
pub struct Query {
    /// What it asks for.
    pub asked: Asked,
    /// The read that gives its number.
    pub main: Ask,
    /// The reads that give the times of the newest samples behind it, at least one.
    pub probes: Vec<Ask>,
    /// The read that shows how much there was to measure, and the least that is enough.
    pub volume: Option<(Ask, BigDecimal)>,
    /// Whether an empty answer is zero.
    pub absent_is_zero: bool,
    /// Whether a scalar is an answer.
    pub allow_scalar: bool,
    /// A number equal to it is a lower bound.
    pub bucket_ceiling: Option<Quantity>,
    /// What its number is compared with.
    pub baseline: Option<Baseline>,
    /// How its fact is linked to a trace.
    pub link: Option<Link>,
}

impl Query {
    /// Checks the entry of an id.
    pub fn build(
        id: &str,
        settings: &NamedQuery<OwnSettings>,
        labels: &Labels,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let own = &settings.own;
        let at = |key: &str| format!("queries.{id}.{key}");
        let asked = settings.shared.resolve(id, builder);
        let main = labels.query(&own.promql, own.volume.is_some());
        let main = refuse(main, at("promql"), builder);
        let volume = Self::volume(own, labels, &at, builder);
        let probes = Self::probes(own, labels, main.as_ref(), volume.as_ref(), &at, builder);
        if own.absent == Absent::Zero && own.volume.is_none() {
            let fix = "add a `volume` query that shows that there is traffic";
            builder.problem(
                at("absent"),
                "nothing there is not zero without a `volume`",
                fix,
            );
        }
        let bucket_ceiling = Self::ceiling(own, asked.as_ref(), &at, builder);
        let range = own
            .range
            .is_none_or(|range| range::check(range, &at, builder));
        let baseline = own.baseline.as_ref();
        let probe = probes.as_ref().and_then(|it| it.first());
        let known = (probe.map(String::as_str), labels);
        let baseline = baseline.map(|it| Baseline::build(it, asked.as_ref(), known, &at, builder));
        let link = own.exemplar.as_ref();
        let link = link.map(|it| Link::build(&at("exemplar"), it, builder));
        let main = Ask::new(main?.text, own);
        Some(Self {
            asked: asked.filter(|_| range)?.sent_as(main.text()),
            main,
            baseline: match baseline {
                None => None,
                Some(baseline) => Some(baseline?),
            },
            link: match link {
                None => None,
                Some(link) => Some(link?),
            },
            probes: probes?.iter().map(|probe| newest_of(probe)).collect(),
            volume: match volume {
                None => None,
                Some((checked, min)) => Some((Ask::instant(checked?.text), min?)),
            },
            absent_is_zero: own.absent == Absent::Zero,
            allow_scalar: own.allow_scalar,
            bucket_ceiling: bucket_ceiling?,
        })
    }

    /// Every read that it takes.
    pub fn asks(&self) -> impl Iterator<Item = Ask> {
        let now = self.asks_of(0);
        now.chain(self.baseline.iter().flat_map(|it| self.asks_of(it.ago)))
    }

    fn asks_of(&self, ago: u32) -> impl Iterator<Item = Ask> {
        let releases = self.baseline.iter().flat_map(|it| &it.releases);
        std::iter::once(&self.main)
            .chain(&self.probes)
            .chain(self.volume.iter().map(|(ask, _)| ask))
            .chain(releases.map(|it| &it.ask))
            .map(move |ask| ask.before(ago))
    }

    fn volume(
        own: &OwnSettings,
        labels: &Labels,
        at: &impl Fn(&str) -> String,
        builder: &mut Builder<'_>,
    ) -> Option<(Option<Checked>, Option<BigDecimal>)> {
        let volume = own.volume.as_ref()?;
        let checked = labels.query(&volume.promql, false);
        let min = quantity::from_f64(volume.min).ok().filter(|min| *min > 0);
        if min.is_none() {
            let fix = "write the least number of requests that is enough to judge";
            builder.problem(at("volume.min"), "is not above zero", fix);
        }
        Some((refuse(checked, at("volume.promql"), builder), min))
    }

    fn probes(
        own: &OwnSettings,
        labels: &Labels,
        main: Option<&Checked>,
        volume: Option<&(Option<Checked>, Option<BigDecimal>)>,
        at: &impl Fn(&str) -> String,
        builder: &mut Builder<'_>,
    ) -> Option<Vec<String>> {
        let templates = match &own.probe {
            Some(probe) => Ok(vec![probe.clone()]),
            None => {
                let counted = volume.and_then(|(volume, _)| volume.as_ref());
                main?.probes(counted.filter(|_| own.absent == Absent::Zero))
            }
        };
        // A selector as the parser writes it must say the same when it is read again.
        let checked = templates.and_then(|templates| {
            let mut each = templates.iter();
            each.try_fold(Vec::new(), |mut all, template| {
                all.push(labels.selector(template)?);
                Ok(all)
            })
        });
        refuse(checked, at("probe"), builder)
    }

    fn ceiling(
        own: &OwnSettings,
        asked: Option<&Asked>,
        at: &impl Fn(&str) -> String,
        builder: &mut Builder<'_>,
    ) -> Option<Option<Quantity>> {
        let Some(text) = &own.bucket_ceiling else {
            return Some(None);
        };
        let unit = asked?.unit;
        match Quantity::parse(text) {
            Ok(ceiling) if ceiling.dimension() == unit.dimension() => Some(Some(ceiling)),
            Ok(_) | Err(_) => {
                let fix = "write the highest finite bucket with its unit, such as 10s";
                builder.problem(
                    at("bucket_ceiling"),
                    "is no amount of the query's unit",
                    fix,
                );
                None
            }
        }
    }
}

fn newest_of(selector: &str) -> Ask {
    Ask::instant(format!("max(timestamp({selector}))"))
}

fn refuse<T>(
    checked: Result<T, TemplateError>,
    at: String,
    builder: &mut Builder<'_>,
) -> Option<T> {
    checked
        .map_err(|error| builder.problem(at, error.to_string(), error.fix()))
        .ok()
}
