//! A Cosmos transaction tried out on the head: its messages are run for real, and nothing is kept.

use seiza_modules::{Ctx, GasMeter, ModuleError, Place, auth};
use seiza_state::Access;
use seiza_types::tx::{CosmosTx, Signer};
use seiza_types::{Code, Event, Time};

use crate::{Chain, ChainError, cosmos};

/// What a transaction would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Simulated {
    /// How it would end.
    pub code: Code,
    /// Gas it would use.
    pub gas_used: u64,
    /// What it would tell.
    pub events: Vec<Event>,
}

impl Chain {
    /// Runs a transaction of `size` bytes by `signer` in the block that would follow the head at `now`. Neither its
    /// signature nor its sequence need fit, and no fee is taken: clients ask before they know any of them.
    ///
    /// # Errors
    /// Those of reading state.
    pub fn simulate(&self, tx: &CosmosTx, signer: &Signer, size: usize, now: Time) -> Result<Simulated, ChainError> {
        let (context, base) = (self.next_context(now)?, self.head_overlay());
        let mut access = Access::unrecorded(&base);
        auth::link(&mut access, signer)?;
        let mut gas = GasMeter::new(context.gas_limit);
        let mut events = Vec::new();
        let block = context.info();
        let mut ctx =
            Ctx { state: &mut access, block: &block, place: Place::default(), gas: &mut gas, events: &mut events };
        let ours = tx.messages.iter().all(|message| message.signer() == signer.sei);
        let code = match ours.then(|| cosmos::messages(&mut ctx, signer.address, size, tx)) {
            None => Code::Rejected,
            Some(Ok(_)) => Code::Ok,
            Some(Err(ModuleError::State(error))) => return Err(error.into()),
            Some(Err(error)) => error.code().unwrap_or(Code::Rejected),
        };
        if code != Code::Ok {
            events.clear();
        }
        Ok(Simulated { code, gas_used: gas.used(), events })
    }
}
