//! A gateway whose collectors are elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;

use opentelemetry::metrics::Meter;
use passport_evidence::Problem;
use passport_gateway::access::oidc::{self, Keyring};
use passport_gateway::policies;
use passport_gateway::{Access, Catalog, Gateway, GatewayParts, Records, Watches};
use passport_service_kit::client::{CollectorClient, Far, FarError, Named, TlsFiles};
use passport_service_kit::clock::SystemClock;
use passport_service_kit::config::{Loaded, Report, SchemaChecks, SourceChecks};
use passport_service_kit::limits::Allowed;
use passport_service_kit::listen::{self, Exposed};
use passport_service_kit::own_secret;
use passport_service_kit::process::{Around, Built, Fault, Served, Service, Shows, defect};
use passport_service_kit::server::Beside;
use serde_json::json;

/// A gateway of this version, and nothing of its deployment.
pub struct Alone {
    catalog: Catalog,
    /// Keys of issuers that outlive a change of the configuration.
    keyring: Keyring,
    /// Where decisions are recorded.
    records: Records,
    /// What open watches hear of.
    watches: Watches,
}

// === impl Alone ===

impl Alone {
    /// Reads the list of this version's connectors.
    pub fn new() -> Result<Self, Fault> {
        Ok(Self {
            catalog: Catalog::of_this_version().map_err(defect)?,
            keyring: Keyring::default(),
            records: Records::default(),
            watches: Watches::default(),
        })
    }

    /// Collectors that must have an address, each with a source that needs it.
    fn wanted(&self, loaded: &Loaded) -> BTreeMap<&str, String> {
        let mut wanted = BTreeMap::new();
        for source in loaded.sources() {
            let connector = source.connector().and_then(|it| self.catalog.get(it));
            if let Some(connector) = connector {
                let needed_by = wanted.entry(connector.collector.as_str());
                needed_by.or_insert_with(|| source.path());
            }
        }
        wanted
    }

    fn problems(&self, loaded: &Loaded) -> Vec<Problem> {
        let addresses = &loaded.settings.collectors;
        let known: BTreeSet<_> = self.catalog.collectors().collect();
        let named = addresses.keys().map(|name| name.as_str());
        let unknown = named.filter(|name| !known.contains(name)).map(|name| {
            let known: Vec<_> = known.iter().copied().collect();
            let fix = format!("use one of {}", known.join(", "));
            Problem::new(
                format!("collectors.{name}"),
                "is no collector of this version",
                fix,
            )
        });
        let wanted = self.wanted(loaded).into_iter();
        let absent = wanted.filter(|(name, _)| addresses.keys().all(|it| it.as_str() != *name));
        let absent = absent.map(|(name, source)| {
            let reason =
                format!("does not say where the collector `{name}` is, which {source} needs");
            let fix = format!("write `collectors: {{ {name}: {{ address: https://HOST:PORT }} }}`");
            Problem::new("collectors", reason, fix)
        });
        let issuers = oidc::problems(&loaded.settings);
        let policies = policies::problems(&loaded.settings);
        unknown
            .chain(absent)
            .chain(issuers)
            .chain(policies)
            .collect()
    }
}

impl Service for Alone {
    fn name(&self) -> &'static str {
        env!("CARGO_BIN_NAME")
    }

    /// Sources are their collector's business, as long as there is one.
    fn checks(&self) -> impl SourceChecks {
        let known: Vec<_> = self.catalog.iter().map(|it| it.id.clone()).collect();
        let anything = known.into_iter().map(|id| (id, json!({})));
        SchemaChecks::new(anything, |_, _, _| Vec::new())
    }

    fn may_listen(&self, loaded: &Loaded, address: SocketAddr) -> Result<(), Exposed> {
        listen::gateway(address, &loaded.settings.gateway)
    }

    fn shows(&self, loaded: &Loaded) -> Option<Shows> {
        Shows::of_gateway(&loaded.settings.gateway)
    }

    fn build(&self, loaded: Loaded) -> Result<impl Built, Report> {
        let problems = self.problems(&loaded);
        match problems.is_empty() {
            true => Ok(Configured {
                catalog: self.catalog.clone(),
                keyring: self.keyring.clone(),
                records: self.records.clone(),
                watches: self.watches.clone(),
                loaded,
            }),
            false => Err(Report::of(&loaded.tree, problems)),
        }
    }
}

/// A gateway and where its collectors are.
struct Configured {
    catalog: Catalog,
    keyring: Keyring,
    records: Records,
    watches: Watches,
    loaded: Loaded,
}

impl Built for Configured {
    async fn serve(self, around: &Around) -> Result<Served, Fault> {
        let loaded = self.loaded;
        let meter = around.meters.meter();
        self.records.configure(&loaded.settings, &meter)?;
        let allowed = Allowed::of_gateway(&loaded.settings.gateway.limits);
        let gateway = Gateway::new(GatewayParts {
            catalog: self.catalog,
            access: Access::of(&loaded.settings, &self.keyring).map_err(defect)?,
            collectors: collectors(&loaded, &meter)?,
            config: Arc::new(loaded),
            clock: Arc::new(SystemClock),
            meter,
            records: self.records,
            watches: self.watches,
        });
        let gateway = gateway.map_err(defect)?;
        let served = passport_gateway::router(gateway, around, Beside::default());
        let served = served.await.map_err(defect)?;
        around.limits.set(allowed);
        Ok(Served::from(served))
    }
}

fn collectors(loaded: &Loaded, meter: &Meter) -> Result<BTreeMap<String, CollectorClient>, Fault> {
    let shown = loaded.settings.gateway.tls.as_ref();
    let far = loaded.settings.collectors.iter().map(|(name, at)| {
        let wrong = |error: &dyn std::error::Error, next: &str| {
            Fault::wrong(format!("collectors.{name}: {error}"), next)
        };
        let token = at.token.as_ref().map(own_secret::read).transpose();
        let token = token.map_err(|error| wrong(&error, "put the collector's token there"))?;
        let client = CollectorClient::far(Far {
            name: name.to_string(),
            address: at.address.clone(),
            token,
            tls: TlsFiles {
                ca: at.ca.clone().map(|file| Named {
                    at: format!("collectors.{name}.ca"),
                    it: file,
                }),
                identity: at.identity.clone(),
                shown: shown.cloned().map(|files| Named {
                    at: "gateway.tls".to_owned(),
                    it: files,
                }),
            },
            meter: Some(meter.clone()),
        });
        let client = client.map_err(|error| wrong(&error, next_step(&error)))?;
        Ok((name.to_string(), client))
    });
    far.collect()
}

fn next_step(error: &FarError) -> &'static str {
    match error {
        FarError::Malformed | FarError::Scheme => {
            "write an address such as https://metrics.example.com:8443 or http://127.0.0.1:8081"
        }
        FarError::Token => "make a token of printable characters, and show it on both sides",
        FarError::Tls(error) => error.fix(),
    }
}
