import { github } from '../../signatures/providers/github.js';
import { gitlab } from '../../signatures/providers/gitlab.js';
import { hubspot } from '../../signatures/providers/hubspot.js';
import { jiraConnect } from '../../signatures/providers/jira-connect.js';
import { twilio } from '../../signatures/providers/twilio.js';
import type { SigningScheme } from '../../signatures/signing.scheme.js';
import { signedRequest, type SignedRequestOptions } from '../signed-request.js';
import { samplePayload } from './samples.js';

const NOW = new Date('2026-01-01T12:00:00Z');
const URL = 'https://example.com/hooks';
const SIGNING_TOKEN = `whsec_${Buffer.alloc(32, 3).toString('base64')}`;
const secret = 'a-secret';

const contact = samplePayload('hubspot', 'contact.creation', { at: NOW });
const EVENT_STREAM = [{ id: 'EZ1', type: 'com.twilio.messaging.message.sent', data: {} }];

/** What a provider can be configured to sign by beside what its sample has. */
const VARIANTS: [string, SigningScheme, unknown, SignedRequestOptions?][] = [
  ['hubspot v1', hubspot({ secret, version: 'v1' }), contact],
  ['hubspot v2', hubspot({ secret, version: 'v2', url: URL }), contact],
  [
    'gitlab with a signing token',
    gitlab({ signingToken: SIGNING_TOKEN }),
    samplePayload('gitlab', 'push'),
  ],
  ['github, known by the body', github({ secret, deduplicateByBody: true }), { action: 'opened' }],
  [
    'jiraConnect of an OAuth app',
    jiraConnect({ secret, app: 'oauth' }),
    samplePayload('jiraConnect', 'jira:issue_updated', { at: NOW }),
  ],
  ['twilio in JSON', twilio({ authToken: secret, url: URL }), EVENT_STREAM],
];

describe(signedRequest.name, () => {
  it.each(VARIANTS)('signs as %s', async (_, scheme, payload, options = {}) => {
    const signed = signedRequest(scheme, payload, { ...options, url: URL, timestamp: NOW });
    const request = { url: URL, ...signed, body: Buffer.from(signed.body) };
    expect(await scheme.verify(request, { now: NOW })).toMatchObject({ ok: true });
  });
});
