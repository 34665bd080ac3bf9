//! Changesets stacked on a state.

use std::sync::Arc;

use proptest::prelude::*;
use seiza_state::{Changeset, KeyRange, Overlay, StateRead, StoreId, Value};

use super::memory::{KEYS, Memory, amount_key, any_changeset, any_memory, any_range, bytes_key, pairs};

proptest! {
    #[test]
    fn a_stack_reads_as_its_layers_applied_in_order(
        base in any_memory(),
        layers in prop::collection::vec(any_changeset(), 0..5),
        range in any_range(),
        limit in 1usize..20,
    ) {
        let mut model = base.clone();
        let mut overlay = Overlay::new(Arc::new(base));
        for layer in layers {
            model.apply(&layer);
            overlay = overlay.with(Arc::new(layer));
        }
        for n in 0..KEYS {
            for key in [amount_key(n), bytes_key(n)] {
                prop_assert_eq!(overlay.get(&key).unwrap(), model.get(&key).unwrap());
            }
        }
        prop_assert_eq!(pairs(&overlay, &range, limit), pairs(&model, &range, limit));
    }
}

#[test]
fn siblings_share_their_base_and_do_not_see_each_other() {
    let base = Overlay::new(Arc::new(Memory::default()));
    let layer = |byte: u8| -> Arc<Changeset> {
        Arc::new([(bytes_key(0), Some(Value::from(&[byte][..])))].into_iter().collect())
    };
    let (one, two) = (base.with(layer(1)), base.with(layer(2)));
    assert_eq!(one.get(&bytes_key(0)).unwrap(), Some(Value::from(&[1][..])));
    assert_eq!(two.get(&bytes_key(0)).unwrap(), Some(Value::from(&[2][..])));
    assert_eq!(base.get(&bytes_key(0)).unwrap(), None);
    assert_eq!((base.layers().len(), one.with(layer(3)).layers().len()), (0, 2));
}

#[test]
fn a_deletion_hides_what_lies_below() {
    let base = Memory([(bytes_key(0), Value::default()), (bytes_key(1), Value::default())].into());
    let hides: Changeset = [(bytes_key(0), None)].into_iter().collect();
    let overlay = Overlay::new(Arc::new(base)).with(Arc::new(hides));
    assert_eq!(overlay.get(&bytes_key(0)).unwrap(), None);
    let found = pairs(&overlay, &KeyRange::store(StoreId::Bank), 9);
    assert_eq!(found, [(bytes_key(1), Value::default())]);
}
