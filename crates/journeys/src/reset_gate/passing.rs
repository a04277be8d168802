//! What a proof does in a reset: every try is counted, the right one passes a gate, and too many wrong ones end the reset.

use super::{Passed, refuse_where_closed};
use crate::approval;
use crate::reset::{Asking, Purpose, Resetting, Step, closed, cookie_hash, failures, wrong_proofs};
use crate::visitor::About;
use crate::{FieldProblem, Refusal, Service};
use jiff::Timestamp;
use rules::method::MethodKind;
use rules::reset::{Gate, gates_needed};
use store::Tx;
use store::activity::ActivityKind;
use store::audit::Event;
use store::reset::Proved;
use uuid::Uuid;
use vault::Token;

/// Counts a proof, checks it, and passes the gate or counts the failure.
pub(super) async fn pass(
    service: &Service,
    resetting: &Resetting,
    gate: Gate,
    method_id: Option<Uuid>,
    proof: impl Future<Output = Result<Tx, Refusal>>,
    asking: Asking<'_>,
    now: Timestamp,
) -> Result<Passed, Refusal> {
    let Resetting { reset, policy, .. } = resetting;
    let failures = failures(service, &reset.who, reset.account_id, asking.device).await?;
    let mut tx = service.store.begin().await?;
    refuse_where_closed(&mut tx, resetting, &failures, now).await?;
    let token = cookie_hash(service, &resetting.cookie);
    let tries = tx.count_reset_try(reset.id, &token, policy.code_wrong_tries).await?;
    let tries = tries.ok_or(Refusal::ResetOver)?;
    tx.take(&wrong_proofs(policy), &failures, now).await?;
    tx.commit().await?;
    match proof.await {
        Ok(tx) => {
            let proved = Proved { at: now, by: gate, method_id };
            passed(service, tx, resetting, proved, &failures, asking, now).await
        }
        Err(refusal) if tries >= policy.code_wrong_tries && is_wrong(&refusal) => {
            fail(service, resetting, &failures, asking, now).await
        }
        Err(Refusal::CodeWrong { .. }) if !matches!(gate, Gate::App | Gate::Approval) => {
            let left = policy.code_wrong_tries.saturating_sub(tries);
            let problem = FieldProblem::new("code", "reset-code-wrong").with("left", &left);
            Err(Refusal::Fields(vec![problem]))
        }
        Err(refusal) => Err(refusal),
    }
}

/// Whether it is the proof that was refused, and not a fault of ours.
fn is_wrong(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::Fields(_) | Refusal::CodeWrong { .. } | Refusal::CodeExpired | Refusal::CodesEnded
    )
}

async fn passed(
    service: &Service,
    mut tx: Tx,
    resetting: &Resetting,
    proved: Proved,
    failures: &[u8; 32],
    asking: Asking<'_>,
    now: Timestamp,
) -> Result<Passed, Refusal> {
    let reset = &resetting.reset;
    let account = resetting.account.as_ref().ok_or(Refusal::Fault("a gate of nobody was passed"))?;
    let cookie = Token::new(service.random.as_ref());
    let token = cookie_hash(service, &cookie);
    let kept = match reset.first {
        None => tx.pass_first_gate(reset.id, proved, &token).await?,
        Some(_) => tx.pass_second_gate(reset.id, proved, &token).await?,
    };
    if !kept {
        return Err(Refusal::ResetOver);
    }
    if resetting.ways.iter().any(|way| way.kind == MethodKind::Approval) {
        let counted = approval::counted_in_reset(service, failures);
        approval::forget(&mut tx, &resetting.policy, &counted).await?;
    }
    // It was no failure. The reset's row is locked before this count is, as where it was counted.
    tx.give_back(&wrong_proofs(&resetting.policy), failures, now).await?;
    let gate = proved.by.as_str().to_owned();
    tx.audit(Event::ResetGatePassed { reset: reset.id, account: account.id, gate }, now);
    let needed = match reset.first {
        Some(_) => 2,
        None => {
            let organisation = tx
                .organisation(account.organisation_id)
                .await?
                .ok_or(Refusal::Fault("an account of no organisation"))?;
            let has_role = !tx.roles_of(account.id).await?.is_empty();
            gates_needed(service.policy(&organisation)?.reset_gates, has_role, proved.by)
        }
    };
    let all = reset.first.is_some() || needed == 1;
    let step = match (all, reset.purpose) {
        (false, _) => Step::Choose,
        (true, Purpose::Password) => Step::NewPassword,
        (true, Purpose::Unlock) => {
            let unlocking =
                crate::reset_finish::Unlocking { reset: reset.id, needed, failures, token: &token };
            crate::reset_finish::unlock(service, &mut tx, account, unlocking, asking, now).await?;
            Step::Done
        }
    };
    tx.commit().await?;
    service.written.notify_one();
    Ok(Passed { cookie, step })
}

/// Too many wrong proofs: the reset ends. The last of several closes self-service for a while.
async fn fail(
    service: &Service,
    resetting: &Resetting,
    failures: &[u8],
    asking: Asking<'_>,
    now: Timestamp,
) -> Result<Passed, Refusal> {
    let Resetting { reset, policy, .. } = resetting;
    let mut tx = service.store.begin().await?;
    if !tx.fail_reset(reset.id, &cookie_hash(service, &resetting.cookie), now).await? {
        return Err(Refusal::ResetOver);
    }
    tx.take(&policy.failed_resets, failures, now).await?;
    let closes = !tx.has_room(&policy.failed_resets, failures, now).await?;
    if closes {
        tx.take(&closed(policy), failures, now).await?;
        tx.forget_limit(&policy.failed_resets, failures).await?;
        tx.forget_limit(&wrong_proofs(policy), failures).await?;
    }
    let about =
        About { detail: Some(reset.purpose.as_str()), visitor: Some(asking.visitor), ..About::default() };
    let account = reset.account_id;
    service.note(&mut tx, account.unwrap_or(Uuid::nil()), ActivityKind::ResetFailed, about, now).await?;
    tx.audit(Event::ResetFailed { reset: reset.id, account, closed: closes }, now);
    tx.commit().await?;
    Err(if closes { Refusal::ResetClosed } else { Refusal::ResetOver })
}
