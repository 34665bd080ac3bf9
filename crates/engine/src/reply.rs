//! Where the host's answers go.

use std::fmt;

/// Where an answer goes. It may be moved into a task and given later; what dropping it means stands at each [`crate::Ask`].
pub struct Reply<T>(Option<Box<dyn FnOnce(Option<T>) + Send>>);

impl<T> Reply<T> {
    /// A reply that calls `give` once: with the answer, or with nothing where it is dropped.
    pub fn new(give: impl FnOnce(Option<T>) + Send + 'static) -> Self {
        Self(Some(Box::new(give)))
    }

    /// Answers. An engine that has stopped meanwhile does not hear it.
    pub fn send(mut self, answer: T) {
        if let Some(give) = self.0.take() {
            give(Some(answer));
        }
    }
}

impl<T> Drop for Reply<T> {
    fn drop(&mut self) {
        if let Some(give) = self.0.take() {
            give(None);
        }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reply")
    }
}
