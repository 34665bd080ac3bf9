//! Who decides which height, as the chain tells others, and what may be said of a block before its body is here.

use std::collections::BTreeSet;
use std::sync::Arc;

use seiza_modules::validators::{self, Sets};
use seiza_storage::Head;
use seiza_types::limits::{EVIDENCE_AGE_BLOCKS_MAX, EVIDENCE_MAX};
use seiza_types::{Evidence, Header, Height, ValidatorSet};
use tendermint::block::Commit;

use crate::error::EvidenceRefusal;
use crate::{Chain, ChainError, InvalidBlock, Position};

impl Chain {
    /// The validators that decide the next block.
    #[must_use]
    pub fn validators(&self) -> ValidatorSet {
        self.sets(&self.head()).current.clone()
    }

    /// The validators that decide, or decided, `height`: up to two heights above the head.
    ///
    /// # Errors
    /// [`ChainError::Height`] where the state that names them is not kept.
    pub fn validators_at(&self, height: Height) -> Result<ValidatorSet, ChainError> {
        let head = self.head();
        if (head.height..=head.height + 2).contains(&height) {
            let sets = self.sets(&head);
            let found = [&sets.last, &sets.current, &sets.next];
            let at = usize::try_from(height - head.height).expect("at most 2");
            return Ok(found[at].clone());
        }
        let before = height.checked_sub(1).ok_or(ChainError::Height(height))?;
        let state = self.state_at(before).ok_or(ChainError::Height(height))?;
        Ok(validators::sets(&state, before)?.current)
    }

    /// The sets around `head`; read once a height.
    pub(crate) fn sets(&self, head: &Head) -> Arc<Sets> {
        let mut known = self.sets.lock();
        if let Some(sets) = known.as_ref().filter(|sets| sets.height == head.height) {
            return sets.clone();
        }
        let sets = validators::sets(&head.state, head.height);
        let sets = Arc::new(sets.expect("opening found the first sets, and every block writes the next one"));
        *known = Some(sets.clone());
        sets
    }

    /// Checks a header, last commit and evidence of a block after the head whose transactions are not here yet.
    ///
    /// # Errors
    /// [`InvalidBlock`]: its proposer's fault.
    pub fn check_header(
        &self,
        header: &Header,
        last_commit: Option<&Commit>,
        evidence: &[Evidence],
    ) -> Result<(), InvalidBlock> {
        let head = self.head();
        let sets = self.sets(&head);
        let position = Position::after(&head, self.genesis(), &sets);
        position.check_header(header, header.data_hash, last_commit, evidence)?;
        check_proposer(header, &sets)
    }

    /// Checks evidence against the head: whether the next block may hold it.
    ///
    /// # Errors
    /// [`EvidenceRefusal`].
    pub fn check_evidence(&self, evidence: &Evidence) -> Result<(), EvidenceRefusal> {
        self.check_evidence_at(&self.head(), evidence)
    }

    fn check_evidence_at(&self, head: &Head, evidence: &Evidence) -> Result<(), EvidenceRefusal> {
        let height = evidence.height();
        if height > head.height || height + EVIDENCE_AGE_BLOCKS_MAX < head.height {
            return Err(EvidenceRefusal::Age { height, head: head.height });
        }
        if validators::is_accused(&head.state, evidence)? {
            return Err(EvidenceRefusal::Known);
        }
        let members = validators::members_at(&head.state, height)?;
        let chain_id = self.genesis().chain_id.parse().expect("genesis was checked to hold a chain id");
        Ok(evidence.verify(&chain_id, &members)?)
    }

    /// Checks all evidence of a block: each one may stand in it, and no offence is named twice.
    pub(crate) fn check_all_evidence(&self, head: &Head, evidence: &[Evidence]) -> Result<(), InvalidBlock> {
        if evidence.len() > EVIDENCE_MAX {
            let (found, limit) = (evidence.len() as u64, EVIDENCE_MAX as u64);
            return Err(InvalidBlock::TooLarge { what: "evidence", found, limit });
        }
        let mut offences = BTreeSet::new();
        for (index, one) in evidence.iter().enumerate() {
            let checked = match offences.insert(validators::keys::offence(one)) {
                true => self.check_evidence_at(head, one),
                false => Err(EvidenceRefusal::Known),
            };
            checked.map_err(|error| InvalidBlock::Evidence { index, error })?;
        }
        Ok(())
    }

    /// Of this evidence what the next block may hold.
    pub(crate) fn fit(&self, head: &Head, evidence: Vec<Evidence>) -> Vec<Evidence> {
        let mut offences = BTreeSet::new();
        let fits = |one: &Evidence| {
            self.check_evidence_at(head, one).is_ok() && offences.insert(validators::keys::offence(one))
        };
        evidence.into_iter().filter(fits).take(EVIDENCE_MAX).collect()
    }
}

/// Whoever proposes is a validator of the height; which one, consensus knows.
pub(crate) fn check_proposer(header: &Header, sets: &Sets) -> Result<(), InvalidBlock> {
    match sets.current.find(&header.proposer_address) {
        Some(_) => Ok(()),
        None => Err(InvalidBlock::Header {
            field: "proposer_address",
            found: header.proposer_address.to_string(),
            expected: "a validator of the height".into(),
        }),
    }
}
