import { AddressGuard } from './address.guard.js';
import type { OutboundAllowances } from './sending.options.js';

const refusal = (url: string, allow?: OutboundAllowances): string | undefined =>
  new AddressGuard(allow).refusalOf(new URL(url));

describe(AddressGuard.name, () => {
  it.each([
    'https://example.com/hooks?a=b',
    'https://example.com:443/',
    'https://1.1.1.1/',
    'https://[2606:4700:4700::1111]/',
    'https://xn--bcher-kva.example/',
  ])('lets %s pass', (url) => expect(refusal(url)).toBeUndefined());

  it.each([
    ['http://example.com/', /protocol is http:/],
    ['ftp://example.com/', /protocol is ftp:/],
    ['file:///etc/passwd', /protocol is file:/],
    ['https://a:b@example.com/', /user or a password/],
    ['https://a@example.com/', /user or a password/],
    ['https://example.com:22/', /port 22/],
    ['https://example.com:80/', /port 80/],
    ['https://localhost/', /internal name/],
    ['https://LOCALHOST./', /internal name/],
    ['https://a.localhost/', /internal name/],
    ['https://metadata.google.internal/', /internal name/],
    ['https://metadata/', /internal name/],
    ['https://printer.local/', /internal name/],
    ['https://127.0.0.1/', /not public/],
    // The URL standard makes 127.0.0.1 of all of these.
    ['https://2130706433/', /not public/],
    ['https://0x7f000001/', /not public/],
    ['https://0177.0.0.1/', /not public/],
    ['https://127.1/', /not public/],
    ['https://１２７.0.0.1/', /not public/],
    ['https://127.0.0.1./', /not public/],
    ['https://169.254.169.254/latest/meta-data', /not public/],
    ['https://[::1]/', /not public/],
    ['https://[::ffff:127.0.0.1]/', /not public/],
    ['https://[64:ff9b::7f00:1]/', /not public/],
    ['https://[fd00:ec2::254]/', /not public/],
  ])('REQ-59 refuses %s', (url, reason) => expect(refusal(url)).toMatch(reason));

  it.each<[string, OutboundAllowances]>([
    ['http://example.com/', { http: true }],
    ['https://example.com:8443/', { ports: [8_443] }],
    ['http://billing.internal:8080/', { http: true, hosts: ['billing.internal'] }],
    ['https://a.svc.cluster.local/', { hosts: ['*.svc.cluster.local'] }],
    ['https://Billing.Internal./', { hosts: ['billing.internal'] }],
    ['https://10.1.2.3/', { networks: ['10.0.0.0/8'] }],
    ['https://[::1]/', { networks: ['::1'] }],
    ['https://[::1]:9000/', { hosts: ['[::1]'] }],
  ])('lets %s pass if the application allows it (%j)', (url, allow) => {
    expect(refusal(url, allow)).toBeUndefined();
    expect(refusal(url)).toBeDefined();
  });

  it.each<[string, OutboundAllowances]>([
    ['https://10.1.2.3:8080/', { networks: ['10.0.0.0/8'] }],
    ['http://10.1.2.3/', { networks: ['10.0.0.0/8'] }],
    ['http://billing.internal/', { hosts: ['billing.internal'] }],
    ['https://svc.cluster.local/', { hosts: ['*.svc.cluster.local'] }],
    ['https://evilsvc.cluster.local/', { hosts: ['*.svc.cluster.local'] }],
    ['https://billing.internal.evil.local/', { hosts: ['billing.internal'] }],
  ])('allows no more than that: %s (%j)', (url, allow) => {
    expect(refusal(url, allow)).toBeDefined();
  });

  it('judges an address that a name resolves to', () => {
    const guard = new AddressGuard({ hosts: ['billing.internal'], networks: ['10.0.0.0/8'] });
    expect(guard.refusalOfAddress('8.8.8.8', 'example.com')).toBeUndefined();
    expect(guard.refusalOfAddress('10.0.0.1', 'example.com')).toBeUndefined();
    expect(guard.refusalOfAddress('192.168.0.1', 'example.com')).toMatch(/not public/);
    expect(guard.refusalOfAddress('192.168.0.1', 'billing.internal')).toBeUndefined();
  });
});
