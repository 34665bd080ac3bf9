//! `/cosmos.bank.v1beta1.Query`: balances and supplies, by pages.

use cosmos_sdk_proto::cosmos::bank::v1beta1::{
    DenomUnit, Metadata, QueryAllBalancesRequest, QueryAllBalancesResponse, QueryBalanceRequest, QueryBalanceResponse,
    QueryDenomMetadataRequest, QueryDenomMetadataResponse, QueryDenomsMetadataResponse, QuerySpendableBalancesRequest,
    QuerySpendableBalancesResponse, QuerySupplyOfRequest, QuerySupplyOfResponse, QueryTotalSupplyRequest,
    QueryTotalSupplyResponse,
};
use cosmos_sdk_proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};
use cosmos_sdk_proto::cosmos::base::v1beta1::Coin as ProtoCoin;
use seiza_chain::modules::{auth, bank};
use seiza_chain::state::{Overlay, StateRead as _};
use seiza_types::{Address, Coin, Denom, SeiAddress, USEI};

use super::{Answered, Found, Query, Refusal};
use crate::Failure;
use crate::limits::{PER_PAGE_MAX, SUPPLIES_MAX};

fn proto(coin: &Coin) -> ProtoCoin {
    ProtoCoin { denom: coin.denom.to_string(), amount: coin.amount.to_string() }
}

fn denom(text: &str) -> Answered<Denom> {
    text.parse().map_err(|error| Refusal::invalid(format!("denom {text:?}: {error}")))
}

fn owner(state: &Overlay, text: &str) -> Answered<Address> {
    let address: SeiAddress = text.parse().map_err(|error| Refusal::invalid(format!("address {text:?}: {error}")))?;
    Ok(auth::evm_address(state, &address).map_err(Failure::from)?)
}

/// The balance of one denom; zero where there is none.
pub(super) fn balance(query: &Query<'_>) -> Answered<Found> {
    let request: QueryBalanceRequest = query.request()?;
    let (state, denom) = (query.state()?, denom(&request.denom)?);
    let amount = bank::balance(&state, &owner(&state, &request.address)?, &denom).map_err(Failure::from)?;
    query.answer(&QueryBalanceResponse { balance: Some(proto(&Coin { denom, amount })) })
}

fn balances(query: &Query<'_>, address: &str) -> Answered<Vec<ProtoCoin>> {
    let state = query.state()?;
    let coins = bank::balances(&state, &owner(&state, address)?).map_err(Failure::from)?;
    Ok(coins.iter().map(proto).collect())
}

/// All balances.
pub(super) fn all_balances(query: &Query<'_>) -> Answered<Found> {
    let request: QueryAllBalancesRequest = query.request()?;
    let (balances, pagination) = page(balances(query, &request.address)?, request.pagination.as_ref())?;
    query.answer(&QueryAllBalancesResponse { balances, pagination: Some(pagination) })
}

/// All balances: nothing is locked here.
pub(super) fn spendable_balances(query: &Query<'_>) -> Answered<Found> {
    let request: QuerySpendableBalancesRequest = query.request()?;
    let (balances, pagination) = page(balances(query, &request.address)?, request.pagination.as_ref())?;
    query.answer(&QuerySpendableBalancesResponse { balances, pagination: Some(pagination) })
}

/// All supplies.
pub(super) fn total_supply(query: &Query<'_>) -> Answered<Found> {
    let request: QueryTotalSupplyRequest = query.request()?;
    let state = query.state()?;
    let mut denoms = Vec::new();
    let mut gather = |key: &seiza_chain::state::Key, _: &[u8]| {
        denoms.extend(bank::keys::denom_of(key));
        denoms.len() <= SUPPLIES_MAX
    };
    state.scan(&bank::keys::supplies(), &mut gather).map_err(Failure::from)?;
    if denoms.len() > SUPPLIES_MAX {
        return Err(Refusal::invalid(format!("more than {SUPPLIES_MAX} denoms: ask for one by SupplyOf")));
    }
    let (denoms, pagination) = page(denoms, request.pagination.as_ref())?;
    let coin = |denom: Denom| Ok(proto(&Coin { amount: bank::supply(&state, &denom).map_err(Failure::from)?, denom }));
    let supply = denoms.into_iter().map(coin).collect::<Answered<Vec<_>>>()?;
    query.answer(&QueryTotalSupplyResponse { supply, pagination: Some(pagination) })
}

/// One supply.
pub(super) fn supply_of(query: &Query<'_>) -> Answered<Found> {
    let request: QuerySupplyOfRequest = query.request()?;
    let denom = denom(&request.denom)?;
    let amount = bank::supply(&query.state()?, &denom).map_err(Failure::from)?;
    query.answer(&QuerySupplyOfResponse { amount: Some(proto(&Coin { denom, amount })) })
}

/// How the native coin is written; other denoms have nothing to say.
fn native() -> Metadata {
    let unit = |denom: &str, exponent| DenomUnit { denom: denom.into(), exponent, aliases: Vec::new() };
    Metadata {
        description: "The native coin of Seiza.".into(),
        denom_units: vec![unit(USEI, 0), unit("sei", 6)],
        base: USEI.into(),
        display: "sei".into(),
        name: "Sei".into(),
        symbol: "SEI".into(),
        ..Metadata::default()
    }
}

/// One denom's metadata.
pub(super) fn metadata(query: &Query<'_>) -> Answered<Found> {
    let request: QueryDenomMetadataRequest = query.request()?;
    if !denom(&request.denom)?.is_native() {
        return Err(Refusal::not_found(format!("client metadata for denom {}", request.denom)));
    }
    query.answer(&QueryDenomMetadataResponse { metadata: Some(native()) })
}

/// All metadata.
pub(super) fn all_metadata(query: &Query<'_>) -> Answered<Found> {
    let pagination = PageResponse { next_key: Vec::new(), total: 1 };
    query.answer(&QueryDenomsMetadataResponse { metadatas: vec![native()], pagination: Some(pagination) })
}

/// A page of a list. The key of the next page is its first place, as eight bytes.
fn page<T>(mut list: Vec<T>, request: Option<&PageRequest>) -> Answered<(Vec<T>, PageResponse)> {
    let (total, none) = (list.len(), PageRequest::default());
    let request = request.unwrap_or(&none);
    let start = match request.key.as_slice() {
        [] => request.offset,
        key => u64::from_be_bytes(key.try_into().map_err(|_| Refusal::invalid("pagination key has 8 bytes"))?),
    };
    let limit = match usize::try_from(request.limit).unwrap_or(PER_PAGE_MAX) {
        0 => PER_PAGE_MAX,
        limit => limit.min(PER_PAGE_MAX),
    };
    if request.reverse {
        list.reverse();
    }
    let start = usize::try_from(start).unwrap_or(total).min(total);
    let end = (start + limit).min(total);
    list.truncate(end);
    let next_key = if end < total { (end as u64).to_be_bytes().to_vec() } else { Vec::new() };
    Ok((list.split_off(start), PageResponse { next_key, total: total as u64 }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_cover_a_list_once() {
        let list: Vec<u32> = (0..250).collect();
        let (mut seen, mut request) = (Vec::new(), PageRequest { limit: 90, ..PageRequest::default() });
        loop {
            let (part, response) = page(list.clone(), Some(&request)).unwrap();
            assert_eq!(response.total, 250);
            seen.extend(part);
            if response.next_key.is_empty() {
                break;
            }
            request.key = response.next_key;
        }
        assert_eq!(seen, list);
        let reversed = PageRequest { limit: 2, reverse: true, ..PageRequest::default() };
        assert_eq!(page(list.clone(), Some(&reversed)).unwrap().0, [249, 248]);
        assert!(
            page(list.clone(), Some(&PageRequest { offset: 9_999, ..PageRequest::default() })).unwrap().0.is_empty()
        );
        assert!(page(list, Some(&PageRequest { key: vec![1], ..PageRequest::default() })).is_err());
    }
}
