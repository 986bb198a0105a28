//! How many containers of one service a host runs.
//!
//! Their network is a bridge of Linux, which has no more ports than `BR_MAX_PORTS` of the kernel (`net/bridge/br_private.h`).

use super::{Count, Value};

/// The most that one host can run: 1,024 ports of a bridge, of which the proxy needs one.
const MOST: u32 = 1023;

/// A number of containers from 0 to 1,023.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replicas(Count);

impl From<Replicas> for Count {
    fn from(replicas: Replicas) -> Count {
        replicas.0
    }
}

impl Value for Replicas {
    const WHAT: &'static str = "a count up to 1023";
    const EXAMPLES: &'static [&'static str] = &["3", "200"];

    fn parse(text: &str) -> Result<Self, String> {
        let count = Count::parse(text)?;
        match count.get() {
            0..=MOST => Ok(Replicas(count)),
            _ => Err(format!(
                "one host runs at most {MOST} containers of a service: their bridge has no more ports"
            )),
        }
    }
}

impl std::fmt::Display for Replicas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::{Replicas, Value};

    #[test]
    fn as_many_as_a_bridge_has_ports() {
        assert_eq!(Replicas::parse("1023").unwrap().to_string(), "1023");
        for text in ["1024", "4294967295", "-1", "two"] {
            assert!(Replicas::parse(text).is_err(), "{text:?}");
        }
    }
}
