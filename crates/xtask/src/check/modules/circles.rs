//! Circles in a set of arrows.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An arrow between two nodes.
pub(super) type Arrow = (usize, usize);

/// Circles that have no arrow in common, the shortest first: each has to be opened by itself. Without them, what is
/// left of the arrows has no circle. A circle is the list of its nodes; the last one names the first.
pub(super) fn circles(arrows: impl IntoIterator<Item = Arrow>) -> Vec<Vec<usize>> {
    let mut from: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (node, to) in arrows.into_iter().filter(|(node, to)| node != to) {
        from.entry(node).or_default().insert(to);
    }
    let mut found = Vec::new();
    while let Some(circle) = from.keys().filter_map(|node| through(&from, *node)).min_by_key(Vec::len) {
        for (node, to) in hops(&circle) {
            from.entry(node).or_default().remove(&to);
        }
        found.push(circle);
    }
    found
}

/// The arrows of a circle.
pub(super) fn hops(circle: &[usize]) -> impl Iterator<Item = Arrow> {
    let next = circle.iter().cycle().skip(1);
    circle.iter().copied().zip(next.copied())
}

/// The shortest circle through a node: breadth first.
fn through(from: &BTreeMap<usize, BTreeSet<usize>>, start: usize) -> Option<Vec<usize>> {
    let mut reached_from: BTreeMap<usize, usize> = BTreeMap::new();
    let mut next = VecDeque::from([start]);
    while let Some(node) = next.pop_front() {
        for &to in from.get(&node).into_iter().flatten() {
            if to == start {
                let back = std::iter::successors(Some(node), |node| reached_from.get(node).copied());
                let mut circle: Vec<usize> = back.collect();
                circle.reverse();
                return Some(circle);
            }
            if let Entry::Vacant(new) = reached_from.entry(to) {
                new.insert(node);
                next.push_back(to);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_in_one_direction_are_no_circle() {
        assert_eq!(circles([(0, 1), (1, 2), (0, 2), (3, 3)]), Vec::<Vec<usize>>::new());
    }

    #[test]
    fn circles_come_shortest_first_and_share_no_arrow() {
        let found = circles([(0, 1), (1, 2), (2, 0), (2, 3), (3, 2), (4, 0)]);
        assert_eq!(found, [vec![2, 3], vec![0, 1, 2]]);
        assert_eq!(hops(&found[1]).collect::<Vec<_>>(), [(0, 1), (1, 2), (2, 0)]);
    }
}
