//! Every password that went into a list is found in it, and hardly any other.

use breached::{List, PasswordDigest};
use proptest::prelude::*;

use crate::words::{MADE_AT, hashes, holds, made, one_file, password};

#[test]
fn every_password_of_the_list_is_found_and_hardly_another() {
    const IN_IT: usize = 40_000;
    const OTHERS: usize = 10_000;
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("passwords.list");
    let built = made(&one_file(folder.path(), &hashes((0..IN_IT).map(password))), &out);
    assert_eq!(built.entries, 40_000);
    assert_eq!(built.bytes, std::fs::metadata(&out).unwrap().len());
    assert!(built.bytes < 110_000, "it is compact: {} bytes", built.bytes);

    let list = List::open(&out).unwrap();
    assert_eq!((list.header().entries, list.header().made_at), (40_000, MADE_AT));
    list.verify().unwrap();
    assert!((0..IN_IT).all(|n| holds(&list, &password(n))));
    // One in 65,536 is expected; a test beside the index measures it.
    let wrong = (IN_IT..IN_IT + OTHERS).filter(|n| holds(&list, &password(*n))).count();
    assert!(wrong <= 2, "{wrong} of {OTHERS} are wrongly found");
}

#[test]
fn a_list_is_the_same_whoever_makes_it() {
    let folder = tempfile::tempdir().unwrap();
    let source = one_file(folder.path(), &hashes((0..1_000).map(password)));
    let (one, other) = (folder.path().join("one"), folder.path().join("other"));
    made(&source, &one);
    made(&source, &other);
    assert_eq!(std::fs::read(one).unwrap(), std::fs::read(other).unwrap());
}

#[test]
fn a_list_is_renewed_under_those_who_read_it() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("passwords.list");
    made(&one_file(folder.path(), &hashes((0..100).map(password))), &out);
    let old = List::open(&out).unwrap();
    made(&one_file(folder.path(), &hashes((100..200).map(password))), &out);
    let new = List::open(&out).unwrap();
    assert!(holds(&old, &password(0)) && !holds(&new, &password(0)));
    assert!(!holds(&old, &password(100)) && holds(&new, &password(100)));
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "nothing is left beside the list and its source: {left:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn whatever_is_in_a_list_is_found(numbers in proptest::collection::vec(any::<u32>(), 1..400), doubles in 1_usize..3) {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("list");
        let words = || numbers.iter().map(ToString::to_string);
        let all = hashes(std::iter::repeat_n(words(), doubles).flatten());
        let built = made(&one_file(folder.path(), &all), &out);
        let distinct: std::collections::HashSet<_> = numbers.iter().collect();
        prop_assert_eq!(built.entries, u64::try_from(distinct.len()).unwrap());
        let list = List::open(&out).unwrap();
        for word in words() {
            prop_assert!(list.holds(&PasswordDigest::of(&word)).unwrap());
        }
    }
}
