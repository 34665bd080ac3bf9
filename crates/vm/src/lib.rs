//! Foreign code on our state: the EVM, precompiles, and the one door between them.
