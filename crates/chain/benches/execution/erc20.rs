//! ERC-20 transfers by pevm's recipe: a cluster is one token and its families; everybody pays random members of the family,
//! round after round. "Independent" is pevm's as well: families of one, who pay themselves.

use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};

use crate::actor::{Actor, Order};
use crate::founding::Founding;
use crate::token;
use crate::workload::Workload;

const SEED: u64 = 20;
const STOCK: u128 = 1_000_000_000_000_000_000;

/// The names of all shapes.
pub const NAMES: [&str; 4] = ["ERC-20, independent", "ERC-20, one token", "ERC-20, all to one", "ERC-20, clusters"];

/// How many clusters, families in each, people in each, transfers of each.
struct Shape {
    clusters: usize,
    families: usize,
    people: usize,
    transfers: usize,
}

/// One shape of ERC-20 transfers.
pub fn build(name: &str) -> Workload {
    let shape = match name {
        "ERC-20, independent" => Shape { clusters: 1, families: 10_000, people: 1, transfers: 1 },
        "ERC-20, clusters" => Shape { clusters: 10, families: 15, people: 15, transfers: 15 },
        _ => Shape { clusters: 1, families: 1, people: 10_000, transfers: 1 },
    };
    let each = shape.families * shape.people;
    let mut random = StdRng::seed_from_u64(SEED);
    let mut owner = Actor::new(u64::MAX);
    let mut people = Actor::many(0, shape.clusters * each);
    let mut founding = Founding::of(people.iter().chain([&owner]));
    let mut orders = Vec::new();
    for cluster in people.chunks_mut(each) {
        let (deploy, token) = token::deploy(&mut owner);
        let mut setup = vec![deploy];
        setup.extend(cluster.iter().map(|person| token::transfer(&mut owner, token, person.address(), STOCK)));
        founding.play(&setup);
        for _ in 0..shape.transfers {
            for family in cluster.chunks_mut(shape.people) {
                for index in 0..family.len() {
                    let to = if name == "ERC-20, all to one" { 0 } else { random.random_range(0..family.len()) };
                    orders.push(pay(family, index, to, token, &mut random));
                }
            }
        }
    }
    founding.workload(name, &orders)
}

fn pay(family: &mut [Actor], from: usize, to: usize, token: alloy_primitives::Address, random: &mut StdRng) -> Order {
    let to = family[to].address();
    token::transfer(&mut family[from], token, to, random.random::<u8>().into())
}
