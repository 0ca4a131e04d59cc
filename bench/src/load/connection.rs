//! One keep-alive connection. The client is this lean because it takes its time from the servers that it measures.

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Where requests go, and the status that each answer must have.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) port: u16,
    /// Such as `POST`.
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    /// The bearer token.
    pub(crate) token: String,
    pub(crate) status: u16,
}

/// A connection that asks one target, one request after the other.
pub(crate) struct Connection {
    stream: TcpStream,
    head: String,
    status: u16,
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
    pub(crate) async fn open(target: &Target) -> Result<Self> {
        let Target { port, method, path, token, status } = target;
        let stream = TcpStream::connect(("127.0.0.1", *port)).await?;
        stream.set_nodelay(true)?;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nauthorization: Bearer {token}\r\n\
             accept: application/json\r\n"
        );
        Ok(Self { stream, head, status: *status, request: Vec::new(), answer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends JSON, or no body if it is empty, and waits for the whole answer, which must have the target's status; its
    /// body.
    pub(crate) async fn ask(&mut self, body: &str) -> Result<&[u8]> {
        self.request.clear();
        self.request.extend_from_slice(self.head.as_bytes());
        if !body.is_empty() {
            let length = body.len().to_string();
            for part in ["content-type: application/json\r\ncontent-length: ", &length, "\r\n"] {
                self.request.extend_from_slice(part.as_bytes());
            }
        }
        self.request.extend_from_slice(b"\r\n");
        self.request.extend_from_slice(body.as_bytes());
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
        let (answered, status) = (head.status, self.status);
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
