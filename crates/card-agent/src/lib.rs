//! The program on the workstation that works the smartcard by PC/SC and speaks to the portal over HTTPS.
