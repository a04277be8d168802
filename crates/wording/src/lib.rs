//! The words people read outside a page template: refusals, field errors, e-mails and texts
