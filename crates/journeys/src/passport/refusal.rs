//! Why a passport does not go on, on its pages.

/// Why a passport does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PassportRefusal {
    /// It does not wait for its owner any more: it was taken back, rejected, revoked or has expired, or is in a wallet already.
    #[error("the credential cannot be added to a wallet")]
    NotToAdd,
    /// It is in no wallet, so there is nothing to make a new copy of.
    #[error("the credential has not been added to a wallet")]
    NotInWallet,
    /// Too many QR codes within the hour.
    #[error("too many offers")]
    TooManyOffers,
    /// The access key needs a mobile number that can be proved.
    #[error("there is no mobile number to prove")]
    NoMobile,
    /// The service of the wallet's maker does not answer.
    #[error("the wallet's service does not answer")]
    WalletServiceAway,
    /// The service of the wallet's maker does not do what it is asked.
    #[error("the wallet's service refuses")]
    WalletServiceRefuses,
    /// A wallet's request that its person sign in is over: it is too late, it was answered, or there never was one.
    #[error("the wallet's request is over")]
    WalletRequestOver,
    /// The credential was accepted, rejected or taken back meanwhile, or its last day is over.
    #[error("the credential does not wait for a review")]
    NotWaiting,
}

impl PassportRefusal {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::NotToAdd,
        Self::NotInWallet,
        Self::TooManyOffers,
        Self::NoMobile,
        Self::WalletServiceAway,
        Self::WalletServiceRefuses,
        Self::WalletRequestOver,
        Self::NotWaiting,
    ];

    /// The public code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotToAdd => "FW-3101",
            Self::NotInWallet => "FW-3102",
            Self::TooManyOffers => "FW-3103",
            Self::NoMobile => "FW-3104",
            Self::WalletServiceAway => "FW-3105",
            Self::WalletServiceRefuses => "FW-3106",
            Self::WalletRequestOver => "FW-3110",
            Self::NotWaiting => "FW-3301",
        }
    }
}
