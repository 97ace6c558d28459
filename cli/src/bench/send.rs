//! The senders of a stream: each signs a batch, posts it on its own connection and reads the answers.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::board::{Answer, Board, Drawn, TxHash};
use super::http::{Http, broadcast_batch};
use super::presigned::Presigned;

/// Calls of one batch; the node takes at most 100.
pub(crate) const MAX_BATCH: usize = 50;
/// Pause when nothing is due.
const IDLE: Duration = Duration::from_millis(4);
/// Pause when the mempool is full.
const FULL: Duration = Duration::from_millis(20);

/// Sends until the board stops.
pub(crate) async fn run(board: Arc<Board>, stream: usize, url: String, presigned: Arc<Presigned>) -> Result<()> {
    let mut http = Http::connect(&url).await?;
    while !board.is_stopped() {
        let drawn = board.draw(stream, MAX_BATCH);
        if drawn.is_empty() {
            tokio::time::sleep(IDLE).await;
            continue;
        }
        let (batch, raws) = sign(&board, stream, drawn, &presigned);
        board.depart(stream, &batch);
        let answer = http.post(&broadcast_batch(&raws)).await?;
        let answers = read_answers(answer, batch.len())?;
        if !board.answered(stream, &batch, answers) {
            tokio::time::sleep(FULL).await;
        }
    }
    Ok(())
}

fn sign(
    board: &Board,
    stream: usize,
    drawn: Vec<Drawn>,
    presigned: &Presigned,
) -> (Vec<(TxHash, Drawn)>, Vec<Vec<u8>>) {
    let mut batch = Vec::with_capacity(drawn.len());
    let mut raws = Vec::with_capacity(drawn.len());
    for mut drawn in drawn {
        let (signer, sequence) = (drawn.item.signer, drawn.sequence);
        let raw = presigned.take(stream, signer, sequence).unwrap_or_else(|| {
            let messages = std::mem::take(&mut drawn.item.messages);
            board.accounts.sign(signer, sequence, messages, drawn.item.gas_limit)
        });
        batch.push((Sha256::digest(&raw).into(), drawn));
        raws.push(raw);
    }
    (batch, raws)
}

#[derive(Deserialize)]
struct RawAnswer<'a> {
    id: usize,
    #[serde(borrow)]
    result: Option<RawCheck<'a>>,
    #[serde(borrow)]
    error: Option<RawError<'a>>,
}

#[derive(Deserialize)]
struct RawCheck<'a> {
    code: u32,
    #[serde(borrow)]
    log: Cow<'a, str>,
}

#[derive(Deserialize)]
struct RawError<'a> {
    #[serde(borrow, default)]
    message: Cow<'a, str>,
    #[serde(borrow, default)]
    data: Cow<'a, str>,
}

fn read_answers(body: &[u8], expected: usize) -> Result<Vec<Answer>> {
    let raw: Vec<RawAnswer<'_>> = serde_json::from_slice(body).context("answers to a batch of broadcasts")?;
    if raw.len() != expected || raw.iter().enumerate().any(|(place, answer)| answer.id != place) {
        bail!(
            "{} answers to a batch of {expected} broadcasts, or not in order",
            raw.len()
        );
    }
    raw.into_iter().map(read_answer).collect()
}

fn read_answer(raw: RawAnswer<'_>) -> Result<Answer> {
    match (raw.result, raw.error) {
        (Some(RawCheck { code: 0, .. }), _) => Ok(Answer::Taken),
        (Some(RawCheck { code, log }), _) => Ok(Answer::Refused {
            code,
            log: log.into_owned(),
        }),
        (None, Some(error)) if error.data.contains("mempool is full") => Ok(Answer::Full),
        // An earlier try of the same bytes.
        (None, Some(error)) if error.data.contains("already exists in cache") => Ok(Answer::Taken),
        (None, Some(error)) => bail!("the node refuses a broadcast: {}: {}", error.message, error.data),
        (None, None) => bail!("neither result nor error to a broadcast"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let body = br#"[
            {"jsonrpc":"2.0","id":0,"result":{"code":0,"data":"","log":"","codespace":"","hash":"AB"}},
            {"jsonrpc":"2.0","id":1,"result":{"code":32,"data":"","log":"a \"b\"","codespace":"sdk","hash":"AB"}},
            {"jsonrpc":"2.0","id":2,"error":{"code":-32603,"message":"Internal error","data":"mempool is full: 5"}},
            {"jsonrpc":"2.0","id":3,"error":{"code":-32603,"message":"Internal error","data":"tx already exists in cache"}}
        ]"#;
        let refused = Answer::Refused {
            code: 32,
            log: "a \"b\"".to_owned(),
        };
        let expected = vec![Answer::Taken, refused, Answer::Full, Answer::Taken];
        assert_eq!(read_answers(body, 4).unwrap(), expected);
        assert!(read_answers(body, 3).is_err());
        let other = br#"[{"id":0,"error":{"code":-32603,"message":"Internal error","data":"the node stops"}}]"#;
        let refusal = read_answers(other, 1).unwrap_err().to_string();
        assert_eq!(refusal, "the node refuses a broadcast: Internal error: the node stops");
    }
}
