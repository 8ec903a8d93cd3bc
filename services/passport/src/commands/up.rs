//! `passport up`.

use std::sync::Arc;

use passport_service_kit::config::load;
use passport_service_kit::process::{Port, Says, awaited_signal, refuse};

use super::{SERVICE, Session};
use crate::all_in_one::AllInOne;
use crate::cli::Up;
use crate::connectors::{checks, secrets};
use crate::exit::{Exit, Fault};
use crate::terminal::print;

/// The port is opened last: only where nothing stands against it.
pub async fn run(args: &Up, session: &Session) -> Result<Exit, Fault> {
    session.only_text("up")?;
    let loaded = match load(&args.config, &checks()) {
        Ok(loaded) => loaded,
        Err(report) => return Ok(refuse(&report)),
    };
    let settings = loaded.settings.clone();
    let secrets = Arc::new(secrets(settings.secrets.folder.as_deref()));
    let mesh = match AllInOne::build(loaded, secrets) {
        Ok(mesh) => mesh,
        Err(report) => return Ok(refuse(&report)),
    };
    mesh.may_listen(args.listen).map_err(|exposed| {
        let next = "make a token with `passport token new`, or leave --listen out";
        Fault::wrong(exposed.to_string(), next)
    })?;
    let telemetry = Says {
        service: SERVICE,
        settings: &settings.telemetry,
        log: &args.log,
        environment: None,
        pushes: Vec::new(),
    }
    .init()?;
    let served = mesh.serve(&telemetry).await?;
    let end = awaited_signal();
    let port = Port::take(args.listen).await?;
    print(&format!("passport listens on {}", port.url))?;
    let ended = port.serve(served, end).await;
    telemetry.shutdown().await;
    ended
}
