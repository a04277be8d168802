//! A certificate authority: keys in a file or an HSM, certificates, revocation lists, OCSP, EST.
