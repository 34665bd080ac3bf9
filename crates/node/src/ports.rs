//! The ports that clients come to: whether they are free, and what is said of one that cannot be opened.

use std::io;
use std::net::{SocketAddr, TcpListener};

use crate::failure::Failure;
use crate::settings::Settings;

/// Tells of a port in use before a node begins with what takes long: fetching a state, opening a large one.
///
/// # Errors
/// A port that cannot be opened, with the flag that helps.
pub fn are_free(settings: &Settings) -> Result<(), Failure> {
    let ports = [
        ("HTTP", settings.http_port, "--http-port"),
        ("WebSocket", settings.ws_port, "--ws-port"),
        ("Tendermint", settings.tendermint_port, "--tendermint-port"),
        ("metrics", settings.metrics_port, "--metrics-port"),
    ];
    ports.iter().try_for_each(|(what, port, flag)| {
        let address = SocketAddr::new(settings.host, *port);
        let told = |error| Failure::refused(cannot_listen(what, address, flag, &error));
        TcpListener::bind(address).map(|_| ()).map_err(told)
    })
}

/// Why rpc does not listen, with the flag that helps.
pub fn listen_failure(error: &seiza_rpc::RpcError) -> Failure {
    match error {
        seiza_rpc::RpcError::Listen { what, address, source } => {
            let flag = if *what == "HTTP" { "--http-port" } else { "--ws-port" };
            Failure::refused(cannot_listen(what, *address, flag, source))
        }
        other => Failure::refused(other),
    }
}

/// One line for a port that cannot be opened.
pub fn cannot_listen(what: &str, address: SocketAddr, flag: &str, error: &io::Error) -> String {
    let (ip, port) = (address.ip(), address.port());
    match error.kind() {
        io::ErrorKind::AddrInUse => format!(
            "port {port} on {ip} ({what}) is in use: stop the program that listens there, or choose another with {flag} \
             (0 takes a free one)"
        ),
        io::ErrorKind::AddrNotAvailable => {
            format!("{ip} is no address of this machine ({what}): choose another with --host")
        }
        io::ErrorKind::PermissionDenied => {
            format!("this user may not listen on port {port} of {ip} ({what}): choose one above 1023 with {flag}")
        }
        _ => format!("cannot listen on {address} ({what}): {error}"),
    }
}
