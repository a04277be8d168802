//! Every page as a typed template over the NHS.UK components
