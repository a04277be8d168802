//! SELECT, GET DATA, PUT DATA, and what firmware tells of itself.

use crate::Card;
use piv::{APPLICATION, Command, Status, WHOLE_APPLICATION, tlv};

/// The Discovery Object (part 1, section 3.3.2).
const DISCOVERY: u32 = 0x7E;
/// How many bytes an object may have.
const ROOM: usize = 3072;

impl Card {
    pub(crate) fn get_data(&self, command: &Command) -> Result<Vec<u8>, Status> {
        if (command.p1, command.p2) != (0x3F, 0xFF) {
            return Err(Status::WrongParameters);
        }
        let tag = number(tlv::only(command.data(), 0x5C).map_err(|_| Status::WrongData)?)?;
        if tag == DISCOVERY {
            let mut template = Vec::new();
            tlv::write(&mut template, 0x4F, &WHOLE_APPLICATION);
            tlv::write(&mut template, 0x5F2F, &[0x40, 0x00]);
            return Ok(tlv::wrapped(DISCOVERY, &template).to_vec());
        }
        let content = self.state.objects.get(&tag).ok_or(Status::NotFound)?;
        Ok(tlv::wrapped(0x53, content).to_vec())
    }

    pub(crate) fn put_data(&mut self, command: &Command) -> Result<Vec<u8>, Status> {
        self.needs_management()?;
        if (command.p1, command.p2) != (0x3F, 0xFF) {
            return Err(Status::WrongParameters);
        }
        let parts: Result<Vec<_>, _> = tlv::Reader::new(command.data()).collect();
        let (tag, content) = match parts.as_deref() {
            Ok([name, content]) if name.tag == 0x5C && content.tag == 0x53 => {
                (number(name.value)?, content.value)
            }
            _ => return Err(Status::WrongData),
        };
        if content.len() > ROOM {
            return Err(Status::Full);
        }
        if content.is_empty() {
            self.state.objects.remove(&tag);
        } else {
            self.state.objects.insert(tag, content.to_vec());
        }
        Ok(vec![])
    }

    pub(crate) fn version(&self) -> Result<Vec<u8>, Status> {
        self.state.firmware.version().map(Vec::from).ok_or(Status::NoSuchInstruction)
    }

    pub(crate) fn serial(&self) -> Result<Vec<u8>, Status> {
        let serial = self.state.guid.first_chunk::<4>().ok_or(Status::NotFound)?;
        let serial = u32::from_be_bytes(*serial) >> 1;
        if self.tells() { Ok(serial.to_be_bytes().to_vec()) } else { Err(Status::NoSuchInstruction) }
    }

    /// The certificate in a slot, DER, as it lies there.
    pub fn certificate(&self, slot: piv::Slot) -> Option<Vec<u8>> {
        let content = self.state.objects.get(&crate::state::tag(slot.certificate()))?;
        Some(piv::CertificateObject::read(content)?.certificate)
    }
}

/// SELECT by name: what the application is.
pub(crate) fn select(command: &Command) -> Result<Vec<u8>, Status> {
    if command.p1 != 0x04 {
        return Err(Status::WrongParameters);
    }
    let asked = command.data();
    if asked.len() < APPLICATION.len() || !WHOLE_APPLICATION.starts_with(asked) {
        return Err(Status::NotFound);
    }
    let mut template = Vec::new();
    tlv::write(&mut template, 0x4F, WHOLE_APPLICATION.get(APPLICATION.len()..).unwrap_or_default());
    tlv::write(&mut template, 0x79, &tlv::wrapped(0x4F, &APPLICATION));
    Ok(tlv::wrapped(0x61, &template).to_vec())
}

fn number(tag: &[u8]) -> Result<u32, Status> {
    if tag.is_empty() || tag.len() > 3 {
        return Err(Status::WrongData);
    }
    Ok(tag.iter().fold(0, |number, byte| (number << 8) | u32::from(*byte)))
}
