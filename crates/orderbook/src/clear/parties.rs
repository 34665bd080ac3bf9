//! Everybody in the hands of a clearing. Arrivals stay where the batch lists them and are only pointed at; what rests is
//! copied as it is read.

pub(super) use super::at::At;
use crate::clearing::{EndReason, Place};
use crate::id::OrderId;
use crate::order::{Kind, Order, Resting, Side};
use crate::units::Price;

/// Set in an arrival's source where that is a trigger which fired, not an order of the batch.
const FIRED: u32 = 1 << 31;

/// An order that arrived: what is asked of it again and again, and where the rest of it is.
#[derive(Clone, Copy)]
pub(super) struct Arrival {
    source: u32,
    pub(super) side: Side,
    pub(super) kind: Kind,
    pub(super) price: Price,
    pub(super) quantity: u64,
    /// Why it takes no part any more. A cancellation is told where it is done.
    pub(super) ended: Option<EndReason>,
    pub(super) filled: u64,
}

/// An order that rests.
pub(super) struct Maker {
    pub(super) resting: Resting,
    pub(super) ended: Option<EndReason>,
}

/// Memory that one clearing leaves to the next.
#[derive(Default)]
pub(super) struct Memory {
    fired: Vec<Resting>,
    arrivals: Vec<Arrival>,
    makers: Vec<Maker>,
}

/// All of them.
pub(super) struct Parties<'a> {
    orders: &'a [Order],
    memory: Memory,
}

impl Arrival {
    fn new(source: u32, order: &Order) -> Self {
        let Order { side, kind, price, quantity, .. } = *order;
        Self { source, side, kind, price, quantity: quantity.0, ended: None, filled: 0 }
    }
}

impl<'a> Parties<'a> {
    /// Nobody yet; `orders` are the batch's.
    pub(super) fn new(orders: &'a [Order], mut memory: Memory) -> Self {
        memory.fired.clear();
        memory.arrivals.clear();
        memory.makers.clear();
        memory.arrivals.reserve(orders.len());
        Self { orders, memory }
    }

    pub(super) fn into_memory(self) -> Memory {
        self.memory
    }

    /// Takes in the order that the batch lists there.
    pub(super) fn arrive(&mut self, listed: usize) {
        let arrival = Arrival::new(At::arrival(listed).number(), &self.orders[listed]);
        self.memory.arrivals.push(arrival);
    }

    /// Takes in a trigger's order; whoever calls sorts afterwards.
    pub(super) fn fire(&mut self, order: Order, since: OrderId) {
        let source = At::arrival(self.memory.fired.len()).number() | FIRED;
        self.memory.arrivals.push(Arrival::new(source, &order));
        self.memory.fired.push(Resting { order, since });
    }

    /// Forgets all arrivals.
    pub(super) fn clear(&mut self) {
        self.memory.arrivals.clear();
    }

    /// Puts the arrivals in the order of time.
    pub(super) fn sort(&mut self) {
        let mut arrivals = std::mem::take(&mut self.memory.arrivals);
        arrivals.sort_unstable_by_key(|arrival| self.since_of(arrival));
        self.memory.arrivals = arrivals;
    }

    /// Takes in an order that rests.
    pub(super) fn join(&mut self, resting: &Resting) -> At {
        let at = At::of_maker(self.memory.makers.len());
        self.memory.makers.push(Maker { resting: *resting, ended: None });
        at
    }

    /// Keeps the arrivals that `stays` says; it is given their orders' names, too.
    pub(super) fn retain(&mut self, mut stays: impl FnMut(OrderId, &Arrival) -> bool) {
        let Self { orders, memory: Memory { fired, arrivals, .. } } = self;
        arrivals.retain(|arrival| stays(source(orders, fired, arrival).id, arrival));
    }

    /// The arrivals, earliest first.
    pub(super) fn arrivals(&self) -> &[Arrival] {
        &self.memory.arrivals
    }

    /// Those that rest, as they were read.
    pub(super) fn makers(&self) -> &[Maker] {
        &self.memory.makers
    }

    /// The arrivals with their names.
    pub(super) fn arrived(&self) -> impl Iterator<Item = (At, &Arrival)> {
        (0..).map(At::numbered).zip(&self.memory.arrivals)
    }

    pub(super) fn order_of(&self, arrival: &Arrival) -> &Order {
        source(self.orders, &self.memory.fired, arrival)
    }

    pub(super) fn since_of(&self, arrival: &Arrival) -> OrderId {
        match arrival.source & FIRED {
            0 => self.orders[arrival.source as usize].id,
            _ => self.memory.fired[(arrival.source & !FIRED) as usize].since,
        }
    }

    pub(super) fn order(&self, at: At) -> &Order {
        match at.maker() {
            Some(maker) => &self.memory.makers[maker].resting.order,
            None => self.order_of(&self.memory.arrivals[at.number() as usize]),
        }
    }

    pub(super) fn since(&self, at: At) -> OrderId {
        match at.maker() {
            Some(maker) => self.memory.makers[maker].resting.since,
            None => self.since_of(&self.memory.arrivals[at.number() as usize]),
        }
    }

    pub(super) fn resting(&self, at: At) -> Resting {
        Resting { order: *self.order(at), since: self.since(at) }
    }

    pub(super) fn place(&self, at: At) -> Place {
        if at.maker().is_some() { Place::Rested } else { Place::Arrived }
    }

    pub(super) fn ended(&self, at: At) -> Option<EndReason> {
        match at.maker() {
            Some(maker) => self.memory.makers[maker].ended,
            None => self.memory.arrivals[at.number() as usize].ended,
        }
    }

    /// Takes a party out.
    pub(super) fn end(&mut self, at: At, reason: EndReason) {
        match at.maker() {
            Some(maker) => self.memory.makers[maker].ended = Some(reason),
            None => self.memory.arrivals[at.number() as usize].ended = Some(reason),
        }
    }

    /// Takes out an arrival that its owner cancels.
    pub(super) fn withdraw(&mut self, arrival: usize) {
        self.memory.arrivals[arrival].ended = Some(EndReason::Cancelled);
    }

    /// Notes what an arrival traded.
    pub(super) fn note_filled(&mut self, at: At, lots: u64) {
        if at.maker().is_none() {
            self.memory.arrivals[at.number() as usize].filled += lots;
        }
    }

    /// Whether it may take what rests.
    pub(super) fn takes(&self, at: At) -> bool {
        at.maker().is_none() && self.ended(at).is_none() && self.order(at).kind != Kind::PostOnly
    }
}

fn source<'a>(orders: &'a [Order], fired: &'a [Resting], arrival: &Arrival) -> &'a Order {
    match arrival.source & FIRED {
        0 => &orders[arrival.source as usize],
        _ => &fired[(arrival.source & !FIRED) as usize].order,
    }
}
