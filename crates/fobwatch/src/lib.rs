//! The binary: commands, configuration, wiring, the running service
