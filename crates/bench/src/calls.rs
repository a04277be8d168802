//! Calls over SIP at once: what one of them costs of the processor.

use anyhow::{Context as _, Result, ensure};
use channels::{Call, CallEnd, CallNews, Pace, Prompt, Recording, Sip, SipSettings, VoiceChannel as _};
use std::net::{Ipv4Addr, UdpSocket};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::unbounded_channel;
use tokio::task::JoinSet;

/// How long each call talks: said for four seconds, and a second of silence.
const WORDS_SECONDS: usize = 4;

/// Places `count` calls to a phone of Debian's sipp on loopback, all in one moment, and lets all be said.
pub(crate) async fn at_once(count: usize) -> Result<()> {
    let port = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let scenario =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../channels/tests/sipp/silent.xml").canonicalize()?;
    let folder = tempfile::tempdir()?;
    let mut phone = Command::new("sipp")
        .current_dir(folder.path())
        .arg("-sf")
        .arg(scenario)
        .args(["-i", "127.0.0.1", "-p", &port.to_string(), "-m", &count.to_string(), "-nostdin"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("this measurement needs Debian's package sip-tester")?;
    let taken = format!(":{port:04X} ");
    while !std::fs::read_to_string("/proc/net/udp")?.contains(&taken) {
        tokio::task::yield_now().await;
    }

    let words = vec![1_000; 8_000 * WORDS_SECONDS];
    let mut settings = SipSettings::new(&format!("sip:127.0.0.1:{port}"), "fobwatch");
    settings.listen = (Ipv4Addr::LOCALHOST, 0).into();
    let second = Duration::from_secs(1);
    settings.pace =
        Pace { times: 1, before: Duration::ZERO, between: Duration::ZERO, after: second, ..settings.pace };
    let sip = Arc::new(Sip::new(settings, Arc::new(Recording::new(Prompt::from_samples(&words))))?);

    let (began, spent_before) = (Instant::now(), processor_time()?);
    let mut calls = JoinSet::new();
    for number in 0..count {
        let sip = Arc::clone(&sip);
        let mut seed = [0; 32];
        seed.iter_mut().zip(number.to_le_bytes()).for_each(|(place, byte)| *place = byte);
        calls.spawn(async move {
            let to = "+447700900123".to_owned();
            let call = Call { to, reference: number.to_string(), words: String::new(), seed };
            let (tell, mut told) = unbounded_channel();
            sip.call(&call, &tell).await?;
            drop(tell);
            let mut last = None;
            while let Some(news) = told.recv().await {
                last = Some(news);
            }
            anyhow::Ok(last)
        });
    }
    while let Some(last) = calls.join_next().await {
        ensure!(last?? == Some(CallNews::Ended(CallEnd::Voicemail)), "a call did not go to its end");
    }
    let (took, spent) = (began.elapsed(), processor_time()?.saturating_sub(spent_before));
    ensure!(phone.wait()?.success(), "sipp did not find every call as it should be");
    #[expect(clippy::cast_precision_loss, reason = "some hundred")]
    let (each, share) =
        (spent.as_secs_f64() * 1_000.0 / count as f64, spent.as_secs_f64() / took.as_secs_f64() * 100.0);
    println!(
        "{count} calls at once, {:.1} s each: {each:.1} ms of one core for each, {share:.0} % of a core in all",
        took.as_secs_f64()
    );
    Ok(())
}

/// What this process has used of the processor: user and system time of /proc, in ticks of a hundredth of a second.
fn processor_time() -> Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(')').context("the form of /proc/self/stat")?.1;
    let ticks = |place| -> Result<u64> {
        Ok(after_name.split_whitespace().nth(place).context("a time in /proc/self/stat")?.parse()?)
    };
    Ok(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}
