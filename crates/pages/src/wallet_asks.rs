//! A wallet asks its person for credentials, after they signed in.

use serde::Serialize;

use crate::Page;

/// A credential that a wallet may have.
#[derive(Debug, Clone, Serialize)]
pub struct WalletWish {
    /// What the form sends.
    pub id: String,
    /// What it is called: "Safeguarding adults, Level 2".
    pub title: String,
}

/// Which wallet asks for what.
#[derive(Debug, Clone, Serialize)]
pub struct WalletAsksFor {
    /// What people call the wallet.
    pub wallet: String,
    /// Who issues the credentials.
    pub organisation: String,
    /// What it may have; none where nothing of it waits.
    pub credentials: Vec<WalletWish>,
    /// Where *Accept and add to my wallet* posts to: `credentials`, several times.
    pub accept_action: String,
    /// Where *Cancel* posts to.
    pub cancel_action: String,
    /// The passport, where each credential can be looked at.
    pub passport_href: String,
}

impl Page for WalletAsksFor {
    const TEMPLATE: &'static str = "wallet-asks.html";

    fn samples() -> Vec<Self> {
        let wish = |number: u32, title: &str| WalletWish {
            id: format!("0193f2c1-0000-7000-8000-00000000000{number}"),
            title: title.into(),
        };
        let one = Self {
            wallet: "Ward Wallet".into(),
            organisation: "Northfield Hospitals".into(),
            credentials: vec![wish(1, "Fire safety, Level 1")],
            accept_action: "/passport/wallet".into(),
            cancel_action: "/passport/wallet/cancel".into(),
            passport_href: "/passport".into(),
        };
        let several = Self {
            wallet: "Waled Hunaniaeth Ddigidol Iechyd a Gofal Cymdeithasol".into(),
            credentials: vec![
                wish(1, "Identity"),
                wish(2, "Infection prevention and control, Level 2"),
                wish(3, "Professional registration"),
            ],
            ..one.clone()
        };
        let none = Self { credentials: Vec::new(), ..one.clone() };
        vec![one, several, none]
    }
}
