//! Channels by which somebody does not want to be told of credentials and reminded of them.

use crate::db::{execute, in_tx, reading};
use crate::moment::millis;
use crate::outbox::Channel;
use crate::statement::statements;
use crate::{Store, StoreError, Tx};
use jiff::Timestamp;
use uuid::Uuid;

/// The channels that somebody has switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OptOut {
    /// E-mails.
    pub email: bool,
    /// Text messages.
    pub text: bool,
}

impl OptOut {
    fn of(channels: &[(String,)]) -> Self {
        let has = |channel: Channel| channels.iter().any(|(name,)| name == channel.as_str());
        Self { email: has(Channel::Email), text: has(Channel::Text) }
    }

    /// The names of the channels that are switched off.
    pub fn channels(self) -> impl Iterator<Item = &'static str> {
        let email = self.email.then_some(Channel::Email.as_str());
        email.into_iter().chain(self.text.then_some(Channel::Text.as_str()))
    }
}

statements! {
    OF_ACCOUNT = "SELECT channel FROM passport_opt_out WHERE account_id = $1";
    ADD = "INSERT INTO passport_opt_out (account_id, channel, since) VALUES ($1, $2, $3)
        ON CONFLICT (account_id, channel) DO NOTHING";
    REMOVE = "DELETE FROM passport_opt_out WHERE account_id = $1 AND channel = $2";
}

impl Store {
    /// What somebody has switched off.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_opt_out(&self, account: Uuid) -> Result<OptOut, StoreError> {
        let rows: Vec<(String,)> =
            reading!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        Ok(OptOut::of(&rows))
    }
}

impl Tx {
    /// What somebody has switched off, as this transaction sees it.
    ///
    /// # Errors
    /// Where the database cannot be read.
    pub async fn passport_opt_out(&mut self, account: Uuid) -> Result<OptOut, StoreError> {
        let rows: Vec<(String,)> =
            in_tx!(self, OF_ACCOUNT, sqlx::query_as, |q, c| q.bind(account).fetch_all(c))?;
        Ok(OptOut::of(&rows))
    }

    /// Sets what somebody has switched off.
    ///
    /// # Errors
    /// Where the database refuses.
    pub async fn set_passport_opt_out(
        &mut self,
        account: Uuid,
        opt_out: OptOut,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for (channel, off) in [(Channel::Email, opt_out.email), (Channel::Text, opt_out.text)] {
            if off {
                execute!(self, ADD, account, channel.as_str(), millis(now))?;
            } else {
                execute!(self, REMOVE, account, channel.as_str())?;
            }
        }
        Ok(())
    }
}
