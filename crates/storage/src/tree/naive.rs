//! A second IAVL tree to compare with: plain boxes, everything copied and hashed anew each time, written from the
//! description of cosmos/iavl alone, sharing no code with the one under test.

use sha2::{Digest, Sha256};

/// A node: two children, or none and a value.
#[derive(Clone)]
pub(super) struct NaiveNode {
    key: Vec<u8>,
    value: Vec<u8>,
    version: i64,
    children: Option<Box<(NaiveNode, NaiveNode)>>,
}

/// A tree whose changes all belong to `version` until it is raised.
#[derive(Clone, Default)]
pub(super) struct NaiveTree {
    root: Option<NaiveNode>,
    pub(super) version: i64,
}

impl NaiveNode {
    fn leaf(key: &[u8], value: &[u8], version: i64) -> Self {
        Self { key: key.to_vec(), value: value.to_vec(), version, children: None }
    }

    fn inner(left: NaiveNode, right: NaiveNode, version: i64) -> Self {
        let key = right.smallest();
        Self { key, value: Vec::new(), version, children: Some(Box::new((left, right))) }
    }

    fn smallest(&self) -> Vec<u8> {
        self.children.as_ref().map_or_else(|| self.key.clone(), |pair| pair.0.smallest())
    }

    fn height(&self) -> i64 {
        self.children.as_ref().map_or(0, |pair| 1 + pair.0.height().max(pair.1.height()))
    }

    fn size(&self) -> i64 {
        self.children.as_ref().map_or(1, |pair| pair.0.size() + pair.1.size())
    }

    fn hash(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for number in [self.height(), self.size(), self.version] {
            zigzag(&mut out, number);
        }
        let parts = match &self.children {
            None => [self.key.clone(), Sha256::digest(&self.value).to_vec()],
            Some(pair) => [pair.0.hash(), pair.1.hash()],
        };
        for part in parts {
            varint(&mut out, part.len() as u64);
            out.extend(part);
        }
        Sha256::digest(out).to_vec()
    }

    fn set(self, key: &[u8], value: &[u8], version: i64) -> Self {
        let new = Self::leaf(key, value, version);
        match self.children {
            None if key == self.key => new,
            None if *key < self.key[..] => Self::inner(new, self, version),
            None => Self::inner(self, new, version),
            Some(pair) => {
                let (left, right) = *pair;
                let size = left.size() + right.size();
                let node = if *key < self.key[..] {
                    Self::inner(left.set(key, value, version), right, version)
                } else {
                    Self::inner(left, right.set(key, value, version), version)
                };
                if node.size() == size { node } else { node.balanced(version) }
            }
        }
    }

    fn remove(self, key: &[u8], version: i64) -> Option<Self> {
        let Some(pair) = self.children else {
            return (self.key != key).then_some(Self { children: None, ..self });
        };
        let (left, right) = *pair;
        let node = if *key < self.key[..] {
            match left.remove(key, version) {
                None => return Some(right),
                Some(left) => Self::inner(left, right, version),
            }
        } else {
            match right.remove(key, version) {
                None => return Some(left),
                Some(right) => Self::inner(left, right, version),
            }
        };
        Some(node.balanced(version))
    }

    fn tilt(&self) -> i64 {
        self.children.as_ref().map_or(0, |pair| pair.0.height() - pair.1.height())
    }

    fn balanced(self, version: i64) -> Self {
        match self.tilt() {
            2.. => {
                let (left, right) = self.split();
                let left = if left.tilt() < 0 { left.turned_left(version) } else { left };
                Self::inner(left, right, version).turned_right(version)
            }
            ..=-2 => {
                let (left, right) = self.split();
                let right = if right.tilt() > 0 { right.turned_right(version) } else { right };
                Self::inner(left, right, version).turned_left(version)
            }
            _ => self,
        }
    }

    fn split(self) -> (NaiveNode, NaiveNode) {
        *self.children.expect("only inner nodes are split")
    }

    fn turned_right(self, version: i64) -> Self {
        let (left, right) = self.split();
        let (outer, middle) = left.split();
        Self::inner(outer, Self::inner(middle, right, version), version)
    }

    fn turned_left(self, version: i64) -> Self {
        let (left, right) = self.split();
        let (middle, outer) = right.split();
        Self::inner(Self::inner(left, middle, version), outer, version)
    }
}

impl NaiveTree {
    pub(super) fn set(&mut self, key: &[u8], value: &[u8]) {
        let leaf = NaiveNode::leaf(key, value, self.version);
        self.root = Some(self.root.take().map_or(leaf, |root| root.set(key, value, self.version)));
    }

    pub(super) fn remove(&mut self, key: &[u8]) {
        if self.holds(key) {
            self.root = self.root.take().and_then(|root| root.remove(key, self.version));
        }
    }

    pub(super) fn root(&self) -> Vec<u8> {
        self.root.as_ref().map_or_else(|| Sha256::digest([]).to_vec(), NaiveNode::hash)
    }

    fn holds(&self, key: &[u8]) -> bool {
        fn find(node: &NaiveNode, key: &[u8]) -> bool {
            match &node.children {
                None => node.key == key,
                Some(pair) => find(&pair.0, key) || find(&pair.1, key),
            }
        }
        self.root.as_ref().is_some_and(|root| find(root, key))
    }
}

fn varint(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let byte = u8::try_from(number & 0x7f).unwrap();
        number >>= 7;
        if number == 0 {
            out.push(byte);
            return;
        }
        out.push(byte | 0x80);
    }
}

fn zigzag(out: &mut Vec<u8>, number: i64) {
    varint(out, u64::try_from(number * 2).unwrap());
}
