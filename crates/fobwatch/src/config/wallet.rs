//! A wallet that may send its people here, as one line of the configuration.

use std::net::{Ipv4Addr, Ipv6Addr};

use journeys::passport::WalletApp;
use url::{Host, Url};

use super::schema::Shape;
use super::value::Setting;

/// A wallet: what it calls itself, what people call it, and where they go back to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wallet(WalletApp);

impl Wallet {
    /// As the journeys know it.
    pub fn app(&self) -> &WalletApp {
        &self.0
    }

    fn read(line: &str) -> Result<Self, String> {
        let mut parts = line.split('|').map(str::trim);
        let (client_id, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let redirect_uris: Vec<String> = parts.map(str::to_owned).collect();
        if client_id.is_empty() || name.is_empty() || redirect_uris.is_empty() {
            return Err(format!("holds \"{line}\", which is not CLIENT_ID | NAME | ADDRESS"));
        }
        if !client_id.bytes().all(|sign| (b'!'..=b'~').contains(&sign)) || name.chars().count() > 60 {
            return Err(format!(
                "holds \"{line}\": a CLIENT_ID is letters, digits and signs without spaces, a NAME at most 60 letters"
            ));
        }
        for address in &redirect_uris {
            may_go_back_to(address).map_err(|why| format!("holds the address \"{address}\", which {why}"))?;
        }
        Ok(Self(WalletApp { client_id: client_id.to_owned(), name: name.to_owned(), redirect_uris }))
    }
}

/// A code is sent there: over HTTPS, to this machine itself, or to an app by a scheme of its own (RFC 8252, section 7).
fn may_go_back_to(address: &str) -> Result<(), &'static str> {
    let url = Url::parse(address).map_err(|_| "is no address")?;
    if url.fragment().is_some() {
        return Err("has a part behind #, which is not sent");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("has a user in it");
    }
    let on_this_machine = match url.host() {
        Some(Host::Ipv4(address)) => address == Ipv4Addr::LOCALHOST,
        Some(Host::Ipv6(address)) => address == Ipv6Addr::LOCALHOST,
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    };
    match url.scheme() {
        "http" if !on_this_machine => Err("is not encrypted: write https://"),
        "javascript" | "data" | "vbscript" | "blob" | "file" | "about" | "ftp" | "ws" | "wss" => {
            Err("leads to no wallet: write https:// or the scheme of an app")
        }
        _ => Ok(()),
    }
}

impl Setting for Vec<Wallet> {
    const SHAPE: Shape = Shape::List;

    fn expects() -> String {
        "a list of wallets (ward-wallet | Ward Wallet | https://wallet.northfield.example/back)".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let lines = text.split(',').map(str::trim).filter(|line| !line.is_empty());
        let wallets = lines.map(Wallet::read).collect::<Result<Self, _>>()?;
        for (place, wallet) in wallets.iter().enumerate() {
            if wallets.iter().take(place).any(|other| other.0.client_id == wallet.0.client_id) {
                return Err(format!("holds the wallet \"{}\" twice", wallet.0.client_id));
            }
        }
        Ok(wallets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<Wallet>, String> {
        <Vec<Wallet> as Setting>::from_text(text)
    }

    #[test]
    fn a_wallet_has_a_name_for_us_one_for_people_and_addresses() {
        assert_eq!(read("").unwrap(), Vec::new());
        let read = read(
            "ward-wallet | Ward Wallet | https://wallet.example/back | example.wallet:/back, w2|W|http://127.0.0.1:9/b",
        );
        let apps: Vec<_> = read.unwrap().iter().map(|wallet| wallet.app().clone()).collect();
        let [first, second] = apps.as_slice() else { panic!("{apps:?}") };
        assert_eq!((first.client_id.as_str(), first.name.as_str()), ("ward-wallet", "Ward Wallet"));
        assert_eq!(first.redirect_uris, ["https://wallet.example/back", "example.wallet:/back"]);
        assert_eq!(second.redirect_uris, ["http://127.0.0.1:9/b"]);
    }

    #[test]
    fn what_is_no_wallet_is_said_with_the_reason() {
        for (text, why) in [
            ("ward-wallet", "CLIENT_ID | NAME | ADDRESS"),
            ("ward-wallet | Ward Wallet", "CLIENT_ID | NAME | ADDRESS"),
            ("| Ward Wallet | https://wallet.example/", "CLIENT_ID | NAME | ADDRESS"),
            ("ward wallet | Ward Wallet | https://wallet.example/", "without spaces"),
            ("w | W | wallet.example/back", "is no address"),
            ("w | W | http://wallet.example/back", "write https://"),
            ("w | W | https://wallet.example/back#top", "behind #"),
            ("w | W | https://somebody@wallet.example/back", "has a user in it"),
            ("w | W | javascript:alert(1)", "leads to no wallet"),
            ("w | W | https://a.example/, w | V | https://b.example/", "twice"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
