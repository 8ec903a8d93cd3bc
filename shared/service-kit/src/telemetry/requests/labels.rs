//! Labels that a caller can't invent: methods that exist, routes that match, codes that are known.

use std::{collections::BTreeSet, sync::LazyLock};

use axum::extract::MatchedPath;
use http::{HeaderMap, Method, Request, StatusCode, header::CONTENT_TYPE};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use tonic::Code;

/// Stands for every path that no route matches.
const UNMATCHED: &str = "unmatched";

/// `package.Service/Method` of every method that is described anywhere here.
static METHODS: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    [
        passport_proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    ]
    .into_iter()
    .flat_map(methods_of)
    .collect()
});

fn methods_of(descriptors: &[u8]) -> Vec<String> {
    // Descriptors are part of the program, and a test reads them.
    let set = FileDescriptorSet::decode(descriptors).unwrap_or_default();
    let mut names = Vec::new();
    for file in &set.file {
        for service in &file.service {
            let service_name = format!("{}.{}", file.package(), service.name());
            let methods = service.method.iter();
            names.extend(methods.map(|it| format!("{service_name}/{}", it.name())));
        }
    }
    names
}

/// The RPC, such as `passport.gateway.v1.GatewayService/CollectEvidence`, or the method and route,
/// such as `GET /v1/passports/{id}`.
pub(crate) fn method<B>(request: &Request<B>) -> String {
    let path = request.uri().path();
    let route = request.extensions().get::<MatchedPath>();
    let route = route.map_or(UNMATCHED, MatchedPath::as_str);
    match METHODS.get(path.trim_start_matches('/')) {
        Some(known) => known.clone(),
        None if is_grpc(request.headers()) => route.to_owned(),
        None => format!("{} {route}", verb(request.method())),
    }
}

fn verb(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => method.as_str(),
        _ => "OTHER",
    }
}

/// Whether a request or an answer says that it is gRPC.
pub(super) fn is_grpc(headers: &HeaderMap) -> bool {
    headers
        .get(CONTENT_TYPE)
        .is_some_and(|value| value.as_bytes().starts_with(b"application/grpc"))
}

/// The name of a gRPC code, as its specification writes it.
pub(crate) fn grpc_code(code: Code) -> &'static str {
    match code {
        Code::Ok => "OK",
        Code::Cancelled => "CANCELLED",
        Code::Unknown => "UNKNOWN",
        Code::InvalidArgument => "INVALID_ARGUMENT",
        Code::DeadlineExceeded => "DEADLINE_EXCEEDED",
        Code::NotFound => "NOT_FOUND",
        Code::AlreadyExists => "ALREADY_EXISTS",
        Code::PermissionDenied => "PERMISSION_DENIED",
        Code::ResourceExhausted => "RESOURCE_EXHAUSTED",
        Code::FailedPrecondition => "FAILED_PRECONDITION",
        Code::Aborted => "ABORTED",
        Code::OutOfRange => "OUT_OF_RANGE",
        Code::Unimplemented => "UNIMPLEMENTED",
        Code::Internal => "INTERNAL",
        Code::Unavailable => "UNAVAILABLE",
        Code::DataLoss => "DATA_LOSS",
        Code::Unauthenticated => "UNAUTHENTICATED",
    }
}

/// Whether the code blames the server and not the caller, who also is to blame for a call that
/// there is not.
pub(super) fn is_our_fault(code: Code) -> bool {
    matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    )
}

/// The same of a status of HTTP.
pub(super) fn is_our_failure(status: StatusCode) -> bool {
    status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED
}
