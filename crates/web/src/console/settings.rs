//! The organisation's rules.

use super::{console_shell, frame, staff, trouble};
use crate::render::{Answer, on_page, page, page_with, see_other};
use crate::{Web, urls};
use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Form, Router};
use axum_extra::extract::CookieJar;
use journeys::Refusal;
use journeys::console::Staff;
use journeys::console::settings::{self, Concerned, Preview, Setting};
use pages::{
    ConsolePart, ConsoleSetting, ConsoleSettingPreview, ConsoleSettings, RuleEffect, RuleForm, SettingLine,
};
use rules::role::Act;
use rules::setting::SettingKind;
use serde::Deserialize;
use url::form_urlencoded::Serializer;

pub(super) fn routes() -> Router<Web> {
    Router::new()
        .route(urls::CONSOLE_SETTINGS, get(list))
        .route(urls::CONSOLE_SETTING, get(show).post(save))
        .route(urls::CONSOLE_SETTING_PREVIEW, get(preview))
}

/// The rule that was changed just now.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Changed {
    changed: Option<String>,
}

/// Another value of a rule, and what applied when it was previewed.
#[derive(Deserialize, Default)]
#[serde(default)]
struct ValueForm {
    value: String,
    expected: String,
}

fn line(staff: &Staff, setting: Setting) -> SettingLine {
    SettingLine {
        key: setting.key.to_owned(),
        form: match setting.kind {
            SettingKind::Duration => RuleForm::Duration,
            SettingKind::Count => RuleForm::Count,
            SettingKind::Switch => RuleForm::Switch,
            SettingKind::Choice(_) => RuleForm::Choice,
        },
        choices: match setting.kind {
            SettingKind::Choice(choices) => choices.iter().map(|choice| (*choice).to_owned()).collect(),
            _ => Vec::new(),
        },
        default: setting.installation,
        now: setting.now,
        own: setting.own,
        // Whoever only reads may look at what a stricter rule would do, too.
        href: urls::console_setting(setting.key),
        may: staff.may(Act::ChangeSettings),
    }
}

async fn list(State(web): State<Web>, Query(changed): Query<Changed>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, urls::CONSOLE_SETTINGS).await?;
    let settings = settings::all(&web, &staff)?.into_iter().map(|setting| line(&staff, setting)).collect();
    let frame = frame(&staff, ConsolePart::Settings);
    let wallet_sessions_href =
        staff.may(Act::EndWalletSessions).then(|| urls::CONSOLE_WALLET_SESSIONS.to_owned());
    let shown = ConsoleSettings { frame, settings, changed: changed.changed, wallet_sessions_href };
    page(&console_shell(&web, &staff), &shown)
}

async fn show(State(web): State<Web>, Path(key): Path<String>, jar: CookieJar) -> Answer {
    let staff = staff(&web, &jar, &urls::console_setting(&key)).await?;
    let setting = settings::one(&web, &staff, &key)?;
    let value = setting.now.clone();
    page(&console_shell(&web, &staff), &setting_page(&staff, setting, value))
}

fn setting_page(staff: &Staff, setting: Setting, value: String) -> ConsoleSetting {
    ConsoleSetting {
        frame: frame(staff, ConsolePart::Settings),
        action: urls::console_setting_preview(setting.key),
        value,
        setting: line(staff, setting),
        back: Some(urls::CONSOLE_SETTINGS.into()),
    }
}

/// By GET: it changes nothing, and after *Confirm that it is you* the person comes back to it.
async fn preview(
    State(web): State<Web>,
    Path(key): Path<String>,
    Query(form): Query<ValueForm>,
    jar: CookieJar,
) -> Answer {
    let here = preview_of(&key, &form.value);
    let staff = staff(&web, &jar, &here).await?;
    match settings::preview(&web, &staff, &key, &form.value).await {
        Ok(preview) => page(&console_shell(&web, &staff), &preview_page(&staff, preview)),
        Err(refusal) => wrong(&web, &staff, &key, form.value, refusal),
    }
}

/// The rule again with what was typed, where the value cannot be taken.
fn wrong(web: &Web, staff: &Staff, key: &str, typed: String, refusal: Refusal) -> Answer {
    match refusal {
        Refusal::Fields(_) => {
            let (errors, status) = on_page(web, Some(&staff.person.organisation), refusal)?;
            let setting = settings::one(web, staff, key)?;
            page_with(&console_shell(web, staff), &setting_page(staff, setting, typed), &errors, status)
        }
        refusal => Err(trouble(refusal, &preview_of(key, &typed))),
    }
}

fn preview_of(key: &str, value: &str) -> String {
    let query = Serializer::new(String::new()).append_pair("value", value).finish();
    format!("{}?{query}", urls::console_setting_preview(key))
}

fn preview_page(staff: &Staff, preview: Preview) -> ConsoleSettingPreview {
    let key = preview.setting.key;
    let changes = preview.concerned != Concerned::Nothing && staff.may(Act::ChangeSettings);
    ConsoleSettingPreview {
        frame: frame(staff, ConsolePart::Settings),
        value: preview.value,
        effect: effect(preview.concerned),
        action: changes.then(|| urls::console_setting(key)),
        may: staff.may(Act::ChangeSettings),
        back: Some(urls::console_setting(key)),
        setting: line(staff, preview.setting),
    }
}

fn effect(concerned: Concerned) -> RuleEffect {
    match concerned {
        Concerned::Nothing => RuleEffect::Nothing,
        Concerned::Loosens => RuleEffect::Loosens,
        Concerned::CannotBeKnown => RuleEffect::CannotBeKnown,
        Concerned::FromNowOn => RuleEffect::FromNowOn,
        Concerned::FewerWays { gates, none, some } => RuleEffect::FewerWays { gates, none, some },
        Concerned::PutOffs(people) => RuleEffect::PutOffs { people },
        Concerned::Remembered(reach) => RuleEffect::Remembered { things: reach.things, people: reach.people },
        Concerned::Sessions(reach) => RuleEffect::Sessions { things: reach.things, people: reach.people },
        Concerned::Registrations(people) => RuleEffect::Registrations { people },
        Concerned::NumbersDisable(people) => RuleEffect::NumbersDisable { people },
        Concerned::NumbersUnused(people) => RuleEffect::NumbersUnused { people },
        Concerned::Administrators(people) => RuleEffect::Administrators { people },
        Concerned::Approvers(people) => RuleEffect::Approvers { people },
        Concerned::PasscodesUnknown => RuleEffect::PasscodesUnknown,
        Concerned::Preset(preset) => RuleEffect::Preset { preset: preset.as_str().to_owned() },
        Concerned::WithoutRecoveryPasscode(people) => RuleEffect::WithoutRecoveryPasscode { people },
        Concerned::UnlockByCode => RuleEffect::UnlockByCode,
        Concerned::Passcodes { first, locked } => RuleEffect::Passcodes { first, locked },
        Concerned::RenewalAlerts(cards) => RuleEffect::RenewalAlerts { cards },
        Concerned::RenewalsFirst(cards) => RuleEffect::RenewalsFirst { cards },
        Concerned::RenewalVisits(cards) => RuleEffect::RenewalVisits { cards },
    }
}

async fn save(
    State(web): State<Web>,
    Path(key): Path<String>,
    jar: CookieJar,
    Form(form): Form<ValueForm>,
) -> Answer {
    let staff = staff(&web, &jar, &preview_of(&key, &form.value)).await?;
    match settings::change(&web, &staff, &key, &form.value, &form.expected).await {
        Ok(()) => Ok(see_other(&format!("{}?changed={key}", urls::CONSOLE_SETTINGS))),
        Err(refusal) => wrong(&web, &staff, &key, form.value, refusal),
    }
}
