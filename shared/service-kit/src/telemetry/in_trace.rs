//! A log line names the trace and the span that it was written in, as the last that it says.

use std::fmt;

use opentelemetry::{
    Context,
    trace::{SpanContext, TraceContextExt as _},
};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{FmtContext, FormatEvent, FormatFields, format::Writer},
    registry::LookupSpan,
};

/// Lines of another format, each with `trace_id` and `span_id` where there are any.
pub(super) struct InTrace<F> {
    lines: F,
    end: fn(&str, &SpanContext) -> String,
}

// === impl InTrace ===

impl<F> InTrace<F> {
    /// Lines for people.
    pub fn text(lines: F) -> Self {
        Self { lines, end: text }
    }

    /// Lines that are each an object of JSON.
    pub fn json(lines: F) -> Self {
        Self { lines, end: json }
    }
}

impl<S, N, F> FormatEvent<S, N> for InTrace<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let at = Context::map_current(|current| current.span().span_context().clone());
        if !at.is_valid() {
            return self.lines.format_event(context, writer, event);
        }
        let mut line = String::new();
        let plain = Writer::new(&mut line);
        self.lines.format_event(context, plain, event)?;
        writer.write_str(&(self.end)(line.trim_end_matches('\n'), &at))
    }
}

fn text(line: &str, at: &SpanContext) -> String {
    let (trace, span) = (at.trace_id(), at.span_id());
    format!("{line} trace_id={trace} span_id={span}\n")
}

fn json(line: &str, at: &SpanContext) -> String {
    let (trace, span) = (at.trace_id(), at.span_id());
    let open = line.strip_suffix('}').unwrap_or(line);
    format!("{open},\"trace_id\":\"{trace}\",\"span_id\":\"{span}\"}}\n")
}
