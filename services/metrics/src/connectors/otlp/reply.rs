//! What senders are answered, in the content type of their request.

use std::collections::BTreeMap;

use http::StatusCode;
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsPartialSuccess, ExportMetricsServiceResponse,
};
use passport_connector_sdk::{Rejected, SenderReply};
use prost::Message;
use serde_json::json;

use super::decode::{Encoding, Unreadable};

/// The protocol's own code for a request that can't be used.
const INVALID_ARGUMENT: i32 = 3;

/// `google.rpc.Status`, of which the protocol uses these two.
#[derive(Clone, PartialEq, Message)]
struct Status {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// The export was taken, but for points that can't be used, which must not be sent again.
pub fn taken(encoding: Encoding, rejected: &BTreeMap<&'static str, usize>) -> SenderReply {
    let points: usize = rejected.values().sum();
    let message = || {
        let each = rejected
            .iter()
            .map(|(why, points)| format!("{why}: {points}"));
        each.collect::<Vec<_>>().join(", ")
    };
    let body = match encoding {
        Encoding::Json if points == 0 => "{}".into(),
        Encoding::Json => json!({ "partialSuccess": {
            "rejectedDataPoints": points.to_string(),
            "errorMessage": message(),
        }})
        .to_string()
        .into_bytes(),
        Encoding::Protobuf => {
            let partial_success = (points > 0).then(|| ExportMetricsPartialSuccess {
                rejected_data_points: i64::try_from(points).unwrap_or(i64::MAX),
                error_message: message(),
            });
            ExportMetricsServiceResponse { partial_success }.encode_to_vec()
        }
    };
    SenderReply::new(StatusCode::OK, encoding.media_type(), body)
}

/// The export can't be used, now or later.
pub fn unreadable(encoding: Option<Encoding>, why: Unreadable) -> Rejected {
    let message = why.to_string();
    let body = match encoding {
        None => message.into_bytes(),
        Some(Encoding::Json) => json!({ "code": INVALID_ARGUMENT, "message": message })
            .to_string()
            .into_bytes(),
        Some(Encoding::Protobuf) => Status {
            code: INVALID_ARGUMENT,
            message,
        }
        .encode_to_vec(),
    };
    let media_type = encoding.map_or("text/plain; charset=utf-8", Encoding::media_type);
    Rejected::with(SenderReply::new(why.status(), media_type, body))
}
