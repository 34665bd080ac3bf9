//! Asking peers for what one of them is enough for: headers on the way to a snapshot's, its base, its top.

use std::collections::BTreeSet;
use std::time::Instant;

use seiza_network::{Fault, Item, PeerId};
use seiza_types::Height;

use super::light::{Light, Step};
use super::light_block::LightBlock;
use super::limits::{HEADERS_MAX, MISS_PAUSE, STALL};
use super::proof::Proof;
use super::pull::{Pull, Trouble};
use super::trust::Root;
use crate::clock;
use crate::failure::Failure;

impl Pull {
    /// Asks peer after peer, until one gives what passes the check.
    pub(super) async fn first<T>(
        &self,
        item: Item,
        check: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<(PeerId, T), Trouble> {
        let (begun, mut wrong) = (Instant::now(), BTreeSet::new());
        let mut why = "no peer gave it".to_owned();
        while begun.elapsed() < STALL {
            for peer in
                self.network.peers().iter().map(|peer| peer.id).filter(|id| !wrong.contains(id)).collect::<Vec<_>>()
            {
                match self.network.fetch_snapshot(peer, item).await.map(|bytes| check(&bytes)) {
                    Ok(Ok(found)) => return Ok((peer, found)),
                    Ok(Err(error)) => {
                        tracing::warn!(%peer, ?item, error, "a peer sent what is not sound");
                        self.network.report(&peer, Fault::WrongChunk);
                        wrong.insert(peer);
                        why = error;
                    }
                    Err(_) => {}
                }
            }
            tokio::time::sleep(MISS_PAUSE).await;
        }
        Err(Trouble::Peers(format!("{item:?}: {why}")))
    }

    /// Verifies the headers of a height and of the next one.
    pub(super) async fn prove(&self, height: Height) -> Result<Proof, Trouble> {
        let fatal = |why: String| Trouble::Fatal(Failure::refused(why));
        let root = Root::of(&self.genesis, self.trust.block).map_err(fatal)?;
        let chain_id = self.genesis.chain_id.parse().map_err(|_| fatal("the genesis has no chain id".into()))?;
        let mut light = Light::new(chain_id, root, self.trust.period);
        if let Some(first) = light.first() {
            let ((_, block), (_, next)) = (self.light(first).await?, self.light(first + 1).await?);
            light.begin(&block, &next).map_err(Trouble::Peers)?;
        }
        if let Some(why) = light.expired(clock::now()) {
            return Err(fatal(why));
        }
        let (mut targets, mut asked) = (vec![height], 0);
        while let Some(target) = targets.last().copied() {
            asked += 1;
            let ((peer, block), (_, next)) = (self.light(target).await?, self.light(target + 1).await?);
            match light.advance(&block, &next, clock::now()) {
                Step::Trusted if target == height => {
                    light.follows(&next, clock::now()).map_err(Trouble::Peers)?;
                    return Ok(Proof { block, next });
                }
                Step::Trusted => drop(targets.pop()),
                Step::TooFar => {
                    let middle = light.height().midpoint(target);
                    if middle <= light.height() || asked >= HEADERS_MAX {
                        return Err(Trouble::Peers("too few of the trusted validators signed".into()));
                    }
                    targets.push(middle);
                }
                Step::Refused(why) => {
                    self.network.report(&peer, Fault::WrongChunk);
                    return Err(Trouble::Peers(why));
                }
            }
        }
        Err(Trouble::Peers("no header was wanted".into()))
    }

    async fn light(&self, height: Height) -> Result<(PeerId, LightBlock), Trouble> {
        self.first(Item::Light(height), |bytes| {
            let block = LightBlock::decode(bytes)?;
            let fits = block.height() == height;
            fits.then_some(block).ok_or_else(|| format!("not of height {height}"))
        })
        .await
    }
}
