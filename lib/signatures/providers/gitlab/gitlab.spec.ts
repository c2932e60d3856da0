import {
  refused,
  SECRET,
  standardHeaders,
  WHSEC,
} from '../../../../test/signatures/contract/hand-made.js';
import { verify } from '../../../../test/signatures/contract/sender-row.js';
import { describeSender } from '../../../../test/signatures/contract/sender.contract.js';
import { ConfigurationError } from '../../../errors/configuration.error.js';
import { gitlab } from './gitlab.js';

describeSender('gitlab, by signing token', {
  create: (signingToken) => gitlab({ signingToken }),
  secret: WHSEC,
  signature: 'webhook-signature',
  headers: standardHeaders('webhook'),
  time: 'webhook-timestamp',
  toleranceSeconds: 300,
  body: { object_kind: 'merge_request', object_attributes: { action: 'open', id: 7 } },
  unsigned: { 'x-gitlab-event': 'Merge Request Hook', 'x-gitlab-event-uuid': 'shared' },
  facts: { eventId: 'msg_1', eventType: 'merge_request.open' },
});

describeSender('gitlab, by secret token', {
  create: (secret) => gitlab({ secret }),
  signature: 'x-gitlab-token',
  headers: () => ({ 'x-gitlab-token': SECRET }),
  body: { event_name: 'user_create' },
  facts: { eventType: 'user_create' },
  covers: 'nothing',
});

describe('the token of gitlab', () => {
  const body = Buffer.from('{"event_name":"user_create"}');
  const headers = { 'x-gitlab-token': SECRET };

  it('does not fall back to the secret token where the signing token is unset', () => {
    expect(() => gitlab({ signingToken: undefined, secret: SECRET } as never)).toThrow(
      ConfigurationError,
    );
  });

  it('refuses the secret token if the scheme has a signing token', () => {
    expect(verify(gitlab({ signingToken: WHSEC }), body, headers)).toEqual(
      refused('missing-signature'),
    );
  });

  it('REQ-24 takes for the id what GitLab keeps on retries, and not what webhooks share', () => {
    const scheme = gitlab({ secret: SECRET });
    const shared = { ...headers, 'x-gitlab-event-uuid': 'shared' };
    expect(verify(scheme, body, shared)).toMatchObject({ ok: true });
    expect(verify(scheme, body, shared)).not.toHaveProperty('eventId');
    expect(verify(scheme, body, { ...shared, 'idempotency-key': 'k1' })).toMatchObject({
      eventId: 'k1',
    });
  });
});
