//! One node of a local network: a process of this same binary, its log in a file, its life tied to ours by its standard input.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::home::Home;
use crate::settings::field::{self, Field};

/// Between an end and the next start: a node that cannot start does not keep the machine busy.
const RESTART_PAUSE: Duration = Duration::from_secs(1);
/// Bytes at a log's end among which its last line is looked for.
const LOG_END: u64 = 4096;
/// Variables that would be wrong for all nodes but one.
const OWN: [&Field; 10] = [
    &field::MONIKER,
    &field::HOST,
    &field::HTTP_PORT,
    &field::WS_PORT,
    &field::TENDERMINT_PORT,
    &field::METRICS_PORT,
    &field::P2P_HOST,
    &field::P2P_PORT,
    &field::GOSSIP_PORT,
    &field::PEERS,
];

/// A node's process.
pub struct Process {
    home: Home,
    flags: Vec<String>,
    child: Child,
    ended: Option<(ExitStatus, Instant)>,
    /// How often it was started again.
    pub restarts: u32,
}

impl Process {
    /// Starts the node of a home.
    ///
    /// # Errors
    /// What the system says.
    pub fn start(home: Home, flags: &[String]) -> Result<Self, Failure> {
        let child = spawn(&home, flags)?;
        Ok(Self { home, flags: flags.to_vec(), child, ended: None, restarts: 0 })
    }

    /// Its number in the system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it logs.
    pub fn log(&self) -> PathBuf {
        log(&self.home)
    }

    /// How it ended, if it did.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none() {
            self.ended = self.child.try_wait().ok().flatten().map(|status| (status, Instant::now()));
        }
        self.ended.map(|(status, _)| status)
    }

    /// Starts it again if it ended, after a pause.
    ///
    /// # Errors
    /// What the system says.
    pub fn restart_if_ended(&mut self) -> Result<(), Failure> {
        if self.ended().is_some() && self.ended.is_some_and(|(_, at)| at.elapsed() >= RESTART_PAUSE) {
            self.child = spawn(&self.home, &self.flags)?;
            self.ended = None;
            self.restarts += 1;
        }
        Ok(())
    }

    /// Asks it to stop, by closing its standard input.
    pub fn ask_to_stop(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Ends it at once; what it has committed is safe.
    pub fn kill(&mut self) {
        // An error says that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The last line of its log: why it ended, where it ended badly.
    pub fn last_words(&self) -> String {
        let end = || -> std::io::Result<String> {
            let mut file = File::open(self.log())?;
            let length = file.metadata()?.len();
            file.seek(SeekFrom::Start(length.saturating_sub(LOG_END)))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).lines().last().unwrap_or_default().trim().to_owned())
        };
        end().unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn log(home: &Home) -> PathBuf {
    home.path().join("node.log")
}

/// In a process group of its own: Ctrl-C reaches us alone, and we tell the nodes.
fn spawn(home: &Home, flags: &[String]) -> Result<Child, Failure> {
    let path = log(home);
    let open = || OpenOptions::new().append(true).create(true).open(&path);
    let (out, err) =
        open().and_then(|file| Ok((file.try_clone()?, file))).map_err(|e| Failure::io("write", &path, &e))?;
    let seiza = std::env::current_exe().map_err(|error| Failure::refused(format!("cannot find myself: {error}")))?;
    let mut command = Command::new(&seiza);
    command.arg("start").arg("--home").arg(home.path()).arg("--while-stdin").args(flags);
    for field in OWN {
        command.env_remove(field.variable());
    }
    command.env_remove("SEIZA_HOME").stdin(Stdio::piped()).stdout(out).stderr(err).process_group(0);
    command.spawn().map_err(|error| Failure::io("run", &seiza, &error))
}
