//! The ledger of a workspace as a text of lines.

use bytes::{BufMut as _, Bytes, BytesMut};
use futures::{Stream, stream};
use passport_evidence::WorkspaceId;
use passport_store::{Entry, Head, Ledger};
use serde::Serialize;

use super::{Records, failed};
use crate::call_error::CallError;

/// Most bytes of a part of the text: it has to fit into one message.
const PART: usize = 1 << 20;

/// The last line.
#[derive(Serialize)]
struct LastLine<'a> {
    head: Option<&'a Head>,
}

/// What is still to be given.
struct Rest {
    ledger: Ledger,
    workspace: WorkspaceId,
    head: Option<Head>,
    /// Place of the newest entry that was read.
    read: u64,
    /// Text that was made of it.
    text: Bytes,
    ended: bool,
}

// === impl Records ===

impl Records {
    /// The newest entry of a workspace's chain, sealed. None before the first.
    ///
    /// # Errors
    /// It can't be read.
    pub async fn head(&self, workspace: &WorkspaceId) -> Result<Option<Head>, CallError> {
        let head = self.ledger().await?.head(workspace).await;
        Ok(head.map_err(failed)?.filter(|it| it.sequence > 0))
    }

    /// An entry on each line, oldest first, and then the head that they lead to, in parts of at most
    /// 1 MiB. Holds one page of entries at a time.
    ///
    /// # Errors
    /// The beginning can't be read; as a part, that the rest can't be.
    pub async fn export(
        &self,
        workspace: WorkspaceId,
    ) -> Result<impl Stream<Item = Result<Bytes, CallError>> + Send + use<>, CallError> {
        let ledger = self.ledger().await?.clone();
        let beginning = ledger.beginning(&workspace).await.map_err(failed)?;
        let (head, page) = beginning.unzip();
        let mut rest = Rest {
            ledger,
            workspace,
            head,
            read: 0,
            text: Bytes::new(),
            ended: false,
        };
        rest.take(&page.unwrap_or_default())?;
        Ok(stream::try_unfold(rest, Rest::next))
    }
}

// === impl Rest ===

impl Rest {
    async fn next(mut self) -> Result<Option<(Bytes, Self)>, CallError> {
        if self.text.is_empty() {
            self.fill().await?;
        }
        let part = self.text.split_to(self.text.len().min(PART));
        Ok((!part.is_empty()).then_some((part, self)))
    }

    async fn fill(&mut self) -> Result<(), CallError> {
        let newest = self.head.as_ref().map_or(0, |head| head.sequence);
        let mut page = Vec::new();
        if self.read < newest {
            // Boxed: the optimizer gives up on types as deep as these would be.
            let read = Box::pin(self.ledger.following(&self.workspace, self.read)).await;
            page = read.map_err(failed)?;
        }
        self.take(&page)?;
        if page.is_empty() && !self.ended {
            self.ended = true;
            let head = self.head.as_ref();
            self.text = lines([LastLine { head }])?;
        }
        Ok(())
    }

    /// What was added after the head is no part of what leads to it.
    fn take(&mut self, page: &[Entry]) -> Result<(), CallError> {
        let newest = self.head.as_ref().map_or(0, |head| head.sequence);
        self.text = lines(page.iter().filter(|it| it.sequence <= newest))?;
        if let Some(last) = page.last() {
            self.read = last.sequence;
        }
        Ok(())
    }
}

fn lines(of: impl IntoIterator<Item = impl Serialize>) -> Result<Bytes, CallError> {
    let mut text = BytesMut::new().writer();
    for line in of {
        serde_json::to_writer(&mut text, &line).map_err(|_| CallError::Broken)?;
        text.get_mut().put_u8(b'\n');
    }
    Ok(text.into_inner().freeze())
}
