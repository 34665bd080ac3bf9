//! Price-time books and batch clearing; pure, knows no chain.
