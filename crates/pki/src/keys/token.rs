//! Keys in an HSM, spoken to by PKCS#11 (OASIS, version 2.40 and later). They are made there and never leave it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use aws_lc_rs::digest::{SHA256, SHA384, digest};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use der::asn1::OctetStringRef;
use der::{Decode, Encode};
use zeroize::Zeroizing;

use super::signature::as_der;
use super::{Curve, KeyProblem, KeyStore, SigningKey, check_label};
use crate::{PublicKey, Random};

/// Sessions that are open at once; a device has few of them.
const SESSIONS: usize = 4;

/// A driver must be loaded and initialised once in a process, whoever asks for it and however many tokens it has.
static DRIVERS: Mutex<BTreeMap<PathBuf, Pkcs11>> = Mutex::new(BTreeMap::new());

/// What opens a token: the PIN of its user.
pub type Pin = Zeroizing<String>;

/// A token of an HSM. Cloning it is cheap; all clones share its sessions.
#[derive(Clone)]
pub struct Token(Arc<Pool>);

impl Token {
    /// Opens the token with this label and logs in.
    ///
    /// # Errors
    ///
    /// When the driver cannot be loaded, has no such token, or the PIN is wrong.
    pub fn open(driver: &Path, label: &str, pin: Pin) -> Result<Self, KeyProblem> {
        let context = load(driver)?;
        let slot = slot(&context, label)?;
        let pool = Pool {
            context,
            slot,
            label: label.to_owned(),
            pin,
            state: Mutex::default(),
            returned: Condvar::new(),
        };
        let first = pool.open_session()?;
        pool.give_back(first);
        Ok(Self(Arc::new(pool)))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Token").field("label", &self.0.label).finish_non_exhaustive()
    }
}

impl KeyStore for Token {
    fn generate(
        &self,
        label: &str,
        curve: Curve,
        random: &dyn Random,
    ) -> Result<Arc<dyn SigningKey>, KeyProblem> {
        check_label(label)?;
        self.0.with_session(|session| {
            if !session.find_objects(&named(ObjectClass::PRIVATE_KEY, label))?.is_empty() {
                return Ok(Err(KeyProblem::Exists { label: label.to_owned(), place: self.0.place() }));
            }
            let mut id = [0; 16];
            random.fill(&mut id);
            let Ok(parameters) = curve.oid().to_der() else { return Ok(Err(KeyProblem::Cryptography)) };
            let shared = [
                Attribute::Token(true),
                Attribute::KeyType(KeyType::EC),
                Attribute::Label(label.as_bytes().to_vec()),
                Attribute::Id(id.to_vec()),
            ];
            let mut public = shared.to_vec();
            public.extend([
                Attribute::Private(false),
                Attribute::Verify(true),
                Attribute::EcParams(parameters),
            ]);
            let mut private = shared.to_vec();
            private.extend([
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                Attribute::Sign(true),
            ]);
            session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private).map(|_| Ok(()))
        })??;
        self.find(label)
    }

    fn find(&self, label: &str) -> Result<Arc<dyn SigningKey>, KeyProblem> {
        check_label(label)?;
        let (parameters, point, handle) = self.0.with_session(|session| {
            let (Some(private), Some(public)) = (
                session.find_objects(&named(ObjectClass::PRIVATE_KEY, label))?.into_iter().next(),
                session.find_objects(&named(ObjectClass::PUBLIC_KEY, label))?.into_iter().next(),
            ) else {
                return Ok(Err(KeyProblem::NotFound { label: label.to_owned(), place: self.0.place() }));
            };
            let (mut parameters, mut point) = (Vec::new(), Vec::new());
            for attribute in
                session.get_attributes(public, &[AttributeType::EcParams, AttributeType::EcPoint])?
            {
                match attribute {
                    Attribute::EcParams(bytes) => parameters = bytes,
                    Attribute::EcPoint(bytes) => point = bytes,
                    _ => {}
                }
            }
            Ok(Ok((parameters, point, private)))
        })??;
        let curve = [Curve::P256, Curve::P384]
            .into_iter()
            .find(|curve| curve.oid().to_der().is_ok_and(|oid| oid == parameters))
            .ok_or_else(|| KeyProblem::Device(format!("the key \"{label}\" is not on P-256 or P-384")))?;
        // The standard wraps the point in an OCTET STRING; some devices don't.
        let plain = OctetStringRef::from_der(&point).map_or(point.as_slice(), |wrapped| wrapped.as_bytes());
        let public = PublicKey::from_point(curve, plain)
            .map_err(|_| KeyProblem::Device(format!("the public key \"{label}\" is no point")))?;
        Ok(Arc::new(KeyOnToken {
            pool: Arc::clone(&self.0),
            label: label.to_owned(),
            handle: Mutex::new(handle),
            curve,
            public,
        }))
    }
}

struct KeyOnToken {
    pool: Arc<Pool>,
    label: String,
    handle: Mutex<ObjectHandle>,
    curve: Curve,
    public: PublicKey,
}

impl fmt::Debug for KeyOnToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyOnToken")
            .field("label", &self.label)
            .field("curve", &self.curve)
            .finish_non_exhaustive()
    }
}

impl SigningKey for KeyOnToken {
    fn curve(&self) -> Curve {
        self.curve
    }

    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyProblem> {
        let hashed = match self.curve {
            Curve::P256 => digest(&SHA256, message),
            Curve::P384 => digest(&SHA384, message),
        };
        let handle = *lock(&self.handle);
        let signed =
            self.pool.with_session(|session| session.sign(&Mechanism::Ecdsa, handle, hashed.as_ref()));
        let raw = match signed {
            Ok(raw) => raw,
            // A device that was restarted has forgotten sessions and handles: look for the key again, once.
            Err(_) => self.pool.with_session(|session| {
                self.pool.log_in(session)?;
                let found = session.find_objects(&named(ObjectClass::PRIVATE_KEY, &self.label))?;
                let handle = found.into_iter().next().ok_or(Error::InvalidValue)?;
                *lock(&self.handle) = handle;
                session.sign(&Mechanism::Ecdsa, handle, hashed.as_ref())
            })?,
        };
        as_der(&raw).ok_or_else(|| KeyProblem::Device("a signature of a strange length".to_owned()))
    }
}

/// Sessions of one token, lent to one thread each.
struct Pool {
    context: Pkcs11,
    slot: Slot,
    label: String,
    pin: Pin,
    state: Mutex<Sessions>,
    returned: Condvar,
}

#[derive(Default)]
struct Sessions {
    idle: Vec<Session>,
    open: usize,
}

impl Pool {
    fn place(&self) -> String {
        format!("the token \"{}\"", self.label)
    }

    /// Lends a session; one that fails is closed and not lent again.
    fn with_session<T>(&self, work: impl FnOnce(&Session) -> Result<T, Error>) -> Result<T, KeyProblem> {
        let session = self.take()?;
        let done = work(&session);
        if done.is_ok() {
            self.give_back(session);
        } else {
            drop(session);
            lock(&self.state).open -= 1;
            self.returned.notify_one();
        }
        done.map_err(device)
    }

    fn take(&self) -> Result<Session, KeyProblem> {
        let mut state = lock(&self.state);
        loop {
            if let Some(session) = state.idle.pop() {
                return Ok(session);
            }
            if state.open < SESSIONS {
                drop(state);
                return self.open_session();
            }
            state = self.returned.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn open_session(&self) -> Result<Session, KeyProblem> {
        lock(&self.state).open += 1;
        let opened = self.context.open_rw_session(self.slot).and_then(|session| {
            self.log_in(&session)?;
            Ok(session)
        });
        if opened.is_err() {
            lock(&self.state).open -= 1;
            self.returned.notify_one();
        }
        opened.map_err(device)
    }

    fn give_back(&self, session: Session) {
        lock(&self.state).idle.push(session);
        self.returned.notify_one();
    }

    /// All sessions of a process are logged in, or none is.
    fn log_in(&self, session: &Session) -> Result<(), Error> {
        match session.login(UserType::User, Some(&AuthPin::from(self.pin.as_str()))) {
            Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(()),
            other => other,
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn load(driver: &Path) -> Result<Pkcs11, KeyProblem> {
    let mut drivers = lock(&DRIVERS);
    if let Some(context) = drivers.get(driver) {
        return Ok(context.clone());
    }
    let context = Pkcs11::new(driver).map_err(|problem| {
        KeyProblem::Device(format!("{} is no PKCS#11 driver: {problem}", driver.display()))
    })?;
    match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
        Ok(()) | Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {}
        Err(problem) => return Err(device(problem)),
    }
    drivers.insert(driver.to_owned(), context.clone());
    Ok(context)
}

fn slot(context: &Pkcs11, label: &str) -> Result<Slot, KeyProblem> {
    for slot in context.get_slots_with_token().map_err(device)? {
        if context.get_token_info(slot).is_ok_and(|info| info.label() == label) {
            return Ok(slot);
        }
    }
    Err(KeyProblem::Device(format!("there is no token with the label \"{label}\"")))
}

fn named(class: ObjectClass, label: &str) -> Vec<Attribute> {
    vec![Attribute::Class(class), Attribute::Token(true), Attribute::Label(label.as_bytes().to_vec())]
}

fn device(problem: Error) -> KeyProblem {
    KeyProblem::Device(match problem {
        Error::Pkcs11(RvError::PinIncorrect, _) => "the PIN is wrong".to_owned(),
        Error::Pkcs11(RvError::PinLocked, _) => "the PIN is blocked".to_owned(),
        Error::Pkcs11(code, function) => format!("{function:?}: {code:?}"),
        other => other.to_string(),
    })
}
