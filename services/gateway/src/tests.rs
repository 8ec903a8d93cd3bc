//! The whole gateway before collectors that do as they are told, for better or worse.

mod answers;
mod fake;
mod gate;
mod hooks;
mod http_routes;
mod ingest;
mod ingest_limits;
mod ledger;
mod lies;
mod limits;
mod listing;
mod matrix;
mod notices;
mod one_port;
mod openapi;
mod own_host;
mod persons;
mod same_answer;
mod series;
mod slow;
mod slow_issuer;
mod stating;
mod watch;
mod what_if;
mod workloads;
mod world;
