//! What surrounds JSON-RPC on HTTP: CORS for any origin, gzip for long answers, and answers to plain GETs.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use jsonrpsee::core::BoxError;
use jsonrpsee::server::{HttpBody, HttpRequest, HttpResponse, ws};
use tower::{Layer, Service};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use tower_http::cors::{Any, CorsLayer};

use crate::exchange::rest;
use crate::limits::GZIP_BYTES_MIN;
use crate::methods::Api;

/// Any web page may call: the node holds no cookies and no keys.
pub(super) fn cors() -> CorsLayer {
    CorsLayer::new().allow_origin(Any).allow_methods(Any).allow_headers(Any)
}

/// Gzip for clients that take it.
pub(super) fn compression() -> CompressionLayer<SizeAbove> {
    CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest).compress_when(SizeAbove::new(GZIP_BYTES_MIN))
}

/// Answers plain GETs: market data below its path, and an empty 200 elsewhere, as geth does for load balancers.
pub(super) fn plain(api: Arc<Api>) -> PlainLayer {
    PlainLayer(api)
}

/// See [`plain`].
#[derive(Clone)]
pub(super) struct PlainLayer(Arc<Api>);

impl<S> Layer<S> for PlainLayer {
    type Service = Plain<S>;
    fn layer(&self, inner: S) -> Plain<S> {
        Plain { inner, api: self.0.clone() }
    }
}

/// See [`plain`].
#[derive(Clone)]
pub(super) struct Plain<S> {
    inner: S,
    api: Arc<Api>,
}

impl<S, B> Service<HttpRequest<B>> for Plain<S>
where
    S: Service<HttpRequest<B>, Response = HttpResponse, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = HttpResponse;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: HttpRequest<B>) -> Self::Future {
        if request.method() != "GET" || ws::is_upgrade_request(&request) {
            return Box::pin(self.inner.call(request));
        }
        let (api, uri) = (self.api.clone(), request.uri().clone());
        Box::pin(async move {
            let Some(path) = uri.path().strip_prefix(rest::ROOT) else {
                return Ok(HttpResponse::new(HttpBody::empty()));
            };
            let reply = rest::answer(&api, path, uri.query().unwrap_or_default()).await;
            let response = HttpResponse::builder().status(reply.status).header("content-type", "application/json");
            Ok(response.body(HttpBody::from(reply.body))?)
        })
    }
}
