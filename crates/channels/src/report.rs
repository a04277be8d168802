//! What a provider tells of a message by itself, after it took it.

use std::fmt;

use crate::DeliveryState;

/// A request that brings a report.
#[derive(Clone, Copy)]
pub struct ReportRequest<'a> {
    /// The address that was asked for, whole, as the provider knows it.
    pub url: &'a str,
    /// The header `Authorization`.
    pub authorization: Option<&'a str>,
    /// The header `X-Twilio-Signature`.
    pub signature: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

impl fmt::Debug for ReportRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReportRequest { … }")
    }
}

/// Why a report is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadReport {
    /// It does not prove that it comes from the provider.
    #[error("a delivery report that does not come from the provider")]
    Forged,
    /// It is not of the form that the provider documents.
    #[error("a delivery report that cannot be read")]
    Unreadable,
    /// No provider that is set up reports in this way.
    #[error("a delivery report of a provider that is not set up for them")]
    NotExpected,
}

/// How it is known that a report comes from the provider.
#[derive(Clone, PartialEq, Eq)]
pub enum Proof {
    /// The channel has checked it.
    ByProvider,
    /// It showed this token, which whoever made [`crate::Text::report_token`] must compare.
    Token(String),
}

impl fmt::Debug for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ByProvider => "ByProvider",
            Self::Token(_) => "Token(…)",
        })
    }
}

/// Which message a report is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportedMessage {
    /// It handed back [`crate::Text::reference`].
    Ours {
        /// That reference.
        reference: String,
        /// Why that may be believed.
        proof: Proof,
    },
    /// It names the message as in [`crate::Receipt::provider_reference`].
    Theirs {
        /// Who reports.
        provider: &'static str,
        /// That reference.
        reference: String,
    },
}

/// What a provider tells of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryReport {
    /// Which message.
    pub about: ReportedMessage,
    /// Its state, a final one.
    pub state: DeliveryState,
}

impl DeliveryReport {
    /// None where the state says nothing final.
    pub(crate) fn of(about: ReportedMessage, state: DeliveryState) -> Option<Self> {
        let is_final = !matches!(state, DeliveryState::Pending | DeliveryState::Unknown);
        is_final.then_some(Self { about, state })
    }
}
