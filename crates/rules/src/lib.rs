//! What the guides say, as pure functions of facts and the time
