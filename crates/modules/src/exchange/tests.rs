//! Stories of module exchange.
