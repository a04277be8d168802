use super::*;

const NOTIFY_KEY: &str = "fobwatch-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0";

const LEAST: &str = "\
[server]
public_url = \"https://id.northfield.example\"
[email]
url = \"smtp://localhost:2525\"
from = \"Northfield Staff ID <no-reply@northfield.example>\"
";

fn keys_text() -> String {
    vault::Keys::generate(&vault::SystemRandom::new()).to_env_text().to_string()
}

fn nothing() -> Vec<(String, String)> {
    Vec::new()
}

fn variables(given: &[(&str, &str)]) -> Vec<(String, String)> {
    given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// What is said about a file whose lines come after [`LEAST`], which has five.
fn said_of(lines: &str) -> String {
    let text = format!("{LEAST}{lines}");
    match Config::parse(Some(("fobwatch.toml", &text)), nothing()) {
        Ok(_) => "nothing".into(),
        Err(problems) => problems.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

fn said_of_environment(given: &[(&str, &str)]) -> String {
    match Config::parse(Some(("fobwatch.toml", LEAST)), variables(given)) {
        Ok(_) => "nothing".into(),
        Err(problems) => problems.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

#[test]
fn a_file_with_an_address_and_a_mail_server_is_enough() {
    let config = Config::parse(Some(("fobwatch.toml", LEAST)), nothing()).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8400");
    assert_eq!(config.service.name.as_str(), "Fobwatch");
    assert_eq!(config.database.url.expose(), "sqlite://fobwatch.db");
    assert!(config.server.trusted_proxies.is_empty());
    assert!(config.phone.crown_dependencies);
    assert!(config.server.public_url.is_secure());
    assert_eq!(config.text.provider, value::TextProvider::None);
}

#[test]
fn the_environment_alone_is_enough() {
    let config = Config::parse(
        None,
        variables(&[
            ("PATH", "/usr/bin"),
            ("FOBWATCH_CONFIG", "elsewhere.toml"),
            ("FOBWATCH_SERVER__LISTEN", "127.0.0.1:0"),
            ("FOBWATCH_SERVER__PUBLIC_URL", "http://localhost:8400"),
            ("FOBWATCH_SERVER__TRUSTED_PROXIES", "10.0.0.1, 10.20.0.0/16"),
            ("FOBWATCH_DATABASE__URL", "postgres://fobwatch:hush@127.0.0.1:5432/fobwatch"),
            ("FOBWATCH_KEYS__FILE", "/var/lib/fobwatch/keys"),
            ("FOBWATCH_EMAIL__URL", "smtp://127.0.0.1:2525"),
            ("FOBWATCH_EMAIL__FROM", "no-reply@northfield.example"),
            ("FOBWATCH_TEXT__PROVIDER", "govuk-notify"),
            ("FOBWATCH_TEXT__BASE_URL", "http://127.0.0.1:6000"),
            ("FOBWATCH_TEXT__API_KEY", NOTIFY_KEY),
        ]),
    )
    .unwrap();
    assert_eq!(config.server.trusted_proxies.len(), 2);
    assert_eq!(config.text.provider, value::TextProvider::GovukNotify);
    assert!(!config.server.public_url.is_secure());
}

#[test]
fn the_environment_wins_over_the_file() {
    let environment = variables(&[("FOBWATCH_SERVER__PUBLIC_URL", "https://other.northfield.example")]);
    let config = Config::parse(Some(("fobwatch.toml", LEAST)), environment).unwrap();
    assert_eq!(config.server.public_url.url().as_str(), "https://other.northfield.example/");
}

#[test]
fn an_empty_variable_counts_as_not_set() {
    let config =
        Config::parse(Some(("fobwatch.toml", LEAST)), variables(&[("FOBWATCH_SERVER__LISTEN", "")])).unwrap();
    assert_eq!(config.server.listen.port(), 8400);
}

#[test]
fn the_variables_that_kubernetes_adds_are_not_mistakes() {
    assert_eq!(
        said_of_environment(&[
            ("FOBWATCH_SERVICE_HOST", "10.0.0.1"),
            ("FOBWATCH_SERVICE_PORT_HTTP", "8400"),
            ("FOBWATCH_PORT", "tcp://10.0.0.1:8400"),
            ("FOBWATCH_PORT_8400_TCP_ADDR", "10.0.0.1"),
        ]),
        "nothing"
    );
}

#[test]
fn every_mistake_in_the_file_is_named_with_its_line_and_a_remedy() {
    let table = [
        (
            "[service]\nnam = \"x\"",
            "fobwatch.toml, line 7: service.nam is not a key. Did you mean service.name?",
        ),
        (
            "[databse]\nurl = \"x\"",
            "fobwatch.toml, line 6: [databse] is not a section. Did you mean [database]?",
        ),
        (
            "[log]\ncolour = \"red\"",
            "fobwatch.toml, line 7: log.colour is not a key. `fobwatch config example` shows all keys.",
        ),
        (
            "[service]\nlisten = \"127.0.0.1:1\"",
            "fobwatch.toml, line 7: service.listen is not a key. Did you mean server.listen?",
        ),
        (
            "[hashing]\npasses = \"3\"",
            "fobwatch.toml, line 7: hashing.passes is a text in quotation marks. \
             Write a whole number from 1 to 20, such as passes = 3.",
        ),
        (
            "[hashing]\npasses = 0",
            "fobwatch.toml, line 7: hashing.passes (\"0\") is too small. \
             Write a whole number from 1 to 20, such as passes = 3.",
        ),
        (
            "[hashing]\nmemory_kib = 1024",
            "fobwatch.toml, line 7: hashing.memory_kib (\"1024\") is too small. \
             Write a whole number from 19456 to 4194304, such as memory_kib = 65536.",
        ),
        (
            "[phone]\ncrown_dependencies = \"yes\"",
            "fobwatch.toml, line 7: phone.crown_dependencies is a text in quotation marks. \
             Write true or false, such as crown_dependencies = true.",
        ),
        (
            "[service]\ntime_zone = \"Europe/Londn\"",
            "fobwatch.toml, line 7: service.time_zone (\"Europe/Londn\") is not a known time zone. \
             Write the name of a time zone, such as time_zone = \"Europe/London\".",
        ),
        (
            "[database]\nurl = \"mysql://root:hush@localhost/x\"",
            "fobwatch.toml, line 7: database.url begins with neither sqlite:// nor postgres://. \
             Write sqlite://FILE or postgres://USER:PASSWORD@HOST/DATABASE, such as \
             url = \"postgres://fobwatch:PASSWORD@db.northfield.example/fobwatch\".",
        ),
        (
            "[log]\nformat = \"xml\"",
            "fobwatch.toml, line 7: log.format (\"xml\") is none of the words it can be. \
             Write one of \"text\", \"json\", such as format = \"json\".",
        ),
        (
            "[keys]\ntext = \"hush\"",
            "fobwatch.toml, line 7: keys.text may not stand in a file. Set FOBWATCH_KEYS__TEXT in the environment.",
        ),
        (
            "[metrics]\ntoken = \"hush\"",
            "fobwatch.toml, line 7: metrics.token is too short. \
             Write at least 16 characters without spaces, such as token = \"A-LONG-RANDOM-TEXT\".",
        ),
    ];
    for (lines, said) in table {
        assert_eq!(said_of(lines), said, "for {lines}");
    }
}

#[test]
fn providers_of_texts_say_what_each_cannot_do_without() {
    let table = [
        (
            "[text]\nprovider = \"http\"",
            "fobwatch.toml, line 7: text.provider is http, but text.api_key is missing. \
             Write api_key = \"THE-KEY\" under [text], or set FOBWATCH_TEXT__API_KEY.\n\
             fobwatch.toml, line 7: text.provider is http, but text.base_url is missing. \
             Write base_url = \"https://texts.northfield.example\" under [text], or set FOBWATCH_TEXT__BASE_URL.",
        ),
        (
            "[text]\napi_key = \"hush\"",
            "fobwatch.toml, line 7: text.api_key is set, but text.provider is not. \
             Set text.provider to govuk-notify, twilio, smpp, http-gateway or http, or leave all of them out.",
        ),
        (
            "[text]\nprovider = \"smpp\"\nbase_url = \"smpp://smpp.provider.example\"\nuser = \"northfld\"\napi_key = \"hush\"",
            "fobwatch.toml, line 7: the settings under [text] make no channel. Over smpp: the password and every \
             code cross the network in the clear: write smpps://smpp.provider.example:3550 (or smpp:// on this machine or inside a tunnel).",
        ),
        (
            "[text]\nprovider = \"twilio\"\nuser = \"northfield\"\napi_key = \"hush\"\nfrom = \"Northfield\"",
            "fobwatch.toml, line 7: the settings under [text] make no channel. Twilio needs the account's SID as user: AC and 32 \
             digits and letters, from the first page of its console.",
        ),
        (
            "[text]\nprovider = \"http-gateway\"\nbase_url = \"https://texts.northfield.example/cgi-bin/sendsms\"\napi_key = \"hush\"",
            "fobwatch.toml, line 7: text.provider is http-gateway, but text.user is missing. \
             Write user = \"fobwatch\" under [text], or set FOBWATCH_TEXT__USER.",
        ),
        (
            "[text_backup]\nprovider = \"http\"\nbase_url = \"https://texts.northfield.example\"\napi_key = \"hush\"",
            "fobwatch.toml, line 7: text_backup.provider is set, but text.provider is not. \
             Move what is under [text_backup] to [text].",
        ),
        (
            "[text]\nper_day = 0",
            "fobwatch.toml, line 7: text.per_day (\"0\") is too small. Write a whole number from 1 to 1000000, such as \
             per_day = 2000.",
        ),
    ];
    for (lines, said) in table {
        assert_eq!(said_of(lines), said, "for {lines}");
    }
}

#[test]
fn a_line_that_is_not_toml_is_named_and_the_rest_still_read() {
    let said = said_of("[log\nformat = \"xml\"");
    assert!(said.starts_with("fobwatch.toml, line 6: not TOML: "), "{said}");
}

#[test]
fn every_mistake_in_the_environment_is_named_with_a_remedy() {
    let table = [
        (
            ("FOBWATCH_SERVER__LISTN", "x"),
            "environment: FOBWATCH_SERVER__LISTN is not a key. Did you mean FOBWATCH_SERVER__LISTEN?",
        ),
        (
            ("FOBWATCH_SERVER_LISTEN", "x"),
            "environment: FOBWATCH_SERVER_LISTEN is not a key. Did you mean FOBWATCH_SERVER__LISTEN?",
        ),
        (
            ("FOBWATCH_BAROMETER_READINGS", "x"),
            "environment: FOBWATCH_BAROMETER_READINGS is not a key. `fobwatch config example` shows all keys; \
             section and key are joined by two underscores.",
        ),
        (
            ("FOBWATCH_SERVER__LISTEN", "8400"),
            "environment: FOBWATCH_SERVER__LISTEN (\"8400\") is not an address and a port. \
             Write an address and a port, such as FOBWATCH_SERVER__LISTEN=0.0.0.0:8400.",
        ),
        (
            ("FOBWATCH_EMAIL__FROM", "nobody"),
            "environment: FOBWATCH_EMAIL__FROM (\"nobody\") is not an e-mail address. \
             Write an e-mail address, with a name before it if you like, such as \
             FOBWATCH_EMAIL__FROM=Northfield Staff ID <no-reply@northfield.example>.",
        ),
        (
            ("FOBWATCH_SERVER__TRUSTED_PROXIES", "10.0.0.1, proxy"),
            "environment: FOBWATCH_SERVER__TRUSTED_PROXIES (\"10.0.0.1, proxy\") holds \"proxy\", which is neither an \
             address nor a network. Write a list of addresses (10.20.0.5) and networks (10.20.0.0/16), such as \
             FOBWATCH_SERVER__TRUSTED_PROXIES=127.0.0.1, 10.20.0.0/16.",
        ),
        (
            ("FOBWATCH_SERVER__PUBLIC_URL", "http://id.northfield.example"),
            "environment: FOBWATCH_SERVER__PUBLIC_URL (\"http://id.northfield.example\") is not https; http is good only \
             for localhost. Write the https address that people type, such as \
             FOBWATCH_SERVER__PUBLIC_URL=https://id.northfield.example.",
        ),
        (
            ("FOBWATCH_PASSWORDS__RANGE_SERVICE", "http://passwords.northfield.example"),
            "environment: passwords.range_service cannot be used. \
             The address starts with https: (http: only on this machine itself).",
        ),
        (
            ("FOBWATCH_SERVER__PUBLIC_URL", "https://northfield.example/id"),
            "environment: FOBWATCH_SERVER__PUBLIC_URL (\"https://northfield.example/id\") has a path. \
             Write the https address that people type, such as \
             FOBWATCH_SERVER__PUBLIC_URL=https://id.northfield.example.",
        ),
    ];
    for (given, said) in table {
        assert_eq!(said_of_environment(&[given]), said, "for {given:?}");
    }
}

#[test]
fn everything_that_is_missing_is_named_at_once() {
    let problems = Config::parse(None, nothing()).unwrap_err();
    assert_eq!(
        problems.to_string(),
        "There are 3 problems in the configuration:\n\
         \n- configuration: server.public_url is missing. Write public_url = \"https://id.northfield.example\" under \
         [server] in the file, or set FOBWATCH_SERVER__PUBLIC_URL=https://id.northfield.example.\
         \n- configuration: email.url is missing. Write url = \"smtps://fobwatch:PASSWORD@mail.northfield.example\" under \
         [email] in the file, or set FOBWATCH_EMAIL__URL=smtps://fobwatch:PASSWORD@mail.northfield.example.\
         \n- configuration: email.from is missing. Write from = \"Northfield Staff ID <no-reply@northfield.example>\" under \
         [email] in the file, or set FOBWATCH_EMAIL__FROM=Northfield Staff ID <no-reply@northfield.example>."
    );
}

#[test]
fn two_sources_of_keys_are_refused() {
    let said = said_of_environment(&[
        ("FOBWATCH_KEYS__TEXT", keys_text().as_str()),
        ("FOBWATCH_KEYS__FILE", "keys"),
    ]);
    assert!(said.contains("keys.file and keys.text are both set"), "{said}");
}

#[test]
fn no_secret_is_ever_printed() {
    let secrets = [
        ("FOBWATCH_DATABASE__URL", "postgres:/u:hush-hush@host/x"),
        ("FOBWATCH_EMAIL__URL", "smtq://u:hush-hush@host"),
        ("FOBWATCH_METRICS__TOKEN", "hush-hush"),
        ("FOBWATCH_KEYS__TEXT", "hush-hush"),
        ("FOBWATCH_SERVER__PUBLIC_URL", "https://u:hush-hush@host"),
    ];
    let said = said_of_environment(&secrets);
    assert_eq!(said.lines().count(), 5, "{said}");
    assert!(!said.contains("hush-hush"), "{said}");

    let good = [
        ("FOBWATCH_DATABASE__URL", "postgres://u:hush-hush@host/x"),
        ("FOBWATCH_EMAIL__URL", "smtp://u:hush-hush@host"),
        ("FOBWATCH_METRICS__TOKEN", "hush-hush-hush-hush"),
        ("FOBWATCH_TEXT__PROVIDER", "http"),
        ("FOBWATCH_TEXT__BASE_URL", "https://texts.northfield.example"),
        ("FOBWATCH_TEXT__API_KEY", "hush-hush"),
    ];
    let config = Config::parse(Some(("fobwatch.toml", LEAST)), variables(&good)).unwrap();
    assert!(!format!("{config:?}").contains("hush-hush"));
}

#[test]
fn the_printed_example_is_a_configuration_that_works() {
    let example = example();
    let config =
        Config::parse(Some(("fobwatch.toml", &example)), nothing()).unwrap_or_else(|why| panic!("{why}"));
    assert_eq!(config.server.public_url.url().host_str(), Some("id.northfield.example"));
}

#[test]
fn every_default_and_every_example_is_a_value_that_the_key_takes() {
    let notify =
        variables(&[("FOBWATCH_TEXT__PROVIDER", "govuk-notify"), ("FOBWATCH_TEXT__API_KEY", NOTIFY_KEY)]);
    let http = [
        ("FOBWATCH_TEXT__PROVIDER", "http"),
        ("FOBWATCH_TEXT__BASE_URL", "https://texts.northfield.example"),
    ];
    // What a second provider needs, besides a first one.
    let backup = |own: &[(&str, &str)]| [notify.clone(), variables(own)].concat();
    let twilio = backup(&[
        ("FOBWATCH_TEXT_BACKUP__USER", "ACaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("FOBWATCH_TEXT_BACKUP__API_KEY", "hush"),
        ("FOBWATCH_TEXT_BACKUP__FROM", "Northfield"),
    ]);
    let second_http = backup(&[
        ("FOBWATCH_TEXT_BACKUP__PROVIDER", "http"),
        ("FOBWATCH_TEXT_BACKUP__BASE_URL", "https://texts.northfield.example"),
    ]);
    let second_notify = backup(&[
        ("FOBWATCH_TEXT_BACKUP__PROVIDER", "govuk-notify"),
        ("FOBWATCH_TEXT_BACKUP__API_KEY", NOTIFY_KEY),
    ]);
    let calls = variables(&[
        ("FOBWATCH_VOICE__PROVIDER", "sip"),
        ("FOBWATCH_VOICE__TRUNK", "sip:trunk.northfield.example"),
        ("FOBWATCH_VOICE__FROM", "+441632960123"),
        ("FOBWATCH_VOICE__USER", "northfield"),
        ("FOBWATCH_VOICE__API_KEY", "hush"),
    ]);
    let internal = [
        ("FOBWATCH_SMARTCARDS__AUTHORITY", "internal"),
        ("FOBWATCH_SMARTCARDS__CHAIN", "chain.pem"),
        ("FOBWATCH_SMARTCARDS__KEYS_FOLDER", "keys"),
        ("FOBWATCH_SMARTCARDS__KEYS_PASSPHRASE", "hush"),
    ];
    let mtls = [
        ("FOBWATCH_SMARTCARDS__MTLS_LISTEN", "127.0.0.1:8443"),
        ("FOBWATCH_SMARTCARDS__MTLS_PUBLIC_URL", "https://card.northfield.example"),
        ("FOBWATCH_SMARTCARDS__MTLS_CERTIFICATE", "host.pem"),
        ("FOBWATCH_SMARTCARDS__MTLS_KEY", "host.key"),
    ];
    let host = variables(&[internal, mtls].concat());
    let est = variables(&[
        ("FOBWATCH_SMARTCARDS__AUTHORITY", "est"),
        ("FOBWATCH_SMARTCARDS__CHAIN", "chain.pem"),
        ("FOBWATCH_SMARTCARDS__EST_URL", "https://ca.northfield.example/.well-known/est"),
        ("FOBWATCH_SMARTCARDS__EST_USER", "fobwatch"),
        ("FOBWATCH_SMARTCARDS__EST_PASSWORD", "hush"),
    ]);
    let token = variables(&[
        ("FOBWATCH_PASSPORT__HSM_DRIVER", "driver.so"),
        ("FOBWATCH_PASSPORT__HSM_TOKEN", "northfield"),
        ("FOBWATCH_PASSPORT__HSM_PIN", "998877"),
    ]);
    let entra = variables(&ENTRA);
    for key in SECTIONS.iter().flat_map(|section| section.keys) {
        for value in key.default.into_iter().chain([key.example]) {
            let (mut given, value) = match (key.section, key.name, value) {
                ("smartcards", "authority", "internal") => (variables(&internal), value.to_owned()),
                ("smartcards", name, _) if name.starts_with("mtls_") => (host.clone(), value.to_owned()),
                ("smartcards", name, _) if name.starts_with("est_") => (est.clone(), value.to_owned()),
                ("passport", "profile", "haip") => {
                    let wallet = "ward-wallet | Ward Wallet | https://wallet.northfield.example/back";
                    let beside = [
                        ("FOBWATCH_PASSPORT__WALLET_MAKERS", "makers.pem"),
                        ("FOBWATCH_PASSPORT__WALLETS", wallet),
                    ];
                    (variables(&beside), value.to_owned())
                }
                ("passport", "key_storage" | "user_authentication", _) => {
                    (variables(&[("FOBWATCH_PASSPORT__KEY_MAKERS", "makers.pem")]), value.to_owned())
                }
                ("passport", name, _) if name.starts_with("hsm_") => (token.clone(), value.to_owned()),
                ("passport", "entra_credentials", "") | ("voice", "provider", "none") => {
                    (nothing(), value.to_owned())
                }
                ("passport", name, _) if name.starts_with("entra_") => (entra.clone(), value.to_owned()),
                ("voice", ..) => (calls.clone(), value.to_owned()),
                (_, _, "none") => (nothing(), value.to_owned()),
                ("text_backup", "provider", _) => (twilio.clone(), value.to_owned()),
                ("text_backup", "api_key", _) => (second_http.clone(), value.to_owned()),
                ("text_backup", ..) => (second_notify.clone(), value.to_owned()),
                (_, "api_key", _) => (variables(&http), value.to_owned()),
                (_, "text", _) => (nothing(), keys_text()),
                _ => (notify.clone(), value.to_owned()),
            };
            given.push((key.variable(), value.clone()));
            let read = Config::parse(Some(("fobwatch.toml", LEAST)), given);
            assert!(read.is_ok(), "{} = {value}: {}", key.path(), read.unwrap_err());
        }
    }
}

#[test]
fn numbers_for_drama_count_where_a_stand_in_is_on_this_machine_and_not_before_real_phones() {
    let drama = |given: &[(&str, &str)]| {
        let config = Config::parse(Some(("fobwatch.toml", LEAST)), variables(given));
        crate::wiring::phones(&config.unwrap_or_else(|why| panic!("{why}"))).drama_numbers
    };
    let notify = |url| {
        drama(&[
            ("FOBWATCH_TEXT__PROVIDER", "govuk-notify"),
            ("FOBWATCH_TEXT__API_KEY", NOTIFY_KEY),
            ("FOBWATCH_TEXT__BASE_URL", url),
        ])
    };
    assert!(notify("http://127.0.0.1:6000") && notify("http://[::1]:6000") && notify("http://localhost"));
    assert!(!notify("https://api.notifications.service.gov.uk"));
    // The local end of a tunnel, and a gateway on this machine.
    for (provider, url) in
        [("smpp", "smpp://127.0.0.1:2775"), ("http-gateway", "http://127.0.0.1:13013/cgi-bin/sendsms")]
    {
        assert!(!drama(&[
            ("FOBWATCH_TEXT__PROVIDER", provider),
            ("FOBWATCH_TEXT__BASE_URL", url),
            ("FOBWATCH_TEXT__USER", "fobwatch"),
            ("FOBWATCH_TEXT__API_KEY", "hush"),
        ]));
    }
}

#[test]
fn calls_say_which_of_their_keys_is_missing_or_wrong() {
    let said = said_of("[voice]\nprovider = \"sip\"\ntrunk = \"trunk.northfield.example\"\n");
    assert!(said.contains("voice.provider is sip, but voice.from is missing"), "{said}");
    let from = "from = \"+441632960123\"\n";
    let said = said_of(&format!("[voice]\nprovider = \"sip\"\ntrunk = \"trunk.example\"\n{from}"));
    assert!(said.contains("make no channel") && said.contains("sip:trunk.northfield.example:5060"), "{said}");
    let twilio = "[voice]\nprovider = \"twilio\"\nuser = \"AC1\"\napi_key = \"hushhush\"\n";
    let said = said_of(&format!("{twilio}{from}"));
    assert!(said.contains("Twilio need the account's SID") && !said.contains("hushhush"), "{said}");
    let said = said_of("[voice]\ntrunk = \"sip:trunk.example\"\n");
    assert!(said.contains("voice.trunk is set, but voice.provider is not"), "{said}");
    let sip = "[voice]\nprovider = \"sip\"\ntrunk = \"sip:trunk.example\"\nnumber_format = \"national\"\n";
    assert_eq!(said_of(&format!("{sip}{from}")), "nothing");
}

#[test]
fn an_authority_needs_its_keys_and_its_certificates() {
    let said = said_of("[smartcards]\nauthority = \"internal\"\n");
    for missing in ["chain", "keys_folder", "keys_passphrase"] {
        let words = format!("smartcards.authority is internal, but smartcards.{missing} is missing");
        assert!(said.contains(&words), "{said}");
    }
    let said = said_of("[smartcards]\nauthority = \"internal\"\nhsm_driver = \"/driver.so\"\n");
    for missing in ["chain", "hsm_token", "hsm_pin"] {
        assert!(said.contains(&format!("smartcards.{missing} is missing")), "{said}");
    }
    assert!(!said.contains("keys_folder"), "{said}");
    let said = said_of("[smartcards]\nauthority = \"est\"\nest_user = \"fobwatch\"\n");
    assert!(said.contains("smartcards.est_url is missing"), "{said}");
    assert!(said.contains("smartcards.est_user is set, but smartcards.est_password is not"), "{said}");
}

#[test]
fn keys_lie_in_one_place_and_certificates_live_longer_than_their_jitter() {
    let said = said_of("[smartcards]\nkeys_folder = \"keys\"\nhsm_driver = \"/driver.so\"\n");
    assert!(said.contains("smartcards.keys_folder and smartcards.hsm_driver are both set"), "{said}");
    let whole = "[smartcards]\nauthority = \"internal\"\nchain = \"chain.pem\"\nkeys_folder = \"keys\"\nkeys_passphrase = \"x\"\n";
    assert_eq!(said_of(whole), "nothing");
    let said = said_of(&format!("{whole}days = 14\n"));
    assert!(said.contains("smartcards.jitter_days leaves no day"), "{said}");
    let said = said_of(&format!("{whole}policy = \"two.sixteen\"\n"));
    assert!(said.contains("smartcards.policy") && said.contains("object identifier"), "{said}");
}

#[test]
fn the_token_for_keys_of_credentials_can_be_opened_or_there_is_none() {
    let said = said_of("[passport]\nhsm_driver = \"/driver.so\"\n");
    for missing in ["hsm_token", "hsm_pin"] {
        assert!(
            said.contains(&format!("passport.hsm_driver is set, but passport.{missing} is not")),
            "{said}"
        );
    }
    let whole = "[passport]\nhsm_driver = \"/driver.so\"\nhsm_token = \"northfield\"\nhsm_pin = \"998877\"\n";
    assert_eq!(said_of(whole), "nothing");
    let config = Config::parse(Some(("fobwatch.toml", &format!("{LEAST}{whole}"))), nothing()).unwrap();
    let why = format!("{:#}", crate::wiring::passport_token(&config).unwrap_err());
    for words in [
        "passport.hsm_driver, hsm_token and hsm_pin",
        "/driver.so is no PKCS#11 driver",
        "leave the three keys out",
    ] {
        assert!(why.contains(words), "{why}");
    }
}

#[test]
fn the_host_for_certificates_is_whole_and_has_an_authority() {
    let said = said_of("[smartcards]\nmtls_listen = \"0.0.0.0:8443\"\n");
    for missing in ["mtls_public_url", "mtls_certificate", "mtls_key"] {
        let words = format!("smartcards.mtls_listen is set, but smartcards.{missing} is not");
        assert!(said.contains(&words), "{said}");
    }
    assert!(said.contains("smartcards.mtls_listen is set, but smartcards.authority is none"), "{said}");
    let whole = "[smartcards]\nauthority = \"internal\"\nchain = \"chain.pem\"\nkeys_folder = \"keys\"\nkeys_passphrase = \"x\"\n\
                 mtls_listen = \"0.0.0.0:8443\"\nmtls_public_url = \"https://card.id.northfield.example\"\n\
                 mtls_certificate = \"host.pem\"\nmtls_key = \"host.key\"\n";
    assert_eq!(said_of(whole), "nothing");
}

#[test]
fn high_assurance_needs_a_wallet_and_somebody_who_vouches_for_wallets() {
    let said = said_of("[passport]\nprofile = \"haip\"\n");
    assert!(said.contains("passport.profile is haip, but passport.wallet_makers is missing"), "{said}");
    let makers = "[passport]\nprofile = \"haip\"\nwallet_makers = \"makers.pem\"\n";
    let said = said_of(makers);
    assert!(said.contains("passport.profile is haip, but passport.wallets is missing"), "{said}");
    let said = said_of("[passport]\nkey_storage = [\"iso_18045_high\"]\n");
    assert!(said.contains("passport.key_storage is set, but passport.key_makers is missing"), "{said}");
    let wallet = "wallets = [\"ward-wallet | Ward Wallet | https://wallet.example/\"]\n";
    assert_eq!(said_of(&format!("{makers}{wallet}")), "nothing");
    let said = said_of("[passport]\nwallets = [\"ward-wallet | Ward Wallet | http://wallet.example/\"]\n");
    assert!(said.contains("passport.wallets") && said.contains("write https://"), "{said}");
}

#[test]
fn a_source_of_staff_records_has_a_token_and_an_address_to_which_one_may_be_sent() {
    let sources = |source: &str| format!("[staff_records]\nsources = [\"{source}\"]\n");
    let said = said_of(&sources("NTH | rest | https://hr.northfield.example/staff"));
    assert!(said.contains("staff_records.sources has no token for NTH"), "{said}");
    assert!(
        said.contains("Write the file with the token behind the address, or set staff_records.token"),
        "{said}"
    );
    let said = said_of(&sources("NTH | rest | http://hr.northfield.example/staff | nth.token"));
    assert!(
        said.contains("staff_records.sources cannot be used for NTH") && said.contains("starts with https:"),
        "{said}"
    );
    let said = said_of(&sources("NTH | csv"));
    assert!(said.contains("ORGANISATION | csv | PATH"), "{said}");
    let with_token =
        format!("{}token = \"two words\"\n", sources("NTH | rest | https://hr.northfield.example/staff"));
    let said = said_of(&with_token);
    assert!(
        said.contains("staff_records.token cannot be used for NTH") && !said.contains("two words"),
        "{said}"
    );
    assert_eq!(said_of(&sources("NTH | csv | /var/lib/hr")), "nothing");
    assert_eq!(said_of(&sources("NTH | rest | https://hr.northfield.example/staff | nth.token")), "nothing");
}

/// A tenant of Entra Verified ID that hands out core skills.
const ENTRA: [(&str, &str); 5] = [
    ("FOBWATCH_PASSPORT__ENTRA_TENANT", "northfield.example"),
    ("FOBWATCH_PASSPORT__ENTRA_CLIENT_ID", "5e1f5e1f-0000-4000-8000-000000000002"),
    ("FOBWATCH_PASSPORT__ENTRA_CLIENT_SECRET", "hush-hush-hush"),
    ("FOBWATCH_PASSPORT__ENTRA_AUTHORITY", "did:web:verifiedid.northfield.example"),
    (
        "FOBWATCH_PASSPORT__ENTRA_CREDENTIALS",
        "core-skill | CoreSkill | https://x.example/contracts/abc/manifest",
    ),
];

/// What is said of the configuration with Entra Verified ID, changed in its own way.
fn said_of_entra(change: &[(&str, &str)]) -> String {
    let mut given = variables(&ENTRA);
    for (key, value) in change {
        let key = format!("FOBWATCH_PASSPORT__{key}");
        given.retain(|(known, _)| *known != key);
        given.push((key, (*value).to_owned()));
    }
    match Config::parse(Some(("fobwatch.toml", LEAST)), given) {
        Ok(_) => "nothing".to_owned(),
        Err(problems) => problems.to_string(),
    }
}

#[test]
fn entra_is_whole_or_there_is_none_of_it() {
    assert_eq!(said_of_entra(&[]), "nothing");
    for (place, (key, _)) in ENTRA.iter().enumerate() {
        let name = key.trim_start_matches("FOBWATCH_PASSPORT__").to_lowercase();
        let mut given = variables(&ENTRA);
        given.remove(place);
        let said = Config::parse(Some(("fobwatch.toml", LEAST)), given).unwrap_err().to_string();
        assert!(said.contains(&format!("is set, but passport.{name} is not")), "{said}");
        assert!(
            said.contains("none of the keys that begin with entra") && !said.contains("hush-hush"),
            "{said}"
        );
    }
    let alone = said_of("[passport]\nentra_authority_id = \"ffea7eb3-0000-4000-8000-000000000003\"\n");
    assert!(
        alone.contains("passport.entra_authority_id is set, but passport.entra_tenant is not"),
        "{alone}"
    );
    let makers = [("WALLET_MAKERS", "makers.pem"), ("PROFILE", "haip")];
    assert!(said_of_entra(&makers).contains("passport.profile is haip"), "{}", said_of_entra(&makers));
}

#[test]
fn what_is_wrong_with_entra_is_said_by_its_key() {
    for (key, value, words) in [
        (
            "ENTRA_TENANT",
            "../other",
            "passport.entra_tenant cannot be used. The tenant is no id and no domain",
        ),
        ("ENTRA_CLIENT_ID", "fobwatch", "ENTRA_CLIENT_ID"),
        ("ENTRA_CLIENT_SECRET", "hush", "passport.entra_client_secret cannot be used"),
        ("ENTRA_AUTHORITY", "verifiedid.northfield.example", "passport.entra_authority cannot be used"),
        ("ENTRA_CREDENTIALS", "core-skill", "KIND | TYPE | MANIFEST"),
        ("ENTRA_CREDENTIALS", "access-key | AccessKey | https://x.example/c/manifest", "signs nobody in"),
        ("ENTRA_BASE_URL", "http://x.example", "passport.entra_base_url cannot be used"),
    ] {
        let said = said_of_entra(&[(key, value)]);
        assert!(said.contains(words) && !said.contains("hush"), "{key} = {value}: {said}");
    }
    // By the id of its contract a credential is revoked.
    let without = [
        ("ENTRA_AUTHORITY_ID", "ffea7eb3-0000-4000-8000-000000000003"),
        ("ENTRA_CREDENTIALS", "core-skill | CoreSkill | https://x.example/core-skill"),
    ];
    assert!(said_of_entra(&without).contains("/contracts/ID/manifest"), "{}", said_of_entra(&without));
    let given = [
        variables(&ENTRA),
        variables(&[("FOBWATCH_PASSPORT__ENTRA_CREDENTIALS", "juggling | J | https://x.example/j")]),
    ];
    let config = Config::parse(Some(("fobwatch.toml", LEAST)), given.concat()).unwrap();
    let why = crate::wiring::wallet_backend(&config).err().map(|why| why.to_string()).unwrap_or_default();
    assert!(
        why.contains("passport.entra_credentials: there is no kind \"juggling\". Write one of "),
        "{why}"
    );
}
