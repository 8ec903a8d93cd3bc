//! `passport up`.

use std::net::SocketAddr;
use std::sync::Arc;

use passport_collector_kit::secrets;
use passport_service_kit::config::{Loaded, Report, SourceChecks};
use passport_service_kit::listen::{self, Exposed};
use passport_service_kit::process::{self, Built, ProcessArgs, Service, Shows};

use super::{SERVICE, Session};
use crate::all_in_one::{AllInOne, Kept};
use crate::connectors::checks;
use crate::exit::{Exit, Fault};

pub async fn run(args: &ProcessArgs, session: &Session) -> Result<Exit, Fault> {
    session.only_text("up")?;
    process::start(Up(Kept::default()), args).await
}

struct Up(Kept);

impl Service for Up {
    fn name(&self) -> &'static str {
        SERVICE
    }

    fn checks(&self) -> impl SourceChecks {
        checks()
    }

    fn may_listen(&self, loaded: &Loaded, address: SocketAddr) -> Result<(), Exposed> {
        listen::gateway(address, &loaded.settings.gateway)
    }

    fn shows(&self, loaded: &Loaded) -> Option<Shows> {
        Shows::of_gateway(&loaded.settings.gateway)
    }

    fn build(&self, loaded: Loaded) -> Result<impl Built, Report> {
        let secrets = Arc::new(secrets(&loaded.settings));
        AllInOne::build(loaded, secrets, &self.0)
    }
}
