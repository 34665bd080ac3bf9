//! Batches without a stale job are committed by key: what all jobs of a batch do to a key is one change of it.
//!
//! Sequential execution applies each job's delta by itself, and the first that does not come out ends the block. So a sum is
//! taken at once only where no order of its terms could fail; elsewhere they are taken job by job.

use seiza_state::{Delta, Key, Part, StateError, StateRead, Value, Write, amount_from_value, value_from_amount};

use super::batch::Batch;

/// Writes of a batch that are brought near at once: no more lines than a core can wait for.
const BROUGHT_AT_ONCE: usize = 32;

/// A write that does not come out: whose, by its number, and why.
pub(super) type Failed = (usize, Key, StateError);

/// One part of the changes, while batches are laid over it.
pub(crate) struct Merge<'a> {
    pub(crate) base: &'a (dyn StateRead + Sync),
    pub(crate) part: &'a mut Part,
}

impl Merge<'_> {
    /// Takes in what a batch writes in the part of that number; answers the write that does not come out, of the first job
    /// that has one and of its keys the least. All else is taken in.
    pub(crate) fn take(&mut self, batch: &Batch, number: usize) -> Option<Failed> {
        let (mut hashes, mut least) = (Vec::with_capacity(BROUGHT_AT_ONCE), None);
        for places in batch.in_part(number).chunks(BROUGHT_AT_ONCE) {
            self.bring(batch, places, &mut hashes);
            let failed = places.iter().filter_map(|place| self.take_one(batch, *place).err());
            least = failed.chain(least).min_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
        }
        least.map(|failed| *failed)
    }

    /// Looks at what is about to be taken, and at what lies under it, without waiting for one before the next: another core
    /// has written it. What is seen is of no interest.
    fn bring(&self, batch: &Batch, places: &[u32], hashes: &mut Vec<u64>) {
        let writes = batch.table.writes();
        let look = |place: &u32| {
            let (key, write) = &writes[*place as usize];
            key.hash64() ^ u64::from(matches!(write, Write::Add(_)))
        };
        std::hint::black_box(places.iter().map(look).fold(0, |seen, one| seen ^ one));
        let added =
            places.iter().map(|place| &writes[*place as usize]).filter(|(_, write)| matches!(write, Write::Add(_)));
        hashes.clear();
        hashes.extend(added.map(|(key, _)| key.hash64()));
        self.base.warm(hashes);
    }

    fn take_one(&mut self, batch: &Batch, at: u32) -> Result<(), Box<Failed>> {
        let (key, write) = &batch.table.writes()[at as usize];
        let place = self.part.place(key);
        let hides = !batch.covered_up.is_empty() && batch.covered_up.contains(&at);
        let value = match write {
            Write::Put(value) if !hides => Some(value.clone()),
            Write::Delete if !hides => None,
            _ => {
                let known = place.map(|place| self.part.at(place).clone());
                let below = known.map_or_else(|| self.base.get(key), Ok);
                let sum = below.as_ref().ok().and_then(|below| sum(write, key, below.as_ref()).filter(|_| !hides));
                sum.map_or_else(|| one_by_one(batch, at, key, below), Ok)?
            }
        };
        match place {
            Some(place) => self.part.set(place, value),
            None => self.part.push(key.clone(), value),
        }
        Ok(())
    }
}

/// The amount after a delta, where its debits are covered without its credits and the credits fit without the debits.
fn sum(write: &Write, key: &Key, below: Option<&Value>) -> Option<Option<Value>> {
    let Write::Add(delta) = write else { return None };
    let (below, delta): (_, &Delta) = (amount_from_value(key, below.map(|below| &**below)).ok()?, delta);
    let (least, _most) = (below.checked_sub(delta.debited())?, below.checked_add(delta.credited())?);
    Some(value_from_amount(least + delta.credited()))
}

fn one_by_one(
    batch: &Batch,
    at: u32,
    key: &Key,
    below: Result<Option<Value>, StateError>,
) -> Result<Option<Value>, Box<Failed>> {
    let mut value = below;
    for (job, write) in batch.writes_at(at) {
        let after = write.resolve(key, || value.clone());
        value = Ok(after.map_err(|error| Box::new((job, key.clone(), error)))?);
    }
    Ok(value.expect("a key in the table was written, and the first write has asked for what is below"))
}
