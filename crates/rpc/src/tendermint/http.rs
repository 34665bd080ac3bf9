//! HTTP: JSON-RPC by POST, methods by GET, the upgrade to WebSocket, and who may call from where.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{DefaultBodyLimit, Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, watch};
use tower_http::CompressionLevel;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::SizeAbove;
use tower_http::cors::{Any, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;

use super::envelope::{self, Body};
use super::fault::Fault;
use super::params::Params;
use super::{Dialect, Service, TendermintConfig, methods, socket};
use crate::limits::{GZIP_BYTES_MIN, REQUEST_BYTES_MAX};
use crate::uri::form;

/// Where the old dialect is served.
const OLD: &str = "/v034";

/// What a request's handler is given.
#[derive(Clone)]
struct Site {
    service: Arc<Service>,
    dialect: Dialect,
    sockets: Arc<Semaphore>,
    stopped: watch::Receiver<bool>,
}

/// All routes.
pub(crate) fn router(service: Arc<Service>, config: &TendermintConfig, stopped: watch::Receiver<bool>) -> Router {
    let sockets = Arc::new(Semaphore::new(config.sockets_max));
    let site = Site { service, dialect: config.dialect, sockets, stopped };
    let old = Site { dialect: Dialect::V34, ..site.clone() };
    let gzip = CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest);
    Router::new()
        .merge(routes("", site))
        .merge(routes(OLD, old))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(REQUEST_BYTES_MAX as usize))
        .layer(gzip.compress_when(SizeAbove::new(GZIP_BYTES_MIN)))
        .layer(CorsLayer::new().allow_origin(Any).allow_methods(Any).allow_headers(Any))
}

fn routes(prefix: &str, site: Site) -> Router {
    let root = get(index).post(post);
    let router = Router::new().route(&format!("{prefix}/"), root.clone());
    let router = if prefix.is_empty() { router } else { router.route(prefix, root) };
    router
        .route(&format!("{prefix}/websocket"), get(upgrade))
        .route(&format!("{prefix}/{{method}}"), get(by_uri).post(post))
        .with_state(site)
}

async fn post(State(site): State<Site>, body: Bytes) -> Response {
    match envelope::read(&body) {
        Body::One(call) => match one(&site, call).await {
            Some(answer) => written(StatusCode::OK, &answer),
            None => StatusCode::OK.into_response(),
        },
        Body::Many(calls) => {
            let mut answers = Vec::with_capacity(calls.len());
            for call in calls {
                answers.extend(one(&site, call).await);
            }
            written(StatusCode::OK, &Value::Array(answers))
        }
    }
}

async fn one(site: &Site, call: Result<Option<envelope::Request>, (Value, Fault)>) -> Option<Value> {
    match call {
        Ok(None) => None,
        Err((id, fault)) => Some(envelope::answer(&id, &Err(fault))),
        Ok(Some(envelope::Request { id, method, params })) => {
            let answer = match params {
                Ok(params) => methods::answer(&site.service, site.dialect, &method, params).await,
                Err(fault) => Err(fault),
            };
            Some(envelope::answer(&id, &answer))
        }
    }
}

/// `GET /<method>?<parameters>`; the answer's id is -1, as in CometBFT.
async fn by_uri(State(site): State<Site>, Path(method): Path<String>, RawQuery(query): RawQuery) -> Response {
    let pairs = form(query.as_deref().unwrap_or_default());
    let answer = methods::answer(&site.service, site.dialect, &method, Params::Uri(pairs)).await;
    let status = match &answer {
        Ok(_) => StatusCode::OK,
        Err(fault) if *fault == Fault::method() => StatusCode::NOT_FOUND,
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    written(status, &envelope::answer(&json!(-1), &answer))
}

async fn upgrade(State(site): State<Site>, upgrade: WebSocketUpgrade) -> Response {
    let Ok(permit) = site.sockets.clone().try_acquire_owned() else {
        return (StatusCode::SERVICE_UNAVAILABLE, "too many WebSocket connections\n").into_response();
    };
    let upgrade = upgrade.max_message_size(REQUEST_BYTES_MAX as usize).max_frame_size(REQUEST_BYTES_MAX as usize);
    upgrade.on_upgrade(move |opened| async move {
        socket::serve(opened, site.service, site.dialect, site.stopped).await;
        drop(permit);
    })
}

/// `GET /`: what there is, for people.
async fn index() -> String {
    let mut text = String::from(
        "Tendermint RPC: POST / (JSON-RPC 2.0), GET /<method>?<parameter>=<value>, WebSocket /websocket\n\n",
    );
    for (name, params) in methods::names() {
        let params: Vec<String> = params.iter().map(|param| format!("{param}=_")).collect();
        let mark = if params.is_empty() { "" } else { "?" };
        text.push_str(&format!("/{name}{mark}{}\n", params.join("&")));
    }
    text
}

fn written(status: StatusCode, answer: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], answer.to_string()).into_response()
}
