//! Validators as processes: homes by `seiza testnet`, one process each, on loopback or each in a namespace of its own; what
//! they did is read from their logs.

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use seiza_types::Time;
use serde_json::Value;

use crate::line::{Line, Wire, address};
use crate::namespace::Namespace;

/// Patience with a network that is to make blocks.
const START_MAX: Duration = Duration::from_secs(60);
const SEIZA: &str = env!("CARGO_BIN_EXE_seiza");

/// What a network is like.
#[derive(Clone)]
pub struct Plan {
    /// How many validate.
    pub validators: usize,
    /// In memory (`/dev/shm`), or on disk.
    pub in_memory: bool,
    /// The wire between them; none is loopback.
    pub wire: Option<Wire>,
    /// Flags for each node.
    pub flags: Vec<String>,
    /// Flags of the chain.
    pub chain: Vec<String>,
    /// Whether pools tell each other.
    pub broadcast: bool,
}

impl Plan {
    /// Four validators on loopback, in memory, with these flags.
    pub fn new(flags: &[&str]) -> Self {
        let flags = flags.iter().map(ToString::to_string).collect();
        Self { validators: 4, in_memory: true, wire: None, flags, chain: Vec::new(), broadcast: true }
    }

    /// The same over a wire.
    pub fn over(self, wire: Wire) -> Self {
        Self { wire: Some(wire), ..self }
    }
}

/// Ports of one node.
struct Ports {
    http: u16,
    ws: u16,
    metrics: u16,
    tendermint: u16,
    consensus: u16,
}

struct Validator {
    home: PathBuf,
    ports: Ports,
    peers: String,
    child: Option<Child>,
    starts: u32,
}

impl Validator {
    fn log(&self, start: u32) -> String {
        fs::read_to_string(self.home.join(format!("log.{start}"))).unwrap_or_default()
    }
}

/// A running network; dropping it ends it.
pub struct Cluster {
    plan: Plan,
    validators: Vec<Validator>,
    namespaces: Vec<Namespace>,
    /// The wire, where there is one.
    pub line: Option<Line>,
    folder: tempfile::TempDir,
}

/// One committed block in a node's log.
#[derive(Debug, Clone)]
pub struct Logged {
    /// When it was committed: milliseconds since 1970.
    pub at_ms: f64,
    /// Height.
    pub height: u64,
    /// Round that decided.
    pub round: u64,
    /// Transactions.
    pub txs: u64,
    /// Milliseconds since the commit before.
    pub ms: f64,
    /// Milliseconds from the proposal being complete, or published, to its decision.
    pub decide_ms: f64,
    /// Milliseconds that executing it took.
    pub execute_ms: f64,
    /// Its hash.
    pub hash: String,
    /// Root of the state after it.
    pub app_hash: String,
}

impl Cluster {
    /// Founds and starts a network, and waits for its third block.
    pub fn start(plan: Plan) -> Result<Self, String> {
        let folder = if plan.in_memory {
            tempfile::tempdir_in("/dev/shm")
        } else {
            tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        };
        let folder = folder.map_err(|error| format!("no folder: {error}"))?;
        let namespaces = match plan.wire {
            Some(_) => (0..plan.validators).map(Namespace::new).collect::<Result<Vec<_>, _>>()?,
            None => Vec::new(),
        };
        let line = plan.wire.map(|wire| Line::join(&namespaces, wire));
        let validators = found(&plan, folder.path())?;
        let mut cluster = Self { plan, validators, namespaces, line, folder };
        for index in 0..cluster.validators.len() {
            cluster.start_one(index)?;
        }
        cluster.await_height(3)?;
        Ok(cluster)
    }

    /// Starts, or starts again, one validator.
    pub fn start_one(&mut self, index: usize) -> Result<(), String> {
        let mut command = match self.namespaces.get(index) {
            Some(namespace) => namespace.command(SEIZA),
            None => Command::new(SEIZA),
        };
        let validator = &mut self.validators[index];
        let home = &validator.home;
        command.arg("start").arg("--home").arg(home).args(["--log-format", "json"]).args(&self.plan.flags);
        let Ports { http, ws, metrics, tendermint, consensus } = validator.ports;
        let ports = [("http", http), ("ws", ws), ("metrics", metrics), ("tendermint", tendermint), ("p2p", consensus)];
        for (name, port) in ports {
            command.arg(format!("--{name}-port")).arg(port.to_string());
        }
        command.arg("--gossip-port").arg((consensus - 1).to_string()).arg("--peers").arg(&validator.peers);
        let log = home.join(format!("log.{}", validator.starts));
        let log = File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
        command.env("SEIZA_MEMPOOL_BROADCAST", self.plan.broadcast.to_string());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        validator.child = Some(command.spawn().map_err(|error| format!("{SEIZA}: {error}"))?);
        validator.starts += 1;
        Ok(())
    }

    /// Kills one validator at once.
    pub fn kill_one(&mut self, index: usize) {
        let Some(mut child) = self.validators[index].child.take() else { return };
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Whether all processes live; else what the dead one said last.
    pub fn check(&mut self) -> Result<(), String> {
        for index in 0..self.validators.len() {
            let ended = self.validators[index].child.as_mut().and_then(|child| child.try_wait().ok().flatten());
            if let Some(status) = ended {
                let text = self.log_of(index);
                let last = text.lines().rev().take(3).collect::<Vec<_>>().join("\n");
                return Err(format!("validator {index} ended: {status}\n{last}"));
            }
        }
        Ok(())
    }

    /// Where a node answers JSON-RPC; on a wire only from within its namespace.
    pub fn http(&self, index: usize) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.validators[index].ports.http))
    }

    /// Where a node answers Tendermint's RPC.
    pub fn tendermint(&self, index: usize) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.validators[index].ports.tendermint))
    }

    /// The blocks that each run of a node has committed, first run first.
    pub fn runs(&self, index: usize) -> Vec<Vec<Logged>> {
        let validator = &self.validators[index];
        (0..validator.starts).map(|start| validator.log(start).lines().filter_map(logged).collect()).collect()
    }

    /// Its namespace, where it has one.
    pub fn namespace(&self, index: usize) -> Option<&Namespace> {
        self.namespaces.get(index)
    }

    /// How many validate.
    pub fn len(&self) -> usize {
        self.validators.len()
    }

    fn log_of(&self, index: usize) -> String {
        let validator = &self.validators[index];
        (0..validator.starts).map(|start| validator.log(start)).collect()
    }

    /// The blocks that a node has committed, as its log tells.
    pub fn blocks(&self, index: usize) -> Vec<Logged> {
        self.log_of(index).lines().filter_map(logged).collect()
    }

    /// Log lines of all nodes that hold this text.
    pub fn count(&self, text: &str) -> usize {
        (0..self.len()).map(|index| self.log_of(index).lines().filter(|line| line.contains(text)).count()).sum()
    }

    /// The newest height of a node.
    pub fn height(&self, index: usize) -> u64 {
        self.blocks(index).last().map_or(0, |block| block.height)
    }

    /// Waits until every node has committed that height.
    pub fn await_height(&mut self, height: u64) -> Result<(), String> {
        let start = Instant::now();
        loop {
            self.check()?;
            let heights: Vec<u64> = (0..self.len()).map(|index| self.height(index)).collect();
            if heights.iter().all(|found| *found >= height) {
                return Ok(());
            }
            if start.elapsed() > START_MAX {
                let kept = self.folder.path().display();
                return Err(format!("no height {height} within {START_MAX:?}: heights {heights:?} (logs in {kept})"));
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        for index in 0..self.validators.len() {
            self.kill_one(index);
        }
    }
}

fn found(plan: &Plan, folder: &Path) -> Result<Vec<Validator>, String> {
    let net = folder.join("net");
    let mut command = Command::new(SEIZA);
    command.args(["testnet", "--validators", &plan.validators.to_string(), "--output"]).arg(&net).args(&plan.chain);
    match plan.wire {
        Some(_) => command.arg("--starting-ip").arg(std::net::Ipv4Addr::from(address(0)).to_string()),
        None => command.arg("--hosts").arg(vec!["127.0.0.1"; plan.validators].join(",")),
    };
    let output = command.output().map_err(|error| format!("{SEIZA}: {error}"))?;
    if !output.status.success() {
        return Err(format!("seiza testnet: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let homes: Vec<PathBuf> = (0..plan.validators).map(|index| net.join(format!("node{index}"))).collect();
    let ids = homes.iter().map(|home| id_of(home)).collect::<Result<Vec<_>, _>>()?;
    let ports = homes.iter().map(|_| ports(plan.wire.is_some())).collect::<Result<Vec<_>, _>>()?;
    let place = |index: usize| match plan.wire {
        Some(_) => std::net::Ipv4Addr::from(address(index)).to_string(),
        None => "127.0.0.1".into(),
    };
    let addresses: Vec<String> =
        (0..homes.len()).map(|index| format!("{}@{}:{}", ids[index], place(index), ports[index].consensus)).collect();
    let others = |own: usize| {
        let others = addresses.iter().enumerate().filter(|(index, _)| *index != own);
        others.map(|(_, address)| address.as_str()).collect::<Vec<_>>().join(",")
    };
    let seats = homes.into_iter().zip(ports).enumerate();
    Ok(seats
        .map(|(index, (home, ports))| Validator { home, ports, peers: others(index), child: None, starts: 0 })
        .collect())
}

/// The id under which others know a node.
fn id_of(home: &Path) -> Result<String, String> {
    let output = Command::new(SEIZA).args(["keys", "node", "--home"]).arg(home).output();
    let output = output.map_err(|error| format!("{SEIZA}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let id = text.split_whitespace().find(|word| word.starts_with("12D3"));
    id.map(str::to_owned).ok_or_else(|| format!("seiza keys node: {text}"))
}

/// Free ports; in a namespace any are.
fn ports(alone: bool) -> Result<Ports, String> {
    if alone {
        return Ok(Ports { http: 8545, ws: 8546, metrics: 26_660, tendermint: 26_657, consensus: 26_656 });
    }
    let listen = || TcpListener::bind("127.0.0.1:0").and_then(|listener| Ok((listener.local_addr()?.port(), listener)));
    let free = || listen().map_err(|error| error.to_string());
    // Held together, so that none is given twice; gossip stands one below consensus.
    let (http, ws, metrics, tendermint) = (free()?, free()?, free()?, free()?);
    for _ in 0..100 {
        let consensus = free()?;
        if TcpListener::bind(("127.0.0.1", consensus.0 - 1)).is_ok() {
            return Ok(Ports {
                http: http.0,
                ws: ws.0,
                metrics: metrics.0,
                tendermint: tendermint.0,
                consensus: consensus.0,
            });
        }
    }
    Err("no two free ports beside each other".into())
}

/// A line of the log that tells of a block.
fn logged(line: &str) -> Option<Logged> {
    let fields: Value = serde_json::from_str(line).ok()?;
    if fields["message"] != "block" {
        return None;
    }
    let text = |name: &str| fields[name].as_str().unwrap_or_default().to_owned();
    let at: Time = fields["timestamp"].as_str()?.parse().ok()?;
    Some(Logged {
        at_ms: at.unix_timestamp_nanos() as f64 / 1e6,
        height: fields["height"].as_u64()?,
        round: fields["round"].as_u64().unwrap_or(0),
        txs: fields["txs"].as_u64()?,
        ms: fields["ms"].as_f64()?,
        decide_ms: fields["decide_ms"].as_f64().unwrap_or(f64::NAN),
        execute_ms: fields["execute_ms"].as_f64().unwrap_or(f64::NAN),
        hash: text("hash"),
        app_hash: text("app_hash"),
    })
}
