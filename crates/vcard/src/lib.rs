//! A virtual PIV card for tests and the demonstration, behind the real PC/SC service.
