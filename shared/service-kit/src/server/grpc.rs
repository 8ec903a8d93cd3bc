//! gRPC services as routes, with health and reflection beside them.

use std::{convert::Infallible, time::Duration};

use axum::{Router, response::IntoResponse};
use http::Request;
use tonic::{body::Body, server::NamedService, service::Routes};
use tonic_health::pb::health_server;
use tonic_reflection::pb::{v1, v1alpha};
use tonic_reflection::server::Builder;
use tower::{Service, util::MapResponseLayer};

use super::{ServeError, explained::explained, health::Health};
use crate::{deadline::DeadlineLayer, panics};

/// gRPC services that share a port.
#[derive(Debug, Default)]
#[must_use]
pub struct GrpcRoutes {
    router: Router,
    names: Vec<&'static str>,
    descriptors: Vec<&'static [u8]>,
}

/// No services yet.
pub fn grpc_routes() -> GrpcRoutes {
    GrpcRoutes::default()
}

// === impl GrpcRoutes ===

impl GrpcRoutes {
    /// Adds a generated server. No call to it lasts longer than `at_most`, and a panic in one is
    /// answered with `INTERNAL`.
    pub fn with<S>(self, service: S, at_most: Duration) -> Self
    where
        S: Service<Request<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        self.within(service, DeadlineLayer::at_most(at_most))
    }

    /// The same, where some calls may last longer.
    pub fn within<S>(mut self, service: S, deadlines: DeadlineLayer) -> Self
    where
        S: Service<Request<Body>, Error = Infallible>
            + NamedService
            + Clone
            + Send
            + Sync
            + 'static,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        let guarded = routes(service)
            .layer(panics::layer())
            .layer(MapResponseLayer::new(panics::caught))
            .layer(deadlines);
        self.router = self.router.merge(guarded);
        self.names.push(S::NAME);
        self
    }

    /// Adds what reflection tells of services that are not Passport Mesh's own: an encoded
    /// `FileDescriptorSet`.
    pub fn described_by(mut self, descriptors: &'static [u8]) -> Self {
        self.descriptors.push(descriptors);
        self
    }

    /// All of them, with health (`grpc.health.v1`) and reflection (`grpc.reflection.v1`, and
    /// `v1alpha`, which is all that Python's client speaks), whose streams have no deadline. Every
    /// error carries an `ErrorInfo`, and reflection knows the messages that such details are made of.
    ///
    /// A path of no service is answered by the fallback of the router that this is merged with.
    pub async fn into_router(self) -> Result<(Router, Health), ServeError> {
        let described = || reflection(&self.names, &self.descriptors);
        let reflection =
            routes(described().build_v1()?).merge(routes(described().build_v1alpha()?));
        let (router, health) = self.with_health().await;
        let reflection = reflection.layer(MapResponseLayer::new(explained));
        Ok((router.merge(reflection), health))
    }

    /// All of them with health, and without reflection: for a port that says no more of itself than
    /// those need who know it already.
    pub async fn with_health(self) -> (Router, Health) {
        let (reporter, health) = tonic_health::server::health_reporter();
        let router = self.router.merge(routes(health));
        let router = router.layer(MapResponseLayer::new(explained));
        (router, Health::of(reporter, self.names).await)
    }
}

fn routes<S>(service: S) -> Router
where
    S: Service<Request<Body>, Error = Infallible> + NamedService + Clone + Send + Sync + 'static,
    S::Response: IntoResponse,
    S::Future: Send + 'static,
{
    Routes::new(service).into_axum_router().reset_fallback()
}

fn reflection(names: &[&'static str], descriptors: &[&'static [u8]]) -> Builder<'static> {
    let of_all = [
        passport_proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        tonic_types::pb::FILE_DESCRIPTOR_SET,
        v1::FILE_DESCRIPTOR_SET,
        v1alpha::FILE_DESCRIPTOR_SET,
    ];
    let described = of_all.iter().chain(descriptors).fold(
        Builder::configure().include_reflection_service(false),
        |builder, set| builder.register_encoded_file_descriptor_set(set),
    );
    let of_all = [
        health_server::SERVICE_NAME,
        v1::server_reflection_server::SERVICE_NAME,
        v1alpha::server_reflection_server::SERVICE_NAME,
    ];
    let named = of_all.iter().chain(names);
    named.fold(described, |builder, name| builder.with_service_name(*name))
}
