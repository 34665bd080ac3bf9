//! Malachite attached: context, codecs, signing, host actor.
