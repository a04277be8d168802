//! Files for spreadsheets.

use crate::errors::Trouble;
use crate::render::Answer;
use axum::http::header;
use axum::response::IntoResponse as _;
use journeys::Refusal;

/// A file that a spreadsheet opens as data: whatever would be a formula there begins with an apostrophe.
pub(crate) fn file(name: &str, rows: impl Iterator<Item = Vec<String>>) -> Answer {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|field| harmless(field))).map_err(|_| broken())?;
    }
    let bytes = writer.into_inner().map_err(|_| broken())?;
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, disposition),
    ];
    Ok((headers, bytes).into_response())
}

fn broken() -> Trouble {
    Refusal::Fault("a file could not be written").into()
}

fn harmless(field: &str) -> String {
    if field.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '|', '%']) {
        format!("'{field}")
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_file_is_a_formula() {
        for formula in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "|cmd", "%1"] {
            assert_eq!(harmless(formula), format!("'{formula}"));
        }
        assert_eq!(harmless("Amina Khan"), "Amina Khan");
        assert_eq!(harmless(""), "");
    }
}
