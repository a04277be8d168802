//! The table of all configuration keys. The comments are the documentation that people read: in the printed example and
//! in `docs/src/reference/configuration.md`.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

use ipnet::IpNet;
use url::Url;
use vault::Secret;

use super::schema::settings;
use super::value::{
    AttackPotential, CertificateIssuer, Country, DatabaseUrl, EntraContract, Host, KeyText, Level, LogFormat,
    Mailbox, Number, NumberFormat, ObjectId, PassportProfile, ProviderUrl, PublicUrl, SmtpUrl, StaffSource,
    TextProvider, Token, VoiceProvider, Wallet, Words, Zone,
};

settings! {
    /// Where the service listens, and the address that people type.
    server: Server {
        /// Address and port to listen on. Port 0 takes any free port, which the log then tells.
        listen: SocketAddr, default "127.0.0.1:8400", example "0.0.0.0:8400";
        /// The address of the service as people type it, without a path. It must be https, unless its host is this
        /// machine itself. Cookies, security headers and links in messages come from it.
        public_url: PublicUrl, example "https://id.northfield.example";
        /// Addresses or networks of the reverse proxies that stand before the service. Only from these is the header
        /// `X-Forwarded-For` believed. Without any, the address of the connection counts.
        trusted_proxies: Vec<IpNet>, default "", example "127.0.0.1, 10.20.0.0/16";
        /// Seconds that open requests and messages being sent get to finish when the service is told to stop.
        drain_seconds: Number<0, 600>, default "20", example "20";
    }
    /// How the service calls itself, and its days.
    service: ServiceSettings {
        /// The name of the service on its pages and in its messages.
        name: Words<60>, default "Fobwatch", example "Northfield Staff ID";
        /// The time zone in which days begin and times are shown.
        time_zone: Zone, default "Europe/London", example "Europe/London";
    }
    /// Where everything is kept.
    database: Database {
        /// `sqlite://FILE` for a single node, `postgres://USER:PASSWORD@HOST/DATABASE` for one or more nodes. The SQLite
        /// file is made at the first start. A relative file is looked for where the service was started.
        url: DatabaseUrl, default "sqlite://fobwatch.db", example "postgres://fobwatch:PASSWORD@db.northfield.example/fobwatch";
        /// Connections to the database at most. SQLite writes through one and uses the others to read.
        connections: Number<1, 500>, default "10", example "10";
    }
    /// The keys that encrypt telephone numbers, authenticator seeds and other personal secrets in the database. Without
    /// them the database cannot be read: keep a copy, and never in the same place as the copy of the database.
    keys: KeySettings {
        /// The file of keys. It is made at the first start, readable by its owner only. Every node needs the same one.
        file: PathBuf, default "fobwatch.keys", example "/var/lib/fobwatch/fobwatch.keys";
        /// The content of a key file, for places where secrets come by the environment. It takes the place of `file`.
        text: Option<KeyText>, example "THE-CONTENT-OF-A-KEY-FILE";
    }
    /// How e-mail is sent.
    email: Email {
        /// The mail server. `smtps://HOST` is TLS from the start (port 465), `smtp://HOST` is STARTTLS (port 587); without
        /// encryption only a server on this machine itself is used, unless `?tls=none` follows. `USER:PASSWORD@` stands
        /// before the host if the server asks for them, and `?ca=FILE.pem` names further certificates to trust.
        url: SmtpUrl, example "smtps://fobwatch:PASSWORD@mail.northfield.example";
        /// The sender that people see. Its domain should name the mail server in its SPF record and sign with DKIM.
        from: Mailbox, example "Northfield Staff ID <no-reply@northfield.example>";
    }
    /// How text messages are sent.
    text: TextSettings {
        /// `govuk-notify` (GOV.UK Notify), `twilio`, `smpp` (an SMPP centre or aggregator), `http-gateway` (a gateway of Kannel's
        /// kind), `http` (any gateway that follows the contract in the docs) or `none`: then nobody is offered text messages.
        /// Where a stand-in for `govuk-notify` or `http` is on this machine, the telephone numbers that Ofcom keeps for drama
        /// (07700 900000 to 900999) count as mobiles.
        provider: TextProvider, default "none", example "govuk-notify";
        /// Where the provider is reached. For `govuk-notify` this defaults to `https://api.notifications.service.gov.uk`, for
        /// `twilio` to `https://api.twilio.com`. For `http-gateway` it is the whole address of the send page, for `smpp`
        /// `smpps://HOST:PORT`.
        base_url: Option<ProviderUrl>, example "https://texts.northfield.example";
        /// The key that the provider gave you: for `govuk-notify` an API key of the kind "live", for `http-gateway` and `smpp`
        /// the password, for `twilio` the auth token.
        api_key: Option<Secret<String>>, example "THE-KEY";
        /// For `http-gateway` and `smpp` the user (with SMPP the `system_id`), for `twilio` the SID of the account.
        user: Option<Words<64>>, example "fobwatch";
        /// The sender that phones show: a number or a name of at most 11 letters. For `twilio` also the SID of a messaging
        /// service. GOV.UK Notify keeps it in its own settings.
        from: Option<Words<34>>, example "Northfield";
        /// For `govuk-notify`: the bearer token that you gave Notify with the address of delivery receipts,
        /// `https://HOST/callbacks/notify`. Without it Notify is only asked.
        callback_token: Option<Token>, example "A-LONG-RANDOM-TEXT";
        /// For `govuk-notify`: the id of a text message template in your Notify account whose whole content is `((body))`.
        /// The default suits only a stand-in for Notify.
        template_id: uuid::Uuid, default "f0b3a7c4-0000-4000-8000-000000000000", example "5ab1d6c2-9f0e-4b0a-8a3e-2f1f7f0c9d11";
        /// Texts that may be sent on one day, for all organisations together and for each at most: an organisation can set its
        /// own lower. At 80 % and at 100 % there is an alarm; then no more are sent until midnight.
        per_day: Number<1, 1_000_000>, default "10000", example "2000";
        /// Who is told by e-mail when texts are being used up, or sent for somebody's gain. The log and the audit tell it, too.
        alarm_to: Option<Mailbox>, example "operations@northfield.example";
    }
    /// A second provider of text messages, which takes over at once where the first refuses or fails. The keys are those
    /// of `[text]`.
    text_backup: TextBackup {
        /// One of the words of `text.provider`. With `none` there is no second provider.
        provider: TextProvider, default "none", example "twilio";
        /// Where the provider is reached. For `govuk-notify` this defaults to `https://api.notifications.service.gov.uk`, for
        /// `twilio` to `https://api.twilio.com`. For `http-gateway` it is the whole address of the send page, for `smpp`
        /// `smpps://HOST:PORT`.
        base_url: Option<ProviderUrl>, example "https://texts.northfield.example";
        /// The key that the provider gave you: for `govuk-notify` an API key of the kind "live", for `http-gateway` and `smpp`
        /// the password, for `twilio` the auth token.
        api_key: Option<Secret<String>>, example "THE-KEY";
        /// For `http-gateway` and `smpp` the user (with SMPP the `system_id`), for `twilio` the SID of the account.
        user: Option<Words<64>>, example "fobwatch";
        /// The sender that phones show: a number or a name of at most 11 letters. For `twilio` also the SID of a messaging
        /// service. GOV.UK Notify keeps it in its own settings.
        from: Option<Words<34>>, example "Northfield";
        /// For `govuk-notify`: the bearer token that you gave Notify with the address of delivery receipts,
        /// `https://HOST/callbacks/notify`. Without it Notify is only asked.
        callback_token: Option<Token>, example "A-LONG-RANDOM-TEXT";
        /// For `govuk-notify`: the id of a text message template in your Notify account whose whole content is `((body))`.
        /// The default suits only a stand-in for Notify.
        template_id: uuid::Uuid, default "f0b3a7c4-0000-4000-8000-000000000000", example "5ab1d6c2-9f0e-4b0a-8a3e-2f1f7f0c9d11";
    }
    /// How people are called who would rather press # on their phone than type a code. A call counts among the texts of a day
    /// (`text.per_day`).
    voice: Voice {
        /// `sip` (a telephone trunk, or the telephone system of the house), `twilio`, or `none`: then nobody is offered calls.
        provider: VoiceProvider, default "none", example "sip";
        /// For `sip`: where calls go, `sip:HOST` or `sip:HOST:PORT`. Neither SIP nor the sound is encrypted, as is usual on
        /// trunks: the way there must be your own network or a tunnel.
        trunk: Option<Words<200>>, example "sip:trunk.northfield.example:5060";
        /// The number that phones show. For `twilio` one of the account's, for `sip` one that the trunk lets you use.
        from: Option<Words<34>>, example "+441632960123";
        /// For `twilio` the SID of the account; for `sip` the user, where the trunk asks for one.
        user: Option<Words<64>>, example "fobwatch";
        /// For `twilio` the auth token; for `sip` the password, where the trunk asks for one.
        api_key: Option<Secret<String>>, example "THE-KEY";
        /// For `twilio`: where it is reached, if not at `https://api.twilio.com`.
        base_url: Option<ProviderUrl>, example "https://api.twilio.com";
        /// For `twilio`: whether it listens for answering machines, which it charges for. Without, a call that a machine
        /// answers ends when all was said.
        machine_detection: bool, default "false", example "true";
        /// For `sip`: address and port where the trunk's answers arrive. The sound comes to ports that the system chooses.
        listen: SocketAddr, default "0.0.0.0:5060", example "10.20.0.5:5060";
        /// For `sip`: this machine's address as the trunk must know it, where another one stands between them.
        address: Option<IpAddr>, example "192.0.2.10";
        /// For `sip`: how the trunk wants numbers, `plus` (+447700900123), `plain` (447700900123) or `national` (07700900123).
        number_format: NumberFormat, default "plus", example "national";
        /// For `sip`: the voice of `espeak-ng`, which speaks the words.
        speaker: Words<40>, default "en-gb", example "en-gb-scotland";
        /// For `sip`: a recording that is played in the place of the spoken words, a WAV file with one channel of 16 bits.
        /// `fobwatch voice words` prints what it should say.
        recording: Option<PathBuf>, example "/var/lib/fobwatch/call.wav";
    }
    /// Our authenticator on people's phones.
    authenticator: Authenticator {
        /// The hosts of the push services that browsers use. A phone that names another one gets no pushes. A host that begins
        /// with a dot stands for all below it.
        push_hosts: Vec<Host>, default "fcm.googleapis.com,updates.push.services.mozilla.com,.push.apple.com,.notify.windows.com", example "fcm.googleapis.com, push.northfield.example";
    }
    /// Smartcards: who issues their certificates, and where others look whether these still stand.
    smartcards: Smartcards {
        /// `internal` (the authority in this service), `est` (an authority outside that speaks EST, RFC 7030) or `none`: then
        /// cards get no certificates here.
        authority: CertificateIssuer, default "none", example "internal";
        /// The certificates of the authority, PEM: the issuing one first, the root last. `fobwatch pki issuing install` and
        /// `fobwatch pki demo` write it.
        chain: Option<PathBuf>, example "/etc/fobwatch/smartcards/chain.pem";
        /// For `internal` without an HSM: the folder of the authority's keys, each an encrypted file.
        keys_folder: Option<PathBuf>, example "/var/lib/fobwatch/smartcards";
        /// For `internal` without an HSM: the passphrase of these files.
        keys_passphrase: Option<Secret<String>>, example "A-LONG-RANDOM-TEXT";
        /// For `internal` with an HSM: its PKCS#11 driver.
        hsm_driver: Option<PathBuf>, example "/usr/lib/softhsm/libsofthsm2.so";
        /// For `internal` with an HSM: the label of the token.
        hsm_token: Option<Words<32>>, example "northfield";
        /// For `internal` with an HSM: the PIN of the token's user. Give it in the environment.
        hsm_pin: Option<Secret<String>>, example "THE-PIN";
        /// The label of the key that issues.
        issuing_key: Words<60>, default "issuing", example "issuing-2026";
        /// For `internal`, after the authority was changed: the certificates of the one before, PEM, as `chain` was. As long as
        /// cards have certificates of it, its list is still signed and it is still answered for. With `former_issuing_key`.
        former_chain: Option<PathBuf>, example "/etc/fobwatch/smartcards/chain-2020.pem";
        /// For `internal`, after the authority was changed: the label of the key of the one before, in the same place as the others.
        former_issuing_key: Option<Words<60>>, example "issuing-2020";
        /// The label of the key that answers whether a certificate still stands (OCSP).
        ocsp_key: Words<60>, default "ocsp", example "ocsp-2026";
        /// Where others fetch the list of revoked certificates and ask about one, as it stands in certificates for years: the
        /// service under a name that stays, usually by plain `http`. Without it that is `server.public_url`.
        public_url: Option<Url>, example "http://pki.northfield.example";
        /// The object identifier of the written rules that certificates are issued by, if there are such.
        policy: Option<ObjectId>, example "2.16.840.1.113883.2.1.9999";
        /// The country that certificates name, beside the organisation and the person.
        country: Country, default "GB", example "IE";
        /// How many days certificates live at most.
        days: Number<1, 1_825>, default "730", example "1095";
        /// By how many of these days a certificate may end earlier, chosen by chance, so that cards that were issued on one day
        /// do not all expire on one.
        jitter_days: Number<0, 90>, default "14", example "30";
        /// How many hours a list of revoked certificates may be used. A new one is made when half of them are over, and at each
        /// revocation.
        list_hours: Number<2, 720>, default "24", example "48";
        /// How many hours an answer about one certificate may be used.
        answer_hours: Number<1, 168>, default "4", example "8";
        /// How many seconds others may keep an answer before they ask again: they may not hear of a revocation for so long.
        answer_kept_seconds: Number<0, 86_400>, default "60", example "300";
        /// For `est`: the address of the authority, up to and with `/.well-known/est` and a label, if it has one.
        est_url: Option<Url>, example "https://ca.northfield.example/.well-known/est";
        /// For `est`: who we are to the authority, if it asks for a name and a password.
        est_user: Option<Words<100>>, example "fobwatch";
        /// For `est`: the password.
        est_password: Option<Secret<String>>, example "THE-PASSWORD";
        /// For `est`: a PEM file with our own certificate and its unencrypted key, if the authority asks for one.
        est_client: Option<PathBuf>, example "/etc/fobwatch/smartcards/est-client.pem";
        /// For `est`: a PEM file with the certificates that the authority's TLS is trusted by, if the machine does not know them.
        est_roots: Option<PathBuf>, example "/etc/fobwatch/smartcards/est-roots.pem";
        /// Where people sign in by the certificate of their card in the browser itself (mutual TLS): address and port to listen on
        /// with TLS of its own, which no proxy may end. With `mtls_public_url`, `mtls_certificate` and `mtls_key`, or none of them.
        mtls_listen: Option<SocketAddr>, example "0.0.0.0:8443";
        /// The address of this host as browsers reach it: another name than the service's.
        mtls_public_url: Option<Url>, example "https://card.id.northfield.example";
        /// The certificate of this host, PEM, with those between it and its authority.
        mtls_certificate: Option<PathBuf>, example "/etc/fobwatch/smartcards/host.pem";
        /// The unencrypted key of this certificate, PEM.
        mtls_key: Option<PathBuf>, example "/etc/fobwatch/smartcards/host.key";
    }
    /// Staff passports: the wallets that credentials go to, where the keys lie that sign them, and credentials of issuers outside this
    /// installation, for organisations that trust some (`fobwatch passport trust`).
    passport: Passport {
        /// Wallets that may send their people here to sign in and to accept credentials, each as `CLIENT_ID | NAME | ADDRESS`: what the
        /// wallet calls itself, what people call it, and the address to which people go back afterwards, with further addresses behind
        /// further `|`. Addresses are compared letter by letter; `,` in one is written `%2C`. Without any wallet, credentials are added by
        /// QR codes alone.
        wallets: Vec<Wallet>, default "", example "ward-wallet | Ward Wallet | https://wallet.northfield.example/back";
        /// `open`, or `haip` for the High Assurance Interoperability Profile (HAIP 1.0): every wallet sends its person here to sign in,
        /// its maker vouches for it (`wallet_makers`), and its tokens are bound to a key. QR codes alone give nothing then, so that
        /// `wallets` names at least one.
        profile: PassportProfile, default "open", example "haip";
        /// A PEM file with the certificates of authorities whose word on wallets counts (wallet attestations). A wallet that they vouch
        /// for stands in `wallets`, too.
        wallet_makers: Option<PathBuf>, example "/etc/fobwatch/passport/wallet-makers.pem";
        /// A PEM file with the certificates of authorities whose word on the keys of wallets counts (key attestations). With it,
        /// credentials go only to keys that they vouch for.
        key_makers: Option<PathBuf>, example "/etc/fobwatch/passport/key-makers.pem";
        /// With `key_makers`: against which attackers the place of a wallet's keys must be proof; one of these is enough. Without any, the
        /// makers' word is.
        key_storage: Vec<AttackPotential>, default "", example "iso_18045_high, iso_18045_moderate";
        /// The same for how the person lets their wallet use a key: by a fingerprint or a PIN, say.
        user_authentication: Vec<AttackPotential>, default "", example "iso_18045_high, iso_18045_moderate";
        /// A folder with credential types of your own, each a file; they are provided, accepted and shared like those of the field. How a
        /// file is written stands in the handbook under *Credential types*. The same on every node; a type that was once provided stays.
        credential_types: Option<PathBuf>, example "/etc/fobwatch/passport/types";
        /// For keys in an HSM: its PKCS#11 driver. New keys are made there and never leave it; those that were made before stay sealed
        /// in the database until they are rotated. With `hsm_token` and `hsm_pin`, on every node.
        hsm_driver: Option<PathBuf>, example "/usr/lib/softhsm/libsofthsm2.so";
        /// For keys in an HSM: the label of the token.
        hsm_token: Option<Words<32>>, example "northfield-passport";
        /// For keys in an HSM: the PIN of the token's user. Give it in the environment.
        hsm_pin: Option<Secret<String>>, example "THE-PIN";
        /// For people whose wallet is Microsoft Authenticator: the id or the domain of the tenant of Microsoft Entra Verified ID that hands
        /// credentials out. With `entra_client_id`, `entra_client_secret`, `entra_authority` and `entra_credentials`, on every node; the
        /// handbook has a page on it.
        entra_tenant: Option<Words<200>>, example "b1c1ab1e-0000-4000-8000-000000000001";
        /// For Entra Verified ID: the id of the application that is registered in the tenant.
        entra_client_id: Option<uuid::Uuid>, example "5e1f5e1f-0000-4000-8000-000000000002";
        /// For Entra Verified ID: a secret of that application. Give it in the environment.
        entra_client_secret: Option<Secret<String>>, example "THE-SECRET";
        /// For Entra Verified ID: the decentralised identifier in whose name credentials are handed out.
        entra_authority: Option<Words<200>>, example "did:web:verifiedid.northfield.example";
        /// For Entra Verified ID: which kinds of credentials go to wallets by it, each as `KIND | TYPE | MANIFEST`: the kind here, the type
        /// that the rules of its contract name (`vc.type`), and the address of the contract's manifest. All other kinds go by the open
        /// standards.
        entra_credentials: Vec<EntraContract>, default "", example "core-skill | CoreSkill | https://verifiedid.did.msidentity.com/v1.0/tenants/b1c1ab1e-0000-4000-8000-000000000001/verifiableCredentials/contracts/YjFj/manifest";
        /// For Entra Verified ID: the id of the authority at its Admin API. With it, credentials that are revoked here are revoked there,
        /// too.
        entra_authority_id: Option<uuid::Uuid>, example "ffea7eb3-0000-4000-8000-000000000003";
        /// For Entra Verified ID: where it is reached, if not at `https://verifiedid.did.msidentity.com`.
        entra_base_url: Option<ProviderUrl>, example "https://verifiedid.did.msidentity.com";
        /// For Entra Verified ID: where the tenant gives tokens, if not at `https://login.microsoftonline.com`.
        entra_login_url: Option<ProviderUrl>, example "https://login.microsoftonline.com";
        /// Hosts from which status lists are fetched though they have an address of a private network. All others must be on the
        /// public internet. A host that begins with a dot stands for all below it.
        private_hosts: Vec<Host>, default "", example "passport.riverside.example";
        /// A PEM file with certificates that the TLS of hosts with status lists is trusted by, too, if the machine does not know them.
        list_roots: Option<PathBuf>, example "/etc/fobwatch/passport/list-roots.pem";
        /// The authorities that vouch for hosts on the web, PEM: for issuers that are trusted by their address alone.
        web_roots: PathBuf, default "/etc/ssl/certs/ca-certificates.crt", example "/etc/ssl/cert.pem";
    }
    /// HR systems that tell what is true of an organisation's people: what has changed is provided to them as credentials, every morning
    /// from 05:00.
    staff_records: StaffRecordsSettings {
        /// The sources, one for each organisation, as `ORGANISATION | csv | PATH` or `ORGANISATION | rest | ADDRESS | TOKEN-FILE`: the
        /// code of the organisation; a file, or a folder of which the file counts whose name comes last; or the https address of the
        /// first page and a file with the bearer token. How files and pages are written stands in the handbook under *Staff records*.
        /// `,` in an address is written `%2C`. The same on every node.
        sources: Vec<StaffSource>, default "", example "NTH | csv | /var/lib/fobwatch/staff-records";
        /// The bearer token of sources without a file for it. Give it in the environment.
        token: Option<Secret<String>>, example "THE-TOKEN";
    }
    /// Which telephone numbers people may give.
    phone: Phone {
        /// Mobile numbers of Jersey, Guernsey and the Isle of Man are welcome.
        crown_dependencies: bool, default "true", example "true";
    }
    /// Where new passwords are looked up. Those that attackers have are refused.
    passwords: Passwords {
        /// A list of breached passwords on this machine, made by `fobwatch passwords build-list`. It is opened at the start
        /// and read where a look-up needs it; a new one counts from the next start.
        breached_list: Option<PathBuf>, example "/var/lib/fobwatch/breached-passwords.list";
        /// The address of a service in the public SHA-1 range format, to which the first five hexadecimal digits of a
        /// password's SHA-1 are sent, and nothing else. They are put after this address. It is asked for what the list does
        /// not hold; where it does not answer within two seconds, the password is taken as one that is not listed.
        range_service: Option<Url>, example "https://passwords.northfield.example/range";
    }
    /// How hard passwords are hashed (Argon2id). A stronger setting reaches each account at its next sign-in.
    hashing: Hashing {
        /// Memory for one hash, in KiB. `at_once` times this is what hashing takes of the machine at most.
        memory_kib: Number<19_456, 4_194_304>, default "19456", example "65536";
        /// Passes over that memory.
        passes: Number<1, 20>, default "2", example "3";
        /// Lanes of one hash.
        lanes: Number<1, 16>, default "1", example "1";
        /// Hashes at the same time at most; 0 is one for each core.
        at_once: Number<0, 256>, default "0", example "4";
        /// Sign-ins that may wait for their hash. Whoever comes when it is full is told at once that the service is busy.
        queue: Number<1, 100_000>, default "500", example "500";
    }
    /// The worker that delivers messages. Each node has one.
    worker: Worker {
        /// Whether this node delivers messages. At least one node must.
        enabled: bool, default "true", example "true";
    }
    /// What the service writes about its own running, to the standard error stream. Never addresses, names, numbers,
    /// codes or passwords.
    log: Log {
        /// `text` for people, `json` for machines (one object a line).
        format: LogFormat, default "text", example "json";
        /// `error`, `warn`, `info`, `debug` or `trace`. Libraries never write more than warnings.
        level: Level, default "info", example "info";
    }
    /// Figures for Prometheus at `/metrics`, on the same port as the pages.
    metrics: Metrics {
        /// Whether there is such an address at all.
        enabled: bool, default "true", example "true";
        /// Whoever shows this token (`Authorization: Bearer TOKEN`) may read them from anywhere. Without the token they are
        /// read only from this machine itself, and never through a proxy.
        token: Option<Token>, example "A-LONG-RANDOM-TEXT";
    }
}
