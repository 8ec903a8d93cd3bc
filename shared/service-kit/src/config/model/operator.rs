//! What the operator of the process decides, once for all workspaces.

use std::path::PathBuf;

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Client, Limits, Name, PeerIdentity, Tls};

/// Which addresses sources may reach beyond the public ones.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Addresses {
    /// Networks in CIDR form, for example `10.0.0.0/8`: private, carrier-grade, unique local or
    /// loopback. Link-local and metadata addresses stay refused whatever stands here.
    #[serde(default)]
    #[schemars(schema_with = "networks")]
    pub allow: Vec<IpNet>,
    /// Unix sockets that sources may connect to, or folders of such, by absolute paths, for example
    /// `/run/engine-read.sock`. Without it no source may name one.
    #[serde(default)]
    #[schemars(schema_with = "sockets")]
    pub sockets: Vec<PathBuf>,
    /// Who may use the account that the cluster gives to the collector itself.
    #[serde(default)]
    pub in_cluster: InCluster,
    /// Where this machine is handed its own credentials, for sources that say `ambient`. Without it no source
    /// may use them.
    #[serde(default)]
    #[schemars(with = "MachineCredentials")]
    pub machine_credentials: Option<MachineCredentials>,
}

/// Who may use the account that the cluster gives to the collector itself, with `in_cluster: true` in a
/// source. By default nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InCluster {
    /// Workspaces of this file whose sources may use it.
    #[serde(default)]
    pub workspaces: Vec<String>,
    /// Absolute folder that token and authorities are mounted at, where it is not the usual one.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub folder: Option<PathBuf>,
}

/// Where this machine is handed its own credentials, and which workspaces may use them. The one exception to what
/// is never reached.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MachineCredentials {
    /// Workspaces whose sources may use them.
    #[schemars(length(min = 1))]
    pub workspaces: Vec<Name>,
    /// A container's or a pod's agent: `http://169.254.170.2`, `http://169.254.170.23`, `http://[fd00:ec2::23]`, or
    /// one on this machine's loopback address.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1))]
    pub container: Option<String>,
    /// A virtual machine's metadata service: `http://169.254.169.254` or `http://[fd00:ec2::254]`. Its elder version,
    /// which asks for no token, is never used.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1))]
    pub instance: Option<String>,
    /// Whether the token that a cluster hands to the service account of this pod may be shown to the token service
    /// that the pod's surroundings name a role for.
    #[serde(default)]
    pub web_identity: bool,
}

/// Where secrets lie that are files.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// Absolute folder under which every file named by `{ file: … }` lies. Without it no source
    /// may name a file.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub folder: Option<PathBuf>,
}

/// Where what must outlive the process is kept: in files of SQLite or in PostgreSQL, each service
/// in a database of its own. Without it, the folder `passport-data` where the process was started.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// Folder of the files of SQLite, made when it is not there. Only one machine can use them.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1))]
    pub folder: Option<PathBuf>,
    /// Where the URL of a database of PostgreSQL is to be found, which is a secret:
    /// `postgres://USER:PASSWORD@HOST/DATABASE?sslmode=verify-full`. Each service has a schema of its own there.
    #[serde(default)]
    #[schemars(with = "OwnSecret")]
    pub postgres: Option<OwnSecret>,
    /// Whether a database on another machine may be reached by a URL that does not demand TLS, because
    /// the network itself is trusted. Without it, such a URL has to have `sslmode=verify-full`,
    /// `verify-ca` or `require`.
    #[serde(default)]
    pub allow_plain_postgres: bool,
}

/// How persons are told apart in what is kept, without being named there.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Persons {
    /// Where the key is to be found that ids of persons are made with: 32 random bytes as text, in a file that only
    /// its owner may read and that lies outside the database. All replicas of a collector have the same one; with
    /// another key persons have other ids. Without it one process with everything in it, whose store is a folder,
    /// makes its own key there.
    #[serde(default)]
    #[schemars(with = "OwnSecret")]
    pub key: Option<OwnSecret>,
}

/// Where a secret of the process itself is to be found. No source may name it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum OwnSecret {
    /// In a variable of the environment.
    Env(#[schemars(regex(pattern = r"^[A-Z_][A-Z0-9_]{0,63}$"))] String),
    /// In a file, by its absolute path.
    File(#[schemars(with = "String", regex(pattern = r"^/"))] PathBuf),
}

/// Where a collector is that runs as a process of its own. All in one process it is not used.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CollectorAt {
    /// Scheme, host and port, and nothing else, for example `https://metrics.mesh.svc:8443`. The
    /// name is looked up again and again; calls are spread over all addresses that it has.
    #[schemars(extend("format" = "origin"))]
    pub address: String,
    /// Whether `http://` may leave this machine, because the network itself is trusted.
    #[serde(default)]
    pub allow_plain_http: bool,
    /// Absolute path of the authorities, as PEM, one of which signed the collector's certificate,
    /// in place of those of the system. Read anew when it changes.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub ca: Option<PathBuf>,
    /// What the collector's certificate has to say. Without it, the host of the address.
    #[serde(default)]
    #[schemars(with = "PeerIdentity")]
    pub identity: Option<PeerIdentity>,
    /// Where the token is to be found that the gateway shows to the collector and the collector
    /// asks for. Without it and without `clients`, whoever reaches the collector may ask it and
    /// deliver to it.
    #[serde(default)]
    #[schemars(with = "OwnSecret")]
    pub token: Option<OwnSecret>,
    /// What the collector shows to those who connect to it. Without it, it speaks plain HTTP.
    #[serde(default)]
    #[schemars(with = "Tls")]
    pub tls: Option<Tls>,
    /// Who may ask the collector, the gateway among them, by a certificate that is signed by an
    /// authority of `tls.client_ca`. Every call is held against the grants.
    #[serde(default)]
    pub clients: Vec<Client>,
    /// How much callers may ask of the collector at once and in a second.
    #[serde(default)]
    pub limits: Limits,
}

/// Where the process's own logs and traces go.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// Scheme, host and port, and nothing else, of the server that takes traces and metrics by
    /// OTLP over gRPC, for example `http://otel.example.com:4317`. Without it none are sent.
    #[serde(default)]
    #[schemars(with = "String", extend("format" = "origin"))]
    pub otlp_endpoint: Option<String>,
    /// How log lines are written.
    #[serde(default)]
    pub log_format: LogFormat,
}

/// How log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

fn sockets(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "array", "items": {
        "type": "string",
        "pattern": "^/[^/]",
        "description": "An absolute path, for example `/run/engine-read.sock`.",
    } })
}

fn networks(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({ "type": "array", "items": {
        "type": "string",
        "format": "cidr",
        "description": "A network in CIDR form, for example `10.0.0.0/8`.",
    } })
}
