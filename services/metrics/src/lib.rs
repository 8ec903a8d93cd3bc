//! The metrics collector: prometheus and otlp.
