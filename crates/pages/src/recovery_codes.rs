//! Recovery codes: what they are for, and the page that shows them once.

use std::fmt;

use serde::Serialize;

use crate::{Page, Place, RecoveryCodesState};

/// *Recovery codes*: what they are, how they stand, and the button that makes new ones.
#[derive(Debug, Clone, Serialize)]
pub struct RecoveryCodes {
    /// Where the form posts to.
    pub action: String,
    /// How they stand; none where there are none.
    pub state: Option<RecoveryCodesState>,
    /// Which ones this page tells of: comes back with the form.
    pub version: String,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for RecoveryCodes {
    const TEMPLATE: &'static str = "recovery-codes.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);
    const FIELDS: &'static [&'static str] = &["confirm"];

    fn samples() -> Vec<Self> {
        let state = |left| Some(RecoveryCodesState { made: "22 November 2026".into(), left });
        [state(9), state(1), None]
            .map(|state| Self {
                action: "/security-info/recovery-codes".into(),
                state,
                version: "1795255200000".into(),
                back: Some("/security-info".into()),
            })
            .to_vec()
    }
}

/// The new codes, shown once: to be printed or copied.
#[derive(Clone, Serialize)]
pub struct NewRecoveryCodes {
    /// "abcde-23456".
    pub codes: Vec<String>,
    /// Whose they are: the user name.
    pub user_name: String,
    /// When they were made, in words.
    pub made: String,
    /// *Done*.
    pub done_href: String,
}

impl fmt::Debug for NewRecoveryCodes {
    /// Leaves the codes out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewRecoveryCodes").field("made", &self.made).finish_non_exhaustive()
    }
}

impl Page for NewRecoveryCodes {
    const TEMPLATE: &'static str = "new-recovery-codes.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);

    fn samples() -> Vec<Self> {
        let codes = (2..10).chain([2, 3]).map(|n| format!("abcd{n}-xwvt{n}")).collect();
        vec![Self {
            codes,
            user_name: "gwenllian.llewelyn-fychan-o-lanfihangel-y-creuddyn@ysbyty.northfield.example".into(),
            made: "22 November 2026 at 8:02pm".into(),
            done_href: "/security-info".into(),
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_not_in_what_is_logged() {
        for page in NewRecoveryCodes::samples() {
            assert!(!format!("{page:?}").contains("abcd"), "{page:?}");
        }
    }
}
