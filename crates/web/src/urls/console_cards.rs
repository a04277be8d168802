//! Addresses of the Registration Authority’s part of the console.

/// *Smartcards*: the Registration Authority's part of the console.
pub const CONSOLE_CARDS: &str = "/console/smartcards";
/// Who must come in.
pub const CONSOLE_CARDS_QUEUE: &str = "/console/smartcards/queue";
/// The same as a file.
pub const CONSOLE_CARDS_QUEUE_FILE: &str = "/console/smartcards/queue.csv";
/// What falls due in the next twelve months.
pub const CONSOLE_CARDS_FORECAST: &str = "/console/smartcards/forecast";
/// The same as a file.
pub const CONSOLE_CARDS_FORECAST_FILE: &str = "/console/smartcards/forecast.csv";
/// What waits for a second member of staff.
pub const CONSOLE_CARDS_REQUESTS: &str = "/console/smartcards/requests";
/// Approves a request.
pub const CONSOLE_CARDS_CONFIRM: &str = "/console/smartcards/requests/{id}/confirm";
/// Declines a request, or withdraws it.
pub const CONSOLE_CARDS_DECLINE: &str = "/console/smartcards/requests/{id}/decline";
/// Revocations that the authority outside is to be told of.
pub const CONSOLE_CARDS_OUTSIDE: &str = "/console/smartcards/outside";
/// Notes that it was told of one.
pub const CONSOLE_CARDS_TOLD: &str = "/console/smartcards/outside/{id}/told";
/// *Register blank cards*.
pub const CONSOLE_CARDS_BLANK: &str = "/console/smartcards/blank";
/// As a file from the bureau.
pub const CONSOLE_CARDS_BLANK_FILE: &str = "/console/smartcards/blank/file";
/// A person's cards.
pub const CONSOLE_CARDS_PERSON: &str = "/console/smartcards/people/{id}";
/// *Check identity*.
pub const CONSOLE_CARDS_IDENTITY: &str = "/console/smartcards/people/{id}/identity";
/// By the Account Recovery Passcode.
pub const CONSOLE_CARDS_IDENTITY_PASSCODE: &str = "/console/smartcards/people/{id}/identity/passcode";
/// By documents.
pub const CONSOLE_CARDS_IDENTITY_DOCUMENTS: &str = "/console/smartcards/people/{id}/identity/documents";
/// *Issue a card*.
pub const CONSOLE_CARDS_ISSUE: &str = "/console/smartcards/people/{id}/issue";
/// *Cancel all cards*.
pub const CONSOLE_CARDS_LEAVES: &str = "/console/smartcards/people/{id}/leaves";
/// One card.
pub const CONSOLE_CARD: &str = "/console/smartcards/cards/{id}";
/// Something that is done to it.
pub const CONSOLE_CARD_ACT: &str = "/console/smartcards/cards/{id}/{act}";

/// A page about this person, card or request.
pub fn console_cards(page: &str, id: &str) -> String {
    page.replace("{id}", id)
}

/// Something that is done to a card.
pub fn console_card_act(id: &str, act: &str) -> String {
    CONSOLE_CARD_ACT.replace("{id}", id).replace("{act}", act)
}

/// *Check identity*, then on to `next`.
pub fn console_cards_identity(id: &str, next: &str) -> String {
    let page = console_cards(CONSOLE_CARDS_IDENTITY, id);
    if next.is_empty() {
        return page;
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("next", next).finish();
    format!("{page}?{query}")
}

/// The page of the work that is done on a card in the reader.
pub fn console_card_job(id: &str) -> String {
    format!("/smartcard/jobs/{id}")
}
