//! What the service writes about its own running.

use tracing_subscriber::EnvFilter;

use crate::config::Config;
use crate::config::value::LogFormat;

/// The rooms of this product. What libraries say below a warning can hold addresses and SQL, so it is never written.
const ROOMS: [&str; 10] =
    ["fobwatch", "demo", "web", "pages", "journeys", "store", "channels", "vault", "wording", "rules"];

/// Starts the log. A second start in the same process changes nothing.
pub fn start(config: &Config) {
    let level = config.log.level;
    let rooms = ROOMS.map(|room| format!("{room}={level}"));
    let filter = EnvFilter::new(format!("warn,{}", rooms.join(",")));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // An error here means that there is a log already: another service in the same test, for example.
    let _ = match config.log.format {
        LogFormat::Json => log.json().try_init(),
        LogFormat::Text => log.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).try_init(),
    };
}
