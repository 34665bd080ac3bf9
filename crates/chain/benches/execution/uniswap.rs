//! Uniswap V3: the published bytecode of @uniswap/v3-core 1.0.1 and v3-periphery 1.4.4, deployed once; two tokens and a pool
//! for each cluster; its people swap through the router, by turns selling either token and buying either token.
//!
//! pevm's recipe, but for two things: pevm gives every cluster a factory and a router of its own, and swaps through a
//! wrapper that moves the tokens once more.

use std::path::Path;

use alloy_primitives::aliases::{I24, U24, U160};
use alloy_primitives::{Address, U256, hex};
use alloy_sol_types::{SolCall as _, SolValue as _, sol};

use crate::actor::{Actor, Order};
use crate::founding::Founding;
use crate::token;
use crate::workload::Workload;

/// The names of all shapes.
pub const NAMES: [&str; 3] = ["Uniswap V3, independent", "Uniswap V3, one pool", "Uniswap V3, clusters"];

const STOCK: u128 = 1_000_000_000_000_000_000;
const LIQUIDITY: u128 = 111_111_000_000_000_000_000_000;
const FEE: U24 = U24::from_limbs([3_000]);
const RANGE: i32 = 600_000;
const DEPLOY_GAS: u64 = 8_000_000;
const SWAP_GAS: u64 = 250_000;

sol! {
    struct Mint {
        address token0; address token1; uint24 fee; int24 tickLower; int24 tickUpper;
        uint256 amount0Desired; uint256 amount1Desired; uint256 amount0Min; uint256 amount1Min;
        address recipient; uint256 deadline;
    }
    struct Swap {
        address tokenIn; address tokenOut; uint24 fee; address recipient; uint256 deadline;
        uint256 amount; uint256 bound; uint160 sqrtPriceLimitX96;
    }
    function createAndInitializePoolIfNecessary(address token0, address token1, uint24 fee, uint160 sqrtPriceX96);
    function mint(Mint params);
    function exactInputSingle(Swap params);
    function exactOutputSingle(Swap params);
}

/// Whether the artefacts are there.
pub fn is_installed() -> bool {
    artefact("@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json").is_some()
}

/// One shape of swaps; the artefacts must be there.
pub fn build(name: &str) -> Workload {
    let (clusters, people, swaps) = match name {
        "Uniswap V3, independent" => (1_000, 1, 1),
        "Uniswap V3, one pool" => (1, 250, 4),
        _ => (20, 20, 20),
    };
    let mut owner = Actor::new(u64::MAX);
    let mut traders = Actor::many(0, clusters * people);
    let mut founding = Founding::of(traders.iter().chain([&owner]));
    let exchange = Exchange::deploy(&mut founding, &mut owner);
    let pairs = exchange.open(clusters, &mut founding, &mut owner);
    let (mut approvals, mut orders) = (Vec::new(), Vec::new());
    for (cluster, pair) in traders.chunks_mut(people).zip(pairs) {
        exchange.admit(pair, &mut owner, cluster, &mut approvals);
        for turn in 0..swaps {
            orders.extend(cluster.iter_mut().map(|person| exchange.swap(person, pair, turn)));
        }
    }
    founding.play(&approvals);
    founding.workload(name, &orders)
}

/// The two tokens of a pool, in the pool's order.
pub type Pair = (Address, Address);

/// The contracts that all pools share.
pub struct Exchange {
    router: Address,
    manager: Address,
}

impl Exchange {
    /// Deploys factory, router and position manager.
    pub fn deploy(founding: &mut Founding, owner: &mut Actor) -> Self {
        let published = |path: &str, arguments: Vec<u8>| [artefact(path).unwrap(), arguments].concat();
        let edge = |name: &str| format!("@uniswap/v3-periphery/artifacts/contracts/{name}.sol/{name}.json");
        let mut place = |code: Vec<u8>| owner.create(code, DEPLOY_GAS);
        let (first, weth) = place(published("canonical-weth/build/contracts/WETH9.json", Vec::new()));
        let core = "@uniswap/v3-core/artifacts/contracts/UniswapV3Factory.sol/UniswapV3Factory.json";
        let (second, factory) = place(published(core, Vec::new()));
        let (third, router) = place(published(&edge("SwapRouter"), (factory, weth).abi_encode_params()));
        let arguments = (factory, weth, Address::ZERO).abi_encode_params();
        let (fourth, manager) = place(published(&edge("NonfungiblePositionManager"), arguments));
        founding.play(&[first, second, third, fourth]);
        Self { router, manager }
    }

    /// So many pairs of tokens, each with a pool that has liquidity over almost all prices, at the price of 1.
    pub fn open(&self, count: usize, founding: &mut Founding, owner: &mut Actor) -> Vec<Pair> {
        let mut orders = Vec::new();
        let pairs = (0..count).map(|_| self.open_one(owner, &mut orders)).collect();
        founding.play(&orders);
        pairs
    }

    fn open_one(&self, owner: &mut Actor, orders: &mut Vec<Order>) -> Pair {
        let ((first, one), (second, other)) = (token::deploy(owner), token::deploy(owner));
        let (token0, token1) = (one.min(other), one.max(other));
        orders.extend([first, second]);
        orders.extend([token0, token1].map(|token| token::approve(owner, token, self.manager)));
        let sqrt_price = U160::from(1) << 96;
        let pool = createAndInitializePoolIfNecessaryCall { token0, token1, fee: FEE, sqrtPriceX96: sqrt_price };
        orders.push(owner.call(self.manager, pool.abi_encode(), DEPLOY_GAS));
        let position = Mint {
            token0,
            token1,
            fee: FEE,
            tickLower: I24::try_from(-RANGE).unwrap(),
            tickUpper: I24::try_from(RANGE).unwrap(),
            amount0Desired: U256::from(LIQUIDITY),
            amount1Desired: U256::from(LIQUIDITY),
            amount0Min: U256::ZERO,
            amount1Min: U256::ZERO,
            recipient: owner.address(),
            deadline: U256::MAX,
        };
        orders.push(owner.call(self.manager, mintCall { params: position }.abi_encode(), DEPLOY_GAS));
        (token0, token1)
    }

    /// Gives each of `people` both tokens, and the router leave to take them.
    pub fn admit(&self, pair: Pair, owner: &mut Actor, people: &mut [Actor], orders: &mut Vec<Order>) {
        for person in people {
            for token in [pair.0, pair.1] {
                orders.push(token::transfer(owner, token, person.address(), STOCK));
                orders.push(token::approve(person, token, self.router));
            }
        }
    }

    /// One swap of the kind whose turn it is.
    pub fn swap(&self, person: &mut Actor, pair: Pair, turn: usize) -> Order {
        let (token_in, token_out) = if turn.is_multiple_of(2) { pair } else { (pair.1, pair.0) };
        let sells = turn % 4 < 2;
        let params = Swap {
            tokenIn: token_in,
            tokenOut: token_out,
            fee: FEE,
            recipient: person.address(),
            deadline: U256::MAX,
            amount: U256::from(if sells { 2_000 } else { 1_000 }),
            bound: U256::from(if sells { 0 } else { 2_000 }),
            sqrtPriceLimitX96: U160::ZERO,
        };
        let input = if sells {
            exactInputSingleCall { params }.abi_encode()
        } else {
            exactOutputSingleCall { params }.abi_encode()
        };
        person.call(self.router, input, SWAP_GAS)
    }
}

/// The creation code in an artefact of an npm package that the end-to-end suite installs.
fn artefact(path: &str) -> Option<Vec<u8>> {
    let modules = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/node_modules");
    let text = std::fs::read(modules.join(path)).ok()?;
    let json: serde_json::Value = serde_json::from_slice(&text).unwrap();
    Some(hex::decode(json["bytecode"].as_str().unwrap()).unwrap())
}
