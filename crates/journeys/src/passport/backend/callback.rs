//! The service of a wallet's maker calls back: somebody has scanned the code, the credential is in the wallet, or it is not.
//!
//! It may call twice, in another order, or never; and somebody else may call who would like to be it. So a call counts that shows the
//! state and the key of one request, names that request as the service does, and comes to the organisation that asked. One statement
//! takes the first *issued*; every further one finds it done.

use super::{Shows, state_hash};
use crate::passport::WalletRefusal;
use crate::passport::issue::accept;
use crate::passport::keys::signer;
use crate::passport::made::expires_at;
use crate::passport::wallet::random;
use crate::{Refusal, Service};
use jiff::Timestamp;
use openid4vc::status_list::draw_place;
use rules::passport::issuing::STATUS_LIST_SIZE;
use std::num::NonZeroU32;
use store::StoreError;
use store::audit::Event;
use store::credential::Credential;
use store::credential_copy::NewCopy;
use store::offer::CredentialOffer;
use store::organisation::Organisation;
use store::status_list::NewStatusList;
use uuid::Uuid;
use vault::Token;
use wallets::{Happened, WalletBackend};

/// Why a call does not count.
#[derive(Debug, thiserror::Error)]
pub enum CallRefusal {
    /// The service says no such thing.
    #[error("the call cannot be read")]
    Unreadable,
    /// It is about nothing that was asked.
    #[error("the call is about nothing that was asked here")]
    Unknown,
    /// Whoever calls does not show the key.
    #[error("whoever calls does not show the key of the request")]
    Forged,
    /// A fault that is ours: the service calls again.
    #[error(transparent)]
    Fault(#[from] Refusal),
}

impl From<StoreError> for CallRefusal {
    fn from(error: StoreError) -> Self {
        Self::Fault(error.into())
    }
}

/// Takes a call of the service called `name`, with what stood in its header `api-key`. One that came before changes nothing.
///
/// # Errors
/// [`CallRefusal`].
pub async fn called_back(
    service: &Service,
    organisation_code: &str,
    name: &str,
    api_key: Option<&str>,
    body: &[u8],
) -> Result<(), CallRefusal> {
    let backend = service.wallet_backend.clone().filter(|backend| backend.name() == name);
    let backend = backend.ok_or(CallRefusal::Unknown)?;
    let callback = backend.read_callback(body).map_err(|_| CallRefusal::Unreadable)?;
    let state = Token::parse(&callback.state).ok_or(CallRefusal::Unknown)?;
    let offer = service.store.offer_by_reference(&state_hash(service, &state)).await?;
    let offer = offer.ok_or(CallRefusal::Unknown)?;
    proves_itself(service, offer.id, &callback.request_id, api_key).await?;
    let credential = service.store.credential(offer.credential_id).await?.ok_or(CallRefusal::Unknown)?;
    let organisation = service.store.organisation(credential.organisation_id).await?;
    let organisation = organisation.filter(|organisation| organisation.code == organisation_code);
    let organisation = organisation.ok_or(CallRefusal::Unknown)?;
    let about = About { service, backend: backend.as_ref(), organisation, credential, offer };
    match callback.happened {
        Happened::Retrieved => about.retrieved().await,
        Happened::Issued => about.issued().await,
        Happened::NotIssued(why) => about.not_issued(&why).await,
        // Nothing was asked for under this state.
        Happened::Presented(_) | Happened::NotPresented(_) => Err(CallRefusal::Unknown),
    }
}

/// That the service calls, about the request that it gave this name.
async fn proves_itself(
    service: &Service,
    id: Uuid,
    request_id: &str,
    api_key: Option<&str>,
) -> Result<(), CallRefusal> {
    let shown = api_key.and_then(Token::parse).ok_or(CallRefusal::Forged)?;
    // Compared in constant time.
    if shown != Shows::about(service, id)?.api_key {
        return Err(CallRefusal::Forged);
    }
    let asked = service.store.backend_request(id).await?;
    asked.filter(|asked| asked.request == request_id).map(|_| ()).ok_or(CallRefusal::Unknown)
}

/// One call about an offer.
struct About<'a> {
    service: &'a Service,
    backend: &'a dyn WalletBackend,
    organisation: Organisation,
    credential: Credential,
    offer: CredentialOffer,
}

impl About<'_> {
    /// That somebody scanned the code is noted, once: the page says so.
    async fn retrieved(&self) -> Result<(), CallRefusal> {
        let mut tx = self.service.store.begin().await?;
        tx.offer_fetched(self.offer.id, self.service.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    async fn not_issued(&self, why: &str) -> Result<(), CallRefusal> {
        let now = self.service.clock.now();
        let mut tx = self.service.store.begin().await?;
        if tx.fail_offer(self.offer.id, why, now).await? {
            let event = Event::WalletServiceFailed {
                account: self.credential.account_id,
                credential: self.credential.id,
                offer: self.offer.id,
                why: why.to_owned(),
            };
            tx.audit(event, now);
            tracing::warn!(offer = %self.offer.id, why, "the wallet's service handed out nothing");
        }
        Ok(tx.commit().await?)
    }

    /// The credential is in the wallet: what is so is written down, if the person still wants it there.
    async fn issued(&self) -> Result<(), CallRefusal> {
        let Self { service, organisation, credential, offer, .. } = self;
        // Made before the transaction, for it may have to be made.
        let signer = signer(service, organisation).await?;
        let now = service.clock.now();
        let mut tx = service.store.begin().await?;
        if !tx.issue_offer_by_backend(offer.id, now).await? {
            let stands = tx.credential_offer(offer.id).await?;
            if stands.is_some_and(|offer| offer.issued_at.is_some()) {
                return Ok(());
            }
            drop(tx);
            return self.too_late(now).await;
        }
        match accept(service, &mut tx, organisation, offer, credential, now).await {
            Ok(()) => {}
            // It was taken back, rejected or revoked meanwhile.
            Err(WalletRefusal::Credential(_)) => {
                drop(tx);
                return self.too_late(now).await;
            }
            Err(WalletRefusal::Fault(fault)) => return Err(fault.into()),
            Err(_) => return Err(Refusal::Fault("a credential cannot be accepted").into()),
        }
        // Its place in our list is told to nobody: it makes this a copy like any other, which is revoked, and signs in, as they do.
        let list = NewStatusList {
            id: vault::new_id(now, service.random.as_ref()),
            organisation_id: organisation.id,
            root_id: signer.root,
            size: STATUS_LIST_SIZE,
        };
        let new = NewCopy {
            id: offer.id,
            credential_id: credential.id,
            offer_id: offer.id,
            thumbprint: "",
            holds_until: expires_at(service, credential.moments.valid_until, signer.not_after),
            backend: Some(self.backend.name()),
        };
        let places = NonZeroU32::new(STATUS_LIST_SIZE).unwrap_or(NonZeroU32::MIN);
        tx.add_copy(new, list, &|| draw_place(places, &random(service)), now).await?;
        tx.audit(
            Event::CredentialIssued {
                account: credential.account_id,
                organisation: organisation.id,
                credential: credential.id,
                offer: offer.id,
                count: 1,
                reissue: offer.reissue,
            },
            now,
        );
        tx.commit().await?;
        service.tell_workers();
        Ok(())
    }

    /// The credential went to a wallet though its code had ended: to whoever scanned it, who may be anybody. The service is told to
    /// revoke it, and it counts for nothing here.
    async fn too_late(&self, now: Timestamp) -> Result<(), CallRefusal> {
        let Self { service, backend, credential, offer, .. } = self;
        let mut tx = service.store.begin().await?;
        let kind = credential.kind.as_str();
        if tx.add_backend_revocation(offer.id, backend.name(), kind, now).await? {
            let event = Event::WalletServiceTooLate {
                account: credential.account_id,
                credential: credential.id,
                offer: offer.id,
            };
            tx.audit(event, now);
            tracing::warn!(offer = %offer.id, "a credential went to a wallet after its code had ended: it is revoked");
        }
        Ok(tx.commit().await?)
    }
}
