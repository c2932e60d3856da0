import { createHash, createHmac } from 'node:crypto';
import { at, post, refused, S, THEN } from '../../../../test/signatures/contract/hand-made.js';
import {
  describeOwnAlgorithm,
  MESSAGE_ID,
} from '../../../../test/signatures/contract/own-algorithm.contract.js';
import { jiraConnect } from './jira-connect.js';

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');

const token = (header: object, claims: object): string => {
  const text = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  return `JWT ${text}.${createHmac('sha256', 'shared').update(text).digest('base64url')}`;
};

const body = `{"webhookEvent":"jira:issue_created","timestamp":${THEN.getTime()}}`;

describeOwnAlgorithm('jiraConnect', {
  scheme: jiraConnect({ secret: 'shared', baseUrl: 'https://example.com/' }),
  other: jiraConnect({ secret: 'another', baseUrl: 'https://example.com/' }),
  genuine: post(body, {
    authorization: token(
      { alg: 'HS256' },
      { exp: S + 10, qsh: hash('POST&/webhooks/shop&tenant=a%2Fb%20c') },
    ),
    'x-atlassian-webhook-identifier': MESSAGE_ID,
  }),
  body,
  facts: { eventId: MESSAGE_ID, eventType: 'jira:issue_created', occurredAt: THEN },
});

describe('jiraConnect', () => {
  const scheme = jiraConnect({ secret: 'shared', baseUrl: 'https://example.com/app' });
  const claims = { exp: S + 10, qsh: hash('POST&/hook&a=1,2&b=%2A') };
  const verdict = (authorization: string, context = at()): unknown =>
    scheme.verify(
      post('{}', { authorization }, 'https://example.com/app/hook/?b=*&a=2&a=1&jwt=x'),
      context,
    );

  it('REQ-12 takes HS256 only', async () => {
    expect(await verdict(token({ alg: 'HS256' }, claims))).toMatchObject({ ok: true });
    expect(await verdict(token({ alg: 'none' }, claims))).toEqual(refused('unsupported-algorithm'));
  });

  it('takes a token only for this URL', async () => {
    const other = token({ alg: 'HS256' }, { ...claims, qsh: hash('POST&/x&') });
    expect(await verdict(other)).toEqual(refused('signature-mismatch'));
  });

  it('takes a token only until it runs out', async () => {
    expect(await verdict(token({ alg: 'HS256' }, claims), at(71))).toEqual(
      refused('timestamp-too-old'),
    );
    expect(await verdict(token({ alg: 'HS256' }, { qsh: claims.qsh }))).toEqual(
      refused('timestamp-missing'),
    );
  });
});
