//! What must hold for whatever an HR system tells: see [`staff_file`] and [`staff_page`].
//!
//! Nothing in the product calls this.

pub use crate::csv_file::outside::staff_file;
pub use crate::rest::outside::staff_page;

/// The name of a fuzz target, and the promise that what it finds is given to.
pub type Promise = (&'static str, fn(&[u8]));

/// Every promise with the name of its fuzz target.
pub const ALL: [Promise; 2] = [("staff_file", staff_file), ("staff_page", staff_page)];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_bytes_keep_the_promises(bytes in proptest::collection::vec(any::<u8>(), 0..200), rows in "[a-c@,\"\r\n ]{0,80}") {
            for (_, promise) in ALL {
                promise(&bytes);
            }
            staff_file(format!("person,kind\n{rows}").as_bytes());
        }
    }
}
