//! The two chains under test: how each is started, on which flags, and how it is stopped.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::http::Connection;
use crate::wallet::CHAIN_ID;

/// Blocks by a short interval (a block for each transaction is far slower; a second gives the same rate and twice the wait),
/// no order by fee, no block gas bound to wait for, no size check of requests, no CORS.
pub const ANVIL_FLAGS: &str = "--block-time 0.3 --order fifo --gas-limit 2000000000 --base-fee 1000000000 --no-cors \
                               --no-request-size-limit --disable-default-create2-deployer";
const START_MAX: Duration = Duration::from_secs(20);

/// A running chain; dropping it ends the process.
pub struct Target {
    /// Its name in the report.
    pub name: &'static str,
    /// The command line, for the report.
    pub command: String,
    /// Where it answers.
    pub address: SocketAddr,
    child: Child,
    _home: tempfile::TempDir,
}

impl Target {
    /// A Seiza devnet on a home on disk, with more flags.
    pub fn seiza(flags: &[&str]) -> io::Result<Self> {
        let home = home()?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_seiza"));
        command.args(["devnet", "--quiet", "--ws-port", "0", "--metrics-port", "0", "--block-time", "1s"]);
        command.args(flags);
        command.arg("--home").arg(home.path().join("chain")).arg("--http-port");
        Self::start("seiza", command, home)
    }

    /// Anvil with the flags on which it is fastest here (see [`ANVIL_FLAGS`]), or with others.
    pub fn anvil(binary: &PathBuf, flags: Option<&str>) -> io::Result<Self> {
        let mut command = Command::new(binary);
        command.args(["--quiet", "--chain-id", &CHAIN_ID.to_string(), "--hardfork", "prague"]);
        command.args(flags.unwrap_or(ANVIL_FLAGS).split_whitespace()).arg("--port");
        Self::start("anvil", command, home()?)
    }

    fn start(name: &'static str, mut command: Command, home: tempfile::TempDir) -> io::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        command.arg(address.port().to_string()).stdin(Stdio::null()).stdout(Stdio::null());
        let words: Vec<String> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
        let child = command.spawn()?;
        let mut target = Self { name, command: format!("{name} {}", words.join(" ")), address, child, _home: home };
        target.await_answer()?;
        Ok(target)
    }

    fn await_answer(&mut self) -> io::Result<()> {
        let start = Instant::now();
        while start.elapsed() < START_MAX {
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("{} ended at start: {status}", self.name)));
            }
            let answer = Connection::open(self.address).and_then(|mut c| c.ask("eth_chainId", &json!([])));
            if answer.is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(io::Error::other(format!("{} does not answer", self.name)))
    }

    /// A connection to it.
    pub fn connect(&self) -> io::Result<Connection> {
        Connection::open(self.address)
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder on the disk of the build, not in a memory file system that `/tmp` may be.
fn home() -> io::Result<tempfile::TempDir> {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))
}

/// Where anvil is: `SEIZA_ANVIL`, or the npm package of the end-to-end suite.
pub fn anvil_binary() -> Option<PathBuf> {
    let named = std::env::var_os("SEIZA_ANVIL").map(PathBuf::from);
    let packaged = || {
        let repository = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
        ["anvil-linux-amd64", "anvil-linux-x64", "anvil-linux-arm64", "anvil-darwin-arm64", "anvil-darwin-amd64"]
            .iter()
            .map(|package| repository.join("e2e/node_modules/@foundry-rs").join(package).join("bin/anvil"))
            .find(|path| path.exists())
    };
    named.filter(|path| path.exists()).or_else(packaged)
}
