import { isPublicAddress, NetworkList } from './public-address.js';

describe(isPublicAddress.name, () => {
  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '93.184.216.34',
    '172.15.255.255',
    '172.32.0.1',
    '100.63.255.255',
    '100.128.0.1',
    '2606:4700:4700::1111',
    '2a00:1450:4001:830::200e',
    '::ffff:8.8.8.8',
  ])('REQ-59 counts %s as public', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ['this machine', '127.0.0.1'],
    ['this machine', '127.255.255.254'],
    ['this machine', '::1'],
    ['this network', '0.0.0.0'],
    ['this network', '0.1.2.3'],
    ['unspecified', '::'],
    ['private', '10.0.0.1'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['shared by carriers', '100.64.0.1'],
    ['link-local, cloud metadata', '169.254.169.254'],
    ['protocol assignments', '192.0.0.8'],
    ['documentation', '192.0.2.1'],
    ['documentation', '198.51.100.7'],
    ['documentation', '203.0.113.9'],
    ['benchmarks', '198.18.0.1'],
    ['multicast', '224.0.0.1'],
    ['reserved', '240.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ["Azure's host agent", '168.63.129.16'],
    ['mapped private', '::ffff:10.0.0.1'],
    ['mapped loopback, in hexadecimal', '::ffff:7f00:1'],
    ['IPv4-compatible', '::10.0.0.1'],
    ['translated', '::ffff:0:10.0.0.1'],
    ['NAT64', '64:ff9b::10.0.0.1'],
    ['NAT64 of a public one', '64:ff9b::808:808'],
    ['local NAT64', '64:ff9b:1::a00:1'],
    ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['6to4', '2002:a00:1::'],
    ['ORCHID', '2001:20::1'],
    ['documentation', '2001:db8::1'],
    ['documentation', '3fff::1'],
    ['unique local', 'fc00::1'],
    ['metadata of AWS', 'fd00:ec2::254'],
    ['link-local', 'fe80::1'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['discard-only', '100::1'],
    ['segment routing', '5f00::1'],
    ['with a zone', 'fe80::1%eth0'],
    ['no address', 'example.com'],
    ['no address', ''],
    ['an address in brackets', '[::1]'],
  ])('REQ-59 does not count %s (%s) as public', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe(NetworkList.name, () => {
  it('contains the addresses of its networks, and single ones', () => {
    const list = new NetworkList(['10.0.0.0/8', '192.168.1.7', 'fd00::/8', '::1']);
    for (const address of ['10.255.0.1', '192.168.1.7', 'fd12::1', '::1', '::ffff:10.0.0.1']) {
      expect(list.has(address)).toBe(true);
    }
    for (const address of ['11.0.0.1', '192.168.1.8', 'fe80::1', '::2', 'localhost']) {
      expect(list.has(address)).toBe(false);
    }
  });

  it.each(['10.0.0.0/33', 'localhost', '', '10.0.0.0/x'])('refuses %j', (network) => {
    expect(() => new NetworkList([network])).toThrow(TypeError);
  });
});
