//! What is kept: SQLite and PostgreSQL behind one SQL text
