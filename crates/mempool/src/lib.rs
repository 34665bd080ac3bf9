//! Waiting transactions, by sender lane and by hash.
