//! Twin-Turbo's decisions, pure.
