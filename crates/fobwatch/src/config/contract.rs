//! A kind of credential that goes to wallets by Entra Verified ID, as one line of the configuration.

use url::Url;
use wallets::Contract;

use super::schema::Shape;
use super::value::Setting;

/// What is handed out, and by which contract of the tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntraContract(Contract);

impl EntraContract {
    /// As the adapter knows it.
    pub fn contract(&self) -> &Contract {
        &self.0
    }

    fn read(line: &str) -> Result<Self, String> {
        let parts: Vec<&str> = line.split('|').map(str::trim).collect();
        let [kind, credential_type, manifest] = parts[..] else {
            return Err(format!("holds \"{line}\", which is not KIND | TYPE | MANIFEST"));
        };
        let word = |text: &str| {
            !text.is_empty() && text.bytes().all(|sign| sign.is_ascii_alphanumeric() || sign == b'-')
        };
        if !word(kind) || !word(credential_type) {
            return Err(format!("holds \"{line}\": KIND and TYPE are words of letters, digits and hyphens"));
        }
        if kind == "access-key" {
            return Err(format!(
                "holds \"{line}\": an access key in Microsoft Authenticator signs nobody in; it goes by the open standards, leave it out"
            ));
        }
        let manifest =
            Url::parse(manifest).ok().filter(|url| url.scheme() == "https" && url.query().is_none());
        let Some(manifest) = manifest else {
            return Err(format!(
                "holds \"{line}\": a MANIFEST is an address that starts with https:// and has no ?"
            ));
        };
        Ok(Self(Contract { kind: kind.to_owned(), credential_type: credential_type.to_owned(), manifest }))
    }
}

impl Setting for Vec<EntraContract> {
    const SHAPE: Shape = Shape::List;

    fn expects() -> String {
        "a list of contracts (core-skill | CoreSkill | https://verifiedid.did.msidentity.com/…/contracts/…/manifest)".into()
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let lines = text.split(',').map(str::trim).filter(|line| !line.is_empty());
        let contracts = lines.map(EntraContract::read).collect::<Result<Self, _>>()?;
        for (place, one) in contracts.iter().enumerate() {
            let before = contracts.iter().take(place);
            for other in before {
                if other.0.kind == one.0.kind {
                    return Err(format!("holds the kind \"{}\" twice", one.0.kind));
                }
                // By its type a credential is known again when a wallet shows it.
                if other.0.credential_type == one.0.credential_type {
                    return Err(format!("holds the type \"{}\" twice", one.0.credential_type));
                }
            }
        }
        Ok(contracts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<EntraContract>, String> {
        <Vec<EntraContract> as Setting>::from_text(text)
    }

    #[test]
    fn a_contract_has_a_kind_a_type_and_a_manifest() {
        assert_eq!(read("").unwrap(), Vec::new());
        let read = read(
            "core-skill | CoreSkill | https://x.example/a/manifest, dbs|Dbs|https://x.example/b/manifest",
        );
        let all: Vec<_> = read.unwrap().iter().map(|one| one.contract().clone()).collect();
        let [first, second] = all.as_slice() else { panic!("{all:?}") };
        assert_eq!((first.kind.as_str(), first.credential_type.as_str()), ("core-skill", "CoreSkill"));
        assert_eq!(second.manifest.as_str(), "https://x.example/b/manifest");
    }

    #[test]
    fn what_is_no_contract_is_said_with_the_reason() {
        for (text, why) in [
            ("core-skill", "KIND | TYPE | MANIFEST"),
            ("core-skill | https://x.example/manifest", "KIND | TYPE | MANIFEST"),
            ("core skill | CoreSkill | https://x.example/manifest", "letters, digits and hyphens"),
            ("core-skill | | https://x.example/manifest", "letters, digits and hyphens"),
            ("core-skill | CoreSkill | http://x.example/manifest", "starts with https://"),
            ("core-skill | CoreSkill | x.example", "starts with https://"),
            ("a | A | https://x.example/1, a | B | https://x.example/2", "the kind \"a\" twice"),
            ("a | A | https://x.example/1, b | A | https://x.example/2", "the type \"A\" twice"),
        ] {
            let told = read(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
