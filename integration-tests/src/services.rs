//! The gateway and its collectors as programs of their own, with sockets between them.

use anyhow::Result;
use serde_json::{Value, json};

use crate::configuration::{File, with};
use crate::port;
use crate::program::Program;

/// Collectors, with the variable that holds the token which each asks the gateway for.
const COLLECTORS: [(&str, &str); 8] = [
    ("cicd", "PASSPORT_CICD_TOKEN"),
    ("runtime", "PASSPORT_RUNTIME_TOKEN"),
    ("metrics", "PASSPORT_METRICS_TOKEN"),
    ("logs", "PASSPORT_LOGS_TOKEN"),
    ("incidents", "PASSPORT_INCIDENTS_TOKEN"),
    ("work-items", "PASSPORT_WORK_ITEMS_TOKEN"),
    ("quality", "PASSPORT_QUALITY_TOKEN"),
    ("manual", "PASSPORT_MANUAL_TOKEN"),
];

/// What the variables of [`COLLECTORS`] hold while the services run.
const TOKENS: [(&str, &str); 8] = [
    ("PASSPORT_CICD_TOKEN", "token-of-the-cicd-collector"),
    ("PASSPORT_RUNTIME_TOKEN", "token-of-the-runtime-collector"),
    ("PASSPORT_METRICS_TOKEN", "token-of-the-metrics-collector"),
    ("PASSPORT_LOGS_TOKEN", "token-of-the-logs-collector"),
    (
        "PASSPORT_INCIDENTS_TOKEN",
        "token-of-the-incidents-collector",
    ),
    (
        "PASSPORT_WORK_ITEMS_TOKEN",
        "token-of-the-work-items-collector",
    ),
    ("PASSPORT_QUALITY_TOKEN", "token-of-the-quality-collector"),
    ("PASSPORT_MANUAL_TOKEN", "token-of-the-manual-collector"),
];

/// A running gateway with its collectors, all from one file. Killed when dropped.
#[derive(Debug)]
pub struct Services {
    /// `passport-gateway`.
    pub gateway: Program,
    /// `passport-metrics`.
    pub metrics: Program,
    /// `passport-quality`.
    pub quality: Program,
    // The others, which have no connectors yet.
    _others: Vec<Program>,
    // Goes after the processes that work in its folder.
    _file: File,
}

/// The configuration with an address and a token for each collector, on ports that are free now.
/// `passport up` takes it too.
///
/// # Errors
/// There is no free port.
pub fn with_collectors(configuration: &Value) -> Result<Value> {
    let collectors = COLLECTORS.map(|(name, token)| {
        let address = format!("http://127.0.0.1:{}", port::free()?);
        let collector = json!({ "address": address, "token": { "env": token } });
        Ok((name.to_owned(), collector))
    });
    let collectors = collectors.into_iter().collect::<Result<_>>()?;
    let collectors = Value::Object(collectors);
    Ok(with(configuration.clone(), "collectors", collectors))
}

// === impl Services ===

impl Services {
    /// Starts them with a configuration that was made [`with_collectors`]. What they keep is gone
    /// with them.
    ///
    /// # Errors
    /// One of them ended before it listened.
    pub async fn up(configuration: &Value, environment: &[(&str, &str)]) -> Result<Self> {
        let file = File::of(configuration)?;
        let environment = [environment, &TOKENS].concat();
        let listen = |collector: &str| {
            let address = configuration.pointer(&format!("/collectors/{collector}/address"));
            let address = address.and_then(Value::as_str);
            let address = address.and_then(|it| it.strip_prefix("http://"));
            address.unwrap_or_default().to_owned()
        };
        let start = async |name: &str, listen: String| {
            let arguments = ["--listen", &listen, "--config", file.name()];
            Program::start_in(file.folder(), name, arguments, &environment).await
        };
        let mut others = Vec::new();
        for (name, _) in COLLECTORS {
            if !["metrics", "quality"].contains(&name) {
                others.push(start(&format!("passport-{name}"), listen(name)).await?);
            }
        }
        Ok(Self {
            metrics: start("passport-metrics", listen("metrics")).await?,
            quality: start("passport-quality", listen("quality")).await?,
            gateway: start("passport-gateway", "127.0.0.1:0".to_owned()).await?,
            _others: others,
            _file: file,
        })
    }

    /// Where callers ask.
    #[must_use]
    pub fn url(&self) -> &str {
        self.gateway.url()
    }

    /// Asks the gateway for the evidence of a scope over HTTP.
    ///
    /// # Errors
    /// No good answer.
    pub async fn collect(&self, request: &Value) -> Result<Value> {
        crate::http::collect(self.url(), request).await
    }
}
