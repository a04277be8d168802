//! Files that people send by a form.

use crate::errors::Trouble;
use axum::extract::Multipart;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::http::StatusCode;

/// What the field `file` holds; nothing where there is none.
pub(crate) async fn file(multipart: Result<Multipart, MultipartRejection>) -> Result<Vec<u8>, Trouble> {
    let mut multipart = multipart.map_err(|rejection| Trouble::Status(rejection.status()))?;
    // What cannot be read to its end is longer than is taken: whoever hangs up hears no answer.
    let unreadable = |error: MultipartError| match error.status() {
        StatusCode::INTERNAL_SERVER_ERROR => Trouble::Status(StatusCode::PAYLOAD_TOO_LARGE),
        status => Trouble::Status(status),
    };
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        if field.name() == Some("file") {
            return Ok(field.bytes().await.map_err(unreadable)?.to_vec());
        }
    }
    Ok(Vec::new())
}
