//! Passwords as journeys handle them.

use vault::Secret;

/// The password as it is hashed: however a keyboard makes an é, it is the same.
pub(crate) fn canonical(password: &Secret<String>) -> Secret<String> {
    Secret::new(std::mem::take(&mut *rules::password::canonical(password.expose())))
}

/// Whether the password is in a list of breached ones. There is none yet but the common passwords that its strength is
/// estimated with.
pub(crate) fn breached(_password: &str) -> bool {
    false
}
