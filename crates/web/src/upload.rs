//! Files that people send by a form.

use crate::errors::Trouble;
use axum::extract::multipart::{MultipartError, MultipartRejection};
use axum::extract::{FromRequest as _, Multipart, Request};
use axum::http::{HeaderValue, StatusCode, header};
use std::collections::HashMap;

/// What the field `file` holds; nothing where there is none.
pub(crate) async fn file(multipart: Result<Multipart, MultipartRejection>) -> Result<Vec<u8>, Trouble> {
    Ok(read(multipart).await?.file)
}

/// A form with a file among its fields.
#[derive(Debug, Default)]
pub(crate) struct Form {
    /// What was typed and chosen, by the name of the field.
    pub fields: HashMap<String, String>,
    /// What the field `file` holds; nothing where there is none.
    pub file: Vec<u8>,
}

/// What was sent, by a form that has room for a file or by one that has not.
pub(crate) async fn form(request: Request) -> Result<Form, Trouble> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind.is_some_and(|kind| kind.starts_with(b"multipart/")) {
        return read(Multipart::from_request(request, &()).await).await;
    }
    let read = axum::Form::from_request(request, &()).await;
    let axum::Form(fields) = read.map_err(|rejection| Trouble::Status(rejection.status()))?;
    Ok(Form { fields, file: Vec::new() })
}

async fn read(multipart: Result<Multipart, MultipartRejection>) -> Result<Form, Trouble> {
    let mut multipart = multipart.map_err(|rejection| Trouble::Status(rejection.status()))?;
    // What cannot be read to its end is longer than is taken: whoever hangs up hears no answer.
    let unreadable = |error: MultipartError| match error.status() {
        StatusCode::INTERNAL_SERVER_ERROR => Trouble::Status(StatusCode::PAYLOAD_TOO_LARGE),
        status => Trouble::Status(status),
    };
    let mut form = Form::default();
    while let Some(field) = multipart.next_field().await.map_err(unreadable)? {
        match field.name().map(str::to_owned) {
            Some(name) if name == "file" => form.file = field.bytes().await.map_err(unreadable)?.to_vec(),
            Some(name) => {
                form.fields.insert(name, field.text().await.map_err(unreadable)?);
            }
            None => {}
        }
    }
    Ok(form)
}
