//! The field for a new password, wherever one is chosen. The macro `new_password` of `fields.html` shows it.

use serde::Serialize;

/// What the field asks for, and where its strength is told while it is typed.
///
/// The page that shows it names the script in its template: `{% block scripts %}{{ new_password_script() }}{% endblock %}`.
/// The field is called `password`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewPassword {
    /// The least number of characters.
    pub min: u32,
    /// Where the script asks how strong it is.
    pub strength_action: String,
    /// The code of the person's organisation, for its rules and its name; empty where it is not known.
    pub organisation: String,
    /// The names of further fields of the form whose content no password may hold, with a space between them. Their
    /// values are sent when the strength is asked for.
    pub name_fields: String,
}

impl NewPassword {
    /// The field as it stands in samples.
    pub(crate) fn sample() -> Self {
        Self {
            min: 12,
            strength_action: "/password/strength".into(),
            organisation: "NTH".into(),
            name_fields: "first_name last_name user_name".into(),
        }
    }
}
