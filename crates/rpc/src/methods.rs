//! The table of methods: each name, the function that answers it, and where that function runs.

use std::sync::Arc;
use std::time::Duration;

use jsonrpsee::core::RegisterMethodError;
use jsonrpsee::types::Params;
use jsonrpsee::{Methods, RpcModule};
use serde::Serialize;
use tokio::sync::oneshot;

use crate::args::Args;
use crate::eth::filters::Filters;
use crate::workers::{Deadline, Weight, Workers};
use crate::{B256, Backend, Bytes, Failure, debug, eth, exchange, net, sei, txpool, web3};

/// Sends a signed transaction.
pub(crate) const SEND_RAW: &str = "eth_sendRawTransaction";
/// Begins a subscription.
pub(crate) const SUBSCRIBE: &str = "eth_subscribe";
/// Ends a subscription.
pub(crate) const UNSUBSCRIBE: &str = "eth_unsubscribe";
/// The notifications of a subscription.
pub(crate) const SUBSCRIPTION: &str = "eth_subscription";

/// What a method answers.
pub(crate) type Answer<T> = Result<T, Failure>;

/// What methods share.
pub(crate) struct Api {
    /// The chain, the pool and the store.
    pub(crate) backend: Arc<Backend>,
    /// Filters of HTTP clients.
    pub(crate) filters: Filters,
    /// Where heavy reads run.
    pub(crate) workers: Workers,
}

impl Api {
    pub(crate) fn new(backend: Arc<Backend>) -> Self {
        Self { backend, filters: Filters::default(), workers: Workers::default() }
    }

    /// Decodes, verifies and admits raw transactions on all cores; answers are in the order given.
    pub(crate) async fn submit(&self, raws: Vec<Result<Bytes, Failure>>) -> Vec<Answer<B256>> {
        let (sender, receiver) = oneshot::channel();
        let (backend, count) = (self.backend.clone(), raws.len());
        self.backend.verifiers().spawn(move || {
            // An error says that the client has hung up: its transactions are in all the same.
            let _ = sender.send(backend.submit(raws));
        });
        let lost = |_| vec![Err(Failure::Internal("the verifier is gone".into())); count];
        receiver.await.unwrap_or_else(lost)
    }
}

/// Builds the table.
pub(crate) struct Table(RpcModule<Api>);

impl Table {
    /// A method that reads a handful of keys: answered on the connection's own task.
    pub(crate) fn quick<T>(&mut self, name: &'static str, method: fn(&Api, &Args<'_>) -> Answer<T>) -> Registered
    where
        T: Serialize + Clone + 'static,
    {
        let answer = move |params: Params<'_>, api: &Api, _: &_| {
            Args::parse(params.as_str()).and_then(|args| method(api, &args))
        };
        self.0.register_method(name, answer).map(|_| ())
    }

    /// A method that runs the EVM or scans blocks: answered by a worker within `limit`.
    pub(crate) fn heavy<T>(
        &mut self,
        name: &'static str,
        (weight, limit): (Weight, Duration),
        method: fn(&Api, &Args<'_>, &Deadline) -> Answer<T>,
    ) -> Registered
    where
        T: Serialize + Clone + Send + 'static,
    {
        let answer = move |params: Params<'static>, api: Arc<Api>, _| async move {
            let inner = api.clone();
            let work = move |deadline: Deadline| method(&inner, &Args::parse(params.as_str())?, &deadline);
            api.workers.run(weight, limit, work).await
        };
        self.0.register_async_method(name, answer).map(|_| ())
    }

    /// A method that is known, and not served.
    pub(crate) fn refused(&mut self, name: &'static str, why: fn() -> Failure) -> Registered {
        self.0.register_method(name, move |_, _, _| Answer::<()>::Err(why())).map(|_| ())
    }

    /// The underlying module, for what has a shape of its own.
    pub(crate) fn module(&mut self) -> &mut RpcModule<Api> {
        &mut self.0
    }
}

/// Whether a method's name was free.
pub(crate) type Registered = Result<(), RegisterMethodError>;

/// All methods of all name spaces.
pub(crate) fn table(api: &Arc<Api>) -> Result<Methods, RegisterMethodError> {
    let mut table = Table(RpcModule::from_arc(api.clone()));
    eth::register(&mut table)?;
    debug::register(&mut table)?;
    sei::register(&mut table)?;
    net::register(&mut table)?;
    web3::register(&mut table)?;
    txpool::register(&mut table)?;
    exchange::register(&mut table)?;
    Ok(table.0.into())
}
