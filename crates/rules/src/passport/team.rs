//! Teams of a trust that look after credentials of their areas, such as HR, occupational health and education.

/// A team's name has at most so many characters.
pub const LONGEST_TEAM: usize = 60;
/// An organisation has at most so many teams.
pub const MOST_TEAMS: u32 = 50;
/// Credentials of which the last day is so many days away, or fewer, stand in the weekly summary of a team.
pub const EXPIRING_WITHIN_DAYS: u32 = 30;
