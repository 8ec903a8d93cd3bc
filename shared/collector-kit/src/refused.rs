//! What callers are told whom the collector does not know.

use passport_service_kit::status::error;
use tonic::{Code, Status};

pub(crate) fn unauthenticated(message: &'static str) -> Status {
    let code = Code::Unauthenticated;
    error(code, "UNAUTHENTICATED", message, None, Vec::new())
}
