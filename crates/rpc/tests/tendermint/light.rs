//! Tendermint's light client verifies this chain over this server: headers, commits, validator sets.

use std::time::Duration;

use serde_json::json;
use tendermint_light_client::builder::LightClientBuilder;
use tendermint_light_client::instance::Instance;
use tendermint_light_client::light_client::LightClient;
use tendermint_light_client::store::memory::MemoryStore;
use tendermint_light_client::verifier::options::Options;
use tendermint_light_client::verifier::types::{Height, Status};

use crate::world::World;

fn client(world: &World) -> Instance {
    let options = Options {
        trust_threshold: Default::default(),
        trusting_period: Duration::from_secs(14 * 24 * 3_600),
        clock_drift: Duration::from_secs(1),
    };
    let status = world.call("status", json!({}));
    let peer = status["node_info"]["id"].as_str().unwrap().parse().unwrap();
    let header = world.call("block", json!({ "height": "1" }));
    let hash = header["block_id"]["hash"].as_str().unwrap().parse().unwrap();
    let timeout = Some(Duration::from_secs(10));
    LightClientBuilder::prod(peer, world.http(), Box::new(MemoryStore::new()), options, timeout)
        .trust_primary_at(Height::from(1_u32), hash)
        .unwrap()
        .build()
}

fn verify(instance: &mut Instance, height: u64) {
    let light: &LightClient = &instance.light_client;
    let height = Height::try_from(height).unwrap();
    light.verify_to_target(height, &mut instance.state).unwrap();
    assert!(instance.state.light_store.get(height, Status::Verified).is_some() || height.value() == 1);
}

#[test]
fn headers_verify_one_by_one() {
    let world = World::lived();
    (0..8).for_each(|_| world.mine());
    let mut instance = client(&world);
    for height in 2..=world.height() {
        verify(&mut instance, height);
    }
    assert_eq!(instance.latest_trusted().map(|block| block.height().value()), Some(1));
    let latest = instance.state.light_store.highest(Status::Verified).unwrap();
    assert_eq!(latest.height().value(), world.height());
    assert!(latest.time().unix_timestamp() > world.start());
}

#[test]
fn headers_verify_by_a_leap() {
    let world = World::lived();
    (0..30).for_each(|_| world.mine());
    let mut instance = client(&world);
    let light = &mut instance.light_client;
    let highest = light.verify_to_highest(&mut instance.state).unwrap();
    assert_eq!(highest.height().value(), world.height());
    // The set has changed on the way: a light client follows.
    let strongest = &highest.validators.validators()[0];
    assert_eq!((strongest.power(), strongest.address), (60, world.key(4).address()));
}
