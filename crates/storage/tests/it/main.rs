//! Storage as its users see it: stories told through the public API.

mod chain;
mod crash;
mod story;
