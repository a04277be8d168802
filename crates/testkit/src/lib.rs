//! What tests share: a clock to turn, a PostgreSQL to throw away, a mailbox, a phone
