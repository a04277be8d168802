//! Where a person who is signed in begins: how they sign in, and what needs doing.

use crate::session::Person;
use crate::{Refusal, Service};
use rules::method::MethodKind;
use rules::todo::{Standing, Todo};
use store::method::SignInMethod;

/// What the home page shows.
#[derive(Debug, Clone)]
pub struct Overview {
    /// The person's methods, oldest first.
    pub methods: Vec<SignInMethod>,
    /// What needs doing, the most urgent first.
    pub todo: Vec<Todo>,
}

/// The person's methods, and what needs doing.
///
/// # Errors
/// Where the database fails.
pub async fn overview(service: &Service, person: &Person) -> Result<Overview, Refusal> {
    let account = &person.account;
    let methods = service.store.sign_in_methods(account.id).await?;
    let kinds: Vec<MethodKind> = methods.iter().map(|method| method.kind).collect();
    let since = account.previous_sign_in_at.unwrap_or(account.created_at);
    let standing = Standing {
        reported_at: service.store.last_report(account.id).await?,
        password_set_at: account.password_set_at,
        tries: service.store.wrong_tries_since(account.id, since).await?,
        methods: &kinds,
        recovery_codes: service.store.recovery_codes(account.id).await?.map(|codes| codes.left),
    };
    Ok(Overview { methods, todo: Todo::all(standing) })
}
