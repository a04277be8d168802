//! The kinds of credentials that a staff passport holds.

use super::named;

named! {
    /// A kind of credential.
    CredentialKind {
        /// Signs its holder in; it says nothing about them but which passport it opens.
        AccessKey = "access-key";
        /// Names, date of birth and what else says who somebody is.
        Identity = "identity";
        /// What a trust wants to know of a new starter.
        NewStarter = "new-starter";
        /// The right to work.
        RightToWork = "right-to-work";
        /// The certificate of the Disclosure and Barring Service.
        Dbs = "dbs";
        /// What belongs to that certificate.
        DbsSupporting = "dbs-supporting";
        /// Fitness for work.
        OccupationalHealth = "occupational-health";
        /// The register of a profession.
        ProfessionalRegistration = "professional-registration";
        /// Protection against tuberculosis.
        Tuberculosis = "tuberculosis";
        /// Protection against varicella.
        Varicella = "varicella";
        /// Where somebody is employed, and as what.
        EmploymentAssignment = "employment-assignment";
        /// Where somebody works for a while.
        TemporaryPlacement = "temporary-placement";
        /// A subject of the Core Skills Training Framework, at a level: each is a credential of its own.
        CoreSkill = "core-skill";
    }
}

impl CredentialKind {
    /// Whether it is reviewed by its owner. An access key is collected, not reviewed.
    pub const fn is_reviewed(self) -> bool {
        !matches!(self, Self::AccessKey)
    }
}
