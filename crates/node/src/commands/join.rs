//! `seiza join`: becomes a node of a chain that runs, in one command: files, state, start.

use serde_json::Value;

use seiza_chain::Genesis;
use seiza_types::PeerAddress;

use super::start;
use crate::args::{JoinArgs, StartArgs};
use crate::client::Client;
use crate::failure::Failure;
use crate::founding::{Files, NodeKey, new_validator_key};
use crate::home::{Home, read};
use crate::settings::PeerList;
use crate::settings::field::{self, Field};

/// Writes the home where there is none, then runs the node.
///
/// # Errors
/// No genesis can be had, the folder cannot be written, and those of `seiza start`.
pub fn run(args: JoinArgs) -> Result<(), Failure> {
    let home = Home::at(&args.home);
    if !home.genesis().exists() {
        write(&args, &home)?;
    }
    start::run(&StartArgs { while_stdin: false, home: args.home, node: args.node })
}

fn write(args: &JoinArgs, home: &Home) -> Result<(), Failure> {
    if !home.is_empty()? {
        let path = home.path().display();
        return Err(Failure::refused(format!(
            "{path} holds no node and is not empty: choose another --home, or empty it"
        )));
    }
    let (document, found) = document(args)?;
    Genesis::from_json(&document).map_err(|error| Failure::refused(format!("{error}: take the chain's own file")))?;
    let peers = args.node.peers.clone().or(found);
    let peers = peers.filter(|peers| !peers.0.is_empty());
    let peers = peers.ok_or_else(|| Failure::usage("name --peers of the chain, or a node of it by --rpc"))?;
    let mut settings: Vec<(&Field, String)> =
        vec![(&field::PEERS, peers.to_string()), (&field::STATE_SYNC, "true".into())];
    settings.extend(args.node.moniker.as_ref().map(|moniker| (&field::MONIKER, moniker.0.clone())));
    let (validator, node) = (&new_validator_key()?, &NodeKey::generate()?);
    Files { document: &document, settings: &settings, validator, node }.write(home)
}

/// The genesis, and the peer that gave it.
fn document(args: &JoinArgs) -> Result<(String, Option<PeerList>), Failure> {
    match (&args.genesis, &args.rpc) {
        (Some(file), _) => Ok((read(file)?, None)),
        (None, Some(url)) => ask(url),
        (None, None) => Err(Failure::usage("name the chain: its genesis.json by --genesis, or a node of it by --rpc")),
    }
}

/// Asks a node for its genesis, and where it meets peers.
fn ask(url: &str) -> Result<(String, Option<PeerList>), Failure> {
    let base = url.trim_end_matches('/');
    let get = |method: &str| -> Result<Value, Failure> {
        let text = Client::of(&format!("{base}/{method}"))?.get()?;
        let answer: Value = serde_json::from_str(&text).map_err(|_| strange(url))?;
        Ok(answer["result"].clone())
    };
    let genesis = get("genesis")?["genesis"]["app_state"].clone();
    if !genesis.is_object() {
        return Err(strange(url));
    }
    let listen = get("status")?["node_info"]["listen_addr"].as_str().unwrap_or_default().to_owned();
    let host = base.trim_start_matches("http://").rsplit_once(':').map_or("", |(host, _)| host);
    let port = listen.rsplit_once(':').map_or("", |(_, port)| port);
    let peer: Option<PeerAddress> = format!("{host}:{port}").parse().ok();
    let document = serde_json::to_string_pretty(&genesis).expect("what was read is written");
    Ok((format!("{document}\n"), peer.map(|peer| PeerList(vec![peer]))))
}

fn strange(url: &str) -> Failure {
    Failure::refused(format!(
        "what answers at {url} is no Tendermint RPC of seiza: name another --rpc, or use --genesis"
    ))
}
