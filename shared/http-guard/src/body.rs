//! Bodies, up to a limit.

use bytes::Bytes;
use reqwest::Response;

use crate::error::SendError;
use crate::failure;

/// Reads a body chunk by chunk, so that what is too large is noticed before it is held. A length
/// that is announced above the limit is refused unread; one below it is not trusted either.
pub(crate) async fn read(mut response: Response, limit: usize) -> Result<Bytes, SendError> {
    let announced = response.content_length().map(usize::try_from);
    if announced.is_some_and(|length| length.map_or(true, |length| length > limit)) {
        return Err(SendError::TooLarge { limit });
    }
    let mut body = Vec::new();
    while let Some(chunk) = next_chunk(&mut response).await? {
        append(&mut body, &chunk, limit)?;
    }
    Ok(Bytes::from(body))
}

async fn next_chunk(response: &mut Response) -> Result<Option<Bytes>, SendError> {
    response
        .chunk()
        .await
        .map_err(|error| failure::within_body(&error))
}

/// Grows by doubling as a vector does, but never past the limit.
fn append(body: &mut Vec<u8>, chunk: &[u8], limit: usize) -> Result<(), SendError> {
    let needed = body.len().saturating_add(chunk.len());
    if needed > limit {
        return Err(SendError::TooLarge { limit });
    }
    if needed > body.capacity() {
        let capacity = body.capacity().saturating_mul(2).clamp(needed, limit);
        body.reserve_exact(capacity - body.len());
    }
    body.extend_from_slice(chunk);
    Ok(())
}
