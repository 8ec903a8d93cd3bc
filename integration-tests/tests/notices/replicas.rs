//! A collector of which there are two, and a gateway before them.

use anyhow::Result;
use passport_integration_tests::configuration::{File, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::port;
use passport_integration_tests::program::{OWN_HOSTS, Program, with_mounts};
use passport_integration_tests::wait::until;
use serde_json::{Value, json};

use crate::world::SECRETS;

/// A gateway, and two processes of the one collector behind one name.
pub struct Replicas {
    pub gateway: Program,
    pub first: Program,
    second: Option<Program>,
    port: u16,
    environment: Vec<(String, String)>,
    // Goes after the processes that work in its folder.
    file: File,
}

// === impl Replicas ===

impl Replicas {
    /// The gateway and the first of the two, at the addresses that one name has for the gateway alone.
    pub async fn up(configuration: &Value, database: &Database) -> Result<Self> {
        const TOKEN: (&str, &str) = ("PASSPORT_WORK_ITEMS_TOKEN", "token-of-the-work-items");
        let port = port::quiet()?;
        let collector = json!({
            "address": format!("http://localhost:{port}"), "token": { "env": TOKEN.0 },
        });
        let collectors = json!({ "work-items": collector });
        let file = File::of(&with(configuration.clone(), "collectors", collectors))?;
        let hosts = "127.0.0.1 localhost\n127.0.0.2 localhost\n";
        std::fs::write(file.folder().join("hosts"), hosts)?;
        let environment = SECRETS.iter().chain([&TOKEN]).copied();
        let environment: Vec<_> = environment.chain(database.environment()).collect();
        let first = collector_at(&file, "127.0.0.1", port, &environment).await?;
        let wrapper = with_mounts(OWN_HOSTS);
        let arguments = ["--listen", "127.0.0.1:0", "--config", file.name()];
        let name = "passport-gateway";
        let gateway = Program::start_as(file.folder(), &wrapper, name, arguments, &environment);
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Ok(Self {
            gateway: gateway.await?,
            first,
            second: None,
            port,
            environment: environment.iter().map(owned).collect(),
            file,
        })
    }

    /// The second, and waits until the gateway is connected to both.
    pub async fn begin_second(&mut self) -> Result<()> {
        let environment = self.environment.iter();
        let environment: Vec<_> = environment.map(|(name, it)| (&**name, &**it)).collect();
        let second = collector_at(&self.file, "127.0.0.2", self.port, &environment).await?;
        self.second = Some(second);
        until("both replicas are connected", async || {
            let said = self.gateway.output();
            let is_connected = |host: &str| {
                let address = format!("{host}:{}", self.port);
                let mut lines = said.lines();
                lines.any(|line| line.contains("is connected") && line.contains(&address))
            };
            let both = ["127.0.0.1", "127.0.0.2"].into_iter().all(is_connected);
            Ok(both.then_some(()))
        })
        .await
    }
}

async fn collector_at(
    file: &File,
    host: &str,
    port: u16,
    environment: &[(&str, &str)],
) -> Result<Program> {
    let listen = format!("{host}:{port}");
    let arguments = ["--listen", &listen, "--config", file.name()];
    Program::start_in(file.folder(), "passport-work-items", arguments, environment).await
}
