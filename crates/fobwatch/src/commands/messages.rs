//! `fobwatch messages`: what is not delivered, and why.

use anyhow::Result;
use clap::Args;

use super::Outcome;
use super::console::Console;
use crate::config::Config;
use crate::house::House;

/// Lists messages that wait, were given up, or could not be delivered after a provider took them.
#[derive(Debug, Args)]
pub struct Messages {
    /// How many to list at the most, the newest first
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    most: u32,
}

impl Messages {
    pub(super) async fn run(self, config: &Config, console: &mut Console) -> Result<Outcome> {
        let house = House::open(config).await?;
        let messages = house.store.unsent_messages(self.most).await?;
        house.store.close().await;
        if messages.is_empty() {
            console.say("Every message is delivered.")?;
        }
        let mut outcome = Outcome::Well;
        for message in messages {
            let kind = message.key.split_once(':').map_or(message.key.as_str(), |(kind, _)| kind);
            let state = match (message.failed_at, message.gave_up_at) {
                (Some(_), _) => "FAILED  ",
                (None, Some(_)) => "GIVEN UP",
                (None, None) => "waiting ",
            };
            if state != "waiting " {
                outcome = Outcome::Unwell;
            }
            let failed = match (&message.provider, &message.failure) {
                (Some(provider), Some(failure)) => format!("{provider} took it: {failure} failure"),
                _ => String::new(),
            };
            console.say(format!(
                "{state}  {}  {:5}  {kind}  written {:.0}  tried {} times  {}{failed}",
                message.id,
                message.channel.as_str(),
                message.written_at,
                message.tries,
                message.last_error.as_deref().unwrap_or("")
            ))?;
        }
        Ok(outcome)
    }
}
