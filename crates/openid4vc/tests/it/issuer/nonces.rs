use super::*;

#[test]
fn a_number_lives_five_minutes_and_is_ours_alone() {
    let ours = Nonces::new(b"secret", "credential");
    let nonce = ours.issue(time(NOW), &random());
    assert!(ours.is_fresh(&nonce, time(NOW)));
    assert!(ours.is_fresh(&nonce, time("2026-11-29T08:05:00Z")));
    assert!(!ours.is_fresh(&nonce, time("2026-11-29T08:05:01Z")));
    assert!(ours.is_fresh(&nonce, time("2026-11-29T07:59:50Z")));
    assert!(!ours.is_fresh(&nonce, time("2026-11-29T07:59:49Z")));
    for other in [Nonces::new(b"secret", "dpop"), Nonces::new(b"another", "credential")] {
        assert!(!other.is_fresh(&nonce, time(NOW)));
    }
    assert!(Nonces::new(b"secret", "credential").is_fresh(&nonce, time(NOW)), "another node takes it");
    for nonsense in ["", "n", &nonce[1..], &nonce.replace(&nonce[5..6], "_")] {
        assert!(!ours.is_fresh(nonsense, time(NOW)));
    }
    let random = random();
    assert_ne!(ours.issue(time(NOW), &random), ours.issue(time(NOW), &random));
}
