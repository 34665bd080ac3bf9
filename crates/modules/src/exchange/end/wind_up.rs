//! Markets that are over give back their orders, some each block.

use std::cell::RefCell;
use std::ops::ControlFlow;

use seiza_orderbook::{BookView as _, Clearing, Cursor, Direction, EndReason, Ended, Place, Resting, Side};
use seiza_state::{StateError, StateRead, StateWrite};
use seiza_types::Denom;
use seiza_types::exchange::{Market, OrderEnd};

use super::super::book::StateBook;
use super::super::limits::DELIST_ORDERS;
use super::super::markets::{self, DEPOSITS};
use super::super::terms::kept;
use super::End;
use crate::bank;

impl End<'_> {
    /// Gives back some of the orders of a market that is over; answers whether there are more. With the last of them goes the
    /// deposit.
    pub(super) fn wind_up(&mut self, state: &mut dyn StateWrite) -> Result<bool, StateError> {
        let ended = self.some_orders(&*state)?;
        let more = ended.len() == DELIST_ORDERS;
        let clearing = Clearing { ended, ..Clearing::default() };
        self.write_down(state, &clearing, &Vec::new(), Some(OrderEnd::Delisted))?;
        if !more {
            self.give_deposit_back(state)?;
        }
        Ok(more)
    }

    fn give_deposit_back(&self, state: &mut dyn StateWrite) -> Result<(), StateError> {
        let (market, native) = (&self.terms.market, Denom::native());
        if market.deposit > 0 {
            bank::release(state, &DEPOSITS, &native, kept(&native, market.deposit))?;
            bank::credit(state, &market.creator, &native, kept(&native, market.deposit))?;
            markets::put(state, &Market { deposit: 0, ..market.clone() });
        }
        Ok(())
    }

    fn some_orders(&mut self, state: &dyn StateRead) -> Result<Vec<Ended>, StateError> {
        let (market, tags) = (self.outcome.market, RefCell::new(std::mem::take(&mut self.tags)));
        let book = StateBook { state, market, clears: false, withdrawn: Vec::new(), tags };
        let mut ended: Vec<Ended> = Vec::new();
        let full = |ended: &Vec<Ended>| match ended.len() {
            DELIST_ORDERS => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        };
        for side in [Side::Bid, Side::Ask] {
            if full(&ended).is_continue() {
                book.visit(side, Cursor::Best, &mut |order| {
                    ended.push(Ended { order: *order, place: Place::Rested, reason: EndReason::Expired });
                    full(&ended)
                })?;
            }
        }
        for direction in Direction::BOTH {
            if full(&ended).is_continue() {
                book.visit_triggers(direction, &mut |trigger| {
                    let order = Resting { order: trigger.order, since: trigger.order.id };
                    let place = Place::Waited(trigger.condition);
                    ended.push(Ended { order, place, reason: EndReason::Expired });
                    full(&ended)
                })?;
            }
        }
        self.tags = book.tags.into_inner();
        Ok(ended)
    }
}
