//! What the machine gives at most: one TCP connection over loopback, and one file written in order.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Instant;

const PIECE: usize = 1 << 20;
const PIECES: usize = 1_024;

/// Megabytes a second over one plain connection.
pub fn loopback() -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let start = Instant::now();
    let writer = std::thread::spawn(move || {
        let (mut stream, piece) = (TcpStream::connect(address).unwrap(), vec![7; PIECE]);
        (0..PIECES).for_each(|_| stream.write_all(&piece).unwrap());
    });
    let (mut stream, mut piece, mut read) = (listener.accept().unwrap().0, vec![0; PIECE], 0);
    while let count @ 1.. = stream.read(&mut piece).unwrap() {
        read += count;
    }
    writer.join().unwrap();
    read as f64 / 1e6 / start.elapsed().as_secs_f64()
}

/// Megabytes a second into one file, the final sync included.
pub fn disk(folder: &Path) -> f64 {
    let path = folder.join("limit");
    let (mut file, start) = (File::create(&path).unwrap(), Instant::now());
    let mut piece = vec![7; PIECE];
    for index in 0..PIECES / 2 {
        piece[0] = index.to_le_bytes()[0];
        file.write_all(&piece).unwrap();
    }
    file.sync_all().unwrap();
    let rate = (PIECES / 2 * PIECE) as f64 / 1e6 / start.elapsed().as_secs_f64();
    std::fs::remove_file(&path).unwrap();
    rate
}
