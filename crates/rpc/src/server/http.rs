//! What surrounds JSON-RPC on HTTP: CORS for any origin, gzip for long answers, and an answer to health checks by GET.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use jsonrpsee::core::BoxError;
use jsonrpsee::server::{HttpBody, HttpRequest, HttpResponse, ws};
use tower::Service;
use tower::layer::{LayerFn, layer_fn};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use tower_http::cors::{Any, CorsLayer};

use crate::limits::GZIP_BYTES_MIN;

/// Any web page may call: the node holds no cookies and no keys.
pub(super) fn cors() -> CorsLayer {
    CorsLayer::new().allow_origin(Any).allow_methods(Any).allow_headers(Any)
}

/// Gzip for clients that take it.
pub(super) fn compression() -> CompressionLayer<SizeAbove> {
    CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest).compress_when(SizeAbove::new(GZIP_BYTES_MIN))
}

/// Answers a plain GET with an empty 200, as geth does for load balancers.
pub(super) fn health<S>() -> LayerFn<fn(S) -> Health<S>> {
    layer_fn(Health)
}

/// See [`health`].
#[derive(Clone)]
pub(super) struct Health<S>(S);

impl<S, B> Service<HttpRequest<B>> for Health<S>
where
    S: Service<HttpRequest<B>, Response = HttpResponse, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = HttpResponse;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: HttpRequest<B>) -> Self::Future {
        if request.method() == "GET" && !ws::is_upgrade_request(&request) {
            return Box::pin(async { Ok(HttpResponse::new(HttpBody::empty())) });
        }
        Box::pin(self.0.call(request))
    }
}
