//! Reading and writing state without knowing the disk.
