//! One keep-alive connection. The client is this lean because it takes its time from the servers that it measures.

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Where requests go.
#[derive(Clone)]
pub(super) struct Target {
    pub(super) port: u16,
    pub(super) path: &'static str,
    /// The bearer token.
    pub(super) token: String,
}

/// A connection that posts JSON, one request after the other.
pub(super) struct Connection {
    stream: TcpStream,
    head: String,
    request: Vec<u8>,
    answer: Vec<u8>,
}

/// The head of an answer.
struct Head {
    status: u16,
    /// How many bytes the head has.
    length: usize,
    content_length: usize,
}

impl Connection {
    pub(super) async fn open(target: &Target) -> Result<Self> {
        let Target { port, path, token } = target;
        let stream = TcpStream::connect(("127.0.0.1", *port)).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n\
             accept: application/json\r\ncontent-type: application/json\r\ncontent-length: "
        );
        Ok(Self { stream, head, request: Vec::new(), answer: Vec::with_capacity(16 * 1024) })
    }

    /// Posts a body and waits for the whole answer, which must have this status; its body.
    pub(super) async fn post(&mut self, body: &str, status: u16) -> Result<&[u8]> {
        self.request.clear();
        for part in [&self.head, body.len().to_string().as_str(), "\r\n\r\n", body] {
            self.request.extend_from_slice(part.as_bytes());
        }
        self.stream.write_all(&self.request).await?;
        self.answer.clear();
        let head = loop {
            self.read_more().await?;
            if let Some(head) = head(&self.answer)? {
                break head;
            }
        };
        while self.answer.len() < head.length + head.content_length {
            self.read_more().await?;
        }
        let answered = head.status;
        ensure!(answered == status, "answered {answered}, not {status}: {}", String::from_utf8_lossy(&self.answer));
        Ok(&self.answer[head.length..])
    }

    async fn read_more(&mut self) -> Result<()> {
        if self.stream.read_buf(&mut self.answer).await? == 0 {
            bail!("the server closed the connection");
        }
        Ok(())
    }
}

/// None while the head is not all there.
fn head(answer: &[u8]) -> Result<Option<Head>> {
    const END: &[u8] = b"\r\n\r\n";
    let Some(end) = answer.windows(END.len()).position(|window| window == END) else { return Ok(None) };
    let text = std::str::from_utf8(&answer[..end]).context("the head of an answer is no text")?;
    let mut lines = text.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).context("an answer has no status")?;
    let named = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().to_owned())
    };
    let content_length = lines.find_map(named).context("an answer has no Content-Length")?;
    let (status, content_length) = (status.parse()?, content_length.parse()?);
    Ok(Some(Head { status, length: end + END.len(), content_length }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_ends_at_an_empty_line() {
        let answer = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nx: y\r\n\r\n{}";
        assert!(head(&answer[..40]).unwrap().is_none());
        let head = head(answer).unwrap().unwrap();
        assert_eq!((head.status, &answer[head.length..], head.content_length), (202, &b"{}"[..], 2));
    }
}
