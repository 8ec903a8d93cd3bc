//! What one collector sends. It is asked for each outcome as it comes, even where the caller wants
//! all at once: what is known when the time ends is not lost, and no answer is larger than one
//! source's.

use futures::{
    Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use passport_proto::{
    collector::{CollectRequest, CollectStreamResponse},
    evidence::Outcome,
};
use passport_service_kit::client::CollectorCalls;
use tonic::{Status, Streaming};
use tracing::warn;

use super::{FanOut, Step, ending_of};
use crate::budget::Budget;

/// Steps of a call that is made when the stream is first polled.
pub(super) fn arrivals(
    fan_out: &FanOut,
    collector: &str,
    calls: CollectorCalls,
    request: CollectRequest,
    budget: Budget,
) -> impl Stream<Item = Step> + Send + use<> {
    let watch = Watch {
        fan_out: fan_out.clone(),
        collector: collector.to_owned(),
    };
    let call = async move {
        let time = budget.for_collectors();
        watch.steps(calls.collect_stream(request, time).await)
    };
    stream::once(call).flatten()
}

/// Looks at what surrounds the outcomes.
struct Watch {
    fan_out: FanOut,
    collector: String,
}

// === impl Watch ===

impl Watch {
    fn steps(
        self,
        answer: Result<Streaming<CollectStreamResponse>, Status>,
    ) -> BoxStream<'static, Step> {
        match answer {
            Ok(answers) => {
                let mut compared = false;
                let step = move |answer: Result<CollectStreamResponse, Status>| match answer {
                    Ok(answer) => {
                        if !std::mem::replace(&mut compared, true) {
                            self.fan_out.heard(&self.collector, Ok(()));
                            self.compare(&answer.configuration_digest);
                        }
                        arrived(answer.outcome.unwrap_or_default())
                    }
                    Err(status) => self.failed(&status),
                };
                answers.map(step).boxed()
            }
            Err(status) => stream::iter([self.failed(&status)]).boxed(),
        }
    }

    fn failed(&self, status: &Status) -> Step {
        self.fan_out.heard(&self.collector, Err(status));
        Step::Ended(ending_of(status))
    }

    /// The same file gives the same digest. Another one means that one of the two has not read its
    /// configuration anew: worth knowing, and no reason to withhold an answer.
    fn compare(&self, digest: &str) {
        if digest.strip_prefix("sha256:") != Some(&self.fan_out.digest) {
            let collector = &self.collector;
            warn!(collector, "a collector runs with another configuration");
            self.fan_out.meters.other_configuration(collector);
        }
    }
}

fn arrived(outcome: Outcome) -> Step {
    Step::Arrived(Box::new(outcome))
}
