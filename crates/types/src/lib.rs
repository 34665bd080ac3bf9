//! The words: addresses, amounts, transactions, blocks, receipts, and their one encoding.
