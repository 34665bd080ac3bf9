//! A wire between namespaces with a delay, a loss and an uplink rate: the kernel here need not have netem. Each namespace has
//! a TUN device; what is sent into one comes out of the receiver's after the time that the wire takes.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::io::Read as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use parking_lot::{Condvar, Mutex};

use crate::namespace::Namespace;

/// Bytes of one packet.
const MTU: u16 = 9000;
/// What may wait at a sender for its uplink, as time; more is dropped, as a router would.
const BACKLOG_MAX: Duration = Duration::from_secs(2);
/// Address of the first validator; the others follow.
const FIRST: [u8; 4] = [10, 77, 0, 1];

/// How a wire behaves.
#[derive(Debug, Clone, Copy)]
pub struct Wire {
    /// One-way delay.
    pub delay: Duration,
    /// Packets of a thousand that are lost.
    pub loss_permille: u32,
    /// Bits a second that each sender may send; 0 is no bound.
    pub uplink_bits: u64,
}

/// A packet that is on its way.
type Flying = Reverse<(Instant, u64, Vec<u8>)>;

#[derive(Default)]
struct Arrivals {
    flying: Mutex<BinaryHeap<Flying>>,
    bell: Condvar,
}

/// The wire, running until the process ends.
pub struct Line {
    sent: Arc<Vec<AtomicU64>>,
}

/// The address of a validator.
pub fn address(index: usize) -> [u8; 4] {
    let [a, b, c, d] = FIRST;
    [a, b, c, d + u8::try_from(index).unwrap_or(u8::MAX)]
}

impl Line {
    /// Joins the namespaces.
    pub fn join(namespaces: &[Namespace], wire: Wire) -> Self {
        let count = namespaces.len();
        let sent: Arc<Vec<AtomicU64>> = Arc::new((0..count).map(|_| AtomicU64::new(0)).collect());
        let arrivals: Arc<Vec<Arrivals>> = Arc::new((0..count).map(|_| Arrivals::default()).collect());
        for (index, namespace) in namespaces.iter().enumerate() {
            let device = namespace.inside(move || open(index)).join().expect("the device opens, or says why not");
            let (mut reader, mut writer) = device.split();
            let (sent, out, own) = (sent.clone(), arrivals.clone(), arrivals.clone());
            std::thread::spawn(move || {
                let mut sender = Sender { index, wire, busy_until: Instant::now(), count: 0, random: index as u64 + 1 };
                let mut packet = vec![0; usize::from(MTU) + 4];
                while let Ok(bytes) = reader.read(&mut packet) {
                    sender.send(&packet[..bytes], &sent, &out);
                }
            });
            std::thread::spawn(move || deliver(&own[index], &mut writer));
        }
        Self { sent }
    }

    /// Bytes that each has sent so far.
    pub fn sent(&self) -> Vec<u64> {
        self.sent.iter().map(|bytes| bytes.load(Ordering::Relaxed)).collect()
    }
}

fn open(index: usize) -> tun::Device {
    let mut configuration = tun::Configuration::default();
    let (own, mask) = (IpAddr::from(address(index)), IpAddr::from([255, 255, 255, 0]));
    configuration.tun_name("wire0").address(own).netmask(mask).mtu(MTU).up();
    tun::create(&configuration).unwrap_or_else(|error| panic!("no TUN device (root is needed): {error}"))
}

struct Sender {
    index: usize,
    wire: Wire,
    busy_until: Instant,
    count: u64,
    random: u64,
}

impl Sender {
    fn send(&mut self, packet: &[u8], sent: &[AtomicU64], arrivals: &[Arrivals]) {
        let Some(receiver) = receiver(packet, arrivals.len()) else { return };
        sent[self.index].fetch_add(packet.len() as u64, Ordering::Relaxed);
        let now = Instant::now();
        let start = self.busy_until.max(now);
        if self.is_lost() || start - now > BACKLOG_MAX {
            return;
        }
        self.busy_until = start + self.time_on_uplink(packet.len());
        self.count += 1;
        let arrival = &arrivals[receiver];
        arrival.flying.lock().push(Reverse((self.busy_until + self.wire.delay, self.count, packet.to_vec())));
        arrival.bell.notify_one();
    }

    fn time_on_uplink(&self, bytes: usize) -> Duration {
        let nanos = (bytes as u64 * 8 * 1_000_000_000).checked_div(self.wire.uplink_bits);
        Duration::from_nanos(nanos.unwrap_or(0))
    }

    /// xorshift64: repeatable, and good enough to lose packets.
    fn is_lost(&mut self) -> bool {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % 1000 < u64::from(self.wire.loss_permille)
    }
}

/// Whose address an IPv4 packet is sent to.
fn receiver(packet: &[u8], count: usize) -> Option<usize> {
    let to: [u8; 4] = packet.get(16..20)?.try_into().ok()?;
    (0..count).find(|index| address(*index) == to)
}

fn deliver(arrivals: &Arrivals, writer: &mut impl std::io::Write) {
    loop {
        let mut flying = arrivals.flying.lock();
        match flying.peek().map(|Reverse((at, ..))| *at) {
            None => arrivals.bell.wait(&mut flying),
            Some(at) if at > Instant::now() => drop(arrivals.bell.wait_until(&mut flying, at)),
            Some(_) => {
                let packet = flying.pop().map(|Reverse((.., packet))| packet);
                drop(flying);
                // A device that is gone takes its reader with it.
                packet.map(|packet| writer.write_all(&packet));
            }
        }
    }
}
