//! Which addresses may be connected to.

mod embedded;
mod machine;
mod ranges;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use ipnet::IpNet;

/// Decides which addresses a client may connect to.
///
/// Public addresses are permitted. What is not public is permitted only where the operator allowed
/// a network that holds it, and some kinds never are: see [`Refused::is_final`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    allow: Vec<IpNet>,
    /// Networks of which one must hold the address too; `None`: none is asked for.
    within: Option<Vec<IpNet>>,
    /// The one address that is permitted, and nothing else; `None`: what is above.
    only: Option<IpAddr>,
}

/// Why an address may not be connected to: what kind of address it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// This machine: `127.0.0.0/8`, `::1`.
    #[error("the host has a loopback address, which is not allowed")]
    Loopback,
    /// A private network: RFC 1918, and site-local IPv6.
    #[error("the host has a private address, which is not allowed")]
    Private,
    /// The carrier's shared space, `100.64.0.0/10`.
    #[error("the host has a carrier-grade NAT address, which is not allowed")]
    CarrierGrade,
    /// A private IPv6 network, `fc00::/7`.
    #[error("the host has a unique local address, which is not allowed")]
    UniqueLocal,
    /// Set aside for documentation.
    #[error("the host has a documentation address, which is not allowed")]
    Documentation,
    /// Set aside for another use than reaching a host on the internet, broadcast included.
    #[error("the host has a reserved address, which is not allowed")]
    Reserved,
    /// The local link: `169.254.0.0/16`, `fe80::/10`.
    #[error("the host has a link-local address, which is never allowed")]
    LinkLocal,
    /// Where a cloud hands its machines their credentials.
    #[error("the host has the address of a cloud metadata service, which is never allowed")]
    Metadata,
    /// A group of hosts.
    #[error("the host has a multicast address, which is never allowed")]
    Multicast,
    /// No host at all: `0.0.0.0/8`, `::`. Systems take it for this machine.
    #[error("the host has an unspecified address, which is never allowed")]
    Unspecified,
}

// === impl AddressPolicy ===

impl AddressPolicy {
    /// Public addresses alone.
    pub fn public_only() -> Self {
        Self::default()
    }

    /// Public addresses and this machine's own.
    pub fn with_loopback() -> Self {
        Self::allowing(ranges::LOOPBACK)
    }

    /// Public addresses and those in `nets`.
    ///
    /// An IPv4 address is looked for in the IPv4 nets, whatever IPv6 form it is written in.
    pub fn allowing(nets: impl IntoIterator<Item = IpNet>) -> Self {
        Self {
            allow: nets.into_iter().collect(),
            ..Self::default()
        }
    }

    /// The same, and of what is not public only what lies in `nets` too: whoever names them can narrow
    /// what the operator allowed, and not widen it.
    #[must_use]
    pub fn narrowed_to(self, nets: impl IntoIterator<Item = IpNet>) -> Self {
        Self {
            within: Some(nets.into_iter().collect()),
            ..self
        }
    }

    /// Whether `address` may be connected to.
    ///
    /// An IPv6 address that carries an IPv4 address is judged as that IPv4 address.
    ///
    /// # Errors
    /// The kind of the address, when it may not.
    pub fn permits(&self, address: IpAddr) -> Result<(), Refused> {
        if let Some(only) = self.only {
            let kind = ranges::kind_of(address).unwrap_or(Refused::Reserved);
            return (address == only).then_some(()).ok_or(kind);
        }
        embedded::judged_as(address)
            .into_iter()
            .try_for_each(|each| self.judge(each))
    }

    fn judge(&self, address: IpAddr) -> Result<(), Refused> {
        match ranges::kind_of(address) {
            None => Ok(()),
            Some(kind) if !kind.is_final() && self.holds(address) => Ok(()),
            Some(kind) => Err(kind),
        }
    }

    fn holds(&self, address: IpAddr) -> bool {
        let in_one = |nets: &[IpNet]| nets.iter().any(|net| net.contains(&address));
        in_one(&self.allow) && self.within.as_deref().is_none_or(in_one)
    }
}

/// Whether `address`, in whatever form, is this machine.
pub(crate) fn is_loopback(address: IpAddr) -> bool {
    let judged = embedded::judged_as(address);
    judged
        .into_iter()
        .all(|each| ranges::kind_of(each) == Some(Refused::Loopback))
}

// === impl Refused ===

impl Refused {
    /// Whether no setting can permit an address of this kind.
    pub fn is_final(self) -> bool {
        match self {
            Self::LinkLocal | Self::Metadata | Self::Multicast | Self::Unspecified => true,
            Self::Loopback
            | Self::Private
            | Self::CarrierGrade
            | Self::UniqueLocal
            | Self::Documentation
            | Self::Reserved => false,
        }
    }

    /// What the operator can do about it.
    pub fn fix(self) -> &'static str {
        if self.is_final() {
            "name a host with another address"
        } else {
            "let the operator add the host's network to `addresses: { allow: … }`"
        }
    }
}
