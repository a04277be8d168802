//! Pointing at claims: the paths of OpenID4VP's query language, of OpenID4VCI's metadata and of type metadata.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// A claims path pointer (OpenID4VP 1.0, section 7): from the credential's root through names, places in arrays, and all of an array.
///
/// As JSON it is an array of text, numbers and `null`: `["nationalities", null]`. It is never empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Vec<Value>", into = "Vec<Value>")]
pub struct ClaimPath(Vec<Step>);

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Step {
    /// The member of an object with this name.
    Name(String),
    /// The element of an array at this place, from 0.
    Index(usize),
    /// All elements of an array.
    All,
}

/// An array is no path: it is empty, or has something else than text, numbers and `null` in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a path to a claim is an array, not empty, of names, whole numbers from 0 and null")]
pub struct NoPath;

impl ClaimPath {
    /// The path through these names of objects. Without any it points at nothing.
    pub fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        Self(names.into_iter().map(|name| Step::Name(name.to_owned())).collect())
    }

    /// This path and one step more.
    #[must_use]
    pub fn then(mut self, step: Step) -> Self {
        self.0.push(step);
        self
    }

    /// The steps, from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// What the path points at in `claims`: nothing, one value, or, through [`Step::All`], several. Where one of several is not what
    /// the next step expects, it points at nothing.
    pub fn select<'a>(&self, claims: &'a Map<String, Value>) -> Vec<&'a Value> {
        let [Step::Name(name), rest @ ..] = self.0.as_slice() else { return Vec::new() };
        let mut selected: Vec<_> = claims.get(name).into_iter().collect();
        for step in rest {
            let mut next = Vec::new();
            for value in selected {
                match (step, value) {
                    (Step::Name(name), Value::Object(members)) => next.extend(members.get(name)),
                    (Step::Index(index), Value::Array(elements)) => next.extend(elements.get(*index)),
                    (Step::All, Value::Array(elements)) => next.extend(elements),
                    _ => return Vec::new(),
                }
            }
            selected = next;
        }
        selected
    }
}

impl TryFrom<Vec<Value>> for ClaimPath {
    type Error = NoPath;

    fn try_from(steps: Vec<Value>) -> Result<Self, NoPath> {
        if steps.is_empty() {
            return Err(NoPath);
        }
        let step = |step| match step {
            Value::String(name) => Ok(Step::Name(name)),
            Value::Null => Ok(Step::All),
            Value::Number(index) => {
                index.as_u64().and_then(|index| usize::try_from(index).ok()).map(Step::Index).ok_or(NoPath)
            }
            _ => Err(NoPath),
        };
        steps.into_iter().map(step).collect::<Result<_, _>>().map(Self)
    }
}

impl From<ClaimPath> for Vec<Value> {
    fn from(path: ClaimPath) -> Self {
        let value = |step| match step {
            Step::Name(name) => Value::String(name),
            Step::Index(index) => index.into(),
            Step::All => Value::Null,
        };
        path.0.into_iter().map(value).collect()
    }
}

impl fmt::Display for ClaimPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", Value::Array(self.clone().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn path(steps: Value) -> ClaimPath {
        serde_json::from_value(steps).unwrap()
    }

    #[test]
    fn a_path_leads_through_names_places_and_all_of_an_array() {
        let claims = json!({
            "degrees": [{ "type": "Bachelor" }, { "type": "Master" }, { "name": "PhD" }],
            "marks": [{ "a": 1 }, 2],
            "name": "Dilys",
        });
        let found =
            |steps| path(steps).select(claims.as_object().unwrap()).into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(found(json!(["name"])), [json!("Dilys")]);
        assert_eq!(found(json!(["degrees", 1, "type"])), [json!("Master")]);
        assert_eq!(found(json!(["degrees", null, "type"])), [json!("Bachelor"), json!("Master")]);
        assert!(found(json!(["degrees", 3])).is_empty());
        assert!(found(json!(["name", 0])).is_empty());
        assert!(found(json!(["name", null])).is_empty());
        assert!(found(json!(["degrees", "type"])).is_empty());
        assert!(found(json!([0])).is_empty());
        // OpenID4VP 1.0, section 7.1.1: an error in one of them is an error.
        assert!(found(json!(["marks", null, "a"])).is_empty());
    }

    #[test]
    fn what_is_no_path_is_refused() {
        for nonsense in [json!([]), json!([-1]), json!([1.5]), json!([true]), json!([["a"]]), json!("a")] {
            assert!(serde_json::from_value::<ClaimPath>(nonsense.clone()).is_err(), "{nonsense}");
        }
    }

    #[test]
    fn a_path_is_written_as_it_was_read() {
        let steps = json!(["a", 0, null, "b"]);
        assert_eq!(serde_json::to_value(path(steps.clone())).unwrap(), steps);
    }
}
