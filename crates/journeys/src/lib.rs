//! One file per journey of a guide, told from top to bottom
