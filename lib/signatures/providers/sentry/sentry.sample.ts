import { newSecret } from '../../samples/new-secret.js';
import type { ListedProvider } from '../../samples/provider.js';
import { sentry as sentryScheme } from './sentry.js';

export const sentry = {
  create: sentryScheme,
  newSecret: newSecret.hex,
  page: {
    call: '`sentry({ secret })`',
    signature: '`Sentry-Hook-Signature`',
    id: '`Request-ID` ¹',
    type: '`Sentry-Hook-Resource` ¹ and `action`',
    document: 'Webhooks',
  },
  samples: {
    'issue.created': {
      headers: ({ seconds }) => ({
        'sentry-hook-resource': 'issue',
        'sentry-hook-timestamp': String(seconds),
      }),
      payload: ({ number, iso }) => ({
        action: 'created',
        installation: { uuid: 'hookline' },
        data: {
          issue: {
            id: String(number),
            title: 'TypeError: no total',
            level: 'error',
            firstSeen: iso,
          },
        },
        actor: { type: 'application', id: 'sentry', name: 'Sentry' },
      }),
    },
  },
} satisfies ListedProvider;
