import { hmac } from '../../lib/signatures/schemes/hmac.scheme.js';
import { github } from '../../lib/signatures/providers/github/github.js';
import { gitlab } from '../../lib/signatures/providers/gitlab/gitlab.js';
import { hubspot } from '../../lib/signatures/providers/hubspot/hubspot.js';
import { jiraConnect } from '../../lib/signatures/providers/jira-connect/jira-connect.js';
import { newSecret } from '../../lib/signatures/samples/new-secret.js';
import type { Provider } from '../../lib/signatures/samples/provider.js';
import { PROVIDERS } from '../../lib/signatures/samples/providers.js';

/** Further ways of signing that senders can be configured with, beside those of their samples. */
export const VARIANTS: Readonly<Record<string, Provider>> = {
  'hmac, with all that it can sign': {
    create: ({ secret, url }) =>
      hmac({
        secret,
        algorithm: 'sha512',
        signature: { header: 'x-signature', separator: ',', prefix: 'v1=', encoding: 'base64' },
        timestamp: { header: 'x-time', unit: 'iso' },
        id: { header: 'x-id' },
        type: { path: 'type' },
        content: '{method}\n{url}\n{id}\n{timestamp}\n{body}',
        url,
      }),
    newSecret: newSecret.text,
    samples: { 'order.created': { payload: ({ iso }) => ({ type: 'order.created', at: iso }) } },
  },
  'github, by SHA-1': {
    ...PROVIDERS.github,
    create: ({ secret }) => github({ secret, algorithm: 'sha1' }),
  },
  'github, known by the body': {
    ...PROVIDERS.github,
    create: ({ secret }) => github({ secret, deduplicateByBody: true }),
  },
  'gitlab, by signing token': {
    ...PROVIDERS.gitlab,
    create: ({ secret }) => gitlab({ signingToken: secret }),
    newSecret: newSecret.whsec,
  },
  'hubspot, version 1': {
    ...PROVIDERS.hubspot,
    create: ({ secret }) => hubspot({ secret, version: 'v1' }),
  },
  'hubspot, version 2': {
    ...PROVIDERS.hubspot,
    create: ({ secret, url }) => hubspot({ secret, version: 'v2', url }),
  },
  'jiraConnect, by OAuth': {
    ...PROVIDERS.jiraConnect,
    create: ({ secret }) => jiraConnect({ secret, app: 'oauth' }),
  },
  'standardWebhooks, by v1a': { ...PROVIDERS.standardWebhooks, newSecret: newSecret.ed25519 },
  'twilio, in JSON': {
    ...PROVIDERS.twilio,
    samples: {
      'com.twilio.messaging.message.sent': {
        payload: ({ id, iso }) => [
          { id, type: 'com.twilio.messaging.message.sent', time: iso, data: {} },
        ],
      },
    },
  },
};
