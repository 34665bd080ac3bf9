//! Stories and tables of module bank.
