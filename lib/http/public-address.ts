import ipaddr from 'ipaddr.js';

/** The only IPv6 block whose addresses are assigned for the internet (RFC 4291, IANA registry). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number];

/**
 * Blocks within it that are reserved for protocols (Teredo, ORCHID, benchmarks), for documentation, and for
 * 6to4.
 */
const RESERVED_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map(
  (block) => ipaddr.parseCIDR(block) as [ipaddr.IPv6, number],
);

/** Azure's host agent, which answers virtual machines at an address that is public by its number. */
const AZURE_AGENT = '168.63.129.16';

/**
 * Whether an address is on the public internet: not this machine, a private network, a link, a multicast
 * group, a block that is reserved, or an IPv4 address in an IPv6 one that a gateway would translate.
 *
 * @param address an IPv4 or IPv6 address as text, without brackets
 * @internal
 */
export function isPublicAddress(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  // A mapped one (::ffff:10.0.0.1) becomes the IPv4 address inside it.
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

  /** @throws {TypeError} for any other text */
  constructor(networks: readonly string[]) {
    this.blocks = networks.map(blockOf);
  }

  /** Whether the text is a network or an address. */
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
