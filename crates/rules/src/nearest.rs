//! The known name that a mistyped one was probably meant to be.

/// The nearest of `known` to `typed`, if it is near: a third of its letters or less are different.
pub fn nearest<'a>(typed: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let near = known.into_iter().map(|name| (strsim::damerau_levenshtein(typed, name), name)).min()?;
    let (distance, name) = near;
    (distance <= (name.chars().count() / 3).max(1)).then_some(name)
}
