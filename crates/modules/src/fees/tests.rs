//! Stories and tables of module fees.
