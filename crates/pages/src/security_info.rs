//! Guide 002: *Security info*: the list of sign-in methods, and the pages that change one of them.

use serde::Serialize;

use crate::{Method, Page, Place};

/// When a method is offered at sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offered {
    /// It is the default.
    First,
    /// It is the back-up.
    Second,
    /// Later, or never.
    Later,
}

/// A method as its owner knows it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownMethod {
    /// Its kind.
    pub method: Method,
    /// A hint of the address or number: "a•••@northfield.example", "ending in 23". Empty for an app.
    pub hint: String,
    /// The name that its owner gave it.
    pub name: Option<String>,
}

impl KnownMethod {
    fn phone() -> Self {
        Self { method: Method::Text, hint: "ending in 23".into(), name: None }
    }

    fn long() -> Self {
        Self {
            method: Method::Email,
            hint: "g•••@ysbyty-cymunedol-llanfihangel-y-creuddyn.northfield.example".into(),
            name: Some("Ffôn symudol y ward, yr un glas newydd!".into()),
        }
    }
}

/// A method on the list.
#[derive(Debug, Clone, Serialize)]
pub struct ListedMethod {
    /// What it is.
    #[serde(flatten)]
    pub known: KnownMethod,
    /// When it was added, in words.
    pub added: String,
    /// When it was last used, in words; none where never.
    pub last_used: Option<String>,
    /// When it is offered.
    pub offered: Offered,
    /// Where another takes its place; none where that cannot be done here.
    pub change_href: Option<String>,
    /// Where it is given a name.
    pub rename_href: String,
    /// Where it is deleted.
    pub delete_href: String,
}

/// How the recovery codes stand.
#[derive(Debug, Clone, Serialize)]
pub struct RecoveryCodesState {
    /// When they were made, in words.
    pub made: String,
    /// How many have not been used.
    pub left: u32,
}

/// What was done just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecurityDone {
    /// A method has another name.
    Renamed,
    /// A method is gone.
    Deleted,
    /// Default and back-up were chosen.
    Preferred,
}

/// The *Security info* page. The section of passkeys stands between the methods and the recovery codes.
#[derive(Debug, Clone, Serialize)]
pub struct SecurityInfo {
    /// What was done just now.
    pub done: Option<SecurityDone>,
    /// The methods, oldest first.
    pub methods: Vec<ListedMethod>,
    /// *Add sign-in method*.
    pub add_href: String,
    /// Where default and back-up are chosen; none where there is nothing to choose among.
    pub default_href: Option<String>,
    /// The passkeys, oldest first.
    pub passkeys: Vec<crate::PasskeyRow>,
    /// Where one is added; none where this service can have no passkeys.
    pub add_passkey_href: Option<String>,
    /// The user name: the address of record.
    pub user_name: String,
    /// Where the password is changed; none where that cannot be done.
    pub password_href: Option<String>,
    /// Recovery codes; none where there are none.
    pub recovery_codes: Option<RecoveryCodesState>,
    /// Where they are made.
    pub recovery_codes_href: String,
    /// Back home.
    pub back: Option<String>,
}

impl Page for SecurityInfo {
    const TEMPLATE: &'static str = "security-info.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);

    fn samples() -> Vec<Self> {
        let method = |known, offered, number: u8| ListedMethod {
            known,
            added: "22 November 2026".into(),
            last_used: (number != 1).then(|| "24 November 2026 at 8:02pm".into()),
            offered,
            change_href: Some(format!("/security-info/method/{number}/change")),
            rename_href: format!("/security-info/method/{number}/name"),
            delete_href: format!("/security-info/method/{number}/delete"),
        };
        let app =
            KnownMethod { method: Method::Approval, hint: String::new(), name: Some("Old phone".into()) };
        let office = KnownMethod { method: Method::OfficePhone, hint: "ending in 00".into(), name: None };
        let one = Self {
            done: None,
            methods: vec![method(KnownMethod::phone(), Offered::First, 0)],
            add_href: "/security-info/add".into(),
            default_href: None,
            passkeys: Vec::new(),
            add_passkey_href: Some("/security-info/passkeys/add".into()),
            user_name: "amina.khan@northfield.example".into(),
            password_href: None,
            recovery_codes: None,
            recovery_codes_href: "/security-info/recovery-codes".into(),
            back: Some("/home".into()),
        };
        let many = Self {
            done: Some(SecurityDone::Renamed),
            methods: vec![
                method(KnownMethod::phone(), Offered::Second, 0),
                method(app, Offered::First, 1),
                method(KnownMethod::long(), Offered::Later, 2),
                method(office, Offered::Later, 3),
            ],
            default_href: Some("/security-info/default".into()),
            passkeys: crate::PasskeyRow::samples(),
            password_href: Some("/security-info/password".into()),
            recovery_codes: Some(RecoveryCodesState { made: "22 November 2026".into(), left: 9 }),
            ..one.clone()
        };
        let none = Self { done: Some(SecurityDone::Deleted), methods: Vec::new(), ..one.clone() };
        let last_code = Self {
            done: Some(SecurityDone::Preferred),
            recovery_codes: Some(RecoveryCodesState { made: "22 November 2026".into(), left: 1 }),
            ..one.clone()
        };
        vec![one, many, none, last_code]
    }
}

/// *Add a method*: the list, and *Add*.
#[derive(Debug, Clone, Serialize)]
pub struct AddMethod {
    /// Where the form posts to, with the choice as `method`.
    pub action: String,
    /// The kinds that can be added, in their order.
    pub methods: Vec<Method>,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for AddMethod {
    const TEMPLATE: &'static str = "add-method.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);
    const FIELDS: &'static [&'static str] = &["method"];

    fn samples() -> Vec<Self> {
        let all = vec![
            Method::Text,
            Method::Approval,
            Method::Email,
            Method::AlternativePhone,
            Method::OfficePhone,
        ];
        let without_texts = all.iter().copied().skip(1).collect();
        let page = |methods| Self {
            action: "/security-info/add".into(),
            methods,
            back: Some("/security-info".into()),
        };
        vec![page(all), page(without_texts)]
    }
}

/// *Change*: another takes the place of a method.
#[derive(Debug, Clone, Serialize)]
pub struct ChangeMethod {
    /// Where *Next* posts to.
    pub action: String,
    /// The method.
    pub known: KnownMethod,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for ChangeMethod {
    const TEMPLATE: &'static str = "change-method.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);

    fn samples() -> Vec<Self> {
        [KnownMethod::phone(), KnownMethod::long()]
            .map(|known| Self {
                action: "/security-info/method/0/change".into(),
                known,
                back: Some("/security-info".into()),
            })
            .to_vec()
    }
}

/// *Rename*.
#[derive(Debug, Clone, Serialize)]
pub struct RenameMethod {
    /// Where the form posts to.
    pub action: String,
    /// The method.
    pub known: KnownMethod,
    /// What was typed before, or its name.
    pub name: String,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for RenameMethod {
    const TEMPLATE: &'static str = "rename-method.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);
    const FIELDS: &'static [&'static str] = &["name"];

    fn samples() -> Vec<Self> {
        [KnownMethod::phone(), KnownMethod::long()]
            .map(|known| Self {
                action: "/security-info/method/0/name".into(),
                name: known.name.clone().unwrap_or_default(),
                known,
                back: Some("/security-info".into()),
            })
            .to_vec()
    }
}

/// *Delete*, with what is lost by it.
#[derive(Debug, Clone, Serialize)]
pub struct DeleteMethod {
    /// Where the form posts to.
    pub action: String,
    /// The method.
    pub known: KnownMethod,
    /// It is the only second factor: from then on codes go to this address.
    pub last_factor: Option<String>,
    /// It is the only one that resets a password.
    pub last_reset: bool,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for DeleteMethod {
    const TEMPLATE: &'static str = "delete-method.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);
    const FIELDS: &'static [&'static str] = &["confirm"];

    fn samples() -> Vec<Self> {
        let both = Self {
            action: "/security-info/method/0/delete".into(),
            known: KnownMethod::phone(),
            last_factor: Some("a•••@northfield.example".into()),
            last_reset: true,
            back: Some("/security-info".into()),
        };
        let reset = Self { last_factor: None, ..both.clone() };
        let harmless = Self { known: KnownMethod::long(), last_reset: false, ..reset.clone() };
        vec![both, reset, harmless]
    }
}

/// A method that can be offered first.
#[derive(Debug, Clone, Serialize)]
pub struct Candidate {
    /// What the form sends.
    pub value: String,
    /// What it is.
    #[serde(flatten)]
    pub known: KnownMethod,
}

/// Which method is offered first, and which after it.
#[derive(Debug, Clone, Serialize)]
pub struct PreferMethods {
    /// Where the form posts to, with the choices as `default` and `backup`.
    pub action: String,
    /// The second factors that the person has.
    pub methods: Vec<Candidate>,
    /// The default now.
    pub default: String,
    /// The back-up now; empty where none was chosen.
    pub backup: String,
    /// Back to the list.
    pub back: Option<String>,
}

impl Page for PreferMethods {
    const TEMPLATE: &'static str = "prefer-methods.html";
    const PLACE: Option<Place> = Some(Place::SecurityInfo);
    const FIELDS: &'static [&'static str] = &["default", "backup"];

    fn samples() -> Vec<Self> {
        let candidate = |value: &str, known| Candidate { value: value.into(), known };
        vec![Self {
            action: "/security-info/default".into(),
            methods: vec![candidate("a", KnownMethod::phone()), candidate("b", KnownMethod::long())],
            default: "a".into(),
            backup: "b".into(),
            back: Some("/security-info".into()),
        }]
    }
}
