//! What every call passes on its way to its method: meters, geth's words for unknown methods, and the short way for
//! batches of raw transactions, whose signatures are recovered on all cores at once.

use std::future::ready;
use std::iter::Peekable;
use std::sync::Arc;
use std::time::Instant;
use std::vec::IntoIter;

use jsonrpsee::core::server::BatchResponseBuilder;
use jsonrpsee::server::middleware::rpc::{Batch, BatchEntry, BatchEntryErr, Notification, Request, RpcServiceT};
use jsonrpsee::types::ErrorObjectOwned;
use jsonrpsee::{MethodResponse, ResponsePayload};
use tower::Layer;

use super::meter::Meters;
use crate::args::Args;
use crate::exchange::subscribe as exchange;
use crate::limits::RESPONSE_BYTES_MAX;
use crate::methods::{Api, SEND_RAW, SUBSCRIBE, UNSUBSCRIBE};
use crate::{Bytes, Failure};

/// What needs a WebSocket.
const SUBSCRIPTION_METHODS: [&str; 4] = [SUBSCRIBE, UNSUBSCRIBE, exchange::SUBSCRIBE, exchange::UNSUBSCRIBE];
const INTERNAL_ERROR: i32 = -32_603;
const METHOD_NOT_FOUND: i32 = -32_601;

/// One entry of a batch: a call, a notification, or what is neither.
type Entry<'a> = Result<BatchEntry<'a>, BatchEntryErr<'a>>;

/// Puts a [`Dispatch`] around each connection's service.
#[derive(Clone)]
pub(super) struct DispatchLayer {
    api: Arc<Api>,
    meters: Arc<Meters>,
}

impl DispatchLayer {
    pub(super) fn new(api: Arc<Api>, meters: Meters) -> Self {
        Self { api, meters: Arc::new(meters) }
    }
}

impl<S> Layer<S> for DispatchLayer {
    type Service = Dispatch<S>;
    fn layer(&self, inner: S) -> Dispatch<S> {
        Dispatch { inner, api: self.api.clone(), meters: self.meters.clone() }
    }
}

/// One connection's way to the methods.
#[derive(Clone)]
pub(super) struct Dispatch<S> {
    inner: S,
    api: Arc<Api>,
    meters: Arc<Meters>,
}

impl<S> Dispatch<S>
where
    S: RpcServiceT<MethodResponse = MethodResponse> + Clone + Send + Sync + 'static,
{
    async fn one(self, request: Request<'_>) -> MethodResponse {
        let start = Instant::now();
        let (method, id) = (request.method.clone(), request.id.clone());
        let answer = self.inner.call(request).await;
        let answer = match failure_in_geths_words(&method, &answer) {
            Some(failure) => MethodResponse::error(id, ErrorObjectOwned::from(failure)),
            None => answer,
        };
        self.meters.get(&method).note(start, &answer);
        answer
    }

    /// Answers a run of `eth_sendRawTransaction` calls together.
    async fn send(&self, requests: Vec<Request<'_>>) -> Vec<MethodResponse> {
        let start = Instant::now();
        let raws = requests.iter().map(raw_transaction).collect();
        let results = self.api.submit(raws).await;
        let errors = results.iter().filter(|result| result.is_err()).count();
        self.meters.get(SEND_RAW).note_many(start, requests.len() as u64, errors as u64);
        let answer = |(request, result): (Request<'_>, Result<_, Failure>)| match result {
            Ok(hash) => {
                MethodResponse::response(request.id, ResponsePayload::success(hash), RESPONSE_BYTES_MAX as usize)
            }
            Err(failure) => MethodResponse::error(request.id, ErrorObjectOwned::from(failure)),
        };
        requests.into_iter().zip(results).map(answer).collect()
    }

    async fn many(self, batch: Batch<'_>) -> MethodResponse {
        let mut answers = BatchResponseBuilder::new_with_limit(RESPONSE_BYTES_MAX as usize);
        let mut notified = false;
        let mut entries = batch.into_iter().peekable();
        while let Some(entry) = entries.next() {
            notified |= matches!(entry, Ok(BatchEntry::Notification(_)));
            for answer in self.round(entry, &mut entries).await {
                if let Err(too_long) = answers.append(answer) {
                    return too_long;
                }
            }
        }
        match answers.is_empty() && notified {
            true => MethodResponse::notification(),
            false => MethodResponse::from_batch(answers.finish()),
        }
    }

    /// Answers an entry of a batch, and with a raw transaction those that follow it.
    async fn round<'a>(&self, entry: Entry<'a>, rest: &mut Peekable<IntoIter<Entry<'a>>>) -> Vec<MethodResponse> {
        match entry {
            Ok(BatchEntry::Call(request)) if request.method == SEND_RAW => {
                let mut run = vec![request];
                while let Some(Ok(BatchEntry::Call(next))) = rest.next_if(is_send) {
                    run.push(next);
                }
                self.send(run).await
            }
            Ok(BatchEntry::Call(request)) => vec![self.clone().one(request).await],
            Ok(BatchEntry::Notification(_)) => Vec::new(),
            Err(error) => {
                let (error, id) = error.into_parts();
                vec![MethodResponse::error(id, error)]
            }
        }
    }
}

fn is_send(entry: &Entry<'_>) -> bool {
    matches!(entry, Ok(BatchEntry::Call(request)) if request.method == SEND_RAW)
}

fn raw_transaction(request: &Request<'_>) -> Result<Bytes, Failure> {
    Args::parse(request.params.as_ref().map(|params| params.get()))?.required(0)
}

/// jsonrpsee's own errors, as geth says them.
fn failure_in_geths_words(method: &str, answer: &MethodResponse) -> Option<Failure> {
    if answer.is_subscription() {
        // The subscription itself has told the client already.
        return None;
    }
    match answer.as_error_code()? {
        METHOD_NOT_FOUND => Some(Failure::MethodNotFound(method.chars().take(128).collect())),
        INTERNAL_ERROR if SUBSCRIPTION_METHODS.contains(&method) => Some(Failure::NoNotifications),
        _ => None,
    }
}

impl<S> RpcServiceT for Dispatch<S>
where
    S: RpcServiceT<MethodResponse = MethodResponse> + Clone + Send + Sync + 'static,
{
    type MethodResponse = MethodResponse;
    type NotificationResponse = MethodResponse;
    type BatchResponse = MethodResponse;

    fn call<'a>(&self, request: Request<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        self.clone().one(request)
    }

    fn batch<'a>(&self, batch: Batch<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        self.clone().many(batch)
    }

    fn notification<'a>(&self, notification: Notification<'a>) -> impl Future<Output = MethodResponse> + Send + 'a {
        ready(MethodResponse::notification().with_extensions(notification.extensions))
    }
}
