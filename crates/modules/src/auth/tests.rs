//! Stories and tables of module auth.
