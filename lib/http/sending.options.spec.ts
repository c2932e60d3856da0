import { ConfigurationError } from '../errors/configuration.error.js';
import { SENDING_OPTIONS } from './sending.options.js';

describe('SENDING_OPTIONS', () => {
  it('allows nothing more by default', () => {
    const allow = { http: false, hosts: [], networks: [], ports: [] };
    expect(SENDING_OPTIONS.resolve(undefined)).toEqual({ allow });
    expect(SENDING_OPTIONS.resolve({ allow: {} })).toEqual({ allow });
  });

  it('takes each kind of allowance', () => {
    const allow = {
      http: true,
      hosts: ['billing.internal', '*.svc.cluster.local', 'localhost', '[::1]'],
      networks: ['10.0.0.0/8', '192.168.1.1', 'fd00::/8'],
      ports: [8_080, 65_535],
    };
    expect(SENDING_OPTIONS.resolve({ allow })).toEqual({ allow });
  });

  it.each<[string, unknown]>([
    ['sending', []],
    ['sending.alow', { alow: {} }],
    ['sending.allow', { allow: true }],
    ['sending.allow.https', { allow: { https: true } }],
    ['sending.allow.http', { allow: { http: 'yes' } }],
    ['sending.allow.hosts', { allow: { hosts: 'billing.internal' } }],
    ['sending.allow.hosts[0]', { allow: { hosts: ['https://billing.internal'] } }],
    ['sending.allow.hosts[1]', { allow: { hosts: ['a', '*'] } }],
    ['sending.allow.hosts[0]', { allow: { hosts: ['billing.internal:80'] } }],
    ['sending.allow.networks[0]', { allow: { networks: ['10.0.0.0/33'] } }],
    ['sending.allow.networks[0]', { allow: { networks: ['localhost'] } }],
    ['sending.allow.ports[0]', { allow: { ports: [0] } }],
    ['sending.allow.ports[1]', { allow: { ports: [80, '443'] } }],
    ['sending.allow.ports', { allow: { ports: 8_080 } }],
  ])('names %s', (option, given) => {
    expect(() => SENDING_OPTIONS.resolve(given)).toThrow(ConfigurationError);
    expect(() => SENDING_OPTIONS.resolve(given)).toThrow(
      expect.objectContaining({ option }) as Error,
    );
  });
});
