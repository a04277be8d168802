//! The PIV card in words and bytes: commands, answers, data objects, containers; no reader and no I/O.
