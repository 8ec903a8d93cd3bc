//! A collector asks for no credential, so that no web page may reach it.

use axum::{
    extract::Request,
    http::{StatusCode, header::CONTENT_TYPE},
    middleware::Next,
    response::Response,
};
use passport_service_kit::{
    problem,
    server::own_host::{Foreign, check},
    status::error,
};
use tonic::Code;

/// Lets requests through that were addressed to this machine and come from no page elsewhere.
pub(crate) async fn required(request: Request, next: Next) -> Response {
    let Err(foreign) = check(request.uri(), request.headers()) else {
        return next.run(request).await;
    };
    let media = request.headers().get(CONTENT_TYPE);
    match media.is_some_and(|it| it.as_bytes().starts_with(b"application/grpc")) {
        true => refused(&foreign),
        false => {
            let status = StatusCode::MISDIRECTED_REQUEST;
            problem::refused(status, "FOREIGN_HOST", &foreign.to_string())
        }
    }
}

fn refused(foreign: &Foreign) -> Response {
    let code = Code::PermissionDenied;
    error(code, "FOREIGN_HOST", foreign.to_string(), None, Vec::new()).into_http()
}
