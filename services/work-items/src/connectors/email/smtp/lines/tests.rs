use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

use super::*;

fn pair() -> (Lines, DuplexStream) {
    let (near, far) = duplex(4_096);
    (Lines::new(Box::new(near)), far)
}

async fn read(lines: &mut Lines) -> io::Result<String> {
    let mut bytes = [0; 2_048];
    let count = lines.read(&mut bytes).await?;
    Ok(String::from_utf8(bytes[..count].to_vec()).unwrap())
}

#[tokio::test]
async fn one_line_is_handed_over_at_a_time_and_made_plain() {
    let (mut lines, mut far) = pair();
    let said = b"250-mail.example.com\r\n250- \t\x0b\r\n250 \xe4 \x00 ok \n250\r\n".as_slice();
    far.write_all(said).await.unwrap();
    for wanted in [
        "250-mail.example.com\r\n",
        "250-\r\n",
        "250 ?   ok\r\n",
        "250 \r\n",
    ] {
        assert_eq!(read(&mut lines).await.unwrap(), wanted);
    }
    drop(far);
    let gone = read(&mut lines).await.unwrap_err();
    assert_eq!(gone.kind(), io::ErrorKind::UnexpectedEof);
}

#[tokio::test]
async fn a_line_in_pieces_is_one() {
    let (mut lines, mut far) = pair();
    let reader = tokio::spawn(async move { read(&mut lines).await });
    for piece in [b"25".as_slice(), b"0 o", b"k\r", b"\n"] {
        far.write_all(piece).await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(reader.await.unwrap().unwrap(), "250 ok\r\n");
}

#[tokio::test]
async fn a_line_that_goes_on_and_on_is_none() {
    let (mut lines, mut far) = pair();
    far.write_all(&[b'2'; MAX_LINE + 1]).await.unwrap();
    let error = read(&mut lines).await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
}

#[tokio::test]
async fn nothing_is_sent_and_nothing_secured_after_what_nobody_asked_for() {
    for said in [
        "220 go on\r\n250 ahead\r\n",
        "220 go on\r\n2",
        "220 go on\r\n",
    ] {
        let (mut lines, mut far) = pair();
        far.write_all(said.as_bytes()).await.unwrap();
        assert_eq!(read(&mut lines).await.unwrap(), "220 go on\r\n");
        let is_ahead = !said.ends_with("go on\r\n");
        assert_eq!(
            lines.write_all(b"QUIT\r\n").await.is_err(),
            is_ahead,
            "{said:?}"
        );
        assert_eq!(lines.into_inner().is_none(), is_ahead, "{said:?}");
    }
}

#[tokio::test]
async fn a_greeting_stands_before_the_first_line_of_a_server_that_greeted() {
    let (near, mut far) = duplex(64);
    let mut lines = Lines::greeted(Box::new(near));
    far.write_all(b"250 ok\r\n").await.unwrap();
    assert_eq!(read(&mut lines).await.unwrap(), "220 \r\n");
    assert_eq!(read(&mut lines).await.unwrap(), "250 ok\r\n");
}

#[tokio::test]
async fn a_connection_that_somebody_reads_is_not_given_away() {
    let (lines, _far) = pair();
    let reader = lines.clone();
    assert!(lines.into_inner().is_none());
    assert!(reader.into_inner().is_some());
}
