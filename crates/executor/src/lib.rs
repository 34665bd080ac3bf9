//! Runs a block's jobs sequentially, by declared keys, or optimistically; same result.
