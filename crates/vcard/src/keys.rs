//! GENERATE ASYMMETRIC KEY PAIR, GENERAL AUTHENTICATE with a key of the person, MOVE KEY, GET METADATA.

use crate::card::Verified;
use crate::state::{Key, TRIES};
use crate::{Card, Firmware, Personal};
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use p256::ecdsa::{Signature, SigningKey};
use piv::tlv::{self, Reader};
use piv::{AES256, Command, P256, PublicKey, Slot, Status};
use rand_core::OsRng;

impl Key {
    fn signing(&self) -> Result<SigningKey, Status> {
        SigningKey::from_bytes(&self.secret.into()).map_err(|_| Status::Other(0x6F00))
    }

    pub(crate) fn public_key(&self) -> Option<PublicKey> {
        let point = self.signing().ok()?.verifying_key().to_encoded_point(false);
        PublicKey::from_point(point.as_bytes())
    }
}

impl Card {
    pub(crate) fn generate(&mut self, command: &Command) -> Result<Vec<u8>, Status> {
        self.needs_management()?;
        let slot = slot(command.p2)?;
        let template = tlv::only(command.data(), 0xAC).map_err(|_| Status::WrongData)?;
        let mut asks_each_time = slot == Slot::Signature;
        let mut is_p256 = false;
        for one in Reader::new(template) {
            let one = one.map_err(|_| Status::WrongData)?;
            match (one.tag, one.value) {
                (0x80, [P256]) => is_p256 = true,
                (0xAA, [0x02]) if self.tells() => asks_each_time = false,
                (0xAA, [0x03]) if self.tells() => asks_each_time = true,
                (0xAB, [0x01]) if self.tells() => {}
                _ => return Err(Status::WrongData),
            }
        }
        if !is_p256 {
            return Err(Status::WrongData);
        }
        let secret = SigningKey::random(&mut OsRng).to_bytes().into();
        let key = Key { secret, asks_each_time };
        let public_key = key.public_key().ok_or(Status::Other(0x6F00))?;
        self.state.keys.insert(slot.reference(), key);
        Ok(tlv::wrapped(0x7F49, &tlv::wrapped(0x86, public_key.point())).to_vec())
    }

    pub(crate) fn sign(&mut self, command: &Command) -> Result<Vec<u8>, Status> {
        let slot = slot(command.p2)?;
        if command.p1 != P256 {
            return Err(Status::WrongParameters);
        }
        let key = self.state.keys.get(&slot.reference()).ok_or(Status::NoSuchReference)?;
        let is_open = match slot {
            Slot::CardAuthentication => true,
            _ if key.asks_each_time => self.session.passcode == Verified::JustNow,
            _ => self.session.passcode != Verified::No,
        };
        if !is_open {
            return Err(Status::NotVerified);
        }
        let template = tlv::only(command.data(), 0x7C).map_err(|_| Status::WrongData)?;
        let digest = tlv::find(template, 0x81).ok().flatten().ok_or(Status::WrongData)?;
        let wanted = tlv::find(template, 0x82).ok().flatten();
        if wanted != Some(&[]) || digest.is_empty() || digest.len() > 32 {
            return Err(Status::WrongData);
        }
        let mut whole = vec![0; 32 - digest.len()];
        whole.extend_from_slice(digest);
        let signature: Signature = key.signing()?.sign_prehash(&whole).map_err(|_| Status::WrongData)?;
        Ok(tlv::wrapped(0x7C, &tlv::wrapped(0x82, signature.to_der().as_bytes())).to_vec())
    }

    pub(crate) fn move_key(&mut self, command: &Command) -> Result<Vec<u8>, Status> {
        if self.state.firmware != Firmware::Moves {
            return Err(Status::NoSuchInstruction);
        }
        self.needs_management()?;
        let from = slot(command.p2)?;
        let to = if command.p1 == 0xFF { None } else { Some(slot(command.p1)?) };
        let keys = &mut self.state.keys;
        let key = keys.get(&from.reference()).ok_or(Status::NoSuchReference)?.clone();
        if let Some(to) = to {
            if keys.contains_key(&to.reference()) {
                return Err(Status::NotNow);
            }
            keys.insert(to.reference(), key);
        }
        keys.remove(&from.reference());
        Ok(vec![])
    }

    pub(crate) fn metadata(&self, command: &Command) -> Result<Vec<u8>, Status> {
        if !self.tells() {
            return Err(Status::NoSuchInstruction);
        }
        let mut data = Vec::new();
        let mut passcode = |left, is_default| {
            tlv::write(&mut data, 0x01, &[0xFF]);
            tlv::write(&mut data, 0x05, &[u8::from(is_default)]);
            tlv::write(&mut data, 0x06, &[TRIES, left]);
        };
        match command.p2 {
            0x80 => passcode(self.state.passcode.left, self.state.passcode.value == *b"123456\xFF\xFF"),
            0x81 => {
                let key = &self.state.unblocking_key;
                passcode(key.left, key.value == Personal::UNBLOCKING_KEY);
            }
            0x9B => {
                let is_default = self.state.management_key == Personal::MANAGEMENT_KEY;
                tlv::write(&mut data, 0x01, &[AES256]);
                tlv::write(&mut data, 0x02, &[0, 1]);
                tlv::write(&mut data, 0x05, &[u8::from(is_default)]);
            }
            reference => {
                let key = self.state.keys.get(&reference).ok_or(Status::NoSuchReference)?;
                let public_key = key.public_key().ok_or(Status::Other(0x6F00))?;
                let asks = match reference {
                    0x9E => 1,
                    _ if key.asks_each_time => 3,
                    _ => 2,
                };
                tlv::write(&mut data, 0x01, &[P256]);
                tlv::write(&mut data, 0x02, &[asks, 1]);
                tlv::write(&mut data, 0x03, &[1]);
                tlv::write(&mut data, 0x04, &tlv::wrapped(0x86, public_key.point()));
            }
        }
        Ok(data)
    }

    pub(crate) fn tells(&self) -> bool {
        self.state.firmware != Firmware::Plain
    }
}

fn slot(reference: u8) -> Result<Slot, Status> {
    Slot::from_reference(reference).ok_or(Status::WrongParameters)
}
