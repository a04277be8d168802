//! The front door to a health worker's digital identity.

fn main() -> std::process::ExitCode {
    fobwatch::main()
}
