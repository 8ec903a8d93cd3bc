//! A query that runs: nobody waits for it any more once it was dropped, and then it is stopped. It would go on, and
//! cost, and take one of the few places that an account has.

use std::time::Duration;

use passport_aws_api::{Answer, Api, Asking, Keys};
use passport_connector_sdk::CollectRequest;
use tokio::{runtime::Handle, time::Instant};
use tracing::Instrument as _;

use super::{
    client::{Client, sdk},
    model::StopQuery,
};

/// How long a query may take to be stopped after its caller has gone.
const PATIENCE: Duration = Duration::from_secs(2);

/// A query that runs.
pub struct Running(Option<Stop>);

/// All that it takes to stop it.
struct Stop {
    logs: Api,
    keys: Keys,
    request: CollectRequest,
    id: String,
}

// === impl Running ===

impl Running {
    /// One that was started.
    pub fn new(client: &Client, id: &str, asking: Asking<'_>) -> Self {
        Self(Some(Stop {
            logs: client.logs.clone(),
            keys: asking.keys.clone(),
            request: asking.request.clone(),
            id: id.to_owned(),
        }))
    }

    /// It has ended by itself.
    pub fn has_ended(mut self) {
        self.0 = None;
    }

    /// Stops it within the collection's deadline. Where that is over, or the caller goes meanwhile, it is stopped
    /// all the same, as one that was dropped.
    pub async fn stop(mut self) {
        match &self.0 {
            Some(stop) if stop.request.deadline > Instant::now() => stop.send().await,
            Some(_) | None => return,
        }
        self.0 = None;
    }
}

impl Drop for Running {
    /// The caller has gone: what is left to do has to be done by somebody else.
    fn drop(&mut self) {
        let (Some(mut stop), Ok(runtime)) = (self.0.take(), Handle::try_current()) else {
            return;
        };
        stop.request.deadline = Instant::now() + PATIENCE;
        let stopping = async move { stop.send().await };
        drop(runtime.spawn(stopping.in_current_span()));
    }
}

// === impl Stop ===

impl Stop {
    async fn send(&self) {
        let asking = Asking {
            keys: &self.keys,
            request: &self.request,
        };
        let call = self.logs.call(asking);
        let sent = sdk(&call).stop_query().query_id(&self.id).send();
        let stopped: Result<Answer<StopQuery>, _> = call.read(sent).await;
        if let Err(error) = stopped {
            tracing::debug!(%error, "a query that is not waited for could not be stopped");
        }
    }
}
