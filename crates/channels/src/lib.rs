//! E-mail and text messages, to real servers and providers
