//! `seiza localnet`: a network of validators on this machine, each a process of its own, founded if need be and run at once.
//!
//! Promise: no process outlives this one, however it ends; a network that somebody keeps is continued by the same command.

mod network;
mod process;
mod screen;
mod seats;
mod watch;

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use parking_lot::Mutex;

use super::place::Place;
use crate::args::LocalnetArgs;
use crate::banner::banner;
use crate::failure::Failure;
use crate::signals::Signals;
use network::Network;
use process::Process;
use screen::{Row, Screen, TABLE_EVERY};
use watch::{Seen, watch};

/// How long all nodes together may take to start.
const START_MAX: Duration = Duration::from_secs(120);
/// How long a node may take to stop.
const STOP_MAX: Duration = Duration::from_secs(20);
/// Between two looks at whether all have stopped.
const STOP_LOOK: Duration = Duration::from_millis(20);

/// A running node, and what is seen of it.
struct Member {
    name: String,
    process: Process,
    seen: Arc<Mutex<Seen>>,
}

impl Member {
    fn if_alive(&mut self) -> Option<&mut Self> {
        self.process.ended().is_none().then_some(self)
    }

    fn row(&mut self) -> Row {
        let ended = self.process.ended().map(|status| format!("ended: {} ({status})", self.process.last_words()));
        Row { name: self.name.clone(), seen: self.seen.lock().clone(), ended, restarts: self.process.restarts }
    }
}

/// Runs the network until it is stopped.
///
/// # Errors
/// Flags that contradict the network in the folder, a node that cannot start, all of them ended, one that had to be killed.
pub fn run(args: &LocalnetArgs) -> Result<(), Failure> {
    let place = Place::of(args.home.as_deref(), "localnet")?;
    let network = Network::open(args, place.path())?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::refused(format!("cannot start threads: {error}")))?;
    runtime.block_on(live(args, &network, &place))?;
    let end = place.leave()?;
    if !args.quiet {
        // Whoever read the banner may be gone by now.
        let _ = writeln!(std::io::stdout(), "Stopped. {end}");
    }
    Ok(())
}

async fn live(args: &LocalnetArgs, network: &Network, place: &Place) -> Result<(), Failure> {
    let mut signals = Signals::listen()?;
    let mut members = network.nodes.iter().map(|node| start(node, network)).collect::<Result<Vec<_>, _>>()?;
    let served = until_served(&mut members, &mut signals).await;
    let ran = match served {
        Ok(true) => show_until_stopped(args, network, place, &mut members, &mut signals).await,
        Ok(false) => Ok(()),
        Err(failure) => Err(failure),
    };
    let stopped = stop(&mut members, &mut signals).await;
    ran.and(stopped)
}

fn start(node: &network::Node, network: &Network) -> Result<Member, Failure> {
    let process = Process::start(node.home.clone(), &network.flags)?;
    let seen = watch(node.http(), node.at(node.settings.metrics_port))?;
    Ok(Member { name: node.name.clone(), process, seen })
}

/// Waits until every node answers; false if somebody wants to stop before.
async fn until_served(members: &mut [Member], signals: &mut Signals) -> Result<bool, Failure> {
    let start = Instant::now();
    while !members.iter().all(|member| member.seen.lock().answered.is_some()) {
        if let Some(member) = members.iter_mut().find_map(|member| member.process.ended().is_some().then_some(member)) {
            let (words, log) = (member.process.last_words(), member.process.log());
            let why = words.strip_prefix("error: ").unwrap_or(&words);
            return Err(Failure::refused(format!("{} cannot start: {why} (log: {})", member.name, log.display())));
        }
        if start.elapsed() > START_MAX {
            let seconds = START_MAX.as_secs();
            return Err(Failure::refused(format!(
                "not all nodes serve after {seconds} s: see node.log in their homes"
            )));
        }
        tokio::select! {
            () = signals.next() => return Ok(false),
            () = tokio::time::sleep(STOP_LOOK) => (),
        }
    }
    Ok(true)
}

async fn show_until_stopped(
    args: &LocalnetArgs,
    network: &Network,
    place: &Place,
    members: &mut [Member],
    signals: &mut Signals,
) -> Result<(), Failure> {
    if !args.quiet {
        let text = banner(&network.genesis, network.founders.as_ref(), &endpoints(network, members), &place.says())?;
        println!("{text}\nListening on {}\n", network.nodes[0].http());
    }
    let mut screen = Screen::of(args.plain, args.quiet);
    let ended = loop {
        let rows: Vec<Row> = members.iter_mut().map(Member::row).collect();
        screen.show(&rows, network.block_time());
        if let Some(failure) = after_ends(args.restart, members, &rows, &screen)? {
            break Err(failure);
        }
        tokio::select! {
            () = signals.next() => break Ok(()),
            () = tokio::time::sleep(TABLE_EVERY) => (),
        }
    };
    screen.leave();
    ended
}

/// Starts again what ended, where that is wanted; a failure if nobody is left otherwise.
fn after_ends(
    restart: bool,
    members: &mut [Member],
    rows: &[Row],
    screen: &Screen,
) -> Result<Option<Failure>, Failure> {
    if !restart {
        let all = rows.iter().all(|row| row.ended.is_some());
        let why = rows.iter().filter_map(|row| row.ended.as_deref()).next().unwrap_or_default();
        return Ok(all.then(|| Failure::refused(format!("all nodes have ended; {} {why}", rows[0].name))));
    }
    for (member, row) in members.iter_mut().zip(rows) {
        let before = member.process.restarts;
        member.process.restart_if_ended()?;
        if member.process.restarts > before {
            screen.say(&format!("{} {}: started again", row.name, row.ended.as_deref().unwrap_or("ended")));
        }
    }
    Ok(None)
}

/// One line for each node.
fn endpoints(network: &Network, members: &[Member]) -> String {
    let line = |(node, member): (&network::Node, &Member)| {
        let ports = [node.settings.ws_port, node.settings.tendermint_port, node.settings.metrics_port];
        let [ws, tendermint, metrics] = ports.map(|port| node.at(port));
        let (name, http, pid) = (&node.name, node.http(), member.process.id());
        format!(
            "{name}  http://{http}  ws://{ws}  Tendermint http://{tendermint}  metrics http://{metrics}/metrics  pid {pid}"
        )
    };
    network.nodes.iter().zip(members).map(line).collect::<Vec<_>>().join("\n")
}

/// Asks all to stop, and waits; a second signal kills those that are left, and so does the end of patience.
async fn stop(members: &mut [Member], signals: &mut Signals) -> Result<(), Failure> {
    members.iter_mut().for_each(|member| member.process.ask_to_stop());
    let all_ended = async {
        while members.iter_mut().any(|member| member.process.ended().is_none()) {
            tokio::time::sleep(STOP_LOOK).await;
        }
    };
    let patience_over = tokio::select! {
        biased;
        () = all_ended => return Ok(()),
        () = signals.again() => false,
        () = tokio::time::sleep(STOP_MAX) => true,
    };
    let left: Vec<&mut Member> = members.iter_mut().filter_map(Member::if_alive).collect();
    let names = left.iter().map(|member| member.name.as_str()).collect::<Vec<_>>().join(", ");
    let why = if patience_over { format!("after {} s", STOP_MAX.as_secs()) } else { "by a second signal".into() };
    left.into_iter().for_each(|member| member.process.kill());
    Err(Failure::refused(format!("{names} killed {why}: what they committed is safe")))
}
