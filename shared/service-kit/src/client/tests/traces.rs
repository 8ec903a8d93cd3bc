use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Instrument as _, instrument::WithSubscriber as _};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::layer::SubscriberExt as _;

use super::{AMPLE, both, collector::Obedient, order};

#[tokio::test]
async fn a_call_belongs_to_the_trace_of_the_span_it_is_made_in() {
    let tracer = SdkTracerProvider::builder().build().tracer("test");
    let traced =
        tracing_subscriber::registry().with(tracing_opentelemetry::layer().with_tracer(tracer));
    let clients = both(Obedient).await;
    let ask = async {
        let span = tracing::info_span!("asking");
        let trace = span.context().span().span_context().trace_id().to_string();
        for client in clients {
            let told = client
                .collect(order("tell the trace"), AMPLE)
                .instrument(span.clone());
            let parent = told.await.unwrap().configuration_digest;
            assert!(parent.contains(&trace), "{parent} is not in {trace}");
        }
    };
    ask.with_subscriber(traced).await;
}

#[tokio::test]
async fn a_call_in_no_trace_claims_none() {
    for client in both(Obedient).await {
        let told = client
            .collect(order("tell the trace"), AMPLE)
            .await
            .unwrap();
        assert_eq!(told.configuration_digest, "");
    }
}
