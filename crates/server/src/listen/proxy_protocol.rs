//! The header of the PROXY protocol, versions 1 and 2, in which a proxy that passes connections on says whose they are
//! (the specification of `HAProxy`, sections 2.1 and 2.2). It is read from the proxies that are configured to send it, and
//! they must: whoever else begins with it speaks no HTTP.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::io::{AsyncRead, AsyncReadExt as _};

const SIGNATURE: [u8; 12] = *b"\r\n\r\n\0\r\nQUIT\n";
/// Longest line of version 1, with its end.
const LONGEST_LINE: usize = 107;
/// Most bytes after the fixed part of version 2: the addresses, and what else proxies tell.
const LONGEST_REST: usize = 4096;

/// Reads the header and nothing after it. `None` when the connection is the proxy's own.
pub(super) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<SocketAddr>> {
    let mut begin = [0; 12];
    stream.read_exact(&mut begin).await?;
    if begin == SIGNATURE {
        let mut fixed = [0; 4];
        stream.read_exact(&mut fixed).await?;
        let length = usize::from(u16::from_be_bytes([fixed[2], fixed[3]]));
        if length > LONGEST_REST {
            return Err(refused("the header is too long"));
        }
        let mut rest = vec![0; length];
        stream.read_exact(&mut rest).await?;
        return second_version(fixed[0], fixed[1], &rest);
    }
    if !begin.starts_with(b"PROXY ") {
        return Err(refused("the connection does not begin with the header of the PROXY protocol"));
    }
    // A byte at a time, as what follows is not ours to read.
    let mut line = begin.to_vec();
    while !line.ends_with(b"\r\n") {
        if line.len() == LONGEST_LINE {
            return Err(refused("the header does not end"));
        }
        line.push(stream.read_u8().await?);
    }
    let line = std::str::from_utf8(&line[..line.len() - 2]).map_err(|_| refused("the header is no text"))?;
    first_version(line)
}

fn refused(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// `PROXY TCP4 192.0.2.1 198.51.100.1 56324 443`
fn first_version(line: &str) -> io::Result<Option<SocketAddr>> {
    let mut words = line.split(' ').skip(1);
    let family = words.next();
    if family == Some("UNKNOWN") {
        return Ok(None);
    }
    let rest: Vec<&str> = words.collect();
    let [source, target, source_port, target_port] = rest[..] else { return Err(refused("the header is incomplete")) };
    let address = |text: &str| -> Option<IpAddr> {
        match family {
            Some("TCP4") => text.parse::<Ipv4Addr>().ok().map(IpAddr::V4),
            Some("TCP6") => text.parse::<Ipv6Addr>().ok().map(IpAddr::V6),
            _ => None,
        }
    };
    let port = |text: &str| text.parse::<u16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    match (address(source), address(target), port(source_port), port(target_port)) {
        (Some(source), Some(_), Some(port), Some(_)) => Ok(Some(SocketAddr::new(source, port))),
        _ => Err(refused("the header has addresses that cannot be read")),
    }
}

fn second_version(version_and_command: u8, family: u8, rest: &[u8]) -> io::Result<Option<SocketAddr>> {
    match version_and_command {
        // LOCAL: a health check of the proxy.
        0x20 => return Ok(None),
        0x21 => {}
        _ => return Err(refused("the header has an unknown version or command")),
    }
    let port = |at: usize| rest.get(at..at + 2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]));
    let source = match family {
        0x11 => rest.first_chunk::<4>().zip(rest.get(..12)).map(|(own, _)| IpAddr::from(*own)).zip(port(8)),
        0x21 => rest.first_chunk::<16>().zip(rest.get(..36)).map(|(own, _)| IpAddr::from(*own)).zip(port(32)),
        // Of what is no TCP over IP the address means nothing here.
        _ => return Ok(None),
    };
    let Some((address, port)) = source else { return Err(refused("the header is too short for its addresses")) };
    Ok(Some(SocketAddr::new(address, port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn reading(bytes: &[u8]) -> io::Result<(Option<SocketAddr>, Vec<u8>)> {
        let mut stream = bytes;
        let sender = read(&mut stream).await?;
        Ok((sender, stream.to_vec()))
    }

    fn second(command: u8, family: u8, rest: &[u8]) -> Vec<u8> {
        let length = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [&SIGNATURE[..], &[command, family], &length, rest, b"GET /"].concat()
    }

    #[tokio::test]
    async fn the_sender_is_read_and_nothing_after_the_header() {
        let v4 = [&[192, 0, 2, 1, 198, 51, 100, 1][..], &[0xdc, 4, 1, 187]].concat();
        let v6 = [&Ipv6Addr::LOCALHOST.octets()[..], &Ipv6Addr::UNSPECIFIED.octets(), &[0, 80, 1, 187]].concat();
        let with_more = [&v4[..], &[1, 0, 2, b'h', b'2']].concat();
        for (header, sender) in [
            (b"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET /".to_vec(), Some("192.0.2.1:56324")),
            (b"PROXY TCP6 2001:db8::1 ::1 1 443\r\nGET /".to_vec(), Some("[2001:db8::1]:1")),
            (b"PROXY UNKNOWN\r\nGET /".to_vec(), None),
            (b"PROXY UNKNOWN ffff::1 ffff::2 1 2\r\nGET /".to_vec(), None),
            (second(0x21, 0x11, &v4), Some("192.0.2.1:56324")),
            (second(0x21, 0x11, &with_more), Some("192.0.2.1:56324")),
            (second(0x21, 0x21, &v6), Some("[::1]:80")),
            (second(0x20, 0x11, &v4), None),
            (second(0x20, 0x00, &[]), None),
            (second(0x21, 0x00, &[]), None),
            (second(0x21, 0x31, &[0; 216]), None),
        ] {
            let (found, rest) = reading(&header).await.unwrap();
            assert_eq!(found, sender.map(|text| text.parse().unwrap()), "{header:?}");
            assert_eq!(rest, b"GET /", "{header:?}");
        }
    }

    #[tokio::test]
    async fn what_is_no_header_is_refused() {
        let long = format!("PROXY UNKNOWN {}\r\n", "a".repeat(200));
        for bytes in [
            &b""[..],
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\x00",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 5\r\n",
            b"PROXY TCP4  192.0.2.1 198.51.100.1 56324 443\r\n",
            b"PROXY TCP4 2001:db8::1 ::1 56324 443\r\n",
            b"PROXY TCP6 192.0.2.1 198.51.100.1 56324 443\r\n",
            b"PROXY TCP5 192.0.2.1 198.51.100.1 56324 443\r\n",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 +80 443\r\n",
            b"PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n",
            b"PROXY TCP4 localhost 198.51.100.1 80 443\r\n",
            b"proxy TCP4 192.0.2.1 198.51.100.1 56324 443\r\n",
            b"PROXY \xff\xff\xff\xff\xff\xff\xff\r\n",
            long.as_bytes(),
            &second(0x11, 0x11, &[0; 12]),
            &second(0x22, 0x11, &[0; 12]),
            &second(0x21, 0x11, &[0; 11]),
            &second(0x21, 0x21, &[0; 35]),
            &second(0x21, 0x11, &[0; 5000]),
            &second(0x21, 0x11, &[0; 12])[..20],
        ] {
            assert!(reading(bytes).await.is_err(), "{:?}", String::from_utf8_lossy(bytes));
        }
    }
}
