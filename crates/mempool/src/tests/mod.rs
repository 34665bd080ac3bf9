//! Stories and a model.
