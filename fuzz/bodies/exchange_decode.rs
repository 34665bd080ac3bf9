//! What must hold of any bytes that are taken for messages or outcomes of the exchange.

/// Bytes as the exchange's messages, answers and outcomes. What is accepted has one meaning, and outcomes one encoding.
pub fn exchange_decode(bytes: &[u8]) {
    use seiza_types::exchange::{ExchangeMsg, Market, MarketOutcome, Response, Venue};
    use seiza_types::wire::Wire;

    let kinds = ["PlaceOrders", "CancelOrders", "ReplaceOrders", "RegisterMarket", "RegisterVenue", "SetMarketStatus"];
    for kind in kinds {
        let decoded = ExchangeMsg::decode(&format!("/seiza.exchange.v1.Msg{kind}"), bytes);
        if let Some(Ok(msg)) = decoded {
            assert_eq!(ExchangeMsg::decode(msg.type_url(), &msg.encode()), Some(Ok(msg.clone())));
        }
    }
    let _ = (Response::decode_orders(bytes), Response::decode_number(bytes));
    if let Ok(outcome) = MarketOutcome::decode(bytes) {
        assert_eq!(outcome.encode(), bytes);
    }
    if let Ok(market) = Market::decode(bytes) {
        assert_eq!(market.encode(), bytes);
    }
    if let Ok(venue) = Venue::decode(bytes) {
        assert_eq!(venue.encode(), bytes);
    }
}
