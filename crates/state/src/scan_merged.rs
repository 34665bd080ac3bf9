//! Walks a state with changes laid over it.

use crate::{Key, KeyRange, StateError, StateRead, Value, Visit};

/// Visits `range` of `base` with `changes` (ascending, all inside the range) laid over it, in key order.
///
/// # Errors
/// Those of scanning `base`.
pub fn scan_merged<'a>(
    changes: impl Iterator<Item = (&'a Key, Option<Value>)>,
    base: &dyn StateRead,
    range: &KeyRange,
    visit: Visit<'_>,
) -> Result<(), StateError> {
    let mut changes = changes.peekable();
    let mut go_on = true;
    base.scan(range, &mut |key, value| {
        while let Some((changed, new)) = changes.next_if(|(changed, _)| *changed < key) {
            go_on = new.is_none_or(|new| visit(changed, &new));
            if !go_on {
                return false;
            }
        }
        go_on = match changes.next_if(|(changed, _)| *changed == key) {
            Some((_, Some(new))) => visit(key, &new),
            Some((_, None)) => true,
            None => visit(key, value),
        };
        go_on
    })?;
    while go_on && let Some((changed, new)) = changes.next() {
        go_on = new.is_none_or(|new| visit(changed, &new));
    }
    Ok(())
}
