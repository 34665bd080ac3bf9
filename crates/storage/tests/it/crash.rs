//! What crashes leave behind.
