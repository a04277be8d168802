//! Pointing at claims: the paths of OpenID4VP's query language, of OpenID4VCI's metadata and of type metadata.

use serde::{Deserialize, Serialize};
use serde_json::Value;
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

/// What is pointed at is not what the path expects, such as a name in an array.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0} does not lead to a claim")]
pub struct NoSuchClaim(pub ClaimPath);

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

    /// What the path points at in `claims`: nothing, one value, or, through [`Step::All`], several.
    pub fn select<'a>(&self, claims: &'a Value) -> Vec<&'a Value> {
        let mut selected = vec![claims];
        for step in &self.0 {
            selected = selected
                .into_iter()
                .flat_map(|value| match step {
                    Step::Name(name) => {
                        value.as_object().and_then(|object| object.get(name)).into_iter().collect()
                    }
                    Step::Index(index) => {
                        value.as_array().and_then(|array| array.get(*index)).into_iter().collect()
                    }
                    Step::All => {
                        value.as_array().map(|array| array.iter().collect::<Vec<_>>()).unwrap_or_default()
                    }
                })
                .collect();
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
        let claims = json!({ "degrees": [{ "type": "Bachelor" }, { "type": "Master" }, 3], "name": "Dilys" });
        let found = |steps| path(steps).select(&claims).into_iter().cloned().collect::<Vec<_>>();
        assert_eq!(found(json!(["name"])), [json!("Dilys")]);
        assert_eq!(found(json!(["degrees", 1, "type"])), [json!("Master")]);
        assert_eq!(found(json!(["degrees", null, "type"])), [json!("Bachelor"), json!("Master")]);
        assert!(found(json!(["degrees", 3])).is_empty());
        assert!(found(json!(["name", 0])).is_empty());
        assert!(found(json!(["name", null])).is_empty());
        assert!(found(json!(["degrees", "type"])).is_empty());
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
