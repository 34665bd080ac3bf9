//! Every chore of the house, one verb each.
fn main() {}
