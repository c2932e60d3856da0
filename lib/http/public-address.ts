import ipaddr from 'ipaddr.js';

/** The only block of IPv6 whose addresses are handed out for the internet (RFC 4291, IANA registry). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/** Within it: what is reserved for protocols (Teredo, ORCHID, benchmarks), for documents, and 6to4. */
const RESERVED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map(
  (block) => ipaddr.parseCIDR(block) as [ipaddr.IPv6, number],
);

/** Azure's host agent, which answers virtual machines at an address that is public by its number. */
const AZURE_AGENT = '168.63.129.16';

/**
 * Whether an address is one of the public internet: not this machine, a private network, a link, a multicast
 * group, a block that is reserved, or an IPv4 address in an IPv6 one that a gateway would translate.
 *
 * @param address an IPv4 or IPv6 address as text, without brackets
 * @internal
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // A mapped one (::ffff:10.0.0.1) becomes the IPv4 address that it stands for.
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv4) {
    return parsed.range() === 'unicast' && parsed.toString() !== AZURE_AGENT;
  }
  const ipv6 = parsed as ipaddr.IPv6;
  return (
    ipv6.match(GLOBAL_UNICAST) &&
    ipv6.range() === 'unicast' &&
    !RESERVED_V6.some((block) => ipv6.match(block))
  );
}

/** Networks by their CIDR notation, or single addresses. */
export class NetworkList {
  private readonly blocks: readonly [ipaddr.IPv4 | ipaddr.IPv6, number][];

  /** @throws {TypeError} for what is neither */
  constructor(networks: readonly string[]) {
    this.blocks = networks.map(blockOf);
  }

  /** Whether it is a network, or an address. */
  static understands(network: string): boolean {
    return ipaddr.isValidCIDR(network) || ipaddr.isValid(network);
  }

  has(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.blocks.some(
      ([network, bits]) =>
        network.kind() === parsed.kind() && parsed.match([network, bits] as never),
    );
  }
}

/** @throws {TypeError} */
function blockOf(network: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (ipaddr.isValidCIDR(network)) return ipaddr.parseCIDR(network);
  if (ipaddr.isValid(network)) {
    const address = ipaddr.process(network);
    return [address, address.kind() === 'ipv4' ? 32 : 128];
  }
  throw new TypeError(`'${network}' is neither an IP address nor a network such as '10.0.0.0/8'.`);
}
