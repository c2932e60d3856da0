import { mac, refused, SECRET } from '../../../../test/signatures/contract/hand-made.js';
import { factsOf, verify } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { github } from './github.js';

describeSender('github', {
  create: (secret) => github({ secret }),
  signature: 'x-hub-signature-256',
  headers: (body) => ({ 'x-hub-signature-256': `sha256=${mac('hex', [body])}` }),
  body: { action: 'opened' },
  unsigned: { 'x-github-event': 'issues', 'x-github-delivery': 'd1' },
  facts: { eventId: 'd1', eventType: 'issues.opened' },
});

describeSender('github, by SHA-1', {
  create: (secret) => github({ secret, algorithm: 'sha1' }),
  signature: 'x-hub-signature',
  headers: (body) => ({
    'x-hub-signature': `sha1=${mac('hex', [body], { algorithm: 'sha1' })}`,
  }),
  body: { action: 'opened' },
  unsigned: { 'x-github-event': 'issues', 'x-github-delivery': 'd1' },
  facts: { eventId: 'd1', eventType: 'issues.opened' },
});

describe('github', () => {
  it("agrees with GitHub's documented example", () => {
    const headers = {
      'x-hub-signature-256':
        'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17',
    };
    const scheme = github({ secret: "It's a Secret to Everybody" });
    expect(verify(scheme, Buffer.from('Hello, World!'), headers)).toMatchObject({
      ok: true,
      keyIndex: 0,
    });
  });

  it('reads the type only from the header if the body has no action', () => {
    const headers = { 'x-github-event': 'push', 'x-github-delivery': 'd1' };
    expect(factsOf(github({ secret: SECRET }), '{}', headers)).toEqual({
      ok: true,
      keyIndex: 0,
      eventId: 'd1',
      eventType: 'push',
    });
  });

  it('REQ-23 ignores the unsigned id if the digest of the body is the id', () => {
    const headers = { 'x-github-event': 'push', 'x-github-delivery': 'd1' };
    const scheme = github({ secret: SECRET, deduplicateByBody: true });
    expect(factsOf(scheme, '{}', headers)).toEqual({ ok: true, keyIndex: 0, eventType: 'push' });
  });

  it('REQ-12 refuses SHA-1 in the header of SHA-256', () => {
    const body = Buffer.from('{}');
    const sha1 = mac('hex', [body], { algorithm: 'sha1' });
    const headers = { 'x-hub-signature-256': `sha1=${sha1}` };
    expect(verify(github({ secret: SECRET }), body, headers)).toEqual(
      refused('malformed-signature'),
    );
  });

  it('REQ-22 accepts a signature by SHA-1 only if the option allows it', () => {
    const body = Buffer.from('{"action":"opened"}');
    const sha1 = mac('hex', [body], { algorithm: 'sha1' });
    const headers = { 'x-hub-signature': `sha1=${sha1}` };
    expect(verify(github({ secret: SECRET, algorithm: 'sha1' }), body, headers).ok).toBe(true);
    expect(verify(github({ secret: SECRET }), body, headers)).toEqual(refused('missing-signature'));
    expect(() => github({ secret: SECRET, algorithm: 'md5' as never })).toThrow(ConfigurationError);
  });
});
