"""Who read an article, as far as counting views needs it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

_USER_AGENT_CHARACTERS = 512
_IPV6_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Reader:
    """What tells readers apart without a cookie; it is only ever kept as a salted hash."""

    address: str
    user_agent: str

    @classmethod
    def of(cls, address: str, user_agent: str) -> Reader:
        """An IPv6 reader is its network: the rest of the address changes by the hour."""
        return cls(network_of(address), user_agent[:_USER_AGENT_CHARACTERS])


def network_of(address: str) -> str:
    """The address itself, of IPv6 the network of one household."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:  # noqa: PLR2004  (the version of the protocol)
        return address
    return str(ipaddress.ip_network((int(known), _IPV6_NETWORK), strict=False))
