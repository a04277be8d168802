//! Files that people send by a form.

use crate::errors::Trouble;
use crate::protect::LARGEST_BODY;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::{DefaultBodyLimit, FromRequest as _, Multipart, Request};
use axum::http::{HeaderValue, StatusCode, header};
use std::collections::HashMap;
use std::fmt;

/// What the field `file` holds; nothing where there is none.
pub(crate) async fn file(multipart: Result<Multipart, MultipartRejection>) -> Result<Vec<u8>, Trouble> {
    Ok(read(multipart).await?.file)
}

/// A form with a file among its fields.
#[derive(Default)]
pub(crate) struct Form {
    /// What was typed and chosen, by the name of the field.
    pub fields: HashMap<String, String>,
    /// What the field `file` holds; nothing where there is none.
    pub file: Vec<u8>,
}

impl fmt::Debug for Form {
    /// Says nothing of what was typed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Form").finish_non_exhaustive()
    }
}

/// A form with a file has at most so many parts: a type of a trust's own can ask for sixty days, each of three fields, and how that was
/// checked.
const MOST_PARTS: usize = 256;
/// Nothing that is typed or chosen is longer, in bytes: a picture that was prepared before is half of it.
const LONGEST_TEXT: usize = 128 * 1_024;

/// What was sent, by a form that has room for a file or by one that has not.
pub(crate) async fn form(mut request: Request) -> Result<Form, Trouble> {
    let kind = request.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    if kind.is_some_and(|kind| kind.starts_with(b"multipart/")) {
        return read(Multipart::from_request(request, &()).await).await;
    }
    // The page has room for a file, which is not in here.
    DefaultBodyLimit::max(LARGEST_BODY).apply(&mut request);
    let read = axum::Form::from_request(request, &()).await;
    let axum::Form(fields) = read.map_err(|rejection| Trouble::Status(rejection.status()))?;
    Ok(Form { fields, file: Vec::new() })
}

async fn read(multipart: Result<Multipart, MultipartRejection>) -> Result<Form, Trouble> {
    let mut multipart = multipart.map_err(|rejection| Trouble::Status(rejection.status()))?;
    let mut form = Form::default();
    let (mut parts, mut files) = (0, 0);
    while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(&error))? {
        parts += 1;
        let name = field.name().map(str::to_owned);
        files += usize::from(name.as_deref() == Some("file"));
        // No page of ours sends those.
        if parts > MOST_PARTS || files > 1 {
            return Err(Trouble::Status(StatusCode::BAD_REQUEST));
        }
        match name {
            Some(name) if name == "file" => {
                form.file = field.bytes().await.map_err(|error| unreadable(&error))?.to_vec();
            }
            Some(name) => {
                form.fields.insert(name, text(field).await?);
            }
            None => {}
        }
    }
    Ok(form)
}

/// What cannot be read to its end is longer than is taken: whoever hangs up hears no answer.
fn unreadable(error: &MultipartError) -> Trouble {
    Trouble::Status(match error.status() {
        StatusCode::INTERNAL_SERVER_ERROR => StatusCode::PAYLOAD_TOO_LARGE,
        status => status,
    })
}

/// What was typed or chosen, which is read no further than any of it goes.
async fn text(mut field: Field<'_>) -> Result<String, Trouble> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
        if bytes.len() + chunk.len() > LONGEST_TEXT {
            return Err(Trouble::Status(StatusCode::PAYLOAD_TOO_LARGE));
        }
        bytes.extend_from_slice(&chunk);
    }
    String::from_utf8(bytes).map_err(|_| Trouble::Status(StatusCode::BAD_REQUEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_not_printed() {
        let fields = HashMap::from([("given_name".to_owned(), "Amina".to_owned())]);
        let printed = format!("{:?}", Form { fields, file: b"Khan".to_vec() });
        assert_eq!(printed, "Form { .. }");
    }
}
