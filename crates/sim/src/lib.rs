//! A cluster in one thread with a made-up clock and network (tests only).
