import { mac, refused, SECRET } from '../../../../test/signatures/contract/hand-made.js';
import { verify } from '../../../../test/signatures/contract/sender-row.js';
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
  it('REQ-22 takes a signature by SHA-1 only where it is asked for', () => {
    const body = Buffer.from('{"action":"opened"}');
    const sha1 = mac('hex', [body], { algorithm: 'sha1' });
    const headers = { 'x-hub-signature': `sha1=${sha1}` };
    expect(verify(github({ secret: SECRET, algorithm: 'sha1' }), body, headers).ok).toBe(true);
    expect(verify(github({ secret: SECRET }), body, headers)).toEqual(refused('missing-signature'));
    expect(() => github({ secret: SECRET, algorithm: 'md5' as never })).toThrow(ConfigurationError);
  });
});
