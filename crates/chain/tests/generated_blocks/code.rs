//! Programs as bytecode, and where it comes to stand.

use alloy_primitives::{Address, U256, keccak256};
use revm::bytecode::opcode::*;

use crate::asm::{Asm, deployer};
use crate::cast::{Cast, Who};
use crate::program::{Effect, Word};

/// The program as code that ends by stopping.
pub fn runtime(program: &[Effect], cast: &Cast) -> Vec<u8> {
    let mut asm = Asm::default();
    append(&mut asm, program, cast);
    asm.op(&[STOP]);
    asm.into_bytes()
}

/// Creation code that runs `constructor` and deploys `code`.
pub fn creation(constructor: &[Effect], code: &[u8], cast: &Cast) -> Vec<u8> {
    let mut asm = Asm::default();
    append(&mut asm, constructor, cast);
    deployer(asm, code)
}

/// Where CREATE2 puts a child.
pub fn child_address(creator: Address, salt: u8, creation: &[u8]) -> Address {
    creator.create2(U256::from(salt).to_be_bytes::<32>(), keccak256(creation))
}

fn append(asm: &mut Asm, program: &[Effect], cast: &Cast) {
    program.iter().for_each(|effect| step(asm, effect, cast));
}

fn step(asm: &mut Asm, effect: &Effect, cast: &Cast) {
    match effect {
        Effect::Count(slot) => {
            let slot = u64::from(*slot);
            asm.number(slot).op(&[SLOAD, PUSH1, 1, ADD]).number(slot).op(&[SSTORE]);
        }
        Effect::Set(slot, value) => {
            asm.number((*value).into()).number((*slot).into()).op(&[SSTORE]);
        }
        Effect::Keep(slot, word) => {
            look(asm, word, cast);
            asm.number((*slot).into()).op(&[SSTORE]);
        }
        Effect::Log(word) => {
            look(asm, word, cast);
            log(asm);
        }
        Effect::Pay(who, wei) => {
            asm.op(&[PUSH0, PUSH0, PUSH0, PUSH0]);
            match wei {
                Some(wei) => asm.number(*wei),
                None => asm.op(&[SELFBALANCE]),
            };
            asm.address(cast.address(who)).op(&[GAS, CALL]);
            log(asm);
        }
        Effect::Call(kind, contract, value) => {
            asm.op(&[PUSH0, PUSH0, PUSH0, PUSH0]);
            if matches!(*kind, CALL | CALLCODE) {
                asm.number(*value);
            }
            asm.address(cast.address(&Who::Contract(*contract))).op(&[PUSH1, 1, GAS, SHR, *kind]);
            log(asm);
        }
        Effect::Native(to, input, value) => {
            asm.memory(input).op(&[PUSH1, 32, PUSH0]).number(input.len() as u64).op(&[PUSH0]).number(*value);
            asm.address(*to).op(&[GAS, CALL, PUSH0, MLOAD, ADD]);
            log(asm);
        }
        Effect::Create(child, salt, value) => {
            let code = cast.child(*child);
            asm.memory(code);
            salt.iter().for_each(|salt| {
                asm.number((*salt).into());
            });
            asm.number(code.len() as u64).op(&[PUSH0]).number(*value);
            asm.op(&[if salt.is_some() { CREATE2 } else { CREATE }]);
            log(asm);
        }
        Effect::Destroy(who) => {
            asm.address(cast.address(who)).op(&[SELFDESTRUCT]);
        }
        Effect::If(word, than, then) => {
            asm.number(*than);
            look(asm, word, cast);
            asm.op(&[GT]).when(|asm| append(asm, then, cast));
        }
        Effect::Revert => {
            asm.op(&[PUSH0, PUSH0, REVERT]);
        }
        Effect::Invalid => {
            asm.op(&[INVALID]);
        }
        Effect::Spin(rounds) => {
            asm.number(u64::from(*rounds) * 20).op(&[PUSH0, KECCAK256, POP]);
        }
    }
}

fn log(asm: &mut Asm) {
    asm.op(&[PUSH0, PUSH0, LOG1]);
}

fn look(asm: &mut Asm, word: &Word, cast: &Cast) {
    match word {
        Word::Balance(who) => asm.address(cast.address(who)).op(&[BALANCE]),
        Word::SelfBalance => asm.op(&[SELFBALANCE]),
        Word::CodeHash(who) => asm.address(cast.address(who)).op(&[EXTCODEHASH]),
        Word::CodeSize(who) => asm.address(cast.address(who)).op(&[EXTCODESIZE]),
        Word::Slot(slot) => asm.number((*slot).into()).op(&[SLOAD]),
        Word::CallValue => asm.op(&[CALLVALUE]),
        Word::CoinbaseBalance => asm.op(&[COINBASE, BALANCE]),
    };
}
