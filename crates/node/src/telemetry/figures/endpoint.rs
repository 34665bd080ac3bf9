//! The endpoint that serves the figures to Prometheus, and the buckets of those that are histograms.

use std::io;
use std::net::{SocketAddr, TcpListener};

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};

use super::{EXECUTE_SECONDS, FETCH_SECONDS, HEIGHT_SECONDS, STEP_SECONDS, describe};
use crate::failure::Failure;

/// Upper ends of the buckets of times between people: heights, steps, fetches.
const HEIGHT_BUCKETS: [f64; 14] = [0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6, 1.0, 2.0, 5.0, 10.0];
/// Upper ends of the buckets of execution times.
const EXECUTE_BUCKETS: [f64; 14] =
    [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0, 5.0];

/// Opens the metrics port (0 takes a free one), installs the recorder, and serves on the current tokio runtime; gives the
/// address.
///
/// # Errors
/// The port is in use or not ours.
pub fn serve(address: SocketAddr) -> Result<SocketAddr, Failure> {
    let address = available(address)
        .map_err(|error| Failure::refused(crate::ports::cannot_listen("metrics", address, "--metrics-port", &error)))?;
    let failed =
        |error: &dyn std::fmt::Display| Failure::refused(format!("cannot serve metrics on {address}: {error}"));
    let builder = PrometheusBuilder::new().with_http_listener(address);
    let buckets = |builder: PrometheusBuilder, name: &str, bounds: &[f64]| {
        builder.set_buckets_for_metric(Matcher::Full(name.into()), bounds)
    };
    let builder = [HEIGHT_SECONDS, STEP_SECONDS, FETCH_SECONDS]
        .into_iter()
        .try_fold(builder, |builder, name| buckets(builder, name, &HEIGHT_BUCKETS))
        .and_then(|builder| buckets(builder, EXECUTE_SECONDS, &EXECUTE_BUCKETS));
    let (recorder, server) = builder.and_then(PrometheusBuilder::build).map_err(|error| failed(&error))?;
    metrics::set_global_recorder(recorder).map_err(|error| failed(&error))?;
    describe();
    tokio::spawn(async move {
        if server.await.is_err() {
            tracing::error!("the metrics server has stopped; the chain goes on");
        }
    });
    Ok(address)
}

/// Asks the system for the port, so that a busy one is told as what it is and port 0 becomes a number.
fn available(address: SocketAddr) -> io::Result<SocketAddr> {
    TcpListener::bind(address)?.local_addr()
}
