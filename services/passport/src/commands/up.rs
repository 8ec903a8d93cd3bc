//! `passport up`.

use std::sync::Arc;

use passport_collector_kit::secrets;
use passport_service_kit::config::{Loaded, Report, SourceChecks};
use passport_service_kit::process::{self, Built, ProcessArgs, Service};

use super::{SERVICE, Session};
use crate::all_in_one::AllInOne;
use crate::connectors::checks;
use crate::exit::{Exit, Fault};

pub async fn run(args: &ProcessArgs, session: &Session) -> Result<Exit, Fault> {
    session.only_text("up")?;
    process::start(Up, args).await
}

struct Up;

impl Service for Up {
    fn name(&self) -> &'static str {
        SERVICE
    }

    fn checks(&self) -> impl SourceChecks {
        checks()
    }

    fn asks_for_credentials(&self, loaded: &Loaded) -> bool {
        !loaded.settings.gateway.tokens.is_empty()
    }

    fn build(self, loaded: Loaded) -> Result<impl Built, Report> {
        let secrets = Arc::new(secrets(loaded.settings.secrets.folder.as_deref()));
        AllInOne::build(loaded, secrets)
    }
}
