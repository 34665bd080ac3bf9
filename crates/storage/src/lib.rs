//! SeiDB: commitment tree, history, block store.
