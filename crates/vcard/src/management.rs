//! GENERAL AUTHENTICATE with the management key (part 2, appendix A.1): both ways, or the outside alone.

use crate::Card;
use aws_lc_rs::cipher::{AES_256, DecryptionContext, EncryptingKey, UnboundCipherKey};
use piv::{AES256, Command, Status, tlv};
use rand_core::{OsRng, RngCore as _};

impl Card {
    pub(crate) fn needs_management(&self) -> Result<(), Status> {
        if self.session.is_managed { Ok(()) } else { Err(Status::NotVerified) }
    }

    pub(crate) fn authenticate(&mut self, command: &Command) -> Result<Vec<u8>, Status> {
        if command.p1 != AES256 {
            return Err(Status::WrongParameters);
        }
        let drawn = self.session.drawn.take();
        let template = tlv::only(command.data(), 0x7C).map_err(|_| Status::WrongData)?;
        let part = |tag| tlv::find(template, tag).map_err(|_| Status::WrongData);
        match (part(0x80)?, part(0x81)?, part(0x82)?) {
            (Some([]), None, None) => {
                let drawn = self.draw();
                Ok(answer(0x80, self.encrypted(drawn)?))
            }
            (None, Some([]), None) => {
                let drawn = self.draw();
                Ok(answer(0x81, drawn))
            }
            (Some(witness), Some(challenge), None | Some([])) => {
                let challenge = challenge.try_into().map_err(|_| Status::WrongData)?;
                self.session.is_managed = drawn.is_some_and(|drawn| drawn == witness);
                self.needs_management()?;
                Ok(answer(0x82, self.encrypted(challenge)?))
            }
            (None, None, Some(proof)) => {
                let expected = drawn.map(|drawn| self.encrypted(drawn)).transpose()?;
                self.session.is_managed = expected.is_some_and(|expected| expected == proof);
                self.needs_management()?;
                Ok(vec![])
            }
            _ => Err(Status::WrongData),
        }
    }

    fn draw(&mut self) -> [u8; 16] {
        let mut drawn = [0; 16];
        OsRng.fill_bytes(&mut drawn);
        self.session.drawn = Some(drawn);
        drawn
    }

    fn encrypted(&self, mut block: [u8; 16]) -> Result<[u8; 16], Status> {
        let broken = |_| Status::Other(0x6F00);
        let key = UnboundCipherKey::new(&AES_256, &self.state.management_key).map_err(broken)?;
        let _: DecryptionContext =
            EncryptingKey::ecb(key).and_then(|key| key.encrypt(&mut block)).map_err(broken)?;
        Ok(block)
    }
}

fn answer(tag: tlv::Tag, block: [u8; 16]) -> Vec<u8> {
    tlv::wrapped(0x7C, &tlv::wrapped(tag, &block)).to_vec()
}
