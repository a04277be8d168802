//! Finding the code in a message, as a person would.

/// The first run of exactly six digits in `text`.
pub(crate) fn first_code(text: &str) -> Option<&str> {
    text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() == 6)
}

#[cfg(test)]
mod tests {
    use super::first_code;

    #[test]
    fn a_code_is_a_run_of_exactly_six_digits() {
        assert_eq!(first_code("Call 020 7946 0000. Your code is 123456."), Some("123456"));
        assert_eq!(first_code("Reference 12345678, valid 15 minutes"), None);
    }
}
