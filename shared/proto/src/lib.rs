//! Protobuf messages and gRPC services of Passport Mesh, generated from `proto/`.
//!
//! Nothing here is written by hand: the meaning of every message, field and call stands in the
//! `.proto` files. Domain types and their conversion are in `passport-evidence`.
#![allow(missing_docs, clippy::all, clippy::wildcard_enum_match_arm)]

/// Messages and services by package.
pub mod passport {
    /// What a source found out.
    pub mod evidence {
        /// Version 1.
        pub mod v1 {
            tonic::include_proto!("passport.evidence.v1");
        }
    }
    /// What every collector serves.
    pub mod collector {
        /// Version 1.
        pub mod v1 {
            tonic::include_proto!("passport.collector.v1");
        }
    }
    /// What callers talk to.
    pub mod gateway {
        /// Version 1.
        pub mod v1 {
            tonic::include_proto!("passport.gateway.v1");
        }
    }
}

pub use passport::{collector::v1 as collector, evidence::v1 as evidence, gateway::v1 as gateway};

/// All descriptors, for gRPC reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/passport.binpb"));
