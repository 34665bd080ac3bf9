//! What a module is given to work with, and the one door between native code, EVM and Wasm.

use seiza_state::StateWrite;
use seiza_types::tx::Message;
use seiza_types::{Address, Bytes, Coin, Event, Height, U256};

use crate::ModuleError;

/// The block a module runs in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BlockInfo {
    /// Its height.
    pub height: Height,
    /// Its time, whole seconds since 1970.
    pub timestamp: u64,
    /// The nanoseconds that its time has beyond these.
    pub nanos: u32,
    /// EIP-155 chain id.
    pub evm_chain_id: u64,
}

impl BlockInfo {
    /// The block's time, nanoseconds since 1970.
    #[must_use]
    pub fn time_ns(&self) -> u64 {
        self.timestamp.saturating_mul(1_000_000_000).saturating_add(u64::from(self.nanos))
    }
}

/// Where in its block something happens: what orders are named by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Place {
    /// The transaction's index in the block.
    pub tx: u32,
    /// The message's index in the transaction; in an EVM transaction the calls to the exchange are counted.
    pub message: u16,
}

/// Gas of one transaction, shared by everything that runs in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GasMeter {
    limit: u64,
    used: u64,
}

impl GasMeter {
    /// A meter that allows `limit` gas.
    #[must_use]
    pub fn new(limit: u64) -> Self {
        Self { limit, used: 0 }
    }

    /// Charges `gas`; where it does not fit, all of the limit counts as used.
    ///
    /// # Errors
    /// [`ModuleError::OutOfGas`].
    pub fn charge(&mut self, gas: u64) -> Result<(), ModuleError> {
        match self.used.checked_add(gas).filter(|used| *used <= self.limit) {
            Some(used) => {
                self.used = used;
                Ok(())
            }
            None => {
                self.used = self.limit;
                Err(ModuleError::OutOfGas { limit: self.limit })
            }
        }
    }

    /// Gas used so far.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.used
    }

    /// Gas left.
    #[must_use]
    pub fn left(&self) -> u64 {
        self.limit - self.used
    }
}

/// A module's view of one transaction (or of a block's begin or end).
pub struct Ctx<'a> {
    /// The state, as this transaction sees it.
    pub state: &'a mut dyn StateWrite,
    /// The block.
    pub block: &'a BlockInfo,
    /// Where in the block.
    pub place: Place,
    /// The transaction's gas.
    pub gas: &'a mut GasMeter,
    /// What the transaction tells the outside world; dropped with it on failure.
    pub events: &'a mut Vec<Event>,
}

/// A call to code of any kind.
#[derive(Debug, Clone)]
pub enum Call {
    /// A native message.
    Native(Message),
    /// An EVM contract.
    Evm {
        /// Whom.
        to: Address,
        /// Wei sent along.
        value: U256,
        /// Calldata.
        input: Bytes,
    },
    /// A CosmWasm contract.
    Wasm {
        /// Whom.
        contract: Address,
        /// JSON message.
        msg: Bytes,
        /// Coins sent along.
        funds: Vec<Coin>,
    },
}

/// Calls code of another kind from wherever one is; defined here so that modules can call contracts, implemented by `vm`.
pub trait Dispatch {
    /// Makes the call on the same state, gas meter and revert as the caller's.
    ///
    /// # Errors
    /// The callee's failure; its writes are reverted already.
    fn dispatch(&mut self, ctx: &mut Ctx<'_>, caller: Address, call: Call) -> Result<Bytes, ModuleError>;
}
