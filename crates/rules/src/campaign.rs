//! The campaign of guide 002: "users will need to have at least one authentication method set up on their account". Whoever has
//! none that resets a password is asked at sign-in, may put it off a few times, and then does it before anything else.

/// Whether a person who signs in is asked to set up a method for resets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// They have one.
    No,
    /// They are, and may put it off.
    MayPutOff {
        /// So many times, with this one.
        left: u32,
    },
    /// It comes before anything else.
    First,
}

impl Asked {
    /// `has_one` says whether the account has a method that resets a password, `put_off` how often its owner has put it off, and
    /// `put_offs` how often that is allowed.
    pub fn of(has_one: bool, put_off: u32, put_offs: u32) -> Self {
        match (has_one, put_offs.saturating_sub(put_off)) {
            (true, _) => Self::No,
            (false, 0) => Self::First,
            (false, left) => Self::MayPutOff { left },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Asked;

    #[test]
    fn setting_up_is_put_off_as_often_as_the_organisation_allows() {
        let three = [0, 1, 2, 3, 4, u32::MAX].map(|put_off| Asked::of(false, put_off, 3));
        let left = |left| Asked::MayPutOff { left };
        assert_eq!(three, [left(3), left(2), left(1), Asked::First, Asked::First, Asked::First]);
        assert_eq!(Asked::of(false, 0, 0), Asked::First);
    }

    #[test]
    fn nobody_is_asked_who_has_one() {
        assert_eq!(Asked::of(true, 9, 3), Asked::No);
    }
}
