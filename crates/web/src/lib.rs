//! Pages, forms and API: parse a request, call one journey, render its outcome. There are no rules and no SQL here.

mod about;
mod access_key;
mod activity;
mod app_setup;
mod authenticator;
mod authenticator_files;
mod brand;
mod callbacks;
mod campaign;
mod card;
mod card_api;
mod certificate_host;
mod change_password;
mod confirm;
mod confirm_by_wallet;
mod console;
mod cookies;
mod devices;
mod errors;
mod first_time;
mod forms;
mod health;
mod home;
mod join;
mod join_details;
mod join_factor;
mod method_setup;
mod passkey;
mod passkeys;
mod passport;
mod passport_add;
mod passport_backend;
mod passport_issuer;
mod passport_share;
mod passport_sign_in;
mod passport_verifier;
mod passport_wallet;
mod password;
mod person;
mod pki;
mod protect;
mod recovery_codes;
mod registration;
mod render;
mod reset;
mod reset_gate;
mod second_factor;
mod security_info;
mod sign_in;
mod smartcard;
mod spreadsheet;
mod state;
mod upload;
pub mod urls;
mod verification;
mod visitor;
mod waiting;
mod wallet_events;
mod wallet_page;
mod wanted;

pub use certificate_host::{CertificateHost, HostProblem};
pub use state::{Web, WebOptions};

use axum::{Router, middleware};

/// Every page of the service, behind the layers that protect them.
///
/// # Errors
/// [`BadPublicUrl`] where the public address has no origin that a browser could send.
pub fn router(web: Web) -> Result<Router, BadPublicUrl> {
    let pages = Router::new()
        .merge(home::routes())
        .merge(join::routes())
        .merge(join_details::routes())
        .merge(join_factor::routes())
        .merge(first_time::routes())
        .merge(sign_in::routes())
        .merge(second_factor::routes())
        .merge(confirm::routes())
        .merge(confirm_by_wallet::routes())
        .merge(activity::routes())
        .merge(devices::routes())
        .merge(password::routes())
        .merge(security_info::routes())
        .merge(method_setup::routes())
        .merge(recovery_codes::routes())
        .merge(campaign::routes())
        .merge(console::routes())
        .merge(passkey::routes())
        .merge(card::routes())
        .merge(passport_share::routes())
        .merge(passport_sign_in::routes())
        .merge(passkeys::routes())
        .merge(smartcard::routes())
        .merge(passport::routes())
        .merge(reset::routes())
        .merge(reset_gate::routes())
        .merge(change_password::routes())
        .merge(passport_add::routes())
        .merge(passport_wallet::routes())
        .merge(access_key::routes())
        .merge(about::routes())
        .fallback(errors::not_found)
        .method_not_allowed_fallback(errors::method_not_allowed)
        .layer(middleware::from_fn_with_state(web.clone(), wanted::remember));
    let router = protect::pages(pages, &web)?
        .merge(protect::uploads(console::uploads(), &web)?)
        .merge(protect::photos(console::photos(), &web)?)
        .merge(brand::routes())
        .merge(authenticator_files::routes())
        .merge(health::routes())
        .merge(callbacks::routes())
        .merge(pki::routes())
        .merge(passport_verifier::routes())
        .merge(verification::routes())
        .merge(passport_issuer::routes())
        .merge(passport_backend::routes())
        .merge(passport::interface())
        .merge(authenticator::routes(&web)?)
        .merge(card_api::routes());
    Ok(protect::everything(router, &web).with_state(web))
}

/// The public address cannot be used to tell our own forms from others'.
#[derive(Debug, thiserror::Error)]
#[error("server.public_url cannot be used as an origin: write https://HOST without a path")]
pub struct BadPublicUrl;
